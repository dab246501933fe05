"""The club's staff find orders among those of all companies."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.companies import keys as companies_keys
from chalicelib.orders import keys as orders_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Caller
from tests.support.partners import distributor, partner, staff
from tests.support.spent import measures, spent


@pytest.fixture
def manager(context: Context) -> Caller:
    return staff(context, "mbr_manager", "manager")


def listed(market: Market, caller: Caller, query: str = "") -> list[str]:
    """The ids of every page."""
    found, cursor = [], ""
    while True:
        answer = market.api.call("GET", f"/v1/staff/orders?limit=2&{query}{cursor}", caller)
        assert answer.status == 200, answer.text
        found += [each["order_id"] for each in answer.json["items"]]
        if answer.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"


def of_three_days(market: Market, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Five orders of two companies from Friday on, at noon."""
    other = partner(market.context, "cmp_2", "mbr_2", region="RU-MOW")
    own, placed = market.buyer, []
    for hours, buyer, pieces in ((0, own, 10), (1, other, 20), (24, own, 30), (25, other, 40), (48, own, 50)):
        later = replace(market.context, now=NOON + timedelta(hours=hours))
        monkeypatch.setattr(respond, "context_now", lambda later=later: later)
        market.buyer = buyer
        placed.append(market.placed({"LMP-1": pieces}))
    market.buyer = own
    return placed


def test_all_orders_are_listed_by_time_or_by_sum(
    market: Market, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = of_three_days(market, monkeypatch)
    assert listed(market, manager) == placed[::-1]
    assert listed(market, manager, "sort=oldest") == placed
    assert listed(market, manager, "sort=total") == placed  # each is larger than the one before
    assert listed(market, manager, "sort=-total&company_id=cmp_2") == [placed[3], placed[1]]


@pytest.mark.parametrize("query", ["from=9999-12-31", "to=0001-01-01", "from=2026-11-27&number=261120-AAAAA"])
def test_days_on_which_nothing_can_have_been_placed_have_no_orders(market: Market, manager: Caller, query: str) -> None:
    market.placed()
    assert listed(market, manager, query) == []


def test_orders_are_found_by_state_company_distributor_sum_and_day(
    market: Market, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, fourth, fifth = of_three_days(market, monkeypatch)
    market.accept(third)
    rival, _ = distributor(market.context, "RU-SPE", name="Rival")
    assert listed(market, manager, "state=accepted") == [third]
    assert listed(market, manager, "company_id=cmp_2") == [fourth, second]
    assert listed(market, manager, "company_id=cmp_2&state=accepted") == []
    assert listed(market, manager, f"distributor_id={rival}") == []
    assert listed(market, manager, f"distributor_id={market.distributor_id}&min_total=4000") == [fifth, fourth]
    assert listed(market, manager, "min_total=2400&max_total=3600") == [third, second]
    assert listed(market, manager, "from=2026-11-21&to=2026-11-21") == [fourth, third]
    assert listed(market, manager, "to=2026-11-20&sort=oldest") == [first, second]


def test_an_order_is_found_by_the_clubs_number_and_by_the_companys_own(market: Market, manager: Caller) -> None:
    market.placed()
    order = market.place({"LMP-1": 3}, buyer_order_number="Заявка 7/АВ").json
    assert listed(market, manager, f"number={order['number'].lower()}") == [order["order_id"]]
    assert listed(market, manager, f"number={order['number'].partition('-')[2]}") == [order["order_id"]]
    assert listed(market, manager, "number=заявка 7 / ab") == [order["order_id"]]
    assert listed(market, manager, f"number={order['number']}&to=2026-11-19") == []
    assert listed(market, manager, "number=999999-AAAAA") == []


def test_a_manager_finds_the_orders_of_their_companies_and_of_those_without_a_manager(
    market: Market, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, fourth, fifth = of_three_days(market, monkeypatch)
    market.context.table.update(companies_keys.company("cmp_2"), put={"manager_id": "mbr_manager"})
    assert listed(market, manager, "manager=me") == [fourth, second]
    assert listed(market, manager, "manager=none&state=placed") == [fifth, third, first]
    assert listed(market, manager, "manager=mbr_other") == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=2026-11-21&to=2026-11-20", "/query/to"),
        ("state=lost", "/query/state"),
        ("min_total=-1", "/query/min_total"),
        ("what=ever", "/query/what"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(market: Market, manager: Caller, query: str, pointer: str) -> None:
    answer = market.api.call("GET", f"/v1/staff/orders?{query}", manager)
    assert (answer.status, [each["pointer"] for each in answer.json["errors"]]) == (422, [pointer])


@measures(orders_keys.club_order_list)
def test_a_page_of_all_orders_is_a_query_and_a_read_of_the_orders(local_market: Market) -> None:
    for _ in range(12):
        local_market.placed()
    caller = Caller.person("mbr_staff", "staff", "operations", "club")
    with spent(local_market.context.table.client) as cost:
        answer = local_market.api.call("GET", "/v1/staff/orders?limit=10", caller)
    assert len(answer.json["items"]) == 10
    assert (cost.calls, cost.read_units) == (["GetItem", "Query", "BatchGetItem"], 6.5)  # the membership first
