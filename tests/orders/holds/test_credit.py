"""The company's open orders and debts, and the rest of the agreed limit."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib import orders, sales
from chalicelib.orders import consumers as orders_consumers
from chalicelib.orders.holds import credit
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.pricing.terms import rules as terms_rules
from chalicelib.sales import SaleDocument, SaleLine
from chalicelib.sales import consumers as sales_consumers
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item
from tests.bonuses.accruals.steps import Stream
from tests.catalog.steps import row, stock
from tests.orders.steps import Market
from tests.pricing.steps import MANAGER
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, lost_replies, races, watched
from tests.support.memory import MemoryDynamo
from tests.support.parallel import at_once
from tests.support.table import everything, restore

CALLERS = 64
ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")


def agree(market: Market, **conditions: Any) -> None:
    """A contract that holds from today on, in place of what was agreed before."""
    url = f"/v1/staff/companies/{market.company_id}/terms"
    present = market.api.call("GET", url, MANAGER).headers["etag"]
    contract = {"number": "K-7", "from": market.context.today.isoformat(), **conditions}
    answer = market.api.call("PUT", url, MANAGER, {"contracts": [contract]}, headers={"if-match": present})
    assert answer.status == 200, answer.text
    if waiting := answer.json["approval_id"]:
        assert market.post(f"/v1/staff/approvals/{waiting}/approve", ADMIN, {}).status == 200


def item(market: Market) -> Item:
    return market.context.table.get(holds_keys.credit(market.company_id), consistent=True) or {}


def used(market: Market) -> Decimal:
    return credit.used_credit(item(market))


def debts(market: Market, day: date = date.max) -> list[tuple[str, str, str]]:
    """The shipments that are owed and fall due, as document, amount and day."""
    return [(debt.document, f"{debt.amount:.2f}", str(debt.due_on)) for debt in credit.overdue_debts(item(market), day)]


def ref(market: Market, order_id: str, document: str) -> tuple[str, str]:
    return "orders", f"{market.distributor_id}:{order_id}/{document}"


def pay(market: Market, order_id: str, document: str, day: date | None, context: Context | None = None) -> None:
    """Told by whoever keeps the books, and delivered."""
    payments.record_payments(context or market.context, [Payment(ref(market, order_id, document), day)], by="mch_1")
    told(market, order_id, document)


def told(market: Market, order_id: str, document: str) -> None:
    source, number = ref(market, order_id, document)
    orders_consumers.settle_payment(
        market.context, Event("payment.recorded", "evt", {"source": source, "document": number})
    )


# --- the limit --------------------------------------------------------------------------------------------------------


def test_an_order_that_the_limit_leaves_no_room_for_is_refused_and_says_why(market: Market):
    agree(market, credit_limit="2000.00")
    assert market.place({"LMP-1": 10}).status == 201
    refused = market.place({"LMP-1": 7})
    assert (refused.status, refused.json["code"]) == (409, "credit_exceeded")
    figures = {name: refused.json[name]["amount"] for name in ("limit", "used", "left", "total")}
    assert figures == {"limit": "2000.00", "used": "1200.00", "left": "800.00", "total": "840.00"}
    assert market.place({"LMP-1": 6}).status == 201
    assert used(market) == Decimal("1920.00")


def test_an_order_above_the_whole_limit_is_refused_even_as_the_first(market: Market):
    agree(market, credit_limit="100.00")
    assert market.place({"LMP-1": 1}).json["code"] == "credit_exceeded"
    assert item(market) == {}


def test_an_order_that_takes_just_what_is_left_is_placed(market: Market):
    agree(market, credit_limit="1200.00")
    assert market.place({"LMP-1": 10}).status == 201


@pytest.mark.parametrize("end", ["cancel", "reject"])
def test_an_order_that_comes_to_nothing_gives_its_room_back(market: Market, end: str):
    agree(market, credit_limit="1200.00")
    order_id = market.placed({"LMP-1": 10})
    assert getattr(market, end)(order_id).status == 200
    assert used(market) == 0
    assert market.place({"LMP-1": 10}).status == 201


def test_what_is_accepted_with_less_gives_the_rest_back(market: Market):
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id, {"LMP-1": 4})
    assert used(market) == Decimal("480.00")


def test_without_terms_what_is_shipped_is_owed_to_nobody_here(market: Market):
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4})
    assert (used(market), debts(market)) == (Decimal("720.00"), [])


def test_what_an_order_grows_by_is_taken_when_the_company_confirms_it_and_has_to_fit(market: Market):
    agree(market, credit_limit="2000.00")
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id, {"LMP-1": 20})
    assert used(market) == Decimal("1200.00")
    refused = market.confirm(order_id)
    assert (refused.status, refused.json["code"]) == (409, "credit_exceeded")
    assert (refused.json["left"]["amount"], refused.json["total"]["amount"]) == ("800.00", "2400.00")
    market.accept(order_id, {"LMP-1": 16})
    assert market.confirm(order_id).json["state"] == "accepted"
    assert used(market) == Decimal("1920.00")


def test_what_an_order_grows_by_has_to_fit_though_its_article_is_sold_in_another_currency_meanwhile(market: Market):
    agree(market, credit_limit="2000.00")
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id, {"LMP-1": 20})
    stock(market.context, row("LMP-1", base_price={"amount": "1.50", "currency": "USD"}))
    refused = market.confirm(order_id)
    assert (refused.status, refused.json["code"]) == (409, "credit_exceeded")
    assert (refused.json["limit"], used(market)) == ({"amount": "2000.00", "currency": "RUB"}, Decimal("1200.00"))


@pytest.mark.parametrize("end", ["decline", "cancel", "reject"])
def test_a_changed_order_that_comes_to_nothing_gives_back_what_was_ordered(market: Market, end: str):
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id, {"LMP-1": 20})
    assert getattr(market, end)(order_id).status == 200
    assert used(market) == 0


def test_an_approved_cancellation_gives_back_what_is_not_shipped(market: Market):
    agree(market, deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4})
    market.request_cancellation(order_id)
    assert market.approve_cancellation(order_id).json["state"] == "completed"
    assert (used(market), len(debts(market))) == (Decimal("480.00"), 1)


# --- shipments on credit ----------------------------------------------------------------------------------------------


def test_a_shipment_on_credit_stays_used_until_it_is_paid(market: Market):
    agree(market, credit_limit="5000.00", deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1.2")
    due = str(market.context.today + timedelta(days=30))
    assert (used(market), debts(market)) == (Decimal("1200.00"), [("УТ-1.2", "480.00", due)])
    pay(market, order_id, "УТ-1.2", market.context.today)
    assert (used(market), debts(market)) == (Decimal("720.00"), [])


def test_a_payment_that_was_told_before_its_shipment_counts(market: Market):
    agree(market, deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    pay(market, order_id, "УТ-1", market.context.today)
    market.ship(order_id, document="УТ-1")
    (shipped,) = (event for event in market.events() if event["event"] == "order.shipped")
    orders_consumers.settle_shipment(market.context, Event("order.shipped", "evt", shipped))
    assert (used(market), debts(market)) == (0, [])


def test_a_company_that_pays_for_nothing_orders_until_its_debts_are_as_many_as_an_item_should_name(
    market: Market, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(credit, "MOST_DEBTS", 1)
    agree(market, deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    refused = market.place({"LMP-1": 10})
    assert (refused.status, refused.json["code"]) == (409, "credit_exceeded")
    market.ship(order_id, document="УТ-2")  # what was ordered still ships
    pay(market, order_id, "УТ-1", market.context.today)
    pay(market, order_id, "УТ-2", market.context.today)
    assert market.place({"LMP-1": 10}).status == 201


@pytest.mark.parametrize("paid_first", [False, True])
def test_a_payment_that_the_books_tell_of_settles_the_shipment(memory_market: Market, paid_first: bool):
    market = memory_market
    agree(market, deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")
    facts = {"lines": [SaleLine.of("LMP-1", "Лампа", Decimal(10), amount=Decimal("1200.00"))], "series": "2026"}
    booked = SaleDocument("1c", "УТ-1", market.company_id, market.context.today, "RUB", **facts)
    steps = [
        lambda: payments.record_payments(market.context, [Payment(booked.ref, market.context.today)], by="imp_1"),
        lambda: sales.record(market.context, [booked]),
    ]
    for step in steps if paid_first else reversed(steps):
        step()
    consumers = {
        "order.shipped": [orders_consumers.record_shipment],
        "sale.joined": [sales_consumers.on_sale_joined],
        "payment.recorded": [sales_consumers.on_payment_recorded, orders_consumers.settle_payment],
    }
    Stream(market.context, consumers).drain()
    assert (used(market), debts(market)) == (0, [])
    assert list(sales.day_totals(market.context, market.company_id, date.min, date.max).net.values()) == [1200]


def test_a_payment_that_is_withdrawn_is_owed_again(market: Market):
    agree(market, deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")
    pay(market, order_id, "УТ-1", market.context.today)
    later = replace(market.context, now=market.context.now + timedelta(hours=1))
    pay(market, order_id, "УТ-1", None, later)
    assert (used(market), len(debts(market))) == (Decimal("1200.00"), 1)


def test_goods_that_cost_nothing_are_owed_for_nothing(market: Market, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(terms_rules, "needs_two", lambda *_: False)
    stock(market.context, row("SCREW", base_price={"amount": "0.01", "currency": "RUB"}))
    agree(market, deferral_days=10, discounts=[{"goods": {"skus": ["SCREW"]}, "percent": "60"}])
    order_id = market.placed({"SCREW": 1})
    market.accept(order_id)
    assert market.ship(order_id, document="УТ-1").status == 200
    assert (used(market), debts(market)) == (0, [])


def test_a_shipment_is_on_credit_as_agreed_on_its_day_whenever_it_is_told(
    market: Market, monkeypatch: pytest.MonkeyPatch
):
    today = market.context.today
    agree(market, deferral_days=10, to=today.isoformat())
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    tomorrow = replace(market.context, now=market.context.now + timedelta(days=1))
    monkeypatch.setattr(respond, "context_now", lambda: tomorrow)
    assert market.ship(order_id, {"LMP-1": 4}, document="УТ-1", day=today.isoformat()).status == 200
    assert debts(market) == [("УТ-1", "480.00", str(today + timedelta(days=10)))]
    assert market.ship(order_id, document="УТ-2").status == 200
    assert len(debts(market)) == 1  # the contract is over on that day


def test_what_is_agreed_in_the_company_s_currency_says_nothing_of_orders_in_another(market: Market):
    stock(market.context, row("EUR-1", base_price={"amount": "10.00", "currency": "EUR"}))
    prices = [{"sku": "EUR-1", "price": "8.00"}]
    agree(market, credit_limit="1200.00", deferral_days=10, minimum_order="500.00", prices=prices)
    answer = market.place({"EUR-1": 200})
    assert answer.status == 201, answer.text
    assert answer.json["total"] == {"amount": "2000.00", "currency": "EUR"}
    assert market.place({"LMP-1": 10}).status == 201  # the limit is whole
    market.accept(answer.json["order_id"], {"EUR-1": 100})
    market.ship(answer.json["order_id"], document="УТ-1")
    assert (used(market), debts(market)) == (Decimal("1200.00"), [])
    assert market.place({"EUR-1": 1}).status == 201  # and so is the minimum of its own currency


def test_an_account_takes_no_order_in_a_currency_that_nobody_told_apart(market: Market) -> None:
    assert market.place({"LMP-1": 10}).status == 201
    key = holds_keys.credit(market.company_id)
    market.context.table.update(key, put={"currency": "EUR"})
    before = market.context.table.get(key)
    assert market.place({"LMP-1": 10}).status == 500
    assert market.context.table.get(key) == before


def test_who_owes_what_is_overdue_orders_nothing_until_it_is_paid(market: Market, monkeypatch: pytest.MonkeyPatch):
    agree(market, deferral_days=10)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")

    def on_day(days: int) -> Context:
        context = replace(market.context, now=market.context.now + timedelta(days=days))
        monkeypatch.setattr(respond, "context_now", lambda: context)
        return context

    on_day(10)
    assert market.place({"LMP-1": 1}).status == 201  # due today is not overdue
    on_day(11)
    refused = market.place({"LMP-1": 1})
    assert (refused.status, refused.json["code"]) == (409, "debt_overdue")
    due = str(market.context.today + timedelta(days=10))
    assert refused.json["documents"] == [{"document": "УТ-1", "amount": "1200.00", "due_on": due}]
    pay(market, order_id, "УТ-1", market.context.today)
    assert market.place({"LMP-1": 1}).status == 201


# --- goods that came back ---------------------------------------------------------------------------------------------


def tell_returned(market: Market) -> None:
    """All that came back, delivered to who keeps the purchases and the debts."""
    follow = {
        "order.shipped": orders_consumers.record_shipment,
        "order.returned": orders_consumers.record_return,
        "sale.recorded": orders_consumers.settle_sale,
    }
    for name, consume in follow.items():
        for item in market.everything():
            if item.get("event") == name:
                consume(market.context, Event(name, "evt", item))


def on_credit(market: Market) -> str:
    agree(market, deferral_days=30)
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")
    assert used(market) == Decimal("1320.60")
    return order_id


def test_a_shipment_that_is_not_paid_is_owed_for_what_did_not_come_back(market: Market):
    order_id = on_credit(market)
    market.returned(order_id, ("УТ-1", "LMP-1", 1), ("УТ-1", "LMP-2", 7))
    for _ in range(2):
        tell_returned(market)
        assert (used(market), [debt[1] for debt in debts(market)]) == (Decimal("1130.25"), ["1130.25"])
    pay(market, order_id, "УТ-1", market.context.today)
    assert (used(market), debts(market)) == (0, [])


def test_a_shipment_of_which_all_came_back_is_owed_no_more(market: Market):
    order_id = on_credit(market)
    market.returned(order_id, ("УТ-1", "LMP-1", 10), ("УТ-1", "LMP-2", 12))
    tell_returned(market)
    assert (used(market), debts(market)) == (0, [])


def test_what_came_back_of_a_paid_shipment_was_not_owed(market: Market):
    order_id = on_credit(market)
    pay(market, order_id, "УТ-1", market.context.today)
    market.returned(order_id, ("УТ-1", "LMP-1", 1))
    tell_returned(market)
    assert used(market) == 0
    later = replace(market.context, now=market.context.now + timedelta(hours=1))
    pay(market, order_id, "УТ-1", None, later)
    assert used(market) == Decimal("1200.60")  # the payment turned out to be none: the rest is owed again


@pytest.mark.parametrize("other", ["paid", "returned"])
def test_however_payments_and_returns_meet_the_debt_is_exact(market: Market, other: str):
    order_id = on_credit(market)
    market.returned(order_id, ("УТ-1", "LMP-1", 1))
    before = everything(market.context)

    def meanwhile() -> None:
        if other == "paid":
            pay(market, order_id, "УТ-1", market.context.today)
        else:
            market.returned(order_id, ("УТ-1", "LMP-1", 2), document="ВЗ-2")
            tell_returned(market)

    for race in races(meanwhile):
        with race:
            told(market, order_id, "УТ-1")
        tell_returned(market)
        expected = Decimal(0) if other == "paid" and race.happened else Decimal("1200.60")
        if other == "returned" and race.happened:
            expected = Decimal("960.60")
        assert (used(market), sum(debt.amount for debt in credit.debts_of(item(market)))) == (expected, expected), race
        restore(market.context, before)


def test_a_return_is_settled_once_whatever_breaks(market: Market):
    order_id = on_credit(market)
    market.returned(order_id, ("УТ-1", "LMP-1", 1))
    before = item(market)
    for interruption in chain(crashes(), lost_replies()):
        market.context.table.put(before)
        with interruption, suppress(ConnectionClosedError):
            tell_returned(market)
        tell_returned(market)
        assert used(market) == Decimal("1200.60"), interruption


def test_what_other_systems_are_paid_is_of_no_concern_here(market: Market):
    orders_consumers.settle_payment(
        market.context, Event("payment.recorded", "evt", {"source": "1c", "document": "2026/УТ-1"})
    )
    assert item(market) == {}


def test_a_payment_is_settled_once_whatever_breaks(market: Market):
    agree(market, deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")
    payments.record_payments(market.context, [Payment(ref(market, order_id, "УТ-1"), market.context.today)], by="mch_1")
    before = item(market)
    for interruption in chain(crashes(), lost_replies()):
        market.context.table.put(before)
        with interruption, suppress(ConnectionClosedError):
            told(market, order_id, "УТ-1")
        told(market, order_id, "УТ-1")
        assert (used(market), debts(market)) == (0, []), interruption


def test_a_company_sees_what_it_has_on_order_and_owes(market: Market):
    def shown() -> Any:
        return market.api.call("GET", "/v1/company/credit", market.buyer).json

    assert shown() == {"limit": None, "used": {"amount": "0.00", "currency": "RUB"}, "left": None, "debts": []}
    agree(market, credit_limit="2000.00", deferral_days=30)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    due = str(market.context.today + timedelta(days=30))
    debt = {"document": "УТ-1", "amount": {"amount": "480.00", "currency": "RUB"}, "due_on": due, "overdue": False}
    told = shown()
    assert [told[name]["amount"] for name in ("limit", "used", "left")] == ["2000.00", "1200.00", "800.00"]
    assert told["debts"] == [debt]
    assert market.order(order_id)["shipments"][0]["due_on"] == due
    assert market.api.call("GET", f"/v1/staff/companies/{market.company_id}/credit", MANAGER).json == told
    assert market.api.call("GET", "/v1/staff/companies/cmp_none/credit", MANAGER).status == 404


# --- many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("a_request_per_thread")
def test_of_many_orders_at_once_just_as_many_are_placed_as_the_limit_holds(local_market: Market):
    agree(local_market, credit_limit="1300.00")
    answers = at_once(CALLERS, lambda number: local_market.place({"LMP-1": 1}, key=f"cart-{number}"))
    assert [answer.status for answer in answers].count(201) == 10
    refused = [answer.json for answer in answers if answer.status != 201]
    assert {answer["code"] for answer in refused} == {"credit_exceeded"}
    assert {answer["left"]["amount"] for answer in refused} == {"100.00"}
    assert used(local_market) == Decimal("1200.00")


# --- whatever happens -------------------------------------------------------------------------------------------------


class Credit(RuleBasedStateMachine):
    """Orders, steps, payments and their withdrawals in any order, each of them told any number of times."""

    market: Market

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.shipments: list[tuple[str, str]] = []
        self.paid: dict[tuple[str, str], bool] = {}
        self.moments = 0

    @rule(quantity=st.integers(1, 9))
    def place(self, quantity: int) -> None:
        answer = self.market.place({"LMP-1": quantity})
        if answer.status == 201:
            self.ids.append(answer.json["order_id"])

    @rule(data=st.data(), step=st.sampled_from(["accept", "confirm", "reject", "cancel"]), other=st.integers(0, 9))
    def answer(self, data: st.DataObject, step: str, other: int) -> None:
        if self.ids:
            order_id = data.draw(st.sampled_from(self.ids))
            if step == "accept":
                self.market.accept(order_id, {"LMP-1": other})
            else:
                getattr(self.market, step)(order_id)

    @rule(data=st.data(), quantity=st.integers(1, 9))
    def ship(self, data: st.DataObject, quantity: int) -> None:
        if self.ids:
            order_id, document = data.draw(st.sampled_from(self.ids)), f"УТ-{len(self.shipments)}"
            if self.market.ship(order_id, {"LMP-1": quantity}, document=document).status == 200:
                self.shipments.append((order_id, document))

    @rule(data=st.data(), paid=st.booleans())
    def pay(self, data: st.DataObject, paid: bool) -> None:
        if self.shipments:
            shipment = data.draw(st.sampled_from(self.shipments))
            self.moments += 1
            later = replace(self.market.context, now=self.market.context.now + timedelta(seconds=self.moments))
            pay(self.market, *shipment, self.market.context.today if paid else None, later)
            self.paid[shipment] = paid

    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        if self.shipments:
            told(self.market, *data.draw(st.sampled_from(self.shipments)))

    @rule(limit=st.none() | st.integers(100, 3000), deferral=st.none() | st.integers(0, 60))
    def agree(self, limit: int | None, deferral: int | None) -> None:
        agree(self.market, credit_limit=f"{limit}.00" if limit else None, deferral_days=deferral)

    @invariant()
    def what_is_used_is_what_is_open_and_what_is_owed(self) -> None:
        expected = Decimal(0)
        for order_id in self.ids:
            order = orders.load_order(self.market.context, self.market.company_id, order_id)
            assert order is not None
            if order.state in ("placed", "changed", "accepted", "partly_shipped"):
                expected += sum(line.left * line.unit_price for line in order.lines)
            for shipment in order.shipments:
                if shipment.on_credit and not self.paid.get((order_id, shipment.document)):
                    expected += shipment.total
        assert used(self.market) == expected


def test_what_is_used_is_always_what_is_open_and_what_is_owed(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin() -> Credit:
        fresh = replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))
        monkeypatch.setattr(respond, "context_now", lambda: fresh)
        machine = Credit()
        machine.market = Market(api, fresh)
        return machine

    run_state_machine_as_test(
        begin,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        ),
    )
