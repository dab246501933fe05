"""The calls and the capacity of the keys of products, categories and pictures, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog import recording
from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.rules import Image
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


def categories(count: int) -> list[dict[str, str]]:
    return [{"code": f"c{number}", "name": f"Lamps {number}", "name_ru": f"Лампы {number}"} for number in range(count)]


@measures(catalog_keys.categories)
def test_the_tree_of_categories_is_one_call_of_half_a_unit(context: Context) -> None:
    for start in range(0, 300, 100):
        recording.write_categories(context, categories(300)[start : start + 100])
    with spent(context.table.client) as cost:
        assert len(catalog_store.tree_of(context.table.get(catalog_keys.categories()))) == 300
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)
    with spent(context.table.client) as cost:
        recording.write_categories(context, [{"code": "new", "name": "New", "name_ru": "Новая"}])
    assert cost.calls == ["GetItem", "TransactWriteItems"]
    assert (cost.read_units, cost.write_units) == (1, 6)  # a compressed tree of 3 KB, twice for the transaction


@measures(catalog_keys.image)
def test_a_picture_is_one_call_to_write_and_one_to_read(context: Context) -> None:
    with spent(context.table.client) as cost:
        catalog_store.put_image(context.table, "LMP-1", Image("img_1", "image/png"), 1)
    assert (cost.calls, cost.write_units) == (["PutItem"], 1)
    with spent(context.table.client) as cost:
        assert catalog_store.read_image(context.table, "img_1")
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(catalog_keys.product)
def test_a_page_of_the_catalogue_is_one_call_and_costs_what_it_shows(context: Context) -> None:
    stock(context, *(row(f"LMP-{number:03}", category="lamps" if number % 2 else "rails") for number in range(120)))
    with spent(context.table.client) as cost:
        page = catalog_store.page(context.table, limit=25, after=None)
    assert [item["sku"] for item in page.items] == [f"LMP-{number:03}" for number in range(25)]
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(catalog_keys.product)
def test_the_products_of_an_order_are_one_call_of_half_a_unit_each(context: Context) -> None:
    stock(context, *(row(f"LMP-{number:03}") for number in range(20)))
    with spent(context.table.client) as cost:
        assert len(catalog_store.read_products(context.table, [f"LMP-{number:03}" for number in range(20)])) == 20
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 10)
