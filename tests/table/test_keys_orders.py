"""What the catalogue's, the orders' and the distributors' rows of the map cost, counted as AWS counts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest

from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog import store as catalog
from chalicelib.orders import credit, credit_keys, distributor_keys, distributors, store
from chalicelib.orders import keys as orders_keys
from chalicelib.orders.rules import State
from chalicelib.orders.schemas import DistributorPersonForm
from chalicelib.platform import http
from chalicelib.platform import keys as platform_keys
from chalicelib.platform.idempotency import Once
from chalicelib.platform.work import Work
from chalicelib.table import Refused, Table, Transaction
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.partners import distributor, reach
from tests.support.spent import measures, spent

REGION = "RU-MOW"


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = count(1)
    return Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@pytest.fixture
def market(work: Work, monkeypatch: pytest.MonkeyPatch) -> Market:
    from app import app

    monkeypatch.setattr(http, "work_now", lambda: work)
    return Market(Api(app), work)


# --- the catalogue ----------------------------------------------------------------------------------------------------


@measures(catalog_keys.product)
def test_a_page_of_the_catalogue_is_one_call_and_costs_what_it_shows(work: Work) -> None:
    stock(work, *(row(f"LMP-{number:03}", category="lamps" if number % 2 else "rails") for number in range(120)))
    with spent(work.table.client) as cost:
        page = catalog.page(work.table, limit=25, after=None)
    assert [item["sku"] for item in page.items] == [f"LMP-{number:03}" for number in range(25)]
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(catalog_keys.product)
def test_the_products_of_an_order_are_one_call_of_half_a_unit_each(work: Work) -> None:
    stock(work, *(row(f"LMP-{number:03}") for number in range(20)))
    with spent(work.table.client) as cost:
        assert len(catalog.read_products(work.table, [f"LMP-{number:03}" for number in range(20)])) == 20
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 10)


# --- distributors -----------------------------------------------------------------------------------------------------


@measures(distributor_keys.distributor)
def test_a_distributor_is_one_call_of_half_a_unit(work: Work) -> None:
    distributor_id, _ = distributor(work, *(f"RU-A{number:02}" for number in range(45)))
    with spent(work.table.client) as cost:
        found = store.read_distributor(work.table, distributor_id)
    assert found
    assert len(found.regions) == 45
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)


@measures(distributor_keys.region)
def test_who_serves_a_region_is_one_call_of_half_a_unit_however_many_do(work: Work) -> None:
    for number in range(30, 0, -1):
        distributor(work, REGION, name=f"Opt {number}", priority=number)
    with spent(work.table.client) as cost:
        found = store.first_of_region(work.table, REGION)
    assert found
    assert found[1] == "Opt 1"
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(distributor_keys.distributor_person)
def test_the_people_of_a_distributor_are_one_call_and_its_orders_do_not_count(market: Market, work: Work) -> None:
    for number in range(10):
        market.placed({"LMP-1": number + 1})
        person = DistributorPersonForm(name="Oleg Orlov", email=f"oleg{number}@svet.example")
        distributors.add_person(work, market.distributor_id, person)
    with spent(work.table.client) as cost:
        page = store.list_people(work.table, market.distributor_id, 25, None)
    assert len(page.items) == 11
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(distributor_keys.distributor_person)
def test_that_a_person_works_for_the_distributor_is_checked_in_the_transaction_of_the_step(work: Work) -> None:
    distributor_id, _ = distributor(work, REGION)
    tx = Transaction()
    store.check_person(tx, distributor_id, "mbr_gone")
    tx.put(orders_keys.distributor_order(distributor_id, "ord_1").as_item())
    with pytest.raises(Refused) as refused, spent(work.table.client) as cost:
        work.table.commit(tx)
    assert "membership" in refused.value
    assert cost.calls == ["TransactWriteItems"]


@measures(distributor_keys.distributor_list)
def test_distributors_by_name_are_one_call_for_a_page(work: Work) -> None:
    for number in range(30):
        distributor(work, REGION, name=f"Opt {number:02}")
    with spent(work.table.client) as cost:
        page = store.list_distributors(work.table, 25, None)
    assert [item["name"] for item in page.items] == [f"Opt {number:02}" for number in range(25)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1.5


# --- orders -----------------------------------------------------------------------------------------------------------


def twenty_lines(market: Market) -> dict[str, int]:
    stock(market.work, *(row(f"S-{number:02}") for number in range(20)))
    reach(market.work, market.company_id, "150000")
    return {f"S-{number:02}": 5 for number in range(20)}


@measures(orders_keys.order)
def test_an_order_of_twenty_lines_is_read_strongly_in_one_call(market: Market) -> None:
    order_id = market.placed(twenty_lines(market))
    with spent(market.work.table.client) as cost:
        order = store.read_order(market.work.table, market.company_id, order_id)
    assert order
    assert len(order.lines) == 20
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 3


@measures(orders_keys.order)
def test_an_order_of_twenty_lines_is_placed_in_three_reads_and_one_transaction(market: Market) -> None:
    lines = twenty_lines(market)
    with spent(market.work.table.client) as cost:
        assert market.place(lines).status == 201
    assert cost.calls == ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]
    # At half a unit: 20 products, company, standing, terms, credit, member, membership, promotions, categories; the key; the region.
    assert cost.read_units <= 17
    assert cost.write_units <= 60  # the order in the table and in two lists, the remembered answer


@measures(orders_keys.order_list)
@measures(orders_keys.distributor_queue)
def test_a_page_of_orders_is_one_call_for_the_company_and_for_the_distributor(
    market: Market, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = []
    for minutes in range(12):
        later = replace(work, now=work.now + timedelta(minutes=minutes))
        monkeypatch.setattr(http, "work_now", lambda later=later: later)
        placed.append(market.placed())
    pages = [
        lambda: store.company_orders(work.table, market.company_id, state=None, limit=10, after=None),
        lambda: store.distributor_orders(work.table, market.distributor_id, state=None, limit=10, after=None),
    ]
    for ask in pages:
        with spent(work.table.client) as cost:
            page = ask()
        assert [item["order_id"] for item in page.items] == placed[:1:-1]
        assert cost.calls == ["Query"]
        assert cost.read_units <= 2.5  # ten orders of 1.3 KB


@measures(orders_keys.distributor_queue)
def test_orders_in_one_state_are_one_call_out_of_the_newest(market: Market, work: Work) -> None:
    kept = market.placed()
    for _ in range(5):
        market.cancel(market.placed())
    with spent(work.table.client) as cost:
        page = store.distributor_orders(work.table, market.distributor_id, state=State.PLACED, limit=25, after=None)
    assert [item["order_id"] for item in page.items] == [kept]
    assert cost.calls == ["Query"]


@measures(orders_keys.distributor_order)
def test_a_distributors_order_is_two_calls_and_another_distributors_one(market: Market, work: Work) -> None:
    order_id = market.placed()
    rival, _ = distributor(work, REGION, name="Rival")
    with spent(work.table.client) as cost:
        assert store.read_distributors_order(work.table, market.distributor_id, order_id)
    assert (cost.calls, cost.read_units) == (["GetItem", "GetItem"], 2)
    with spent(work.table.client) as cost:
        assert store.read_distributors_order(work.table, rival, order_id) is None
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(orders_keys.shipment)
def test_a_document_is_held_in_the_transaction_of_its_shipment(market: Market, work: Work) -> None:
    order_id = market.placed()
    market.accept(order_id)
    with spent(work.table.client) as cost:
        market.ship(order_id, document="УТ-1")
    assert cost.calls == ["GetItem"] * 4 + ["TransactWriteItems"]
    mark = work.table.get(orders_keys.shipment(market.distributor_id, 2026, "УТ-1"))
    assert mark
    assert mark["order_id"] == order_id


@measures(platform_keys.once)
def test_whether_a_request_was_done_is_one_strong_call(market: Market, work: Work) -> None:
    market.place(key="cart-7")
    once = Once(caller="mbr_1", key="cart-8", fingerprint="")
    with spent(work.table.client) as cost:
        assert once.recall(work) is None
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(work.table.client) as cost:
        assert market.place(key="cart-7").headers["idempotency-replayed"] == "true"
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(credit_keys.credit)
def test_what_is_owed_is_part_of_the_one_read_of_an_order(work: Work) -> None:
    tx = Transaction()
    debts = {
        f"debt:{number}": {"document": f"УТ-{number}", "amount": Decimal(100), "due_on": "2026-12-01"}
        for number in range(40)
    }
    tx.put({**credit_keys.credit("cmp_1").as_item(), "used": Decimal(4000), **debts})
    work.table.commit(tx)
    with spent(work.table.client) as cost:
        found = work.table.get_many([credit_keys.credit("cmp_1")])
    assert len(credit.overdue(found[credit_keys.credit("cmp_1")], date(2026, 12, 2))) == 40
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 0.5)
