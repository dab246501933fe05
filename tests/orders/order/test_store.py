"""An order, there and back, and never too large for an item."""

from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.companies import Address
from chalicelib.orders.free_goods.rules import promised
from chalicelib.orders.lifecycle.rules import (
    MOST_REQUESTS,
    MOST_RETURNED_LINES,
    MOST_RETURNS,
    ReturnedUnits,
    accept_return,
    request_return,
)
from chalicelib.orders.lifecycle.schemas import OrderView
from chalicelib.orders.order.model import Cancellation, CancellationState, Delivery, DeliveryMethod
from chalicelib.orders.order.rules import (
    MOST_PART_LINES,
    MOST_PARTS,
    MOST_PROPOSALS,
    Actor,
    HistoryEntry,
    Line,
    Order,
    OrderState,
    OrderStep,
    ProposedPrice,
    RequestedLine,
    accept,
    after,
    at_lower_prices,
    ship,
)
from chalicelib.orders.order.store import order_item, order_of
from chalicelib.orders.quoting.schemas import MOST_LINES
from chalicelib.platform.context import Context
from chalicelib.platform.http.answers import rendered
from chalicelib.platform.http.idempotency import Once
from chalicelib.pricing.free_goods.rules import MOST_PROMISES, FreeGoodsPromise
from chalicelib.pricing.rules import FreeGoods, FreeGoodsTerms, Ruling
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction, from_wire, to_wire
from tests.conftest import NOON

AT, DAY = "2026-11-20T09:00:00.000Z", date(2026, 11, 20)
OPERATOR = Actor("distributor", "mbr_" + "0" * 32)
MOST_BYTES = 400 * 1024  # of an item

ADDRESS = Address("adr_" + "0" * 32, "С" * 100, "А" * 300, "И" * 100, "+" + "7" * 15, "П" * 300)
CARRIER = {"carrier": "П" * 100, "tracking_number": "Н" * 64}

CHOSEN = Ruling(
    "tier_discount",
    "tier_reached",
    Decimal("949999999999.05"),
    {"tier": "platinum", "name": "Platinum", "name_ru": "Платина", "percent": "12.75"},
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
        cost_price=Decimal("899999999999.05"),
    )


def promise(number: int) -> FreeGoodsPromise:
    """Of which all lines count."""
    free = FreeGoods(f"{number:064}", 1_000_000, "L" * 200, "Л" * 200, "у" * 16)
    terms = FreeGoodsTerms(1, free, pay_within_days=365, repeat=True)
    named = ("prm_" + "0" * 32, "P" * 200, "А" * 200)
    return FreeGoodsPromise("gft_" + "0" * 32, *named, terms, tuple(range(MOST_LINES)), 200_000_000)


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
        state=OrderState.PLACED,
        lines=tuple(line(number) for number in range(MOST_LINES)),
        history=(HistoryEntry(AT, OrderStep.PLACED, OrderState.PLACED, Actor("company", OPERATOR.member_id)),),
        promises=tuple(promise(number) for number in range(MOST_PROMISES)),
        buyer_order_number="З" * 64,
        delivery=Delivery(DeliveryMethod.CARRIER, ADDRESS, DAY, partial_shipment=False),
    )
    order = accept(order, [], by=OPERATOR, at=AT, note="н" * 500)
    each = MOST_PART_LINES // (MOST_PARTS - 1)
    for number in range(MOST_PARTS):
        last = number == MOST_PARTS - 1
        parts = None if last else [RequestedLine(part.sku, 1) for part in order.lines[:each]]
        order = ship(order, parts, document=f"{number:02}" + "Д" * 62, day=DAY, by=OPERATOR, at=AT, **CARRIER)
    return order


