"""The two spellings of an address's domain: Unicode, in which the club keeps it, and Punycode, in which the mail service takes and reports it."""

import idna


def in_unicode(address: str) -> str:
    """In lower case. A domain that is no Punycode stays as it is."""
    name, at, domain = address.lower().rpartition("@")
    try:
        return f"{name}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address.lower()


def in_ascii(address: str) -> str:
    name, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{name}{at}{idna.encode(domain, uts46=True).decode()}"
