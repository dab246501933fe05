"""The price list of a company, by the common price resolver."""

from collections.abc import Iterator
from decimal import Decimal

from chalicelib import catalog
from chalicelib.catalog import Product
from chalicelib.platform.context import Context
from chalicelib.platform.files.csv import harmless, listing
from chalicelib.platform.http import answers
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.money import unit_price_text
from chalicelib.platform.text import Language
from chalicelib.pricing import Conditions, Price, PriceRuleView, conditions_of, keys_of
from chalicelib.storefront.schemas import PriceListQuery

MOST_PRODUCTS = 10_000  # more do not fit into an answer
HEADINGS = {
    "en": "sku;name;brand;category;unit;pack;from quantity;price;currency;base price;why",
    "ru": "артикул;наименование;бренд;категория;единица;упаковка;от количества;цена;валюта;базовая цена;почему",
}
PRICE = 7  # the place of the column that the control total sums


def price_list(context: Context, company_id: str, query: PriceListQuery, language: Language) -> str:
    """CSV with a row for the smallest order of each article, and one more for each quantity with a lower price; then their number and control total.

    One read, and one for each hundred of its products. Raises 422 for more than `MOST_PRODUCTS`, or more than fits into an answer.
    """
    found = context.table.get_many([*keys_of(company_id), catalog.categories_key(), catalog.index_key()])
    below = catalog.below(found.get(catalog.categories_key()))
    own = conditions_of(context, company_id, found, below)
    within = frozenset(below(query.category)) if query.category else None
    products = catalog.select_products(
        context, found.get(catalog.index_key()), categories=within, brand=query.brand, most=MOST_PRODUCTS
    )
    if products is None:
        raise _too_many(f"A price list has at most {MOST_PRODUCTS} products. Choose a category or a brand.")
    rows = [_row(context, product, price, language) for product in products for price in _prices(context, product, own)]
    made = listing(HEADINGS[language].split(";"), rows, control=PRICE).decode()
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


def _number(amount: Decimal, language: Language) -> str:
    """With the decimal mark that a spreadsheet of this language takes for a number."""
    text = unit_price_text(amount)
    return text.replace(".", ",") if language == "ru" else text


def _row(context: Context, product: Product, price: Price, language: Language) -> list[object]:
    name = product.name_ru if language == "ru" else product.name
    return [
        *map(harmless, (product.sku, name, product.brand, product.category, product.unit)),
        product.pack_multiple,
        price.quantity,
        _number(price.unit_price, language),
        price.currency,
        _number(price.base_price, language),
        harmless(PriceRuleView.of(price.chosen, language).reason),
    ]
