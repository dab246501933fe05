"""Goods instead of bonuses, as the company and the staff ask for them."""

from datetime import date

import pytest

from chalicelib.bonuses.goods import keys as goods_keys
from chalicelib.bonuses.goods import service as goods
from chalicelib.mail.declarations import declaration, declared_letters
from chalicelib.mail.model import Recipient
from chalicelib.platform import keys
from chalicelib.platform.context import Context
from tests.bonuses.goods.steps import (
    COMPANY,
    Shelf,
    balances,
    buy,
    choices,
    entitlements,
    events,
    holds,
    night,
    periods,
    postings,
)
from tests.support.api import Answer, Api, Caller
from tests.support.partners import dismissed, partner, speaks_for


@pytest.fixture
def shelf(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(api, context, monkeypatch)


@pytest.fixture
def gifts(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(api, context, monkeypatch, pays="gift")


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def faults(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


# --- periods ----------------------------------------------------------------------------------------------------------


def test_a_company_sees_how_far_it_is_and_what_is_missing(shelf: Shelf) -> None:
    buy(shelf.context, date(2026, 11, 2), "1500")
    (current,) = shelf.get("/v1/company/periods")["open"]
    assert current["programme"] == {
        "code": "quarter",
        "name": "Quarter bonus",
        "every": "quarter",
        "mode": "whole",
        "pays": "goods_next_period",
    }
    assert (current["first"], current["last"], current["closes_on"]) == ("2026-10-01", "2026-12-31", "2027-01-11")
    assert current["purchases"] == current["volume"] == {"amount": "1500.00", "currency": "RUB"}
    assert (current["bracket"]["percent"], current["credit"]["amount"]) == ("10", "150.00")
    assert (current["next_bracket"]["percent"], current["next_bracket"]["missing"]["amount"]) == ("20", "3500.00")


def test_a_company_that_bought_nothing_sees_the_present_period(shelf: Shelf) -> None:
    shown = shelf.get("/v1/company/periods", headers={"accept-language": "ru"})
    (current,) = shown["open"]
    assert current["programme"]["name"] == "Квартальный бонус"
    assert (current["volume"]["amount"], current["bracket"]) == ("0.00", None)
    assert current["next_bracket"]["missing"]["amount"] == "1000.00"
    assert (shown["items"], shown["next_cursor"]) == ([], None)


def test_a_closed_period_shows_what_was_credited_and_adjustments_from_late_documents(shelf: Shelf) -> None:
    shelf.earned()
    buy(shelf.context, date(2026, 9, 30), "300")
    shown = shelf.get("/v1/company/periods")
    (closed,) = shown["items"]
    assert (closed["state"], closed["closed_on"], closed["volume"]["amount"]) == ("closed", "2026-11-20", "2000.00")
    assert (closed["credit"]["amount"], closed["owed"]["amount"]) == ("200.00", "200.00")
    (current,) = shown["open"]
    assert (current["purchases"]["amount"], current["adjustments"]["amount"]) == ("0.00", "300.00")


def test_a_correction_that_outweighs_what_was_bought_is_missing_to_the_next_bracket(shelf: Shelf) -> None:
    buy(shelf.context, date(2026, 8, 5), "2000", "1")
    night(shelf.context)
    buy(shelf.context, date(2026, 8, 5), "1500", "1")
    (current,) = shelf.get("/v1/company/periods")["open"]
    assert (current["adjustments"]["amount"], current["volume"]["amount"]) == ("-500.00", "0.00")
    assert current["next_bracket"]["missing"]["amount"] == "1500.00"


def test_closed_periods_come_page_by_page_latest_first(shelf: Shelf) -> None:
    for month in (2, 5, 8):
        buy(shelf.context, date(2026, month, 5), "2000")
    night(shelf.context)
    page = shelf.get("/v1/company/periods?limit=2")
    rest = shelf.get(f"/v1/company/periods?limit=2&cursor={page['next_cursor']}")
    assert [each["last"] for each in page["items"]] == ["2026-09-30", "2026-06-30"]
    assert [each["last"] for each in rest["items"]] == ["2026-03-31"]


def test_the_staff_sees_what_the_company_sees(shelf: Shelf) -> None:
    found = shelf.earned()
    assert shelf.get(f"/v1/staff/companies/{COMPANY}/periods", shelf.clerk) == shelf.get("/v1/company/periods")
    own = shelf.get("/v1/company/entitlements")
    assert shelf.get(f"/v1/staff/companies/{COMPANY}/entitlements", shelf.clerk) == own
    url = f"company/entitlements/{found.entitlement_id}"
    one = shelf.get(f"/v1/{url}")
    assert shelf.get(f"/v1/staff/companies/{COMPANY}/entitlements/{found.entitlement_id}", shelf.clerk) == one
    answer = shelf.api.call("GET", "/v1/staff/companies/cmp_nobody/periods", shelf.clerk)
    assert refused(answer) == (404, "not_found")


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_goods_are_chosen_at_the_prices_of_the_close(shelf: Shelf) -> None:
    found = shelf.earned()
    prices = shelf.get(f"/v1/company/entitlements/{found.entitlement_id}/prices?q=LMP")
    assert [(each["sku"], each["unit_price"]["amount"]) for each in prices["items"]] == [
        ("LMP-1", "12.00"),
        ("LMP-2", "1.05"),
        ("LMP-3", "500.00"),
    ]
    answer = shelf.choose(found.entitlement_id, {"LMP-1": 10, "LMP-2": 12}, note="By the gate")
    assert answer.status == 201
    assert (answer.json["state"], answer.json["total"]["amount"], answer.json["left"]["amount"]) == (
        "reserved",
        "132.60",
        "67.40",
    )
    assert answer.json["history"] == [{"at": shelf.context.at, "state": "reserved", "note": "By the gate"}]
    shown = shelf.get(f"/v1/company/entitlements/{found.entitlement_id}")
    assert (shown["state"], shown["reserved"]["amount"], shown["left"]["amount"]) == ("open", "132.60", "67.40")
    assert [choice["choice_id"] for choice in shown["choices"]] == [answer.json["choice_id"]]
    assert len(postings(shelf.context)) == 1, "what is reserved is owed all the same"
    assert events(shelf.context, "goods.chosen")[0]["choice_id"] == answer.json["choice_id"]
    holds(shelf.context)


def test_the_same_request_twice_is_one_choice(shelf: Shelf) -> None:
    found = shelf.earned()
    first = shelf.choose(found.entitlement_id, {"LMP-1": 10}, key="once")
    again = shelf.choose(found.entitlement_id, {"LMP-1": 10}, key="once")
    assert again.json == first.json
    assert again.headers["idempotency-replayed"] == "true"
    assert len(choices(shelf.context)) == 1


def test_exactly_what_is_left_can_be_chosen_and_no_more(shelf: Shelf) -> None:
    found = shelf.earned("1200")  # 120.00: ten lamps
    answer = shelf.choose(found.entitlement_id, {"LMP-1": 11})
    assert refused(answer) == (422, "above_left")
    assert answer.json["left"] == {"amount": "120.00", "currency": "RUB"}
    assert shelf.choose(found.entitlement_id, {"LMP-1": 10}).json["left"]["amount"] == "0.00"
    assert refused(shelf.choose(found.entitlement_id, {"LMP-2": 6})) == (422, "above_left")


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([("NONE", 1)], ("/lines/0/sku", "unknown_sku")),
        ([("LMP-1", 1), ("LMP-1", 1)], ("/lines/1/sku", "repeated")),
        ([("LMP-2", 5)], ("/lines/0/quantity", "pack_multiple")),
        ([("LMP-1", 0)], ("/lines/0/quantity", "greater_than_equal")),
    ],
)
def test_lines_that_cannot_be_are_refused_by_name(
    shelf: Shelf, lines: list[tuple[str, int]], fault: tuple[str, str]
) -> None:
    found = shelf.earned()
    body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}
    answer = shelf.post(f"/v1/company/entitlements/{found.entitlement_id}/choices", shelf.owner, body)
    assert faults(answer) == [fault]
    assert choices(shelf.context) == []


