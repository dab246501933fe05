"""The company is told of what was added or taken away by hand: once, when it is posted, and with the reason."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses.adjustments import service as adjustments
from tests.bonuses.steps import Office
from tests.support import partners
from tests.support.table import everything


def adjusted(office: Office) -> list[dict[str, Any]]:
    """The events of the company, oldest first."""
    found = [item for item in everything(office.context).values() if item.get("event") == "bonus.adjusted"]
    return sorted(found, key=lambda item: item["sk"])


def test_a_posted_adjustment_is_told_with_its_reason_its_last_day_and_what_is_there_now(office: Office) -> None:
    office.adjust("500", reason="A prize", expires_on="2026-12-15")
    office.later(minutes=1)
    office.adjust("100")
    office.later(minutes=1)
    office.adjust("-50", reason="Counted twice")
    told = [(each["amount"], each["reason"], each["expires_on"], each["available"]) for each in adjusted(office)]
    assert told == [
        (Decimal(500), "A prize", "2026-12-15", Decimal(500)),
        (Decimal(100), "A mistake in March", "2027-11-30", Decimal(600)),
        (Decimal(-50), "Counted twice", None, Decimal(550)),
    ]
    assert {(each["company_id"], each["currency"]) for each in adjusted(office)} == {("cmp_1", "RUB")}


def test_an_adjustment_is_told_once_however_often_it_is_asked_for(office: Office) -> None:
    for _ in range(3):
        office.adjust("500", key="same")
    assert len(adjusted(office)) == 1


def test_a_large_adjustment_is_told_when_it_is_approved_and_a_rejected_one_never(office: Office) -> None:
    approved, rejected = (office.adjust("50000").json["adjustment_id"] for _ in range(2))
    assert adjusted(office) == []
    for _ in range(2):
        office.decide("approve", approved, office.head, key="approve")
    office.decide("reject", rejected, office.head)
    assert [each["adjustment_id"] for each in adjusted(office)] == [approved]


def test_an_adjustment_that_cannot_be_is_not_told(office: Office) -> None:
    office.adjust("-1")
    assert adjusted(office) == []


def test_the_bonuses_of_a_company_expire_on_so_many_days(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adjustments, "MOST_LOTS", 2)
    assert [office.adjust("1", expires_on=f"2027-01-{day}").status for day in (10, 11, 12, 11)] == [201, 201, 422, 201]
    [fault] = office.adjust("1", expires_on="2027-01-12").json["errors"]
    assert (fault["pointer"], fault["code"]) == ("/expires_on", "limit_exceeded")


# --- what one person adjusts alone ----------------------------------------------------------------------------------------


def states(office: Office, *amounts: str, **more: Any) -> list[str]:
    return [office.adjust(amount, **more).json["state"] for amount in amounts]


def test_pieces_below_the_limit_add_up_to_it_whichever_way_they_go(office: Office) -> None:
    assert states(office, "6000", "-3000", "1000", "0.01") == ["posted", "posted", "posted", "waiting"]
    assert office.shown()["available"] == "4000.00"


def test_a_second_person_approves_what_passes_the_limit(office: Office) -> None:
    office.adjust("9999.99")
    waiting = office.adjust("0.02").json["adjustment_id"]
    assert office.decide("approve", waiting, office.head).json["state"] == "posted"
    # What was approved was not adjusted alone.
    assert states(office, "0.01") == ["posted"]


def test_the_limit_is_of_one_author_one_company_and_one_month(office: Office) -> None:
    assert states(office, "10000", "1") == ["posted", "waiting"]
    assert states(office, "10000", by=office.head) == ["posted"]
    office.later(days=11)  # the first of December
    assert states(office, "10000", "1") == ["posted", "waiting"]


def test_many_companies_add_up_to_a_limit_of_their_own(office: Office) -> None:
    for number in range(2, 14):
        partners.company(office.context, f"cmp_{number}")
    answers = [
        office.post(
            f"/v1/staff/companies/cmp_{number}/bonus-adjustments", office.clerk, {"amount": "9000", "reason": "A gift"}
        )
        for number in range(2, 14)
    ]
    assert [answer.json["state"] for answer in answers] == ["posted"] * 11 + ["waiting"]


def test_a_repeat_of_the_same_adjustment_is_counted_once(office: Office) -> None:
    for _ in range(3):
        office.adjust("9000", key="same")
    assert states(office, "1000", "0.01") == ["posted", "waiting"]
