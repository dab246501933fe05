"""Letters on displays and offers."""

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.mail import declarations
from chalicelib.mail.model import Recipient, Unsendable
from chalicelib.platform.context import Context
from chalicelib.pricing import OfferForm
from chalicelib.pricing.offers import service as offers
from chalicelib.pricing.offers import store
from chalicelib.table.transactions import Transaction
from infra.build import ROOT
from tests.catalog.steps import row, stock
from tests.support.letters import BUYER, plain
from tests.support.partners import company, dismissed

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


def test_who_buys_is_reminded_of_offers_that_no_order_uses(club: Any, context: Context) -> None:
    company(context)
    form = {"percent": "12", "floor": "1.00", "goods": {"brands": ["Lumera"]}, "to": context.today + timedelta(days=3)}
    offer_id = offers.issue(context, "cmp_1", OfferForm.model_validate(form), author="mbr_m").offer_id
    text = plain(club.told("offers_expiring", BUYER, offer_ids=[offer_id]))
    assert "Lumera" in text and "скидка 12 %, до 23 ноября 2026" in text
    tx = Transaction()
    store.use_offers(tx, "cmp_1", "ord_1", [offer_id])
    context.table.commit(tx)
    with pytest.raises(Unsendable, match="used"):
        club.told("offers_expiring", BUYER, offer_ids=[offer_id])


def test_an_offer_names_its_articles_and_its_price(club: Any, context: Context) -> None:
    company(context)
    stock(context, row("LMP-1", "90.00"))
    form = {"price": "85.50", "goods": {"skus": ["LMP-1"]}, "to": context.today + timedelta(days=3)}
    offer_id = offers.issue(context, "cmp_1", OfferForm.model_validate(form), author="mbr_m").offer_id
    mail = club.told("offers_expiring", Recipient("member", "mbr_en"), offer_ids=[offer_id])
    assert "Lamp LMP-1" in plain(mail) and "85.50 RUB, until 23 November 2026" in plain(mail)


def test_the_letter_that_the_page_on_features_declares_tells_its_facts(
    club: Any, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "infra" / "docs" / "add-a-feature.md").read_text(encoding="utf-8")
    declared = next(each for each in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "@letter" in each)
    monkeypatch.setattr(declarations, "_LETTERS", {})
    monkeypatch.setattr(declarations, "_ASKED", {})
    typed: dict[str, Any] = {"__name__": "chalicelib.pricing.terms.letters"}
    exec(declared, typed)
    reader, facts = typed["terms_changed"](context, BUYER, {"company_id": "cmp_1", "contracts": 2})
    assert (reader.language, facts) == ("ru", {"company": "Луч", "contracts": 2})
