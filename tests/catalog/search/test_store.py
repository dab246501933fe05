"""The index follows the products: however events come, wherever a worker dies, and whoever else is at work."""

from dataclasses import replace
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog import recording
from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.consumers import on_products_changed
from chalicelib.catalog.search import keys as search_keys
from chalicelib.catalog.search import store as search_store
from chalicelib.catalog.search.rules import IndexEntry, ProductFilter, entry_of
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.table.client import Table
from chalicelib.table.transactions import Busy, Refused, Transaction
from chalicelib.tiers import tier_codes
from tests.catalog.steps import listed, row
from tests.support.crashes import crashes, lost_replies, races, uncounted, watched
from tests.support.memory import MemoryDynamo


@pytest.fixture
def context(context: Context) -> Context:
    """On a table in a dictionary: these tests make a great many calls."""
    return fresh(context)


def fresh(context: Context) -> Context:
    numbers = count(1)
    return replace(
        context,
        table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None),
        new_id=lambda prefix: f"{prefix}_{next(numbers):04d}",
    )


def write(context: Context, *rows: dict[str, Any]) -> list[Event]:
    """Writes the rows; the events that this left."""
    before = events(context)
    recording.write_products(context, rows, tier_codes)
    return [event for event in events(context) if event not in before]


def events(context: Context) -> list[Event]:
    found = context.table.query(search_keys.catalogue_index().pk, starts="EVENT#").items
    return [Event(item["event"], item["sk"], item) for item in found]


def indexed(context: Context) -> dict[str, IndexEntry]:
    """The articles that a reader without a copy of the index finds."""
    found: dict[str, IndexEntry] = {}
    head = context.table.get(search_keys.catalogue_index()) or {}
    for shard in range(search_store.SHARDS):
        item = context.table.get(search_keys.catalogue_shard(shard))
        if item:
            assert head[f"s{shard:02d}"] == search_store._stamp(item)
            found |= search_store.entries_of(item)
    return found


def expected(context: Context) -> dict[str, IndexEntry]:
    return {
        item["sku"]: entry_of(catalog_store.product_of(item))
        for item in context.table.query(catalog_keys.product("").pk).items
    }


def neighbours(count: int) -> list[str]:
    """Article numbers that share a shard: what is written of one is written over the other."""
    return [sku for sku in (f"L{number}" for number in range(10_000)) if search_store.shard_of(sku) == 7][:count]


def test_written_products_are_in_the_index_after_their_event(context: Context):
    for event in write(context, *(row(f"LMP-{number}") for number in range(100))):
        on_products_changed(context, event)
    assert indexed(context) == expected(context)
    assert len(indexed(context)) == 100


def test_an_event_told_twice_writes_nothing(context: Context):
    (event,) = write(context, row("LMP-1"), row("LMP-2"))
    on_products_changed(context, event)
    before = dict(context.table.client.items)  # type: ignore[attr-defined]
    on_products_changed(context, event)
    assert context.table.client.items == before  # type: ignore[attr-defined]


def test_rows_that_change_nothing_tell_nothing(context: Context):
    write(context, row("LMP-1"))
    assert write(context, row("LMP-1")) == []


def test_a_price_that_changed_is_in_the_index(context: Context):
    for price in ("100", "200"):
        for event in write(context, row("LMP-1", price)):
            on_products_changed(context, event)
    assert indexed(context)["LMP-1"].price == "RUB0000000000020000"


def test_events_may_come_in_any_order(context: Context):
    one, other = neighbours(2)
    told = [
        *write(context, row(one, "1"), row(other, "1")),
        *write(context, row(one, "2")),
        *write(context, row(one, "3")),
    ]
    for order in permutations(told):
        for event in order:
            on_products_changed(context, event)
        assert indexed(context) == expected(context), order


@pytest.mark.parametrize("interruptions", [crashes, lost_replies])
def test_from_the_written_row_to_the_index_nothing_is_lost(context: Context, interruptions: Any):
    """Staff sends the rows again when no answer came; the stream delivers every event that was written."""
    one, other = neighbours(2)
    rows = [row(one), row(other), row("X-1")]
    for interruption in interruptions():
        clean = fresh(context)
        with interruption:
            for event in write(clean, *rows):
                on_products_changed(clean, event)
        recording.write_products(clean, rows, tier_codes)
        for event in events(clean):
            on_products_changed(clean, event)
        assert indexed(clean) == expected(clean), interruption
        assert len(expected(clean)) == 3


