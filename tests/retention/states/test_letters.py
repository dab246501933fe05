from decimal import Decimal
from typing import Any

import pytest

from chalicelib import members
from chalicelib.mail import Recipient, Unsendable
from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform.context import Context
from chalicelib.retention.states.letters import who_answers_for
from chalicelib.table.transactions import Transaction
from tests.mail.steps import member
from tests.support.letters import plain


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
