"""The facts of a month as the fold takes them: documents with the brand and category of their goods, and the orders behind them.

Weakest point: brand and category are those of the catalogue when the month is folded. A change in the catalogue reaches earlier months with
a rebuild.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby

from chalicelib import catalog, orders, sales
from chalicelib.analytics.rollups.rules import ZERO, Purchase, PurchasedLine, month_of
from chalicelib.catalog import Traits
from chalicelib.orders import Order, OrderLine
from chalicelib.platform import Context, round_half_up
from chalicelib.pricing import Ruling
from chalicelib.sales import ORDERS, CurrentDocument, SaleLine

_NO_DISCOUNT = "base_price"  # the rule of a line at its base price
OTHER = "other"  # the rule of a discount that the order's own price does not explain: the books have another amount


def purchases_between(
    context: Context, company_id: str, first: date, last: date
) -> Iterator[tuple[date, list[Purchase]]]:
    """The purchases of each month with documents dated on these days, latest month first; one month is held at a time."""
    for month, found in documents_between(context, company_id, first, last):
        yield month, purchases_of(context, company_id, found)


def documents_between(
    context: Context, company_id: str, first: date, last: date
) -> Iterator[tuple[date, list[CurrentDocument]]]:
    """The documents of each month, as `purchases_between` takes them."""
    documents = sales.current_documents(context, company_id, first, last)
    for month, found in groupby(documents, lambda each: month_of(each.document.business_date)):
        yield month, list(found)


def purchases_of(
    context: Context, company_id: str, documents: list[CurrentDocument], *, goods: bool = True
) -> list[Purchase]:
    """The purchases that these documents are, in their order. Without `goods` brand and category are empty, and no product is read."""
    traits = _traits(context, {line.sku for each in documents for line in each.document.lines}) if goods else {}
    behind = orders.load_orders(context, company_id, sorted({_order_id(each) for each in documents} - {""}))
    return [_purchase(each, behind.get(_order_id(each)), traits) for each in documents]


def _traits(context: Context, skus: Iterable[str]) -> Mapping[str, Traits]:
    """By article; read once for all months of a company."""
    known: dict[str, Traits] = context.memo.setdefault("rollup_traits", {})
    unknown = sorted(set(skus) - known.keys())
    found = catalog.read_traits(context.table, unknown)
    known |= {sku: found.get(sku, Traits()) for sku in unknown}
    return known


def _order_id(current: CurrentDocument) -> str:
    document = current.document
    return sales.order_of(document.ref)[1] if document.source == ORDERS else ""


def _purchase(current: CurrentDocument, order: Order | None, traits: Mapping[str, Traits]) -> Purchase:
    document = current.document
    ordered = {line.sku: line for line in order.lines} if order else {}
    address = order.delivery.address if order and order.delivery else None
    return Purchase(
        day=document.business_date,
        counts_on=current.counts_on,
        is_return=document.kind == "return",
        currency=document.currency,
        lines=tuple(_line(line, ordered.get(line.sku), traits.get(line.sku, Traits())) for line in document.lines),
        order_id=_order_id(current),
        ordered=Decimal(sum(line.quantity for line in order.lines)) if order else ZERO,
        distributor=order.distributor_id if order else "",
        distributor_title=order.distributor_name if order else "",
        shop=address.address_id if address else "",
        shop_title=address.name if address else "",
        person=order.placed_by.member_id if order and order.placed_by.side == "company" else "",
    )


def _line(line: SaleLine, ordered: OrderLine | None, traits: Traits) -> PurchasedLine:
    return PurchasedLine(
        sku=line.sku,
        title=line.name,
        brand=traits.brand,
        category=traits.category,
        quantity=line.quantity,
        amount=line.amount,
        saved=_saved(line, ordered) if ordered else {},
    )


def _saved(line: SaleLine, ordered: OrderLine) -> dict[str, Decimal]:
    """By rule, the discount on the base price. The parts add up to the difference exactly; of stacked rules the last takes the rest."""
    difference = ordered.base_price * line.quantity - line.amount
    if not difference:
        return {}
    parts: tuple[Ruling, ...] = ordered.chosen.parts or (ordered.chosen,)
    found: dict[str, Decimal] = {}
    for part in parts[:-1]:
        alone = round_half_up((ordered.base_price - (part.unit_price or ZERO)) * line.quantity)
        found[part.rule] = found.get(part.rule, ZERO) + alone
    last = OTHER if parts[-1].rule == _NO_DISCOUNT else parts[-1].rule
    rest = difference - sum(found.values(), ZERO)
    return {**found, last: found.get(last, ZERO) + rest}
