"""The letters and calls that a person wants, and the notes of the staff about contacts with the person."""

from collections.abc import Iterator

from chalicelib.contacts import keys
from chalicelib.contacts.budget.rules import address_id
from chalicelib.contacts.preferences import store
from chalicelib.platform import Context, aws
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.table import Key, Transaction

_PREFERENCES: Fields = {
    "topics_off": {"en": "Topics turned off", "ru": "Отключённые темы"},
    "channels_off": {"en": "Channels turned off", "ru": "Отключённые способы связи"},
    "chosen_at": {"en": "Chosen", "ru": "Когда выбрано"},
}
_NOTES: Fields = {
    "day": {"en": "Day", "ru": "День"},
    "channel": {"en": "Channel", "ru": "Способ связи"},
    "contact_class": {"en": "Class", "ru": "Вид"},
    "text": {"en": "Note of the staff", "ru": "Заметка сотрудника"},
    "at": {"en": "Noted", "ru": "Записано"},
}


@own_data("preferences", title={"en": "Letters and calls", "ru": "Письма и звонки"}, fields=_PREFERENCES)
def preferences(context: Context, person: Person) -> Iterator[Row]:
    if found := context.table.get(keys.person(person.member_id), consistent=True):
        off: Row = {"topics_off": store.topics_off(found), "channels_off": store.channels_off(found)}
        yield {**off, "chosen_at": found.get("chosen_at")}


@own_data("contacts", title={"en": "Contacts with you", "ru": "Контакты с вами"}, fields=_NOTES)
def contacts(context: Context, person: Person) -> Iterator[Row]:
    for item in context.table.query_all(keys.person(person.member_id).pk, starts="NOTE#"):
        yield {name: item[name] for name in _NOTES}


@erasure
def forget_contacts(context: Context, person: Person) -> None:
    """Notes, budget and preferences go. The address stays unsubscribed, as a keyed hash: a list that somebody imports must not bring letters back."""
    tx = Transaction()
    store.mark_unsubscribed(tx, keys.address(address_id(aws.secret(), "email", person.email)), context.at)
    context.table.commit(tx)
    found = context.table.query_all(keys.person(person.member_id).pk)
    context.table.delete_many(Key(item["pk"], item["sk"]) for item in found)
