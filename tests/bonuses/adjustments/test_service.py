"""The company is told of what was added or taken away by hand: once, when it is posted, and with the reason."""

from decimal import Decimal
from typing import Any

from tests.bonuses.steps import Office
from tests.support.table import everything


def adjusted(office: Office) -> list[dict[str, Any]]:
    """What the company was told, oldest first."""
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
