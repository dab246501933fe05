"""Words of the accrual tests: a club in memory, whose events are delivered when, how often and in which order a test wants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from chalicelib import sales
from chalicelib.bonuses.accruals import consumers as accruals_consumers
from chalicelib.bonuses.accruals import store as accruals_store
from chalicelib.bonuses.accruals.rules import AccrualCase
from chalicelib.bonuses.config import Bonuses, BonusRate
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Posting
from chalicelib.companies.model import CustomerRef
from chalicelib.platform.config import Config, config
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.sales import consumers as sales_consumers
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.rules import DocumentRef, Original, SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.records import from_item
from tests.support.crashes import watched
from tests.support.customers import customer_companies
from tests.support.figures import with_sections
from tests.support.memory import MemoryDynamo

SOURCE = "1c"
NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

CONSUMERS = {
    "sale.recorded": [sales_consumers.on_sale_recorded, accruals_consumers.on_sale_recorded],
    "payment.recorded": [accruals_consumers.on_payment_recorded],
    "tier.changed": [accruals_consumers.on_tier_changed],
}


def figures(*rates: Mapping[str, Any], **bonuses: Any) -> Config:
    """The club's figures with these rates, and other figures of the bonuses."""
    rows = [BonusRate.model_validate(rate) for rate in rates] if rates else config()[Bonuses].rates
    return with_sections(config(), config()[Bonuses].model_copy(update={"rates": rows, **bonuses}))


def memory_work(now: datetime = NOON, figures: Config | None = None) -> Context:
    numbers = count(1)
    return Context(
        table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None),
        now=now,
        new_id=lambda prefix: f"{prefix}_{next(numbers):06d}",
        config=figures or config(),
    )


def company(context: Context, name: str = "Luch", currency: str = "RUB") -> str:
    ref = CustomerRef(customer=name, name=name, inn=None, kpp=None, currency=currency)
    return customer_companies(context, SOURCE, [ref])[ref]


def document(
    company_id: str,
    number: str,
    day: date,
    *amounts: str | Mapping[str, str],
    returns: str | None = None,
    currency: str = "RUB",
) -> SaleDocument:
    """A sale of lines by amount, or by amount and article; with `returns` (a number, or an empty text) what was given back of that sale."""
    lines = [
        SaleLine.of(sku, f"Goods {sku}", Decimal(1), amount=Decimal(amount))
        for each in amounts
        for sku, amount in ({"L-1": each} if isinstance(each, str) else each).items()
    ]
    if returns is None:
        return SaleDocument(SOURCE, number, company_id, day, currency, lines, series=str(day.year))
    back = [line._replace(quantity=-line.quantity, amount=-line.amount) for line in lines]
    original = Original(returns, (str(day.year), str(day.year - 1)), None) if returns else None
    return SaleDocument(
        SOURCE, number, company_id, day, currency, back, series=f"{day.year}-returns", kind="return", original=original
    )


@dataclass
class Stream:
    """The events of a table that were not delivered yet."""

    context: Context
    consumers: Mapping[str, Iterable[Any]] = field(default_factory=lambda: CONSUMERS)
    seen: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, context: Context, consumers: Mapping[str, Iterable[Any]] | None = None) -> "Stream":
        """The same for all work of this context: each event is delivered once, so that none makes up for a consumer that does nothing."""
        made: Stream = context.memo.setdefault("stream", cls(context, CONSUMERS if consumers is None else consumers))
        return made

    def new(self) -> list[Event]:
        """Events written since the last look, oldest first."""
        found = []
        for place, item in self.items().items():
            if "event" in item and place not in self.seen:
                self.seen.add(place)
                found.append(Event(item["event"], derived_id("evt", *place), dict(item)))
        return found

    def items(self) -> Mapping[tuple[str, str], Any]:
        client: Any = self.context.table.client
        return dict(client.items)

    def deliver(self, events: Iterable[Event], context: Context | None = None) -> None:
        """Each by itself, as a delivery of its own."""
        for event in events:
            alone = replace(event, batch={})
            for consume in self.consumers.get(event.name, ()):
                consume(context or self.context, alone)

    def drain(self, context: Context | None = None) -> None:
        """Everything that happened, and what happens of it."""
        while events := self.new():
            self.deliver(events, context)


def recorded(context: Context, *documents: SaleDocument) -> None:
    """Recorded and delivered."""
    sales.record(context, documents)
    Stream.of(context).drain()


def paid(context: Context, document: SaleDocument, day: date | None, as_of: str | None = None) -> None:
    """Told and delivered."""
    payments.record_payments(context, [Payment(document.ref, day)], by="test", as_of=as_of)
    Stream.of(context).drain()


def balances(context: Context, company_id: str) -> ledger_rules.Balances:
    return ledger_rules.balances(ledger.book(context, company_id), context.today)


def lots(context: Context, company_id: str) -> dict[date, Decimal]:
    """The credited amounts by expiry day."""
    return {day: lot.credited for day, lot in ledger.book(context, company_id).lots.items() if lot.credited}


def case(context: Context, company_id: str, ref: DocumentRef) -> AccrualCase:
    return accruals_store.load(context.table, company_id, ref)


def granted(context: Context, company_id: str) -> dict[DocumentRef, tuple[Decimal, date | None]]:
    """The bonus of each document of the company: amount and place."""
    rows = accruals_store.accrued_since(context.table, company_id, date.min)
    found = {}
    for row in rows:
        accrued = case(context, company_id, row.case).accrued[row.ref]
        found[row.ref] = (accrued.amount, accrued.place.expires_on)
    return found


def standing(context: Context, company_id: str) -> tuple[Any, ...]:
    """All that must be the same however it came about."""
    book = ledger.book(context, company_id)
    left, debt = ledger_rules.allocation(book.lots)
    return (
        balances(context, company_id),
        {day: amount for day, amount in left.items() if amount},
        debt,
        # A document of a day without a rate may have an accrual of nothing, or none.
        {ref: each for ref, each in granted(context, company_id).items() if each[0]},
    )


def postings(context: Context, company_id: str) -> list[ledger_rules.Posting]:
    """The company's ledger, oldest first."""
    every = ledger_keys.posting(company_id, "", None)
    return [from_item(Posting, item) for item in context.table.query_all(every.pk, starts=every.sk)]


def overdrawn(context: Context, company_id: str) -> list[str]:
    """The postings of which later ones, that name them, took back more than they granted."""
    made = postings(context, company_id)
    granted_by = {posting.posting_id: _issued(posting) for posting in made}
    left = dict(granted_by)
    for posting in made:
        if posting.cause.reverses and _issued(posting) < 0:
            left[posting.cause.reverses] += _issued(posting)
    return [posting_id for posting_id, amount in left.items() if amount < min(granted_by[posting_id], Decimal(0))]


def _issued(posting: ledger_rules.Posting) -> Decimal:
    """The gain of the company by it: pending, to spend, or expired already."""
    return -sum((entry.amount for entry in posting.entries if entry.account == "issued"), Decimal(0))


def days_later(context: Context, days: int) -> Context:
    return replace(context, now=context.now + timedelta(days=days))


def month_end(day: date, months: int = 12) -> date:
    """The last day of the month that is so many months after this day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + months + 1, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
