"""The calls and the capacity of the keys of messages to distributors' systems, counted as AWS counts."""

from dataclasses import replace

import pytest

from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.records import from_item
from chalicelib.table.transactions import Transaction
from chalicelib.webhooks import keys as webhooks_keys
from chalicelib.webhooks import rules as webhooks_rules
from chalicelib.webhooks import store as webhooks_store
from chalicelib.webhooks.rules import Endpoint, Message, Secret
from tests.conftest import NOON
from tests.support.spent import measures, spent

DISTRIBUTOR = "dst_" + "0" * 32

LANE = "cmp_" + "0" * 32


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def message(context: Context, number: int, lane: str = LANE) -> Message:
    return Message(
        message_id=webhooks_rules.message_id(context.at, f"evt_{number:032x}"),
        distributor_id=DISTRIBUTOR,
        lane=lane,
        type="order.accepted",
        happened_at=context.at,
        expires_at=context.expiry(days=30),
        called_at=0,
        attempt="",
        order_id="ord_" + "0" * 32,
        change={"reason": "No stock until May"},
    )


def waiting(context: Context, count: int) -> list[Message]:
    made = [message(context, number) for number in range(count)]
    for each in made:
        tx = Transaction()
        webhooks_store.create_message(tx, each)
        context.table.commit(tx)
    return made


@measures(webhooks_keys.webhook_message)
@measures(webhooks_keys.webhook_endpoint)
def test_a_message_is_written_taken_and_settled_for_a_few_units(context: Context) -> None:
    endpoint = Endpoint(
        distributor_id=DISTRIBUTOR,
        url="https://erp.example/hooks",
        language="ru",
        secrets=(Secret("whsec_" + "A" * 44), Secret("whsec_" + "B" * 44, 1_800_000_000)),
        active=True,
        paused_for="",
        changed_at=context.at,
        created_at=context.at,
        last_success_at="",
        last_letter_at="",
        version=1,
    )
    tx = Transaction()
    webhooks_store.put_endpoint(tx, endpoint)
    context.table.commit(tx)
    with spent(context.table.client) as writing:
        (made,) = waiting(context, 1)
    assert writing.write_units <= 4
    with spent(context.table.client) as reading:
        assert webhooks_store.read_with_endpoint(context.table, DISTRIBUTOR, made.message_id) == (made, endpoint)
    assert (reading.calls, reading.read_units) == (["BatchGetItem"], 2)
    taken = webhooks_rules.with_attempt(made, "att_1", context.at, 1)
    with spent(context.table.client) as taking:
        webhooks_store.take(context.table, made, taken)
    assert (taking.calls, taking.write_units) == (["PutItem"], 1)
    with spent(context.table.client) as settling:
        tx = Transaction()
        webhooks_store.settle(tx, replace(taken, state="delivered"))
        context.table.commit(tx)
    assert settling.write_units <= 4
    with spent(context.table.client) as asking:
        assert webhooks_store.read_endpoint(context.table, DISTRIBUTOR, consistent=False) == endpoint
    assert (asking.calls, asking.read_units) == (["GetItem"], 0.5)


@measures(webhooks_keys.webhook_message)
def test_a_page_of_messages_is_one_call_newest_first(context: Context) -> None:
    made = waiting(context, 30)
    with spent(context.table.client) as cost:
        page = webhooks_store.list_messages(context.table, DISTRIBUTOR, limit=25, after=None)
    assert [from_item(Message, item) for item in page.items] == made[:4:-1]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 2
    with spent(context.table.client) as cost:
        page = webhooks_store.messages_between(context.table, DISTRIBUTOR, context.at, context.at, limit=25, after=None)
    assert [from_item(Message, item) for item in page.items] == made[:25]
    assert (cost.calls, cost.read_units <= 4) == (["Query"], True)


@measures(webhooks_keys.webhook_waiting)
def test_whose_turn_it_is_costs_one_unit_however_many_wait(context: Context) -> None:
    made = waiting(context, 30)
    with spent(context.table.client) as cost:
        assert webhooks_store.first_waiting(context.table, DISTRIBUTOR, LANE) == made[0].message_id
    assert (cost.calls, cost.read_units) == (["Query"], 1)
    for number in range(3):
        tx = Transaction()
        webhooks_store.create_message(tx, message(context, 100 + number, f"cmp_{number + 1:032x}"))
        context.table.commit(tx)
    with spent(context.table.client) as cost:
        found = list(webhooks_store.lanes(context.table, DISTRIBUTOR, ""))
    assert [lane for lane, _ in found] == [LANE, *(f"cmp_{number + 1:032x}" for number in range(3))]
    assert cost.calls == ["Query"] * 5
    assert list(webhooks_store.lanes(context.table, DISTRIBUTOR, LANE)) == found[1:]
