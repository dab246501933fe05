"""The list of companies: by tier, rhythm and what waits, in every order."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.companies import keys as companies_keys
from chalicelib.companies import listed_as
from chalicelib.desk.companies import service
from chalicelib.platform.context import Context
from chalicelib.retention.states import store as states_store
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.states.store import Rhythm
from chalicelib.table.transactions import Transaction
from tests.support.api import Api, Caller
from tests.support.partners import company, member, reach, speaks_for, staff
from tests.support.spent import calls_counted

PATH = "/v1/staff/companies"


@pytest.fixture
def manager(context: Context) -> Caller:
    """Of three companies: one buys much, one is dormant, of one nothing is known."""
    caller = staff(context, "mbr_manager", "manager")
    listed(context, "cmp_a", name="ООО «Альфа»", region="RU-MOW", manager_id="mbr_manager")
    listed(context, "cmp_b", name="Бета", inn="7707083893", region="RU-MOW")
    listed(context, "cmp_c", name="Вега", inn="7707049388")
    reach(context, "cmp_a", "250000")
    reach(context, "cmp_b", "60000")
    rhythm(context, "cmp_a", RhythmState.ACTIVE, 3)
    rhythm(context, "cmp_b", RhythmState.DORMANT, 100)
    return caller


def listed(context: Context, company_id: str, **facts: Any) -> None:
    made = company(context, company_id, **facts)
    key = companies_keys.company(company_id)
    context.table.update(key, put=dict(companies_keys.company_list(listed_as(made.name), company_id).as_gsi1()))


def rhythm(context: Context, company_id: str, state: RhythmState, silent: int) -> None:
    day = context.today - timedelta(days=silent)
    tx = Transaction()
    states_store.put(tx, Rhythm(company_id, state, day, day, 1, last_order=day, version=1))
    context.table.commit(tx)


def found(api: Api, caller: Caller, query: str) -> list[str]:
    answer = api.call("GET", f"{PATH}?{query}", caller)
    assert answer.status == 200, answer.text
    return [each["company_id"] for each in answer.json["items"]]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("dormant=true", ["cmp_b"]),
        ("dormant=false", ["cmp_a", "cmp_c"]),
        ("state=active", ["cmp_a"]),
        ("state=dormant&dormant=false", []),
        ("tier=none", ["cmp_c"]),
        ("tier=gold", []),
        ("sort=purchases", ["cmp_a", "cmp_b", "cmp_c"]),
        ("sort=newest_order", ["cmp_a", "cmp_b", "cmp_c"]),
        ("sort=oldest_order", ["cmp_b", "cmp_a", "cmp_c"]),
        ("sort=oldest_order&region=RU-MOW", ["cmp_b", "cmp_a"]),
        ("sort=purchases&manager=me", ["cmp_a"]),
        ("dormant=true&manager=me", []),
        ("dormant=true&manager=none&q=бет", ["cmp_b"]),
        ("dormant=true&q=ета", []),
        ("sort=purchases&q=альф", ["cmp_a"]),
    ],
)
def test_companies_are_found_by_tier_and_rhythm_in_every_order(
    api: Api, manager: Caller, query: str, ids: list[str]
) -> None:
    assert found(api, manager, query) == ids


def test_a_row_tells_what_a_manager_chooses_by(api: Api, context: Context, manager: Caller) -> None:
    rows = api.call("GET", PATH, manager).json["items"]
    assert [(row["purchases"]["amount"], row["state"], row["last_order"], row["waits"]) for row in rows] == [
        ("250000.00", "active", str(context.today - timedelta(days=3)), []),
        ("60000.00", "dormant", str(context.today - timedelta(days=100)), []),
        ("0.00", None, None, []),
    ]
    assert rows[0]["tier"] == api.call("GET", f"{PATH}/cmp_a/card", manager).json["tier"]["code"] != ""
    assert found(api, manager, f"tier={rows[0]['tier']}") == ["cmp_a"]


def test_a_list_in_another_order_is_read_in_pages_and_counted_exactly(api: Api, manager: Caller) -> None:
    query, shown = "sort=purchases&limit=1&count=true", []
    cursor = ""
    while True:
        page = api.call("GET", f"{PATH}?{query}{cursor}", manager).json
        shown += [each["company_id"] for each in page["items"]]
        assert page["count"] == {"value": 3, "more": False}
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert shown == ["cmp_a", "cmp_b", "cmp_c"]


def test_what_waits_is_named_and_found(api: Api, context: Context, manager: Caller) -> None:
    listed(context, "cmp_d", name="Гамма", inn="7736050003", region="RU-MOW")
    member(context, "mbr_buyer")
    buyer = speaks_for(context, "cmp_d", "mbr_buyer")
    assert api.call("POST", "/v1/demands", buyer, {"text": "Чёрный светильник", "quantity": 5}).status == 200
    waits = {each["company_id"]: each["waits"] for each in api.call("GET", PATH, manager).json["items"]}
    assert waits == {"cmp_a": [], "cmp_b": [], "cmp_c": [], "cmp_d": ["demand"]}
    assert found(api, manager, "waits=demand") == ["cmp_d"]
    assert found(api, manager, "waits=demand&region=RU-SPE") == found(api, manager, "waits=claim") == []


def test_the_count_says_so_where_more_wait_than_are_looked_at(
    api: Api, context: Context, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(context, "mbr_buyer")
    buyer = speaks_for(context, "cmp_a", "mbr_buyer")
    for text in ("Чёрный светильник", "Белый светильник"):
        assert api.call("POST", "/v1/demands", buyer, {"text": text, "quantity": 5}).status == 200
    counted = f"{PATH}?waits=demand&count=true"
    assert api.call("GET", counted, manager).json["count"] == {"value": 1, "more": False}
    monkeypatch.setattr(service, "OLDEST", 1)
    assert api.call("GET", counted, manager).json["count"] == {"value": 1, "more": True}


def test_who_may_not_know_what_waits_is_refused_and_not_told(api: Api, context: Context, manager: Caller) -> None:
    marketing = staff(context, "mbr_marketing", "marketing")
    assert api.call("GET", f"{PATH}?waits=redemption", marketing).status == 403
    assert found(api, marketing, "waits=demand") == []


def test_too_many_to_look_at_is_refused_with_the_way_out(
    api: Api, manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_COMPANIES", 2)
    refused = api.call("GET", f"{PATH}?sort=purchases", manager)
    assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "/query/manager"
    assert found(api, manager, "sort=purchases&region=RU-MOW") == ["cmp_a", "cmp_b"]


@pytest.mark.parametrize("query", ["inn=7707083893&sort=purchases", "status=waiting&tier=gold"])
def test_a_question_of_its_own_takes_no_filter(api: Api, manager: Caller, query: str) -> None:
    refused: Any = api.call("GET", f"{PATH}?{query}", manager)
    assert refused.status == 422 and refused.json["errors"][0]["code"] == "one_question"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("tier=platinumx", "/query/tier"), ("region=RU-XXX", "/query/region"), ("manager=mine", "/query/manager")],
)
def test_a_name_that_the_club_does_not_have_is_refused(api: Api, manager: Caller, query: str, pointer: str) -> None:
    refused: Any = api.call("GET", f"{PATH}?{query}", manager)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_page_by_name_costs_twelve_calls_however_many_rows(api: Api, context: Context, manager: Caller) -> None:
    with calls_counted(context.table.client) as made:
        assert len(api.call("GET", PATH, manager).json["items"]) == 3
    assert len(made) <= 12, made
