"""Writes of the catalogue: batches of products, stock figures and categories, with a result for each row.

A batch is written in one transaction with its event; the largest batches need two, since a transaction holds a hundred operations. When
another writer was faster, the rows are judged again. Rows that change nothing are not written.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from chalicelib.catalog import keys, store
from chalicelib.catalog.events import PRODUCTS_CHANGED, STOCK_ARRIVED, STOCK_RECORDED
from chalicelib.catalog.rules import (
    Category,
    Product,
    RowChange,
    Stock,
    StockFigure,
    StockVerdict,
    arrived,
    change,
    judge,
    plant,
)
from chalicelib.catalog.schemas import (
    CategoryForm,
    CategoryResultsView,
    CategoryResultView,
    ProductForm,
    ProductResultsView,
    ProductResultView,
    StockForm,
    StockResultsView,
    StockResultView,
)
from chalicelib.catalog.search import keys as search_keys
from chalicelib.catalog.spelling import article_fault, articles_meant
from chalicelib.platform import Context, EventType, Fault, Form, code_key
from chalicelib.platform import events as platform_events
from chalicelib.platform.http import validation
from chalicelib.table import MOST_OPERATIONS, Item, Transaction, retry

AHEAD = timedelta(minutes=5)  # tolerance for the clock of another machine
MOST_NAMED = 20  # warehouses or tiers that a row is told of

Row = TypeVar("Row", bound=Form)
Written = TypeVar("Written")
Faults = dict[int, list[Fault]]  # by the row's place


def write_products(
    context: Context, rows: Sequence[Any], price_types: Callable[[Context], Collection[str]]
) -> ProductResultsView:
    """`price_types`: those that somebody buys at, asked where a row has a price of a type; of another one the row is warned."""
    good, faults = _parse_rows(ProductForm, rows, "products")
    offered = _offered({number: form.product() for number, form in good.items()}, faults, "products", "sku")
    present = store.read_products(context.table, offered, consistent=True)
    offered = _without_twins(context, offered, present, faults)
    became = {sku: change(present.get(sku), product) for sku, (_, product) in offered.items()}
    changed = [product for sku, (_, product) in offered.items() if became[sku] is not RowChange.UNCHANGED]
    for some in _batches(changed):
        tx = Transaction()
        for product in some:
            store.write_product(tx, product, context.at)
        _record(tx, context, PRODUCTS_CHANGED, [product.sku for product in some])
        context.table.commit(tx)

    warnings = _warnings(context, offered, good, price_types)
    results = [
        ProductResultView(row=number, sku=sku, result=became[sku].value, warnings=warnings[number])
        for sku, (number, _) in offered.items()
    ]
    results += [
        ProductResultView(row=number, sku=_text_in(rows[number], "sku"), result="failed", errors=found)
        for number, found in faults.items()
    ]
    return ProductResultsView(items=sorted(results, key=lambda each: each.row))


def _warnings(
    context: Context,
    offered: Mapping[str, tuple[int, Product]],
    forms: Mapping[int, ProductForm],
    price_types: Callable[[Context], Collection[str]],
) -> dict[int, list[Fault]]:
    """By the row's place: a category that the tree lacks, a successor that is no product, a price type of nobody.

    Each may come later, so the row is taken.
    """
    placed = any(product.category for _, product in offered.values())
    tree = store.tree_of(context.table.get(keys.categories()) if placed else None)
    named = {product.successor for _, product in offered.values() if product.successor} - offered.keys()
    unknown = named - store.read_traits(context.table, named).keys()
    types = {price.type for _, product in offered.values() for price in product.prices}
    known = price_types(context) if types else ()
    of_nobody = {each: _of_unknown_type(each, known) for each in types.difference(known)}

    def of(number: int, product: Product) -> Iterator[Fault]:
        if product.category and product.category not in tree:
            yield _fault("products", number, "category", "unknown_category", _NO_CATEGORY)
        if product.successor in unknown:
            yield _fault("products", number, "successor", "unknown_sku", _NO_SUCCESSOR)
        for place, price in enumerate(forms[number].prices):
            if price.type in of_nobody:
                yield _fault("products", number, f"prices/{place}/type", "unknown_price_type", of_nobody[price.type])

    return {number: list(of(number, product)) for number, product in offered.values()}


def _of_unknown_type(name: str, known: Collection[str]) -> str:
    if not known:
        return "The club has no tier, so nobody gets this price."
    return f"No tier is named like this price type, so nobody gets this price. Tiers are: {_spelled_like(name, known)}."


_NO_CATEGORY = "There is no such category yet: write it with `PUT /v1/staff/categories`."
_NO_SUCCESSOR = "There is no such product yet."


def _without_twins(
    context: Context, offered: dict[str, tuple[int, Product]], present: Mapping[str, Product], faults: Faults
) -> dict[str, tuple[int, Product]]:
    """Without the new products that are spelled like another one; each gets a fault. Reads the index where products are new."""
    new = [sku for sku in offered if sku not in present]
    meant = articles_meant(context, new) if new else {}
    first = {code_key(sku): sku for sku in reversed(offered)}
    for sku in new:
        like = [*meant[sku], first[code_key(sku)]]
        if others := [each for each in like if each != sku]:
            number, _ = offered.pop(sku)
            detail = f"{others[0]} is spelled alike: write the product under that number."
            faults[number] = [_fault("products", number, "sku", "spelled_alike", detail)]
    return offered


# --- stock ------------------------------------------------------------------------------------------------------------


def write_stock(context: Context, rows: Sequence[Any], *, of: Collection[str] | None = None) -> StockResultsView:
    """Keeps the newest figure of each warehouse. Repeated, late or reordered rows leave the same stock.

    `of`: the warehouses that the caller may tell of; None for all: then a warehouse that no distributor names is warned of.
    """
    good, faults = _parse_rows(StockForm, rows, "stock")
    for number, form in list(good.items()):
        if of is not None and form.warehouse not in of:
            detail = (
                f"Your warehouses are: {', '.join(sorted(of))}." if of else "The club has named no warehouse of yours."
            )
            faults[number] = [_fault("stock", number, "warehouse", "not_yours", detail)]
            del good[number]
        elif form.at > context.now + AHEAD:
            faults[number] = [_fault("stock", number, "at", "in_future", f"The time is ahead of now, {context.at}.")]
            del good[number]
    verdicts, named = _record_stock(context, good)
    unknown = {number: form for number, form in good.items() if number not in verdicts}
    meant = articles_meant(context, {form.sku for form in unknown.values()}) if unknown else {}
    for number, form in unknown.items():
        if len(meant[form.sku]) == 1:
            good[number] = form.model_copy(update={"sku": meant[form.sku][0]})
        else:
            faults[number] = [article_fault(f"/stock/{number}/sku", meant[form.sku])]
            del good[number]
    respelled = {number: good[number] for number in unknown if number in good}
    if respelled:
        verdicts |= _record_stock(context, respelled)[0]
    return StockResultsView(items=list(_stock_results(rows, good, faults, verdicts, named if of is None else of)))


@retry("stock")
def _record_stock(context: Context, good: Mapping[int, StockForm]) -> tuple[dict[int, StockVerdict], set[str]]:
    """The verdicts, and the warehouses that distributors name: read with the products, as one call has room for 99 of them."""
    wanted = [keys.product(sku) for sku in {form.sku for form in good.values()}]
    found = context.table.get_many([*wanted, keys.warehouses()], consistent=True)
    named = store.named_warehouses(found.pop(keys.warehouses(), None))
    items = {key.sk: item for key, item in found.items()}
    verdicts, after = _judge_rows(good, {sku: store.stock_of(item) for sku, item in items.items()})
    _commit_stock(context, items, after)
    return verdicts, named


def _judge_rows(
    good: Mapping[int, StockForm], stocks: Mapping[str, Stock]
) -> tuple[dict[int, StockVerdict], dict[str, dict[str, StockFigure]]]:
    """The verdict on each row whose product exists, and the stock of these products after all rows."""
    after = {sku: dict(stock) for sku, stock in stocks.items()}
    verdicts: dict[int, StockVerdict] = {}
    for number, form in good.items():
        if form.sku not in after:
            continue
        figure, stock = form.figure(), after[form.sku]
        verdicts[number] = judge(stock, figure)
        if verdicts[number] is StockVerdict.RECORDED:
            stock[figure.warehouse] = figure
    return verdicts, after


def _commit_stock(context: Context, items: Mapping[str, Item], after: Mapping[str, Stock]) -> None:
    before = {sku: store.stock_of(item) for sku, item in items.items()}
    changed = sorted(sku for sku in after if after[sku] != before[sku])
    for some in _batches(changed, events=2):
        tx = Transaction()
        for sku in some:
            new = [figure for warehouse, figure in after[sku].items() if before[sku].get(warehouse) != figure]
            store.write_stock(tx, sku, new)
        _record(tx, context, STOCK_RECORDED, some)
        came = [sku for sku in some if arrived(before[sku], after[sku])]
        if came:
            _record(tx, context, STOCK_ARRIVED, came)
        context.table.commit(tx)


_RESULTS: Mapping[StockVerdict, Literal["recorded", "unchanged", "older"]] = {
    StockVerdict.RECORDED: "recorded",
    StockVerdict.UNCHANGED: "unchanged",
    StockVerdict.OLDER: "older",
}
_STOCK_FAULTS = {
    StockVerdict.CONTRADICTS: ("at", "contradicts", "Another quantity is recorded for the same moment."),
    StockVerdict.TOO_MANY: ("warehouse", "too_many", "The product has stock in the highest number of warehouses."),
}


def _stock_results(
    rows: Sequence[Any],
    good: Mapping[int, StockForm],
    faults: Faults,
    verdicts: Mapping[int, StockVerdict],
    known: Collection[str],
) -> Iterator[StockResultView]:
    unknown = {
        name: _of_unknown_warehouse(name, known) for name in {form.warehouse for form in good.values()} - {*known}
    }
    for number, row in enumerate(rows):
        form, verdict, errors = good.get(number), verdicts.get(number), faults.get(number, [])
        if verdict in _STOCK_FAULTS:
            errors = [_fault("stock", number, *_STOCK_FAULTS[verdict])]
        detail = unknown.get(form.warehouse) if form and not errors else None
        yield StockResultView(
            row=number,
            sku=form.sku if form else _text_in(row, "sku"),
            warehouse=form.warehouse if form else _text_in(row, "warehouse"),
            result="failed" if errors or verdict is None else _RESULTS[verdict],
            errors=errors,
            warnings=[_fault("stock", number, "warehouse", "unknown_warehouse", detail)] if detail else [],
        )


def _of_unknown_warehouse(name: str, known: Collection[str]) -> str:
    if not known:
        return "No distributor names a warehouse yet: `PATCH /v1/staff/distributors/{distributor_id}` does."
    return f"No distributor names this warehouse. Named are: {_spelled_like(name, sorted(known))}."


def _spelled_like(name: str, known: Collection[str]) -> str:
    """The known names that are spelled like it, else the first ones."""
    capitals = {each.upper(): each for each in known}
    near = [capitals[each] for each in get_close_matches(name.upper(), capitals)]
    return ", ".join(near or [*known][:MOST_NAMED])


# --- categories -------------------------------------------------------------------------------------------------------

_CATEGORY_FAULTS = {
    "unknown_parent": "There is no such category.",
    "cycle": "The category would lie below itself.",
    "too_deep": "The category would lie too deep.",
    "too_many": "The tree has the highest number of categories.",
}


def write_categories(context: Context, rows: Sequence[Any]) -> CategoryResultsView:
    """Creates, renames and moves categories. The tree is one item, so concurrent writers cannot break it."""
    good, faults = _parse_rows(CategoryForm, rows, "categories")
    offered = _offered({number: form.category() for number, form in good.items()}, faults, "categories", "code")
    tree, refused = _plant(context, [category for _, category in offered.values()])
    for code, wrong in refused.items():
        number = offered[code][0]
        field = "code" if wrong == "too_many" else "parent"
        faults[number] = [_fault("categories", number, field, wrong, _CATEGORY_FAULTS[wrong])]
    results = [
        CategoryResultView(row=number, code=_text_in(rows[number], "code"), result="failed", errors=found)
        for number, found in faults.items()
    ]
    results += [
        CategoryResultView(row=number, code=code, result=change(tree.get(code), category).value)
        for code, (number, category) in offered.items()
        if code not in refused
    ]
    return CategoryResultsView(items=sorted(results, key=lambda each: each.row))


@retry("tree")
def _plant(context: Context, offered: Sequence[Category]) -> tuple[Mapping[str, Category], dict[str, str]]:
    """Writes the tree; returns the tree before, and the fault of each refused category by code."""
    present = context.table.get(keys.categories(), consistent=True)
    tree = store.tree_of(present)
    planted, refused = plant(tree, offered)
    if planted != tree:
        tx = Transaction()
        store.write_tree(tx, present, planted)
        context.table.commit(tx)
    return tree, refused


# --- rows -------------------------------------------------------------------------------------------------------------


def _parse_rows(form: type[Row], rows: Sequence[Any], name: str) -> tuple[dict[int, Row], Faults]:
    """The well-formed rows, and the faults of the others, by place."""
    good: dict[int, Row] = {}
    faults: Faults = {}
    for number, row in enumerate(rows):
        try:
            good[number] = form.model_validate(row)
        except ValidationError as error:
            faults[number] = validation.faults(error, place=f"/{name}/{number}")
    return good, faults


def _batches(changed: Sequence[Written], *, events: int = 1) -> Iterator[Sequence[Written]]:
    """Batches that fit into one transaction beside its events."""
    most = MOST_OPERATIONS - events
    for start in range(0, len(changed), most):
        yield changed[start : start + most]


def _record(tx: Transaction, context: Context, name: EventType, skus: Sequence[str]) -> None:
    platform_events.record(tx, context, search_keys.catalogue_index(), name, skus=list(skus))


def _offered(rows: Mapping[int, Written], faults: Faults, name: str, field: str) -> dict[str, tuple[int, Written]]:
    """The first row of each code, by code, with its place. Adds a fault for each repetition."""
    offered: dict[str, tuple[int, Written]] = {}
    for number, row in rows.items():
        first, _ = offered.setdefault(getattr(row, field), (number, row))
        if first != number:
            detail = f"Row {first} has the same {field} and is used instead."
            faults[number] = [_fault(name, number, field, "repeated", detail)]
    return offered


def _fault(name: str, number: int, field: str, code: str, detail: str) -> Fault:
    return Fault(pointer=f"/{name}/{number}/{field}", code=code, detail=detail)


def _text_in(row: Any, field: str) -> str | None:
    """The text of a field in a row that may be malformed."""
    found = row.get(field) if isinstance(row, dict) else None
    return found if isinstance(found, str) else None
