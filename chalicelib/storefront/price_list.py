"""The price list of a company, by the common price resolver."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from hashlib import sha256

from chalicelib import catalog
from chalicelib.catalog import Product
from chalicelib.platform import Club, Context, Problem, clock
from chalicelib.platform.files import downloads
from chalicelib.platform.files.csv import Control, harmless, listing
from chalicelib.platform.files.tables import Cell, Column, Table, written
from chalicelib.platform.http import answers
from chalicelib.platform.list_files.headings import WORDS
from chalicelib.platform.list_files.schemas import ListFileView
from chalicelib.platform.money import totals_of, unit_price_text
from chalicelib.platform.text import Language, unit_en, unit_ru
from chalicelib.pricing import Conditions, Price, PriceRuleView, conditions_of, keys_of
from chalicelib.storefront.schemas import PriceListQuery

MOST_PRODUCTS = 10_000  # more do not fit into an answer
TITLES = {"en": "Price list", "ru": "Прайс-лист"}
NUMERIC = (5, 6, 7, 9)  # the places of columns with numbers
HEADINGS = {
    "en": "sku;name;brand;category;unit;pack;from quantity;price;currency;base price;why",
    "ru": "артикул;наименование;бренд;категория;единица;упаковка;от количества;цена;валюта;базовая цена;почему",
}
PRICE = Control(amount=7, currency=8)


def price_list(context: Context, company_id: str, query: PriceListQuery, language: Language) -> str:
    """CSV with a row for the smallest order of each article, and one more for each quantity with a lower price; then their number and the control totals.

    One read, and one for each hundred of its products. Raises 422 for more than `MOST_PRODUCTS`, or more than fits into an answer.
    """
    rows = [
        _row(product, price, language, _text_of(language)) for product, price in _priced(context, company_id, query)
    ]
    made = listing(HEADINGS[language].split(";"), rows, control=PRICE, language=language).decode()
    if not answers.fits(made):
        raise _too_many(f"These {len(rows)} prices do not fit into one answer. Choose a category or a brand.")
    return made


def price_list_file(
    context: Context, company_id: str, reader_id: str, query: PriceListQuery, language: Language
) -> ListFileView:
    """The same rows as a workbook, its prices as numbers, at an address that works for minutes. Raises 422 for more than `MOST_PRODUCTS`."""
    priced = list(_priced(context, company_id, query))
    rows = [_row(product, price, language, lambda amount: amount) for product, price in priced]
    club, words, headings = context.config[Club], WORDS[language], HEADINGS[language].split(";")
    sender = club.name_ru if language == "ru" else club.name
    table = Table(
        title=TITLES[language],
        notes=[
            (words["made"], clock.wall_time(context.now, club.zone)),
            (words["rows"], len(rows)),
            *(
                (f"{words['sum']}: {headings[PRICE.amount]}, {currency}", total)
                for currency, total in totals_of((price.currency, price.unit_price) for _, price in priced).items()
            ),
        ],
        columns=[Column(heading, 16, numeric=place in NUMERIC) for place, heading in enumerate(headings)],
        rows=rows,
        sums=[],
        sender=sender,
        language=language,
    )
    content = written(table, "xlsx")
    name = f"lists/{reader_id}/{sha256(content).hexdigest()[:32]}.xlsx"
    link = downloads.publish(context, name, content, "xlsx", saved_as="price-list.xlsx")
    return ListFileView(url=link.url, expires_at=link.expires_at, bytes=len(content), row_count=len(rows))


def _priced(context: Context, company_id: str, query: PriceListQuery) -> Iterator[tuple[Product, Price]]:
    """One read, and one for each hundred of the products. Raises 422 for more than `MOST_PRODUCTS`."""
    found = context.table.get_many([*keys_of(company_id), catalog.categories_key(), catalog.index_key()])
    below = catalog.below(found.get(catalog.categories_key()))
    own = conditions_of(context, company_id, found, below)
    within = frozenset(below(query.category)) if query.category else None
    products = catalog.select_products(
        context, found.get(catalog.index_key()), categories=within, brand=query.brand, most=MOST_PRODUCTS
    )
    if products is None:
        raise _too_many(f"A price list has at most {MOST_PRODUCTS} products. Choose a category or a brand.")
    return ((product, price) for product in products for price in _prices(context, product, own))


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


def _text_of(language: Language) -> Callable[[Decimal], str]:
    """A price with the decimal mark that a spreadsheet of this language takes for a number."""

    def text(amount: Decimal) -> str:
        made = unit_price_text(amount)
        return made.replace(".", ",") if language == "ru" else made

    return text


def _row(product: Product, price: Price, language: Language, number: Callable[[Decimal], Cell]) -> list[Cell]:
    name, unit = (product.name_ru, unit_ru) if language == "ru" else (product.name, unit_en)
    return [
        *map(harmless, (product.sku, name, product.brand, product.category, unit(product.unit))),
        product.pack_multiple,
        price.quantity,
        number(price.unit_price),
        price.currency,
        number(price.base_price),
        harmless(PriceRuleView.of(price.chosen, language).reason),
    ]
