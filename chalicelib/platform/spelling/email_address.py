"""Spellings of e-mail addresses: the domain in Unicode, in which the club keeps it, and in Punycode, in which the mail service takes and reports it.

Several addresses can be one mailbox.
"""

import idna


def in_unicode(address: str) -> str:
    """In lower case. A domain that is no Punycode stays as it is."""
    name, at, domain = address.lower().rpartition("@")
    try:
        return f"{name}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address.lower()


def mailbox_of(address: str) -> str:
    """`Office+anna@Luch.ru` is `office@luch.ru`."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def in_ascii(address: str) -> str:
    name, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{name}{at}{idna.encode(domain, uts46=True).decode()}"
