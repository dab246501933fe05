"""Addresses in forms. A module of its own, since their check imports a library of e-mail that few functions need."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field

from chalicelib.platform.spelling.email_address import in_unicode


def _deliverable(address: str) -> str:
    if not address.rpartition("@")[0].isascii():
        raise ValueError("before @ only Latin letters, digits and signs can be delivered to")
    return in_unicode(address)


Email = Annotated[EmailStr, AfterValidator(_deliverable), Field(max_length=254)]
