"""The cost of an order from the cart to the partner's tier: the figures behind infra/docs/costs.md.

An order of twenty lines is placed, accepted and shipped in one part, by a company that has bought before. What follows from it runs too: the
letters (to the distributor, and two to the partner), the shipment as a sale, the company's standing. Counted are requests, function runs,
DynamoDB units, messages.

Each event and each message is a run of its own, the dearest way it can go. Only the two reports of a letter are one: a mail service
reports the delivery within the `window` in which the worker's messages are gathered. Where it reports later, a letter is one run more.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import app as club_app
from chalicelib.analytics.rollups.jobs import fold_months
from chalicelib.mail import jobs as mail_jobs
from chalicelib.platform import aws, clock, ids, settings
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import deliver
from chalicelib.platform.delivery.subscriptions import subscriptions
from chalicelib.platform.http import respond
from chalicelib.retention.states import service as rhythm
from chalicelib.sales import SALE_RECORDED
from chalicelib.table.client import Table
from tests.benchmarks.report import report
from tests.catalog.steps import row, stock
from tests.mail.steps import MailService, message
from tests.mail.steps import report as mail_report
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.partners import reach
from tests.support.spent import spent

MOST = {"write units": 142, "read units": 70, "function runs": 16}

WORKERS = {"https://queues.example/letters": mail_jobs.send_letters, "https://queues.example/rollups": fold_months}

# US East (N. Virginia), on demand, USD; from the price lists of July 2026 or before: check them against your region's.
PRICES = {
    "API requests": 3.50 / 10**6,
    "read units": 0.125 / 10**6,
    "write units": 0.625 / 10**6,
    "function runs": 0.20 / 10**6,
    "queue requests": 0.40 / 10**6,
    "letters": 0.10 / 10**3,
}


class Life:
    """Plays stream and queues by hand and counts what a bill would count."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.bill: Counter[str] = Counter()
        self.mail = MailService()
        self.messages: list[tuple[str, str]] = []  # queue and body
        # What follows from earlier purchases is done, and costs nothing here.
        self.told = {self._place(item) for item in self._items() if item.get("event", {}).get("S") != SALE_RECORDED}

    def send_message(self, **request: Any) -> dict[str, Any]:
        self.messages.append((request["QueueUrl"], request["MessageBody"]))
        return {}

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.messages += [(request["QueueUrl"], entry["MessageBody"]) for entry in request["Entries"]]
        return {}

    def counted(self, run: Callable[[], Any], *what: str) -> Any:
        with spent(self.context.table.client) as cost:
            answer = run()
        self.bill["read units"] += cost.read_units
        self.bill["write units"] += cost.write_units
        self.bill.update(what)
        return answer

    def follow(self) -> None:
        """Until nothing new has happened: one run of a function per event and per message, the dearest way it can go."""
        while True:
            news = [item for item in self._items() if self._place(item) not in self.told]
            if not news and not self.messages:
                return
            for item in news:
                self.told.add(self._place(item))
                if "event" not in item:
                    continue
                record = {"dynamodb": {"NewImage": item, "SequenceNumber": "1"}}
                for table in (subscriptions("facts"), subscriptions("messages")):
                    if item["event"]["S"] not in table:
                        continue  # the stream's filter leaves it out
                    failed = self.counted(
                        lambda record=record, table=table: deliver({"Records": [record]}, table, self.context),
                        "function runs",
                    )
                    assert failed == {"batchItemFailures": []}
            while self.messages:
                queue, body = self.messages.pop()
                before = len(self.mail.accepted)
                self.counted(
                    lambda work=WORKERS[queue], body=body: work(self.context, {"messageId": "1", "body": body}),
                    "function runs",
                )
                self.bill["queue requests"] += 3  # sent, received, deleted
                for accepted in self.mail.accepted[before:]:
                    self.bill["letters"] += 1
                    reports = [message(mail_report(kind, accepted, self.context.now)) for kind in ("Send", "Delivery")]
                    self.counted(lambda reports=reports: self._settle(reports), "function runs")
                    self.bill["queue requests"] += 3 * len(reports)

    @staticmethod
    def _place(item: dict[str, Any]) -> tuple[str, str]:
        return item["pk"]["S"], item["sk"]["S"]

    def _settle(self, reports: list[dict[str, Any]]) -> None:
        for told in reports:
            mail_jobs.settle_letters(self.context, told)

    def _items(self) -> list[dict[str, Any]]:
        pages = self.context.table.client.get_paginator("scan").paginate(TableName=self.context.table.name)
        return [item for page in pages for item in page["Items"]]


@pytest.fixture
def market(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Market:
    context = Context(table=local_table, now=clock.now(), new_id=ids.random_id)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    for queue in WORKERS:
        monkeypatch.setenv(f"{queue.rpartition('/')[2].upper()}_QUEUE_URL", queue)
    monkeypatch.setenv("MAIL_FROM", "Club <club@portal.example>")
    settings.settings.cache_clear()
    market = Market(Api(club_app.app), context)
    stock(context, *(row(f"S-{number:02}") for number in range(20)))
    reach(context, market.company_id, "160000")
    rhythm.follow(context, market.company_id)  # it has bought before: an order tells nothing new of its state
    return market


def test_an_orders_life(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    life = Life(market.context)
    monkeypatch.setattr(aws, "sqs", lambda: life)
    monkeypatch.setattr(aws, "ses", lambda: life.mail)
    life.follow()
    life.bill.clear()
    lines = {f"S-{number:02}": 5 for number in range(20)}
    order_id = life.counted(lambda: market.placed(lines), "API requests", "function runs")
    life.follow()
    for step in (market.accept, market.ship):
        answer = life.counted(lambda step=step: step(order_id), "API requests", "function runs")
        assert answer.status == 200, answer.text
        life.follow()
    assert life.bill["letters"] == 3
    total = 0.0
    for what, price in PRICES.items():
        total += life.bill[what] * price * 1000
        most = MOST.get(what)
        report(f"an order's life: {what}", f"{life.bill[what]:g}", f"at most {most}" if most else "")
        assert most is None or life.bill[what] <= most
    runs = life.bill["function runs"] + life.bill["letters"]
    report("an order's life: function runs, where each delivery is reported after the window", f"{runs:g}", "")
    report("1,000 orders, USD (without function time)", f"{total:.2f}")
