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


def joined(book: AddressBook, other: AddressBook) -> AddressBook:
    """The book with those of the other's addresses that it lacks, as many as it holds."""
    known = {each.address_id for each in book.addresses}
    added = [each for each in other.addresses if each.address_id not in known][: MOST_ADDRESSES - len(known)]
    return AddressBook((*book.addresses, *added), book.version + 1) if added else book


def parted(book: AddressBook, other: AddressBook) -> tuple[AddressBook, AddressBook]:
    """Undoes `joined`: the book without the other's addresses, and the other with these as they were changed meanwhile."""
    theirs = {each.address_id for each in other.addresses}
    now = {each.address_id: each for each in book.addresses if each.address_id in theirs}
    if not now:
        return book, other
    own = tuple(each for each in book.addresses if each.address_id not in now)
    kept = tuple(now.get(each.address_id, each) for each in other.addresses)
    return AddressBook(own, book.version + 1), AddressBook(kept, other.version + 1)


def change(book: AddressBook, address: Address) -> AddressBook:
    """The book with the address in the place of the one with its id."""
    changed = tuple(address if each.address_id == address.address_id else each for each in book.addresses)
    return book._replace(addresses=changed, version=book.version + 1)


def remove(book: AddressBook, address_id: str) -> AddressBook:
    rest = tuple(each for each in book.addresses if each.address_id != address_id)
    return book._replace(addresses=rest, version=book.version + 1)
