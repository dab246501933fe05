"""Sale documents, their revisions, and the changes of day totals. Pure.

A document is named by its source, the series in which its number is unique, and the number. Its recorded states are revisions; the same
content is never recorded twice in a row. A correction moves day totals by its difference from the previous revision, also if that one
counted on another day or for another company.

A return counts on the day of its sale and takes effect on its own day. The day on which it counts follows only from the return and from
the known state of its original; so the two may come in any order, and the original may still be corrected.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from json.encoder import encode_basestring
from operator import attrgetter
from types import MappingProxyType
from typing import Literal, NamedTuple, Self

from chalicelib.platform import Money, round_half_up, same_currency

Kind = Literal["sale", "return"]
Outcome = Literal["created", "changed", "unchanged"]

DocumentRef = tuple[str, str]  # source, and series/number

ZERO = Decimal(0)
_AMOUNT = attrgetter("amount")
ORDERS = "orders"  # the source of shipments of the club's own orders
MOST_SHIPMENTS = 100  # of a company under one number, for the books' document that will have it
MOST_RETURNS = 500  # that follow one document: its item, its bonuses and its events name each of them
SAME_INVOICE = timedelta(days=7)  # the most that the books may date an invoice away from its shipment


class SaleLine(NamedTuple):
    """A line of a document. The amount is rounded; quantity and amount are negative in a return."""

    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal

    @classmethod
    def of(
        cls, sku: str, name: str, quantity: Decimal, unit_price: Decimal | None = None, amount: Decimal | None = None
    ) -> Self:
        """A line with the given amount, or else quantity times price, rounded."""
        if amount is None:
            if unit_price is None:
                raise ValueError("a line needs a price or an amount")
            amount = quantity * unit_price
        return cls(sku, name, quantity, unit_price, round_half_up(amount))


class Original(NamedTuple):
    """The sale of a return, as the return names it: by number, by day, or by both.

    `series`: candidates for the number's series, the likeliest first; empty without a number. `day`: its business date, if named.
    """

    number: str
    series: tuple[str, ...]
    day: date | None


class Voided(NamedTuple):
    """A document that its source says no more: it has no lines and counts for nothing. `by`: a member of the staff."""

    reason: str
    by: str


class SaleDocument(NamedTuple):
    """An invoice or a return of a company. Only a return has an original, a document of the same source.

    `other_currency`: its currency is not the company's. Such a document is kept, and its sum counts for nothing. `title`: the number as the source
    writes it, where that differs. `customer`: the key of the customer in the source, if a file told it. `booked_as`: for a shipment of the portal, the document of the books that it was found to be, and whose
    content this is. `contract`: its number as the source writes it, if the source tells one.
    """

    source: str
    number: str
    company_id: str
    business_date: date
    currency: str
    lines: Sequence[SaleLine]
    series: str = ""
    kind: Kind = "sale"
    original: Original | None = None
    other_currency: bool = False
    title: str = ""
    booked_as: DocumentRef | None = None
    voided: Voided | None = None
    customer: str = ""
    contract: str = ""

    @property
    def ref(self) -> DocumentRef:
        """Source, and the number in its series. A series holds no slash, so two documents never share a ref."""
        return self.source, f"{self.series}/{self.number}"

    @property
    def candidates(self) -> list[DocumentRef]:
        """The documents that may be its original, the likeliest first."""
        if self.original is None or not any(letter.isdigit() for letter in self.original.number):
            return []  # `Б/Н` says that there is no number
        refs = [(self.source, f"{series}/{self.original.number}") for series in self.original.series]
        return [ref for ref in refs if ref != self.ref]

    @property
    def total(self) -> Decimal:
        """In the document's currency."""
        return sum(map(_AMOUNT, self.lines), ZERO)


class CountingDay(NamedTuple):
    """The day on which a document counts, and its original, if found."""

    day: date
    original: DocumentRef | None = None


