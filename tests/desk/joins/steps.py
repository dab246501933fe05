"""Two companies of a file that are one firm, in memory, and the work of their join."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import companies, orders, sales
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Cause
from chalicelib.bonuses.redemptions import consumers as redemptions_consumers
from chalicelib.companies.model import CustomerRef
from chalicelib.desk.joins import consumers, jobs, service
from chalicelib.desk.joins.schemas import JoinReasonForm
from chalicelib.exchange.customers import consumers as customers_consumers
from chalicelib.exchange.customers import jobs as customers_jobs
from chalicelib.orders import consumers as orders_consumers
from chalicelib.orders.free_goods import consumers as free_goods_consumers
from chalicelib.orders.response_times import consumers as response_times_consumers
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.tiers import consumers as tiers_consumers
from tests.bonuses.accruals.steps import CONSUMERS, SOURCE, Stream, document, memory_work
from tests.companies.steps import legal_inn
from tests.support.crashes import uncounted, watched

BY = "mbr_head"
ALL: dict[str, list[Any]] = {
    **{name: list(several) for name, several in CONSUMERS.items()},
    "sale.recorded": [tiers_consumers.on_sale_recorded, *CONSUMERS["sale.recorded"]],
    "customer.move_began": [customers_consumers.on_move_began],
    "company_join.began": [consumers.on_began],
}
for _name in orders.ORDER_EVENTS.values():
    ALL[_name] = [free_goods_consumers.on_order_changed, response_times_consumers.on_order_changed]
for _consume in (orders_consumers.record_shipment, orders_consumers.settle_shipment):
    ALL[orders.ORDER_SHIPPED].append(_consume)
ALL[orders.ORDER_RETURNED].append(orders_consumers.record_return)
ALL[orders.ORDER_MOVED] = [
    *ALL[orders.ORDER_SHIPPED][:2],
    orders_consumers.settle_moved,
    redemptions_consumers.on_order_changed,
]
for _name in (orders.ORDER_SHIPPED, orders.ORDER_COMPLETED, orders.ORDER_RETURNED, orders.ORDER_CANCELLED):
    ALL[_name].append(redemptions_consumers.on_order_changed)
ALL["sale.recorded"].append(orders_consumers.settle_sale)
ALL["payment.recorded"].append(orders_consumers.settle_payment)


class Queue:
    """The messages of all queues, in one."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def send_message(self, *, MessageBody: str, **_: Any) -> None:  # noqa: N803
        self.bodies.append(json.loads(MessageBody))

    def send_message_batch(self, *, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.bodies += [json.loads(entry["MessageBody"]) for entry in Entries]
        return {}


@contextmanager
def cloud() -> Iterator[Queue]:
    queue = Queue()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws, "sqs", lambda: watched(queue, "sqs"))
        yield queue


@dataclass
class Firm:
    """A firm that files know as two companies: `old` under the first KPP, `new` under the second."""

    queue: Queue
    context: Context = field(default_factory=memory_work)
    old: str = ""
    new: str = ""

    def __post_init__(self) -> None:
        self.stream = Stream(self.context, ALL)
        if not self.old:
            kpps = {"К-1": "770101001", "К-2": "780101001"}
            refs = [CustomerRef(key, f"ООО Луч {key}", legal_inn(1), kpp, "RUB") for key, kpp in kpps.items()]
            found = companies.match_customers(self.context, SOURCE, refs)
            self.old, self.new = (found[ref.customer].company_id for ref in refs)
            self.settle()

    def buy(self, company_id: str, number: str, days_ago: int, amount: str) -> None:
        day = self.context.today - timedelta(days=days_ago)
        customer = "К-1" if company_id == self.old else "К-2"
        sales.record(self.context, [document(company_id, number, day, amount)._replace(customer=customer)])
        self.settle()

    def give(self, company_id: str, amount: str, days: int = 60) -> None:
        """Bonuses that no document explains."""
        lot = self.context.today + timedelta(days=days)
        cause = Cause("adjustment", (self.context.new_id("adj"),))
        ledger.change(
            self.context,
            company_id,
            "RUB",
            cause,
            lambda book: ledger_rules.credit(book, lot, Decimal(amount), self.context.today),
        )

    def spend(self, company_id: str, amount: Decimal) -> None:
        def redeem(book: ledger_rules.Book) -> ledger_rules.Book:
            parts = ledger_rules.oldest_first(book, amount, self.context.today)
            return ledger_rules.redeem(ledger_rules.hold(book, parts, self.context.today), amount)

        ledger.change(self.context, company_id, "RUB", Cause("redemption", (self.context.new_id("red"),)), redeem)

    def join(self) -> str:
        form = JoinReasonForm(company_id=self.old, into_company_id=self.new, reason="New KPP")
        return service.start(self.context, form, BY, "en").join_id

    def settle(self) -> None:
        """All that the events and messages bring about. A message leaves the queue when it is handled."""
        while True:
            with uncounted():
                events = self.stream.new()
            self.stream.deliver(events)
            if not self.queue.bodies:
                if not events:
                    return
                continue
            body = self.queue.bodies[0]
            handle = jobs.join_two_companies if "join_id" in body else customers_jobs.move_customers
            handle(replace(self.context), {"body": json.dumps(body)})
            self.queue.bodies.pop(0)

    def purchases(self, company_id: str) -> Decimal:
        days = sales.day_totals(self.context, company_id, date.min, date.max)
        return sum(days.net.values(), Decimal(0))

    def available(self, company_id: str) -> Decimal:
        return ledger_rules.balances(ledger.book(self.context, company_id), self.context.today).available

    def bonuses(self, company_id: str) -> Decimal:
        """Those that can be spent, and those that will be."""
        return self.available(company_id) + ledger.book(self.context, company_id).pending
