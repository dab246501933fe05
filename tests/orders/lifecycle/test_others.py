"""Whose order it is not, finds no order: every route that names one, at every stage of its life, and nothing is written.

Made from the route table: a new route that names an order is asked as well.
"""

from collections.abc import Callable
from typing import Any

import pytest

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.context import Context
from chalicelib.platform.http.routes import ROUTES, Route
from chalicelib.platform.openapi.problems import path_parameters
from tests.orders.lifecycle.test_life import accepted, asked_to_cancel, asked_to_return, changed, in_memory, shipped
from tests.orders.steps import Market
from tests.support.api import Answer, Api, Caller
from tests.support.partners import company, distributor, partner, staff
from tests.support.table import everything

STAGES: dict[str, Callable[[Market], str]] = {
    "placed": lambda market: market.placed(),
    "changed": changed,
    "accepted": accepted,
    "partly shipped, to be cancelled": asked_to_cancel,
    "completed": shipped,
    "to be returned": asked_to_return,
}

FILE = {"name": "specification.pdf", "content_type": "application/pdf"}

# What would be right, were it their order.
BODIES: dict[str, Any] = {
    "reject_order": {"reason": "No reason"},
    "ship_order": {"document": "X-1"},
    "track_shipment": {"document": "X-1", "tracking_number": "1"},
    "request_cancellation": {"reason": "No reason"},
    "request_return": {"lines": [{"document": "УТ-1", "sku": "LMP-1", "quantity": 1}], "reason": "No reason"},
    "accept_return": {"document": "X-2"},
    "reject_return": {"reason": "No reason"},
    "ship_free_goods": {"document": "X-3"},
    "start_order_file": FILE,
    "start_distributor_file": {**FILE, "kind": "invoice"},
}

NAMING_AN_ORDER = [route for route in ROUTES if "order_id" in path_parameters(route.path)]


def side(route: Route) -> str:
    return next(
        (name for name in ("distributor", "staff") if route.path.startswith(f"/v1/{name}/")),
        "company",
    )


def ask(market: Market, route: Route, caller: Caller, order_id: str) -> Answer:
    returns = market.order(order_id)["returns"]
    places = {
        "order_id": order_id,
        "company_id": "cmp_other",
        "return_id": returns[0]["return_id"] if returns else "ret_none",
        "gift_id": "gft_none",
        "file_id": "fil_none",
    }
    return market.api.call(
        route.method,
        route.path.format(**{name: places[name] for name in path_parameters(route.path)}),
        caller,
        BODIES.get(route.name, {}) if route.body else None,
        key=f"{route.name}-{order_id}" if route.keyed else None,
        headers={"if-match": '"2"'} if route.matched else None,
    )


def test_every_side_has_routes_that_name_an_order() -> None:
    assert {side(route) for route in NAMING_AN_ORDER} == {"company", "distributor", "staff"}


@pytest.mark.parametrize("stage", STAGES)
def test_an_order_of_somebody_else_is_not_there(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    market = in_memory(api, context, monkeypatch)
    _, other_operator = distributor(market.context, "RU-SPE", name="Neva light")
    company(market.context, "cmp_other", region="RU-MOW")
    others = {
        "company": partner(market.context, "cmp_other", "mbr_other", region="RU-MOW"),
        "distributor": other_operator,
        "staff": staff(market.context, "mbr_manager", "manager"),  # under the name of another company
    }
    order_id = STAGES[stage](market)
    before = everything(market.context)
    for route in NAMING_AN_ORDER:
        answer = ask(market, route, others[side(route)], order_id)
        assert (answer.status, answer.json["code"]) == (404, "not_found"), f"{route.method} {route.path}"
        assert order_id not in answer.text
    assert everything(market.context) == before
