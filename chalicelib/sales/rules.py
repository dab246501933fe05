"""Sale documents, and what a new one changes. Pure.

A document is known by its source, the series in which its number is unique, and the number. What is recorded of it is a
revision; the same content is never recorded twice in a row. A correction moves day totals by its difference from the
revision before, wherever that one counted: on another day, or with another company.

A return counts on the day of the sale that it takes back, and takes effect on its own. Which day that is follows from the return and from
what is known of its original, and from nothing else; so the two may come in any order, and the original may still be corrected.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Literal, NamedTuple, Self

from chalicelib.platform.money import round_half_up

Kind = Literal["sale", "return"]
Outcome = Literal["created", "changed", "unchanged"]

DocumentRef = tuple[str, str]  # source, and series/number

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


class Original(NamedTuple):
    """The sale that a return takes back, as the return names it: by its number, by its day, or by both.

    `series`: where the number may be found, the likeliest first; empty without a number. `day`: its business date, where it is told.
    """

    number: str
    series: tuple[str, ...]
    day: date | None


@dataclass(frozen=True, slots=True)
class SaleDocument:
    """What a company bought by one invoice, or gave back. Only a return has an original, a document of the same source."""

    source: str
    number: str
    company_id: str
    business_date: date
    currency: str
    lines: Sequence[SaleLine]
    series: str = ""
    kind: Kind = "sale"
    original: Original | None = None

    @property
    def ref(self) -> DocumentRef:
        """Source, and the number in its series. A series holds no slash, so two documents never share a ref."""
        return self.source, f"{self.series}/{self.number}"

    @property
    def candidates(self) -> list[DocumentRef]:
        """The documents that may be its original, the likeliest first."""
        if self.original is None:
            return []
        refs = [(self.source, f"{series}/{self.original.number}") for series in self.original.series]
        return [ref for ref in refs if ref != self.ref]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


class CountingDay(NamedTuple):
    """The day that a document counts on, and the original that was found for it."""

    day: date
    original: DocumentRef | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a document: its newest revision, and who wrote it."""

    company_id: str
    business_date: date
    counting: CountingDay
    total: Decimal
    revision: int
    digest: str
    outcome: Outcome
    import_id: str | None
    as_of: str


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """What lies under a document's number: its head, if it came, and the returns that name it, perhaps before it came."""

    head: Head | None = None
    returned_by: frozenset[DocumentRef] = frozenset()


NOTHING = KnownDocument()


class DayTotals(NamedTuple):
    """What a company's days come to, as its documents stand now. Amounts are money in the company's currency.

    `net`: purchases less returns, by the day that they count on. `returned`: by the day that they count on and the later day on which
    they took effect, what was given back afterwards; negative, and contained in `net`. So what was bought on a day, before anything
    came back after a day E, is `net` less the returns of that day with an effect after E.
    """

    net: Mapping[date, Decimal]
    returned: Mapping[tuple[date, date], Decimal]


class RecordedRevision(NamedTuple):
    """A revision of a document, and for how long it was what is known of it: from `recorded_at` until `superseded_at`."""

    ref: DocumentRef
    kind: Kind
    business_date: date
    counts_on: date
    total: Decimal
    revision: int
    recorded_at: str
    superseded_at: str | None

    def known_at(self, moment: str | None) -> bool:
        """Whether it was what was known just before this moment; None: whether it is what is known now."""
        if moment is None:
            return self.superseded_at is None
        return self.recorded_at < moment and (self.superseded_at is None or self.superseded_at >= moment)


class DocumentLines(NamedTuple):
    """What a document brought on the day that it counts on; lines of a return take back."""

    day: date
    lines: Sequence[SaleLine]


def totals(documents: Iterable[RecordedRevision]) -> DayTotals:
    """The day totals that these documents make together."""
    net: dict[date, Decimal] = {}
    returned: dict[tuple[date, date], Decimal] = {}
    for each in documents:
        net[each.counts_on] = net.get(each.counts_on, ZERO) + each.total
        if each.counts_on != each.business_date:
            key = each.counts_on, each.business_date
            returned[key] = returned.get(key, ZERO) + each.total
    return DayTotals(net, {key: amount for key, amount in returned.items() if amount})


