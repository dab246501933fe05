"""The letters of each event."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import companies, distributors, members
from chalicelib.companies import store as companies_store
from chalicelib.mail.model import Letter, LetterClass, Recipient
from chalicelib.mail.service import letters_of
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.subscriptions import declared
from chalicelib.platform.events import Event
from tests.mail.steps import sign_in_requested

ORDER = {
    "company_id": "cmp_1",
    "order_id": "ord_1",
    "distributor_id": "dst_1",
    "by": "company",
    "orderer_id": "mbr_buyer",
}
PEOPLE = [
    ("mbr_owner", "owner", "active"),
    ("mbr_buyer", "buyer", "active"),
    ("mbr_accountant", "accountant", "active"),
    ("mbr_engineer", "engineer", "active"),
    ("mbr_hopes", "owner", "pending"),
    ("mbr_new", None, "pending"),
]


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    def managed_by(manager_id: str | None) -> None:
        people = [SimpleNamespace(member_id=who, role=role, status=status) for who, role, status in PEOPLE]
        company = SimpleNamespace(manager_id=manager_id)
        monkeypatch.setattr(companies_store, "people", lambda table, company_id: iter(people))
        monkeypatch.setattr(companies_store, "read", lambda table, company_id: company)

    managed_by("mbr_manager")
    return managed_by


def asked(context: Context, name: str, **facts: Any) -> list[Letter]:
    item = {"pk": "OWNER#1", "sk": "EVENT#1", "event": name, **facts}
    return letters_of(context, Event(name, "evt_1", item))


def to(letters: list[Letter]) -> list[tuple[str, str, str]]:
    return [(each.template, each.recipient.kind, each.recipient.id) for each in letters]


@pytest.mark.parametrize(
    ("name", "facts", "template", "recipient"),
    [
        ("member.email_confirmed", {"member_id": "mbr_1"}, "welcome", Recipient("member", "mbr_1")),
        (
            "company.person_confirmed",
            {"company_id": "cmp_1", "member_id": "mbr_1"},
            "person_confirmed",
            Recipient("member", "mbr_1"),
        ),
        ("order.placed", ORDER, "order_placed", Recipient("distributor", "dst_1")),
        ("order.cancelled", ORDER, "order_cancelled", Recipient("distributor", "dst_1")),
        ("order.changed", ORDER, "order_changed", Recipient("orderer", "ord_1")),
        ("order.confirmed", ORDER, "order_confirmed", Recipient("distributor", "dst_1")),
        ("order.cancellation_requested", ORDER, "order_cancellation_requested", Recipient("distributor", "dst_1")),
        ("order.cancellation_declined", ORDER, "order_cancellation_declined", Recipient("orderer", "ord_1")),
        ("order.completed", ORDER, "order_cancellation_approved", Recipient("orderer", "ord_1")),
        (
            "order.cancelled",
            {**ORDER, "by": "distributor"},
            "order_cancellation_approved",
            Recipient("orderer", "ord_1"),
        ),
        ("order.return_requested", ORDER, "order_return_requested", Recipient("distributor", "dst_1")),
        ("order.returned", ORDER, "order_returned", Recipient("orderer", "ord_1")),
        (
            "order.file_attached",
            {**ORDER, "kind": "specification"},
            "order_file_attached",
            Recipient("distributor", "dst_1"),
        ),
        ("order.file_attached", {**ORDER, "kind": "invoice"}, "order_document_attached", Recipient("orderer", "ord_1")),
        ("order.return_rejected", ORDER, "order_return_rejected", Recipient("orderer", "ord_1")),
        ("order.accepted", ORDER, "order_accepted", Recipient("orderer", "ord_1")),
        ("order.rejected", ORDER, "order_rejected", Recipient("orderer", "ord_1")),
        ("order.shipped", ORDER, "order_shipped", Recipient("orderer", "ord_1")),
        ("order.tracked", {**ORDER, "tracking_number": "26-1"}, "order_tracked", Recipient("orderer", "ord_1")),
        ("display.approved", {"member_id": "mbr_1"}, "display_approved", Recipient("member", "mbr_1")),
        ("display.rejected", {"member_id": "mbr_1"}, "display_rejected", Recipient("member", "mbr_1")),
    ],
)
def test_one_recipient_hears_of_it(
    context: Context, company: Any, name: str, facts: dict[str, str], template: str, recipient: Recipient
) -> None:
    (letter,) = asked(context, name, **facts)
    assert (letter.template, letter.recipient) == (template, recipient)
    assert letter.letter_class is LetterClass.SERVICE


@pytest.mark.parametrize(
    "template",
    [
        "tier_changed",
        "tier_warning",
        "bonus_reminder",
        "bonus_expiring",
        "bonus_credited",
        "bonus_adjusted",
        "goods_available",
        "goods_expiring",
        "goods_shipped",
    ],
)
def test_those_who_buy_for_the_company_hear_of_its_tier_and_its_bonuses(
    context: Context, company: Any, template: str
) -> None:
    written = asked(context, template.replace("_", "."), company_id="cmp_1")
    assert to(written) == [(template, "member", "mbr_owner"), (template, "member", "mbr_buyer")]
    assert {letter.letter_class for letter in written} == {LetterClass.SERVICE}


def test_where_who_placed_the_order_has_left_the_other_buyers_hear_of_it(context: Context, company: Any) -> None:
    assert to(asked(context, "order.accepted", **{**ORDER, "orderer_id": "mbr_left"})) == [
        ("order_accepted", "member", "mbr_owner"),
        ("order_accepted", "member", "mbr_buyer"),
    ]
    assert to(asked(context, "order.accepted", **ORDER)) == [("order_accepted", "orderer", "ord_1")]


def test_goods_on_top_are_told_to_the_buyers_and_to_who_is_to_ship_them(context: Context, company: Any) -> None:
    buyers = [("member", "mbr_owner"), ("member", "mbr_buyer")]

    def heard(what: str, **facts: Any) -> list[tuple[str, str]]:
        written = asked(context, f"goods_on_top.{what}", **ORDER, **facts)
        assert {letter.template for letter in written} <= {f"goods_on_top_{what}"}
        return [(kind, id_) for _, kind, id_ in to(written)]

    assert heard("granted") == [*buyers, ("distributor", "dst_1")]
    assert heard("unpaid") == heard("shipped") == heard("withdrawn", why="not_paid") == buyers
    assert heard("withdrawn", why="cancelled") == []
    # Who was told to ship them is told not to.
    assert heard("withdrawn", why="too_few", was_granted=True) == [*buyers, ("distributor", "dst_1")]


def test_owners_and_the_manager_hear_who_wants_to_speak_for_the_company(context: Context, company: Any) -> None:
    claimed = {"company_id": "cmp_1", "member_id": "mbr_new"}
    assert to(asked(context, "company.person_claimed", **claimed)) == [
        ("person_claimed", "member", "mbr_owner"),
        ("person_claimed", "member", "mbr_manager"),
    ]
    company(None)
    assert [each.recipient.id for each in asked(context, "company.person_claimed", **claimed)] == ["mbr_owner"]
    company("mbr_owner")
    assert [each.recipient.id for each in asked(context, "company.person_claimed", **claimed)] == ["mbr_owner"]


def test_a_code_goes_to_a_member_or_to_somebody_who_joins_and_to_no_stranger(context: Context) -> None:
    known = sign_in_requested(context)
    joining = {**known, "registration": {"name": "Пётр", "language": "ru"}}
    del joining["member_id"]
    stranger = {name: value for name, value in known.items() if name != "member_id"}
    for item, letters_asked in ((known, 1), (joining, 1), (stranger, 0)):
        found = letters_of(context, Event("sign_in.requested", "evt_1", item))
        assert to(found) == [("sign_in_code", "sign_in", "sin_1")][:letters_asked]


def test_of_an_order_that_the_club_placed_all_who_buy_hear_and_who_delivers(context: Context, company: Any) -> None:
    placed = {**ORDER, "placed_by": "staff"}
    buyers = [("order_placed_for_you", "member", who) for who in ("mbr_owner", "mbr_buyer")]
    assert to(asked(context, "order.placed", **placed | {"by": "staff"})) == [
        ("order_placed", "distributor", "dst_1"),
        *buyers,
    ]
    assert to(asked(context, "order.accepted", **placed | {"by": "distributor"})) == [
        ("order_accepted", "member", who) for who in ("mbr_owner", "mbr_buyer")
    ]


def test_who_placed_an_order_hears_that_the_club_cancelled_it_and_so_does_who_delivers(
    context: Context, company: Any
) -> None:
    assert to(asked(context, "order.cancelled", **ORDER | {"by": "staff"})) == [
        ("order_cancelled", "distributor", "dst_1"),
        ("order_cancelled_for_you", "orderer", "ord_1"),
    ]


def test_the_same_event_asks_for_the_same_letters_and_another_one_for_others(context: Context, company: Any) -> None:
    item = {"pk": "COMPANY#cmp_1", "sk": "EVENT#1", "event": "tier.changed", "company_id": "cmp_1"}
    first = letters_of(context, Event("tier.changed", "evt_1", item))
    assert letters_of(context, Event("tier.changed", "evt_1", item)) == first
    others = letters_of(context, Event("tier.changed", "evt_2", item))
    assert len({each.letter_id for each in [*first, *others]}) == 4


def test_a_letter_holds_no_address_and_no_name(context: Context) -> None:
    (letter,) = letters_of(context, Event("sign_in.requested", "evt_1", sign_in_requested(context)))
    assert "anna@partner.example" not in str(letter)


def test_every_subscribed_event_has_its_letter(context: Context, company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members.service, "staff_in", lambda context, role: ["mbr_admin"])
    monkeypatch.setattr(companies, "every_listed", lambda context, begins, portfolio: iter([portfolio.manager_id]))
    change = {
        "from_manager": "",
        "to_manager": "mbr_m",
        "manager_id": "mbr_m",
        "by": "mbr_head",
        "role": "",
        "kind": "invoice",
        "tracking_number": "26-1",
        "before": {},
    }
    facts = {**ORDER, "member_id": "mbr_1", "sign_in_id": "sin_1", "change_id": "emc_1", "people": ["mbr_1"], **change}
    subscribed = next(each.events for each in declared() if each.name == "mail.consumers:on_event")
    assert subscribed
    for name in subscribed:
        assert asked(context, name, **facts), name


def test_a_reminder_goes_to_the_distributors_address_and_to_its_people_who_read_another(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [SimpleNamespace(member_id="mbr_1", email="oleg@svet.example")]
    people += [SimpleNamespace(member_id="mbr_2", email="orders@svet.example")]
    monkeypatch.setattr(
        distributors, "distributor", lambda context, distributor_id: SimpleNamespace(email="orders@svet.example")
    )
    monkeypatch.setattr(distributors, "people_of", lambda context, distributor_id: people)
    assert to(asked(context, "order.unanswered", **ORDER)) == [
        ("order_unanswered", "distributor", "dst_1"),
        ("order_unanswered", "member", "mbr_1"),
    ]


@pytest.mark.parametrize(
    ("staff", "told"),
    [
        ({"mbr_head": "head_of_sales", "mbr_other": "head_of_sales", "mbr_admin": "admin"}, ["mbr_head", "mbr_other"]),
        ({"mbr_manager": "manager", "mbr_admin": "admin"}, ["mbr_admin"]),
    ],
)
def test_every_head_of_sales_hears_of_an_order_without_an_answer_and_without_one_the_admins_do(
    context: Context, monkeypatch: pytest.MonkeyPatch, staff: dict[str, str], told: list[str]
) -> None:
    monkeypatch.setattr(
        members.service, "staff_in", lambda context, role: [who for who, own in staff.items() if own == role]
    )
    assert to(asked(context, "order.escalated", **ORDER)) == [("order_escalated", "member", who) for who in told]