def test_whoever_writes_between_two_calls_of_the_worker_is_not_lost(context: Context):
    """Another product of the shard, and another price of the same product, each followed by its own worker."""
    one, other = neighbours(2)
    clean = context

    def meanwhile() -> None:
        for event in write(clean, row(other, "7"), row(one, "9")):
            on_products_changed(clean, event)

    for race in races(meanwhile):
        clean = fresh(context)
        with uncounted():
            (event,) = write(clean, row(one))
        with race:
            on_products_changed(clean, event)
        assert indexed(clean) == expected(clean), race
    assert indexed(clean)[one].price.endswith("12000")  # the last round ran alone


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_order_and_repeats_events_come_in_the_index_is_what_the_products_are(
    context: Context, data: st.DataObject
):
    clean = fresh(context)
    skus = [*neighbours(2), "X-1"]
    waiting: list[Event] = []
    for _ in range(data.draw(st.integers(1, 8))):
        if data.draw(st.booleans()) or not waiting:
            sku, price = data.draw(st.sampled_from(skus)), data.draw(st.integers(1, 3))
            waiting += write(clean, row(sku, f"{price}.00"))
        else:
            on_products_changed(clean, data.draw(st.sampled_from(waiting)))
    for event in data.draw(st.permutations(waiting)):
        on_products_changed(clean, event)
    assert indexed(clean) == expected(clean)


def test_a_worker_that_is_always_too_late_comes_again(context: Context, monkeypatch: pytest.MonkeyPatch):
    (event,) = write(context, row("LMP-1"))

    def lose(*_: Any, **__: Any) -> None:
        raise Refused({"": None})

    monkeypatch.setattr(Table, "put", lose)
    with pytest.raises(Busy):
        on_products_changed(context, event)


def test_a_product_that_is_no_more_leaves_the_index(context: Context):
    one, other = neighbours(2)
    (event,) = write(context, row(one), row(other))
    on_products_changed(context, event)
    tx = Transaction()
    tx.delete(catalog_keys.product(one))
    context.table.commit(tx)
    on_products_changed(context, event)
    assert set(indexed(context)) == {other}


# --- the reader -------------------------------------------------------------------------------------------------------


def found(context: Context) -> list[str]:
    head = context.table.get(search_keys.catalogue_index())
    return search_store.current_index(context.table, head).find(ProductFilter(), "sku", limit=100, after=None)[0]


def test_a_reader_reads_only_the_shards_that_changed(context: Context, monkeypatch: pytest.MonkeyPatch):
    listed(context, *(row(f"LMP-{number}") for number in range(50)))
    assert len(found(context)) == 50
    asked: list[Any] = []
    get_many = Table.get_many
    monkeypatch.setattr(Table, "get_many", lambda table, wanted: get_many(table, asked.extend(wanted) or asked))
    assert len(found(context)) == 50
    assert asked == []
    with uncounted():
        monkeypatch.undo()
        listed(context, row("LMP-1", "777"))
        monkeypatch.setattr(Table, "get_many", lambda table, wanted: get_many(table, asked.extend(wanted) or asked))
    assert len(found(context)) == 50
    assert asked == [search_keys.catalogue_shard(search_store.shard_of("LMP-1"))]


def test_what_was_read_of_another_table_is_not_taken_for_this_one(context: Context):
    for name in ("L1", "L2"):
        clean = fresh(context)
        listed(clean, row(neighbours(1)[0], name=name))
        head = clean.table.get(search_keys.catalogue_index())
        (entry,) = search_store.current_index(clean.table, head)._entries
        assert entry.name == name.casefold()


def test_a_shard_that_is_older_than_the_head_says_is_read_again(context: Context):
    """An eventually consistent read may be."""
    sku = neighbours(1)[0]
    listed(context, row(sku, "1"))
    old = context.table.get(search_keys.catalogue_shard(search_store.shard_of(sku)))
    listed(context, row(sku, "2"))
    new = context.table.get(search_keys.catalogue_shard(search_store.shard_of(sku)))
    head = context.table.get(search_keys.catalogue_index())
    for item, price in ((old, "100"), (new, "200")):
        context.table.put(item)
        (entry,) = search_store.current_index(context.table, head)._entries
        assert entry.price.endswith(price)


def test_without_an_index_nothing_is_found(context: Context):
    assert search_store.current_index(context.table, None).find(ProductFilter(), "sku", limit=9, after=None) == (
        [],
        None,
    )
