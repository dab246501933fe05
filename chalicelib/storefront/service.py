from datetime import date

from chalicelib import catalog
from chalicelib.catalog import ProductQuery, base_fields_of, page_of_products
from chalicelib.platform import Context, Language, Problem
from chalicelib.platform.http.cursors import Cursors
from chalicelib.pricing import Conditions, PriceView, conditions_of, keys_of
from chalicelib.storefront.schemas import ProductPage, ProductView
from chalicelib.table import Item


def page_of_priced_products(
    context: Context, company_id: str, query: ProductQuery, cursors: Cursors, language: Language
) -> ProductPage:
    """Two calls, and one more for shards that changed since the last call."""
    after = cursors.open(query.cursor)
    found, items, last = page_of_products(
        context, query, after, language, *keys_of(company_id), catalog.categories_key()
    )
    own = conditions_of(context, company_id, found, catalog.below(found.get(catalog.categories_key())))
    day = context.today
    views = [_product_view(context, item, own, day, language) for item in items]
    return ProductPage(items=views, next_cursor=cursors.close(last), count=catalog.count_of_products(context, query))


def show_product(context: Context, company_id: str, sku: str, language: Language) -> ProductView:
    """Raises 404 for an unknown article. One call; two more for one that is not spelled as in the catalogue."""
    key, tree = catalog.product_key(sku), catalog.categories_key()
    found = context.table.get_many([*keys_of(company_id), key, tree])
    item = found.get(key) or _meant(context, sku)
    own = conditions_of(context, company_id, found, catalog.below(found.get(tree)))
    return _product_view(context, item, own, context.today, language)


def _meant(context: Context, sku: str) -> Item:
    """The product that is spelled like this. Raises 404 without one, or with several."""
    meant = catalog.articles_meant(context, [sku])[sku]
    items = catalog.read_items(context.table, meant) if len(meant) == 1 else {}
    if not items:
        raise Problem("not_found")
    return items[meant[0]]


def _product_view(context: Context, item: Item, own: Conditions, day: date, language: Language) -> ProductView:
    product = catalog.product_of(item)
    price = own.price(product, 1, day)
    return ProductView(**base_fields_of(context, product, item), price=PriceView.of(price, language))
