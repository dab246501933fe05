"""The calls and the capacity of the keys of payments, counted as AWS counts."""

import pytest

from chalicelib.platform.context import Context
from chalicelib.sales.payments import keys as payments_keys
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = iter(range(1, 10_000))
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


@measures(payments_keys.payment)
def test_whether_a_document_is_paid_is_one_consistent_call(context: Context) -> None:
    ref = ("1c", "2026/1")
    payments.record_payments(context, [Payment(ref, context.today)], by="test")
    with spent(context.table.client) as cost:
        assert payments.paid_on(context, ref) == context.today
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(payments_keys.payment)
def test_forty_nine_payments_are_a_read_and_a_transaction(context: Context) -> None:
    several = [Payment(("1c", f"2026/{number}"), context.today) for number in range(49)]
    with spent(context.table.client) as cost:
        payments.record_payments(context, several, by="test")
    assert cost.calls == ["BatchGetItem", "TransactWriteItems"]
    assert cost.write_units == 2 * 2 * 49  # each with its event
