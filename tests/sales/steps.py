"""Words of the sales tests."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.sales.consumers import on_sale_recorded
from chalicelib.sales.rules import Original, SaleDocument, SaleLine

DAY = date(2026, 11, 2)


def line(amount: str = "100.00", sku: str = "L-1", quantity: str = "1") -> SaleLine:
    return SaleLine(sku, f"Lamp {sku}", Decimal(quantity), None, Decimal(amount))


def invoice(number: str = "УТ-1", *amounts: str, company: str = "cmp_1", day: date = DAY, **more: Any) -> SaleDocument:
    lines = [line(amount, sku=f"L-{position}") for position, amount in enumerate(amounts or ("100.00",))]
    return SaleDocument("1c-main", number, company, day, "RUB", lines, **more)


def returned(
    number: str = "В-1",
    original: str = "УТ-1",
    *amounts: str,
    series: tuple[str, ...] = ("",),
    on: date | None = None,
    **more: Any,
) -> SaleDocument:
    """A return; without an original's number, only of a day."""
    named = Original(original, series if original else (), on)
    return invoice(number, *(amounts or ("-10.00",)), kind="return", original=named, **more)


def events(context: Context) -> list[Event]:
    """Every `sale.recorded`, as the stream would deliver it."""
    return [
        Event("sale.recorded", derived_id("evt", item["pk"], item["sk"]), item)
        for item in items(context)
        if item.get("event") == "sale.recorded"
    ]


def deliver(context: Context, but: Iterable[Event] = ()) -> None:
    """Delivers, but for what was delivered before, until nothing new is told."""
    heard = {event.id for event in but}
    while new := [event for event in events(context) if event.id not in heard]:
        for event in new:
            on_sale_recorded(context, event)
            heard.add(event.id)


def items(context: Context, prefix: str = "") -> list[dict[str, Any]]:
    """Everything that lies in the table under sort keys that begin so, but for whom members act for."""
    from chalicelib.table.transactions import from_wire

    pages = context.table.client.get_paginator("scan").paginate(TableName=context.table.name)
    found = [item for page in pages for each in page["Items"] if (item := from_wire(each))["sk"] != "MEMBERSHIP"]
    return sorted((item for item in found if item["sk"].startswith(prefix)), key=lambda item: (item["pk"], item["sk"]))


def days(context: Context) -> dict[tuple[str, str], tuple[Decimal, int]]:
    """The day totals of all companies that are not zero."""
    found = {
        (item["pk"].removeprefix("COMPANY#"), item["sk"].removeprefix("DAY#")): (item["amount"], int(item["documents"]))
        for item in items(context, "DAY#")
    }
    return {day: total for day, total in found.items() if total != (0, 0)}


def sums_of_current_revisions(context: Context) -> dict[tuple[str, str], tuple[Decimal, int]]:
    sums: dict[tuple[str, str], tuple[Decimal, int]] = defaultdict(lambda: (Decimal(0), 0))
    for sale in current(context):
        amount, documents = sums[sale["company_id"], sale["counts_on"]]
        sums[sale["company_id"], sale["counts_on"]] = amount + sale["total"], documents + 1
    return dict(sums)


def current(context: Context) -> list[dict[str, Any]]:
    return [sale for sale in items(context, "SALE#") if "superseded_by" not in sale]


def returned_parts(context: Context) -> dict[tuple[str, str, str], Decimal]:
    """The returned amounts of the day totals, by company, day, and day of the effect."""
    return {
        (item["pk"].removeprefix("COMPANY#"), item["sk"].removeprefix("DAY#"), name.removeprefix("returned:")): amount
        for item in items(context, "DAY#")
        for name, amount in item.items()
        if name.startswith("returned:") and amount
    }


def returns_of_current_revisions(context: Context) -> dict[tuple[str, str, str], Decimal]:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for sale in current(context):
        if sale["counts_on"] != sale["business_date"]:
            sums[sale["company_id"], sale["counts_on"], sale["business_date"]] += sale["total"]
    return {key: amount for key, amount in sums.items() if amount}


def told(context: Context) -> dict[tuple[str, str], Decimal]:
    """The sums of the events by company and day."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in items(context):
        if item.get("event") == "sale.recorded":
            for day, amount in item["deltas"].items():
                sums[item["company_id"], day] += amount
    return {day: amount for day, amount in sums.items() if amount}
