"""The demands of a person. They stay when the person leaves: the club wants to know what its partners lack, and the id names nobody.

The words stay, too, without the person's name, address and telephone number.
"""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.demand import keys, store
from chalicelib.demand.rules import Demand
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data, take_from_events
from chalicelib.table import Transaction, from_item

_DEMANDS: Fields = {
    "opened_at": {"en": "Time", "ru": "Время"},
    "sku": {"en": "Article", "ru": "Артикул"},
    "text": {"en": "In words", "ru": "Словами"},
    "note": {"en": "Note", "ru": "Примечание"},
    "state": {"en": "State", "ru": "Состояние"},
}


@own_data("demands", title={"en": "Wishes for goods", "ru": "Запросы товаров"}, fields=_DEMANDS)
def demands(context: Context, person: Person) -> Iterator[Row]:
    for demand in _demands(context, person):
        yield {name: getattr(demand, name) for name in _DEMANDS}


@erasure
def forget_in_demands(context: Context, person: Person) -> None:
    for demand in _demands(context, person):
        take_from_events(context, keys.demand(demand.demand_id), person)
        left = _without(demand, person)
        if left != demand:
            tx = Transaction()
            store.write(tx, context, demand, replace(left, version=demand.version + 1))
            context.table.commit(tx)


def _demands(context: Context, person: Person) -> Iterator[Demand]:
    for company_id in person.companies:
        listed = keys.demand_list(company_id, person.member_id, "", "").pk
        for item in context.table.query_all(listed, index="gsi1"):
            yield from_item(Demand, item)


def _without(demand: Demand, person: Person) -> Demand:
    taken, answered = person.taken_from, demand.answered
    answered = answered and replace(answered, text=taken(answered.text))
    return replace(demand, text=taken(demand.text), note=taken(demand.note), answered=answered)
