"""The notifications of a person."""

from collections.abc import Iterator

from chalicelib.mail.notices import store
from chalicelib.mail.notices.rules import is_read
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data

_NOTIFICATIONS: Fields = {
    "at": {"en": "Time", "ru": "Время"},
    "title": {"en": "Subject", "ru": "Тема"},
    "text": {"en": "First words", "ru": "Первые слова"},
    "read": {"en": "Read", "ru": "Прочитано"},
}


@own_data(
    "notifications",
    title={"en": "Letters and notifications of 90 days", "ru": "Письма и уведомления за 90 дней"},
    fields=_NOTIFICATIONS,
)
def notifications(context: Context, person: Person) -> Iterator[Row]:
    mark = store.mark_of(context, person.member_id)
    for notice in store.every(context, person.member_id):
        yield {"at": notice.at, "title": notice.title, "text": notice.text, "read": is_read(notice, mark)}


@erasure
def forget_notifications(context: Context, person: Person) -> None:
    store.forget(context, person.member_id)
