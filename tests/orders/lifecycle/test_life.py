"""The whole life of orders: all who act on them, whoever dies on the way, however often and in whatever order things are told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chalicelib import orders, sales
from chalicelib.bonuses.redemptions import consumers as redemptions_consumers
from chalicelib.orders import consumers as orders_consumers
from chalicelib.orders.holds import credit
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.orders.order.model import CancellationState, ReturnState
from chalicelib.orders.order.rules import Order, OrderState, Shipment
from chalicelib.platform.context import Context
from chalicelib.platform.events import Consumer, Event
from chalicelib.platform.http import respond
from chalicelib.platform.ids import derived_id
from chalicelib.platform.money import line_sum
from chalicelib.sales import SaleDocument, SaleLine
from chalicelib.sales import consumers as sales_consumers
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item
from tests.catalog.steps import row, stock
from tests.orders.holds.test_credit import agree
from tests.orders.steps import Market
from tests.pricing.steps import Office
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import Died, Interruption, crashes, lost_replies, uncounted, watched
from tests.support.memory import MemoryDynamo
from tests.support.partners import staff
from tests.support.table import everything, restore

KEY = "the-one-request"
MOST_ORDERS = 3
OPEN = (OrderState.PLACED, OrderState.CHANGED, OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED)

# At which of its calls somebody dies, and whether after it; most often nobody does.
BREAKS = st.none() | st.none() | st.tuples(st.integers(1, 5), st.booleans())


def _die() -> None:
    raise Died


CONSUMERS: dict[str, list[Consumer]] = {
    "order.confirmed": [redemptions_consumers.on_order_changed],
    "order.accepted": [redemptions_consumers.on_order_changed],
    "order.rejected": [redemptions_consumers.on_order_changed],
    "order.cancelled": [redemptions_consumers.on_order_changed],
    "order.completed": [redemptions_consumers.on_order_changed],
    "order.shipped": [
        orders_consumers.record_shipment,
        orders_consumers.settle_shipment,
        redemptions_consumers.on_order_changed,
    ],
    "order.returned": [
        orders_consumers.record_return,
        redemptions_consumers.on_order_changed,
    ],
    "sale.recorded": [sales_consumers.on_sale_recorded, orders_consumers.settle_sale],
    "sale.joined": [sales_consumers.on_sale_joined],
    "payment.recorded": [orders_consumers.settle_payment, sales_consumers.on_payment_recorded],
}


def in_memory(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Market:
    fresh = replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))
    monkeypatch.setattr(respond, "context_now", lambda: fresh)
    return Market(api, fresh)


@pytest.fixture
def quick(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Market:
    return in_memory(api, context, monkeypatch)


def tell(market: Market, item: Item) -> None:
    """One event to all its consumers, whether they have heard of it or not."""
    for consume in CONSUMERS.get(item["event"], ()):
        consume(market.context, Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item))


def told_of(market: Market) -> list[Item]:
    """Every event there is."""
    return [item for item in everything(market.context).values() if item.get("event") in CONSUMERS]


def tell_all(market: Market, *, backwards: bool = False) -> None:
    """Every event, and those that follow from them."""
    heard: set[tuple[str, str]] = set()
    while waiting := [item for item in told_of(market) if (item["pk"], item["sk"]) not in heard]:
        for item in reversed(waiting) if backwards else waiting:
            heard.add((item["pk"], item["sk"]))
            tell(market, item)


def all_orders(market: Market) -> list[Order]:
    ids = [
        item["order_id"]
        for item in everything(market.context).values()
        if item["sk"].startswith("ORDER#") and "packed" in item
    ]
    found = [orders.load_order(market.context, market.company_id, order_id) for order_id in ids]
    return [order for order in found if order]


def shipped_less_returned(order: Order) -> Decimal:
    shipped = sum((shipment.total for shipment in order.shipments), Decimal(0))
    return shipped - sum((line.amount for line in order.came_back), Decimal(0))


def volume(market: Market) -> Decimal:
    year = market.context.today.year
    totals = sales.day_totals(market.context, market.company_id, date(year, 1, 1), date(year, 12, 31))
    return sum(totals.net.values(), Decimal(0))


# --- each step, whatever breaks ---------------------------------------------------------------------------------------

Begin = Callable[[Market], str]


def changed(market: Market) -> str:
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    market.accept(order_id, {"LMP-1": 12})
    return order_id


def accepted(market: Market) -> str:
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    market.accept(order_id)
    return order_id


def asked_to_cancel(market: Market) -> str:
    order_id = accepted(market)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    market.request_cancellation(order_id)
    return order_id


def shipped(market: Market) -> str:
    order_id = accepted(market)
    market.ship(order_id, document="УТ-1")
    return order_id


def asked_to_return(market: Market) -> str:
    order_id = shipped(market)
    market.request_return(order_id, ("УТ-1", "LMP-1", 4))
    return order_id


def return_id(market: Market, order_id: str) -> str:
    with uncounted():
        return str(market.order(order_id)["returns"][-1]["return_id"])


STEPS: dict[str, tuple[Begin, Callable[[Market, str], Answer]]] = {
    "change": (lambda market: market.placed(), lambda market, each: market.accept(each, {"LMP-1": 12}, key=KEY)),
    "confirm": (changed, lambda market, each: market.confirm(each, version=2, key=KEY)),
    "decline": (changed, lambda market, each: market.decline(each, key=KEY)),
    "request cancellation": (accepted, lambda market, each: market.request_cancellation(each, key=KEY)),
    "approve cancellation": (asked_to_cancel, lambda market, each: market.approve_cancellation(each, key=KEY)),
    "decline cancellation": (asked_to_cancel, lambda market, each: market.decline_cancellation(each, key=KEY)),
    "request return": (shipped, lambda market, each: market.request_return(each, ("УТ-1", "LMP-1", 4), key=KEY)),
    "accept return": (
        asked_to_return,
        lambda market, each: market.accept_return(each, return_id(market, each), ("УТ-1", "LMP-1", 3), key=KEY),
    ),
    "reject return": (
        asked_to_return,
        lambda market, each: market.reject_return(each, return_id(market, each), key=KEY),
    ),
    "order for a company": (lambda market: "", lambda market, each: place_for(market, 10, key=KEY)),
    "cancel for a company": (
        lambda market: market.placed(),
        lambda market, each: market.post(f"{ABOUT}/{each}/cancel", MANAGER, {}, key=KEY),
    ),
}
ABOUT = "/v1/staff/companies/cmp_1/orders"
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


def place_for(market: Market, quantity: int, *, key: str) -> Answer:
    return market.post(ABOUT, MANAGER, {"lines": [{"sku": "LMP-1", "quantity": quantity}]}, key=key)


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_step_is_finished_by_its_repeat_and_done_once(
    quick: Market, monkeypatch: pytest.MonkeyPatch, step: str
):
    staff(quick.context, "mbr_manager", "manager")
    begin, act = STEPS[step]
    order_id, beginning = begin(quick), everything(quick.context)

    def attempt() -> Answer:
        numbers = count(1)
        monkeypatch.setattr(
            respond,
            "context_now",
            lambda: replace(quick.context, new_id=lambda prefix: f"{prefix}_again{next(numbers)}"),
        )
        return act(quick, order_id)

    undisturbed = attempt()
    assert undisturbed.status in (200, 201), undisturbed.text
    wanted = everything(quick.context)
    for interruption in chain(crashes(), lost_replies()):
        restore(quick.context, beginning)
        with interruption:
            attempt()
        again = attempt()
        assert (again.status, again.json) == (undisturbed.status, undisturbed.json), interruption
        assert everything(quick.context) == wanted, interruption


@pytest.mark.parametrize("backwards", [False, True])
def test_what_follows_from_a_return_is_done_once_whatever_breaks(quick: Market, backwards: bool):
    agree(quick, deferral_days=30)
    order_id = accepted(quick)
    quick.ship(order_id, {"LMP-1": 6}, document="УТ-1")
    quick.ship(order_id, document="УТ-2")
    quick.returned(order_id, ("УТ-1", "LMP-1", 5), ("УТ-2", "LMP-2", 12))
    beginning = everything(quick.context)
    for interruption in crashes():
        restore(quick.context, beginning)
        with interruption:
            tell_all(quick, backwards=backwards)
        for _ in range(2):
            tell_all(quick, backwards=backwards)
            assert volume(quick) == Decimal("600.00"), interruption  # 1320.60 less 600.00 and 120.60
            assert credit.used_credit(quick.context.table.get(holds_keys.credit("cmp_1"))) == Decimal("600.00"), (
                interruption
            )


# --- whatever all of them do ------------------------------------------------------------------------------------------


ANYTHING = (
    *("accept", "confirm", "decline", "reject", "cancel", "ship"),
    *("request_cancellation", "approve_cancellation", "decline_cancellation"),
    *("request_return", "accept_return", "reject_return"),
)


def likely(order: Order) -> tuple[str, ...]:
    """The next action of somebody who looks at the order first."""
    asked = any(each.state is ReturnState.REQUESTED for each in order.returns)
    returns = ("accept_return", "accept_return", "reject_return") if asked else ("request_return",)
    waits = order.cancellation is not None and order.cancellation.state is CancellationState.WAITING
    cancelling = ("approve_cancellation", "decline_cancellation") if waits else ("request_cancellation",)
    return {
        OrderState.PLACED: ("accept", "accept", "accept", "cancel", "reject"),
        OrderState.CHANGED: ("confirm", "confirm", "accept", "decline", "reject"),
        OrderState.ACCEPTED: ("ship", "ship", "ship", *cancelling),
        OrderState.PARTLY_SHIPPED: ("ship", *cancelling, *returns),
        OrderState.COMPLETED: returns,
    }.get(order.state, ANYTHING)


class Life(RuleBasedStateMachine):
    """Company, club, distributor, its books, payers and consumers at several orders. Whoever dies asks again with the same key.

    A unit costs 0.0623, and 0.056 from ten on, which the distributor may propose.
    """

    market: Market

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.numbers = count(1)
        self.booked: set[str] = set()
        self.told: dict[
            str, list[tuple[str, bool, bool]]
        ] = {}  # by document: moment, whether paid, whether by the books' name

    def send(self, act: Callable[[str], Answer], breaks: tuple[int, bool] | None) -> Answer:
        """Once, or interrupted at a call and then sent again; and once more, to be answered the same."""
        key = f"request-{next(self.numbers)}"
        if breaks:
            call, after = breaks
            with Interruption(call, "after" if after else "before", _die):
                act(key)
        answer = act(key)
        if answer.status in (200, 201):
            again = act(key)
            assert (again.status, again.json) == (answer.status, answer.json)
        else:
            assert answer.status in (404, 409, 412, 422), answer.text
        return answer

    @precondition(lambda life: len(life.ids) < MOST_ORDERS)
    @rule(quantity=st.integers(1, 9), by_club=st.booleans(), breaks=BREAKS)
    def place(self, quantity: int, by_club: bool, breaks: tuple[int, bool] | None) -> None:
        def act(key: str) -> Answer:
            if by_club:
                return place_for(self.market, quantity, key=key)
            return self.market.place({"LMP-1": quantity}, key=key)

        answer = self.send(act, breaks)
        if answer.status == 201:
            assert answer.json["order_id"] not in self.ids
            self.ids.add(answer.json["order_id"])

    @precondition(lambda life: life.ids)
    @rule(data=st.data(), moves=st.integers(1, 5))
    def go_on(self, data: st.DataObject, moves: int) -> None:
        order_id = data.draw(st.sampled_from(sorted(self.ids)))
        for _ in range(moves):
            order = self.order(order_id)
            sensible = data.draw(st.sampled_from((True, True, True, False)))
            step = data.draw(st.sampled_from(likely(order) if sensible else ANYTHING))
            quantity = data.draw(st.sampled_from((3, 1, 2, 5, 9, 12)))
            self.take(data, order, step, min(quantity, order.left) or 1 if step == "ship" and sensible else quantity)

    def take(self, data: st.DataObject, order: Order, step: str, quantity: int) -> None:
        breaks = data.draw(BREAKS)
        market, order_id = self.market, order.order_id
        document = f"Д-{next(self.numbers)}"
        shipment = data.draw(st.sampled_from(order.shipments)).document if order.shipments else "none"
        waiting = next((each for each in order.returns if each.state is ReturnState.REQUESTED), None)
        back = waiting.return_id if waiting else "none"
        acts: dict[str, Callable[[str], Answer]] = {
            "accept": lambda key: market.accept(order_id, {"LMP-1": quantity}, key=key),
            "confirm": lambda key: market.confirm(order_id, version=order.version, key=key),
            "ship": lambda key: market.ship(order_id, {"LMP-1": quantity}, document=document, key=key),
            "request_return": lambda key: market.request_return(order_id, (shipment, "LMP-1", quantity), key=key),
            "accept_return": lambda key: market.accept_return(order_id, back, document=document, key=key),
            "reject_return": lambda key: market.reject_return(order_id, back, key=key),
        }
        self.send(acts.get(step, lambda key: getattr(market, step)(order_id, key=key)), breaks)

    @precondition(lambda life: life.ids)
    @rule(data=st.data(), paid=st.booleans(), by_books=st.booleans())
    def pay(self, data: st.DataObject, paid: bool, by_books: bool) -> None:
        order = self.order(data.draw(st.sampled_from(sorted(self.ids))))
        if order.shipments:
            document = data.draw(st.sampled_from(order.shipments)).document
            portal, books = (
                ("orders", f"{order.distributor_id}:{order.order_id}/{document}"),
                ("1c", f"2026/{document}"),
            )
            payment = Payment(books if by_books else portal, self.market.context.today if paid else None)
            at = f"2026-11-20T10:00:{next(self.numbers):06}Z"
            payments.record_payments(self.market.context, [payment], by="mch_1", as_of=at)
            self.told.setdefault(document, []).append((at, paid, by_books))

    @precondition(lambda life: life.ids)
    @rule(data=st.data())
    def book(self, data: st.DataObject) -> None:
        """The distributor's books name a shipment too."""
        order = self.order(data.draw(st.sampled_from(sorted(self.ids))))
        if order.shipments:
            shipment = data.draw(st.sampled_from(order.shipments))
            lines = [
                SaleLine.of(each.sku, each.name, Decimal(each.quantity), amount=each.amount) for each in shipment.lines
            ]
            document = SaleDocument(
                "1c", shipment.document, order.company_id, shipment.day, order.currency, lines, series="2026"
            )
            sales.record(self.market.context, [document])
            self.booked.add(shipment.document)

    @rule(data=st.data(), breaks=BREAKS)
    def deliver(self, data: st.DataObject, breaks: tuple[int, bool] | None) -> None:
        """Any event, for the first time or again; its consumer may die."""
        if there := told_of(self.market):
            item = data.draw(st.sampled_from(sorted(there, key=lambda item: (item["pk"], item["sk"]))))
            call, after = breaks or (1000, False)
            with Interruption(call, "after" if after else "before", _die):
                tell(self.market, item)

    @invariant()
    def every_order_is_there_once_and_no_more_comes_or_goes_back_than_was_agreed(self) -> None:
        found = all_orders(self.market)
        assert {order.order_id for order in found} == self.ids
        assert len(found) == len(self.ids)
        for order in found:
            (line,) = order.lines
            returned = sum(each.counted for each in order.came_back)
            assert 0 <= returned <= line.shipped <= line.agreed
            assert line.shipped == sum(each.quantity for shipment in order.shipments for each in shipment.lines)
            assert order.version == len(order.history)

    @invariant()
    def what_is_used_of_the_credit_is_what_is_open_and_the_debts_that_are_told(self) -> None:
        item = self.credit()
        assert credit.used_credit(item) == self.open() + sum(debt.amount for debt in credit.debts_of(item))

    def teardown(self) -> None:
        for backwards in (True, False):
            tell_all(self.market, backwards=backwards)
            found = all_orders(self.market)
            assert volume(self.market) == sum(map(shipped_less_returned, found))
            assert credit.used_credit(self.credit()) == self.open() + sum(self.owed(order) for order in found)
        for order in found:
            for shipment in order.shipments:
                told = [
                    each
                    for each in self.told.get(shipment.document, [])
                    if shipment.document in self.booked or not each[2]
                ]
                assert bool(self.paid_on(order, shipment)) == (max(told)[1] if told else False)
        events = [event["event"] for event in self.market.events()]
        assert events.count("order.placed") == len(self.ids)
        assert len(events) == sum(len(order.history) for order in all_orders(self.market))

    def order(self, order_id: str) -> Order:
        found = orders.load_order(self.market.context, self.market.company_id, order_id)
        assert found
        return found

    def credit(self) -> Item:
        return self.market.context.table.get(holds_keys.credit(self.market.company_id), consistent=True) or {}

    def open(self) -> Decimal:
        return sum(
            (
                line_sum(line.unit_price, line.left, line.shipped)
                for order in all_orders(self.market)
                if order.state in OPEN
                for line in order.lines
            ),
            Decimal(0),
        )

    def owed(self, order: Order) -> Decimal:
        """The sum shipped on credit that was neither paid nor returned."""
        unpaid = (shipment for shipment in order.shipments if shipment.on_credit and not self.paid_on(order, shipment))
        return sum(
            (
                shipment.total - sum(line.amount for line in order.came_back if line.document == shipment.document)
                for shipment in unpaid
            ),
            Decimal(0),
        )

    def paid_on(self, order: Order, shipment: Shipment) -> date | None:
        named = f"{order.distributor_id}:{order.order_id}/{shipment.document}"
        return payments.paid_on(self.market.context, ("orders", named))


def test_no_order_is_lost_none_is_there_twice_and_volume_and_debts_are_what_came_and_stayed(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin() -> Life:
        machine = Life()
        machine.market = in_memory(api, context, monkeypatch)
        staff(machine.market.context, "mbr_manager", "manager")
        stock(machine.market.context, row("LMP-1", "0.07"))
        discounts = [{"goods": {"skus": ["LMP-1"]}, "percent": "11"}]
        agree(machine.market, credit_limit="1.50", deferral_days=30, discounts=discounts)
        Office(api, machine.market.context).run((10, "20"))
        order_id = machine.market.placed({"LMP-1": 9})
        machine.market.accept(order_id)
        machine.market.ship(order_id, {"LMP-1": 4}, document="УТ-0")
        machine.ids.add(order_id)
        return machine

    run_state_machine_as_test(
        begin,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
