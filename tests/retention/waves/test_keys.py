"""The calls and the capacity of the keys of waves, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.retention.states import keys as states_keys
from chalicelib.retention.states import store as states
from chalicelib.retention.waves import consumers, keys, service, store
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.retention.waves.steps import HEAD, dormant, planned
from tests.support.spent import measures, spent
from tests.tiers.steps import days_later


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@measures(keys.wave, keys.intake, states_keys.quiet_list)
def test_a_plan_is_a_read_of_the_quiet_and_one_transaction(context: Context) -> None:
    dormant(context, "Luch")
    with spent(context.table.client) as cost:
        planned(context)
    assert cost.calls == ["Query", "Query", "Query", "TransactWriteItems"]  # waves, dormant, lost
    assert cost.read_units == 1.5
    with spent(context.table.client) as cost:
        assert len(list(states.quiet(context, *service.TO_WIN_BACK))) == 1
    assert cost.calls == ["Query", "Query"]


@measures(keys.assignment, keys.assignment_list, keys.breach, keys.breach_list)
def test_an_assignment_is_four_reads_and_a_write(context: Context) -> None:
    company_id = dormant(context, "Luch")
    wave = planned(context, held_out_percent=50)
    begun = days_later(context, 1)
    with spent(context.table.client) as cost:
        service.assign(begun, [company_id])
    # The waves, the earlier assignments, whether it closed down, and its INN; who is drawn to be held out may be so for longer already.
    assert cost.calls[:4] == ["Query", "BatchGetItem", "BatchGetItem", "BatchGetItem"]
    wrote = cost.calls[4:]
    with spent(context.table.client) as cost:
        [made] = store.members(begun, wave.wave_id)
    assert wrote == (["BatchGetItem", "TransactWriteItems"] if made.arm == "held" else ["PutItem"])
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
    with spent(context.table.client) as cost:
        facts = {"company_id": company_id, "offer_id": "off_1", "by": HEAD}
        consumers.on_offer_issued(begun, Event("offer.issued", "evt_1", facts))
    assert cost.calls == (["BatchGetItem", "TransactWriteItems"] if made.arm == "held" else ["BatchGetItem"])
    with spent(context.table.client) as cost:
        assert len(list(store.breaches(begun, wave.wave_id))) == (made.arm == "held")
    assert cost.calls == ["Query"]
