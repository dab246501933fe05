"""Sales documents, their lines and their payments as tables for SQL.

Only what counts: of each document its newest revision, none that was voided, and none in another currency than the company's.
"""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from chalicelib.platform.registry.datasets import Column, Dataset, Image, ItemRows, Row, Source
from chalicelib.sales.payments.keys import payment as payment_key
from chalicelib.sales.rules import unpack
from chalicelib.sales.store import OTHER_CURRENCY, VOIDED, further_keys, key_of

_HEAD = (
    Column("document", "text", "Source, series and number: one document, whatever its revision"),
    Column("company_id", "text", "The company that bought"),
    Column("kind", "text", "`sale` or `return`; a return has negative quantities and amounts"),
    Column("business_date", "day", "The day of the document"),
    Column("counts_on", "day", "The day on which it counts: of a return, the day of its sale"),
    Column("currency", "text", "Of the amounts"),
)

DOCUMENTS = Dataset(
    "documents",
    "Sales documents that count, one row each",
    (
        *_HEAD,
        Column("source", "text", "The origin of the document: `orders` for shipments of the portal"),
        Column("number", "text", "The number as its source writes it"),
        Column("lines", "count", "Number of lines"),
        Column("total", "amount", "Sum of the lines"),
        Column("recorded_on", "day", "The day on which the club recorded this revision, in UTC"),
    ),
)

SALE_LINES = Dataset(
    "sale_lines",
    "Lines of the sales documents that count",
    (
        *_HEAD,
        Column("line", "count", "Place in the document, from 1"),
        Column("sku", "text", "The article"),
        Column("quantity", "quantity", "Units"),
        Column("unit_price", "price", "Price of a unit, where the document tells it"),
        Column("amount", "amount", "Sum of the line"),
    ),
)

PAYMENTS = Dataset(
    "payments",
    "Documents that were paid in full",
    (Column("document", "text", "As in `documents`"), Column("paid_on", "day", "The day of the payment")),
)


def _sale(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    """Of a SALE: the document, and its first lines. The further lines of one that counts no more go with it."""
    key = key_of(item)
    if "superseded_by" in item or VOIDED in item or OTHER_CURRENCY in item:
        yield ItemRows(DOCUMENTS, key, ())
        yield from (ItemRows(SALE_LINES, each, ()) for each in (key, *further_keys(key, int(item["further"]))))
        return
    of_both = _of_both(item)
    shown = item.get("title") or item["document"]
    document: Row = {
        **of_both,
        "source": item["source"],
        "number": shown,
        "lines": int(item["line_count"]),
        "total": item["total"],
        "recorded_on": date.fromisoformat(item["recorded_at"][:10]),
    }
    yield ItemRows(DOCUMENTS, key, (document,))
    yield ItemRows(SALE_LINES, key, _lines(of_both, item["lines"], 1))


def _further(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    yield ItemRows(SALE_LINES, key_of(item), _lines(_of_both(item), item["lines"], int(item["first_line"])))


def _payment(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    ref = item["source"], item["document"]
    paid = item.get("paid_on")
    rows: tuple[Row, ...] = ({"document": "/".join(ref), "paid_on": date.fromisoformat(paid)},) if paid else ()
    yield ItemRows(PAYMENTS, payment_key(*ref), rows)


def _of_both(item: Image) -> dict[str, str | date]:
    return {
        "document": f"{item['source']}/{item['series']}/{item['document']}",
        "company_id": item["company_id"],
        "kind": item["kind"],
        "business_date": date.fromisoformat(item["business_date"]),
        "counts_on": date.fromisoformat(item["counts_on"]),
        "currency": item["currency"],
    }


def _lines(of_both: dict[str, str | date], text: str, first: int) -> tuple[Row, ...]:
    return tuple(
        {
            **of_both,
            "line": place,
            "sku": line.sku,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "amount": line.amount,
        }
        for place, line in enumerate(unpack([text]), first)
    )


SOURCES = (
    Source("COMPANY", "SALE", (DOCUMENTS, SALE_LINES), _sale),
    Source("COMPANY", "LINES", (SALE_LINES,), _further),
    Source("DOCUMENT", "PAYMENT", (PAYMENTS,), _payment),
)
