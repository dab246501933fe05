"""The address book of a company in the table: one item, so that its version also keeps the bound."""

from chalicelib.companies.addresses import keys
from chalicelib.companies.addresses.model import AddressBook
from chalicelib.table import Table, Transaction, at_version, from_item, to_item


def read(table: Table, company_id: str) -> AddressBook:
    item = table.get(keys.addresses(company_id), consistent=True)
    return from_item(AddressBook, item) if item else AddressBook()


def replace(tx: Transaction, company_id: str, before: AddressBook, after: AddressBook) -> None:
    """Refused with label `addresses` if the book changed since it was read."""
    unchanged = at_version(before.version)
    tx.put({**keys.addresses(company_id).as_item(), **to_item(after)}, when=unchanged, label="addresses")
