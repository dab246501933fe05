"""The profile, membership and consents of a person."""

from collections.abc import Iterator

from chalicelib.members import store
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.table import Key

_PROFILE: Fields = {
    "name": {"en": "Name", "ru": "Имя"},
    "email": {"en": "Email", "ru": "Почта"},
    "email_confirmed_at": {"en": "Email confirmed", "ru": "Почта подтверждена"},
    "phone": {"en": "Telephone", "ru": "Телефон"},
    "phone_confirmed_on": {"en": "Telephone confirmed", "ru": "Телефон подтверждён"},
    "language": {"en": "Language", "ru": "Язык"},
    "audience": {"en": "Audience", "ru": "Аудитория"},
    "interests": {"en": "Interests", "ru": "Интересы"},
    "region": {"en": "Region", "ru": "Регион"},
    "time_zone": {"en": "Time zone", "ru": "Часовой пояс"},
    "joined_at": {"en": "Joined", "ru": "В клубе с"},
}
_CONSENTS: Fields = {
    "purpose": {"en": "Purpose", "ru": "Цель"},
    "agreed": {"en": "Agreed", "ru": "Согласие"},
    "version": {"en": "Wording", "ru": "Редакция"},
    "at": {"en": "Time", "ru": "Время"},
    "source": {"en": "Given in", "ru": "Где дано"},
    "address": {"en": "From the address", "ru": "С адреса"},
}


@own_data("profile", title={"en": "Profile", "ru": "Профиль"}, fields=_PROFILE)
def profile(context: Context, person: Person) -> Iterator[Row]:
    if member := store.read(context.table, person.member_id):
        yield member.model_dump(include=set(_PROFILE))


@own_data("consents", title={"en": "Consents", "ru": "Согласия"}, fields=_CONSENTS)
def consents(context: Context, person: Person) -> Iterator[Row]:
    for item in store.consent_log(context.table, person.member_id):
        yield {name: item.get(name) for name in _CONSENTS}


@erasure
def forget_addresses(context: Context, person: Person) -> None:
    """The consents stay as a proof, without the network addresses that they came from."""
    for item in store.consent_log(context.table, person.member_id):
        context.table.update(Key(item["pk"], item["sk"]), remove=("address",))
