"""The calls and the capacity of the keys of machine clients, counted as AWS counts."""

from decimal import Decimal

import pytest

from chalicelib.bonuses.coalition import keys as coalition_keys
from chalicelib.bonuses.coalition import service as coalition
from chalicelib.bonuses.coalition.model import CoalitionClient, CoalitionLimits
from chalicelib.bonuses.coalition.service import RequestedGrant
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.support import partners
from tests.support.spent import measures, spent

TAXI = CoalitionClient("taxi", "Taxi Park", "RUB", True, CoalitionLimits(Decimal(100), Decimal(500), Decimal(1000)))


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = iter(range(1, 10_000))
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


@measures(coalition_keys.coalition_client, coalition_keys.coalition_grant, coalition_keys.coalition_usage)
def test_a_grant_is_one_transaction(context: Context) -> None:
    partners.company(context, "cmp_1")
    coalition.register(context, TAXI)
    for number in range(2):
        requested = RequestedGrant(f"act-{number}", "cmp_1", Decimal(50), context.today, "")
        with spent(context.table.client) as cost:
            coalition.grant(context, "taxi", requested)
        assert cost.calls.count("TransactWriteItems") == 1
        assert (
            cost.write_units <= 24
        )  # grant, two counters, event, book with its index, posting, mark, and the client's check
    with spent(context.table.client) as again:
        _, known = coalition.grant(context, "taxi", requested)
    assert (known, again.calls) == (True, ["GetItem"])
    assert again.read_units <= 1


@measures(coalition_keys.coalition_client)
def test_a_machine_client_is_one_call(context: Context) -> None:
    coalition.register(context, TAXI)
    with spent(context.table.client) as cost:
        assert coalition.read_client(context, "taxi").name == "Taxi Park"
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(coalition_keys.coalition_client_list)
def test_machine_clients_are_listed_by_name_in_one_call(context: Context) -> None:
    for number in range(30):
        coalition.register(context, TAXI._replace(client_id=f"c{number}", name=f"Partner {number:02d}"))
    with spent(context.table.client) as cost:
        page = coalition.list_clients(context, 25, None)
    assert [item["name"] for item in page.items[:2]] == ["Partner 00", "Partner 01"]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1.5
