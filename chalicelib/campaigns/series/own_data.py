"""The series that a person is or was in."""

from collections.abc import Iterator

from chalicelib.campaigns.series import keys, store
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data

_SERIES: Fields = {
    "series_id": {"en": "Series", "ru": "Серия"},
    "started_at": {"en": "Began", "ru": "Начало"},
    "letters": {"en": "Steps", "ru": "Шаги"},
    "ended_at": {"en": "Ended", "ru": "Конец"},
}


@own_data("series", title={"en": "Series of letters", "ru": "Серии писем"}, fields=_SERIES)
def series(context: Context, person: Person) -> Iterator[Row]:
    for each in store.enrolments_of(context.table, person.member_id):
        steps = [passage.step_id for passage in each.passed]
        yield {
            "series_id": each.series_id,
            "started_at": each.started_at,
            "letters": steps,
            "ended_at": each.ended_at or None,
        }


@erasure
def forget_series(context: Context, person: Person) -> None:
    found = store.enrolments_of(context.table, person.member_id)
    context.table.delete_many(keys.enrolment(person.member_id, each.series_id) for each in found)
