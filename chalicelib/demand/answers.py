"""Answers to waiting members when an article arrives.

    stock.arrived ──on_stock_arrived──▶ a message for each article with waiting members ──answer──▶ a page of them: demand.answered
    demand.opened, changed, cancelled, answered ──on_demand_moved──▶ the rank of the article follows; and if the article arrived
                                                                      while somebody asked for it, a message for it

A message answers one page in one transaction and sends another message for the next page, so its work is bounded. It acts on present
facts: it answers the members who wait now for stock that is there now. So it may come twice, late, or after the stock has gone. The list
of waiting members is an index and may lag: while the count of the article says that somebody is left, the message comes again.

Weakest point: stock that comes and goes before its message is processed answers nobody.
"""

import json
from typing import Any

from chalicelib import catalog
from chalicelib.catalog import total
from chalicelib.demand import rules, service, store
from chalicelib.demand.events import ANSWERED
from chalicelib.demand.rules import Demand, DemandAnswer, DemandState
from chalicelib.platform import Context, queue_url, send_bodies
from chalicelib.table import Refused, Transaction, from_item, retry

PAGE = 40  # demands of one transaction, each with its event, beside the count


class StillWaiting(Exception):
    """Members wait whom the index does not show yet: the message comes again."""


def answer(context: Context, message: dict[str, Any]) -> None:
    """Answers a page of waiting members. Raises StillWaiting while the index does not show everybody."""
    body = json.loads(message["body"])
    sku: str = body["sku"]
    if not in_stock(context, sku):
        return
    page = store.waiting(context.table, sku, PAGE, body.get("after"))
    if page.items:
        _answer(context, sku, [from_item(Demand, item) for item in page.items])
    if page.last:
        _send({"sku": sku, "after": page.last})
    elif (count := store.read_counts(context.table, [sku]).get(sku)) and count.demands:
        raise StillWaiting(sku)


def _answer(context: Context, sku: str, waiting: list[Demand]) -> None:
    """Answers those of them that are still open, in one transaction; repeated with the present state of demands that changed meanwhile."""
    given = DemandAnswer("stock", context.at, sku)
    present = {each.demand_id: each for each in waiting}

    @retry(*present)
    def attempt(context: Context) -> None:
        open_ = (each for each in present.values() if each.state is DemandState.OPEN)
        changes = [(each, rules.answer(each, given)) for each in open_]
        tx = Transaction()
        for before, after in changes:
            store.write(tx, context, before, after)
            service.record(tx, context, after, ANSWERED)
        store.count(tx, sku, changes)
        try:
            context.table.commit(tx)
        except Refused as refused:
            present.update({name: from_item(Demand, item) for name, item in refused.items.items() if item})
            raise

    attempt(context)


def in_stock(context: Context, sku: str) -> bool:
    item = catalog.read_items(context.table, [sku], consistent=True).get(sku)
    return item is not None and total(catalog.stock_of(item)) > 0


def ask_for_answers(*skus: str) -> None:
    _send(*({"sku": sku} for sku in skus))


def _send(*bodies: dict[str, Any]) -> None:
    send_bodies(queue_url("demands"), bodies)
