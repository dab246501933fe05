"""The distributor that a person works for."""

from collections.abc import Iterator

from chalicelib.distributors import keys, store
from chalicelib.platform import Context
from chalicelib.platform.own_data import Person, Row, erasure, own_data


@own_data(
    "distributor",
    title={"en": "Your distributor", "ru": "Ваш дистрибьютор"},
    fields={"name": {"en": "Distributor", "ru": "Дистрибьютор"}},
)
def distributor(context: Context, person: Person) -> Iterator[Row]:
    if person.kind == "distributor" and (found := store.read_distributor(context.table, person.owner)):
        yield {"name": found.name}


@erasure
def forget_person(context: Context, person: Person) -> None:
    if person.kind == "distributor":
        context.table.delete_many([keys.distributor_person(person.owner, person.member_id)])
