"""The windows of refreshes, one after the other, leave out no moment; and names of tables and columns are words of SQL."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.datasets.lake.rules import definition, item_name
from chalicelib.datasets.lake.tables import DATASETS
from chalicelib.datasets.refresh.rules import LONGEST, SETTLED, Published, refresh_name, window
from chalicelib.table.key import Key

START = datetime(2026, 11, 20, 21, 10, tzinfo=UTC)


@given(st.lists(st.integers(0, 90 * 60), min_size=1, max_size=12))
def test_windows_join_without_a_gap_and_none_is_longer_than_dynamodb_exports(minutes: list[int]) -> None:
    published: Published | None = None
    now = START
    for wait in minutes:
        now += timedelta(minutes=wait)
        told = published.until.date() if published else None
        found = window(published, "columns", now, now.date(), told)
        if found is None:
            assert published
            assert now - SETTLED - published.until < timedelta(hours=1)
            continue
        assert found.until <= now - SETTLED
        if found.since is not None:
            assert found.since == published.until
            assert timedelta(hours=1) <= found.until - found.since <= LONGEST
            assert found.since.month == now.month
        published = Published(found.until, "columns")


def test_a_night_that_starts_late_within_the_hour_is_the_same_refresh() -> None:
    names = {
        refresh_name(window(None, "columns", START + timedelta(minutes=late), START.date(), None).until)
        for late in range(60)
    }
    assert names == {"20261120T21"}


def test_another_type_of_a_column_is_another_definition() -> None:
    first, *rest = DATASETS
    columns = (first.columns[0]._replace(kind="count"), *first.columns[1:])
    assert definition((first._replace(columns=columns), *rest)) != definition(DATASETS)


def test_every_name_is_a_word_that_sql_takes_without_quotes() -> None:
    names = [each.name for each in DATASETS] + [column.name for each in DATASETS for column in each.columns]
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names)
    assert not {"order", "group", "select", "table", "from", "date", "end", "user", "values"} & {*names}


def test_items_have_names_of_their_own_that_tell_nothing() -> None:
    names = {item_name(Key("COMPANY#cmp_1", f"SALE#{number}")) for number in range(1000)}
    assert len(names) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{24}", name) for name in names)
