"""Letters on bonuses and on goods for purchases."""

from decimal import Decimal
from typing import Any

from chalicelib.mail.model import Recipient
from tests.support.letters import BUYER, NBSP, plain


def test_a_reminder_tells_the_balance_and_what_goes_first(club: Any) -> None:
    lots = [{"amount": Decimal("345.67"), "expires_on": "2026-12-31"}]
    facts = {"currency": "RUB", "day": "2026-12-01", "available": Decimal("1345.67"), "pending": Decimal(90)}
    mail = club.told("bonus_reminder", BUYER, lots=lots, **facts)
    assert mail.subject.replace(NBSP, " ") == "Ваши бонусы: 1 345,67 ₽"
    text = plain(mail)
    assert "на 1 декабря 2026 у компании Луч накоплены бонусы: 1 345,67 ₽" in text
    assert "* действуют по 31 декабря 2026 включительно: 345,67 ₽" in text
    assert "Ещё 90,00 ₽ добавятся" in text
    assert "сгорят" not in plain(club.told("bonus_reminder", BUYER, lots=[], **facts))


def test_a_warning_names_the_sum_the_last_day_and_the_time_left(club: Any) -> None:
    facts = {"currency": "RUB", "expires_on": "2026-12-31", "days_left": 21, "available": Decimal(1000)}
    mail = club.told("bonus_expiring", BUYER, amount=Decimal("345.67"), **facts)
    assert mail.subject.replace(NBSP, " ") == "31 декабря 2026 сгорят бонусы: 345,67 ₽"
    assert "остаётся 21 день" in plain(mail)
    in_english = club.told("bonus_expiring", Recipient("member", "mbr_en"), amount=Decimal("345.67"), **facts)
    assert "which leaves 21 days to spend them" in plain(in_english)


def test_what_a_partner_company_credits_is_told_with_its_name(club: Any) -> None:
    facts = {"currency": "RUB", "amount": Decimal(500), "expires_on": "2027-11-30", "partner": "Электросеть"}
    assert "Электросеть начисляет компании Луч бонусы: 500,00 ₽" in plain(club.told("bonus_credited", BUYER, **facts))
    assert "«за установку»" in plain(club.told("bonus_credited", BUYER, note="за установку", **facts))


def test_an_adjustment_is_told_with_its_reason_and_what_is_available_now(club: Any) -> None:
    facts = {"currency": "RUB", "reason": "Ошибка в марте", "available": Decimal(1500)}
    mail = club.told("bonus_adjusted", BUYER, amount=Decimal(500), expires_on="2027-11-30", **facts)
    assert mail.subject.replace(NBSP, " ") == "Бонусы добавлены: 500,00 ₽"
    text = plain(mail)
    assert "на счёт компании Луч бонусы: 500,00 ₽. Они действуют по 30 ноября 2027 включительно. Причина:" in text
    assert "«Ошибка в марте»" in text
    assert "Сейчас доступно: 1 500,00 ₽" in text
    less = club.told("bonus_adjusted", BUYER, amount=Decimal(-500), expires_on=None, **facts)
    assert less.subject.replace(NBSP, " ") == "Бонусы списаны: 500,00 ₽"
    assert "со счёта компании Луч бонусы: 500,00 ₽. Причина:" in plain(less)
    in_english = club.told(
        "bonus_adjusted", Recipient("member", "mbr_en"), amount=Decimal(-500), expires_on=None, **facts
    )
    assert "taken bonuses of 500.00 RUB off the account of" in plain(in_english)


def test_goods_for_a_period_are_told_with_the_days_to_choose_them_and_a_gift_without(club: Any) -> None:
    facts = {"currency": "RUB", "amount": Decimal(7000), "first_day": "2026-07-01", "last_day": "2026-09-30"}
    facts["available_from"] = "2026-10-01"
    goods = plain(club.told("goods_available", BUYER, gift=False, expires_on="2026-12-31", **facts))
    assert "за покупки с 1 июля 2026 по 30 сентября 2026 компания Луч получает товары на 7 000,00 ₽" in goods
    assert "с 1 октября 2026 по 31 декабря 2026 включительно" in goods
    gift = plain(club.told("goods_available", BUYER, gift=True, **facts))
    assert "компания Луч получает подарок на 7 000,00 ₽. Его передаст ваш менеджер." in gift


def test_goods_not_chosen_are_told_in_time(club: Any) -> None:
    facts = {"currency": "RUB", "amount": Decimal(7000), "expires_on": "2026-12-31", "days_left": 7}
    mail = club.told("goods_expiring", BUYER, **facts)
    assert mail.subject.replace(NBSP, " ") == "Выберите товары по 31 декабря 2026"
    assert "остаётся 7 дней" in plain(mail)


def test_shipped_goods_are_told_line_by_line_with_what_is_still_owed(club: Any) -> None:
    names = {"sku": "A-1", "name": "Lamp A-1", "name_ru": "Лампа A-1", "unit": "шт"}
    lines = [{**names, "quantity": Decimal(3), "unit_price": Decimal("100.50"), "amount": Decimal("301.50")}]
    facts = {"currency": "RUB", "document": "Б-17", "day": "2026-11-21", "lines": lines}
    text = plain(club.told("goods_shipped", BUYER, left=Decimal(99), **facts))
    assert "Документ Б-17 от 21 ноября 2026" in text
    assert "3 шт × 100,50 ₽ = 301,50 ₽" in text
    assert "Ещё причитается на 99,00 ₽." in text
    assert "причитается" not in plain(club.told("goods_shipped", BUYER, left=Decimal(0), **facts))
    assert "Lamp A-1" in club.told("goods_shipped", Recipient("member", "mbr_en"), left=Decimal(0), **facts).text
