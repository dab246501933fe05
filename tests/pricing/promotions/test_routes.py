"""Terms and promotions over HTTP, and the prices that follow from them everywhere."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.pricing import keys as pricing_keys
from chalicelib.pricing.promotions import service as promotions
from chalicelib.pricing.promotions import store as promotions_store
from chalicelib.pricing.terms import service as terms_service
from tests.pricing.steps import MANAGER, MARKETING, Office, errors
from tests.support.partners import OPERATIONS, company, distributor, partner, reach, staff


def at(context: Context, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API answers on a later day."""
    later = replace(context, now=context.now + timedelta(days=days))
    monkeypatch.setattr(respond, "context_now", lambda: later)


# --- personal terms ---------------------------------------------------------------------------------------------------


def test_what_is_agreed_makes_the_companys_price_from_then_on(office: Office, context: Context):
    caller = partner(context)
    assert office.prices(caller)["LMP-1"] == ("100.00", "base_price")
    discounts = [{"percent": "20", "goods": {"categories": ["switches"]}}]
    answer = office.agree({"prices": [{"sku": "LMP-1", "price": "77.70"}], "discounts": discounts})
    assert answer.status == 200, answer.text
    assert office.prices(caller) == {
        "LMP-1": ("77.70", "personal_price"),
        "LMP-2": ("200.00", "base_price"),
        "SWT-1": ("8.00", "personal_discount"),
    }


def test_terms_of_another_company_change_nothing(office: Office, context: Context):
    caller = partner(context)
    company(context, "cmp_2")
    assert office.agree({"discounts": [{"percent": "20"}]}, company_id="cmp_2").json["approval_id"] is None
    assert office.prices(caller)["LMP-1"] == ("100.00", "base_price")


def test_a_company_reads_its_own_terms(office: Office, context: Context):
    caller = partner(context)
    contract = {
        "prices": [{"sku": "LMP-1", "price": "77.70"}],
        "minimum_order": "5000.00",
        "deferral_days": 30,
        "credit_limit": "300000.00",
    }
    office.agree(contract)
    answer = office.api.call("GET", "/v1/company/terms", caller)
    assert answer.json == {
        "currency": "RUB",
        "contracts": [{"number": "K-7", "from": office.day(-30), "to": None, "discounts": [], **contract}],
    }
    staff = office.api.call("GET", "/v1/staff/companies/cmp_1/terms", MANAGER)
    assert (staff.json, staff.headers["etag"]) == (answer.json, '"1"')


def test_a_company_without_terms_has_none(office: Office, context: Context):
    answer = office.api.call("GET", "/v1/company/terms", partner(context))
    assert (answer.json, answer.headers["etag"]) == ({"currency": "RUB", "contracts": []}, '"0"')


def test_terms_are_replaced_as_a_whole_by_who_saw_the_present_ones(office: Office, context: Context):
    caller = partner(context)
    office.agree({"discounts": [{"percent": "10"}]})
    assert office.agree({"discounts": [{"percent": "90"}]}).json["code"] == "precondition_failed"
    assert office.prices(caller)["LMP-1"] == ("90.00", "personal_discount")
    assert office.agree(version=1).status == 200
    assert office.prices(caller)["LMP-1"] == ("100.00", "base_price")


def test_nobody_agrees_terms_with_a_company_that_there_is_not(office: Office):
    assert office.agree(company_id="cmp_none").status == 404
    assert office.api.call("GET", "/v1/staff/companies/cmp_none/terms", MANAGER).status == 404


@pytest.mark.parametrize(
    ("contract", "pointer"),
    [
        ({"to": "2020-01-01"}, "/contracts/0"),
        ({"prices": [{"sku": "A", "price": "1"}, {"sku": "A", "price": "2"}]}, "/contracts/0"),
        ({"prices": [{"sku": "A", "price": "1.005"}]}, "/contracts/0/prices/0/price"),
        ({"discounts": [{"percent": "100"}]}, "/contracts/0/discounts/0/percent"),
        ({"discounts": [{"percent": "5", "goods": {"skus": ["A", "A"]}}]}, "/contracts/0/discounts/0/goods/skus"),
        ({"deferral_days": -1}, "/contracts/0/deferral_days"),
    ],
)
def test_wrong_terms_are_refused_where_they_are_wrong(
    office: Office, context: Context, contract: dict[str, Any], pointer: str
):
    company(context)
    assert [found for found, _ in errors(office.agree(contract))] == [pointer]


