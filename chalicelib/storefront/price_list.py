"""The price list of a company, by the common price resolver."""

from collections.abc import Iterator

from chalicelib import catalog
from chalicelib.catalog import Product, every_product
from chalicelib.platform.context import Context
from chalicelib.platform.csv import harmless, listing
from chalicelib.platform.http import answers
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.text import Language
from chalicelib.pricing import Conditions, Price, PriceRuleView, conditions_of, keys_of
from chalicelib.storefront.schemas import PriceListQuery

MOST_PRODUCTS = 20_000  # fits into one request
HEADINGS = {
    "en": "sku;name;brand;category;unit;pack;from quantity;price;currency;base price;why",
    "ru": "артикул;наименование;бренд;категория;единица;упаковка;от количества;цена;валюта;базовая цена;почему",
}


def price_list(context: Context, company_id: str, query: PriceListQuery, language: Language) -> str:
    """CSV with a row for the smallest order of each article, and one more for each quantity with a lower price.

    One read, and a query for each megabyte of products. Raises 422 for more than `MOST_PRODUCTS`, or more than fits into an answer.
    """
    found = context.table.get_many([*keys_of(company_id), catalog.categories_key()])
    below = catalog.below(found.get(catalog.categories_key()))
    own = conditions_of(context, company_id, found, below)
    within = frozenset(below(query.category)) if query.category else None
    rows: list[list[object]] = []
    wanted = 0
    for product in every_product(context):
        if (within is not None and product.category not in within) or query.brand not in (None, product.brand):
            continue
        wanted += 1
        if wanted > MOST_PRODUCTS:
            raise _too_many(f"A price list has at most {MOST_PRODUCTS} products. Choose a category or a brand.")
        rows.extend(_row(context, product, price, language) for price in _prices(context, product, own))
    made = listing(HEADINGS[language].split(";"), rows).decode()
    if not answers.fits(made):
        raise _too_many(f"These {len(rows)} prices do not fit into one answer. Choose a category or a brand.")
    return made


def _too_many(detail: str) -> Problem:
    return Problem.invalid("too_many", "/category", detail)


def _prices(context: Context, product: Product, own: Conditions) -> Iterator[Price]:
    """The price of the smallest order, and of each larger quantity with a lower price for a unit."""
    pack = product.pack_multiple
    brackets = (
        each.from_quantity
        for promotion in own.promotions
        if promotion.goods.closeness(product)
        for each in promotion.brackets
    )
    lowest = None
    for quantity in sorted({pack, *(-(-each // pack) * pack for each in brackets)}):
        price = own.price(product, quantity, context.today)
        if lowest is None or price.unit_price < lowest:
            lowest = price.unit_price
            yield price


def _row(context: Context, product: Product, price: Price, language: Language) -> list[object]:
    name = product.name_ru if language == "ru" else product.name
    return [
        *map(harmless, (product.sku, name, product.brand, product.category, product.unit)),
        product.pack_multiple,
        price.quantity,
        f"{price.unit_price:.2f}",
        price.currency,
        f"{price.base_price:.2f}",
        harmless(PriceRuleView.of(price.chosen, language).reason),
    ]
