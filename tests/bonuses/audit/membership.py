"""A membership of any size with bonuses, and what a night and an audit cost in it: for a test and for the benchmark.

The membership is simulated where the night looks: at the books and their two indexes. Whoever is neither due nor has moved is a book
that is due on another day and moved on another day, without a ledger of its own: a night that looked at anybody's ledger but of those
it should would show in the calls.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses import jobs as bonuses_jobs
from chalicelib.bonuses.audit import keys as audit_keys
from chalicelib.bonuses.audit import store as audit_store
from chalicelib.bonuses.goods import prices
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Cause
from chalicelib.companies import keys as companies_keys
from chalicelib.companies.model import CustomerRef
from chalicelib.platform import aws, keys
from chalicelib.platform.context import Context
from chalicelib.table.transactions import to_wire
from tests.conftest import NOON
from tests.support.customers import customer_companies
from tests.support.nights import Night, Queue
from tests.support.spent import spent

EVE = NOON + timedelta(days=40)  # 30 December
MORNING = timedelta(days=2)  # later, one lot has expired, and the other is to be warned of
EXPIRES, WARNED_OF = date(2026, 12, 31), date(2027, 1, 31)


def members(context: Context, count: int) -> list[str]:
    """Companies with two lots, credited on the eve: in two days one has expired, and the other is to be warned of."""
    refs = [CustomerRef(f"C-{number}", f"Luch {number}", None, None, "RUB") for number in range(count)]
    ids = list(customer_companies(context, "1c", refs).values())
    for company_id in ids:
        for number, expires_on in enumerate((EXPIRES, WARNED_OF)):
            ledger.change(
                context,
                company_id,
                "RUB",
                Cause("accrual", (f"{number}",), document={"source": "1c", "number": f"{number:08d}"}),
                lambda book, lot=expires_on: ledger_rules.credit(book, lot, Decimal("1234.56"), context.today),  # type: ignore[misc]
            )
    return ids


def crowd(context: Context, like: str, count: int) -> None:
    """Members whose books are due on other days of the coming quarter, and moved on other days of the past one."""
    pattern = context.table.get(ledger_keys.bonuses(like))
    assert pattern
    for start in range(0, count, 25):
        batch = []
        for number in range(start, start + 25):
            company_id = f"cmp_{number:032x}"
            due = context.today + MORNING + timedelta(days=2 + number % 88)
            moved = context.today - timedelta(days=2 + number % 88)
            own = {
                **ledger_keys.bonuses(company_id).as_item(),
                **keys.due("bonuses", due, company_id).as_gsi2(),
                **ledger_keys.bonuses_moved(moved, company_id).as_gsi1(),
            }
            batch.append({"PutRequest": {"Item": to_wire({**pattern, **own, "company_id": company_id})}})
        context.table.client.batch_write_item(RequestItems={context.table.name: batch})


def run(context: Context, monkeypatch: pytest.MonkeyPatch, start: Any, event: dict[str, Any]) -> Night:
    queue, context = Queue(), replace(context)  # with nothing kept in mind
    monkeypatch.setattr(aws, "sqs", lambda: queue)
    with spent(context.table.client) as naming:
        start(context, event)
    with spent(context.table.client) as doing:
        for body in queue.bodies:
            bonuses_jobs.decide_bonuses(context, {"body": body})
    return Night(naming, doing, queue)


def undo(context: Context, ids: list[str], books: list[Any]) -> None:
    """As before the night: nothing posted, nothing audited, nothing told."""
    for company_id, book in zip(ids, books, strict=True):
        known = [item for item in context.table.query_all(f"LEDGER#{company_id}") if int(item.get("sequence", 0)) > 2]
        events = context.table.query_all(companies_keys.company(company_id).pk, starts="EVENT#")
        for item in [*known, *events, audit_keys.checkpoint(company_id).as_item()]:
            key = to_wire({"pk": item["pk"], "sk": item["sk"]})
            context.table.client.delete_item(TableName=context.table.name, Key=key)
        context.table.put(book)
    for item in [
        *context.table.query_all(audit_keys.CLUB_TOTALS),
        *context.table.query_all(keys.run("bonuses").pk),
        *context.table.query_all(keys.run("bonus-audit").pk),
    ]:
        context.table.client.delete_item(
            TableName=context.table.name, Key=to_wire({"pk": item["pk"], "sk": item["sk"]})
        )


@dataclass
class Measured:
    """The night and the audit of those who were due."""

    night: Night
    audit: Night


def two_memberships(
    context: Context, monkeypatch: pytest.MonkeyPatch, *, due: int, of: int
) -> tuple[Measured, Measured]:
    """The same companies due, first as the whole membership and then among many: of each something is done, and of nobody else.

    `context` is at the eve.
    """
    ids = members(context, due)
    books = [context.table.get(ledger_keys.bonuses(company_id)) for company_id in ids]
    morning = replace(context, now=context.now + MORNING)
    prices.freeze_due(morning)  # once a period, however many members there are
    alone = _measure(morning, monkeypatch, due)
    undo(context, ids, books)
    crowd(context, ids[0], of - due)
    return alone, _measure(morning, monkeypatch, due)


def _measure(context: Context, monkeypatch: pytest.MonkeyPatch, due: int) -> Measured:
    found = Measured(
        run(context, monkeypatch, bonuses_jobs.nightly_bonuses, {}),
        run(context, monkeypatch, bonuses_jobs.audit_bonuses, {}),
    )
    totals = audit_store.totals(context.table).values()
    assert sum(item["companies"] for item in totals) == due
    assert sum(item["expired"] for item in totals) == due * Decimal("1234.56")
    return found
