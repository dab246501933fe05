"""The calls and the capacity of the keys of manual tiers, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.platform.context import Context
from chalicelib.sales.rules import DayTotals
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.manual_tiers import keys as manual_tiers_keys
from chalicelib.tiers.manual_tiers import store as manual_tiers_store
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.model import Standing, standing_on_day
from chalicelib.tiers.standing.rules import Facts, ManualTier
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def plain_standing(context: Context, company_id: str) -> Standing:
    """A company that bought on every day of the window, under the club's own ladder."""
    days = {
        context.today - timedelta(days=back): Decimal("1234567.89") for back in range(context.config[Tiers].window_days)
    }
    return standing_on_day(
        company_id, "RUB", context.today, Facts(DayTotals(days, {}), ladders_of(context, "RUB"), (), None)
    )


@measures(manual_tiers_keys.manual_tier, manual_tiers_keys.manual_tier_list)
def test_a_standing_and_all_manual_tiers_are_one_consistent_call(context: Context) -> None:
    standing_store.save(context, plain_standing(context, "cmp_1"), context.today)
    tx = Transaction()
    for number in range(10):
        day = context.today + timedelta(days=number)
        made = ManualTier(
            f"grt_{number}", "gold", day, day, "A reason of some length", "mbr_manager", f"{context.at}{number}"
        )
        manual_tiers_store.create_grant(tx, "cmp_1", made)
        manual_tiers_store.create_grant(tx, "cmp_2", made)
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        item, grants = standing_store.load_with_grants(context, "cmp_1")
    assert item is not None
    assert [each.grant_id for each in grants] == [f"grt_{number}" for number in range(10)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 2
    with spent(context.table.client) as cost:
        page = manual_tiers_store.grants_page(context, "cmp_1", 5, None)
    assert [item["grant_id"] for item in page.items] == [f"grt_{number}" for number in (9, 8, 7, 6, 5)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
    with spent(context.table.client) as cost:
        page = manual_tiers_store.page(context, 4, None)
    assert [item["company_id"] for item in page.items] == ["cmp_2", "cmp_1", "cmp_2", "cmp_1"]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 0.5
