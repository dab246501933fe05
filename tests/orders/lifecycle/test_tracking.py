"""Carrier and tracking number that a shipment gets, or other ones, after it was recorded."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.orders.lifecycle import service
from chalicelib.orders.order.rules import Order, track
from tests.orders.conftest import memory_market as memory_market
from tests.orders.order.test_rules import accepted, shipped
from tests.orders.steps import Market, errors
from tests.support.partners import distributor
from tests.support.table import everything


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


def sent(market: Market) -> str:
    """The id of an order of which УТ-1 and УТ-2 were shipped."""
    order_id = market.placed({"LMP-1": 10})
    for answer in (
        market.accept(order_id),
        market.ship(order_id, {"LMP-1": 4}),
        market.ship(order_id, document="УТ-2"),
    ):
        assert answer.status == 200, answer.text
    return order_id


def told(market: Market) -> list[tuple[str, str | None]]:
    """Document and new number of each change."""
    changes = [event for event in market.events() if event["event"] == "order.tracked"]
    return [(event["document"], event.get("tracking_number")) for event in changes]


def followed(order: Any) -> list[tuple[str, str]]:
    return [(each["carrier"], each["tracking_number"]) for each in order["shipments"]]


def test_a_number_that_comes_a_day_later_is_set_and_corrected_and_nothing_else_changes(market: Market) -> None:
    order_id = sent(market)
    before = market.order(order_id)
    first = market.track(order_id, document="УТ-2", tracking_number="26-1")
    assert first.status == 200 and first.headers["etag"] == market.etag(order_id)
    assert followed(first.json) == [("", ""), ("", "26-1")]
    assert followed(market.track(order_id, document="УТ-2", carrier="ПЭК").json) == [("", ""), ("ПЭК", "26-1")]
    assert followed(market.track(order_id, document="УТ-2", tracking_number="26-2").json)[1] == ("ПЭК", "26-2")
    assert followed(market.track(order_id, document="УТ-2", tracking_number=None).json)[1] == ("ПЭК", "")
    assert followed(market.track(order_id, document="УТ-2", carrier="").json) == [("", ""), ("", "")]
    assert market.order(order_id) == before
    assert told(market) == [("УТ-2", "26-1"), ("УТ-2", None), ("УТ-2", "26-2"), ("УТ-2", None), ("УТ-2", None)]


def test_no_later_state_of_the_order_hinders_it(market: Market) -> None:
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4})
    assert market.track(order_id, carrier="ПЭК").json["state"] == "partly_shipped"
    market.returned(order_id, ("УТ-1", "LMP-1", 4))
    market.request_cancellation(order_id)
    assert market.approve_cancellation(order_id).json["state"] == "completed"
    done = market.track(order_id, tracking_number="26-1").json
    assert (done["state"], followed(done)) == ("completed", [("ПЭК", "26-1")])


def test_the_same_again_changes_nothing_and_tells_nobody(market: Market) -> None:
    order_id = sent(market)
    answer = market.track(order_id, key="once", carrier="ПЭК", tracking_number="26-1")
    before = everything(market.context)
    assert market.track(order_id, key="once", carrier="ПЭК", tracking_number="26-1").json == answer.json
    assert everything(market.context) == before
    assert market.track(order_id, key="twice", carrier="ПЭК", tracking_number="26-1").json == answer.json
    assert market.track(order_id).json == answer.json, "what is not given stays"
    assert told(market) == [("УТ-1", "26-1")]


def test_others_orders_and_unknown_documents_are_refused(market: Market) -> None:
    order_id = sent(market)
    before = everything(market.context)
    _, other = distributor(market.context, "RU-SPE", name="Lux Opt")
    body = {"document": "УТ-1", "tracking_number": "26-1"}
    for caller, status in ((other, 404), (market.buyer, 403)):
        assert market.post(f"/v1/distributor/orders/{order_id}/track", caller, body).status == status
    assert market.track("ord_none", carrier="ПЭК").status == 404
    assert errors(market.track(order_id, document="УТ-9", carrier="ПЭК")) == [("/document", "unknown_document")]
    assert [pointer for pointer, _ in errors(market.track(order_id, tracking_number="26\n1", day="2026-11-20"))] == [
        "/tracking_number",
        "/day",
    ]
    assert {key for key in everything(market.context) if key not in before and key[0].startswith("COMPANY#")} == set()
    assert followed(market.order(order_id)) == [("", ""), ("", "")]


def test_an_order_is_changed_so_often_in_a_day(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_TRACKED_A_DAY", 2)
    order_id = sent(market)
    assert [market.track(order_id, tracking_number=f"26-{turn}").status for turn in range(3)] == [200, 200, 429]
    assert market.track(order_id, tracking_number="26-1").status == 200, "nothing changes"


VALUES = st.dictionaries(st.sampled_from(("carrier", "tracking_number")), st.sampled_from(("", "ПЭК", "26-1")))
SHIPPED = shipped(shipped(accepted(A=10), "УТ-1", A=4), "УТ-2")


def written(changes: Any, order: Order = SHIPPED) -> Order:
    for document, given_ in changes:
        order = track(order, document, given_)
    return order


@given(st.lists(st.tuples(st.sampled_from(("УТ-1", "УТ-2")), VALUES), max_size=4))
def test_changes_leave_the_last_value_of_each_and_all_else_as_it_was(changes: list[tuple[str, dict[str, str]]]) -> None:
    order = written(changes)
    for shipment in order.shipments:
        last = {
            name: value for document, each in changes if document == shipment.document for name, value in each.items()
        }
        assert (shipment.carrier, shipment.tracking_number) == (
            last.get("carrier", ""),
            last.get("tracking_number", ""),
        )
    bare = {"carrier": "", "tracking_number": ""}
    blank = written([("УТ-1", bare), ("УТ-2", bare)], order)
    assert blank._replace(version=0) == SHIPPED._replace(version=0)
    assert (order.version > SHIPPED.version) is (written(changes[:1]) is not SHIPPED or order != SHIPPED)
    assert all(track(order, document, each) is order for document, each in changes[-1:])


def test_changes_of_different_values_give_the_same_in_any_order() -> None:
    changes: list[tuple[str, dict[str, str]]] = [
        (document, {name: f"{name} {document}"})
        for document in ("УТ-1", "УТ-2")
        for name in ("carrier", "tracking_number")
    ]
    first, *others = [written(each) for each in permutations(changes)]
    assert all(other == first for other in others) and first.shipments[0].carrier == "carrier УТ-1"
