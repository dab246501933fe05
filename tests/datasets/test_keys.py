"""The cost of a refresh's reads."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.datasets.refresh import keys, store
from chalicelib.datasets.refresh.rules import Published, Window
from chalicelib.platform.context import Context
from chalicelib.platform.parts import Part
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.support.spent import measures, spent


@measures(keys.lake, keys.refresh, keys.refresh_part)
def test_a_refresh_and_whether_it_is_the_newest_are_read_in_one_call(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    store.create(context, "20261120T08", Window(None, NOON), "columns", "test")
    store.create(context, "20261120T08", Window(None, NOON), "columns", "test")
    with spent(local_table.client) as cost:
        found = store.load(context, "20261120T08")
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 2)
    assert found
    store.WORK.create_part(context, "20261120T08", Part(1, ["file"], None))
    with spent(local_table.client) as cost:
        assert store.WORK.load_with_part(context, "20261120T08", 1)[1]
    assert cost.calls == ["BatchGetItem"]
    store.publish(context, found)
    with spent(local_table.client) as cost:
        assert store.published(local_table) == Published(NOON, "columns")
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    later = replace(context, now=NOON + timedelta(days=1))
    store.create(later, "20261121T08", Window(NOON, later.now), "columns", "test")
    assert store.load(later, "20261120T08") is None
