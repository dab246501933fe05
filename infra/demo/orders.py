"""A second order, with everything that can come between a cart and its purchase volume. A chapter of the story."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from infra.demo.portal import Portal, Say, await_
from infra.demo.seed import DISTRIBUTORS, SCARCE

OFFERED, WANTED = "TK-N", SCARCE


@dataclass(frozen=True)
class Cast:
    """The players, each signed in; the partner's company, and the mark of this play."""

    guest: Portal
    partner: Portal
    email: str
    manager: Portal
    operations: Portal
    distributor: Portal
    company_id: str
    mark: str


def play(cast: Cast, today: date, say: Say) -> None:
    bought = _window_sum(cast.partner)
    order = _from_the_cart(cast, today, say)
    order = _with_more(cast, order, say)
    bought += Decimal(order["total"]["amount"])
    await_("the shipment in the window", lambda: _window_sum(cast.partner) == bought)
    _returned(cast, order, bought, say)
    _on_behalf(cast, say)
    _missing(cast, say)


def _from_the_cart(cast: Cast, today: date, say: Say) -> Any:
    """An offer of the manager's, in a cart, ordered."""
    offer = {
        "goods": {"skus": [OFFERED]},
        "percent": "12",
        "floor": "500.00",
        "to": str(today + timedelta(days=14)),
        "note": "New goods",
    }
    cast.manager.order_post(f"/v1/staff/companies/{cast.company_id}/offers", offer, expect=201)
    cast.partner.get("/v1/cart")
    lines = [{"sku": OFFERED, "quantity": 10}, {"sku": "PN-P", "quantity": 5}]
    cart = cast.partner.call("PUT", "/v1/cart", {"lines": lines}, If_Match=cast.partner.etag)
    address = {
        "name": "Склад Север",
        "address": "125009, Москва, Тверская 7, корпус 2",
        "contact_name": "Иван Складов",
        "contact_phone": "+74951234567",
        "note": "Пн-пт 9-17, ворота 3",
    }
    saved = cast.partner.order_post("/v1/company/addresses", address, expect=201)
    delivery = {"method": "carrier", "address_id": saved["address_id"], "wished_on": str(today + timedelta(days=7))}
    form = {"cart_version": cart["version"], "delivery": delivery, "buyer_order_number": "З-118"}
    order = cast.partner.order_post("/v1/orders", form, expect=201)
    line = next(each for each in order["lines"] if each["sku"] == OFFERED)
    left = cast.partner.get("/v1/cart")["lines"], cast.partner.get("/v1/offers")["items"]
    say(
        f"a manager's offer, put into the cart and ordered: {OFFERED} {line['base_price']['amount']} -> "
        f"{line['unit_price']['amount']} ({line['rule']['reason']}); the cart has {len(left[0])} lines left, "
        f"{len(left[1])} offers are open"
    )
    return order


def _with_more(cast: Cast, order: Any, say: Say) -> Any:
    """The distributor would send more; the partner confirms, and it ships."""
    path = f"/v1/distributor/orders/{order['order_id']}"
    changed = cast.distributor.order_post(f"{path}/accept", {"lines": [{"sku": OFFERED, "quantity": 12}]})
    cast.guest.letter(cast.email, order["number"])
    cast.partner.get(f"/v1/orders/{order['order_id']}")
    confirmed = cast.partner.order_post(f"/v1/orders/{order['order_id']}/confirm", If_Match=cast.partner.etag)
    shipped = cast.distributor.order_post(f"{path}/ship", {"document": f"ТН-2-{cast.mark}"})
    say(
        f"{DISTRIBUTORS[0][0]} accepted 12 of {OFFERED} instead of 10: {changed['state']} until the partner's word, then "
        f"{confirmed['state']}, shipped, {shipped['state']}: {shipped['total']['amount']} RUB"
    )
    return shipped


def _returned(cast: Cast, order: Any, bought: Decimal, say: Say) -> None:
    """Some of it goes back, and purchase volume follows."""
    document = f"ТН-2-{cast.mark}"
    back = {"lines": [{"document": document, "sku": OFFERED, "quantity": 4}], "reason": "Bent in transport"}
    asked = cast.partner.order_post(f"/v1/orders/{order['order_id']}/returns", back)
    return_id = asked["returns"][-1]["return_id"]
    path = f"/v1/distributor/orders/{order['order_id']}/returns/{return_id}/accept"
    taken = cast.distributor.order_post(path, {"document": f"ВЗ-{cast.mark}"})
    unit_price = next(Decimal(each["unit_price"]["amount"]) for each in taken["lines"] if each["sku"] == OFFERED)

    left = bought - 4 * unit_price
    await_("the return in the window", lambda: _window_sum(cast.partner) == left)
    say(f"4 of them went back under ВЗ-{cast.mark}: the window sum is {left} instead of {bought} RUB")


def _on_behalf(cast: Cast, say: Say) -> None:
    """The manager orders for the company, and the company takes it back."""
    form = {"lines": [{"sku": "SW-N", "quantity": 20}]}
    order = cast.manager.order_post(f"/v1/staff/companies/{cast.company_id}/orders", form, expect=201)
    cast.guest.letter(cast.email, order["number"])
    cancelled = cast.partner.order_post(f"/v1/orders/{order['order_id']}/cancel")
    say(
        f"a manager ordered on the company's behalf (placed by {order['placed_by']['side']}); the company heard of it "
        f"by letter and {cancelled['state']} it"
    )


def _missing(cast: Cast, say: Say) -> None:
    """A wish for what is not in stock is counted, and answered when the goods arrive."""
    nothing = {"sku": WANTED, "warehouse": "MSK", "quantity": "0", "at": _now()}
    cast.operations.call("PUT", "/v1/staff/stock", {"stock": [nothing]})
    cast.partner.post("/v1/demands", {"sku": WANTED, "quantity": 40})
    counted = await_("the wish among what is wanted", lambda: _wanted(cast.operations))
    cast.operations.call("PUT", "/v1/staff/stock", {"stock": [{**nothing, "quantity": "80", "at": _now()}]})
    letter = cast.guest.letter(cast.email, counted["name_ru"])
    say(
        f"{WANTED} is out of stock: {counted['demands']} partner waits for {counted['units']} units; "
        f"as 80 arrive, the letter «{letter['subject']}» comes"
    )


def _window_sum(partner: Portal) -> Decimal:
    return Decimal(partner.get("/v1/company/tier")["window"]["sum"]["amount"])


def _wanted(operations: Portal) -> Any:
    found = operations.get("/v1/staff/demands")["items"]
    return next((each for each in found if each["sku"] == WANTED), None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
