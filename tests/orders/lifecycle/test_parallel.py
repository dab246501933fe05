"""Many at the same order at the same moment."""

import pytest

from tests.orders.steps import Market, unnamed
from tests.support.parallel import at_once

CALLERS = 16
REPEATS = 64

pytestmark = pytest.mark.usefixtures("a_request_per_thread")


def test_the_same_request_many_times_at_once_makes_one_order(local_market: Market):
    answers = at_once(REPEATS, lambda _: local_market.place({"LMP-1": 10}, key="cart-7"))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    orders = [item for item in local_market.everything() if item["sk"].startswith("ORDER#") and "packed" in item]
    assert len(orders) == 1
    assert [event["event"] for event in local_market.events()] == ["order.placed"]


def test_many_requests_at_once_make_as_many_orders(local_market: Market):
    answers = at_once(CALLERS, lambda number: local_market.place({"LMP-1": number + 1}, key=f"cart-{number}"))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["order_id"] for answer in answers}) == CALLERS
    assert len(local_market.events()) == CALLERS


def test_of_all_who_answer_an_order_at_once_one_is_heard(local_market: Market):
    order_id = local_market.placed()
    steps = [local_market.cancel, local_market.accept, local_market.reject]
    answers = at_once(CALLERS, lambda number: steps[number % 3](order_id))
    assert sorted(answer.status for answer in answers) == [200] + [409] * (CALLERS - 1)
    (heard,) = [answer.json for answer in answers if answer.status == 200]
    order = local_market.order(order_id)
    assert unnamed(order) == heard
    assert {answer.json["state"] for answer in answers} == {order["state"]}
    assert [event["event"] for event in local_market.events()] == ["order.placed", f"order.{order['state']}"]


def test_of_changes_of_a_shipment_at_once_none_is_lost_and_the_same_value_is_told_once(local_market: Market):
    order_id = local_market.placed({"LMP-1": 10})
    local_market.accept(order_id)
    local_market.ship(order_id)
    given = [{"carrier": "ПЭК"}, {"tracking_number": "26-1"}]
    answers = at_once(CALLERS, lambda number: local_market.track(order_id, key=f"track-{number}", **given[number % 2]))
    assert {answer.status for answer in answers} == {200}
    [shipment] = local_market.order(order_id)["shipments"]
    assert (shipment["carrier"], shipment["tracking_number"]) == ("ПЭК", "26-1")
    told = [event for event in local_market.events() if event["event"] == "order.tracked"]
    assert sorted(event.get("tracking_number", "") for event in told) == ["", "26-1"]


def test_shipments_told_at_once_add_up_and_never_exceed_the_order(local_market: Market):
    order_id = local_market.placed({"LMP-1": 10})
    local_market.accept(order_id)

    answers = at_once(
        CALLERS,
        lambda number: local_market.ship(order_id, {"LMP-1": 1}, document=f"УТ-{number}", key=f"part-{number}"),
    )
    assert [answer.status for answer in answers].count(200) == 10
    assert {answer.json["state"] for answer in answers if answer.status == 409} == {"completed"}
    order = local_market.order(order_id)
    assert (order["state"], order["lines"][0]["shipped"], len(order["shipments"])) == ("completed", 10, 10)
    assert sum(event["event"] == "order.shipped" for event in local_market.events()) == 10
