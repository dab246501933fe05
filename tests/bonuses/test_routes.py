"""A company's use of its bonuses, and the staff's work for it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.bonuses.steps import Office, all_postings, balances, credit, reverse, sums
from tests.support.api import Caller
from tests.support.partners import company, dismissed, speaks_for

DECEMBER, MARCH = date(2026, 12, 31), date(2027, 3, 31)


def told(answer: object) -> tuple[int, str]:
    return answer.status, answer.json["code"]  # type: ignore[attr-defined]


# --- what the company sees --------------------------------------------------------------------------------------------


def test_a_company_without_bonuses_has_nothing_of_everything(office: Office) -> None:
    found = office.get("/v1/company/bonuses")
    assert sums(found["balances"]) == {"pending": "0.00", "available": "0.00", "reserved": "0.00"}
    assert (found["lots"], found["next_expiry"], found["debt"]["amount"]) == ([], None, "0.00")
    assert office.get("/v1/company/bonuses/entries") == {"items": [], "next_cursor": None, "count": None}


def test_lots_are_shown_in_the_order_in_which_they_are_spent(office: Office) -> None:
    credit(office.context, "cmp_1", "50", MARCH)
    credit(office.context, "cmp_1", "70", DECEMBER)
    found = office.get("/v1/company/bonuses")
    assert [(lot["expires_on"], lot["amount"]["amount"]) for lot in found["lots"]] == [
        ("2026-12-31", "70.00"),
        ("2027-03-31", "50.00"),
    ]
    assert found["next_expiry"] == found["lots"][0]
    assert found["redemption_minimum"] == {"amount": "100.00", "currency": "RUB"}


def test_what_expired_is_gone_before_the_night_says_so(office: Office) -> None:
    credit(office.context, "cmp_1", "70", DECEMBER)
    office.later(days=42)
    assert office.context.today == DECEMBER + timedelta(days=1)
    found = office.get("/v1/company/bonuses")
    assert (found["balances"]["available"]["amount"], found["totals"]["expired"]["amount"]) == ("0.00", "70.00")


def test_entries_are_listed_newest_first_and_sum_to_the_balances(office: Office) -> None:
    for amount in ("300", "200", "100"):
        credit(office.context, "cmp_1", amount)
    office.redeemed("250")
    first = office.get("/v1/company/bonuses/entries?limit=3")
    rest = office.get(f"/v1/company/bonuses/entries?limit=3&cursor={first['next_cursor']}")
    postings = [*first["items"], *rest["items"]]
    assert [posting["kind"] for posting in postings] == ["redemption", "purchase", "purchase", "purchase"]
    available = sum(
        Decimal(entry["amount"]["amount"])
        for posting in postings
        for entry in posting["entries"]
        if entry["account"] == "available"
    )
    assert available == Decimal(office.shown()["available"]) == 350
    for posting in postings:
        assert sum(Decimal(entry["amount"]["amount"]) for entry in posting["entries"]) == 0


def test_a_posting_is_called_in_the_readers_language(office: Office) -> None:
    credit(office.context, "cmp_1", "300")
    russian = office.get("/v1/company/bonuses/entries", headers={"accept-language": "ru"})
    assert russian["items"][0]["title"] == "Начисление за покупку"


# --- redeeming --------------------------------------------------------------------------------------------------------


def test_redeeming_takes_the_oldest_expiry_first(office: Office) -> None:
    credit(office.context, "cmp_1", "500", MARCH)
    credit(office.context, "cmp_1", "70", DECEMBER)
    answer = office.redeem("100", note="Fair stand")
    assert answer.status == 201
    assert answer.json["state"] == "reserved"
    assert [(lot["expires_on"], lot["amount"]["amount"]) for lot in answer.json["lots"]] == [
        ("2026-12-31", "70.00"),
        ("2027-03-31", "30.00"),
    ]
    assert office.shown() == {"pending": "0.00", "available": "470.00", "reserved": "100.00"}
    assert office.get(f"/v1/company/redemptions/{answer.json['redemption_id']}") == answer.json


def test_no_more_is_redeemed_than_is_available(office: Office) -> None:
    credit(office.context, "cmp_1", "150")
    answer = office.redeem("150.01")
    assert told(answer) == (422, "not_enough_bonus")
    assert answer.json["available"] == {"amount": "150.00", "currency": "RUB"}
    assert office.redeem("150").status == 201
    assert told(office.redeem("100")) == (422, "not_enough_bonus")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"amount": "99.99"}, "/amount"),
        ({"amount": "0"}, "/amount"),
        ({"amount": "-100"}, "/amount"),
        ({"amount": "100.001"}, "/amount"),
        ({"amount": "100", "order_id": "ord_none"}, "/order_id"),
        ({"amount": "100", "tip": "1"}, "/tip"),
    ],
)
def test_a_redemption_that_cannot_be_says_why(office: Office, body: dict[str, str], pointer: str) -> None:
    credit(office.context, "cmp_1", "1000")
    answer = office.post("/v1/company/redemptions", office.owner, body)
    assert told(answer) == (422, "invalid")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert office.shown()["reserved"] == "0.00"


def test_the_same_request_twice_redeems_once(office: Office) -> None:
    credit(office.context, "cmp_1", "150")
    first, second = office.redeem("100", key="one"), office.redeem("100", key="one")
    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert second.headers["idempotency-replayed"] == "true"
    assert office.shown()["available"] == "50.00"
    assert len(office.get("/v1/company/redemptions")["items"]) == 1


def test_a_cancelled_redemption_is_back_in_its_lots(office: Office) -> None:
    credit(office.context, "cmp_1", "70", DECEMBER)
    credit(office.context, "cmp_1", "500", MARCH)
    before = office.get("/v1/company/bonuses")
    redemption_id = office.redeemed("100")
    answer = office.cancel(redemption_id)
    assert (answer.status, answer.json["state"]) == (200, "cancelled")
    assert office.get("/v1/company/bonuses") == before
    reserved, back = all_postings(office.context)[-2:]
    assert back.cause.reverses == reserved.posting_id
    assert [(entry.account, -entry.amount, entry.lot) for entry in back.entries] == list(reserved.entries)


def test_what_comes_back_after_its_day_expires_at_once(office: Office) -> None:
    credit(office.context, "cmp_1", "300", DECEMBER)
    redemption_id = office.redeemed("100")
    office.later(days=50)
    assert office.cancel(redemption_id).status == 200
    found = office.get("/v1/company/bonuses")
    assert sums(found["balances"]) == {"pending": "0.00", "available": "0.00", "reserved": "0.00"}
    assert found["totals"]["expired"]["amount"] == "300.00"
    expired, back = all_postings(office.context)[-2:]
    assert (expired.cause.kind, expired.day) == ("expiry", DECEMBER + timedelta(days=1))
    assert [(entry.account, entry.amount) for entry in back.entries] == [("reserved", -100), ("expired", 100)]


def test_what_is_reserved_does_not_expire(office: Office) -> None:
    credit(office.context, "cmp_1", "300", DECEMBER)
    redemption_id = office.redeemed("300")
    office.later(days=50)
    assert office.complete(redemption_id).json["state"] == "redeemed"
    totals = office.get("/v1/company/bonuses")["totals"]
    assert (totals["redeemed"]["amount"], totals["expired"]["amount"]) == ("300.00", "0.00")


@pytest.mark.parametrize("first", ["cancel", "complete"])
@pytest.mark.parametrize("second", ["cancel", "complete"])
def test_a_redemption_ends_once(office: Office, first: str, second: str) -> None:
    credit(office.context, "cmp_1", "300")
    redemption_id = office.redeemed("100")
    ended = getattr(office, first)(redemption_id)
    again = getattr(office, second)(redemption_id)
    assert told(again) == (409, "wrong_state")
    assert again.json["state"] == ended.json["state"]


def test_nobody_else_finds_or_cancels_a_redemption(office: Office) -> None:
    credit(office.context, "cmp_1", "300")
    redemption_id = office.redeemed("100")
    company(office.context, "cmp_2", inn="7728168971")
    stranger = speaks_for(office.context, "cmp_2", "mbr_2")
    for answer in (
        office.api.call("GET", f"/v1/company/redemptions/{redemption_id}", stranger),
        office.post(f"/v1/company/redemptions/{redemption_id}/cancel", stranger),
    ):
        assert told(answer) == (404, "not_found")


@pytest.mark.parametrize("role", ["accountant", "engineer"])
def test_only_owners_and_buyers_redeem(office: Office, role: str) -> None:
    caller = speaks_for(office.context, "cmp_1", "mbr_2", role)
    assert told(office.post("/v1/company/redemptions", caller, {"amount": "100"})) == (403, "scope_missing")


def test_who_was_dismissed_redeems_nothing_although_the_token_still_lives(office: Office) -> None:
    credit(office.context, "cmp_1", "300")
    redemption_id = office.redeemed("100")
    dismissed(office.context, "cmp_1")
    assert told(office.redeem("100")) == (403, "session_stale")
    assert told(office.cancel(redemption_id)) == (403, "session_stale")
    assert balances(office.context).reserved == 100


# --- returns after spending -------------------------------------------------------------------------------------------


def test_a_return_of_what_was_spent_leaves_a_debt_that_the_next_accrual_pays(office: Office) -> None:
    given = credit(office.context, "cmp_1", "300")
    office.complete(office.redeemed("300"))
    reverse(office.context, "cmp_1", given)
    found = office.get("/v1/company/bonuses")
    assert (found["balances"]["available"]["amount"], found["debt"]["amount"]) == ("-300.00", "300.00")
    assert told(office.redeem("100")) == (422, "not_enough_bonus")
    credit(office.context, "cmp_1", "450")
    assert office.shown()["available"] == "150.00"


# --- adjustments ------------------------------------------------------------------------------------------------------


def test_a_small_adjustment_is_posted_at_once_with_its_reason(office: Office) -> None:
    answer = office.adjust("10000.00")
    assert (answer.status, answer.json["state"]) == (201, "posted")
    assert office.shown()["available"] == "10000.00"
    (posting,) = office.get("/v1/company/bonuses/entries")["items"]
    assert (posting["kind"], posting["reason"]) == ("adjustment", "A mistake in March")
    assert all_postings(office.context)[0].cause.author == "mbr_clerk"


def test_what_is_added_expires_as_said_or_by_the_policy(office: Office) -> None:
    office.adjust("10", expires_on="2026-12-15")
    office.adjust("20")
    lots = office.get("/v1/company/bonuses")["lots"]
    assert [(lot["expires_on"], lot["amount"]["amount"]) for lot in lots] == [
        ("2026-12-15", "10.00"),
        ("2027-11-30", "20.00"),
    ]


def test_no_more_is_taken_away_than_is_available(office: Office) -> None:
    credit(office.context, "cmp_1", "150")
    assert told(office.adjust("-150.01")) == (422, "not_enough_bonus")
    assert told(office.adjust("-20000")) == (422, "not_enough_bonus")
    assert office.adjust("-150").status == 201
    assert office.shown()["available"] == "0.00"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"amount": "0"}, "/amount"),
        ({"amount": "1.234"}, "/amount"),
        ({"amount": "5", "expires_on": "2026-11-19"}, "/expires_on"),
        ({"amount": "-5", "expires_on": "2026-12-31"}, "/expires_on"),
        ({"amount": "5", "reason": ""}, "/reason"),
    ],
)
def test_an_adjustment_that_cannot_be_says_why(office: Office, body: dict[str, str], pointer: str) -> None:
    answer = office.adjust(**body)
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_large_adjustment_waits_for_somebody_else(office: Office) -> None:
    asked = office.adjust("10000.01", by=office.head)
    assert (asked.status, asked.json["state"]) == (201, "waiting")
    assert office.shown()["available"] == "0.00"
    waiting = office.get("/v1/staff/bonus-adjustments", office.other_head)["items"]
    assert waiting == [{**asked.json, "author_name": "Anna mbr_head"}]

    adjustment_id = asked.json["adjustment_id"]
    assert told(office.decide("approve", adjustment_id, office.head)) == (403, "four_eyes")
    approved = office.decide("approve", adjustment_id, office.other_head)
    assert (approved.json["state"], approved.json["decided_by"]) == ("posted", "mbr_other")
    assert office.shown()["available"] == "10000.01"
    assert office.get("/v1/staff/bonus-adjustments", office.head)["items"] == []
    assert office.get(f"/v1/staff/companies/cmp_1/bonus-adjustments/{adjustment_id}", office.head) == {
        **approved.json,
        "author_name": "Anna mbr_head",
        "decided_by_name": "Anna mbr_other",
    }


def test_a_rejected_adjustment_moves_nothing(office: Office) -> None:
    adjustment_id = office.adjust("50000").json["adjustment_id"]
    rejected = office.decide("reject", adjustment_id, office.head)
    assert (rejected.status, rejected.json["state"]) == (200, "rejected")
    assert told(office.decide("approve", adjustment_id, office.head)) == (409, "wrong_state")
    assert all_postings(office.context) == []


def test_an_adjustment_is_approved_once(office: Office) -> None:
    adjustment_id = office.adjust("50000").json["adjustment_id"]
    first = office.decide("approve", adjustment_id, office.head, key="one")
    assert office.decide("approve", adjustment_id, office.head, key="one").json == first.json
    assert told(office.decide("approve", adjustment_id, office.other_head)) == (409, "wrong_state")
    assert office.shown()["available"] == "50000.00"


def test_what_was_spent_while_it_waited_is_not_taken_away(office: Office) -> None:
    credit(office.context, "cmp_1", "30000")
    adjustment_id = office.adjust("-20000").json["adjustment_id"]
    office.redeemed("15000")
    assert told(office.decide("approve", adjustment_id, office.head)) == (422, "not_enough_bonus")
    found = office.get(f"/v1/staff/companies/cmp_1/bonus-adjustments/{adjustment_id}", office.head)
    assert found["state"] == "waiting"


def test_an_adjustment_whose_day_has_passed_cannot_be_approved(office: Office) -> None:
    adjustment_id = office.adjust("50000", expires_on="2026-11-25").json["adjustment_id"]
    office.later(days=10)
    assert told(office.decide("approve", adjustment_id, office.head)) == (409, "wrong_state")


def test_a_clerk_may_not_approve(office: Office) -> None:
    adjustment_id = office.adjust("50000", by=office.head).json["adjustment_id"]
    assert told(office.decide("approve", adjustment_id, office.clerk)) == (403, "scope_missing")


def test_who_is_no_staff_any_more_adjusts_nothing(office: Office) -> None:
    gone = Caller.person("mbr_gone", "staff", "admin", "club")
    assert told(office.adjust("5", by=gone)) == (403, "session_stale")
    adjustment_id = office.adjust("50000").json["adjustment_id"]
    assert told(office.decide("approve", adjustment_id, gone)) == (403, "session_stale")
    assert told(office.decide("reject", adjustment_id, gone)) == (403, "session_stale")


def test_there_is_nothing_to_adjust_at_a_company_that_is_not_there(office: Office) -> None:
    answer = office.post(
        "/v1/staff/companies/cmp_none/bonus-adjustments", office.clerk, {"amount": "5", "reason": "Why"}
    )
    assert told(answer) == (404, "not_found")


# --- statement --------------------------------------------------------------------------------------------------------


def test_a_statement_leads_from_the_opening_to_the_closing_line_by_line(office: Office) -> None:
    credit(office.context, "cmp_1", "300", DECEMBER)
    office.later(days=15)
    redemption_id = office.redeemed("100")
    office.adjust("-50")
    office.later(days=30)
    credit(office.context, "cmp_1", "10")

    november, december, january = (
        office.get(f"/v1/company/bonuses/statement?month={month}") for month in ("2026-11", "2026-12", "2027-01")
    )
    assert sums(november["opening"]) == {"pending": "0.00", "available": "0.00", "reserved": "0.00"}
    assert [line["kind"] for line in november["lines"]] == ["purchase"]
    assert november["closing"] == december["opening"]
    assert [(line["kind"], line["available"]["amount"]) for line in december["lines"]] == [
        ("redemption", "-100.00"),
        ("adjustment", "-50.00"),
    ]
    assert december["lines"][0]["document"] == {"redemption": redemption_id}
    assert sums(december["closing"]) == {"pending": "0.00", "available": "150.00", "reserved": "100.00"}
    assert december["closing"] == january["opening"]
    assert [(line["kind"], line["available"]["amount"]) for line in january["lines"]] == [
        ("expiry", "-150.00"),
        ("purchase", "10.00"),
    ]
    assert [each["complete"] for each in (november, december, january)] == [True, True, False]
    for found in (november, december, january):
        for account, opening in sums(found["opening"]).items():
            moved = sum(Decimal(line[account]["amount"]) for line in found["lines"])
            assert Decimal(opening) + moved == Decimal(sums(found["closing"])[account])


def test_a_month_begins_when_it_begins_in_the_club(office: Office) -> None:
    office.later(days=10, hours=11, minutes=59)  # 30 November, 23:59 in Moscow
    credit(office.context, "cmp_1", "1")
    office.later(minutes=1)
    credit(office.context, "cmp_1", "2")
    lines = {
        month: [
            line["available"]["amount"] for line in office.get(f"/v1/company/bonuses/statement?month={month}")["lines"]
        ]
        for month in ("2026-11", "2026-12")
    }
    assert lines == {"2026-11": ["1.00"], "2026-12": ["2.00"]}


def test_a_long_statement_comes_in_pages_with_the_same_balances(office: Office) -> None:
    for amount in ("1", "2", "4"):
        credit(office.context, "cmp_1", amount)
    first = office.get("/v1/company/bonuses/statement?month=2026-11&limit=2")
    second = office.get(f"/v1/company/bonuses/statement?month=2026-11&limit=2&cursor={first['next_cursor']}")
    assert [line["available"]["amount"] for line in first["lines"] + second["lines"]] == ["1.00", "2.00", "4.00"]
    assert first["closing"] == second["closing"]
    assert first["opening"] == second["opening"]
    assert second["next_cursor"] is None


def test_there_is_no_statement_of_a_month_to_come(office: Office) -> None:
    answer = office.api.call("GET", "/v1/company/bonuses/statement?month=2026-12", office.owner)
    assert [error["pointer"] for error in answer.json["errors"]] == ["/query/month"]


def test_the_staff_see_what_the_company_sees(office: Office) -> None:
    credit(office.context, "cmp_1", "300")
    office.redeemed("100")
    for path in ("bonuses", "bonuses/entries", "bonuses/statement?month=2026-11", "redemptions"):
        assert office.get(f"/v1/staff/companies/cmp_1/{path}", office.clerk) == office.get(f"/v1/company/{path}")
