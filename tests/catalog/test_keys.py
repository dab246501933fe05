"""The calls and the capacity of the keys of products, categories and pictures, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog import recording
from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.rules import Image
from chalicelib.platform.context import Work
from chalicelib.table.client import Table
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = count(1)
    return Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


def categories(count: int) -> list[dict[str, str]]:
    return [{"code": f"c{number}", "name": f"Lamps {number}", "name_ru": f"Лампы {number}"} for number in range(count)]


@measures(catalog_keys.categories)
def test_the_tree_of_categories_is_one_call_of_half_a_unit(work: Work) -> None:
    for start in range(0, 300, 100):
        recording.write_categories(work, categories(300)[start : start + 100])
    with spent(work.table.client) as cost:
        assert len(catalog_store.tree_of(work.table.get(catalog_keys.categories()))) == 300
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)
    with spent(work.table.client) as cost:
        recording.write_categories(work, [{"code": "new", "name": "New", "name_ru": "Новая"}])
    assert cost.calls == ["GetItem", "TransactWriteItems"]
    assert (cost.read_units, cost.write_units) == (1, 6)  # a compressed tree of 3 KB, twice for the transaction


@measures(catalog_keys.image)
def test_a_picture_is_one_call_to_write_and_one_to_read(work: Work) -> None:
    with spent(work.table.client) as cost:
        catalog_store.put_image(work.table, "LMP-1", Image("img_1", "image/png"), 1)
    assert (cost.calls, cost.write_units) == (["PutItem"], 1)
    with spent(work.table.client) as cost:
        assert catalog_store.read_image(work.table, "img_1")
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(catalog_keys.product)
def test_a_page_of_the_catalogue_is_one_call_and_costs_what_it_shows(work: Work) -> None:
    stock(work, *(row(f"LMP-{number:03}", category="lamps" if number % 2 else "rails") for number in range(120)))
    with spent(work.table.client) as cost:
        page = catalog_store.page(work.table, limit=25, after=None)
    assert [item["sku"] for item in page.items] == [f"LMP-{number:03}" for number in range(25)]
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(catalog_keys.product)
def test_the_products_of_an_order_are_one_call_of_half_a_unit_each(work: Work) -> None:
    stock(work, *(row(f"LMP-{number:03}") for number in range(20)))
    with spent(work.table.client) as cost:
        assert len(catalog_store.read_products(work.table, [f"LMP-{number:03}" for number in range(20)])) == 20
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 10)
