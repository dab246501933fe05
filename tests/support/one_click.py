"""A mail program's "unsubscribe", written from RFC 2369 and RFC 8058 and not from the club.

RFC 2369, 2 and 3.2: `List-Unsubscribe` holds one or more addresses in angle brackets, separated by commas, with comments in parentheses between
them. RFC 8058, 3.1 and 3.2: one of them is https; `List-Unsubscribe-Post` holds the one pair that the program posts to it, as
a form, without cookies, without a sign-in, and without following a redirection.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import requests


class NotOneClick(Exception):
    """The letter offers no unsubscribing with one click."""


@dataclass(frozen=True)
class Offer:
    """The address to post to, and the pair to post."""

    address: str
    name: str
    value: str


def offer_of(raw: bytes, *, secure: str = "https://") -> Offer:
    """Raises NotOneClick. `secure`: how the address begins."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    addresses = [each for each in _list(_one(message, "List-Unsubscribe")) if each.startswith(secure)]
    name, equals, value = _one(message, "List-Unsubscribe-Post").strip().partition("=")
    if len(addresses) != 1 or (name, equals, value) != ("List-Unsubscribe", "=", "One-Click"):
        raise NotOneClick(addresses, name, value)
    return Offer(addresses[0], name, value)


def unsubscribe(offer: Offer, *, multipart: bool = False) -> requests.Response:
    """The answer to the click. A program sends one of two kinds of form."""
    pair = {offer.name: offer.value}
    form = {"files": {name: (None, value) for name, value in pair.items()}} if multipart else {"data": pair}
    with requests.Session() as clean:
        return clean.post(offer.address, allow_redirects=False, timeout=20, **form)  # type: ignore[arg-type]


def _one(message: EmailMessage, name: str) -> str:
    found = message.get_all(name, [])
    if len(found) != 1:
        raise NotOneClick(f"{len(found)} headers {name}")
    return str(found[0])


def _list(field: str) -> list[str]:
    """The addresses of a field. Space within the brackets is not part of an address."""
    without_comments = re.sub(r"\([^()]*\)", "", field)
    return [re.sub(r"\s", "", each) for each in re.findall(r"<([^<>]*)>", without_comments)]