def with_all_that_was_asked() -> Order:
    """The largest, changed and asked to be cancelled as often as may be, with as much returned as may be."""
    order = largest()
    said = {"by": OPERATOR, "at": AT}
    for step, times in (
        (OrderStep.CHANGED, MOST_PROPOSALS),
        (OrderStep.CANCELLATION_REQUESTED, MOST_REQUESTS),
        (OrderStep.CANCELLATION_DECLINED, MOST_REQUESTS),
    ):
        for _ in range(times):
            order = after(order, step, order.state, OPERATOR, AT, "н" * 500)
    order = order._replace(cancellation=Cancellation(AT, "п" * 500, CancellationState.DECLINED, AT, "н" * 500))
    shipment = order.shipments[-1]  # of all lines
    each = MOST_RETURNED_LINES // MOST_RETURNS
    for number in range(MOST_RETURNS):
        parts = [
            ReturnedUnits(shipment.document, line.sku, 1)
            for line in shipment.lines[number * each : (number + 1) * each]
        ]
        order = request_return(order, f"ret_{number:032}", parts, reason="п" * 500, **said)
        document = f"{number:02}" + "В" * 62
        order = accept_return(order, f"ret_{number:032}", [], document=document, day=DAY, **said)
    return order


def test_an_order_comes_back_as_it_was_written():
    order = with_all_that_was_asked()
    assert order_of(from_wire(to_wire(order_item(order)))) == order


def promotion(number: int) -> Ruling:
    """As all lines tell of it, beside the price that it would have made of theirs."""
    name = f"Autumn of LED panels for offices {number}"
    facts = {"promotion": f"prm_{number:032}", "name": name, "name_ru": name, "percent": "10", "quantity": "1"}
    return Ruling("promotion", "running", facts=facts)


def test_an_order_fits_into_an_item_however_many_promotions_run_on_its_goods():
    order = with_all_that_was_asked()
    lines = []
    for line in order.lines:
        said = [promotion(each)._replace(unit_price=line.unit_price - each) for each in range(60)]
        rejected = tuple(ruling._replace(reason="not_lower") for ruling in said[1:])
        lines.append(line._replace(chosen=said[0], rejected=rejected))
    order = order._replace(lines=tuple(lines))
    item = order_item(order)
    assert weight(item) < MOST_BYTES * 0.9
    assert order_of(from_wire(to_wire(item))) == order


def test_the_largest_order_and_the_answer_kept_of_it_fit_into_an_item():
    order = with_all_that_was_asked()
    assert order.state == OrderState.COMPLETED
    assert len(order.returns) == MOST_RETURNS
    answer = rendered(OrderView.of_order(order, "ru", promised(order)), "ru")
    tx = Transaction()
    once = Once(caller="mbr_" + "0" * 32, key="k" * 128, fingerprint="f" * 64)
    once.remember(tx, Context(table=Table(None, "club"), now=NOON), 200, answer, {})
    ((kept, _),) = [(body["Item"], kind) for operation in tx.to_wire("club") for kind, body in operation.items()]
    assert weight(from_wire(kept)) < MOST_BYTES / 4
    assert weight(order_item(order)) < MOST_BYTES * 0.9


def test_a_proposal_that_lowers_each_price_of_the_largest_order_fits_into_an_item():
    placed = largest()._replace(state=OrderState.PLACED, shipments=(), promises=())
    changed = accept(placed, [RequestedLine(placed.lines[0].sku, 1_000_001)], by=OPERATOR, at=AT)
    price = ProposedPrice(Decimal("949999999999.04"), CHOSEN, (REJECTED,))
    order = at_lower_prices(changed, {line.sku: price for line in changed.lines})
    assert all(line.proposed_price for line in order.lines)
    assert weight(order_item(order)) < MOST_BYTES * 0.9


def weight(value: Any) -> int:
    """As DynamoDB counts it: names and texts in UTF-8, half a byte for a digit, a few bytes for each map, list and element."""
    match value:
        case str():
            return len(value.encode())
        case dict():
            return 3 + sum(1 + len(name.encode()) + weight(each) for name, each in value.items())
        case list() | tuple():
            return 3 + sum(1 + weight(each) for each in value)
        case int() | Decimal():
            return len(str(value)) // 2 + 2
        case _:
            return len(bytes(value))
