"""Changes of an address book. Pure. Each returns a new book with the next version."""

from chalicelib.companies.addresses.model import Address, AddressBook

MOST_ADDRESSES = 50  # of a company: one item holds them all


class TooManyAddresses(Exception):
    """The book is full."""


def find(book: AddressBook, address_id: str) -> Address | None:
    return next((each for each in book.addresses if each.address_id == address_id), None)


def add(book: AddressBook, address: Address) -> AddressBook:
    if len(book.addresses) >= MOST_ADDRESSES:
        raise TooManyAddresses
    return AddressBook((*book.addresses, address), book.version + 1)


def change(book: AddressBook, address: Address) -> AddressBook:
    """The book with the address in the place of the one with its id."""
    changed = tuple(address if each.address_id == address.address_id else each for each in book.addresses)
    return book._replace(addresses=changed, version=book.version + 1)


def remove(book: AddressBook, address_id: str) -> AddressBook:
    rest = tuple(each for each in book.addresses if each.address_id != address_id)
    return book._replace(addresses=rest, version=book.version + 1)
