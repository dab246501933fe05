"""The welcome."""

from typing import Any

from chalicelib.mail.model import Recipient
from chalicelib.members.config import Welcome
from chalicelib.platform.context import Context
from tests.support.letters import BUYER, plain


def test_a_letter_speaks_its_readers_language(club: Any) -> None:
    assert club.told("welcome", BUYER).subject == "Добро пожаловать: Клуб партнёров"
    in_english = club.told("welcome", Recipient("member", "mbr_en"))
    assert (in_english.subject, in_english.address) == ("Welcome: Partner club", "mbr_en@partner.example")


def test_a_welcome_tells_what_the_club_gives_from_its_figures(club: Any, context: Context) -> None:
    text = plain(club.told("welcome", BUYER))
    for benefit in context.config[Welcome].benefits_ru:
        assert benefit in text
    assert "Бронза: от 50 000 ₽ — 3 %" in text
    assert "90 дней" in text
    assert "https://portal.example" in text
