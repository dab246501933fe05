"""Delivery addresses: read, decide, one transaction.

An order copies its address, so a change or removal leaves earlier orders as they are.
"""

from collections.abc import Mapping

from chalicelib.companies import keys
from chalicelib.companies.addresses import events, rules, store
from chalicelib.companies.addresses.model import Address, AddressBook
from chalicelib.companies.addresses.schemas import AddressForm, AddressListView, SavedAddressView
from chalicelib.platform import Context, EventType, Problem, or_not_found, record_event
from chalicelib.platform.own_data import Person
from chalicelib.table import Transaction, retry


def read_address(context: Context, company_id: str, address_id: str) -> Address | None:
    """An address of this company. One call."""
    return rules.find(store.read(context.table, company_id), address_id)


def read_book(context: Context, company_id: str) -> AddressBook:
    """One call."""
    return store.read(context.table, company_id)


@retry("addresses")
def forget_contact(context: Context, company_id: str, person: Person) -> None:
    """Takes a person who has left out of the addresses. Safe to repeat."""
    before = after = store.read(context.table, company_id)
    for each in before.addresses:
        left = without(each, person)
        if left != each:
            after = rules.change(after, left._replace(version=each.version + 1))
    _put(context, {company_id: (before, after)})


@retry("addresses")
def join_books(context: Context, company_id: str, into: str) -> None:
    """The company that stays has the addresses of both, under their ids. Safe to repeat."""
    book = store.read(context.table, into)
    _put(context, {into: (book, rules.joined(book, store.read(context.table, company_id)))})


@retry("addresses")
def part_books(context: Context, company_id: str, into: str) -> None:
    """Undoes `join_books`. Safe to repeat."""
    book, other = store.read(context.table, into), store.read(context.table, company_id)
    after, other_after = rules.parted(book, other)
    _put(context, {into: (book, after), company_id: (other, other_after)})


def without(address: Address, person: Person) -> Address:
    """The place without the person: as its contact, and in what somebody wrote of it."""
    if person.is_meant_by(address.contact_name, address.contact_phone):
        address = address._replace(contact_name="", contact_phone="")
    taken = person.taken_from
    return address._replace(name=taken(address.name), address=taken(address.address), note=taken(address.note))


def _put(context: Context, books: Mapping[str, tuple[AddressBook, AddressBook]]) -> None:
    tx = Transaction()
    for company_id, (before, after) in books.items():
        if after != before:
            store.replace(tx, company_id, before, after)
    context.table.commit(tx)


def list_addresses(context: Context, company_id: str) -> AddressListView:
    """One call."""
    book = store.read(context.table, company_id)
    return AddressListView(items=[SavedAddressView.from_record(each) for each in book.addresses])


def show_address(context: Context, company_id: str, address_id: str) -> SavedAddressView:
    """Raises 404 for an address that is not the company's. One call."""
    return SavedAddressView.from_record(_existing(store.read(context.table, company_id), address_id))


@retry("addresses")
def add_address(context: Context, company_id: str, member_id: str, form: AddressForm) -> SavedAddressView:
    """Raises 422 if the book is full."""
    book = store.read(context.table, company_id)
    address = Address(context.new_id("adr"), **form.model_dump())
    try:
        fuller = rules.add(book, address)
    except rules.TooManyAddresses:
        detail = f"A company has {rules.MOST_ADDRESSES} addresses at most: remove one first."
        raise Problem.invalid("too_many_addresses", "", detail) from None
    added = SavedAddressView.from_record(address)
    tx = _writes(context, company_id, member_id, book, fuller, events.ADDED, address.address_id)
    return context.commit(tx, added)


@retry("addresses")
def replace_address(
    context: Context, company_id: str, member_id: str, address_id: str, version: int, form: AddressForm
) -> SavedAddressView:
    """Raises 404 for an address that is not the company's, 412 if its version is no longer that one."""
    book = store.read(context.table, company_id)
    before = _existing(book, address_id)
    if before.version != version:
        raise Problem("precondition_failed")
    address = before._replace(**form.model_dump(), version=version + 1)
    context.table.commit(
        _writes(context, company_id, member_id, book, rules.change(book, address), events.CHANGED, address_id)
    )
    return SavedAddressView.from_record(address)


@retry("addresses")
def remove_address(context: Context, company_id: str, member_id: str, address_id: str) -> None:
    """Raises 404 for an address that is not the company's, such as one that was removed before."""
    book = store.read(context.table, company_id)
    _existing(book, address_id)
    context.table.commit(
        _writes(context, company_id, member_id, book, rules.remove(book, address_id), events.REMOVED, address_id)
    )


def _existing(book: AddressBook, address_id: str) -> Address:
    return or_not_found(rules.find(book, address_id))


def _writes(
    context: Context,
    company_id: str,
    member_id: str,
    before: AddressBook,
    after: AddressBook,
    name: EventType,
    address_id: str,
) -> Transaction:
    """The transaction of a change."""
    tx = Transaction()
    store.replace(tx, company_id, before, after)
    facts = {"company_id": company_id, "address_id": address_id, "by": member_id}
    record_event(tx, context, keys.company(company_id), name, **facts)
    return tx
