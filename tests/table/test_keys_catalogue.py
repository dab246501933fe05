"""What the catalogue's tree, index and pictures cost, counted as AWS counts. Products themselves: test_keys_orders.py."""

from itertools import count

import pytest

from chalicelib.catalog import index, search_keys, store, writing
from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog.rules import Image
from chalicelib.platform.work import Work
from chalicelib.table import Table
from tests.catalog.steps import listed, row, stock
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
        writing.write_categories(work, categories(300)[start : start + 100])
    with spent(work.table.client) as cost:
        assert len(store.tree_of(work.table.get(catalog_keys.categories()))) == 300
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)
    with spent(work.table.client) as cost:
        writing.write_categories(work, [{"code": "new", "name": "New", "name_ru": "Новая"}])
    assert cost.calls == ["GetItem", "TransactWriteItems"]
    assert (cost.read_units, cost.write_units) == (1, 6)  # a compressed tree of 3 KB, twice for the transaction


@measures(search_keys.catalogue_index)
def test_a_reader_who_knows_the_index_asks_the_head_only(work: Work) -> None:
    listed(work, *(row(f"LMP-{number}") for number in range(200)))
    index.current(work.table, work.table.get(search_keys.catalogue_index()))
    with spent(work.table.client) as cost:
        index.current(work.table, work.table.get(search_keys.catalogue_index()))
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)


@measures(search_keys.catalogue_shard)
def test_a_changed_product_costs_its_shard_and_the_head(work: Work) -> None:
    listed(work, *(row(f"LMP-{number}") for number in range(200)))
    stock(work, row("LMP-1", "777"))
    with spent(work.table.client) as cost:
        index.refresh(work, ["LMP-1"])
    assert cost.calls == ["BatchGetItem", "BatchGetItem", "PutItem", "UpdateItem"]
    assert (cost.read_units, cost.write_units) == (3, 4)  # the head is an item of 2.6 KB
    with spent(work.table.client) as cost:
        index.refresh(work, ["LMP-1"])
    assert (cost.calls, cost.write_units) == (["BatchGetItem", "BatchGetItem"], 0)


@measures(search_keys.catalogue_shard)
def test_a_reader_reads_the_shards_that_changed_in_one_call(work: Work) -> None:
    listed(work, *(row(f"LMP-{number}") for number in range(200)))
    index.current(work.table, work.table.get(search_keys.catalogue_index()))
    listed(work, row("LMP-1", "778"), row("LMP-2", "778"))
    head = work.table.get(search_keys.catalogue_index())
    with spent(work.table.client) as cost:
        index.current(work.table, head)
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 1)


@measures(catalog_keys.image)
def test_a_picture_is_one_call_to_write_and_one_to_read(work: Work) -> None:
    with spent(work.table.client) as cost:
        store.put_image(work.table, "LMP-1", Image("img_1", "image/png"), 1)
    assert (cost.calls, cost.write_units) == (["PutItem"], 1)
    with spent(work.table.client) as cost:
        assert store.read_image(work.table, "img_1")
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
