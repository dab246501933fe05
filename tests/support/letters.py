"""A company, its buyer, its manager, its distributor and an order, of which letters tell."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import distributors
from chalicelib.companies import store as companies_store
from chalicelib.mail.model import Mail, Recipient
from chalicelib.mail.service import compose
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order.rules import Actor, HistoryEntry, Line, Order, OrderState, OrderStep
from chalicelib.platform.context import Context
from chalicelib.pricing.rules import Ruling
from chalicelib.table.key import Key
from tests.mail.steps import letter, member
from tests.support.partners import speaks_for

CAUSE = Key("COMPANY#cmp_1", "EVENT#1")

BY_BUYER, BY_DISTRIBUTOR = Actor("company", "mbr_1"), Actor("distributor", "mbr_d")

NBSP = "\N{NO-BREAK SPACE}"


def line(sku: str, quantity: int, price: str) -> Line:
    ruling = Ruling("base_price", "listed", Decimal(price))
    return Line(
        sku=sku,
        name=f"Lamp {sku}",
        name_ru=f"Лампа {sku}",
        unit="шт",
        quantity=quantity,
        base_price=Decimal(price),
        unit_price=Decimal(price),
        vat_percent=Decimal(20),
        chosen=ruling,
        rejected=(),
    )


def an_order(context: Context) -> Order:
    return Order(
        order_id="ord_1",
        number="261120-7K3QX",
        company_id="cmp_1",
        company_name="Луч",
        company_inn="7707083893",
        distributor_id="dst_1",
        distributor_name="Свет-Опт",
        placed_at="2026-11-20T22:30:00.000Z",  # the next day in the club's zone
        currency="RUB",
        comment="Позвоните до обеда",
        state=OrderState.PLACED,
        lines=(line("A-1", 10, "1234.50"), line("B-2", 2, "100")),
        history=(HistoryEntry(context.at, OrderStep.PLACED, OrderState.PLACED, BY_BUYER),),
    )


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A company with a manager, its buyer, its distributor, and an order; `told` composes a letter about them."""
    member(context, "mbr_1")
    member(context, "mbr_en", language="en", name="Ann Light")
    member(context, "mbr_m", name="Мария Ведущая")
    speaks_for(context, "cmp_1", "mbr_1")
    speaks_for(context, "cmp_1", "mbr_en", role="buyer")
    company = SimpleNamespace(
        name="Луч", inn="7707083893", kpp=None, manager_id="mbr_m", currency="RUB", joined_into=None
    )
    distributor = SimpleNamespace(name="Свет-Опт", email="orders@distributor.example", language="ru")
    scene = SimpleNamespace(company=company, distributor=distributor, order=an_order(context))
    monkeypatch.setattr(companies_store, "read", lambda table, company_id: scene.company)
    monkeypatch.setattr(distributors, "distributor", lambda context, distributor_id: scene.distributor)
    monkeypatch.setattr(order_service, "order_of_event", lambda context, event: scene.order)

    def told(template: str, recipient: Recipient, code: str = "", **facts: Any) -> Mail:
        order = {"company_id": "cmp_1", "order_id": "ord_1", "distributor_id": "dst_1", "at": context.at}
        event = {**CAUSE.as_item(), "event": template.replace("_", ".", 1), **order, **facts}
        context.table.put(event)
        made = letter(context, template=template, recipient=recipient, cause=CAUSE)
        return compose(context, made, code)

    scene.told = told
    return scene


BUYER = Recipient("member", "mbr_1")

ORDERER = Recipient("orderer", "ord_1")

DISTRIBUTOR = Recipient("distributor", "dst_1")


def plain(mail: Mail) -> str:
    return mail.text.replace(NBSP, " ")