def test_after_the_last_day_nothing_can_be_chosen_even_before_the_night(shelf: Shelf) -> None:
    found = shelf.earned()
    shelf.later(days=89)
    assert shelf.choose(found.entitlement_id, {"LMP-1": 1}).status == 201
    shelf.later(days=1)
    assert refused(shelf.choose(found.entitlement_id, {"LMP-1": 1})) == (409, "wrong_state")
    shown = shelf.get("/v1/company/entitlements")["items"][0]
    assert (shown["left"]["amount"], shown["expired"]["amount"]) == ("0.00", "188.00")


def test_what_is_there_later_cannot_be_chosen_yet(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(api, context, monkeypatch, code="year", every="year", pays="goods_monthly_next_year")
    buy(shelf.context, date(2026, 8, 5), "12000")
    shelf.later(days=60)
    night(shelf.context)
    january, february = entitlements(shelf.context)[:2]
    assert shelf.choose(january.entitlement_id, {"LMP-1": 1}).status == 201
    assert refused(shelf.choose(february.entitlement_id, {"LMP-1": 1})) == (409, "wrong_state")
    listed = shelf.get("/v1/company/entitlements?limit=100")["items"]
    assert [each["state"] for each in listed] == ["waiting"] * 11 + ["open"]
    assert [each["part"] for each in listed] == list(range(12, 0, -1))


def test_a_choice_is_taken_back_as_long_as_nothing_was_shipped(shelf: Shelf) -> None:
    found = shelf.earned()
    first = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    answer = shelf.cancel(found.entitlement_id, first)
    assert (answer.json["state"], answer.json["left"]["amount"]) == ("cancelled", "200.00")
    assert refused(shelf.cancel(found.entitlement_id, first)) == (409, "wrong_state")
    second = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    shelf.ship(found.entitlement_id, second, {"LMP-1": 1})
    assert refused(shelf.cancel(found.entitlement_id, second)) == (409, "wrong_state")
    holds(shelf.context)


def test_what_is_taken_back_after_the_last_day_expires_at_once(shelf: Shelf) -> None:
    found = shelf.earned()
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    shelf.later(days=91)
    night(shelf.context)
    assert balances(shelf.context)[4:6] == (80, 120), "what is reserved does not expire"
    assert shelf.cancel(found.entitlement_id, choice_id).json["left"]["amount"] == "0.00"
    assert balances(shelf.context)[4:6] == (200, 0)
    holds(shelf.context)


# --- shipping ---------------------------------------------------------------------------------------------------------


def test_goods_are_shipped_in_parts_by_documents_until_the_period_is_settled(shelf: Shelf) -> None:
    found = shelf.earned("1200")
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    (waiting,) = shelf.get("/v1/staff/goods", shelf.clerk)["items"]
    assert waiting["choice"]["choice_id"] == choice_id
    answer = shelf.ship(found.entitlement_id, choice_id, {"LMP-1": 4}, day="2026-11-19")
    assert (answer.json["state"], answer.json["waiting"]["amount"]) == ("partly_shipped", "72.00")
    assert balances(shelf.context)[3:6] == (48, 0, 72)
    answer = shelf.ship(found.entitlement_id, choice_id, document="УТ-2")
    assert (answer.json["state"], answer.json["waiting"]["amount"]) == ("shipped", "0.00")
    assert [shipment["document"] for shipment in answer.json["shipments"]] == ["УТ-1", "УТ-2"]
    assert shelf.get("/v1/staff/goods", shelf.clerk)["items"] == []
    assert balances(shelf.context)[3:6] == (120, 0, 0)
    assert shelf.get("/v1/company/periods")["items"][0]["state"] == "settled"
    assert shelf.get("/v1/company/entitlements")["items"][0]["state"] == "settled"
    first, second = events(shelf.context, "goods.shipped")
    assert (first["document"], first["day"], first["left"], second["left"]) == ("УТ-1", "2026-11-19", 72, 0)
    assert first["lines"][0] | {"name": "", "name_ru": ""} == {
        "sku": "LMP-1",
        "name": "",
        "name_ru": "",
        "unit": "pcs",
        "quantity": 4,
        "unit_price": 12,
        "amount": 48,
    }
    assert [posting.cause.document.get("document") for posting in postings(shelf.context)] == [None, "УТ-1", "УТ-2"]
    holds(shelf.context)


def test_no_more_is_shipped_than_was_chosen(shelf: Shelf) -> None:
    found = shelf.earned()
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    assert faults(shelf.ship(found.entitlement_id, choice_id, {"LMP-1": 11})) == [("/lines/0/quantity", "above_left")]
    assert faults(shelf.ship(found.entitlement_id, choice_id, {"LMP-2": 6})) == [("/lines/0/sku", "unknown_sku")]
    shelf.ship(found.entitlement_id, choice_id, {"LMP-1": 9})
    assert faults(shelf.ship(found.entitlement_id, choice_id, {"LMP-1": 2}, document="УТ-2")) == [
        ("/lines/0/quantity", "above_left")
    ]
    assert refused(shelf.ship(found.entitlement_id, choice_id)) == (409, "already_exists")
    assert faults(shelf.ship(found.entitlement_id, choice_id, day="2026-11-22", document="УТ-3")) == [
        ("/day", "in_future")
    ]
    holds(shelf.context)


def test_what_cannot_be_shipped_is_given_back(shelf: Shelf) -> None:
    found = shelf.earned()
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    shelf.ship(found.entitlement_id, choice_id, {"LMP-1": 4})
    answer = shelf.give_back(found.entitlement_id, choice_id)
    assert (answer.json["state"], answer.json["left"]["amount"]) == ("cancelled", "152.00")
    assert answer.json["history"][-1]["note"] == "Out of stock"
    assert balances(shelf.context)[3:6] == (48, 0, 152)
    holds(shelf.context)


def test_a_shipment_taken_back_is_reserved_again_and_names_its_posting(shelf: Shelf) -> None:
    found = shelf.earned()
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    shipment = shelf.ship(found.entitlement_id, choice_id).json["shipments"][0]
    answer = shelf.unship(found.entitlement_id, choice_id, shipment["shipment_id"])
    assert (answer.json["state"], answer.json["waiting"]["amount"]) == ("reserved", "120.00")
    assert answer.json["shipments"][0]["reversed_reason"] == "The wrong lamps"
    _, shipped, back = postings(shelf.context)
    assert back.cause.reverses == shipped.posting_id
    assert balances(shelf.context)[3:6] == (0, 0, 200)
    again = shelf.unship(found.entitlement_id, choice_id, shipment["shipment_id"])
    assert refused(again) == (409, "wrong_state")
    assert shelf.ship(found.entitlement_id, choice_id).json["state"] == "shipped", "the number is free again"
    holds(shelf.context)


def test_goods_that_come_back_after_the_choice_was_cancelled_are_left_again(shelf: Shelf) -> None:
    found = shelf.earned()
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    shipment = shelf.ship(found.entitlement_id, choice_id, {"LMP-1": 4}).json["shipments"][0]
    shelf.give_back(found.entitlement_id, choice_id)
    answer = shelf.unship(found.entitlement_id, choice_id, shipment["shipment_id"])
    assert (answer.json["state"], answer.json["left"]["amount"]) == ("cancelled", "200.00")
    holds(shelf.context)


# --- as a whole -------------------------------------------------------------------------------------------------------


def test_what_is_left_is_reversed_with_a_reason_and_never_more(shelf: Shelf) -> None:
    found = shelf.earned()
    shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    assert refused(shelf.reverse(found.entitlement_id, "80.01")) == (422, "above_left")
    answer = shelf.reverse(found.entitlement_id, "30.00")
    assert (answer.json["reversed"]["amount"], answer.json["left"]["amount"]) == ("30.00", "50.00")
    assert shelf.reverse(found.entitlement_id).json["left"]["amount"] == "0.00"
    assert refused(shelf.reverse(found.entitlement_id)) == (409, "wrong_state")
    closed, part, rest = postings(shelf.context)
    assert {part.cause.reverses, rest.cause.reverses} == {closed.posting_id}
    assert (part.cause.reason, part.cause.author) == ("Earned by a mistake", "mbr_clerk")
    assert balances(shelf.context).goods_owed == 120
    assert -balances(shelf.context).issued == 120
    holds(shelf.context)


def test_a_gift_is_handed_over_whole_and_once(gifts: Shelf) -> None:
    found = gifts.earned()
    (waiting,) = gifts.get("/v1/staff/goods", gifts.clerk)["items"]
    assert waiting["gift"]["entitlement_id"] == found.entitlement_id
    assert refused(gifts.choose(found.entitlement_id, {"LMP-1": 1})) == (409, "wrong_state")
    gifts.later(days=500)
    night(gifts.context)
    assert faults(gifts.hand_over(found.entitlement_id, day="2029-01-01")) == [("/day", "in_future")]
    answer = gifts.hand_over(found.entitlement_id)
    assert (answer.json["state"], answer.json["shipped"]["amount"]) == ("settled", "200.00")
    assert refused(gifts.hand_over(found.entitlement_id)) == (409, "wrong_state")
    assert gifts.get("/v1/staff/goods", gifts.clerk)["items"] == []
    assert balances(gifts.context)[3:6] == (200, 0, 0)
    holds(gifts.context)


def test_a_gift_that_came_back_is_owed_again_and_can_be_given_again(gifts: Shelf) -> None:
    found = gifts.earned()
    assert refused(gifts.take_gift_back(found.entitlement_id)) == (409, "wrong_state")
    for _ in range(2):
        assert gifts.hand_over(found.entitlement_id).json["state"] == "settled"
        assert gifts.take_gift_back(found.entitlement_id).json["state"] == "open"
    _, given, back, *_ = postings(gifts.context)
    assert back.cause.reverses == given.posting_id
    assert len(gifts.get("/v1/staff/goods", gifts.clerk)["items"]) == 1
    assert balances(gifts.context)[3:6] == (0, 0, 200)
    assert refused(gifts.take_gift_back(found.entitlement_id)) == (409, "wrong_state")
    holds(gifts.context)


def test_goods_are_not_handed_over_as_a_gift(shelf: Shelf) -> None:
    assert refused(shelf.hand_over(shelf.earned().entitlement_id)) == (409, "wrong_state")


# --- days pass --------------------------------------------------------------------------------------------------------


def test_what_is_not_chosen_is_warned_of_and_expires(shelf: Shelf) -> None:
    found = shelf.earned()
    shelf.later(days=74)
    night(shelf.context)
    assert events(shelf.context, "goods.expiring") == []
    shelf.later(days=1)
    for _ in range(2):
        night(shelf.context)
    (warning,) = events(shelf.context, "goods.expiring")
    assert (warning["amount"], warning["days_left"], warning["expires_on"]) == (200, 14, "2027-02-17")
    shelf.later(days=14)
    night(shelf.context)
    assert balances(shelf.context).goods_owed == 200, "the last day is not over"
    shelf.later(days=1)
    for _ in range(2):
        night(shelf.context)
    assert (balances(shelf.context).goods_owed, balances(shelf.context).expired) == (0, 200)
    assert events(shelf.context, "goods.expired")[0]["entitlement_id"] == found.entitlement_id
    assert shelf.get("/v1/company/periods")["items"][-1]["state"] == "settled"
    assert "gsi2pk" not in shelf.context.table.get(goods_keys.entitlement(COMPANY, found.entitlement_id)), (
        "nothing more falls due"
    )
    holds(shelf.context)


def test_what_is_given_back_late_still_falls_due(shelf: Shelf) -> None:
    """The day of its warning has passed long ago: the night would not look there any more."""
    found = shelf.earned("1200")
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 10})
    shelf.later(days=86)
    shelf.cancel(found.entitlement_id, choice_id)
    item = shelf.context.table.get(goods_keys.entitlement(COMPANY, found.entitlement_id))
    assert item is not None
    assert item["gsi2pk"] == keys.due("periods", shelf.context.today, COMPANY).pk
    night(shelf.context)
    assert events(shelf.context, "goods.expiring")[0]["days_left"] == 3


