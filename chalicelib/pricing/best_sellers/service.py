"""Best sellers of a period, counted from the club's own sales documents, so that a promotion can name them.

    start         what is asked is written down with the event that starts the work
    on_requested  the event: the first part is announced to the bestsellers queue
    count         a part: who is in it is written down, the next part is announced, its companies' lines are added up
    show          how far it came, and the list

Parts are named one after the other and worked on side by side. Each step may be told twice or die half way: who is in a part is written
down once, and counted once. A document counts on the day it bears, as it is now; a return takes back on its own day. Articles that
the catalogue does not have are left out: no promotion could be for them.

Weakest point: the last part adds up all parts and walks through the whole catalogue by itself.
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
from chalicelib.pricing.best_sellers.store import BestSeller, BestSellersList, Part, Sales
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
    shown = _shown(context, store.create(tx, context, form, asked_by), language)
    context.reply(tx, shown)
    context.table.commit(tx)
    return shown


def show(context: Context, list_id: str, language: Language) -> BestSellersView:
    """Raises `not_found`."""
    asked = store.load(context.table, list_id)
    if asked is None:
        raise Problem("not_found")
    return _shown(context, asked, language)


def count(context: Context, message: dict[str, Any]) -> None:
    """Works on the part that the message names, and ends the list with the last of them."""
    told = json.loads(message["body"])
    list_id, number = told["list_id"], told["part"]
    asked, part = store.load_with_part(context.table, list_id, number)
    if asked is None or asked.done:
        return
    if part is None:
        part = _named(context, asked, number)
    if not part.done:
        if part.after:
            store.announce(list_id, number + 1)
        sums = added(_lines(context, asked, part))
        store.finish_part(context, asked, part, store.put_sums(list_id, number, sums))
    _finish_if_last(context, list_id)


def _named(context: Context, asked: BestSellersList, number: int) -> Part:
    """The part, now written down: the companies that come after those of the part before."""
    after = None
    if number > 1:
        _, before = store.load_with_part(context.table, asked.list_id, number - 1)
        if before is None:
            raise LookupError(f"{asked.list_id} has no part {number - 1}")
        after = before.after
    page, following = companies.some_companies(context, COMPANIES, after)
    part = Part(number, [each.company_id for each in page], following)
    if store.name_part(context, asked, part):
        return part
    _, first = store.load_with_part(context.table, asked.list_id, number)  # another worker was first
    if first is None:
        raise LookupError(f"{asked.list_id} has no part {number}")
    return first


def _lines(context: Context, asked: BestSellersList, part: Part) -> Iterable[tuple[str, Sales]]:
    """Article by article, as documents tell it. A read for each company, and more for one with much."""
    first, last = asked.days
    for company_id in part.company_ids:
        for line in sales.lines_between(context, company_id, first, last, asked.currency):
            yield line.sku, Sales(line.amount, line.quantity)


def _finish_if_last(context: Context, list_id: str) -> None:
    asked = store.load(context.table, list_id)
    if asked is None or asked.done or not asked.is_whole:
        return
    parts = (store.get_sums(list_id, name).items() for name in store.objects(context.table, list_id))
    sums = added(row for rows in parts for row in rows)
    store.finish(context, list_id, best(_goods(context, asked.form), sums, asked.form.by, asked.form.top))


def _goods(context: Context, form: BestSellersForm) -> Iterable[catalog.Product]:
    """What the list is about: of this category or one below it, and of this brand."""
    tree = catalog.below(context.table.get(categories_key()))
    categories = set(tree(form.category)) if form.category else None
    for product in catalog.every_product(context):
        if (categories is None or product.category in categories) and form.brand in (None, product.brand):
            yield product


# --- counting ---------------------------------------------------------------------------------------------------------


def added(rows: Iterable[tuple[str, Sales]]) -> dict[str, Sales]:
    """The sums by article, in whatever order the rows come."""
    sums: dict[str, Sales] = {}
    for sku, sold in rows:
        before = sums.get(sku, NOTHING)
        sums[sku] = Sales(before.amount + sold.amount, before.units + sold.units)
    return sums


def best(goods: Iterable[catalog.Product], sums: Mapping[str, Sales], by: By, top: int) -> list[BestSeller]:
    """The best of these goods, best first; of equal ones by article number. What came back wholly did not sell."""
    sold = [
        BestSeller(each.sku, each.name, each.name_ru, sums[each.sku])
        for each in goods
        if each.sku in sums and getattr(sums[each.sku], by) > 0
    ]
    return sorted(sold, key=lambda each: (-getattr(each.sold, by), each.sku))[:top]


# --- shown ------------------------------------------------------------------------------------------------------------


def _shown(context: Context, asked: BestSellersList, language: Language) -> BestSellersView:
    form, item = asked.form, asked.item
    return BestSellersView(
        list_id=asked.list_id,
        first=form.first,
        last=form.last,
        category=form.category,
        brand=form.brand,
        by=form.by,
        top=form.top,
        currency=asked.currency,
        state="done" if asked.done else "running",
        stalled=not asked.done and moment(item["progress_at"]) + STALLED < context.now,
        created_at=item["created_at"],
        created_by=item["created_by"],
        finished_at=item.get("finished_at"),
        progress=BestSellersProgressView(
            companies_done=asked.count("companies_done"),
            companies_found=asked.count("companies_found"),
            parts_done=asked.count("parts_done"),
            parts_total=asked.parts_total,
        ),
        items=[_seller(each, asked.currency, language) for each in asked.listed] if asked.done else None,
    )


def _seller(listed: BestSeller, currency: str, language: Language) -> BestSellerView:
    return BestSellerView(
        sku=listed.sku,
        name=listed.name_ru if language == "ru" else listed.name,
        amount=Money(amount=listed.sold.amount, currency=currency),
        units=listed.sold.units,
    )
