"""All that an order holds, together: placed once or not at all, and at any moment what the orders say."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import chain, count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib import orders
from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog.recording import write_stock
from chalicelib.orders.holds import consumers as holds_consumers
from chalicelib.orders.holds import credit, limits, reservations
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.orders.holds.service import HOLD_PROBLEMS
from chalicelib.orders.order.rules import Order
from chalicelib.platform import clock
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.pricing.promotions import keys as promotions_keys
from chalicelib.pricing.promotions import usage
from chalicelib.pricing.promotions.usage import PromotionUsage
from tests.orders.holds.test_credit import agree
from tests.orders.holds.test_limits import delivered
from tests.orders.holds.test_reservations import counted, delivers_from
from tests.orders.steps import Market
from tests.pricing.steps import Office
from tests.support.api import Answer
from tests.support.crashes import crashes, lost_replies
from tests.support.table import everything, restore

LAMPS, BUDGET, FIGURE, CREDIT = 30, Decimal(400), 40, Decimal(5000)


@pytest.fixture
def market(memory_market: Market) -> Market:
    """Lamps are on a promotion with all limits, their stock is binding, and the company has a credit limit."""
    return bounded(memory_market)


def bounded(market: Market) -> Market:
    agree(market, credit_limit=f"{CREDIT}.00", deferral_days=30)
    budget = {"amount": f"{BUDGET}.00", "currency": "RUB"}
    Office(market.api, market.context).run(
        (1, "10"),
        goods={"skus": ["LMP-1"]},
        limits={"uses": 6, "units": LAMPS, "budget": budget, "uses_per_company": 5},
    )
    delivers_from(market, "MSK")
    counted(market, FIGURE)
    counted(market, 1_000_000, sku="LMP-2")
    return market


# --- placing ----------------------------------------------------------------------------------------------------------


def test_an_order_that_holds_of_everything_is_placed_once_whatever_breaks(
    market: Market, monkeypatch: pytest.MonkeyPatch
):
    beginning = everything(market.context)

    def attempt() -> Answer:
        numbers = count(1)
        context = replace(market.context, new_id=lambda prefix: f"{prefix}_again{next(numbers)}")
        monkeypatch.setattr(respond, "context_now", lambda: context)
        return market.place({"LMP-1": 10, "LMP-2": 12}, key="the-one-request")

    undisturbed = attempt()
    assert undisturbed.status == 201, undisturbed.text
    wanted = everything(market.context)
    for interruption in chain(crashes(), lost_replies()):
        restore(market.context, beginning)
        with interruption:
            attempt()
        again = attempt()
        assert (again.status, again.json) == (undisturbed.status, undisturbed.json), interruption
        assert everything(market.context) == wanted, interruption


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ({"LMP-1": LAMPS + 1}, "promotion_exhausted"),
        ({"LMP-1": 1, "LMP-3": 5}, "credit_exceeded"),
        ({"LMP-1": 1, "LMP-3": 1}, "out_of_stock"),
    ],
)
def test_an_order_that_one_hold_refuses_takes_nothing_of_the_others(
    market: Market, lines: dict[str, int], refused: str
):
    before = everything(market.context)
    assert market.place(lines).json["code"] == refused
    assert everything(market.context) == before


# --- whatever happens -------------------------------------------------------------------------------------------------


class Held(RuleBasedStateMachine):
    """Orders for lamps and all their steps, new figures, and what is told of both, late, twice or never."""

    market: Market
    monkeypatch: pytest.MonkeyPatch

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.figure = FIGURE

    @rule(quantity=st.integers(1, 12), plain=st.booleans())
    def place(self, quantity: int, plain: bool) -> None:
        without = {"without_promotions": [promotion_id(self.market)]} if plain else {}
        answer = self.market.place({"LMP-1": quantity}, **without)
        if answer.status == 201:
            self.ids.append(answer.json["order_id"])
            assert reserved(self.market) <= self.figure
        else:
            assert answer.json["code"] in HOLD_PROBLEMS

    @rule(
        data=st.data(),
        step=st.sampled_from(["accept", "reject", "cancel", "decline", "confirm"]),
        units=st.integers(0, 14),
    )
    def answer(self, data: st.DataObject, step: str, units: int) -> None:
        if self.ids:
            order_id = data.draw(st.sampled_from(self.ids))
            if step == "accept":
                self.market.accept(order_id, {"LMP-1": units})
            else:
                getattr(self.market, step)(order_id)

    @rule(data=st.data(), units=st.integers(1, 9))
    def ship(self, data: st.DataObject, units: int) -> None:
        if self.ids:
            order_id = data.draw(st.sampled_from(self.ids))
            self.market.ship(order_id, {"LMP-1": units}, document=f"УТ-{self.market.context.at}")

    @rule(data=st.data())
    def cancel_the_rest(self, data: st.DataObject) -> None:
        if self.ids:
            order_id = data.draw(st.sampled_from(self.ids))
            self.market.request_cancellation(order_id)
            self.market.approve_cancellation(order_id)

    @rule(minutes=st.integers(1, 3))
    def time_passes(self, minutes: int) -> None:
        self.market.context = replace(self.market.context, now=self.market.context.now + timedelta(minutes=minutes))
        self.monkeypatch.setattr(respond, "context_now", lambda: self.market.context)

    @rule(units=st.integers(0, 60), ago=st.integers(0, 5), told=st.booleans())
    def count_anew(self, units: int, ago: int, told: bool) -> None:
        at = (self.market.context.now - timedelta(minutes=ago)).isoformat()
        row = {"sku": "LMP-1", "warehouse": "MSK", "quantity": str(units), "at": at}
        (result,) = write_stock(self.market.context, [row]).items
        if result.result == "recorded":
            self.figure = units
        if told:
            self.tell()

    @rule()
    def tell(self) -> None:
        event = Event("stock.recorded", "evt", {"skus": ["LMP-1", "LMP-2"]})
        holds_consumers.on_stock_recorded(self.market.context, event)
        delivered(self.market)

    def found(self) -> Iterator[Order]:
        for order_id in self.ids:
            order = orders.load_order(self.market.context, self.market.company_id, order_id)
            assert order is not None
            yield order

    @invariant()
    def the_counters_are_the_sum_over_the_orders(self) -> None:
        context, promotion = self.market.context, promotion_id(self.market)
        every = [limits.usage_of(order).get(promotion, PromotionUsage()) for order in self.found()]
        used = usage.usage_of(context.table.get(promotions_keys.promotion_used(promotion)))
        assert used == PromotionUsage(*(sum(figures) for figures in zip(*every, PromotionUsage(), strict=True)))
        assert used.uses <= 5
        assert used.units <= LAMPS
        assert used.cost <= BUDGET
        own = usage.company_uses(context.table.get(promotions_keys.promotions_used("cmp_1")))
        assert own.get(promotion, 0) == used.uses

    @invariant()
    def what_is_reserved_is_what_is_waited_for_and_what_no_figure_knows(self) -> None:
        waited = sum((Counter(reservations.open_units(order)) for order in self.found()), Counter[str]())
        gone = sum(int(item["all"]) for item in shipped_out(self.market))
        assert reserved(self.market) == waited["LMP-1"] + gone

    @invariant()
    def what_was_shipped_since_the_figure_was_counted_counts_against_it(self) -> None:
        product = self.market.context.table.get(catalog_keys.product("LMP-1")) or {}
        figure = clock.moment(product["stock:MSK"]["at"])
        since = sum(
            line.quantity
            for order in self.found()
            for shipment in order.shipments
            for line in shipment.lines
            if clock.moment(shipment.at).replace(second=0, microsecond=0) + timedelta(minutes=1) > figure
        )
        assert sum(int(item["all"]) for item in shipped_out(self.market)) >= since

    @invariant()
    def the_company_has_on_order_and_owes_no_more_than_its_limit(self) -> None:
        assert credit.used_credit(self.market.context.table.get(holds_keys.credit("cmp_1"))) <= CREDIT

    def teardown(self) -> None:
        """Once all is told, prices and reservations know what there is to know."""
        self.time_passes(2)
        self.count_anew(7, 0, told=True)
        assert shipped_out(self.market) == []
        promotion = promotion_id(self.market)
        shown = Office(self.market.api, self.market.context).shown(promotion)["used"]
        running = self.market.context.table.get(promotions_keys.running_promotions()) or {}
        assert (promotion in running["exhausted"]) == shown["exhausted"]


def promotion_id(market: Market) -> str:
    running = market.context.table.get(promotions_keys.running_promotions()) or {}
    return str(next(iter(running["promotions"])))


def reserved(market: Market) -> int:
    return reservations.reserved(market.context.table, market.distributor_id, ["LMP-1"])["LMP-1"]


def shipped_out(market: Market) -> list[Any]:
    return [item for item in everything(market.context).values() if item["sk"].startswith("SHIPPEDOUT#")]


def test_what_is_held_is_always_what_the_orders_say(memory_market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded(memory_market)
    context, beginning = memory_market.context, everything(memory_market.context)

    def begin() -> Held:
        memory_market.context = context
        monkeypatch.setattr(respond, "context_now", lambda: context)
        restore(context, beginning)
        machine = Held()
        machine.market, machine.monkeypatch = memory_market, monkeypatch
        return machine

    run_state_machine_as_test(
        begin,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        ),
    )
