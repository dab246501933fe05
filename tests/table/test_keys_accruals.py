"""What the rows of accruals, payments and machine clients cost, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib import sales
from chalicelib.bonuses import (
    accrual_consumers,
    accrual_keys,
    accrual_store,
    accruals,
    coalition,
    coalition_keys,
    payment_keys,
    payments,
)
from chalicelib.bonuses.coalition import Asked, Client, Limits
from chalicelib.bonuses.payments import Payment
from chalicelib.companies import keys as companies_keys
from chalicelib.platform.events import Event
from chalicelib.platform.work import Work
from chalicelib.table import Table
from tests.bonuses.accrual_steps import document
from tests.conftest import NOON
from tests.support import partners
from tests.support.spent import measures, spent

TAXI = Client("taxi", "Taxi Park", "RUB", True, Limits(Decimal(100), Decimal(500), Decimal(1000)))


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = iter(range(1, 10_000))
    return Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


def accrued(work: Work, count: int) -> list[sales.SaleDocument]:
    """A company with this many purchases, one a day, each with its accrual."""
    partners.company(work, "cmp_1")
    documents = [
        document("cmp_1", str(number), work.today - timedelta(days=number), "60000.00") for number in range(count)
    ]
    sales.record(work, documents)
    for item in list(work.table.query_all(companies_keys.company("cmp_1").pk, starts="SALE#")):
        accrual_consumers.on_sale_recorded(work, Event("sale.recorded", item["sk"], item))
    return documents


@measures(accrual_keys.accrual)
def test_what_a_document_earned_is_one_consistent_call(work: Work) -> None:
    [sale] = accrued(work, 1)
    with spent(work.table.client) as cost:
        case = accrual_store.load(work.table, "cmp_1", sale.ref)
    assert case.accrued[sale.ref].amount == 600
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(accrual_keys.accrual, accrual_keys.accrued)
def test_a_page_of_accruals_is_two_calls(work: Work) -> None:
    accrued(work, 25)
    with spent(work.table.client) as cost:
        found, last = accruals.listed(work, "cmp_1", 20, None)
    assert [each.ref[1] for each in found[:2]] == ["2026/0", "2026/1"]
    assert (len(found), last is not None) == (20, True)
    assert cost.calls == ["Query", "BatchGetItem"]
    assert cost.read_units <= 11  # half a unit for each, and one page


@measures(accrual_keys.accrued)
def test_the_accruals_since_a_day_are_one_consistent_call(work: Work) -> None:
    accrued(work, 25)
    with spent(work.table.client) as cost:
        rows = list(accrual_store.accrued_since(work.table, "cmp_1", work.today - timedelta(days=9)))
    assert len(rows) == 10
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1


@measures(accrual_keys.accrual, accrual_keys.accrued)
def test_a_purchase_is_rated_in_one_transaction(work: Work) -> None:
    partners.company(work, "cmp_1")
    sales.record(work, [document("cmp_1", "1", work.today, "60000.00")])
    [item] = work.table.query(companies_keys.company("cmp_1").pk, starts="SALE#").items
    with spent(work.table.client) as cost:
        accrual_consumers.on_sale_recorded(work, Event("sale.recorded", "evt_1", item))
    assert cost.calls.count("TransactWriteItems") == 1
    assert cost.write_units <= 16  # case, row, book with its index, posting, mark
    with spent(work.table.client) as again:
        accrual_consumers.on_sale_recorded(work, Event("sale.recorded", "evt_1", item))
    assert again.write_units == 0


@measures(payment_keys.payment)
def test_whether_a_document_is_paid_is_one_consistent_call(work: Work) -> None:
    ref = ("1c", "2026/1")
    payments.record(work, [Payment(ref, work.today)], by="test")
    with spent(work.table.client) as cost:
        assert payments.paid_on(work, ref) == work.today
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(payment_keys.payment)
def test_fifty_payments_are_a_read_and_a_transaction(work: Work) -> None:
    several = [Payment(("1c", f"2026/{number}"), work.today) for number in range(50)]
    with spent(work.table.client) as cost:
        payments.record(work, several, by="test")
    assert cost.calls == ["BatchGetItem", "TransactWriteItems"]
    assert cost.write_units == 2 * 2 * 50  # each with its event


@measures(coalition_keys.machine, coalition_keys.machine_grant, coalition_keys.machine_used)
def test_a_grant_is_one_transaction(work: Work) -> None:
    partners.company(work, "cmp_1")
    coalition.register(work, TAXI)
    for number in range(2):
        asked = Asked(f"act-{number}", "cmp_1", Decimal(50), work.today, "")
        with spent(work.table.client) as cost:
            coalition.grant(work, "taxi", asked)
        assert cost.calls.count("TransactWriteItems") == 1
        assert (
            cost.write_units <= 24
        )  # grant, two counters, event, book with its index, posting, mark, and the client's check
    with spent(work.table.client) as again:
        _, known = coalition.grant(work, "taxi", asked)
    assert (known, again.calls) == (True, ["GetItem"])
    assert again.read_units <= 1


@measures(coalition_keys.machine)
def test_a_machine_client_is_one_call(work: Work) -> None:
    coalition.register(work, TAXI)
    with spent(work.table.client) as cost:
        assert coalition.client(work, "taxi").name == "Taxi Park"
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(coalition_keys.machine_list)
def test_machine_clients_are_listed_by_name_in_one_call(work: Work) -> None:
    for number in range(30):
        coalition.register(work, TAXI._replace(client_id=f"c{number}", name=f"Partner {number:02d}"))
    with spent(work.table.client) as cost:
        page = coalition.clients(work, 25, None)
    assert [item["name"] for item in page.items[:2]] == ["Partner 00", "Partner 01"]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1.5
