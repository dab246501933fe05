"""A year of a real wholesaler as it might have reached the club: late, wrong at first, paid sooner or later, returns before their sales.

Online Retail II (D. Chen, UCI Machine Learning Repository, 2019, CC BY 4.0): 22,686 invoices and cancellations of 4,336 customers.
What is true in the end is the file; how it became known is drawn from a seed.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.bonuses import jobs as bonuses_jobs
from chalicelib.bonuses.accruals import consumers as accruals_consumers
from chalicelib.platform import aws
from chalicelib.platform.config import Config
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.sales import consumers as sales_consumers
from chalicelib.sales.payments import service as payments_service
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.rules import Original, SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item
from chalicelib.tiers import consumers as tiers_consumers
from chalicelib.tiers import jobs as tiers_jobs
from tests.support import partners
from tests.support.memory import MemoryDynamo, Place

FILE = "online_retail_2009_12_to_2010_11.csv.gz"
FIRST, LAST = date(2009, 12, 1), date(2010, 11, 30)
SOURCE, CURRENCY = "uk-shop", "GBP"
DAY = timedelta(days=1)

CONSUMERS: dict[str, list[Any]] = {
    "sale.recorded": [
        sales_consumers.on_sale_recorded,
        tiers_consumers.on_sale_recorded,
        accruals_consumers.on_sale_recorded,
    ],
    "payment.recorded": [accruals_consumers.on_payment_recorded],
    "tier.changed": [accruals_consumers.on_tier_changed],
}


@dataclass(frozen=True)
class Facts:
    """The final facts: documents, and the days on which they were paid."""

    documents: list[SaleDocument]
    paid: dict[sales.DocumentRef, date]

    def of(self, companies: Iterable[str]) -> "Facts":
        chosen = set(companies)
        documents = [each for each in self.documents if each.company_id in chosen]
        refs = {each.ref for each in documents}
        return Facts(documents, {ref: day for ref, day in self.paid.items() if ref in refs})

    @property
    def companies(self) -> list[str]:
        return sorted({each.company_id for each in self.documents})


def facts(file: Path, chance: Random) -> Facts:
    """The file's documents. A return names the latest earlier sale to its customer with one of its articles, if there is one."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in csv.DictReader(gzip.decompress(file.read_bytes()).decode().splitlines()):
        rows[row["invoice"]].append(row)
    documents = []
    sold: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
    for number, lines in sorted(rows.items(), key=lambda each: (each[1][0]["date"], each[0])):
        head, day = lines[0], date.fromisoformat(lines[0]["date"])
        company_id, back = f"cmp_{head['customer_id']}", head["is_cancel"] == "True"
        original = None
        if back:
            found = [sale for row in lines for sale in sold[head["customer_id"], row["sku"]]]
            if found:
                original = Original(max(found)[1], (str(day.year), str(day.year - 1)), None)
        else:
            for row in lines:
                sold[head["customer_id"], row["sku"]].append((day, number))
        documents.append(
            SaleDocument(
                source=SOURCE,
                number=number,
                company_id=company_id,
                business_date=day,
                currency=CURRENCY,
                lines=[
                    SaleLine.of(row["sku"], row["name"], Decimal(row["qty"]), Decimal(row["price"])) for row in lines
                ],
                series=f"{day.year}-returns" if back else str(day.year),
                kind="return" if back else "sale",
                original=original,
            )
        )
    paid = {}
    for document in documents:
        # A few pay ahead, most within weeks, some never.
        if document.kind == "sale" and chance.random() < 0.9:
            paid[document.ref] = min(document.business_date + timedelta(days=chance.randint(-3, 45)), LAST)
    return Facts(documents, paid)


# --- how it became known ----------------------------------------------------------------------------------------------


@dataclass
class AuditedPosting:
    """A fact that is told on a day, and its later fate: `late`, `corrected` and so on."""

    documents: list[SaleDocument] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)


def course(final: Facts, chance: Random) -> tuple[dict[date, list[AuditedPosting]], dict[str, int]]:
    """The year's tellings by day, in order within it; and how many documents came late, were wrong at first, and how."""
    days: dict[date, list[AuditedPosting]] = defaultdict(list)
    counted: dict[str, int] = defaultdict(int)
    companies = final.companies
    for document in final.documents:
        told = document.business_date
        if chance.random() < 0.08:
            told = min(told + timedelta(days=chance.randint(1, 90)), LAST)
            counted["late"] += 1
        if chance.random() < 0.08 and told < LAST:
            kind, wrong = _wrong(document, companies, told, chance)
            counted[kind] += 1
            days[told].append(AuditedPosting([wrong]))
            if chance.random() < 0.2:
                days[told].append(AuditedPosting([_wrong(document, companies, told, chance)[1]]))
            told = min(told + timedelta(days=chance.randint(0, 60)), LAST)
        days[told].append(AuditedPosting([document]))
        if day := final.paid.get(document.ref):
            if chance.random() < 0.03:
                days[max(day, FIRST)].append(AuditedPosting(payments=[Payment(document.ref, None)]))
                counted["payment withdrawn"] += 1
            days[max(day, FIRST)].append(AuditedPosting(payments=[Payment(document.ref, day)]))
    return days, dict(counted)


