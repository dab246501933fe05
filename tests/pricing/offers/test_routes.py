"""Offers over HTTP: whom they are for, the prices they make, and that they make them for one order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import contacts
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.pricing.config import Pricing
from chalicelib.pricing.offers import keys as offer_keys
from chalicelib.pricing.offers import service as offers
from chalicelib.pricing.offers import store as offer_store
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.table.transactions import Refused, Transaction
from tests.catalog.steps import row, stock
from tests.pricing.promotions.test_routes import at
from tests.pricing.steps import MANAGER, Office, errors
from tests.support.api import Answer, Caller
from tests.support.figures import with_figures
from tests.support.partners import company, partner, staff


def offer(
    office: Office, *, company_id: str = "cmp_1", key: str = "key-1", by: Caller = MANAGER, **more: Any
) -> Answer:
    """15 % off everything for two weeks, down to 8 roubles."""
    form: dict[str, Any] = {"percent": "15", "floor": "8.00", "to": office.day(14)}
    body = {name: value for name, value in (form | more).items() if value is not None}
    return office.api.call("POST", f"/v1/staff/companies/{company_id}/offers", by, body, key=key)


def offered(office: Office, **more: Any) -> str:
    answer = offer(office, **more)
    assert answer.status == 201, answer.text
    if answer.json["state"] == "waiting":
        path = f"/v1/staff/approvals/{answer.json['offer_id']}/approve"
        assert office.api.call("POST", path, ADMIN, {"note": ""}, key=answer.json["offer_id"]).status == 200
    return str(answer.json["offer_id"])


ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")


def withdraw(office: Office, offer_id: str) -> Answer:
    return office.api.call("POST", f"/v1/staff/companies/cmp_1/offers/{offer_id}/withdraw", MANAGER)


def states(office: Office) -> list[tuple[str, str]]:
    """Offers and what became of them, as the staff sees it."""
    answer = office.api.call("GET", "/v1/staff/companies/cmp_1/offers", MANAGER)
    return [(each["offer_id"], each["state"]) for each in answer.json["items"]]


def seen(office: Office, caller: Caller) -> list[str]:
    answer = office.api.call("GET", "/v1/offers", caller)
    assert answer.status == 200, answer.text
    return [each["offer_id"] for each in answer.json["items"]]


# --- issued and withdrawn ---------------------------------------------------------------------------------------------


def test_an_offer_makes_the_companys_prices_and_nobody_elses(office: Office, context: Context):
    mine, other = partner(context), partner(context, "cmp_2", "mbr_2", inn="7736050003")
    offer_id = offered(office, goods={"brands": ["Lumera"]})
    assert office.prices(mine) == {
        "LMP-1": ("85.00", "offer"),
        "LMP-2": ("170.00", "offer"),
        "SWT-1": ("10.00", "base_price"),
    }
    assert office.prices(other)["LMP-1"] == ("100.00", "base_price")
    assert (seen(office, mine), seen(office, other)) == ([offer_id], [])


def test_the_staff_lists_the_offers_to_all_companies_by_state_author_and_company(office: Office, context: Context):
    partner(context), partner(context, "com_2", "mbr_2", inn="7736050003")
    first, second = offered(office), offered(office, company_id="com_2", key="key-2")
    withdraw(office, first)

    def listed(query: str = "") -> Any:
        answer = office.api.call("GET", f"/v1/staff/offers{query}", MANAGER)
        assert answer.status == 200, answer.text
        return answer.json

    whole = listed("?count=true")
    assert [(each["offer_id"], each["company_name"], each["state"]) for each in whole["items"]] == [
        (second, "Luch com_2", "open"),
        (first, None, "withdrawn"),  # the id of no company that the club gave
    ]
    assert whole["count"] == {"value": 2, "more": False}
    for query in ("?state=open", "?company_id=com_2", "?issued_by=mbr_manager&state=open", "?sort=-company_id&limit=1"):
        assert [each["offer_id"] for each in listed(query)["items"]] == [second], query
    assert listed("?issued_by=mbr_other")["items"] == []


def test_the_floor_holds(office: Office, context: Context):
    caller = partner(context)
    offered(office, floor="90.00", goods={"skus": ["LMP-1"]})
    assert office.prices(caller)["LMP-1"] == ("90.00", "offer")


@pytest.mark.parametrize("terms", [{"price": "77.70", "percent": None, "floor": None}, {"percent": "15"}])
def test_an_offer_holds_for_goods_in_the_companys_currency_only(
    office: Office, context: Context, terms: dict[str, Any]
):
    caller = partner(context)
    stock(context, row("EUR-1", base_price={"amount": "100.00", "currency": "EUR"}))
    offered(office, **terms)
    found = office.prices(caller)
    assert (found["LMP-1"][1], found["EUR-1"]) == ("offer", ("100.00", "base_price"))


def test_a_company_sees_what_it_was_offered_and_not_why(office: Office, context: Context):
    caller = partner(context)
    offer_id = offered(office, price="77.70", percent=None, floor=None, note="Has not bought since May")
    answer = office.api.call("GET", "/v1/offers", caller)
    assert answer.json == {
        "items": [
            {
                "offer_id": offer_id,
                "goods": {"skus": [], "categories": [], "brands": [], "statuses": [], "own_brand": False},
                "percent": None,
                "price": {"amount": "77.70", "currency": "RUB"},
                "floor": None,
                "free_delivery": False,
                "from": office.day(0),
                "to": office.day(14),
            }
        ]
    }


def test_an_offer_holds_from_its_first_day_to_its_last(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    caller = partner(context)
    offer_id = offered(office, **{"from": office.day(2), "to": office.day(5)})
    found = {}
    for day in (0, 2, 5, 6):
        at(context, day, monkeypatch)
        found[day] = (office.prices(caller)["LMP-1"][0], seen(office, caller), states(office))
    open_ = [(offer_id, "open")]
    assert found == {
        0: ("100.00", [offer_id], open_),
        2: ("85.00", [offer_id], open_),
        5: ("85.00", [offer_id], open_),
        6: ("100.00", [], [(offer_id, "expired")]),
    }


def test_what_is_withdrawn_makes_no_price_any_more(office: Office, context: Context):
    caller = partner(context)
    offer_id = offered(office)
    assert withdraw(office, offer_id).json["state"] == "withdrawn"
    assert office.prices(caller)["LMP-1"] == ("100.00", "base_price")
    assert (seen(office, caller), states(office)) == ([], [(offer_id, "withdrawn")])
    again = withdraw(office, offer_id)
    assert (again.status, again.json["state"]) == (200, "withdrawn")
    assert withdraw(office, "off_none").status == 404


def test_the_same_request_twice_makes_one_offer(office: Office, context: Context):
    company(context)
    first, again = offer(office), offer(office)
    assert (again.status, again.json) == (201, first.json)
    assert len(states(office)) == 1


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({"percent": None, "floor": None}, ""),
        ({"price": "50.00"}, ""),
        ({"floor": None}, "/floor"),
        ({"percent": None, "price": "50.00"}, "/floor"),
        ({"percent": "100"}, "/percent"),
        ({"from": "2026-12-01", "to": "2026-11-30"}, ""),
        ({"to": "2026-11-19"}, "/to"),
        ({"to": None}, "/to"),
    ],
)
def test_a_wrong_offer_is_refused_where_it_is_wrong(office: Office, context: Context, form: Any, pointer: str):
    company(context)
    assert [found for found, _ in errors(offer(office, **form))] == [pointer]


def test_nobody_offers_to_a_company_that_there_is_not(office: Office):
    assert offer(office, company_id="cmp_none").status == 404


@pytest.mark.parametrize(
    ("goods", "state"),
    [
        ({"skus": ["LMP-1"]}, "open"),
        ({"skus": ["LMP-1"], "brands": ["Svet"]}, "waiting"),
        ({"skus": ["LMP-1"], "categories": ["lamps"]}, "waiting"),
    ],
)
def test_a_price_that_reaches_beyond_named_articles_takes_two(
    office: Office, context: Context, goods: dict[str, Any], state: str
):
    company(context)
    assert offer(office, goods=goods, price="90.00", percent=None, floor=None).json["state"] == state


@pytest.mark.parametrize(("percent", "state"), [("30", "open"), ("30.01", "waiting")])
def test_one_person_offers_as_much_as_the_club_lets_one(office: Office, context: Context, percent: str, state: str):
    company(context)
    assert offer(office, percent=percent).json["state"] == state


def test_a_company_has_so_many_offers_at_most_and_those_that_are_over_do_not_count(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(offers, "MOST_OPEN", 2)
    company(context)
    offered(office, key="1", to=office.day(1))
    offered(office, key="2")
    assert offer(office, key="3").json["code"] == "conflict"
    at(context, 2, monkeypatch)
    offered(office, key="4")


def test_the_offers_of_a_company_weigh_so_much_at_most(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    company(context)
    offered(office)
    skus = [f"LMP-{number}" for number in range(10, 30)]
    stock(context, *(row(sku) for sku in skus))
    goods = {"skus": skus}
    withdraw(office, offered(office, key="large", goods=goods))
    item = context.table.get(offer_keys.granted("cmp_1")) or {}
    form = OfferForm.model_validate({"percent": "15", "floor": "8.00", "to": office.day(14), "goods": goods})
    form = form.model_copy(update={"first": context.today})
    both = offer_store.weight(item) + len(form.model_dump_json(exclude_defaults=True).encode())
    monkeypatch.setattr(offers, "MOST_BYTES", both - 1)
    assert offer(office, key="larger", goods=goods).json["code"] == "conflict"
    monkeypatch.setattr(offers, "MOST_BYTES", both)
    assert offer(office, key="fits", goods=goods).status == 201


@pytest.mark.parametrize(
    ("terms", "alone"),
    [
        ({"percent": "30"}, True),
        ({"percent": "30.01"}, False),
        ({"price": "70.00", "goods": {"skus": ["LMP-1"]}}, True),
        ({"price": "69.99", "goods": {"skus": ["LMP-1"]}}, False),
        ({"price": "99.00"}, False),
    ],
)
def test_one_person_takes_off_as_much_as_the_club_lets_one(
    office: Office, context: Context, terms: dict[str, Any], alone: bool
):
    partner(context)
    form = {"percent": None, "floor": "8.00" if "percent" in terms else None} | terms
    answer = offer(office, **form)
    assert answer.status == 201 and answer.json["state"] == ("open" if alone else "waiting"), answer.text
    head = staff(context, "mbr_head", "head_of_sales")
    assert (offer(office, by=head, key="key-2", **form).json["state"] == "waiting") != alone


def test_offers_in_pieces_add_up_to_what_one_person_gives_a_company_in_a_month(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    partner(context)
    other = staff(context, "mbr_other", "head_of_sales")
    company(context, "cmp_2", inn="7736050003")

    def state(key: str, **more: Any) -> str:
        return str(offer(office, key=key, **more).json["state"])

    withdraw(office, offered(office, percent="30"))  # what was taken back was given
    price = {"price": "70.00", "percent": None, "floor": None, "goods": {"skus": ["LMP-1"]}}
    assert [state("key-2", percent="30"), state("key-3", **price), state("key-4", percent="10")] == ["open"] * 3
    assert state("key-5", percent="0.01") == "waiting"
    assert state("key-6", percent=None, floor=None, free_delivery=True) == "open"
    assert state("key-7", percent="30", by=other) == "open"
    assert state("key-8", percent="30", company_id="cmp_2") == "open"
    december = replace(context, now=context.now + timedelta(days=12))
    monkeypatch.setattr(respond, "context_now", lambda: december)
    assert state("key-9", percent="30", to=str(december.today)) == "open"


def test_one_person_gives_so_much_to_all_companies_in_a_month(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    small = with_figures(context, Pricing, alone_percents=Decimal(40))
    monkeypatch.setattr(respond, "context_now", lambda: small)
    partner(context)
    company(context, "cmp_2", inn="7736050003")
    told = [
        offer(office, key=f"key-{company_id}", percent="20", company_id=company_id) for company_id in ("cmp_1", "cmp_2")
    ]
    assert [each.json["state"] for each in told] == ["open", "open"]
    more = offer(office, key="more", percent="0.01")
    assert more.json["state"] == "waiting"
    assert (
        office.api.call(
            "POST", f"/v1/staff/approvals/{more.json['offer_id']}/approve", ADMIN, {"note": ""}, key="ok"
        ).status
        == 200
    )


def test_two_offers_of_a_person_at_the_same_moment_do_not_both_pass_the_bound(office: Office, context: Context):
    partner(context)
    for number in range(3):
        assert offer(office, key=f"before-{number}", percent="30").json["state"] == "open"
    form = OfferForm.model_validate({"percent": "10", "floor": "8.00", "to": office.day(14)})
    both = [Transaction(), Transaction()]
    for tx in both:
        assert offers.add(context, tx, "cmp_1", form, author="mbr_manager").state == "open"
    context.table.commit(both[0])
    with pytest.raises(Refused, match="alone"):
        context.table.commit(both[1])
    assert offers.issue(context, "cmp_1", form, author="mbr_manager").state == "waiting"


def test_free_delivery_makes_no_price_and_comes_instead_of_one(office: Office, context: Context):
    caller = partner(context)
    form = {"free_delivery": True, "percent": None, "floor": None}
    offer_id = offered(office, **form)
    assert (seen(office, caller), office.prices(caller)["LMP-1"]) == ([offer_id], ("100.00", "base_price"))
    refused = offer(office, key="key-2", free_delivery=True)
    assert errors(refused)[0][1] == "percent_or_price", refused.text


@pytest.mark.parametrize("terms", [{"price": "0.00", "percent": None, "floor": None}, {"floor": "0.00"}])
def test_nothing_is_given_away_by_an_offer(office: Office, context: Context, terms: dict[str, Any]):
    partner(context)
    assert offer(office, **terms).status == 422


# --- hold-outs of waves -----------------------------------------------------------------------------------------------


def test_a_company_that_is_held_out_gets_only_an_offer_that_it_asked_for(office: Office, context: Context):
    partner(context)
    tx = Transaction()
    contacts.hold_out(tx, contacts.HoldOut("cmp_1", "wav_1", context.today + timedelta(days=1)))
    context.table.commit(tx)
    refused = offer(office)
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert offer(office, key="key-2", requested=True).json["requested"]
    assert len(states(office)) == 1
