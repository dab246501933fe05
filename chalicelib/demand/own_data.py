"""The demands of a person. They stay when the person leaves: the club wants to know what its partners lack, and the id names nobody."""

from collections.abc import Iterator

from chalicelib.demand import keys
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, own_data

_DEMANDS: Fields = {
    "opened_at": {"en": "Time", "ru": "Время"},
    "sku": {"en": "Article", "ru": "Артикул"},
    "text": {"en": "In words", "ru": "Словами"},
    "note": {"en": "Note", "ru": "Примечание"},
    "state": {"en": "State", "ru": "Состояние"},
}


@own_data("demands", title={"en": "Wishes for goods", "ru": "Запросы товаров"}, fields=_DEMANDS)
def demands(context: Context, person: Person) -> Iterator[Row]:
    if person.company_id:
        listed = keys.demand_list(person.company_id, person.member_id, "", "").pk
        for item in context.table.query_all(listed, index="gsi1"):
            yield {name: item.get(name) for name in _DEMANDS}
