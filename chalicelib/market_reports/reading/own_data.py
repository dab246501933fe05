"""The reports that a person read."""

from collections.abc import Iterator

from chalicelib.market_reports.reading import store
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data

_FIELDS: Fields = {
    "report_id": {"en": "Report", "ru": "Отчёт"},
    "first_at": {"en": "First read", "ru": "Впервые прочитан"},
    "last_at": {"en": "Last read", "ru": "Прочитан в последний раз"},
    "opened": {"en": "Times opened", "ru": "Сколько раз открыт"},
    "downloaded": {"en": "Files downloaded", "ru": "Скачано файлов"},
}


@own_data("market_reports", title={"en": "Market reports read", "ru": "Прочитанные отчёты"}, fields=_FIELDS)
def market_reports(context: Context, person: Person) -> Iterator[Row]:
    for each in store.read_by(context.table, person.member_id)[1].values():
        yield {name: getattr(each, name) for name in _FIELDS}


@erasure
def forget_visits(context: Context, person: Person) -> None:
    """The visits go. The log of readings is kept as long as that of others, with nothing of the person but the id."""
    store.forget_visits(context.table, person.member_id)
