"""Delivery addresses as records."""

from typing import NamedTuple


class Address(NamedTuple):
    """A place where a company receives goods, and the contact person there. `note`: opening hours, the way in."""

    address_id: str
    name: str
    address: str
    contact_name: str
    contact_phone: str
    note: str = ""
    version: int = 1


class AddressBook(NamedTuple):
    """The delivery addresses of a company, in the order in which they were added. Version 0: there were none so far."""

    addresses: tuple[Address, ...] = ()
    version: int = 0