class Head(NamedTuple):
    """The newest revision of a document, and the import that wrote it. `total`: in its currency."""

    company_id: str
    business_date: date
    counting: CountingDay
    currency: str
    total: Decimal
    revision: int
    digest: str
    outcome: Outcome
    import_id: str | None
    as_of: str
    other_currency: bool = False
    booked_as: DocumentRef | None = None
    voided: bool = False
    contract: str = ""


class KnownDocument(NamedTuple):
    """The state of a document: its head, None before it came, and the returns that name it.

    `same_as`: it is another name of this shipment, and has no head.
    """

    head: Head | None = None
    returned_by: frozenset[DocumentRef] = frozenset()
    same_as: DocumentRef | None = None


NOTHING = KnownDocument()


class DayTotals(NamedTuple):
    """A company's totals by day, of its newest revisions, in its currency; empty while there are none. `other`: those in others, by currency.

    `net`: purchases less returns, by the day on which they count. `returned`: returns by the day on which they count and the later day on
    which they took effect; negative, and included in `net`. So the purchases of a day as of a day E are `net` less the returns of that day
    with an effect after E.
    """

    net: Mapping[date, Decimal]
    returned: Mapping[tuple[date, date], Decimal]
    currency: str = ""
    other: Mapping[str, "DayTotals"] = MappingProxyType({})

    def within(self, currency: str) -> Self:
        """The totals, to be compared with sums in this currency. Raises `MixedCurrencies` for totals in another one."""
        same_currency(self.currency or currency, currency)
        return self


class RecordedRevision(NamedTuple):
    """A revision of a document, current from `recorded_at` until `superseded_at`."""

    ref: DocumentRef
    kind: Kind
    business_date: date
    counts_on: date
    currency: str
    total: Decimal
    revision: int
    recorded_at: str
    superseded_at: str | None
    contract: str = ""

    def known_at(self, moment: str | None) -> bool:
        """True if it was the current revision just before this moment; None: if it is the current one now."""
        if moment is None:
            return self.superseded_at is None
        return self.recorded_at < moment and (self.superseded_at is None or self.superseded_at >= moment)


class DocumentLines(NamedTuple):
    """The lines of a document and the day on which it counts; lines of a return are negative.

    `other_currency`: its amounts are not in the company's, so they are not added to those of other documents.
    """

    day: date
    lines: Sequence[SaleLine]
    other_currency: bool = False


class CurrentDocument(NamedTuple):
    """A document in its newest revision, and the day on which it counts."""

    document: SaleDocument
    counts_on: date


def totals(documents: Iterable[RecordedRevision]) -> DayTotals:
    """The day totals of these documents. Raises `MixedCurrencies`."""
    net: dict[date, Decimal] = {}
    returned: dict[tuple[date, date], Decimal] = {}
    currency = ""
    for each in documents:
        same_currency(currency or each.currency, each.currency)
        currency = each.currency
        net[each.counts_on] = net.get(each.counts_on, ZERO) + each.total
        if each.counts_on != each.business_date:
            key = each.counts_on, each.business_date
            returned[key] = returned.get(key, ZERO) + each.total
    return DayTotals(net, {key: amount for key, amount in returned.items() if amount}, currency)


class DayGain(NamedTuple):
    """The change of one day of one company. `returned`: the part of the amount that takes effect on later days, by day."""

    amount: Money
    documents: int
    returned: Mapping[date, Decimal] = MappingProxyType({})

    @property
    def moves(self) -> bool:
        return bool(self.amount.amount or self.documents or self.returned)


class DayKey(NamedTuple):
    """A day of a company. `other`: the currency of its documents that are not in the company's; empty for those that are."""

    company_id: str
    day: date
    other: str = ""


Changes = dict[DayKey, DayGain]