@pytest.mark.parametrize("pays", ["goods_next_period", "gift"])
def test_letters_can_be_written_of_what_is_told(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch, pays: str
) -> None:
    shelf = Shelf(api, context, monkeypatch, pays=pays)
    found = shelf.earned()
    if pays != "gift":
        shelf.ship(found.entitlement_id, shelf.chosen(found.entitlement_id, {"LMP-1": 5}), {"LMP-1": 2})
        shelf.later(days=80)
        night(shelf.context)
    written = {
        template: declaration(template).facts(shelf.context, Recipient("member", "mbr_1"), event)[1]["currency"]
        for event in events(shelf.context)
        if (template := event["event"].replace(".", "_")) in declared_letters()
    }
    wanted = {"goods_available"} if pays == "gift" else {"goods_available", "goods_shipped", "goods_expiring"}
    assert written.keys() == wanted


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_another_companys_goods_are_not_there(shelf: Shelf) -> None:
    found = shelf.earned()
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 1})
    other = partner(shelf.context, "cmp_other", "mbr_other", inn="7736050003")
    url = f"/v1/company/entitlements/{found.entitlement_id}"
    body = {"lines": [{"sku": "LMP-1", "quantity": 1}]}
    answers = [
        shelf.api.call("GET", url, other),
        shelf.api.call("GET", f"{url}/prices", other),
        shelf.post(f"{url}/choices", other, body),
        shelf.post(f"{url}/choices/{choice_id}/cancel", other, {}),
    ]
    assert {refused(answer) for answer in answers} == {(404, "not_found")}


