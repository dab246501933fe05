"""Items of sales.

HEAD    the newest state of a document: company, day, total, digest, revision, the import that wrote it, `as_of`, the newest moment at
        which this was its state; for a return, the day on which it counts and its original. `returned_by`: the returns that name it; without a revision, the document itself has not come yet.
        `booked_as`, of a shipment: the document of the books that it is. `same_as`, of that one: the shipment; it has nothing else
SALE    one revision, for ever: the document with its lines; when new, the event `sale.recorded`; `superseded_by` and `superseded_at` if
        there is a newer one. `returned_by`: the returns that must follow it
SHIPPED the shipments of a company under one number, for the books' document that will have it
LINES   the further lines of a revision that does not fit into one item, with the document's name, company, days and currency; `first_line`
DAY     net amount and number of documents of a company on a day; `returned:YYYY-MM-DD`: the part that was given back on that later day
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.platform import same_currency
from chalicelib.sales import keys
from chalicelib.sales.rules import (
    ORDERS,
    SAME_INVOICE,
    DayTotals,
    DocumentRef,
    Head,
    KnownDocument,
    Original,
    RecordedRevision,
    SaleDocument,
    SaleLine,
    Voided,
    named_beside,
    unpack,
)
from chalicelib.table import Item, Key, Page, Table, company_partition, from_item, shards

LAST_DAY = date.max - timedelta(days=1)
OTHER_CURRENCY = "other_currency"  # attribute of HEAD and SALE: its sum counts for nothing
VOIDED = "voided"  # attribute of HEAD and SALE: its source says it no more
_COUNTS = Attr(OTHER_CURRENCY).not_exists() & Attr(VOIDED).not_exists()
_DATE = len("2027-01-31")
RETURNED = "returned:"  # and the day on which it took effect: attributes of DAY


class ShippedNumber(NamedTuple):
    """Shipments of a company, or its returns, with one number in its form for comparison."""

    company_id: str
    kind: str
    number: str


def read_known(table: Table, refs: Iterable[DocumentRef]) -> dict[DocumentRef, KnownDocument]:
    """The known states of these documents, without unknown ones."""
    wanted = {keys.document(*ref): ref for ref in refs}
    return {wanted[key]: _known(item) for key, item in table.get_many(wanted, consistent=True).items()}


def read_document(table: Table, ref: DocumentRef) -> tuple[KnownDocument | None, Item | None]:
    """The known state of a document and its item PAYMENT: one query, read consistently."""
    head = keys.document(*ref)
    kept = {item["sk"]: item for item in table.query_all(head.pk, consistent=True)}
    return _known(kept[head.sk]) if head.sk in kept else None, kept.get("PAYMENT")


def read_shipments(table: Table, numbers: Mapping[DocumentRef, ShippedNumber]) -> dict[DocumentRef, list[DocumentRef]]:
    """By document, the shipments under its number; one read for a hundred, consistent."""
    shipped = {ref: keys.shipped(*number) for ref, number in numbers.items()}
    found = table.get_many(shipped.values(), consistent=True)
    return {
        ref: sorted((ORDERS, name) for name in found[key]["documents"]) for ref, key in shipped.items() if key in found
    }


def is_shipped(table: Table, number: ShippedNumber) -> bool:
    """True if the company has shipments under this number; consistent."""
    return table.get(keys.shipped(*number), consistent=True) is not None


def booked(
    table: Table, shipped: ShippedNumber, day: date, number_key: Callable[[str], str], *, consistent: bool
) -> list[DocumentRef]:
    """The documents of the books that may be the shipment of this day, by kind and number, the nearest day first."""
    between = keys.sale_day(day - SAME_INVOICE), keys.sale_day(day + SAME_INVOICE + timedelta(days=1))
    counts = Attr("superseded_by").not_exists() & Attr("kind").eq(shipped.kind) & Attr("source").ne(ORDERS) & _COUNTS
    found = table.query_all(
        company_partition(shipped.company_id), between=between, where=counts, only=_RECORDED, consistent=consistent
    )
    near = [
        (abs(each.business_date - day), each.ref)
        for each in map(_recorded, found)
        if number_key(each.ref[1].partition("/")[2]) == shipped.number
    ]
    return [ref for _, ref in sorted(near)]


def newest(table: Table, ref: DocumentRef, head: Head) -> SaleDocument:
    """The document of its newest revision."""
    return revision(table, ref, head.company_id, head.business_date, head.revision)


def revision(table: Table, ref: DocumentRef, company_id: str, day: date, number: int) -> SaleDocument:
    """The document of this revision, which was of this company and day."""
    key = keys.sale(company_id, day, *ref, number)
    sale = table.get_fresh(key)
    if sale is None:
        raise LookupError(f"no revision {number} of {ref}")
    return document_of(sale, lines_of(table, [sale])[key])


def document_of(sale: Item, lines: Sequence[SaleLine]) -> SaleDocument:
    """The document of a SALE item."""
    return SaleDocument(
        source=sale["source"],
        number=sale["document"],
        company_id=sale["company_id"],
        business_date=date.fromisoformat(sale["business_date"]),
        currency=sale["currency"],
        lines=lines,
        series=sale["series"],
        kind=sale["kind"],
        original=original_named(sale),
        other_currency=OTHER_CURRENCY in sale,
        title=sale.get("title", ""),
        customer=sale.get("customer", ""),
        contract=sale.get("contract", ""),
        booked_as=_pair(sale, "booked_as"),
        voided=Voided(sale[VOIDED]["reason"], sale[VOIDED]["by"]) if VOIDED in sale else None,
    )


def documents_between(table: Table, source: str, first: date, last: date) -> Iterator[tuple[DocumentRef, Head]]:
    """The documents of a source dated on these days, without voided ones; eventually consistent."""
    month = first.replace(day=1)
    while month <= last:
        for shard in shards():
            every = keys.document_list(source, month, shard, "")
            between = f"{first.isoformat()}#", f"{last.isoformat()}$"
            for item in table.query_all(every.pk, index="gsi1", between=between):
                head = _known(item).head
                if head:
                    yield (source, item["pk"].split("#", 2)[2]), head
        month = (month + timedelta(days=31)).replace(day=1)


def lines_of(table: Table, sales: Iterable[Item]) -> dict[Key, list[SaleLine]]:
    """The lines of each of these SALE items, by its key; one more read for all that were too long for one item."""
    further = {key_of(sale): further_keys(key_of(sale), int(sale["further"])) for sale in sales if sale["further"]}
    found = table.get_many((key for several in further.values() for key in several), consistent=True)
    return {
        key_of(sale): unpack([sale["lines"], *(found[key]["lines"] for key in further.get(key_of(sale), ()))])
        for sale in sales
    }


def current(
    table: Table,
    company_id: str,
    first: date | None,
    last: date | None,
    limit: int,
    after: dict[str, str] | None,
    *,
    consistent: bool = False,
) -> Page:
    """Newest revisions, latest day first. A page that met replaced revisions holds fewer than `limit`."""
    begin = keys.sale_day(first or date.min)
    end = keys.sale_day(min(last or LAST_DAY, LAST_DAY) + timedelta(days=1))
    return table.query(
        company_partition(company_id),
        between=(begin, end),
        where=Attr("superseded_by").not_exists(),
        newest_first=True,
        limit=limit,
        after=after,
        consistent=consistent,
    )


def of_customer(
    table: Table, company_id: str, source: str, customer: str | None, limit: int, after: dict[str, str] | None
) -> tuple[list[DocumentRef], dict[str, str] | None]:
    """The current documents of a customer of a source, of None all of the source, among the next `limit` of its company, and where to go on; consistent."""
    mine = Attr("superseded_by").not_exists() & Attr("source").eq(source)
    if customer is not None:
        mine &= Attr("customer").eq(customer)
    between = keys.sale_day(date.min), keys.sale_day(LAST_DAY)
    page = table.query(
        company_partition(company_id), between=between, where=mine, limit=limit, after=after, consistent=True
    )
    return [(sale["source"], f"{sale['series']}/{sale['document']}") for sale in page.items], page.last


def history(table: Table, company_id: str, first: date, last: date) -> Iterator[RecordedRevision]:
    """Every revision of the documents that count dated on these days, replaced ones as well, without lines; read consistently."""
    begin, end = keys.sale_day(first), keys.sale_day(last + timedelta(days=1))
    found = table.query_all(
        company_partition(company_id), between=(begin, end), where=_COUNTS, only=_RECORDED, consistent=True
    )
    return (_recorded(item) for item in found)


def earliest_known(table: Table, company_id: str, moment: str) -> RecordedRevision | None:
    """The earliest document that counts and was known just before this moment."""
    unreplaced = Attr("superseded_by").not_exists() | Attr("superseded_at").gte(moment)
    found = table.query_all(
        company_partition(company_id),
        between=(keys.sale_day(date.min), keys.sale_day(LAST_DAY)),
        where=Attr("recorded_at").lt(moment) & unreplaced & _COUNTS,
        only=_RECORDED,
        limit=25,
        consistent=True,
    )
    item = next(found, None)
    return _recorded(item) if item else None


def days(table: Table, company_id: str, first: date, last: date) -> DayTotals:
    every = keys.day_total(company_id)
    between = keys.day_total(company_id, first).sk, keys.day_total(company_id, last, "~").sk
    by_other: dict[str, list[Item]] = defaultdict(list)
    for item in table.query_all(every.pk, between=between, consistent=True):
        by_other[item["sk"].removeprefix(every.sk)[_DATE:].removeprefix("#")].append(item)
    own = _totals(by_other.pop("", []))
    return own._replace(other={currency: _totals(items) for currency, items in by_other.items()})


def _totals(items: Iterable[Item]) -> DayTotals:
    net: dict[date, Decimal] = {}
    returned: dict[tuple[date, date], Decimal] = {}
    currency = ""
    for item in items:
        same_currency(currency or item["currency"], item["currency"])
        currency = item["currency"]
        day = date.fromisoformat(item["sk"].split("#")[1])
        net[day] = item["amount"]
        for name, amount in item.items():
            if name.startswith(RETURNED) and amount:
                returned[day, date.fromisoformat(name.removeprefix(RETURNED))] = amount
    return DayTotals(net, returned, currency)


def first_day(table: Table, company_id: str) -> date | None:
    every = keys.day_total(company_id)
    # A day that lost its documents to a correction stays, empty.
    found = table.query_all(every, where=Attr("documents").gt(0), limit=10, consistent=True)
    days = (item["sk"].removeprefix(every.sk) for item in found)
    return next((date.fromisoformat(day) for day in days if len(day) == _DATE), None)


def _known(item: Item) -> KnownDocument:
    source = item["pk"].split("#")[1]
    returned_by = frozenset(named_beside(name, source) for name in item.get("returned_by", ()))
    if "revision" not in item:
        return KnownDocument(None, returned_by, _pair(item, "same_as"))
    counting = {"day": item.get("counts_on", item["business_date"])}
    if "original" in item:
        counting["original"] = named_beside(item["original"], source)
    return KnownDocument(from_item(Head, {**item, "counting": counting}), returned_by)


def _pair(item: Item, name: str) -> DocumentRef | None:
    return (item[name][0], item[name][1]) if name in item else None


_RECORDED = (
    "currency",
    "source",
    "series",
    "document",
    "kind",
    "business_date",
    "counts_on",
    "total",
    "revision",
    "recorded_at",
    "superseded_at",
    "contract",
)


def _recorded(sale: Item) -> RecordedRevision:
    return from_item(RecordedRevision, {**sale, "ref": (sale["source"], f"{sale['series']}/{sale['document']}")})


def original_named(sale: Item) -> Original | None:
    """The original that a SALE item names."""
    return from_item(Original, sale["names"]) if "names" in sale else None


def further_keys(sale: Key, count: int) -> list[Key]:
    return [keys.sale_lines(sale, number) for number in range(1, count + 1)]


def key_of(item: Item) -> Key:
    return Key(item["pk"], item["sk"])
