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
from chalicelib.catalog.search.rules import Entry, Wanted, entry_of
from chalicelib.platform.context import Work
from chalicelib.platform.events import Event
from chalicelib.table.client import Table
from chalicelib.table.transactions import Busy, Refused, Transaction
from tests.catalog.steps import listed, row
from tests.support.crashes import crashes, lost_replies, races, uncounted, watched
from tests.support.memory import MemoryDynamo


@pytest.fixture
def work(work: Work) -> Work:
    """On a table in a dictionary: these tests make a great many calls."""
    return fresh(work)


def fresh(work: Work) -> Work:
    numbers = count(1)
    return replace(
        work,
        table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None),
        new_id=lambda prefix: f"{prefix}_{next(numbers):04d}",
    )


def write(work: Work, *rows: dict[str, Any]) -> list[Event]:
    """Writes the rows; the events that this left."""
    before = events(work)
    recording.write_products(work, rows)
    return [event for event in events(work) if event not in before]


def events(work: Work) -> list[Event]:
    found = work.table.query(search_keys.catalogue_index().pk, starts="EVENT#").items
    return [Event(item["event"], item["sk"], item) for item in found]


def indexed(work: Work) -> dict[str, Entry]:
    """What a reader that has read nothing yet finds."""
    found: dict[str, Entry] = {}
    head = work.table.get(search_keys.catalogue_index()) or {}
    for shard in range(search_store.SHARDS):
        item = work.table.get(search_keys.catalogue_shard(shard))
        if item:
            assert head[f"s{shard:02d}"] == search_store._stamp(item)
            found |= search_store.entries_of(item)
    return found


def expected(work: Work) -> dict[str, Entry]:
    return {
        item["sku"]: entry_of(catalog_store.product_of(item))
        for item in work.table.query(catalog_keys.product("").pk).items
    }


def neighbours(count: int) -> list[str]:
    """Article numbers that share a shard: what is written of one is written over the other."""
    return [sku for sku in (f"L{number}" for number in range(10_000)) if search_store.shard_of(sku) == 7][:count]


def test_written_products_are_in_the_index_after_their_event(work: Work):
    for event in write(work, *(row(f"LMP-{number}") for number in range(100))):
        on_products_changed(work, event)
    assert indexed(work) == expected(work)
    assert len(indexed(work)) == 100


def test_an_event_told_twice_writes_nothing(work: Work):
    (event,) = write(work, row("LMP-1"), row("LMP-2"))
    on_products_changed(work, event)
    before = dict(work.table.client.items)  # type: ignore[attr-defined]
    on_products_changed(work, event)
    assert work.table.client.items == before  # type: ignore[attr-defined]


def test_rows_that_change_nothing_tell_nothing(work: Work):
    write(work, row("LMP-1"))
    assert write(work, row("LMP-1")) == []


def test_a_price_that_changed_is_in_the_index(work: Work):
    for price in ("100", "200"):
        for event in write(work, row("LMP-1", price)):
            on_products_changed(work, event)
    assert indexed(work)["LMP-1"].price == "RUB0000000000020000"


def test_events_may_come_in_any_order(work: Work):
    one, other = neighbours(2)
    told = [*write(work, row(one, "1"), row(other, "1")), *write(work, row(one, "2")), *write(work, row(one, "3"))]
    for order in permutations(told):
        for event in order:
            on_products_changed(work, event)
        assert indexed(work) == expected(work), order


@pytest.mark.parametrize("interruptions", [crashes, lost_replies])
def test_from_the_written_row_to_the_index_nothing_is_lost(work: Work, interruptions: Any):
    """Staff sends the rows again when no answer came; the stream delivers every event that was written."""
    one, other = neighbours(2)
    rows = [row(one), row(other), row("X-1")]
    for interruption in interruptions():
        clean = fresh(work)
        with interruption:
            for event in write(clean, *rows):
                on_products_changed(clean, event)
        recording.write_products(clean, rows)
        for event in events(clean):
            on_products_changed(clean, event)
        assert indexed(clean) == expected(clean), interruption
        assert len(expected(clean)) == 3


