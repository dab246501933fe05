"""A letter of which something is gone."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.mail.declarations import declared_letters
from chalicelib.mail.model import Recipient, Unsendable
from chalicelib.mail.service import compose
from chalicelib.platform.context import Context
from tests.mail.steps import letter
from tests.support.letters import BUYER, DISTRIBUTOR, ORDERER
from tests.support.partners import dismissed, speaks_for, staff
from tests.tiers.test_letters import CHANGED


@pytest.mark.parametrize(
    ("gone", "template", "recipient", "reason"),
    [
        ({}, "welcome", Recipient("member", "mbr_erased"), "recipient_gone"),
        ({"distributor": None}, "order_placed", DISTRIBUTOR, "recipient_gone"),
        ({"order": None}, "order_accepted", ORDERER, "order_gone"),
        ({"company": None}, "tier_changed", BUYER, "company_gone"),
    ],
)
def test_what_is_gone_cannot_be_told_of(
    club: Any, gone: dict[str, None], template: str, recipient: Recipient, reason: str
) -> None:
    vars(club).update(gone)
    with pytest.raises(Unsendable, match=reason):
        club.told(template, recipient, **CHANGED)


def test_a_letter_whose_event_is_gone_cannot_be_told(context: Context) -> None:
    with pytest.raises(Unsendable, match="cause_gone"):
        compose(context, letter(context), "")


# --- a reader who left after the letter was written -------------------------------------------------------------------

# Of no company, or to the staff alone; and the request to cancel: it goes to the distributor alone, and looks first whether that has answered.
OTHERS = {
    "calls_listed",
    "companies_assigned",
    "companies_left",
    "export_ready",
    "email_change_code",
    "email_changed",
    "issue_paused",
    "news",
    "order_cancellation_requested",
    "sign_in_code",
    "welcome",
}
ABOUT_A_COMPANY = sorted(set(declared_letters()) - OTHERS)


def is_sent_nothing(club: Any, template: str, reader_id: str, **facts: Any) -> bool:
    with pytest.raises(Unsendable) as unsendable:
        club.told(template, Recipient("member", reader_id), **facts)
    return str(unsendable.value) == "no_longer_speaks"


def moves(context: Context) -> None:
    dismissed(context, "cmp_1", "mbr_1")
    speaks_for(context, "cmp_2", "mbr_1")


def joins_the_club(context: Context) -> None:
    dismissed(context, "cmp_1", "mbr_1")
    staff(context, "mbr_1", "marketing")


LEAVES: list[Callable[[Context], None]] = [lambda context: dismissed(context, "cmp_1", "mbr_1"), moves, joins_the_club]


@pytest.mark.parametrize("leave", LEAVES)
@pytest.mark.parametrize("template", ABOUT_A_COMPANY)
def test_no_letter_about_a_company_goes_to_one_who_left_it(
    club: Any, context: Context, template: str, leave: Callable[[Context], None]
) -> None:
    leave(context)
    change = {"from_manager": "", "to_manager": "mbr_m"}
    facts = {"distributor_id": "dst_1", "waits": [], "promotion": {}, "answered": {}, "other": "cmp_1", "before": {}}
    assert is_sent_nothing(club, template, "mbr_1", **facts, **change)


@pytest.mark.parametrize(
    "template",
    ["bonus_reminder", "goods_expiring", "goods_on_top_unpaid", "order_shipped", "person_claimed", "tier_changed"],
)
def test_who_no_longer_buys_hears_no_more_of_buying(club: Any, context: Context, template: str) -> None:
    speaks_for(context, "cmp_1", "mbr_1", role="engineer")
    assert is_sent_nothing(club, template, "mbr_1", **CHANGED)


def test_a_dismissed_manager_hears_of_no_claim(club: Any, context: Context) -> None:
    staff(context, "mbr_m", "manager")
    asked = {"member_id": "mbr_en"}
    assert club.told("person_claimed", Recipient("member", "mbr_m"), **asked).address == "mbr_m@partner.example"
    dismissed(context, "club", "mbr_m")
    assert is_sent_nothing(club, "person_claimed", "mbr_m", **asked)


def test_who_no_longer_manages_the_company_hears_of_no_claim(club: Any, context: Context) -> None:
    staff(context, "mbr_m", "manager")
    club.company.manager_id = "mbr_other"
    assert is_sent_nothing(club, "person_claimed", "mbr_m", member_id="mbr_en")


def test_an_overdue_order_is_told_to_who_heads_the_sales_now(club: Any, context: Context) -> None:
    waits = [{"kind": "order", "since": club.order.placed_at, "ref": ""}]
    staff(context, "mbr_m", "head_of_sales")
    assert club.told("order_escalated", Recipient("member", "mbr_m"), waits=waits).address == "mbr_m@partner.example"
    staff(context, "mbr_m", "manager")
    assert is_sent_nothing(club, "order_escalated", "mbr_m", waits=waits)
