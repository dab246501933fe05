"""Lists of the best sellers of a period, counted from the club's own sales documents, for promotions.

    start         stores the request with its event
    on_requested  sends the first part to the bestsellers queue
    count         stores the companies of a part, sends the next part to the queue, adds up the companies' lines
    show          the progress and the list

Parts are created one after the other and run in parallel. Each step survives duplicates and crashes: the companies of a part are stored
once and counted once. A document counts on its date, in its current revision; a return deducts on its own date. Articles outside the
catalogue are left out, since no promotion could be for them.

Weakest point: the last part alone adds up all parts and reads the whole catalogue.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chalicelib import catalog, companies, sales
from chalicelib.catalog import categories_key
from chalicelib.platform.clock import moment
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.money import Money
from chalicelib.platform.text import Language
from chalicelib.pricing.best_sellers import store
from chalicelib.pricing.best_sellers.model import BestSellersForm, By
from chalicelib.pricing.best_sellers.schemas import (
    BestSellersProgressView,
    BestSellersView,
    BestSellerView,
)
from chalicelib.pricing.best_sellers.store import BestSeller, BestSellersList, BestSellersPart, Sales
from chalicelib.table.transactions import Transaction

COMPANIES = 100  # of one part
STALLED = timedelta(hours=1)

NOTHING = Sales(Decimal(0), Decimal(0))


def start(
    context: Context,
    form: BestSellersForm,
    asked_by: str,
    language: Language,
) -> BestSellersView:
    tx = Transaction()
    view = _view(context, store.create(tx, context, form, asked_by), language)
    context.reply(tx, view)
    context.table.commit(tx)
    return view


def show(context: Context, list_id: str, language: Language) -> BestSellersView:
    """Raises `not_found`."""
    best_sellers = store.load(context.table, list_id)
    if best_sellers is None:
        raise Problem("not_found")
    return _view(context, best_sellers, language)


def count(context: Context, message: dict[str, Any]) -> None:
    """Count the part in the message; the last part also finishes the list."""
    body = json.loads(message["body"])
    list_id, number = body["list_id"], body["part"]
    best_sellers, part = store.load_with_part(context.table, list_id, number)
    if best_sellers is None or best_sellers.done:
        return
    if part is None:
        part = _create_part(context, best_sellers, number)
    if not part.done:
        if part.after:
            store.announce(list_id, number + 1)
        sums = added(_lines(context, best_sellers, part))
        store.finish_part(context, best_sellers, part, store.put_sums(list_id, number, sums))
    _finish_if_last(context, list_id)


def _create_part(context: Context, best_sellers: BestSellersList, number: int) -> BestSellersPart:
    """Store the part: the companies after those of the previous part."""
    after = None
    if number > 1:
        _, before = store.load_with_part(context.table, best_sellers.list_id, number - 1)
        if before is None:
            raise LookupError(f"{best_sellers.list_id} has no part {number - 1}")
        after = before.after
    page, following = companies.some_companies(context, COMPANIES, after)
    part = BestSellersPart(number, [each.company_id for each in page], following)
    if store.create_part(context, best_sellers, part):
        return part
    _, first = store.load_with_part(context.table, best_sellers.list_id, number)  # another worker stored it first
    if first is None:
        raise LookupError(f"{best_sellers.list_id} has no part {number}")
    return first


def _lines(context: Context, best_sellers: BestSellersList, part: BestSellersPart) -> Iterable[tuple[str, Sales]]:
    """The sold lines of the companies by article. One read or more per company."""
    first, last = best_sellers.days
    for company_id in part.company_ids:
        for line in sales.lines_between(context, company_id, first, last, best_sellers.currency):
            yield line.sku, Sales(line.amount, line.quantity)


def _finish_if_last(context: Context, list_id: str) -> None:
    best_sellers = store.load(context.table, list_id)
    if best_sellers is None or best_sellers.done or not best_sellers.is_whole:
        return
    parts = (store.get_sums(list_id, name).items() for name in store.objects(context.table, list_id))
    sums = added(row for rows in parts for row in rows)
    store.finish(
        context, list_id, best(_goods(context, best_sellers.form), sums, best_sellers.form.by, best_sellers.form.top)
    )


def _goods(context: Context, form: BestSellersForm) -> Iterable[catalog.Product]:
    """The products of the requested category, its subcategories, and brand."""
    tree = catalog.below(context.table.get(categories_key()))
    categories = set(tree(form.category)) if form.category else None
    for product in catalog.every_product(context):
        if (categories is None or product.category in categories) and form.brand in (None, product.brand):
            yield product


# --- counting ---------------------------------------------------------------------------------------------------------


def added(rows: Iterable[tuple[str, Sales]]) -> dict[str, Sales]:
    """The sums by article; the order of rows does not matter."""
    sums: dict[str, Sales] = {}
    for sku, sold in rows:
        before = sums.get(sku, NOTHING)
        sums[sku] = Sales(before.amount + sold.amount, before.units + sold.units)
    return sums


def best(goods: Iterable[catalog.Product], sums: Mapping[str, Sales], by: By, top: int) -> list[BestSeller]:
    """The best of these goods, best first, then by article number. Wholly returned goods did not sell."""
    sold = [
        BestSeller(each.sku, each.name, each.name_ru, sums[each.sku])
        for each in goods
        if each.sku in sums and getattr(sums[each.sku], by) > 0
    ]
    return sorted(sold, key=lambda each: (-getattr(each.sold, by), each.sku))[:top]


# --- views ------------------------------------------------------------------------------------------------------------


def _view(context: Context, best_sellers: BestSellersList, language: Language) -> BestSellersView:
    form, item = best_sellers.form, best_sellers.item
    return BestSellersView(
        list_id=best_sellers.list_id,
        first=form.first,
        last=form.last,
        category=form.category,
        brand=form.brand,
        by=form.by,
        top=form.top,
        currency=best_sellers.currency,
        state="done" if best_sellers.done else "running",
        stalled=not best_sellers.done and moment(item["progress_at"]) + STALLED < context.now,
        created_at=item["created_at"],
        created_by=item["created_by"],
        finished_at=item.get("finished_at"),
        progress=BestSellersProgressView(
            companies_done=best_sellers.count("companies_done"),
            companies_found=best_sellers.count("companies_found"),
            parts_done=best_sellers.count("parts_done"),
            parts_total=best_sellers.parts_total,
        ),
        items=[_seller(each, best_sellers.currency, language) for each in best_sellers.listed]
        if best_sellers.done
        else None,
    )


def _seller(listed: BestSeller, currency: str, language: Language) -> BestSellerView:
    return BestSellerView(
        sku=listed.sku,
        name=listed.name_ru if language == "ru" else listed.name,
        amount=Money(amount=listed.sold.amount, currency=currency),
        units=listed.sold.units,
    )