def test_somebody_else_than_the_author_approves_a_large_discount(office: Office, context: Context):
    promotion_id = office.draft((1, "10"), (50, "30.01"))
    refused = office.approve(promotion_id, confirm=True)
    assert (refused.status, refused.json["code"]) == (403, "four_eyes")
    other = staff(context, "mbr_other", "marketing")
    url = f"/v1/staff/promotions/{promotion_id}/approve"
    assert office.api.call("POST", url, other, {}, headers={"if-match": '"1"'}).status == 200
    assert office.approve(office.draft((1, "30"))).status == 200


# --- promotions: their life -------------------------------------------------------------------------------------------


def test_a_draft_changes_no_price_and_an_approved_promotion_does_from_its_first_day_to_its_last(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    caller = partner(context)
    promotion_id = office.draft((1, "10"), **{"from": office.day(2), "to": office.day(100)})
    assert office.shown(promotion_id)["state"] == "draft"
    seen = {}
    for day in (0, 2, 100, 101):
        at(context, day, monkeypatch)
        if day == 0:
            assert office.prices(caller)["LMP-1"] == ("100.00", "base_price")
            assert office.approve(promotion_id).status == 200
        seen[day] = (office.shown(promotion_id)["state"], office.prices(caller)["LMP-1"][0])
    assert seen == {
        0: ("approved", "100.00"),
        2: ("running", "90.00"),
        100: ("running", "90.00"),
        101: ("ended", "100.00"),
    }


def test_ending_a_promotion_takes_effect_at_once(office: Office, context: Context):
    caller = partner(context)
    promotion_id = office.run((1, "10"))
    assert office.prices(caller)["LMP-1"][0] == "90.00"
    ended = office.step(promotion_id, "end", version=2)
    assert (ended.json["state"], ended.json["ended_on"]) == ("ended", office.day(0))
    assert office.prices(caller)["LMP-1"][0] == "100.00"


def test_what_is_approved_is_not_changed_or_approved_again(office: Office):
    promotion_id = office.run()
    url = f"/v1/staff/promotions/{promotion_id}"
    again = office.api.call("PUT", url, MARKETING, office.form((1, "50")), headers={"if-match": '"2"'})
    assert again.json["code"] == "wrong_state"
    assert office.approve(promotion_id, version=2).json["code"] == "wrong_state"
    office.step(promotion_id, "end", version=2)
    assert office.step(promotion_id, "end", version=3).json["code"] == "wrong_state"


def test_a_draft_is_replaced_by_who_saw_the_present_one(office: Office):
    promotion_id = office.draft((1, "10"))
    url = f"/v1/staff/promotions/{promotion_id}"
    changed = office.api.call("PUT", url, MARKETING, office.form((1, "15")), headers={"if-match": '"1"'})
    assert (changed.status, changed.json["brackets"]) == (200, [{"from_quantity": 1, "percent": "15"}])
    stale = office.api.call("PUT", url, MARKETING, office.form((1, "50")), headers={"if-match": '"1"'})
    assert stale.json["code"] == "precondition_failed"
    assert office.approve(promotion_id, version=1).json["code"] == "precondition_failed"


def test_a_promotion_of_less_than_three_months_is_confirmed(office: Office):
    promotion_id = office.draft((1, "10"), to=office.day(30))
    assert errors(office.approve(promotion_id)) == [("/confirm_short", "short_promotion")]
    assert office.shown(promotion_id)["state"] == "draft"
    assert office.approve(promotion_id, confirm=True).status == 200


def test_a_promotion_that_is_over_cannot_be_approved(office: Office):
    promotion_id = office.draft((1, "10"), **{"from": office.day(-100), "to": office.day(-1)})
    assert errors(office.approve(promotion_id)) == [("/to", "over")]


def test_a_warning_names_the_earlier_promotions_of_goods_that_were_often_on_promotion(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    lamps = {"goods": {"categories": ["lamps"]}}
    first = office.run((1, "10"), **{"to": office.day(120), **lamps})
    at(context, 150, monkeypatch)
    second = office.run((1, "10"), **{"from": office.day(150), "to": office.day(300), **lamps})
    at(context, 320, monkeypatch)
    third = office.draft((1, "10"), **{"from": office.day(320), "to": office.day(500)})
    answer = office.approve(third)
    (warning,) = answer.json["warnings"]
    assert (warning["code"], warning["skus"], warning["product_count"]) == ("often_on_promotion", ["LMP-1", "LMP-2"], 2)
    assert [each["promotion_id"] for each in warning["promotions"]] == [first, second]
    assert answer.json["promotion"]["state"] == "running"


def test_a_promotion_that_was_ended_early_covers_the_days_before_that(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    first = office.run((1, "10"), to=office.day(360))
    at(context, 100, monkeypatch)
    office.step(first, "end", version=2)
    at(context, 320, monkeypatch)
    second = office.draft((1, "10"), **{"from": office.day(320), "to": office.day(500)})
    assert office.approve(second).json["warnings"] == []


def test_promotions_are_listed_by_their_last_day(office: Office):
    soon = office.draft((1, "10"), to=office.day(10))
    late = office.draft((1, "10"), to=office.day(300))
    answer = office.api.call("GET", "/v1/staff/promotions", MARKETING)
    assert [each["promotion_id"] for each in answer.json["items"]] == [late, soon]


def test_promotions_are_found_by_state_name_and_period_and_counted(office: Office):
    soon = office.draft((1, "10"), to=office.day(10), name="Summer panels")
    late = office.run((1, "10"), to=office.day(300))

    def found(query: str) -> tuple[list[str], Any]:
        answer = office.api.call("GET", f"/v1/staff/promotions?{query}", MARKETING)
        assert answer.status == 200, answer.text
        return [each["promotion_id"] for each in answer.json["items"]], answer.json["count"]

    assert found("state=draft") == ([soon], None)
    assert found("q=PANELS&count=true") == ([soon], {"value": 1, "more": False})
    assert found(f"from={office.day(11)}") == ([late], None)
    assert found("limit=1&count=true") == ([late], {"value": 2, "more": False})


def test_all_promotions_that_are_approved_run(office: Office):
    drafts = [office.draft((1, str(percent))) for percent in range(1, 4)]
    for each in drafts:
        assert office.approve(each).status == 200
    running = office.api.call("GET", "/v1/promotions", partner(office.context))
    assert [each["promotion_id"] for each in running.json["items"]] == drafts


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"to": "2020-01-01"}, ""),
        ({"brackets": []}, ""),
        ({"brackets": [{"from_quantity": 6, "percent": "10"}, {"from_quantity": 16, "percent": "5"}]}, ""),
        ({"brackets": [{"from_quantity": 6, "percent": "10"}, {"from_quantity": 6, "percent": "15"}]}, ""),
        ({"brackets": [{"percent": "100"}]}, "/brackets/0/percent"),
        ({"least_window_sum": "100", "most_window_sum": "100"}, ""),
        ({"months": [13]}, "/months/0"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_wrong_promotion_is_refused_where_it_is_wrong(office: Office, change: dict[str, Any], pointer: str):
    answer = office.api.call("POST", "/v1/staff/promotions", MARKETING, office.form() | change)
    assert [found for found, _ in errors(answer)] == [pointer]


# --- promotions: whom and what they are for ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goods", "cheaper"),
    [
        ({}, {"LMP-1", "LMP-2", "SWT-1"}),
        ({"skus": ["LMP-1"]}, {"LMP-1"}),
        ({"brands": ["Volten"]}, {"SWT-1"}),
        ({"statuses": ["overstock"]}, {"LMP-2"}),
        ({"own_brand": True}, {"SWT-1"}),
        ({"categories": ["lamps"], "skus": ["SWT-1"]}, {"LMP-1", "LMP-2", "SWT-1"}),
    ],
)
def test_a_promotion_is_for_the_goods_it_names(office: Office, context: Context, goods: Any, cheaper: set[str]):
    caller = partner(context)
    office.run((1, "10"), goods=goods)
    assert {sku for sku, (_, rule) in office.prices(caller).items() if rule == "promotion"} == cheaper


def test_a_category_includes_those_below_it(office: Office, context: Context):
    caller = partner(context)
    tree = [
        {"code": "light", "name": "Light", "name_ru": "Свет"},
        {"code": "lamps", "name": "Lamps", "name_ru": "Лампы", "parent": "light"},
    ]
    assert office.api.call("PUT", "/v1/staff/categories", OPERATIONS, {"categories": tree}).status == 200
    office.run((1, "10"), goods={"categories": ["light"]})
    assert {sku for sku, (_, rule) in office.prices(caller).items() if rule == "promotion"} == {"LMP-1", "LMP-2"}


def test_a_promotion_for_large_clients_is_not_for_small_ones(office: Office, context: Context):
    small, large = partner(context, "cmp_1", "mbr_1"), partner(context, "cmp_2", "mbr_2", inn="7736050003")
    reach(context, "cmp_2", "30000")
    office.run((1, "10"), least_window_sum="20000")
    assert (office.prices(small)["SWT-1"][1], office.prices(large)["SWT-1"][1]) == ("base_price", "promotion")
    assert office.api.call("GET", "/v1/promotions", small).json["items"][0]["for_you"] is False
    assert office.api.call("GET", "/v1/promotions", large).json["items"][0]["for_you"] is True


def test_a_partner_sees_what_runs_in_their_language(office: Office, context: Context):
    office.run((6, "10"), (16, "20"), goods={"brands": ["Lumera"]})
    office.run((1, "5"), **{"from": office.day(5)})
    answer = office.api.call("GET", "/v1/promotions", partner(context), headers={"accept-language": "ru"})
    (item,) = answer.json["items"]
    assert (item["name"], item["from"], item["for_you"]) == ("Осень", office.day(0), True)
    assert item["brackets"] == [{"from_quantity": 6, "percent": "10"}, {"from_quantity": 16, "percent": "20"}]


# --- the same price everywhere ----------------------------------------------------------------------------------------


def test_an_order_gets_the_price_of_its_quantity_and_keeps_the_explanation(office: Office, context: Context):
    caller = partner(context, region="RU-MOW")
    distributor(context, "RU-MOW")
    promotion_id = office.run((6, "10"), (16, "20"), (31, "30"))
    lines = [{"sku": "LMP-1", "quantity": 15}, {"sku": "LMP-2", "quantity": 31}, {"sku": "SWT-1", "quantity": 5}]
    placed = office.api.call("POST", "/v1/orders", caller, {"lines": lines}, key="cart")
    assert placed.status == 201, placed.text
    told = [(line["unit_price"]["amount"], line["rule"]["name"]) for line in placed.json["lines"]]
    assert told == [("90.00", "promotion"), ("140.00", "promotion"), ("10.00", "base_price")]
    office.step(promotion_id, "end", version=2)
    kept = office.api.call("GET", f"/v1/orders/{placed.json['order_id']}", caller)
    assert [line["rule"] for line in kept.json["lines"]] == [line["rule"] for line in placed.json["lines"]]


def test_running_promotions_weigh_no_more_than_every_price_can_read(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    office.run()
    item = promotions_store.running_item(context.table)
    assert item
    [weight] = [len(text.encode()) for text in item["promotions"].values()]
    monkeypatch.setattr(promotions, "MOST_RUNNING_BYTES", 2 * weight - 1)
    refused = office.approve(office.draft(), confirm=True)
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    monkeypatch.setattr(promotions, "MOST_RUNNING_BYTES", 2 * weight)
    assert office.approve(office.draft(), confirm=True).status == 200


def test_a_selection_names_so_many_articles_at_most(office: Office):
    def draft(number: int) -> Any:
        goods = {"categories": [f"c-{each}" for each in range(number)]}
        return office.api.call("POST", "/v1/staff/promotions", MARKETING, office.form() | {"goods": goods})

    assert draft(500).status == 201
    assert [found for found, _ in errors(draft(501))] == ["/goods/categories"]


def test_terms_weigh_no_more_than_every_price_can_read(
    office: Office, context: Context, monkeypatch: pytest.MonkeyPatch
):
    # These articles are not in the catalogue.
    monkeypatch.setattr(terms_service, "with_articles_meant", lambda context, form: form)
    monkeypatch.setattr(terms_service.rules, "needs_two", lambda *_: False)
    prices = [{"sku": f"АРТИКУЛ-{n:056}", "price": "1234567.89"} for n in range(500)]
    company(context)
    assert office.agree({"prices": prices}).status == 200
    largest = [{"number": f"K-{n}", "prices": prices} for n in range(9)]  # the form takes it, and no item holds it
    answer = office.agree(*largest, version=1)
    assert (answer.status, answer.json["code"]) == (422, "limit_exceeded")
    item = context.table.get(pricing_keys.terms("cmp_1"))
    assert item
    monkeypatch.setattr(terms_service, "MOST_BYTES", sum(len(text.encode()) for text in item["contracts"]))
    assert office.agree({"prices": prices}, version=1).status == 200
    monkeypatch.setattr(terms_service, "MOST_BYTES", terms_service.MOST_BYTES - 1)
    assert office.agree({"prices": prices}, version=2).json["code"] == "limit_exceeded"