def digest(document: SaleDocument, packed: Sequence[str]) -> str:
    """A digest of the content, independent of the order of lines."""
    head = [document.company_id, document.business_date.isoformat(), document.currency, document.kind]
    if document.original:
        number, series, day = document.original
        head.append(f"{number}/{','.join(series)}/{day or ''}")
    if document.voided:
        head.append("voided")
    return sha256("\n".join([*head, *sorted(packed)]).encode()).hexdigest()


def counting(document: SaleDocument, known: Mapping[DocumentRef, KnownDocument]) -> CountingDay:
    """The day on which the document counts: for a return, the day of its original; else its own.

    The original must be of the same company and not dated after the return. While none is known, the return counts on the day that it
    names, if that is not after its own day; otherwise on its own day.
    """
    if document.original is None:
        return CountingDay(document.business_date)
    for ref in candidates(document, known):
        head = known.get(ref, NOTHING).head
        if head and head.company_id == document.company_id and head.business_date <= document.business_date:
            return CountingDay(head.business_date, ref)
    return CountingDay(min(document.original.day or document.business_date, document.business_date))


def candidates(document: SaleDocument, known: Mapping[DocumentRef, KnownDocument]) -> list[DocumentRef]:
    """The possible originals, each under the identity that the club keeps it by; none that is followed by as many returns as it can be."""
    refs = dict.fromkeys(known.get(ref, NOTHING).same_as or ref for ref in document.candidates)
    return [ref for ref in refs if _is_open(known.get(ref, NOTHING), document.ref)]


def contract_of(document: SaleDocument, head: Head | None, original: Head | None, as_of: str) -> str:
    """The contract of the document: the one that is told now, or else was told before, or else that of its original.

    It is no content: who tells none changes none, and neither does an older state.
    """
    told = document.contract if head is None or as_of >= head.as_of else ""
    return told or (head.contract if head else "") or (original.contract if original else "")


def _is_open(original: KnownDocument, returned: DocumentRef) -> bool:
    return returned in original.returned_by or len(original.returned_by) < MOST_RETURNS


def outcome(
    head: Head | None,
    content: str,
    counted: CountingDay,
    import_id: str | None,
    as_of: str,
    *,
    booked: bool = False,
    contract: str = "",
) -> tuple[Outcome, bool]:
    """The outcome of recording this content, and whether to write it.

    A repeat of the import that wrote the newest revision gets the same outcome again. An older state never replaces the recorded one.
    A return whose original came or moved meanwhile is written again, though its content is unchanged; so is a document of another `contract`. The books (`booked`) outrank the
    portal, whenever either was told.
    """
    if head is None:
        return "created", True
    if booked and not head.booked_as:
        return ("unchanged" if head.digest == content else "changed"), True
    if head.booked_as and not booked:
        return "unchanged", False
    if head.digest == content:
        return (head.outcome if import_id is not None and head.import_id == import_id else "unchanged"), (
            (head.counting, head.contract) != (counted, contract)
        )
    return ("unchanged", False) if as_of < head.as_of else ("changed", True)


def changes(head: Head | None, document: SaleDocument, counted: CountingDay) -> Changes:
    """The changes of days when this document replaces its recorded revision."""
    moved: Changes = {}
    if not document.voided:
        merge(moved, {_day(document, counted): _gain(document, 1, counted)})
    if head is not None:
        merge(moved, removal(head))
    return {day: gain for day, gain in moved.items() if gain.moves}


def removal(head: Head) -> Changes:
    """The changes of days when nothing takes the place of this revision."""
    return {} if head.voided else {_day(head, head.counting): _gain(head, -1, head.counting)}


def _day(document: SaleDocument | Head, counted: CountingDay) -> DayKey:
    return DayKey(document.company_id, counted.day, document.currency if document.other_currency else "")


def _gain(document: SaleDocument | Head, times: int, counted: CountingDay) -> DayGain:
    amount = Money.of(document.total * times, document.currency)
    if counted.day == document.business_date or not amount.amount:
        return DayGain(amount, times)
    return DayGain(amount, times, {document.business_date: amount.amount})