def test_an_accountant_sees_and_does_not_choose(shelf: Shelf) -> None:
    found = shelf.earned()
    accountant = speaks_for(shelf.context, COMPANY, "mbr_2", "accountant")
    shelf.get("/v1/company/entitlements", accountant)
    body = {"lines": [{"sku": "LMP-1", "quantity": 1}]}
    answer = shelf.post(f"/v1/company/entitlements/{found.entitlement_id}/choices", accountant, body)
    assert refused(answer) == (403, "scope_missing")


def test_who_was_removed_meanwhile_chooses_nothing(shelf: Shelf) -> None:
    found = shelf.earned()
    dismissed(shelf.context, COMPANY)
    assert refused(shelf.choose(found.entitlement_id, {"LMP-1": 1})) == (403, "session_stale")
    holds(shelf.context)


def test_who_is_no_longer_of_the_staff_ships_nothing(shelf: Shelf) -> None:
    found = shelf.earned()
    choice_id = shelf.chosen(found.entitlement_id, {"LMP-1": 1})
    shelf.clerk = Caller.person("mbr_gone", "staff", "operations", "club")
    for answer in (
        shelf.ship(found.entitlement_id, choice_id),
        shelf.give_back(found.entitlement_id, choice_id),
        shelf.reverse(found.entitlement_id),
    ):
        assert refused(answer) == (403, "session_stale")
    assert [period["owed"] for period in periods(shelf.context)] == [200]


def test_a_company_chooses_so_often_in_a_day(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chosen and cancelled in a loop, as well: each time leaves a record and its postings."""
    monkeypatch.setattr(goods, "MOST_A_DAY", 2)
    found = shelf.earned()
    for _ in range(2):
        assert shelf.cancel(found.entitlement_id, shelf.chosen(found.entitlement_id, {"LMP-1": 1})).status == 200
    assert refused(shelf.choose(found.entitlement_id, {"LMP-1": 1})) == (429, "too_many_requests")
    shelf.later(days=1)
    assert shelf.choose(found.entitlement_id, {"LMP-1": 1}).status == 201
