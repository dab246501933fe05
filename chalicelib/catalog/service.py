"""Showing the catalogue with the caller's prices, and keeping it."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib import tiers
from chalicelib.catalog import store
from chalicelib.catalog.rules import Change, Product, change
from chalicelib.catalog.schemas import ProductAnswer, ProductForm, ProductPage, ProductQuery, RowResult, RowResults
from chalicelib.platform.problems import Fault, Problem
from chalicelib.platform.work import Work
from chalicelib.pricing import PriceAnswer, buyer, resolve
from chalicelib.table import Transaction
from chalicelib.table.paging import Cursors


def products_for(work: Work, company_id: str, query: ProductQuery, cursors: Cursors, language: str) -> ProductPage:
    """A page of the catalogue at this company's prices: two calls."""
    after = cursors.open(query.cursor)
    own = buyer(tiers.standing(work, company_id))
    page = store.page(
        work.table,
        prefix=query.q or "",
        category=query.category,
        brand=query.brand,
        limit=query.limit,
        after=after,
    )

    def shown(product: Product) -> ProductAnswer:
        price = resolve(product, 1, own, work.today)
        return ProductAnswer.of(product, PriceAnswer.of(price, language, work.club))

    return ProductPage(
        items=[shown(store.product_of(item)) for item in page.items], next_cursor=cursors.close(page.last)
    )


def write_rows(work: Work, rows: Sequence[Any]) -> RowResults:
    """Writes the good rows in one transaction and says of each row what became of it."""
    offered: dict[str, tuple[int, Product]] = {}
    results: dict[int, RowResult] = {}
    for number, row in enumerate(rows):
        try:
            product = ProductForm.model_validate(row).product()
        except ValidationError as error:
            problem = Problem.from_validation(error, place=f"/products/{number}")
            results[number] = RowResult(row=number, sku=_sku(row), result="failed", errors=problem.errors)
            continue
        if product.sku in offered:
            twice = Fault(
                pointer=f"/products/{number}/sku",
                code="repeated",
                detail=f"Row {offered[product.sku][0]} has this sku too and was taken.",
            )
            results[number] = RowResult(row=number, sku=product.sku, result="failed", errors=[twice])
            continue
        offered[product.sku] = (number, product)

    present = store.read_products(work.table, offered)
    tx = Transaction()
    for sku, (number, product) in offered.items():
        became = change(present.get(sku), product)
        results[number] = RowResult(row=number, sku=sku, result=became.value)
        if became is not Change.UNCHANGED:
            store.put_product(tx, product, work.at)
    work.table.commit(tx)
    return RowResults(items=[results[number] for number in sorted(results)])


def _sku(row: Any) -> str | None:
    """The sku of a row that is no product, for as far as it has one."""
    sku = row.get("sku") if isinstance(row, dict) else None
    return sku if isinstance(sku, str) else None
