"""The notifications of a person."""

from collections.abc import Iterator

from chalicelib.mail.notices import store
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data

_NOTIFICATIONS: Fields = {
    "at": {"en": "Time", "ru": "Время"},
    "title": {"en": "Subject", "ru": "Тема"},
    "text": {"en": "First words", "ru": "Первые слова"},
    "read_at": {"en": "Read", "ru": "Прочитано"},
}


@own_data(
    "notifications",
    title={"en": "Letters and notifications of 90 days", "ru": "Письма и уведомления за 90 дней"},
    fields=_NOTIFICATIONS,
)
def notifications(context: Context, person: Person) -> Iterator[Row]:
    for notice in store.every(context, person.member_id):
        yield {name: getattr(notice, name) for name in _NOTIFICATIONS}


@erasure
def forget_notifications(context: Context, person: Person) -> None:
    store.forget(context, person.member_id)
