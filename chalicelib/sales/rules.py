"""Sale documents, and what a new one changes. Pure.

A document is known by its source, the series in which its number is unique, and the number. What is recorded of it is a
revision; the same content is never recorded twice in a row. A correction moves day totals by its difference from the
revision before, wherever that one counted: on another day, or with another company.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Literal, NamedTuple, Self

from chalicelib.platform.money import round_half_up

Kind = Literal["sale", "return"]
Outcome = Literal["created", "changed", "unchanged"]

DocumentRef = tuple[str, str]

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line. Its amount is money, already rounded; quantity and amount are negative in a return."""

    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal

    @classmethod
    def of(
        cls, sku: str, name: str, quantity: Decimal, unit_price: Decimal | None = None, amount: Decimal | None = None
    ) -> Self:
        """A line with the amount that was given, or else with quantity times price. Here it becomes money: it is rounded."""
        if amount is None:
            if unit_price is None:
                raise ValueError("a line needs a price or an amount")
            amount = quantity * unit_price
        # Adding zero takes the sign off a zero.
        return cls(sku, name, quantity, unit_price, round_half_up(amount) + ZERO)


@dataclass(frozen=True, slots=True)
class SaleDocument:
    """What a company bought by one invoice, or gave back."""

    source: str
    number: str
    company_id: str
    business_date: date
    currency: str
    lines: Sequence[SaleLine]
    series: str = ""
    kind: Kind = "sale"

    @property
    def ref(self) -> DocumentRef:
        """Source, and the number in its series. A series holds no slash, so two documents never share a ref."""
        return self.source, f"{self.series}/{self.number}"

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a document: its newest revision, and who wrote it."""

    company_id: str
    business_date: date
    total: Decimal
    revision: int
    digest: str
    outcome: Outcome
    import_id: str | None
    as_of: str


class DayTotals(NamedTuple):
    """What a company's days come to, as its documents stand now. Amounts are money in the company's currency.

    `net`: purchases less returns, by the day that they count on. `returned`: by the day that they count on and the later day on which
    they took effect, what was given back afterwards; negative, and contained in `net`. So what was bought on a day, before anything
    came back after a day E, is `net` less the returns of that day with an effect after E.
    """

    net: Mapping[date, Decimal]
    returned: Mapping[tuple[date, date], Decimal]


class Counted(NamedTuple):
    """What one day of one company gains."""

    amount: Decimal
    documents: int


DayKey = tuple[str, date]
Changes = dict[DayKey, Counted]


def digest(document: SaleDocument, packed: Sequence[str]) -> str:
    """The same for the same content, in whatever order its lines were exported."""
    head = [document.company_id, document.business_date.isoformat(), document.currency, document.kind]
    return sha256("\n".join([*head, *sorted(packed)]).encode()).hexdigest()


def outcome(head: Head | None, content: str, import_id: str | None, as_of: str) -> tuple[Outcome, bool]:
    """What recording this content comes to, and whether there is anything to write.

    The import that wrote the newest revision hears what it heard then, however often it comes again. And who knows an older
    state than the one that is recorded does not bring it back.
    """
    if head is None:
        return "created", True
    if head.digest == content:
        return (head.outcome if import_id is not None and head.import_id == import_id else "unchanged"), False
    return ("unchanged", False) if as_of < head.as_of else ("changed", True)


def changes(head: Head | None, document: SaleDocument) -> Changes:
    """What the days gain when this document takes the place of what is recorded of it."""
    moved: Changes = {(document.company_id, document.business_date): Counted(document.total, 1)}
    if head is not None:
        merge(moved, {(head.company_id, head.business_date): Counted(-head.total, -1)})
    return {day: gain for day, gain in moved.items() if gain != (ZERO, 0)}


def merge(into: Changes, more: Mapping[DayKey, Counted]) -> None:
    for day, gain in more.items():
        before = into.get(day, Counted(ZERO, 0))
        into[day] = Counted(before.amount + gain.amount, before.documents + gain.documents)


def of_company(moved: Mapping[DayKey, Counted], company_id: str) -> dict[str, Decimal]:
    """The amounts of one company by ISO date, as its event carries them."""
    return {day.isoformat(): gain.amount for (company, day), gain in moved.items() if company == company_id}


# --- lines as they are stored -----------------------------------------------------------------------------------------
# A JSON text each instead of the table's own maps: a third of the bytes that are paid for with each write, and of the time.


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack(line: SaleLine) -> str:
    price = "" if line.unit_price is None else plain(line.unit_price)
    return _encode([line.sku, line.name, plain(line.quantity), price, f"{line.amount:f}"])


def unpack(texts: Iterable[str]) -> list[SaleLine]:
    """Lines from the texts that `chunks` made."""
    return [
        SaleLine(sku, name, Decimal(quantity), Decimal(price) if price else None, Decimal(amount))
        for text in texts
        for sku, name, quantity, price, amount in json.loads(text)
    ]


def plain(number: Decimal) -> str:
    """`2`, however it was written: 2.000, 2.0, 2."""
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chunks(packed: Iterable[str], most_bytes: int) -> list[str]:
    """The lines as JSON arrays, none larger than this."""
    groups: list[list[str]] = [[]]
    size = 0
    for line in packed:
        room = len(line.encode()) + 1
        if size + room > most_bytes and groups[-1]:
            groups.append([])
            size = 0
        groups[-1].append(line)
        size += room
    return [f"[{','.join(group)}]" for group in groups]
