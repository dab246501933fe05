"""Lists of the best sellers of a period, counted from the club's own sales documents, for promotions: work in parts.

    start         stores the request with its event
    on_requested  sends the first part to the bestsellers queue
    count         does a part: adds up its companies' lines; the last one adds up all parts and reads the whole catalogue
    show          the progress and the list

A document counts on its date, in its current revision; a return deducts on its own date. Articles outside the catalogue are left out, since
no promotion could be for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from chalicelib import catalog, companies, sales
from chalicelib.catalog import categories_key
from chalicelib.platform import Context, Language, Money, Progress, or_not_found
from chalicelib.pricing.best_sellers import store
from chalicelib.pricing.best_sellers.model import BestSellersForm, By
from chalicelib.pricing.best_sellers.schemas import BestSellersView, BestSellerView
from chalicelib.pricing.best_sellers.store import BestSeller, Sales
from chalicelib.table import Item, Position, Transaction

COMPANIES = 100  # of one part

NOTHING = Sales(Decimal(0), Decimal(0))


def start(context: Context, form: BestSellersForm, asked_by: str, language: Language) -> BestSellersView:
    tx = Transaction()
    made = store.create(tx, context, form, asked_by)
    return context.commit(tx, _view(context, made, language))


def show(context: Context, list_id: str, language: Language) -> BestSellersView:
    """Raises `not_found`."""
    best_sellers = or_not_found(store.WORK.load(context, list_id))
    return _view(context, best_sellers, language)


def page(context: Context, language: Language, limit: int, after: Position) -> tuple[list[BestSellersView], Position]:
    """Newest first. One call."""
    items, last = store.WORK.page(context.table, limit, after)
    return [_view(context, Progress(item["list_id"], item), language) for item in items], last


def count(context: Context, message: dict[str, Any]) -> None:
    """Count the part in the message; the last part also finishes the list."""

    def some_companies(_: Progress, after: Position) -> tuple[list[str], Position]:
        page, following = companies.some_companies(context, COMPANIES, after)
        return [each.company_id for each in page], following

    def count_part(best_sellers: Progress, company_ids: list[str]) -> tuple[dict[str, list[str]], dict[str, int]]:
        return store.rows_of(added(_lines(context, best_sellers, company_ids))), {}

    def put_articles(best_sellers: Progress, parts: Iterator[dict[str, list[str]]]) -> Item:
        sums = added(row for rows in parts for row in store.sums_of(rows).items())
        form = store.form(best_sellers)
        return store.articles(best(_goods(context, form), sums, form.by, form.top))

    store.WORK.run(context, message, companies=some_companies, do=count_part, finish=put_articles)


def _lines(context: Context, best_sellers: Progress, company_ids: Iterable[str]) -> Iterable[tuple[str, Sales]]:
    """The sold lines of the companies by article. One read or more per company."""
    form, currency = store.form(best_sellers), store.currency(best_sellers)
    for company_id in company_ids:
        for line in sales.lines_between(context, company_id, form.first, form.last, currency):
            yield line.sku, Sales(line.amount, line.quantity)


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


def _view(context: Context, best_sellers: Progress, language: Language) -> BestSellersView:
    form, currency = store.form(best_sellers), store.currency(best_sellers)
    return BestSellersView(
        **best_sellers.facts(context),
        list_id=best_sellers.work_id,
        first=form.first,
        last=form.last,
        category=form.category,
        brand=form.brand,
        by=form.by,
        top=form.top,
        currency=currency,
        items=[_seller(each, currency, language) for each in store.listed(best_sellers)] if best_sellers.done else None,
    )


def _seller(listed: BestSeller, currency: str, language: Language) -> BestSellerView:
    return BestSellerView(
        sku=listed.sku,
        name=listed.name_ru if language == "ru" else listed.name,
        amount=Money(amount=listed.sold.amount, currency=currency),
        units=listed.sold.units,
    )
