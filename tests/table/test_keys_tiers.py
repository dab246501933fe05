"""What the tiers' rows of the map cost, counted as AWS counts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib import tiers
from chalicelib.platform.work import Work
from chalicelib.table import Table
from chalicelib.tiers import service, store
from chalicelib.tiers.outlook import Standing, decided
from tests.conftest import NOON
from tests.support.spent import spent


@pytest.fixture
def work(local_table: Table) -> Work:
    return Work(table=local_table, now=NOON)


def busy_standing(work: Work, company_id: str) -> Standing:
    """A company that bought on every day of the window."""
    days = {work.today - timedelta(days=back): Decimal("1234567.89") for back in range(work.club.tiers.window_days)}
    return decided(Standing(company_id, "RUB", service.ladder_of(work.club, "RUB"), work.today, days))


def due_on(work: Work, day: date, numbers: Iterable[int]) -> None:
    for number in numbers:
        store.save(work, busy_standing(work, f"cmp_{number:032x}"), day, None)


@pytest.mark.key_row("K12")
def test_where_a_company_stands_is_one_call_of_at_most_one_unit(work: Work) -> None:
    store.save(work, busy_standing(work, "cmp_1"), work.today, None)
    with spent(work.table.client) as cost:
        standing = tiers.standing(work, "cmp_1")
    assert (standing.tier, len(standing.days)) == ("platinum", 90)
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1
    with spent(work.table.client) as strong:
        store.load(work, "cmp_1", consistent=True)
    assert strong.calls == ["GetItem"]
    assert strong.read_units <= 1


@pytest.mark.key_row("K12")
def test_a_standing_is_written_in_one_call(work: Work) -> None:
    before = busy_standing(work, "cmp_1")
    store.save(work, before, work.today, None)
    with spent(work.table.client) as cost:
        store.save(work, replace(before, version=1), work.today, None)
    assert cost.calls == ["PutItem"]
    assert cost.write_units <= 2 * 3  # 3 KB in the table and as many in its index


@pytest.mark.key_row("K13")
def test_who_is_due_costs_a_call_a_shard_and_the_size_of_what_is_due(work: Work) -> None:
    due_on(work, work.today, range(80))
    with spent(work.table.client) as cost:
        found = list(store.due_between(work, work.today, work.today))
    assert sorted(found) == sorted(f"cmp_{number:032x}" for number in range(80))
    assert cost.calls == ["Query"] * 8
    assert cost.read_units <= 80 * 0.5

    due_on(work, work.today + timedelta(days=1), range(80, 160))
    with spent(work.table.client) as among_more:
        assert list(store.due_between(work, work.today, work.today)) == found
    assert among_more == cost


@pytest.mark.key_row("K37")
def test_the_last_run_is_one_call_however_many_there_were(work: Work) -> None:
    for days in range(40):
        night = replace(work, now=work.now + timedelta(days=days))
        store.record_run(night, {"day": night.today.isoformat(), "companies": 1})
    with spent(work.table.client) as cost:
        last = store.last_run(work)
    assert last is not None
    assert last["day"] == (work.today + timedelta(days=39)).isoformat()
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
