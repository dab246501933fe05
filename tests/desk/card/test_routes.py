"""One page with all that the staff know of a company."""

from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.retention.states import store as states_store
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.states.store import Rhythm
from chalicelib.table.transactions import Transaction
from tests.bonuses.steps import credit
from tests.orders.conftest import memory_market as memory_market
from tests.orders.steps import Market
from tests.pricing.steps import Office
from tests.support.api import Api, Caller
from tests.support.partners import company, reach, staff
from tests.support.spent import calls_counted

PATH = "/v1/staff/companies/cmp_1/card"


@pytest.fixture
def market(memory_market: Market) -> Market:
    return filled(memory_market)


def filled(market: Market) -> Market:
    """A company with a tier, terms, six orders, bonuses and a rhythm."""
    office = Office(market.api, market.context)
    office.agree({"discounts": [{"goods": {}, "percent": "5"}], "credit_limit": "100000.00", "deferral_days": 14})
    reach(market.context, "cmp_1", "150000")
    credit(market.context, "cmp_1", "500")
    for _ in range(6):
        market.placed()
    tx = Transaction()
    today = market.context.today
    states_store.put(
        tx,
        Rhythm(
            "cmp_1",
            RhythmState.ACTIVE,
            today,
            today,
            1,
            last_order=today,
            window_from=today,
            window_to=today,
            version=1,
        ),
    )
    market.context.table.commit(tx)
    return market


def card(market: Market, role: str, path: str = PATH) -> Any:
    answer = market.api.call("GET", path, staff(market.context, "mbr_reader", role))
    assert answer.status == 200, answer.text
    return answer.json


def test_a_manager_sees_all_that_is_known_of_a_company_on_one_page(market: Market) -> None:
    shown = card(market, "manager")
    own = market.api.call("GET", "/v1/company/tier", market.buyer).json
    assert (shown["tier"]["code"], shown["tier"]["missing"]) == (own["tier"]["code"], own["next_step"]["missing"])
    assert (shown["tier"]["purchases"], shown["tier"]["below_lowest_step"]) == (own["window"]["sum"], False)
    assert (
        shown["company"]
        == market.api.call("GET", "/v1/staff/companies/cmp_1", staff(market.context, "m", "manager")).json
    )
    assert [each["percent"] for each in shown["terms"]["contracts"][0]["discounts"]] == ["5"]
    assert len(shown["orders"]) == 5
    assert shown["credit"] == market.api.call("GET", "/v1/company/credit", market.buyer).json
    assert shown["bonuses"]["balances"]["available"]["amount"] == "500.00"
    assert (shown["rhythm"]["state"], shown["offers"]) == ("active", [])


def test_marketing_sees_neither_orders_nor_debts_nor_bonuses(market: Market) -> None:
    shown = card(market, "marketing")
    assert (shown["orders"], shown["credit"], shown["bonuses"]) == (None, None, None)
    assert shown["tier"]["code"]


def test_a_company_of_which_nothing_is_known_has_a_card_too(market: Market) -> None:
    company(market.context, "cmp_silent", inn="7707083893")
    shown = card(market, "manager", "/v1/staff/companies/cmp_silent/card")
    assert (shown["tier"]["code"], shown["rhythm"], shown["orders"], shown["credit"]["debts"]) == ("", None, [], [])
    assert shown["tier"]["below_lowest_step"]
    caller = Caller.person("mbr_reader", "staff", "manager", "club")
    assert market.api.call("GET", "/v1/staff/companies/cmp_none/card", caller).status == 404


def test_a_card_is_fourteen_calls_at_most_and_that_of_the_right_however_much_there_is(
    api: Api, context: Context
) -> None:
    market = filled(Market(api, context))
    caller = staff(market.context, "mbr_reader", "manager")
    with calls_counted(market.context.table.client) as made:
        assert market.api.call("GET", PATH, caller).status == 200
    assert len(made) <= 15, made
