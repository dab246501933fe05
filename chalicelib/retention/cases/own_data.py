"""A person whom a manager was told to call before they joined."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from chalicelib.companies import with_joined
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
    for case_id in _cases(context, person):
        case = store.load(context, case_id)
        if case and _names(case.contact, person):
            yield dict(case.contact._asdict())


@erasure
def forget_call_contact(context: Context, person: Person) -> None:
    """The cases and their history stay, without the person."""
    for case_id in _cases(context, person):
        for entry in store.every_entry(context, case_id):
            note, named = person.taken_from(entry.note), _names(entry.person_before, person)
            if named or note != entry.note:
                store.forget_person(context, entry, note, named=named)
        _forget(context, case_id, person)


@retry("case")
def _forget(context: Context, case_id: str, person: Person) -> None:
    case = store.load(context, case_id)
    if case and _names(case.contact, person):
        tx = Transaction()
        store.put(tx, replace(case, contact=None, version=case.version + 1), case)
        context.table.commit(tx)


def _cases(context: Context, person: Person) -> list[str]:
    joined = (each for company_id in person.companies for each in with_joined(context, company_id))
    return [store.case_id_of(each.company_id) for each in joined]


def _names(contact: NewContact | None, person: Person) -> TypeGuard[NewContact]:
    return contact is not None and person.is_meant_by(*contact)
