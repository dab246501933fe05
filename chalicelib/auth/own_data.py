"""Sign-ins and changes of address under way, and visits."""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.auth import keys, store
from chalicelib.platform import Context, quarter_of
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.table import Item, Key

_SIGN_INS: Fields = {
    "email": {"en": "Address", "ru": "Адрес"},
    "created_at": {"en": "Code sent", "ru": "Код отправлен"},
}


@own_data("sign_ins", title={"en": "Codes of the last day", "ru": "Коды за последние сутки"}, fields=_SIGN_INS)
def sign_ins(context: Context, person: Person) -> Iterator[Row]:
    for item in _of_person(context, person):
        if "former" not in item:  # the former address is that of a code beside it
            yield {name: item[name] for name in _SIGN_INS}


@own_data(
    "visits",
    title={"en": "Days on which you used the club", "ru": "Дни, когда вы пользовались клубом"},
    fields={
        "day": {"en": "Day", "ru": "День"},
        "clicked": {"en": "Followed a link of a letter", "ru": "Переход по ссылке из письма"},
    },
)
def visits(context: Context, person: Person) -> Iterator[Row]:
    for days, clicks in store.activity_of(context.table, [person.member_id], _kept_quarters(context)).values():
        for day in sorted(days):
            yield {"day": day, "clicked": day in clicks}


@erasure
def forget_visits(context: Context, person: Person) -> None:
    """The figures of a quarter count the visits without the person."""
    store.forget_visits(context.table, person.member_id, _kept_quarters(context))


def _kept_quarters(context: Context) -> list[str]:
    """The quarters whose visits may still be there."""
    days = range(0, store.KEEP_DAYS + 92, 28)
    return sorted({quarter_of(context.today - timedelta(days=back)) for back in days})


@erasure
def forget_sign_ins(context: Context, person: Person) -> None:
    """Those with the former address, too. A new member with the same address asks for another code."""
    context.table.delete_many(Key(item["pk"], item["sk"]) for item in _of_person(context, person))


def _of_person(context: Context, person: Person) -> list[Item]:
    """Those with the address, and with the former ones of the last day."""
    found, addresses = list[Item](), [person.email]
    for address in addresses:
        items = _of(context, address)
        found += items
        addresses += {item["former"] for item in items if "former" in item} - set(addresses)
    return found


def _of(context: Context, email: str) -> list[Item]:
    return list(context.table.query_all(keys.sign_in_list(email, "", "").pk, index="gsi1"))
