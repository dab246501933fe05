"""Orders as they lie in the table.

lines    zlib of JSON: [{sku, name, …, chosen, rejected}]. Every step writes the order whole, into two indexes as well, and the
         lines say much the same, each of every promotion that runs on it: as maps they are some ten times as long.
"""

import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.orders import keys
from chalicelib.orders.order.model import Available, Cancellation, CancellationState, Return, ReturnedLine, ReturnState
from chalicelib.orders.order.rules import (
    Actor,
    HistoryEntry,
    Line,
    OnCredit,
    Order,
    OrderState,
    OrderStep,
    PromotedPrice,
    Shipment,
    ShippedLine,
)
from chalicelib.platform import clock
from chalicelib.pricing import FreeGoods, FreeGoodsPromise, FreeGoodsTerms, Limits, Ruling
from chalicelib.table.client import Page, Table
from chalicelib.table.transactions import Item, Transaction


def promise_item(promise: FreeGoodsPromise) -> Item:
    terms = promise.terms
    when = {"pay_by": terms.pay_by.isoformat()} if terms.pay_by else {"pay_within_days": terms.pay_within_days}
    return {
        "gift_id": promise.gift_id,
        "promotion_id": promise.promotion_id,
        "name": promise.name,
        "name_ru": promise.name_ru,
        "terms": {"buy": terms.buy, "free": terms.free._asdict(), "repeat": terms.repeat, **when},
        "lines": list(promise.lines),
        "count": promise.count,
    }


def promise_of(item: Item) -> FreeGoodsPromise:
    terms = item["terms"]
    free = terms["free"]
    return FreeGoodsPromise(
        gift_id=item["gift_id"],
        promotion_id=item["promotion_id"],
        name=item["name"],
        name_ru=item["name_ru"],
        terms=FreeGoodsTerms(
            buy=int(terms["buy"]),
            free=FreeGoods(**{**free, "quantity": int(free["quantity"])}),
            pay_by=day_or_none(terms, "pay_by"),
            pay_within_days=int(terms["pay_within_days"]) if "pay_within_days" in terms else None,
            repeat=terms["repeat"],
        ),
        lines=tuple(int(place) for place in item["lines"]),
        count=int(item["count"]),
    )


def day_or_none(item: Item, name: str) -> date | None:
    return date.fromisoformat(item[name]) if name in item else None


def _ruling_item(ruling: Ruling) -> Item:
    item = {
        "rule": ruling.rule,
        "reason": ruling.reason,
        "facts": dict(ruling.facts),
        "unit_price": ruling.unit_price,
        "parts": [_ruling_item(part) for part in ruling.parts],
    }
    return {name: value for name, value in item.items() if value not in (None, {}, [])}


def _ruling(item: dict[str, Any]) -> Ruling:
    parts = tuple(_ruling(part) for part in item.get("parts", ()))
    unit_price = Decimal(item["unit_price"]) if "unit_price" in item else None
    return Ruling(item["rule"], item["reason"], unit_price, item.get("facts", {}), parts)


AMONG = 200  # orders that one page of a filtered list looks at

# --- orders -----------------------------------------------------------------------------------------------------------


def read_order(table: Table, company_id: str, order_id: str) -> Order | None:
    item = table.get(keys.order(company_id, order_id), consistent=True)
    return order_of(item) if item else None


def check_state(tx: Transaction, company_id: str, order_id: str, states: Collection[OrderState], label: str) -> None:
    """Refused with the label unless the order is in one of the states."""
    tx.check(keys.order(company_id, order_id), Attr("state").is_in([state.value for state in states]), label=label)


def read_distributors_order(table: Table, distributor_id: str, order_id: str) -> Order | None:
    """Two calls: whose order it is, and the order. None as well for an order of another distributor."""
    company_id = company_of(table, distributor_id, order_id)
    return read_order(table, company_id, order_id) if company_id else None


def company_of(table: Table, distributor_id: str, order_id: str) -> str | None:
    """The company of the order; None for an order of another distributor."""
    pointer = table.get(keys.distributor_order(distributor_id, order_id), consistent=True)
    return pointer["company_id"] if pointer else None


def company_orders(
    table: Table, company_id: str, *, state: OrderState | None, limit: int, after: dict[str, str] | None
) -> Page:
    return _list(table, keys.order_list(company_id, "", "").pk, "gsi1", state, limit, after)


def distributor_orders(
    table: Table, distributor_id: str, *, state: OrderState | None, limit: int, after: dict[str, str] | None
) -> Page:
    return _list(table, keys.distributor_queue(distributor_id, "", "").pk, "gsi2", state, limit, after)


def _list(
    table: Table, pk: str, index: str, state: OrderState | None, limit: int, after: dict[str, str] | None
) -> Page:
    """Newest first, one call."""
    if state is None:
        return table.query(pk, index=index, newest_first=True, limit=limit, after=after)
    where = Attr("state").eq(state.value)
    return table.query_some(pk, index=index, newest_first=True, where=where, limit=limit, among=AMONG, after=after)


