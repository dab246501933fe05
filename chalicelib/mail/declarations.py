"""Letters as rooms declare them, in their modules `letters`, each beside the code of its event.

    @letter("order_placed", on=orders.events.PLACED, to=the_distributor)
    def of_the_order(context, recipient, event) -> tuple[Reader, Facts]: ...

The event asks for one letter to each recipient. When the letter is sent, the function looks up its reader and the facts that
`texts/order_placed.<language>.md` beside it puts into words. One letter may be asked for by several events, and one function may serve
several letters.

A room may also send a letter itself, at its own pace (`room_letter`): its words are written elsewhere, and the engine claims, settles and
counts it like any other.

A function of a package imports the rooms of the letters at hand, not the house (platform/registry/modules.py).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from chalicelib.mail.model import Facts, Letter, LetterClass, Mail, Pages, Reader, Recipient, Report
from chalicelib.platform import Context, EventType
from chalicelib.platform.registry.modules import HOUSE, import_modules, import_named, package_registry
from chalicelib.table import Item, Refused, Transaction

Recipients = Callable[[Context, Item], Iterable[Recipient]]
FactsOf = Callable[[Context, Recipient, Item], tuple[Reader, Facts]]
OnReport = Callable[[Context, Transaction, Letter, Letter], None]
"""Adds what follows from a report to its transaction: the letter before it, and after."""
OnReading = Callable[[Context, Letter, Report], None]
"""Notes an opening or a click, which changes nothing of the letter."""
Below = Callable[[int], int]
Page = str | Mapping[str, str]
"""A page of the portal, by its name in the config (`letters.pages`); for several kinds of recipients one for each."""


class Guard(Protocol):
    """A further condition of a letter, beside an address that is not suppressed."""

    def check(self, context: Context, tx: Transaction, letter: Letter, mail: Mail) -> None:
        """Adds conditions and writes, each with a label, to the transaction that claims the letter."""

    def slot(self, context: Context, mail: Mail) -> tuple[date, datetime]:
        """The day and the moment of the slot that the reader has now, or of the next one."""

    def skip(self, context: Context, letter: Letter, mail: Mail, refused: Refused) -> tuple[str, str]:
        """The reason for skipping the letter, and the first day on which another one like it may come; empty if no day is known."""

    def pages(self, letter: Letter) -> Pages:
        """The pages that the letter's foot and its headers name."""

    def give_back(self, context: Context, letter: Letter, address: str) -> None:
        """Takes back what the check wrote for a letter that surely was not sent. Without an address where none was found."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that no queue and no table may hold, such as a code. It is drawn for each attempt; the letter's text has it as `code`."""

    draw: Callable[[Below], str]
    keep: Callable[[Context, Transaction, Recipient, str], None]  # adds to the claim; labels as those of a Guard


@dataclass(frozen=True, slots=True)
class Declaration:
    name: str
    module: str
    letter_class: LetterClass
    facts: FactsOf | None  # None: its room sends it
    secret: Secret | None
    guard: Guard | None
    in_slot: bool = False
    page: Page = ""
    on_report: OnReport | None = None
    on_reading: OnReading | None = None

    def page_of(self, recipient: Recipient) -> str:
        """The name of the page of the portal to which the letter leads; empty for the portal itself."""
        return self.page if isinstance(self.page, str) else self.page.get(recipient.kind, "")

    @property
    def texts(self) -> Path:
        return HOUSE.parent.joinpath(*self.module.split(".")[:-1], "texts")


_LETTERS: dict[str, Declaration] = {}
_ASKED: dict[str, dict[str, Recipients]] = {}  # by event, then by letter


def letter(
    name: str,
    *,
    on: EventType,
    to: Recipients,
    letter_class: LetterClass = LetterClass.SERVICE,
    secret: Secret | None = None,
    guard: Guard | None = None,
    in_slot: bool = False,
    page: Page = "",
) -> Callable[[FactsOf], FactsOf]:
    """Declares that the event asks for this letter. A letter with advertising needs a guard that asks for consent.

    `in_slot`: it waits for the next slot of its reader, which the guard knows. `page`: where its button leads; the event names the ids of the page.
    """
    if letter_class is not LetterClass.SERVICE and guard is None:
        raise TypeError(f"{name} is advertising, and nothing asks for consent")

    def declared(facts: FactsOf) -> FactsOf:
        made = Declaration(name, facts.__module__, letter_class, facts, secret, guard, in_slot, page)
        if _LETTERS.setdefault(name, made) != made or name in _ASKED.get(on, ()):
            raise TypeError(f"{name} is declared twice")
        _ASKED.setdefault(on, {})[name] = to
        return facts

    return declared


def room_letter(
    name: str,
    *,
    module: str,
    letter_class: LetterClass = LetterClass.ADVERTISING,
    guard: Guard | None = None,
    on_report: OnReport | None = None,
    on_reading: OnReading | None = None,
) -> None:
    """Declares a letter that its room writes and sends itself. One with advertising needs a guard; its class may differ from letter to letter."""
    if letter_class is not LetterClass.SERVICE and guard is None:
        raise TypeError(f"{name} is advertising, and nothing asks for consent")
    made = Declaration(name, module, letter_class, None, None, guard, on_report=on_report, on_reading=on_reading)
    if _LETTERS.setdefault(name, made) != made:
        raise TypeError(f"{name} is declared twice")


def declaration(name: str) -> Declaration:
    import_named(_table()["letters"].get(name, ()))
    return _LETTERS[name]


def asked_by(event: str) -> Mapping[str, Recipients]:
    """The letters that the event asks for, and to whom."""
    import_named(_table()["events"].get(event, ()))
    return _ASKED.get(event, {})


def declared_letters() -> list[str]:
    """The letters with texts of their own."""
    return sorted(name for name in _table()["letters"] if declaration(name).facts)


def asking_events() -> list[EventType]:
    return [EventType(event) for event in sorted(_table()["events"])]


def letter_modules() -> dict[str, dict[str, list[str]]]:
    """The modules of all letters, by letter and by event."""
    import_modules("letters")
    events = {event: sorted({_LETTERS[name].module for name in letters}) for event, letters in _ASKED.items()}
    letters = {name: [declared.module] for name, declared in _LETTERS.items()}
    return {"letters": letters, "events": events}


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return package_registry() or letter_modules()
