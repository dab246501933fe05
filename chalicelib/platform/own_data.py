"""A person's own data: each room declares what it holds of a person, and how it forgets the person, in its module `own_data`.

    @own_data("consents", title={...}, fields={...})
    def consents(context, person) -> Iterable[Row]: ...

    @erasure
    def forget_consents(context, person) -> None: ...

`own_data/` puts the sections together for the person, and runs the erasures after the person has left. An erasure does the same when it runs
twice. It leaves what the company, the books and the law need, without anything that names the person but the id.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.platform.context import Context
from chalicelib.platform.registry.modules import import_modules, import_named, package_registry
from chalicelib.platform.spelling.people import same_name, same_phone, without
from chalicelib.platform.text import Language
from chalicelib.table import Key

Value = str | int | bool | list[str] | None
Row = dict[str, Value]
Texts = Mapping[Language, str]
Fields = Mapping[str, Texts]


@dataclass(frozen=True, slots=True)
class Person:
    """The person whose data it is. `kind` and `owner`: the company, the distributor or the club that they act for or ask to; empty for none.

    `companies`: those that they act for or have acted for. Only there a contact of the same name is the person: anybody may claim a company
    and take any name.
    """

    member_id: str
    name: str
    email: str
    phone: str | None = None
    kind: str = ""
    owner: str = ""
    companies: tuple[str, ...] = ()

    @property
    def company_id(self) -> str | None:
        """The company that they act for or ask to."""
        return self.owner if self.kind == "company" else None

    def is_meant_by(self, name: str, phone: str | None, email: str | None = None) -> bool:
        """Whether a contact with this name, telephone number or address is the person."""
        same_email = bool(email) and (email or "").casefold() == self.email.casefold()
        return same_email or same_phone(self.phone, phone) or same_name(self.name, name)

    def taken_from(self, text: str) -> str:
        """The text without the person's name, address and telephone number."""
        return without(text, self.name, self.email, self.phone)


_WRITTEN = ("text", "reason", "note")  # attributes, on whatever level of an item, that somebody wrote


def take_from_events(context: Context, owner: Key, person: Person) -> None:
    """Takes the person from the events beside this item. Nobody hears of an event again by it, since only new items are told."""
    take_from_texts(context, Key(owner.pk, "EVENT#"), person)


def take_from_texts(context: Context, place: Key, person: Person) -> None:
    """Takes the person from what people wrote in the items at this place. Safe to repeat."""
    for item in context.table.query_all(place):
        left = _without(item, person)
        changes = {name: left[name] for name in item if left[name] != item[name]}
        if changes:
            context.table.update(Key(item["pk"], item["sk"]), put=changes, when=Attr("pk").exists())


def _without(value: Any, person: Person) -> Any:
    if isinstance(value, dict):
        return {
            name: person.taken_from(each) if name in _WRITTEN and isinstance(each, str) else _without(each, person)
            for name, each in value.items()
        }
    return [_without(each, person) for each in value] if isinstance(value, list) else value


Read = Callable[[Context, Person], Iterable[Row]]
Erase = Callable[[Context, Person], None]


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind. `fields`: the title of each field of a row, in the order in which a reader sees them."""

    name: str
    title: Texts
    fields: Fields
    read: Read


_SECTIONS: dict[str, Section] = {}
_ERASURES: dict[str, Erase] = {}


def own_data(name: str, *, title: Texts, fields: Fields) -> Callable[[Read], Read]:
    """Declares a section of a person's own data."""

    def declare(read: Read) -> Read:
        _SECTIONS[name] = Section(name, title, fields, read)
        return read

    return declare


def erasure(erase: Erase) -> Erase:
    """Declares a function that forgets a person who has left."""
    _ERASURES[f"{erase.__module__}:{erase.__name__}"] = erase
    return erase


def sections() -> list[Section]:
    """All sections, by name."""
    _import()
    return [_SECTIONS[name] for name in sorted(_SECTIONS)]


def erasures() -> list[Erase]:
    """All erasures, in a fixed order."""
    _import()
    return [_ERASURES[name] for name in sorted(_ERASURES)]


def declaring_modules() -> list[str]:
    """The modules that declare a section or an erasure."""
    import_modules("own_data")
    declared = [each.read for each in _SECTIONS.values()] + list(_ERASURES.values())
    return sorted({each.__module__ for each in declared})


def _import() -> None:
    import_named(package_registry().get("own_data") or declaring_modules())
