"""Reads of the catalogue."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from chalicelib.catalog import images, keys, rules, store
from chalicelib.catalog.rules import Product
from chalicelib.catalog.schemas import (
    AttributeView,
    CategoryFacetView,
    CategoryTreeView,
    CategoryView,
    FacetView,
    ProductFacetsView,
    ProductFilters,
    ProductQuery,
    StaffProductView,
    StockView,
    TypePriceView,
    plain,
)
from chalicelib.catalog.search import keys as search_keys
from chalicelib.catalog.search import store as search_store
from chalicelib.catalog.search.rules import Order, PagePosition, ProductFilter
from chalicelib.platform import Context, Language, ListPage, Money
from chalicelib.platform.http.cursors import Cursors
from chalicelib.platform.http.lists import CountView
from chalicelib.table import Item, Key

After = dict[str, str] | None


def page_of_staff_products(
    context: Context, query: ProductQuery, cursors: Cursors, language: Language
) -> ListPage[StaffProductView]:
    _, items, last = page_of_products(context, query, cursors.open(query.cursor), language)
    return ListPage[StaffProductView](
        items=[_staff_view(context, item) for item in items],
        next_cursor=cursors.close(last),
        count=count_of_products(context, query),
    )


def category_list(context: Context) -> CategoryTreeView:
    tree = store.tree_of(context.table.get(keys.categories()))
    return CategoryTreeView(
        items=[
            CategoryView(code=each.code, name=each.name, name_ru=each.name_ru, parent=each.parent or None, level=level)
            for each, level in rules.walk(tree)
        ]
    )


def page_of_products(
    context: Context, query: ProductQuery, after: After, language: Language, *beside: Key
) -> tuple[dict[Key, Item], Iterable[Item], After]:
    """The items of the keys `beside`, the items of a page of products, and the cursor of the next page."""
    if query.asks_for_all:
        found = context.table.get_many(beside)
        page = store.page(context.table, limit=query.limit, after=after)
        return found, page.items, page.last
    head, tree = search_keys.catalogue_index(), keys.categories()
    found = context.table.get_many([*beside, head, *([tree] if query.category else [])])
    wanted = _filter(query, found.get(tree))
    order: Order = "name_ru" if query.sort == "name" and language == "ru" else query.sort
    position = None
    if after:
        # The order of the first page, whatever the language of this one.
        order, position = after["order"], PagePosition(after["text"], after["sku"])  # type: ignore[assignment]
    skus, last = search_store.current_index(context.table, found.get(head)).find(
        wanted, order, limit=query.limit, after=position
    )
    items = store.read_items(context.table, skus)
    return (found, [items[sku] for sku in skus if sku in items], {"order": order, **last._asdict()} if last else None)


def count_of_products(context: Context, query: ProductQuery) -> CountView | None:
    """The number of products of all pages, where the query asks for it: then one call more."""
    return CountView(value=product_facets(context, query).total, more=False) if query.count else None


def product_facets(context: Context, filters: ProductFilters) -> ProductFacetsView:
    """One call, and one more for shards that changed since the last call."""
    head, tree = search_keys.catalogue_index(), keys.categories()
    found = context.table.get_many([head, tree])
    counted = search_store.current_index(context.table, found.get(head)).facets(_filter(filters, found.get(tree)))
    categories = store.tree_of(found.get(tree))
    within = {
        each.code: sum(counted.categories.get(code, 0) for code in rules.subtree(categories, each.code))
        for each, _ in rules.walk(categories)
    }
    return ProductFacetsView(
        total=counted.total,
        brands=_facets(counted.brands),
        categories=[
            CategoryFacetView(value=each.code, count=within[each.code], name=each.name, name_ru=each.name_ru)
            for each, _ in rules.walk(categories)
            if within[each.code]
        ],
        statuses=_facets(counted.statuses),
    )


def _facets(counts: Mapping[str, int]) -> list[FacetView]:
    most_first = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [FacetView(value=value, count=count) for value, count in most_first if value]


def _filter(filters: ProductFilters, tree: Item | None) -> ProductFilter:
    return ProductFilter(
        text=filters.q,
        categories=rules.subtree(store.tree_of(tree), filters.category) if filters.category else None,
        brand=filters.brand,
        status=filters.status,
        own_brand=filters.own_brand,
    )


def select_products(
    context: Context, head: Item | None, *, categories: Collection[str] | None, brand: str | None, most: int
) -> Iterator[Product] | None:
    """The products of these categories and this brand, by article number; None for more than `most` of them.

    `head`: the item of `index_key`. A read for each hundred of them, and none of the others.
    """
    wanted = ProductFilter(categories=categories, brand=brand)
    skus, more = search_store.current_index(context.table, head).find(wanted, "sku", limit=most, after=None)
    if more:
        return None
    hundreds = (store.read_items(context.table, skus[first : first + 100]) for first in range(0, len(skus), 100))
    return (store.product_of(items[sku]) for items in hundreds for sku in sorted(items))


def _staff_view(context: Context, item: Item) -> StaffProductView:
    product = store.product_of(item)
    prices = [
        TypePriceView(type=each.type, price=Money(amount=each.amount, currency=product.currency))
        for each in product.prices
    ]
    cost = None if product.cost_price is None else Money(amount=product.cost_price, currency=product.currency)
    return StaffProductView(
        **base_fields_of(context, product, item), prices=prices, cost_price=cost, updated_at=item["updated_at"]
    )


def base_fields_of(context: Context, product: Product, item: Item) -> dict[str, Any]:
    """The fields of `BaseProductView`."""
    return {
        "sku": product.sku,
        "name": product.name,
        "name_ru": product.name_ru,
        "brand": product.brand,
        "own_brand": product.own_brand,
        "category": product.category,
        "unit": product.unit,
        "pack_multiple": product.pack_multiple,
        "vat_percent": plain(product.vat_percent),
        "status": product.status,
        "successor": product.successor or None,
        "attributes": [AttributeView.of(each) for each in product.attributes],
        "stock": [StockView.of(each) for each in sorted(store.stock_of(item).values())],
        "images": images.views_of(context, item),
        "base_price": Money(amount=product.base_price, currency=product.currency),
    }
