"""What the tiers' rows of the map cost, counted as AWS counts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib import tiers
from chalicelib.platform import keys as platform_keys
from chalicelib.platform import nights
from chalicelib.platform.work import Work
from chalicelib.sales import DayTotals
from chalicelib.table import Table, Transaction
from chalicelib.tiers import grant_keys, store
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladder_store import ladders_of
from chalicelib.tiers.outlook import Standing, stands
from chalicelib.tiers.rules import Facts, Grant
from tests.conftest import NOON
from tests.support.spent import measures, spent
from tests.tiers.nights import seasonal_ladders


@pytest.fixture
def work(local_table: Table) -> Work:
    return Work(table=local_table, now=NOON)


def busy_standing(work: Work, company_id: str) -> Standing:
    """The largest there is: a company that buys every day, under ladders with seasons and a personal first step."""
    days = {work.today - timedelta(days=back): Decimal("1234567.89") for back in range(700)}
    facts = Facts(DayTotals(days, {}), seasonal_ladders(work), (), work.today - timedelta(days=700))
    return stands(company_id, "RUB", work.today, facts)


def due_on(work: Work, day: date, numbers: Iterable[int]) -> None:
    for number in numbers:
        store.save(work, plain_standing(work, f"cmp_{number:032x}"), day)


def plain_standing(work: Work, company_id: str) -> Standing:
    """A company that bought on every day of the window, under the club's own ladder."""
    days = {work.today - timedelta(days=back): Decimal("1234567.89") for back in range(work.config[Tiers].window_days)}
    return stands(company_id, "RUB", work.today, Facts(DayTotals(days, {}), ladders_of(work, "RUB"), (), None))


@measures(tiers_keys.standing)
def test_where_a_company_stands_is_one_call_of_at_most_one_unit(work: Work) -> None:
    for make in (plain_standing, busy_standing):
        store.save(work, replace(make(work, "cmp_1"), version=0), work.today)
        with spent(work.table.client) as cost:
            standing = tiers.standing(work, "cmp_1")
        assert standing.tier.tier == "platinum"
        assert cost.calls == ["GetItem"]
        assert cost.read_units <= 1
        work.table.client.delete_item(
            TableName=work.table.name, Key={"pk": {"S": "COMPANY#cmp_1"}, "sk": {"S": "STANDING"}}
        )


@measures(tiers_keys.standing)
def test_a_standing_is_written_in_one_call(work: Work) -> None:
    before = plain_standing(work, "cmp_1")
    store.save(work, before, work.today)
    with spent(work.table.client) as cost:
        store.save(work, replace(before, version=1), work.today)
    assert cost.calls == ["PutItem"]
    assert cost.write_units <= 2 * 3  # 3 KB in the table and as many in its index


@measures(grant_keys.manual_tier)
def test_a_standing_and_all_manual_tiers_are_one_consistent_call(work: Work) -> None:
    store.save(work, plain_standing(work, "cmp_1"), work.today)
    tx = Transaction()
    for number in range(10):
        day = work.today + timedelta(days=number)
        made = Grant(f"grt_{number}", "gold", day, day, "A reason of some length", "mbr_manager", f"{work.at}{number}")
        store.create_grant(tx, "cmp_1", made)
        store.create_grant(tx, "cmp_2", made)
    work.table.commit(tx)
    with spent(work.table.client) as cost:
        item, grants = store.load_with_grants(work, "cmp_1")
    assert item is not None
    assert [each.grant_id for each in grants] == [f"grt_{number}" for number in range(10)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 2
    with spent(work.table.client) as cost:
        page = store.grants_page(work, "cmp_1", 5, None)
    assert [item["grant_id"] for item in page.items] == [f"grt_{number}" for number in (9, 8, 7, 6, 5)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1


@measures(platform_keys.due)
def test_who_is_due_costs_a_call_a_shard_and_the_size_of_what_is_due(work: Work) -> None:
    due_on(work, work.today, range(80))
    with spent(work.table.client) as cost:
        found = list(nights.due_between(work, "tiers", work.today, work.today))
    assert sorted(found) == sorted(f"cmp_{number:032x}" for number in range(80))
    assert cost.calls == ["Query"] * 8
    assert cost.read_units <= 80 * 0.5

    due_on(work, work.today + timedelta(days=1), range(80, 160))
    with spent(work.table.client) as among_more:
        assert list(nights.due_between(work, "tiers", work.today, work.today)) == found
    assert among_more == cost


@measures(platform_keys.run)
def test_the_last_run_is_one_call_however_many_there_were(work: Work) -> None:
    for days in range(40):
        night = replace(work, now=work.now + timedelta(days=days))
        nights.record_run(night, "tiers", {"day": night.today.isoformat(), "companies": 1})
    with spent(work.table.client) as cost:
        last = nights.last_run(work, "tiers")
    assert last is not None
    assert last["day"] == (work.today + timedelta(days=39)).isoformat()
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
