"""Rules of INN, names, owners and the facts that open the cabinet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

from chalicelib.companies.model import FirmMember
from chalicelib.platform import code_key, derived_id, spelled

# Those that are written before the name.
_LEGAL_FORMS = frozenset({"ооо", "оао", "зао", "пао", "нао", "ао", "ип", "тоо"})
_LONG_FORMS = {
    "общество с ограниченной ответственностью": "ооо",
    "публичное акционерное общество": "пао",
    "закрытое акционерное общество": "зао",
    "открытое акционерное общество": "оао",
    "непубличное акционерное общество": "нао",
    "акционерное общество": "ао",
    "индивидуальный предприниматель": "ип",
}
_LATIN_FORMS = {"ooo": "ооо", "oao": "оао", "ao": "ао"}  # typed on the wrong keyboard
_MARKS = str.maketrans(dict.fromkeys(".,;()", " "))
_LISTED_CHARACTERS = 120
MOST_KEY_BYTES = 800  # of a sort key's 1,024, beside a source and a moment
_QUOTES = str.maketrans("", "", "\"'«»„“”‘’`")


def inn_is_valid(inn: str) -> bool:
    """Ten digits (a legal entity) or twelve (a person), with the right check digits."""
    # It brings half of the standard library along, and only a claim needs it.
    from stdnum.ru import inn as checked

    # Tax offices are numbered from 01: a row of zeros passes the checksum and is nobody's.
    return not inn.startswith("00") and bool(checked.is_valid(inn))


def needs_kpp(inn: str) -> bool:
    """A legal entity registers each branch under a KPP; a sole trader has none."""
    return len(inn) == 10


def kpp_fault(inn: str, kpp: str | None) -> tuple[str, str] | None:
    """Code and sentence of what is wrong with this KPP beside this INN; None: they fit."""
    if needs_kpp(inn) and kpp is None:
        return "kpp_required", "A legal entity (INN of 10 digits) needs its KPP."
    if not needs_kpp(inn) and kpp is not None:
        return "kpp_not_expected", "A sole trader (INN of 12 digits) has no KPP."
    return None


def listed_as(name: str) -> str:
    """The name as lists sort and find it: small letters, no quotes, no legal form in front.

    `ООО «Ромашка»` stands under р, where people look for it. Cut where a key would become too long.
    """
    words = name.casefold().translate(_QUOTES).split()
    while len(words) > 1 and words[0].strip(".") in _LEGAL_FORMS:
        words = words[1:]
    return " ".join(words)[:_LISTED_CHARACTERS]


# --- one identity for a customer ----------------------------------------------------------------------------------------


def customer_key(code: str, name: str, inn: str, kpp: str) -> str:
    """The key of a customer in a source: its code; without one INN and KPP; without these the name, or a digest of a very long one.

    A code of digits alone loses its leading zeros in spreadsheets, so they do not count.
    """
    if code:
        key = code_key(code)
        return key.lstrip("0") or key if key.isdecimal() else key
    if inn:
        return f"inn:{inn}/{kpp}".rstrip("/")
    key = f"name:{name_key(name)}"
    return key if len(key.encode()) <= MOST_KEY_BYTES else derived_id("name", key)


def name_key(name: str) -> str:
    """The name of a company in its form for comparison: `Ромашка ООО` and `ООО «РОМАШКА»` are `ромашка, ооо`."""
    names, forms = _name_parts(name)
    return ", ".join(part for part in (" ".join(names), " ".join(forms)) if part)


def name_words(name: str) -> str:
    """The name without its legal form: `ромашка`."""
    return " ".join(_name_parts(name)[0])


def _name_parts(name: str) -> tuple[list[str], list[str]]:
    text = spelled(name.translate(_QUOTES).translate(_MARKS)).casefold().replace("ё", "е")
    for long, short in _LONG_FORMS.items():
        text = text.replace(long, short)
    words = [_LATIN_FORMS.get(word, word) for word in text.split()]
    forms = sorted(word for word in words if word in _LEGAL_FORMS)
    names = [word for word in words if word not in _LEGAL_FORMS]
    return names, forms


def match_firm(members: Sequence[FirmMember], kpp: str) -> list[FirmMember]:
    """The companies of an INN that this KPP may mean: none: a new one; several: it takes a person to tell.

    A company that is known by its INN alone is the one with the KPP, until a second KPP is known. Another KPP is another branch.
    """
    same = [member for member in members if member.kpp == kpp]
    if same or (kpp and any(member.kpp for member in members)):
        return same
    return list({member.company_id: member for member in members}.values())


def manager_asked_for(asked: str | None, caller: str) -> str | None:
    """The manager that a filter of a list names: `me` is the caller, `none` is nobody (empty). None: any."""
    return {"me": caller, "none": ""}.get(asked or "", asked)


# --- who acts for a company ------------------------------------------------------------------------------------------


class Speaker(Protocol):
    """A person of a company, as far as these rules look."""

    @property
    def member_id(self) -> str: ...
    @property
    def role(self) -> str | None: ...
    @property
    def status(self) -> str: ...


def is_owner(person: Speaker) -> bool:
    return person.status == "active" and person.role == "owner"


def another_owner(people: Iterable[Speaker], member_id: str) -> str | None:
    """An active owner beside this person, if there is one: without one nobody could act for the company."""
    return next((person.member_id for person in people if is_owner(person) and person.member_id != member_id), None)


# --- what opens the cabinet -------------------------------------------------------------------------------------------


def facts_of(
    *, name: str, email_confirmed: bool, phone: str | None, company_named: bool, company_confirmed: bool
) -> dict[str, bool]:
    """Facts of a member, by the names in `club.toml`."""
    return {
        "name": bool(name),
        "email_confirmed": email_confirmed,
        "phone": bool(phone),
        "company_named": company_named,
        "company_confirmed": company_confirmed,
    }


Fact = TypeVar("Fact", bound=str)


def stale(confirmed_on: Mapping[Fact, date | None], today: date, fresh_days: int) -> list[Fact]:
    """Facts that were last confirmed more than `fresh_days` ago."""
    return [fact for fact, day in confirmed_on.items() if day is not None and (today - day).days > fresh_days]


def missing(wanted: Iterable[Fact], facts: Mapping[str, bool], stale_facts: Collection[str]) -> list[Fact]:
    """The wanted facts that are absent or stale."""
    return [fact for fact in wanted if not facts.get(fact, False) or fact in stale_facts]
