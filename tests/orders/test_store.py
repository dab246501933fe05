"""An order, there and back, and never too large for an item."""

from datetime import date
from decimal import Decimal

from chalicelib.orders.on_top import promised
from chalicelib.orders.promises import MOST_PROMISES, Promise
from chalicelib.orders.rules import (
    MOST_PART_LINES,
    MOST_PARTS,
    Actor,
    Asked,
    Happened,
    Line,
    Order,
    State,
    Step,
    accept,
    ship,
)
from chalicelib.orders.schemas import MOST_LINES, OrderAnswer
from chalicelib.orders.store import order_item, order_of
from chalicelib.platform.club import club
from chalicelib.platform.http import rendered
from chalicelib.pricing import Ruling
from chalicelib.pricing.rules import FreeGoods, OnTop
from chalicelib.table.transactions import from_wire, to_wire

AT, DAY = "2026-11-20T09:00:00.000Z", date(2026, 11, 20)
OPERATOR = Actor("distributor", "mbr_" + "0" * 32)
MOST_BYTES = 400 * 1024  # of an item

CHOSEN = Ruling(
    "tier_discount",
    "tier_reached",
    Decimal("949999999999.05"),
    {"tier": "platinum", "ladder": "RUB", "percent": "12.75"},
)
REJECTED = Ruling("base_price", "not_lower", Decimal("999999999999.99"))


def line(number: int) -> Line:
    """With everything as long as the catalogue lets it be."""
    return Line(
        sku=f"{number:064}",
        name="L" * 200,
        name_ru="Л" * 200,
        unit="у" * 16,
        quantity=1_000_000,
        base_price=Decimal("999999999999.99"),
        unit_price=Decimal("949999999999.05"),
        vat_percent=Decimal("99.99"),
        chosen=CHOSEN,
        rejected=(REJECTED,),
    )


def promise(number: int) -> Promise:
    """Of which all lines count."""
    free = FreeGoods(f"{number:064}", 1_000_000, "L" * 200, "Л" * 200, "у" * 16)
    terms = OnTop(1, free, pay_within_days=365, repeat=True)
    named = ("prm_" + "0" * 32, "P" * 200, "А" * 200)
    return Promise("gft_" + "0" * 32, *named, terms, tuple(range(MOST_LINES)), 200_000_000)


def largest() -> Order:
    """Shipped in as many parts, of as many lines, as there may be."""
    order = Order(
        order_id="ord_" + "0" * 32,
        number="261120-7K3QX",
        company_id="cmp_" + "0" * 32,
        company_name="К" * 200,
        company_inn="770708389300",
        distributor_id="dst_" + "0" * 32,
        distributor_name="Д" * 200,
        placed_at=AT,
        currency="RUB",
        comment="к" * 1000,
        state=State.PLACED,
        lines=tuple(line(number) for number in range(MOST_LINES)),
        history=(Happened(AT, Step.PLACED, State.PLACED, Actor("company", OPERATOR.member_id)),),
        promises=tuple(promise(number) for number in range(MOST_PROMISES)),
    )
    order = accept(order, [], by=OPERATOR, at=AT, note="н" * 500)
    each = MOST_PART_LINES // (MOST_PARTS - 1)
    for number in range(MOST_PARTS):
        last = number == MOST_PARTS - 1
        parts = None if last else [Asked(part.sku, 1) for part in order.lines[:each]]
        order = ship(order, parts, document=f"{number:02}" + "Д" * 62, day=DAY, by=OPERATOR, at=AT)
    return order


def test_an_order_comes_back_as_it_was_written():
    order = largest()
    assert order_of(from_wire(to_wire(order_item(order)))) == order


def test_the_largest_order_and_the_answer_kept_of_it_fit_into_an_item():
    order = largest()
    assert order.state == State.COMPLETED
    answer = rendered(OrderAnswer.told(order, "ru", club(), promised(order)))
    assert len(answer.encode()) < MOST_BYTES
    stored = str(order_item(order))  # longer than DynamoDB counts: quotes and brackets are free there
    assert len(stored.encode()) < MOST_BYTES