class DayGain(NamedTuple):
    """What one day of one company gains; `returned`: what of the amount takes effect later, by the day on which it does."""

    amount: Decimal
    documents: int
    returned: Mapping[date, Decimal] = MappingProxyType({})


DayKey = tuple[str, date]
Changes = dict[DayKey, DayGain]
NO_GAIN = DayGain(ZERO, 0)


def digest(document: SaleDocument, packed: Sequence[str]) -> str:
    """The same for the same content, in whatever order its lines were exported."""
    head = [document.company_id, document.business_date.isoformat(), document.currency, document.kind]
    if document.original:
        number, series, day = document.original
        head.append(f"{number}/{','.join(series)}/{day or ''}")
    return sha256("\n".join([*head, *sorted(packed)]).encode()).hexdigest()


def counting(document: SaleDocument, known: Mapping[DocumentRef, KnownDocument]) -> CountingDay:
    """Where the document counts: a return with its original, anything else on its own day.

    A document is taken for the original if it is the same company's and not dated after the return. While none is known, the day that
    the return tells counts, if it is not after its own; without any of this a return counts on its own day.
    """
    if document.original is None:
        return CountingDay(document.business_date)
    for ref in document.candidates:
        head = known.get(ref, NOTHING).head
        if head and head.company_id == document.company_id and head.business_date <= document.business_date:
            return CountingDay(head.business_date, ref)
    return CountingDay(min(document.original.day or document.business_date, document.business_date))


def outcome(
    head: Head | None, content: str, counted: CountingDay, import_id: str | None, as_of: str
) -> tuple[Outcome, bool]:
    """What recording this content comes to, and whether there is anything to write.

    The import that wrote the newest revision hears what it heard then, however often it comes again. And who knows an older
    state than the one that is recorded does not bring it back. A return whose original came or moved meanwhile is written anew,
    though its content is unchanged.
    """
    if head is None:
        return "created", True
    if head.digest == content:
        return (head.outcome if import_id is not None and head.import_id == import_id else "unchanged"), (
            head.counting != counted
        )
    return ("unchanged", False) if as_of < head.as_of else ("changed", True)


def changes(head: Head | None, document: SaleDocument, counted: CountingDay) -> Changes:
    """What the days gain when this document takes the place of what is recorded of it."""
    moved: Changes = {}
    merge(moved, {(document.company_id, counted.day): _counted(document.total, 1, counted, document.business_date)})
    if head is not None:
        merge(
            moved, {(head.company_id, head.counting.day): _counted(-head.total, -1, head.counting, head.business_date)}
        )
    return {day: gain for day, gain in moved.items() if gain != NO_GAIN}


def _counted(amount: Decimal, documents: int, counted: CountingDay, effect: date) -> DayGain:
    if counted.day == effect or not amount:
        return DayGain(amount, documents)
    return DayGain(amount, documents, {effect: amount})


def merge(into: Changes, more: Mapping[DayKey, DayGain]) -> None:
    for day, gain in more.items():
        before = into.get(day, NO_GAIN)
        returned = before.returned
        if gain.returned:
            both = {effect: returned.get(effect, ZERO) + amount for effect, amount in gain.returned.items()}
            returned = {effect: amount for effect, amount in {**returned, **both}.items() if amount}
        into[day] = DayGain(before.amount + gain.amount, before.documents + gain.documents, returned)


def moves(head: Head | None, document: SaleDocument) -> bool:
    """Whether the document comes to where its returns have not looked for it yet."""
    return head is None or (head.company_id, head.business_date) != (document.company_id, document.business_date)


def of_company(moved: Mapping[DayKey, DayGain], company_id: str) -> dict[str, Decimal]:
    """The amounts of one company by ISO date, as its event carries them; zero where only the day of an effect moved."""
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


ORDERS = "orders"  # the source of what was shipped through the club itself
