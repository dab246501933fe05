"""The calls and the capacity of the keys of payments, counted as AWS counts."""

import pytest

from chalicelib.platform.context import Work
from chalicelib.sales.payments import keys as payments_keys
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = iter(range(1, 10_000))
    return Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


@measures(payments_keys.payment)
def test_whether_a_document_is_paid_is_one_consistent_call(work: Work) -> None:
    ref = ("1c", "2026/1")
    payments.record_payments(work, [Payment(ref, work.today)], by="test")
    with spent(work.table.client) as cost:
        assert payments.paid_on(work, ref) == work.today
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(payments_keys.payment)
def test_fifty_payments_are_a_read_and_a_transaction(work: Work) -> None:
    several = [Payment(("1c", f"2026/{number}"), work.today) for number in range(50)]
    with spent(work.table.client) as cost:
        payments.record_payments(work, several, by="test")
    assert cost.calls == ["BatchGetItem", "TransactWriteItems"]
    assert cost.write_units == 2 * 2 * 50  # each with its event
