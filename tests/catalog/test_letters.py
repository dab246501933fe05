"""The letter on what a partner asked for."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.mail.model import Unsendable
from chalicelib.platform.context import Context
from tests.catalog.steps import row, stock
from tests.support.letters import BUYER, plain
from tests.support.partners import dismissed

WISH = {"demand_id": "dem_1", "opened_at": "2026-11-18T09:00:00.000Z", "quantity": Decimal(12)}

ARRIVED = {"by": "stock", "at": "2026-11-20T09:00:00.000Z", "sku": "LMP-1", "text": "", "member_id": ""}

WRITTEN = {**ARRIVED, "by": "staff", "text": "Возьмите новую модель", "member_id": "mbr_m"}


@pytest.fixture
def wished(club: Any, context: Context) -> Any:
    """The same company, of which the buyer wished for something."""
    stock(context, row("LMP-1"), row("LMP-2"))
    return club


def test_who_wished_for_an_article_hears_that_it_is_there(wished: Any) -> None:
    mail = wished.told("demand_answered", BUYER, sku="LMP-1", text="", answered=ARRIVED, **WISH)
    assert mail.subject == "Поступил товар: Лампа LMP-1"
    assert "Вам было нужно: 12 шт." in plain(mail)


def test_who_wished_for_something_else_reads_what_the_staff_wrote(wished: Any) -> None:
    wish = {**WISH, "sku": "", "text": "Лампа с датчиком"}
    mail = wished.told("demand_answered", BUYER, answered=WRITTEN, **wish)
    assert mail.subject == "Ответ на ваш запрос: Лампа с датчиком"
    assert "«Возьмите новую модель»" in mail.text
    assert "Посмотрите в каталоге: Лампа LMP-1 (LMP-1)" in mail.text
    other = wished.told("demand_answered", BUYER, **{**WISH, "sku": "LMP-2", "text": ""}, answered=WRITTEN)
    assert other.subject == "Ответ на ваш запрос: Лампа LMP-2"


def test_who_speaks_for_the_company_no_more_is_told_nothing_of_its_wishes(wished: Any, context: Context) -> None:
    dismissed(context, "cmp_1", "mbr_1")
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        wished.told("demand_answered", BUYER, sku="LMP-1", text="", answered=ARRIVED, **WISH)
