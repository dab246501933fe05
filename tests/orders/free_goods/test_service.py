"""Goods on top of orders: promised in the cart, granted by payments, shipped by the distributor, withdrawn by the night."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib import orders
from chalicelib.bonuses import jobs as bonuses_jobs
from chalicelib.orders.free_goods import consumers as free_goods_consumers
from chalicelib.orders.free_goods import service as free_goods
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.platform.ids import derived_id
from chalicelib.sales.payments import keys as payments_keys
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.payments.service import record_payments
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item
from tests.bonuses.jobs import queued
from tests.orders.steps import Market, errors
from tests.pricing.steps import MARKETING, Office
from tests.support.api import Answer, Api
from tests.support.crashes import crashes, lost_replies, races, watched
from tests.support.memory import MemoryDynamo
from tests.support.partners import distributor, partner, staff
from tests.support.table import everything, restore

FREE = {"sku": "LMP-3", "quantity": 2}


class Shop:
    """A market with a promotion: for 10 LMP-1, shipped and paid in time, 2 LMP-3 come on top."""

    def __init__(self, market: Market, **on_top: Any) -> None:
        self.market = market
        office = Office(market.api, market.context)
        when = {} if "pay_by" in on_top else {"pay_within_days": 14}
        terms = {"buy": 10, "free": FREE, **when, **on_top}
        form = {**office.form(goods={"skus": ["LMP-1"]}), "brackets": [], "on_top": terms}
        # The promotion runs for a week, so that a day to pay by can be soon.
        body = {**form, "to": office.day(7)}
        answer = market.api.call("POST", "/v1/staff/promotions", MARKETING, body)
        assert answer.status == 201, answer.text
        self.promotion_id = answer.json["promotion_id"]
        url = f"/v1/staff/promotions/{self.promotion_id}/approve"
        other = staff(market.context, "mbr_other", "marketing")  # so many free goods take two
        approved = market.api.call("POST", url, other, {"confirm_short": True}, headers={"if-match": '"1"'})
        assert approved.status == 200, approved.text

    @property
    def context(self) -> Context:
        return self.market.context

    def gift_id(self, order_id: str) -> str:
        return derived_id("gft", order_id, self.promotion_id)

    def deliver(self, context: Context | None = None) -> None:
        """All that happened so far, once more."""
        for item in self.happened("order.", "payment."):
            event = Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item)
            if event.name == "payment.recorded":
                free_goods_consumers.on_payment_recorded(context or self.context, event)
            else:
                free_goods_consumers.on_order_changed(context or self.context, event)

    def happened(self, *prefixes: str) -> list[Item]:
        found = self.market.everything()
        return [item for item in found if item.get("event", "").startswith(prefixes)]

    def told(self) -> list[str]:
        """The events of free goods, in the order of writing."""
        items = sorted(self.happened("goods_on_top."), key=lambda item: (item["at"], item["sk"]))
        return [item["event"].removeprefix("goods_on_top.") for item in items]

    def pay(self, order_id: str, day: date | None, document: str = "УТ-1", context: Context | None = None) -> None:
        ref = "orders", f"{self.market.distributor_id}:{order_id}/{document}"
        record_payments(context or self.context, [Payment(ref, day)], by="mch_1")

    def shipped(self, units: int = 10) -> str:
        order_id = self.market.placed({"LMP-1": units})
        assert self.market.accept(order_id).status == 200
        assert self.market.ship(order_id, document="УТ-1").status == 200
        return order_id

    def ship_free_goods(self, order_id: str, key: str | None = None, **more: Any) -> Answer:
        url = f"/v1/distributor/orders/{order_id}/goods-on-top/{self.gift_id(order_id)}/ship"
        return self.market.post(url, self.market.operator, {"document": "УТ-9", **more}, key=key)

    def goods(self, order_id: str) -> Any:
        (found,) = self.market.order(order_id)["goods_on_top"]
        return found

    def state(self, order_id: str) -> tuple[str, str | None]:
        found = self.goods(order_id)
        return found["state"], found["why"]

    def later(self, days: int) -> Context:
        return replace(self.context, now=self.context.now + timedelta(days=days))

    def night(self, days: int) -> None:
        """The nightly job of this company."""
        orders.assess_free_goods(self.later(days), self.market.company_id)

    def due(self) -> str | None:
        items = [item for item in self.market.everything() if item["sk"].startswith("GIFT#")]
        return items[0].get("due_on") if items else None


def in_memory(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch, **on_top: Any) -> Shop:
    fresh = replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))
    monkeypatch.setattr(respond, "context_now", lambda: fresh)
    return Shop(Market(api, fresh), **on_top)


@pytest.fixture
def shop(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return in_memory(api, context, monkeypatch)


# --- carts and orders -------------------------------------------------------------------------------------------------


def test_a_quote_says_what_comes_on_top_and_what_is_missing(shop: Shop):
    def quoted(units: int) -> Any:
        body = {"lines": [{"sku": "LMP-1", "quantity": units}, {"sku": "LMP-2", "quantity": 6}]}
        return shop.market.api.call("POST", "/v1/quotes", shop.market.buyer, body).json["goods_on_top"]

    (few,) = quoted(7)
    assert (few["units"], few["missing"], few["goods"]["quantity"]) == (7, 3, 0)
    (enough,) = quoted(10)
    assert (enough["units"], enough["missing"], enough["goods"]["quantity"]) == (10, None, 2)
    assert (enough["name"], enough["pay_within_days"], enough["goods"]["sku"]) == ("Autumn", 14, "LMP-3")
    body = {"lines": [{"sku": "LMP-2", "quantity": 6}]}
    assert shop.market.api.call("POST", "/v1/quotes", shop.market.buyer, body).json["goods_on_top"] == []


def test_an_order_is_promised_what_the_quote_said_and_both_sides_see_it(shop: Shop):
    placed = shop.market.place({"LMP-1": 12})
    (promise,) = placed.json["goods_on_top"]
    assert (promise["state"], promise["goods"]["quantity"], promise["why"]) == ("promised", 2, None)
    order_id = placed.json["order_id"]
    assert shop.goods(order_id) == promise
    url = f"/v1/distributor/orders/{order_id}"
    assert shop.market.api.call("GET", url, shop.market.operator).json["goods_on_top"] == [promise]
    listed = shop.market.api.call("GET", "/v1/company/goods-on-top", shop.market.buyer).json["items"]
    assert listed == [promise]


def test_an_order_below_it_is_promised_nothing(shop: Shop):
    order_id = shop.market.placed({"LMP-1": 9})
    assert shop.market.order(order_id)["goods_on_top"] == []
    shop.deliver()
    assert shop.told() == []


def test_what_the_promotion_promised_stays_promised_after_it_has_ended(shop: Shop):
    order_id = shop.shipped()
    office = Office(shop.market.api, shop.context)
    assert office.step(shop.promotion_id, "end", version=2).status == 200
    shop.pay(order_id, shop.context.today)
    shop.deliver()
    assert shop.state(order_id) == ("granted", None)


# --- what becomes of them ---------------------------------------------------------------------------------------------


def test_paid_in_time_they_are_granted_and_shipped_once(shop: Shop):
    order_id = shop.shipped()
    shop.deliver()
    refused = shop.ship_free_goods(order_id)
    assert (refused.status, refused.json["code"], refused.json["state"]) == (409, "wrong_state", "promised")
    shop.pay(order_id, shop.context.today)
    shop.deliver()
    assert shop.state(order_id) == ("granted", None)
    answer = shop.ship_free_goods(order_id, key="gift")
    assert (answer.status, answer.json["state"], answer.json["document"]) == (200, "shipped", "УТ-9")
    assert answer.json["shipped_on"] == str(shop.context.today)
    again = shop.ship_free_goods(order_id, key="gift")
    assert (again.json, again.headers["idempotency-replayed"]) == (answer.json, "true")
    assert shop.ship_free_goods(order_id).json["state"] == "shipped"
    assert shop.told() == ["granted", "shipped"]
    shop.deliver()
    assert shop.goods(order_id) == answer.json


def test_goods_that_the_facts_grant_can_be_shipped_before_anybody_was_told(shop: Shop):
    order_id = shop.shipped()
    shop.pay(order_id, shop.context.today)
    assert shop.ship_free_goods(order_id).status == 200


@pytest.mark.parametrize("told", ["payment first", "shipment first"])
def test_it_does_not_matter_which_is_told_first(shop: Shop, told: str):
    order_id = shop.market.placed({"LMP-1": 10})
    shop.market.accept(order_id)
    if told == "payment first":
        shop.pay(order_id, shop.context.today)
        shop.deliver()
        assert shop.state(order_id) == ("promised", None)
    shop.market.ship(order_id, document="УТ-1")
    if told == "shipment first":
        shop.deliver()
        shop.pay(order_id, shop.context.today)
    shop.deliver()
    assert shop.state(order_id) == ("granted", None)
    assert shop.told() == ["granted"]


def test_a_letter_reminds_and_the_night_withdraws_what_is_not_paid_and_a_payment_told_late_brings_it_back(shop: Shop):
    order_id = shop.shipped()
    shop.deliver()
    assert shop.due() == str(shop.context.today + timedelta(days=11))
    shop.night(11)
    assert (shop.told(), shop.state(order_id)) == (["unpaid"], ("promised", None))
    assert shop.due() == str(shop.context.today + timedelta(days=18))
    shop.night(17)
    assert shop.state(order_id) == ("promised", None)
    shop.night(18)
    assert shop.state(order_id) == ("withdrawn", "not_paid")
    assert shop.due() is None
    later = shop.later(20)
    shop.pay(order_id, shop.context.today + timedelta(days=14), context=later)
    shop.deliver(later)
    assert shop.state(order_id) == ("granted", None)
    assert shop.told() == ["unpaid", "withdrawn", "granted"]


def test_a_day_to_pay_by_holds_for_what_is_not_shipped_too(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch):
    shop = in_memory(api, context, monkeypatch, pay_by=str(context.today + timedelta(days=10)))
    order_id = shop.market.placed({"LMP-1": 10})
    shop.market.accept(order_id)
    shop.deliver()
    assert shop.due() == str(context.today + timedelta(days=14))
    shop.night(14)
    assert shop.state(order_id) == ("withdrawn", "not_paid")


def test_the_bonuses_night_names_who_has_goods_on_top_to_look_at(shop: Shop):
    order_id = shop.shipped()
    shop.deliver()
    bonuses_jobs.nightly_bonuses(shop.later(18), {})
    messages = queued()
    assert [json.loads(message["body"])["do"] for message in messages] == ["goods_on_top"]
    for message in messages:
        bonuses_jobs.decide_bonuses(shop.later(18), message)
    assert shop.state(order_id) == ("withdrawn", "not_paid")
    bonuses_jobs.nightly_bonuses(shop.later(18), {})
    assert queued() == []


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (lambda market, order_id: market.reject(order_id), "rejected"),
        (lambda market, order_id: market.cancel(order_id), "cancelled"),
        (lambda market, order_id: market.accept(order_id, {"LMP-1": 9}), "too_few"),
    ],
    ids=["rejected", "cancelled", "accepted with less"],
)
def test_they_are_withdrawn_with_the_order_and_it_is_told_why(shop: Shop, step: Any, why: str):
    order_id = shop.market.placed({"LMP-1": 10})
    assert step(shop.market, order_id).status == 200
    shop.deliver()
    assert shop.state(order_id) == ("withdrawn", why)
    assert not shop.happened("goods_on_top.withdrawn")[0]["was_granted"]
    (told,) = shop.happened("goods_on_top.")
    assert (told["why"], int(told["goods"]["quantity"])) == (why, 2)


def test_what_goes_back_before_they_are_shipped_takes_them_back_and_after_that_it_does_not(shop: Shop):
    first, second = shop.shipped(), shop.market.placed({"LMP-1": 10})
    shop.market.accept(second)
    shop.market.ship(second, document="УТ-2")
    for order_id, document in ((first, "УТ-1"), (second, "УТ-2")):
        shop.pay(order_id, shop.context.today, document)
    shop.deliver()
    shop.ship_free_goods(second)
    shop.market.returned(first, ("УТ-1", "LMP-1", 1), document="ВЗ-1")
    shop.market.returned(second, ("УТ-2", "LMP-1", 1), document="ВЗ-2")
    shop.deliver()
    assert shop.state(first) == ("withdrawn", "too_few")
    assert shop.state(second) == ("shipped", None)
    (withdrawn,) = shop.happened("goods_on_top.withdrawn")
    assert withdrawn["was_granted"], "the distributor was told to ship them"


def test_a_payment_that_was_none_takes_them_back_until_they_are_shipped(shop: Shop):
    order_id = shop.shipped()
    shop.pay(order_id, shop.context.today)
    shop.deliver()
    shop.pay(order_id, None, context=shop.later(1))
    shop.deliver(shop.later(1))
    assert shop.state(order_id) == ("promised", None)
    assert shop.ship_free_goods(order_id).status == 409


# --- who may ----------------------------------------------------------------------------------------------------------


def test_goods_of_another_distributors_order_are_not_there(shop: Shop):
    order_id = shop.shipped()
    shop.pay(order_id, shop.context.today)
    _, other = distributor(shop.context, "RU-SPE", name="Neva")
    url = f"/v1/distributor/orders/{order_id}/goods-on-top/{shop.gift_id(order_id)}/ship"
    assert shop.market.post(url, other, {"document": "X"}).status == 404
    wrong = f"/v1/distributor/orders/{order_id}/goods-on-top/gft_none/ship"
    assert shop.market.post(wrong, shop.market.operator, {"document": "X"}).status == 404


def test_a_company_sees_its_own_goods_only_page_by_page(shop: Shop):
    placed = [shop.market.placed({"LMP-1": 10}) for _ in range(3)]
    first = shop.market.api.call("GET", "/v1/company/goods-on-top?limit=2", shop.market.buyer).json
    rest = f"/v1/company/goods-on-top?limit=2&cursor={first['next_cursor']}"
    second = shop.market.api.call("GET", rest, shop.market.buyer).json
    assert {each["order_id"] for each in first["items"] + second["items"]} == set(placed)
    other = partner(shop.context, "cmp_2", "mbr_2", inn="7728168971")
    assert shop.market.api.call("GET", "/v1/company/goods-on-top", other).json["items"] == []


def test_nobody_ships_ahead_of_the_day_that_has_begun_in_the_east(shop: Shop):
    order_id = shop.shipped()
    late = str(shop.context.today + timedelta(days=2))
    assert errors(shop.ship_free_goods(order_id, day=late)) == [("/day", "in_future")]


# --- whatever breaks --------------------------------------------------------------------------------------------------


def test_an_interrupted_look_is_finished_by_the_next_and_told_once(shop: Shop):
    order_id = shop.shipped()
    shop.pay(order_id, shop.context.today)
    beginning = everything(shop.context)
    for interruption in chain(crashes(), lost_replies()):
        restore(shop.context, beginning)
        with interruption, suppress(ConnectionClosedError):
            shop.deliver()
        shop.deliver()
        assert (shop.state(order_id), shop.told()) == (("granted", None), ["granted"]), interruption


def test_an_interrupted_shipment_of_goods_is_finished_by_its_repeat(shop: Shop):
    order_id = shop.shipped()
    shop.pay(order_id, shop.context.today)
    beginning = everything(shop.context)
    for interruption in chain(crashes(), lost_replies()):
        restore(shop.context, beginning)
        with interruption:
            shop.ship_free_goods(order_id, key="gift")
        answer = shop.ship_free_goods(order_id, key="gift")
        assert (answer.status, answer.json["state"]) == (200, "shipped"), interruption
        assert shop.told() == ["shipped"], interruption


@pytest.mark.parametrize("fact", ["the payment was none", "units went back"])
def test_a_fact_that_comes_between_a_look_and_its_writing_is_not_lost(shop: Shop, fact: str):
    """The look saw all that it takes. Before it writes, the fact comes and is told, and finds nothing to change; nothing is told again."""
    order_id = shop.shipped()
    shop.deliver()
    shop.pay(order_id, shop.context.today)
    (paid,) = shop.happened("payment.")
    asked = shop.market.request_return(order_id, ("УТ-1", "LMP-1", 1)).json["returns"][0]["return_id"]
    beginning = everything(shop.context)

    def other() -> None:
        if fact == "units went back":
            assert shop.market.accept_return(order_id, asked).status == 200
        else:
            shop.pay(order_id, None, context=shop.later(1))
        free_goods.assess(shop.context, orders.load_order(shop.context, shop.market.company_id, order_id))

    for race in races(other):
        restore(shop.context, beginning)
        with race:
            free_goods_consumers.on_payment_recorded(shop.context, Event("payment.recorded", "evt", paid))
        if race.happened:
            after = ("withdrawn", "too_few") if fact == "units went back" else ("promised", None)
            assert shop.state(order_id) == after, race


def test_of_two_who_look_at_the_same_moment_one_tells(shop: Shop):
    order_id = shop.shipped()
    shop.pay(order_id, shop.context.today)
    beginning = everything(shop.context)
    order = orders.load_order(shop.context, shop.market.company_id, order_id)
    for race in races(lambda: free_goods.assess(shop.context, order)):
        restore(shop.context, beginning)
        with race:
            free_goods.assess(shop.context, order)
        assert (shop.state(order_id), shop.told()) == (("granted", None), ["granted"]), race


def test_goods_that_leave_during_a_look_have_left(shop: Shop):
    order_id = shop.shipped()
    shop.pay(order_id, shop.context.today)
    beginning = everything(shop.context)
    order = orders.load_order(shop.context, shop.market.company_id, order_id)
    for race in races(lambda: shop.ship_free_goods(order_id)):
        restore(shop.context, beginning)
        with race:
            free_goods.assess(shop.context, order)
        if race.happened:
            assert shop.state(order_id) == ("shipped", None), race


class Promises(RuleBasedStateMachine):
    """Orders, payments, returns, nights, shipped goods; each event told in any order, any number of times, or not at all for a while."""

    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.documents: dict[str, list[str]] = {}
        self.moments = 0
        self.days = 0

    @property
    def market(self) -> Market:
        return self.shop.market

    def one(self, data: st.DataObject) -> str | None:
        return data.draw(st.sampled_from(self.ids)) if self.ids else None

    @rule(units=st.integers(9, 14))
    def place(self, units: int) -> None:
        if len(self.ids) < 3:
            self.ids.append(self.market.placed({"LMP-1": units}))

    @rule(data=st.data(), step=st.sampled_from(["accept", "accept", "accept", "reject", "cancel"]))
    def answer(self, data: st.DataObject, step: str) -> None:
        if order_id := self.one(data):
            if step == "accept":
                less = data.draw(st.none() | st.integers(8, 12))
                self.market.accept(order_id, {"LMP-1": less} if less else None)
            else:
                getattr(self.market, step)(order_id)

    @rule(data=st.data(), units=st.none() | st.integers(1, 6))
    def ship(self, data: st.DataObject, units: int | None) -> None:
        if order_id := self.one(data):
            self.moments += 1
            document = f"УТ-{self.moments}"
            if self.market.ship(order_id, {"LMP-1": units} if units else None, document=document).status == 200:
                self.documents.setdefault(order_id, []).append(document)

    @rule(data=st.data(), after=st.none() | st.integers(0, 16))
    def pay(self, data: st.DataObject, after: int | None) -> None:
        order_id = self.one(data)
        if order_id and self.documents.get(order_id):
            self.moments += 1
            context = replace(self.shop.context, now=self.shop.context.now + timedelta(seconds=self.moments))
            day = None if after is None else self.shop.context.today + timedelta(days=after)
            self.shop.pay(order_id, day, data.draw(st.sampled_from(self.documents[order_id])), context)

    @rule(data=st.data(), units=st.integers(1, 3))
    def give_back(self, data: st.DataObject, units: int) -> None:
        order_id = self.one(data)
        if order_id and self.documents.get(order_id):
            document = data.draw(st.sampled_from(self.documents[order_id]))
            asked = self.market.request_return(order_id, (document, "LMP-1", units))
            if asked.status == 200:
                self.moments += 1
                return_id = asked.json["returns"][-1]["return_id"]
                self.market.accept_return(order_id, return_id, document=f"ВЗ-{self.moments}")

    @rule(data=st.data())
    def ship_goods(self, data: st.DataObject) -> None:
        if order_id := self.one(data):
            by_facts = self.by_facts(order_id)
            answer = self.shop.ship_free_goods(order_id)
            expected = 404 if by_facts is None else 200 if by_facts[0] == "granted" else 409
            assert answer.status == expected, (by_facts, answer.text)

    @rule(data=st.data())
    def tell_some(self, data: st.DataObject) -> None:
        events = self.shop.happened("order.", "payment.")
        for item in data.draw(st.lists(st.sampled_from(events), max_size=4)) if events else []:
            event = Event(item["event"], "evt", item)
            consumer = (
                free_goods_consumers.on_payment_recorded if "source" in item else free_goods_consumers.on_order_changed
            )
            consumer(self.shop.context, event)

    def by_facts(self, order_id: str) -> tuple[str, int] | None:
        """The assessment of everything today, and the shipped goods."""
        order = orders.load_order(self.shop.context, self.market.company_id, order_id)
        assert order is not None
        if not order.promises:
            return None
        (goods,) = orders.free_goods_of(self.shop.context, order)
        if goods.state == "shipped":
            return "shipped", goods.count
        there = hoped = 0
        back = {(line.document, line.sku): 0 for line in order.came_back}
        for line in order.came_back:
            back[line.document, line.sku] += line.counted
        for shipment in order.shipments:
            units = sum(line.quantity for line in shipment.lines) - back.get((shipment.document, "LMP-1"), 0)
            ref = payments_keys.payment("orders", f"{self.market.distributor_id}:{order_id}/{shipment.document}")
            payment = self.shop.context.table.get(ref) or {}
            last = shipment.day + timedelta(days=14)
            if "paid_on" not in payment:
                hoped += units
            elif payment["paid_on"] <= last.isoformat():
                there += units
        if order.state in ("placed", "changed", "accepted", "partly_shipped"):
            hoped += order.left
        if there >= 10:
            return "granted", 1
        return ("promised", 1) if there + hoped >= 10 else ("withdrawn", 0)

    @invariant()
    def told_of_everything_they_are_what_the_facts_say(self) -> None:
        self.moments += 1
        if self.moments % 4:
            return  # for a while nothing is told
        self.shop.deliver()
        for order_id in self.ids:
            order = orders.load_order(self.shop.context, self.market.company_id, order_id)
            assert order is not None
            found = [(goods.state, goods.count) for goods in orders.free_goods_of(self.shop.context, order)]
            by_facts = self.by_facts(order_id)
            assert found == ([by_facts] if by_facts else [])


def test_goods_are_granted_if_and_only_if_the_facts_say_so_in_whatever_order_they_are_told(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
):
    def begin() -> Promises:
        machine = Promises()
        machine.shop = in_memory(api, context, monkeypatch)
        return machine

    run_state_machine_as_test(
        begin,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
