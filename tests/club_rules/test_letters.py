"""The welcome."""

from typing import Any

import pytest

from chalicelib.mail.model import Recipient
from chalicelib.members import appoint, who_joined
from chalicelib.members.config import Welcome
from chalicelib.platform.context import Context
from chalicelib.table import Transaction
from tests.support.letters import BUYER, plain


def test_a_letter_speaks_its_readers_language(club: Any) -> None:
    assert club.told("welcome", BUYER).subject == "Добро пожаловать: Клуб партнёров"
    in_english = club.told("welcome", Recipient("member", "mbr_en"))
    assert (in_english.subject, in_english.address) == ("Welcome: Partner club", "mbr_en@partner.example")


@pytest.mark.parametrize("kind", ["staff", "distributor"])
def test_whoever_works_for_the_club_or_a_distributor_is_not_told_to_name_a_company(context: Context, kind: Any) -> None:
    joined = {"member_id": "mbr_1"}
    assert who_joined(context, joined) == [Recipient("member", "mbr_1")]
    tx = Transaction()
    appoint(tx, "mbr_1", kind=kind, owner="club", role="manager", status="active")
    context.table.commit(tx)
    assert who_joined(context, joined) == []


def test_a_welcome_tells_what_the_club_gives_from_its_figures(club: Any, context: Context) -> None:
    text = plain(club.told("welcome", BUYER))
    for benefit in context.config[Welcome].benefits_ru:
        assert benefit in text
    assert "Бронза: от 50 000 ₽ — 3 %" in text
    assert "90 дней" in text
    assert "https://portal.example" in text
