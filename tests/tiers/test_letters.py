"""Letters on a company's tier."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.mail.model import Recipient
from tests.support.letters import BUYER, NBSP, plain

NO_TIER = {"code": "", "name": "No tier", "name_ru": "Без уровня", "discount_percent": Decimal(0)}

BRONZE = {"code": "bronze", "name": "Bronze", "name_ru": "Бронза", "discount_percent": Decimal(3)}

GOLD = {"code": "gold", "name": "Gold", "name_ru": "Золото", "discount_percent": Decimal(7)}

CHANGED = {
    "before": NO_TIER,
    "tier": BRONZE,
    "reason": "reached",
    "next": {**GOLD, "missing": Decimal("340000")},
    "day": "2026-11-21",
    "window_sum": Decimal(60_000),
    "window_days": 90,
    "currency": "RUB",
}


@pytest.mark.parametrize(
    ("before", "tier", "reason", "subject", "words"),
    [
        (NO_TIER, BRONZE, "reached", "Новый уровень «Бронза», скидка 3 %", "Луч получила уровень «Бронза»."),
        (BRONZE, GOLD, "reached", "Новый уровень «Золото», скидка 7 %", "поднялась с уровня «Бронза»"),
        (BRONZE, GOLD, "manual", "Новый уровень «Золото», скидка 7 %", "компании Луч дан уровень «Золото»"),
        (BRONZE, GOLD, "ladder", "Ваша скидка теперь 7 %", "скидки клуба изменились, и у компании Луч"),
        (
            GOLD,
            BRONZE,
            "fell",
            "Уровень теперь «Бронза», скидка 3 %",
            "выходят из расчёта, и уровень «Золото» закончился",
        ),
        (GOLD, BRONZE, "corrected", "Уровень теперь «Бронза», скидка 3 %", "учтённые покупки компании Луч исправлены"),
        (GOLD, BRONZE, "manual", "Уровень теперь «Бронза», скидка 3 %", "закончился уровень, данный на срок"),
        (GOLD, BRONZE, "ladder", "Ваша скидка теперь 3 %", "скидки клуба изменились, в том числе для компании Луч. "),
        (BRONZE, NO_TIER, "fell", "Скидка закончилась: как её вернуть", "уровень «Бронза» закончился"),
        (BRONZE, NO_TIER, "ladder", "Скидка закончилась: как её вернуть", "скидки клуба изменились"),
    ],
)
def test_a_tier_letter_tells_up_from_down_and_why(
    club: Any, before: Any, tier: Any, reason: str, subject: str, words: str
) -> None:
    mail = club.told("tier_changed", BUYER, **{**CHANGED, "before": before, "tier": tier, "reason": reason})
    assert mail.subject.replace(NBSP, " ") == subject
    assert words in plain(mail)
    assert "21 ноября 2026" in plain(mail)


def test_a_company_that_comes_back_is_not_told_of_a_first_tier(club: Any) -> None:
    for reader in (BUYER, Recipient("member", "mbr_en")):
        text = plain(club.told("tier_changed", reader, **CHANGED))
        assert "перв" not in text
        assert "first" not in text


@pytest.mark.parametrize("reason", ["reached", "fell", "corrected", "manual", "ladder"])
@pytest.mark.parametrize("up", [True, False])
def test_a_tier_without_a_discount_breaks_no_letter(club: Any, reason: str, up: bool) -> None:
    bare = {**BRONZE, "discount_percent": Decimal(0)}
    before, tier = (NO_TIER, bare) if up else (bare, NO_TIER)
    for reader in (BUYER, Recipient("member", "mbr_en")):
        text = plain(club.told("tier_changed", reader, **{**CHANGED, "before": before, "tier": tier, "reason": reason}))
        assert ("0 %" in text or "0%" in text) == up


def test_a_tier_letter_says_what_is_missing_to_the_next_step(club: Any) -> None:
    text = plain(club.told("tier_changed", BUYER, **CHANGED))
    assert "Покупки за 90 дней: 60 000,00 ₽" in text
    assert "До уровня «Золото», 7 %: ещё 340 000,00 ₽" in text
    assert "До уровня" not in plain(club.told("tier_changed", BUYER, **{**CHANGED, "next": None}))


WARNING = {
    "tier": GOLD,
    "falls_on": "2026-12-04",
    "falls_to": BRONZE,
    "days_left": 14,
    "stage": 14,
    "needed": Decimal("120000.50"),
    "buy_by": "2026-12-03",
    "currency": "RUB",
}


def test_a_warning_of_a_fall_names_the_day_the_sum_and_what_follows(club: Any) -> None:
    mail = club.told("tier_warning", BUYER, **WARNING)
    assert mail.subject.replace(NBSP, " ") == "4 декабря 2026 закончится уровень «Золото»"
    text = plain(mail)
    assert "через 14 дней" in text
    assert "Тогда уровень будет «Бронза», скидка 3 %" in text
    assert "купите на 120 000,50 ₽ по 3 декабря 2026 включительно" in text


def test_a_warning_of_a_fall_that_no_order_averts_names_none(club: Any) -> None:
    mail = club.told("tier_warning", BUYER, **{**WARNING, "falls_to": NO_TIER, "needed": None, "buy_by": None})
    assert "Он закончится 4 декабря 2026, через 14 дней. Тогда скидки не будет" in plain(mail)
    assert "купите" not in plain(mail)


def test_a_warning_of_a_lower_discount_of_the_same_tier_names_the_day_and_the_discount_alone(club: Any) -> None:
    """Even one that was recorded with a sum."""
    facts = {**WARNING, "falls_to": {**GOLD, "discount_percent": Decimal(6)}}
    mail = club.told("tier_warning", BUYER, **facts)
    assert mail.subject.replace(NBSP, " ") == "4 декабря 2026 изменится скидка уровня «Золото»"
    text = plain(mail)
    assert "с 4 декабря 2026, через 14 дней, уровень останется, а скидка будет 6 %." in text
    assert "купите" not in text
    assert "закончится" not in text
    in_english = club.told("tier_warning", Recipient("member", "mbr_en"), **facts)
    assert in_english.subject.replace(NBSP, " ") == "The discount of Gold changes on 4 December 2026"
    text = plain(in_english)
    assert "from 4 December 2026 on, in 14 days, the tier stays and its discount is 6%." in text
    assert "buy for 120" not in text
