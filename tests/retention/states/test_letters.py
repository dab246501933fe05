from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import members, orders
from chalicelib.mail import LetterClass, LetterState, Recipient, Unsendable
from chalicelib.mail import jobs as mail_jobs
from chalicelib.mail import store as mail_store
from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.retention.states import store
from chalicelib.retention.states.letters import who_answers_for
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.states.store import Rhythm
from chalicelib.table.transactions import Transaction
from tests.mail.steps import letter, member, message
from tests.support.letters import BUYER, CAUSE, plain


def staff(context: Context, member_id: str, role: str) -> None:
    member(context, member_id)
    tx = Transaction()
    members.appoint(tx, member_id, kind="staff", owner=members.STAFF_OWNER, role=role, status="active")
    context.table.commit(tx)


def test_the_manager_and_the_head_of_sales_hear_of_a_big_client(club: Any, context: Context) -> None:
    staff(context, "mbr_m", "manager")
    form = StaffForm(name="Ann Head", email="head@club.example", role="head_of_sales", language="en")
    head = appoint_staff(context, form, by=None).member_id
    assert who_answers_for(context, {"company_id": "cmp_1"}) == [
        Recipient("member", "mbr_m"),
        Recipient("member", head),
    ]
    told = plain(club.told("big_client_quiet", Recipient("member", "mbr_m"), **facts()))
    assert "25 % оборота клуба за последний год" in told and "Из 100 таких пауз 84 длятся дольше 90 дней" in told
    told = plain(club.told("big_client_quiet", Recipient("member", head), **facts()))
    assert "Of 100 such silences 84 pass 90 days" in told


def test_who_left_the_club_s_staff_hears_nothing(club: Any, context: Context) -> None:
    member(context, "mbr_gone")
    with pytest.raises(Unsendable):
        club.told("big_client_quiet", Recipient("member", "mbr_gone"), **facts())


def facts() -> dict[str, Any]:
    return {"share_percent": Decimal(25), "last_order": "2026-10-02", "early_warning": Decimal("0.84")}


# --- the reminder -------------------------------------------------------------------------------------------------------


def expected(context: Context) -> dict[str, Any]:
    days = {"last_order": -17, "first": 1, "last": 9}
    return {name: (context.today + timedelta(days=offset)).isoformat() for name, offset in days.items()}


@pytest.fixture
def usual(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """The company takes twelve articles, and last ordered 17 days ago."""
    lines = [SimpleNamespace(name=f"Lamp {n}", name_ru=f"Лампа {n}", quantity=n) for n in range(1, 13)]
    monkeypatch.setattr(orders, "usual_order", lambda context, company_id: SimpleNamespace(lines=lines), raising=False)
    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    last = context.today - timedelta(days=17)
    store.save(context, Rhythm("cmp_1", RhythmState.ACTIVE, last, context.today, 6, last_order=last, version=1))


def test_a_buyer_is_reminded_with_the_window_the_usual_order_and_a_link(
    club: Any, usual: None, context: Context
) -> None:
    told = plain(club.told("order_expected", BUYER, **expected(context)))
    assert "с 21 ноября 2026" in told and "по 29 ноября 2026" in told
    assert "Лампа 10" in told and "Лампа 11" not in told and "ещё 2 товара" in told
    assert "/usual-order" in told
    told = plain(club.told("order_expected", Recipient("member", "mbr_en"), **expected(context)))
    assert "between 21 November 2026 and 29 November 2026" in told and "Lamp 10" in told


def test_nobody_is_reminded_of_what_was_ordered(
    club: Any, usual: None, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = club.order._replace(placed_at=context.at)
    monkeypatch.setattr(orders, "latest", lambda context, company_id, most: [placed], raising=False)
    with pytest.raises(Unsendable, match="ordered"):
        club.told("order_expected", BUYER, **expected(context))
    monkeypatch.setattr(orders, "latest", lambda context, company_id, most: [], raising=False)
    assert club.told("order_expected", BUYER, **expected(context))
    today = context.today
    store.save(context, Rhythm("cmp_1", RhythmState.ACTIVE, today, today, 7, last_order=today, version=2))
    with pytest.raises(Unsendable, match="ordered"):
        club.told("order_expected", BUYER, **expected(context))


def test_a_reminder_that_is_found_at_night_waits_for_its_readers_slot(club: Any, usual: None, context: Context) -> None:
    club.told("order_expected", BUYER, **expected(context))
    of_the_night = letter(
        context, template="order_expected", letter_class=LetterClass.CONTENT, recipient=BUYER, cause=CAUSE
    )
    mail_store.create(context.table, of_the_night)
    night = replace(context, now=context.now + timedelta(hours=16))
    mail_jobs.send_letters(night, message({"letter_id": of_the_night.letter_id}))
    waiting = mail_store.read(context.table, of_the_night.letter_id)
    assert waiting
    assert (waiting.state, waiting.due_at) == (LetterState.PENDING, "2026-11-24T09:30:00.000Z")  # a Tuesday