def test_whoever_writes_between_two_calls_of_the_worker_is_not_lost(work: Work):
    """Another product of the shard, and another price of the same product, each followed by its own worker."""
    one, other = neighbours(2)
    clean = work

    def meanwhile() -> None:
        for event in write(clean, row(other, "7"), row(one, "9")):
            on_products_changed(clean, event)

    for race in races(meanwhile):
        clean = fresh(work)
        with uncounted():
            (event,) = write(clean, row(one))
        with race:
            on_products_changed(clean, event)
        assert indexed(clean) == expected(clean), race
    assert indexed(clean)[one].price.endswith("12000")  # the last round ran alone


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_order_and_repeats_events_come_in_the_index_is_what_the_products_are(work: Work, data: st.DataObject):
    clean = fresh(work)
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


def test_a_worker_that_is_always_too_late_comes_again(work: Work, monkeypatch: pytest.MonkeyPatch):
    (event,) = write(work, row("LMP-1"))

    def lose(*_: Any, **__: Any) -> None:
        raise Refused({"": None})

    monkeypatch.setattr(Table, "put", lose)
    with pytest.raises(Busy):
        on_products_changed(work, event)


def test_a_product_that_is_no_more_leaves_the_index(work: Work):
    one, other = neighbours(2)
    (event,) = write(work, row(one), row(other))
    on_products_changed(work, event)
    tx = Transaction()
    tx.delete(catalog_keys.product(one))
    work.table.commit(tx)
    on_products_changed(work, event)
    assert set(indexed(work)) == {other}


# --- the reader -------------------------------------------------------------------------------------------------------


def found(work: Work) -> list[str]:
    head = work.table.get(search_keys.catalogue_index())
    return search_store.current(work.table, head).find(Wanted(), "sku", limit=100, after=None)[0]


def test_a_reader_reads_only_the_shards_that_changed(work: Work, monkeypatch: pytest.MonkeyPatch):
    listed(work, *(row(f"LMP-{number}") for number in range(50)))
    assert len(found(work)) == 50
    asked: list[Any] = []
    get_many = Table.get_many
    monkeypatch.setattr(Table, "get_many", lambda table, wanted: get_many(table, asked.extend(wanted) or asked))
    assert len(found(work)) == 50
    assert asked == []
    with uncounted():
        monkeypatch.undo()
        listed(work, row("LMP-1", "777"))
        monkeypatch.setattr(Table, "get_many", lambda table, wanted: get_many(table, asked.extend(wanted) or asked))
    assert len(found(work)) == 50
    assert asked == [search_keys.catalogue_shard(search_store.shard_of("LMP-1"))]


def test_what_was_read_of_another_table_is_not_taken_for_this_one(work: Work):
    for name in ("L1", "L2"):
        clean = fresh(work)
        listed(clean, row(neighbours(1)[0], name=name))
        head = clean.table.get(search_keys.catalogue_index())
        (entry,) = search_store.current(clean.table, head)._entries
        assert entry.name == name.casefold()


def test_a_shard_that_is_older_than_the_head_says_is_read_again(work: Work):
    """An eventually consistent read may be."""
    sku = neighbours(1)[0]
    listed(work, row(sku, "1"))
    old = work.table.get(search_keys.catalogue_shard(search_store.shard_of(sku)))
    listed(work, row(sku, "2"))
    new = work.table.get(search_keys.catalogue_shard(search_store.shard_of(sku)))
    head = work.table.get(search_keys.catalogue_index())
    for item, price in ((old, "100"), (new, "200")):
        work.table.put(item)
        (entry,) = search_store.current(work.table, head)._entries
        assert entry.price.endswith(price)


def test_without_an_index_nothing_is_found(work: Work):
    assert search_store.current(work.table, None).find(Wanted(), "sku", limit=9, after=None) == ([], None)
