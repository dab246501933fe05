"""Letters on displays."""

from typing import Any

import pytest

from chalicelib.mail.model import Recipient, Unsendable
from chalicelib.platform.context import Context
from tests.support.letters import BUYER, plain
from tests.support.partners import dismissed

PROMOTION = {"promotion_id": "prm_1", "name": "Autumn of panels", "name_ru": "Осень панелей", "last": "2027-02-28"}


def test_an_approved_display_tells_for_whom_the_prices_hold_and_how_long(club: Any) -> None:
    facts = {"company_id": "cmp_1", "promotion": PROMOTION, "shop_address": "Лесная, 7", "reason": ""}
    text = plain(club.told("display_approved", BUYER, inn="7707083893", **facts))
    assert "По 28 февраля 2027 включительно цены акции «Осень панелей» действуют для компании Луч" in text
    assert "и для всех остальных компаний с ИНН 7707083893" in text
    assert "ИНН" not in plain(club.told("display_approved", BUYER, inn="", **facts))
    assert "Autumn of panels" in club.told("display_approved", Recipient("member", "mbr_en"), inn="", **facts).text


def test_a_display_that_was_not_accepted_tells_why_and_what_to_do(club: Any) -> None:
    facts = {"company_id": "cmp_1", "inn": "", "promotion": PROMOTION, "shop_address": "Лесная, 7"}
    text = plain(club.told("display_rejected", BUYER, reason="На фото не видно полки", **facts))
    assert "в магазине (Лесная, 7) для акции «Осень панелей». Причина:\n\n«На фото не видно полки»" in text
    assert "Другое фото можно отправить в кабинете, пока идёт акция" in text


def test_who_sent_the_photo_and_left_the_company_reads_nothing_of_its_prices(club: Any, context: Context) -> None:
    dismissed(context, "cmp_1", "mbr_1")
    facts = {"company_id": "cmp_1", "inn": "7707083893", "promotion": PROMOTION, "shop_address": "Лесная, 7"}
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        club.told("display_approved", BUYER, reason="", **facts)
