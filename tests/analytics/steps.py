"""Words of the analytics tests: a table in memory, a queue in a list, and the rollups as a plain fold over what lies in the table."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from chalicelib.analytics.rollups import consumers, jobs, store
from chalicelib.analytics.rollups.model import Month
from chalicelib.analytics.rollups.rules import GROUPINGS, Rows
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.sales import consumers as sales_consumers
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.sales.steps import events, items
from tests.support.crashes import watched
from tests.support.memory import MemoryDynamo
from tests.support.nights import Queue

COMPANY = "cmp_1"


def in_memory() -> Context:
    numbers = count(1)
    table = Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None)
    return Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


def a_queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """The queue of the rollups, in place of SQS."""
    queue = Queue()
    client = watched(queue, "sqs")
    monkeypatch.setattr(aws, "sqs", lambda: client)
    return queue


def deliver(context: Context, event: Event) -> None:
    """Delivers a sale as the stream does: to its own room first, then to the rollups."""
    sales_consumers.on_sale_recorded(context, event)
    consumers.on_sale_recorded(context, event)


def deliver_all(context: Context, heard: set[str] | None = None) -> None:
    """Delivers what was not delivered before, until nothing new is told."""
    heard = set() if heard is None else heard
    while new := [event for event in events(context) if event.id not in heard]:
        for event in new:
            deliver(context, event)
            heard.add(event.id)


def work_off(context: Context, queue: Queue) -> None:
    """The worker does all that waits."""
    while queue.bodies:
        jobs.fold_months(context, {"body": queue.bodies.pop(0)})


def kept(context: Context, company_id: str = COMPANY) -> dict[date, tuple[Month, Mapping[str, Rows]]]:
    """The company's months that hold something, as they are stored."""
    found = store.marked_months(context.table, company_id)
    if not found:
        return {}
    rows = store.read_rows(context.table, company_id, min(found), max(found), store.DEFINITION)
    return {month: (each, rows[month]) for month, each in found.items() if each.totals}


def sums(context: Context, company_id: str = COMPANY) -> dict[tuple[str, str], tuple[Decimal, Decimal, int]]:
    """Net purchases, units and documents by month and currency, as the rollups tell them."""
    return {
        (f"{month:%Y-%m}", currency): (found.net, found.units, found.documents)
        for month, (each, _) in kept(context, company_id).items()
        for currency, found in each.totals.items()
    }


def fresh_sums(context: Context, company_id: str = COMPANY) -> dict[tuple[str, str], tuple[Decimal, Decimal, int]]:
    """The same, added up here from the current revisions in the table, which have one item each."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [Decimal(0), Decimal(0), 0])
    for sale in items(context, "SALE#"):
        if sale["company_id"] != company_id or "superseded_by" in sale or "voided" in sale:
            continue
        mine = found[sale["business_date"][:7], sale["currency"]]
        mine[0] += sale["total"]
        mine[1] += sum((Decimal(line[2]) for line in json.loads(sale["lines"])), Decimal(0))
        mine[2] += 1
    return {key: (net, units, documents) for key, (net, units, documents) in found.items()}


def check_rows(context: Context, company_id: str = COMPANY) -> None:
    """The rows of each grouping add up to the sums of their month."""
    for month, (each, rows) in kept(context, company_id).items():
        for currency, totals in each.totals.items():
            for grouping in GROUPINGS:
                found = rows[currency][grouping]
                added = (sum((row.net for row in found), Decimal(0)), sum((row.units for row in found), Decimal(0)))
                assert added == (totals.net, totals.units), (month, grouping)