def create_order(tx: Transaction, order: Order) -> None:
    """The order, and the distributor's pointer to it."""
    tx.create(order_item(order), label="order")
    pointer = keys.distributor_order(order.distributor_id, order.order_id)
    tx.create({**pointer.as_item(), "company_id": order.company_id}, label="pointer")


def replace_order(tx: Transaction, order: Order) -> None:
    """Refused with label `order` unless the stored one is exactly one version behind."""
    tx.put(order_item(order), when=Attr("version").eq(order.version - 1), label="order")


def hold_document(tx: Transaction, order: Order) -> None:
    """Claims the document of the last shipment. Refused with label `document` if it was used before."""
    shipment = order.shipments[-1]
    mark = keys.shipment(order.distributor_id, shipment.day.year, shipment.document)
    tx.create({**mark.as_item(), "order_id": order.order_id, "company_id": order.company_id}, label="document")


def hold_return_document(tx: Transaction, order: Order, returned: Return) -> None:
    """Claims the document of a return: returns have numbers of their own."""
    if returned.day is None:
        raise ValueError(f"the return {returned.return_id} is not accepted")
    mark = keys.returned(order.distributor_id, returned.day.year, returned.document)
    tx.create({**mark.as_item(), "order_id": order.order_id, "company_id": order.company_id}, label="document")


def check_version(tx: Transaction, order: Order) -> None:
    """Refused with label `order` if the order changed since it was read."""
    tx.check(keys.order(order.company_id, order.order_id), Attr("version").eq(order.version), label="order")


def order_item(order: Order) -> Item:
    lines = [_line_item(line) for line in order.lines]
    return {
        **keys.order(order.company_id, order.order_id).as_item(),
        **keys.order_list(order.company_id, order.placed_at, order.order_id).as_gsi1(),
        **keys.distributor_queue(order.distributor_id, order.placed_at, order.order_id).as_gsi2(),
        "order_id": order.order_id,
        "number": order.number,
        "company_id": order.company_id,
        "company": {"name": order.company_name, "inn": order.company_inn},
        "distributor_id": order.distributor_id,
        "distributor_name": order.distributor_name,
        "placed_at": order.placed_at,
        "currency": order.currency,
        "comment": order.comment,
        "state": order.state.value,
        "version": order.version,
        "lines": zlib.compress(json.dumps(lines, ensure_ascii=False, separators=(",", ":"), default=str).encode()),
        "shipments": [_shipment_item(shipment) for shipment in order.shipments],
        "history": [_history_item(entry) for entry in order.history],
        **({"promises": [promise_item(each) for each in order.promises]} if order.promises else {}),
        **({"cancellation": _cancellation_item(order.cancellation)} if order.cancellation else {}),
        **({"returns": [_return_item(each, order.shipments) for each in order.returns]} if order.returns else {}),
        **({"reserves": True} if order.reserves else {}),
        **({"other_currency": True} if order.other_currency else {}),
    }


def order_of(item: Item) -> Order:
    lines = tuple(_line_of(line) for line in json.loads(zlib.decompress(bytes(item["lines"]))))
    shipments = tuple(_shipment_of(shipment, lines) for shipment in item["shipments"])
    return Order(
        order_id=item["order_id"],
        number=item["number"],
        company_id=item["company_id"],
        company_name=item["company"]["name"],
        company_inn=item["company"]["inn"],
        distributor_id=item["distributor_id"],
        distributor_name=item["distributor_name"],
        placed_at=item["placed_at"],
        currency=item["currency"],
        comment=item["comment"],
        state=OrderState(item["state"]),
        version=int(item["version"]),
        lines=lines,
        shipments=shipments,
        history=tuple(_history_entry_of(entry) for entry in item["history"]),
        promises=tuple(promise_of(each) for each in item.get("promises", ())),
        cancellation=_cancellation_of(item["cancellation"]) if "cancellation" in item else None,
        returns=tuple(_return_of(each, shipments, lines) for each in item.get("returns", ())),
        reserves=item.get("reserves", False),
        other_currency=item.get("other_currency", False),
    )


def _line_item(line: Line) -> Item:
    item = {
        "sku": line.sku,
        "name": line.name,
        "name_ru": line.name_ru,
        "unit": line.unit,
        "quantity": line.quantity,
        "shipped": line.shipped,
        "base_price": line.base_price,
        "unit_price": line.unit_price,
        "vat_percent": line.vat_percent,
        "chosen": _ruling_item(line.chosen),
        "rejected": [_ruling_item(ruling) for ruling in line.rejected],
    }
    optional = {
        "accepted": line.accepted,
        "proposed": line.proposed,
        "dropped": line.dropped or None,
        "promoted": _promoted_item(line.promoted) if line.promoted else None,
        "available": _available_item(line.available) if line.available else None,
    }
    return {**item, **{name: units for name, units in optional.items() if units is not None}}


