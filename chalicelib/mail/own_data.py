"""The suppression of a person's address."""

from collections.abc import Iterator

from chalicelib.mail import keys
from chalicelib.mail.suppressions import suppression
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.table import Key

_SUPPRESSION: Fields = {
    "email": {"en": "Address", "ru": "Адрес"},
    "reason": {"en": "Reason", "ru": "Причина"},
    "at": {"en": "Since", "ru": "С какого времени"},
}


@own_data("suppression", title={"en": "No letters go to", "ru": "Письма не отправляются на"}, fields=_SUPPRESSION)
def suppressed_address(context: Context, person: Person) -> Iterator[Row]:
    if found := suppression(context, person.email):
        yield {name: found[name] for name in _SUPPRESSION}


@erasure
def forget_suppression(context: Context, person: Person) -> None:
    """The suppression and its history. The owner of the address stays: somebody may have joined with it since."""
    key = keys.suppression(person.email)
    history = context.table.query_all(key.pk, starts="EVENT#")
    context.table.delete_many([key, *(Key(item["pk"], item["sk"]) for item in history)])
