"""A person whom a manager was told to call before they joined."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.retention.cases import store
from chalicelib.retention.cases.model import NewContact
from chalicelib.table import Transaction, retry

_CONTACT: Fields = {
    "name": {"en": "Name", "ru": "Имя"},
    "phone": {"en": "Telephone", "ru": "Телефон"},
    "email": {"en": "Email", "ru": "Электронная почта"},
}


@own_data("call_contact", title={"en": "Whom managers call", "ru": "Кому звонят менеджеры"}, fields=_CONTACT)
def call_contact(context: Context, person: Person) -> Iterator[Row]:
    case = store.load(context, store.case_id_of(person.company_id)) if person.company_id else None
    if case and _names(case.contact, person):
        yield dict(case.contact._asdict())


@erasure
def forget_call_contact(context: Context, person: Person) -> None:
    """The case and its history stay, without the person."""
    if person.company_id:
        case_id = store.case_id_of(person.company_id)
        for entry in store.every_entry(context, case_id):
            if _names(entry.person_before, person):
                store.forget_person(context, entry)
        _forget(context, case_id, person)


@retry("case")
def _forget(context: Context, case_id: str, person: Person) -> None:
    case = store.load(context, case_id)
    if case and _names(case.contact, person):
        tx = Transaction()
        store.put(tx, replace(case, contact=None, version=case.version + 1), case)
        context.table.commit(tx)


def _names(contact: NewContact | None, person: Person) -> TypeGuard[NewContact]:
    if contact is None:
        return False
    same_address = bool(contact.email) and (contact.email or "").casefold() == person.email.casefold()
    return same_address or person.is_meant_by(contact.name, contact.phone or "")