def _line_of(item: Item) -> Line:
    return Line(
        sku=item["sku"],
        name=item["name"],
        name_ru=item["name_ru"],
        unit=item["unit"],
        quantity=item["quantity"],
        shipped=item["shipped"],
        accepted=item.get("accepted"),
        proposed=item.get("proposed"),
        dropped=item.get("dropped", 0),
        promoted=_promoted_of(item["promoted"]) if "promoted" in item else None,
        available=_available_of(item["available"]) if "available" in item else None,
        base_price=Decimal(item["base_price"]),
        unit_price=Decimal(item["unit_price"]),
        vat_percent=Decimal(item["vat_percent"]),
        chosen=_ruling(item["chosen"]),
        rejected=tuple(_ruling(ruling) for ruling in item["rejected"]),
    )


def _promoted_item(promoted: PromotedPrice) -> Item:
    limits = {name: value for name, value in promoted.limits._asdict().items() if value not in (None, "")}
    return {"promotion_id": promoted.promotion_id, "cost": promoted.cost, "limits": limits}


def _promoted_of(item: Item) -> PromotedPrice:
    limits = dict(item["limits"])
    if "budget" in limits:
        limits["budget"] = Decimal(limits["budget"])
    return PromotedPrice(item["promotion_id"], Decimal(item["cost"]), Limits(**limits))


def _available_item(available: Available) -> Item:
    return {"units": available.units, **({"at": clock.stamp(available.at)} if available.at else {})}


def _available_of(item: Item) -> Available:
    return Available(item["units"], clock.moment(item["at"]) if "at" in item else None)


def _shipment_item(shipment: Shipment) -> Item:
    """Units by article; names and prices are those of the order's lines."""
    return {
        "document": shipment.document,
        "day": shipment.day.isoformat(),
        "at": shipment.at,
        "parts": {line.sku: line.quantity for line in shipment.lines},
        **_on_credit_item(shipment.on_credit),
    }


def _on_credit_item(on_credit: OnCredit | None) -> Item:
    if on_credit is None:
        return {}
    return {"on_credit": {"due_on": on_credit.due_on.isoformat()} if on_credit.due_on else {}}


def _on_credit_of(item: Item | None) -> OnCredit | None:
    return None if item is None else OnCredit(date.fromisoformat(item["due_on"]) if "due_on" in item else None)


def _shipment_of(item: Item, lines: Sequence[Line]) -> Shipment:
    parts: dict[str, Any] = item["parts"]
    return Shipment(
        document=item["document"],
        day=date.fromisoformat(item["day"]),
        at=item["at"],
        lines=tuple(
            ShippedLine(line.sku, line.name, int(parts[line.sku]), line.unit_price)
            for line in lines
            if line.sku in parts
        ),
        on_credit=_on_credit_of(item.get("on_credit")),
    )


def _cancellation_item(cancellation: Cancellation) -> Item:
    return {**asdict(cancellation), "state": cancellation.state.value}


def _cancellation_of(item: Item) -> Cancellation:
    return Cancellation(**{**item, "state": CancellationState(item["state"])})


def _return_item(returned: Return, shipments: Sequence[Shipment]) -> Item:
    """Its lines without names and prices: those are the order's. `shipment`: its place in the order, from 0."""
    places = {shipment.document: place for place, shipment in enumerate(shipments)}
    return {
        "return_id": returned.return_id,
        "asked_at": returned.asked_at,
        "reason": returned.reason,
        "state": returned.state.value,
        "answered_at": returned.answered_at,
        "note": returned.note,
        "document": returned.document,
        **({"day": returned.day.isoformat()} if returned.day else {}),
        "lines": [
            {
                "shipment": places[line.document],
                "sku": line.sku,
                "quantity": line.quantity,
                **({} if line.accepted is None else {"accepted": line.accepted}),
            }
            for line in returned.lines
        ],
    }


def _return_of(item: Item, shipments: Sequence[Shipment], lines: Sequence[Line]) -> Return:
    ordered = {line.sku: line for line in lines}
    return Return(
        return_id=item["return_id"],
        asked_at=item["asked_at"],
        reason=item["reason"],
        state=ReturnState(item["state"]),
        answered_at=item["answered_at"],
        note=item["note"],
        document=item["document"],
        day=date.fromisoformat(item["day"]) if "day" in item else None,
        lines=tuple(
            ReturnedLine(
                document=shipments[int(line["shipment"])].document,
                sku=line["sku"],
                name=ordered[line["sku"]].name,
                quantity=int(line["quantity"]),
                unit_price=ordered[line["sku"]].unit_price,
                accepted=int(line["accepted"]) if "accepted" in line else None,
            )
            for line in item["lines"]
        ),
    )


def _history_item(entry: HistoryEntry) -> Item:
    return {
        "at": entry.at,
        "step": entry.step.value,
        "state": entry.state.value,
        "side": entry.by.side,
        "member_id": entry.by.member_id,
        "note": entry.note,
    }


def _history_entry_of(item: Item) -> HistoryEntry:
    by = Actor(item["side"], item["member_id"])
    return HistoryEntry(item["at"], OrderStep(item["step"]), OrderState(item["state"]), by, item["note"])