def _wrong(document: SaleDocument, companies: list[str], told: date, chance: Random) -> tuple[str, SaleDocument]:
    """The document as it was told at first."""
    kind = chance.choice(["amount", "company", "day", "original"])
    if kind == "company":
        return kind, document._replace(company_id=chance.choice(companies))
    if kind == "day" and document.business_date.month > 1:
        # Within its year: in another one the same number is another document.
        earliest = max(date(document.business_date.year, 1, 1), FIRST)
        return kind, document._replace(business_date=max(earliest, told - timedelta(days=chance.randint(0, 120))))
    if kind == "original" and document.original:
        return kind, document._replace(original=None)
    lines = [line._replace(amount=line.amount * chance.choice([1, 10])) for line in document.lines]
    return "amount", document._replace(lines=lines[: chance.randint(1, len(lines))])


# --- a club in memory -------------------------------------------------------------------------------------------------


class Recorder(MemoryDynamo):
    """Remembers every event that is written, as the table's stream would tell of it."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    def _replace(self, place: Place, item: Item | None) -> None:
        if item is not None and "event" in item and place not in self.items:
            self.events.append(Event(item["event"], derived_id("evt", *place), dict(item)))
        super()._replace(place, item)


@dataclass
class Replay:
    """The club, its stream and its nights."""

    figures: Config
    day: date = FIRST
    table: Recorder = field(default_factory=Recorder)
    queue: list[dict[str, Any]] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def begin(self, companies: Iterable[str]) -> None:
        for company_id in companies:
            partners.company(self.context, company_id, currency=CURRENCY)

    @property
    def context(self) -> Context:
        """At noon of the day."""
        memory: Any = self.table
        return Context(
            table=Table(memory, "club", sleep=lambda seconds: None),
            now=datetime.combine(self.day, time(9), UTC),
            new_id=lambda prefix: f"{prefix}_{next(self._ids):08d}",
            config=self.figures,
        )

    def happened(self) -> list[Event]:
        events, self.table.events = self.table.events, []
        return events

    def deliver(self, context: Context, event: Event) -> None:
        """By itself, as a delivery of its own."""
        alone = replace(event, batch={})
        for consume in CONSUMERS.get(event.name, ()):
            consume(context, alone)

    def tell(self, context: Context, told: AuditedPosting) -> None:
        if told.documents:
            sales.record(context, told.documents)
        if told.payments:
            payments_service.record_payments(context, told.payments, by="test")

    def night(self, context: Context) -> None:
        """Of tiers and of bonuses, with all that their messages bring about."""
        for nightly, decide in (
            (tiers_jobs.nightly_tiers, tiers_jobs.decide_tiers),
            (bonuses_jobs.nightly_bonuses, bonuses_jobs.decide_bonuses),
        ):
            nightly(context, {})
            self.work_off(context, decide)

    def work_off(self, context: Context, decide: Any) -> None:
        while self.queue:
            decide(context, self.queue.pop(0))

    def audit(self, context: Context) -> None:
        """Every company's ledger from its first posting on, and the club's totals."""
        bonuses_jobs.audit_bonuses(context, {"full": True})
        self.work_off(context, bonuses_jobs.decide_bonuses)

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """Stands for SQS."""
        self.queue += [{"body": entry["MessageBody"]} for entry in request["Entries"]]
        return {"Successful": request["Entries"], "Failed": []}

    def decide_all(self, context: Context, companies: Iterable[str]) -> None:
        """Every standing made anew on one day."""
        tiers_jobs.decide_tiers(context, {"body": json.dumps({"companies": list(companies)})})


def replayed(
    final: Facts,
    course: dict[date, list[AuditedPosting]],
    figures: Config,
    chance: Random,
    monkeypatch: pytest.MonkeyPatch,
) -> Replay:
    """The year day by day. Events come late, twice and out of order; nights come between."""
    club = Replay(figures)
    monkeypatch.setattr(aws, "sqs", lambda: club)
    club.begin(final.companies)
    waiting: list[Event] = []
    while club.day <= LAST:
        context = club.context
        club.night(context)
        for told in course.get(club.day, ()):
            club.tell(context, told)
        waiting += club.happened()
        for _ in range(3):
            # A return that follows its sale is recorded anew, and its event is told too.
            chance.shuffle(waiting)
            late = [event for event in waiting if chance.random() < 0.1]
            for event in waiting:
                if event not in late or chance.random() < 0.3:
                    club.deliver(context, event)
            waiting = late + club.happened()
        club.day += DAY
    club.day = LAST
    while waiting := [*waiting, *club.happened()]:
        for event in waiting:
            club.deliver(club.context, event)
        waiting = []
    club.decide_all(club.context, final.companies)
    return club


def built(final: Facts, figures: Config, monkeypatch: pytest.MonkeyPatch) -> Replay:
    """A club that hears the final facts, and nothing else, on the last day."""
    club = Replay(figures, LAST)
    monkeypatch.setattr(aws, "sqs", lambda: club)
    club.begin(final.companies)
    for start in range(0, len(final.documents), 100):
        club.tell(club.context, AuditedPosting(final.documents[start : start + 100]))
    paid = [Payment(ref, day) for ref, day in final.paid.items()]
    for start in range(0, len(paid), 100):
        club.tell(club.context, AuditedPosting(payments=paid[start : start + 100]))
    while events := club.happened():
        for event in events:
            club.deliver(club.context, event)
    club.decide_all(club.context, final.companies)
    return club