def merge(into: Changes, more: Mapping[DayKey, DayGain]) -> None:
    """Adds these changes. Raises `MixedCurrencies` for a day of a company with changes in two."""
    for day, gain in more.items():
        before = into.get(day)
        if before is None:
            into[day] = gain
            continue
        returned = before.returned
        if gain.returned:
            both = {effect: returned.get(effect, ZERO) + amount for effect, amount in gain.returned.items()}
            returned = {effect: amount for effect, amount in {**returned, **both}.items() if amount}
        into[day] = DayGain(before.amount + gain.amount, before.documents + gain.documents, returned)


def moves(head: Head | None, document: SaleDocument) -> bool:
    """True if the document has a new company or day, so that its returns must follow."""
    return head is None or (head.company_id, head.business_date) != (document.company_id, document.business_date)


def of_company(moved: Mapping[DayKey, DayGain], company_id: str) -> dict[str, Decimal]:
    """The amounts of one company in its currency by ISO date, as its event carries them; zero where only the day of an effect moved."""
    return {
        key.day.isoformat(): gain.amount.amount
        for key, gain in moved.items()
        if key.company_id == company_id and not key.other
    }


# --- one invoice, told by the portal and by the books ------------------------------------------------------------------


class Ambiguous(ValueError):
    """A document of the books that may be any of several shipments."""


def same_invoice(document: SaleDocument, shipped: Mapping[DocumentRef, Head]) -> list[DocumentRef]:
    """Of the shipments under a document's number and kind, the one that it is; empty if none.

    Company and currency are the same, the days lie near each other, and no other document was found to be it. Of several shipments it is
    the one of the same sum. A return of goods of several shipments has a part for each: all of them. Raises `Ambiguous`.
    """
    near = {
        ref: head
        for ref, head in shipped.items()
        if head.company_id == document.company_id
        and not head.booked_as
        and not head.other_currency
        and abs(head.business_date - document.business_date) <= SAME_INVOICE
    }
    if len(near) > 1 and document.kind == "return" and len({order_of(ref) for ref in near}) == 1:
        return sorted(near)
    equal = sorted(near) if len(near) == 1 else [ref for ref, head in near.items() if head.total == document.total]
    if near and len(equal) != 1:
        raise Ambiguous(document.number)
    return equal


def order_of(shipment: DocumentRef) -> tuple[str, ...]:
    """Distributor and order of a shipment, or of a return of one."""
    return tuple(shipment[1].partition("/")[0].split(":")[:2])


def name_beside(ref: DocumentRef, source: str) -> str:
    """The name of a document where most are of this source: without its own, unless it is another. A series holds neither `#` nor `/`."""
    return ref[1] if ref[0] == source else f"{ref[0]}#{ref[1]}"


def named_beside(name: str, source: str) -> DocumentRef:
    """The document of a name that `name_beside` made."""
    other, mark, document = name.partition("#")
    return (other, document) if mark and "/" not in other else (source, name)


# --- stored lines -----------------------------------------------------------------------------------------------------
# Each line is a JSON text instead of a map of the table: a third of the bytes and of the time of each write.


def pack(line: SaleLine) -> str:
    price = "" if line.unit_price is None else plain(line.unit_price)
    # The encoder is made again for each list, and not for a text.
    sku, name = encode_basestring(line.sku), encode_basestring(line.name)
    return f'[{sku},{name},"{plain(line.quantity)}","{price}","{_digits(line.amount)}"]'


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
    text = _digits(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digits(number: Decimal) -> str:
    """As `f"{number:f}"`, in a third of the time."""
    text = str(number)
    return f"{number:f}" if "E" in text else text


def chunks(packed: Sequence[str], most_bytes: int) -> list[str]:
    """The lines as JSON arrays of at most this size."""
    whole = f"[{','.join(packed)}]"
    if len(whole.encode()) <= most_bytes:
        return [whole]
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
