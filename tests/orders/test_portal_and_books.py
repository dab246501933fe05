"""Invoices that the portal ships and the books tell again, with returns and payments, in two currencies: what all rooms make of them."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import app
from chalicelib import sales, tiers
from chalicelib.bonuses.accruals import consumers as accruals_consumers
from chalicelib.bonuses.config import Bonuses
from chalicelib.orders import consumers as orders_consumers
from chalicelib.orders.holds import credit
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.pricing.config import Pricing
from chalicelib.sales import Original, Payment, SaleDocument, SaleLine
from chalicelib.sales import consumers as sales_consumers
from chalicelib.table.client import Table
from chalicelib.tiers import consumers as tiers_consumers
from tests.bonuses.accruals.steps import Stream, balances, lots
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.orders.steps import REGION, Market
from tests.pricing.steps import MANAGER
from tests.support.api import Api
from tests.support.crashes import watched
from tests.support.figures import with_figures
from tests.support.memory import MemoryDynamo
from tests.support.partners import partner

CONSUMERS: Mapping[str, Any] = {
    "order.shipped": [orders_consumers.settle_shipment, orders_consumers.record_shipment],
    "order.returned": [orders_consumers.record_return],
    "sale.recorded": [
        sales_consumers.on_sale_recorded,
        tiers_consumers.on_sale_recorded,
        accruals_consumers.on_sale_recorded,
        orders_consumers.settle_sale,
    ],
    "sale.joined": [sales_consumers.on_sale_joined],
    "payment.recorded": [
        sales_consumers.on_payment_recorded,
        accruals_consumers.on_payment_recorded,
        orders_consumers.settle_payment,
    ],
    "tier.changed": [accruals_consumers.on_tier_changed],
}
# Three orders of which the rest is still to ship, and what the books say of their invoices, fit into it.
LIMIT = Decimal(900_000)
CREDIT = {"credit_limit": str(LIMIT), "deferral_days": 30}
OWNERS = ("cmp_1", "cmp_2")
CURRENCIES = {"cmp_1": "RUB", "cmp_2": "EUR"}
GOODS = {"RUB": ("LMP-1", Decimal(12000)), "EUR": ("EUR-1", Decimal(9999))}


@dataclass(frozen=True)
class Invoice:
    """The facts of one order: `shipped` of ten units, some `back` in the portal, and what the books say of both, the newest last.

    `books`: moment, amount and day each. `books_return`: an amount, under the number of the portal's return or another.
    """

    number: int
    owner: str
    currency: str
    shipped: int
    back: int
    books: tuple[tuple[int, Decimal, int], ...]
    books_return: Decimal | None
    paid: str | None

    @property
    def other_currency(self) -> bool:
        return self.currency != CURRENCIES[self.owner]

    @property
    def owed(self) -> Decimal:
        """By the last facts: what the books say, and else the portal, less what came back; nothing once it is paid."""
        if self.paid or self.other_currency:
            return Decimal(0)
        price = GOODS[self.currency][1]
        whole = self.books[-1][1] if self.books else price * self.shipped
        return whole - (self.books_return or price * self.back)


class Club:
    """A club of two companies that buy on credit, one in roubles and one in euros, whose events are delivered as a test wants."""

    def __init__(self) -> None:
        ids = count(1)
        memory = Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None)
        context = Context(table=memory, now=NOON, new_id=lambda prefix: f"{prefix}_{next(ids):04d}")
        context = with_figures(context, Pricing, alone_credit=LIMIT)
        self.context = with_figures(context, Bonuses, available_on="shipped_and_paid")
        self.here()
        first = Market(Api(app), self.context)
        stock(
            self.context, row("EUR-1", base_price={"amount": "12500.00", "currency": "EUR"}), row("LMP-1", "15000.00")
        )
        second = copy(first)
        second.company_id = "cmp_2"
        second.buyer = partner(self.context, "cmp_2", "mbr_2", region=REGION, currency="EUR")
        self.markets = {"cmp_1": first, "cmp_2": second}
        self.orders: dict[int, str] = {}
        for company_id in OWNERS:
            # A price of its own, below that of any tier: so orders cost the same whichever was shipped first.
            sku, price = GOODS[CURRENCIES[company_id]]
            own = {"prices": [{"sku": sku, "price": f"{price}.00"}]}
            contract = {"number": "K-7", "from": self.context.today.isoformat(), **CREDIT, **own}
            url = f"/v1/staff/companies/{company_id}/terms"
            etag = first.api.call("GET", url, MANAGER).headers["etag"]
            answer = first.api.call("PUT", url, MANAGER, {"contracts": [contract]}, headers={"if-match": etag})
            assert answer.json["contracts"], answer.text
        self.stream = Stream(self.context, CONSUMERS)
        self.stream.drain()

    def here(self) -> None:
        """Requests come to this club."""
        respond.context_now = lambda: self.context  # type: ignore[assignment]

    # --- one invoice ------------------------------------------------------------------------------------------------------

    def place(self, invoice: Invoice) -> None:
        answer = self.markets[invoice.owner].place({GOODS[invoice.currency][0]: 10})
        assert answer.status == 201, answer.text
        self.orders[invoice.number] = answer.json["order_id"]

    def accept(self, invoice: Invoice) -> None:
        assert self.markets[invoice.owner].accept(self.orders[invoice.number]).status == 200

    def ship(self, invoice: Invoice) -> None:
        lines = {GOODS[invoice.currency][0]: invoice.shipped}
        ship = self.markets[invoice.owner].ship
        assert ship(self.orders[invoice.number], lines, document=f"УТ-{invoice.number}").status == 200

    def take_back(self, invoice: Invoice) -> None:
        part = (f"УТ-{invoice.number}", GOODS[invoice.currency][0], invoice.back)
        self.markets[invoice.owner].returned(self.orders[invoice.number], part, document=f"В-{invoice.number}")

    def portal(self, invoice: Invoice) -> Iterator[Callable[[Invoice], None]]:
        yield from (self.place, self.accept, self.ship)
        if invoice.back:
            yield self.take_back

    def book(self, invoice: Invoice, at: int, amount: Decimal, days: int) -> None:
        self.told(self.document(invoice, f"УТ-{invoice.number}", amount, "2026", days=days), at)

    def book_return(self, invoice: Invoice) -> None:
        number = f"В-{invoice.number}" if invoice.back else f"ВК-{invoice.number}"
        back = self.document(invoice, number, -(invoice.books_return or Decimal(0)), "2026-returns")
        original = Original(f"УТ-{invoice.number}", ("2026",), None)
        self.told(back._replace(kind="return", original=original), 21)

    def told(self, document: SaleDocument, at: int) -> None:
        sales.record(self.context, [document], as_of=f"2026-07-01T{at:02}:00:00.000Z")

    def document(self, invoice: Invoice, number: str, amount: Decimal, series: str, days: int = 0) -> SaleDocument:
        day = self.context.today - timedelta(days=days)
        lines = [SaleLine.of(GOODS[invoice.currency][0], "Lamp", Decimal(1), amount=amount)]
        facts = {"number": number, "series": series, "business_date": day, "currency": invoice.currency}
        return SaleDocument(
            source="1c", company_id=invoice.owner, lines=lines, other_currency=invoice.other_currency, **facts
        )

    def pay(self, invoice: Invoice) -> None:
        ref = ("1c", f"2026/УТ-{invoice.number}")
        if invoice.paid == "portal":
            order = f"{self.markets[invoice.owner].distributor_id}:{self.orders[invoice.number]}"
            ref = ("orders", f"{order}/УТ-{invoice.number}")
        sales.record_payments(self.context, [Payment(ref, self.context.today)], by="mch_1")

    # --- what came of all -------------------------------------------------------------------------------------------------

    def owed(self, company_id: str) -> dict[str, Decimal]:
        """By document; and `used`, all together with what is on order."""
        item = self.context.table.get(holds_keys.credit(company_id), consistent=True)
        debts = {debt.document: debt.amount for debt in credit.debts_of(item)}
        return {**debts, "used": credit.used_credit(item)}

    def stands(self, company_id: str) -> tuple[Any, ...]:
        totals = sales.day_totals(self.context, company_id, date(2026, 1, 1), date(2026, 12, 31))
        client: Any = self.context.table.client
        days = [item for (pk, sk), item in client.items.items() if (pk, sk[:4]) == (f"COMPANY#{company_id}", "DAY#")]
        return (
            {day: amount for day, amount in totals.net.items() if amount},
            sum(int(day["documents"]) for day in days),
            balances(self.context, company_id),
            lots(self.context, company_id),
            tiers.tier_path(self.context, company_id, self.context.today, self.context.today),
            self.owed(company_id),
        )


@pytest.fixture
def club(monkeypatch: pytest.MonkeyPatch) -> Club:
    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    monkeypatch.setattr(respond, "context_now", respond.context_now)  # is put back after the test
    return Club()


def test_a_return_that_the_books_find_to_be_of_another_invoice_lowers_that_debt(club: Club) -> None:
    invoices = [Invoice(number, "cmp_1", "RUB", 10, 0, ((1, Decimal(121000), 0),), None, None) for number in (1, 2)]
    for invoice in invoices:
        for act in club.portal(invoice):
            act(invoice)
        club.book(invoice, *invoice.books[0])
    back = club.document(invoices[0], "ВК-1", Decimal(-1000), "2026-returns")._replace(kind="return")
    for original, at, owed in [
        ("УТ-1", 2, (120000, 121000)),
        ("УТ-2", 3, (121000, 120000)),
        ("УТ-9", 4, (121000,) * 2),
    ]:
        club.told(back._replace(original=Original(original, ("2026",), None)), at)
        club.stream.drain()
        assert club.owed("cmp_1") == {"УТ-1": owed[0], "УТ-2": owed[1], "used": sum(owed)}, original


def test_an_invoice_that_the_books_give_to_another_company_is_owed_no_more(club: Club) -> None:
    invoice = Invoice(1, "cmp_1", "RUB", 10, 0, (), None, None)
    for act in club.portal(invoice):
        act(invoice)
    club.book(invoice, 1, Decimal(121000), 0)
    club.stream.drain()
    for owner, owed in [("cmp_2", {"used": 0}), ("cmp_1", {"УТ-1": 121000, "used": 121000})]:
        booked = club.document(invoice, "УТ-1", Decimal(121000), "2026")
        club.told(booked._replace(company_id=owner, other_currency=owner == "cmp_2"), 2 if owner == "cmp_2" else 3)
        club.stream.drain()
        assert club.owed("cmp_1") == owed, owner


@st.composite
def invoices(draw: st.DrawFn, number: int) -> Invoice:
    owner = draw(st.sampled_from(OWNERS))
    other = draw(st.integers(0, 4)) == 0
    currency = next(each for each in GOODS if (each == CURRENCIES[owner]) is not other)
    shipped = draw(st.integers(1, 10))
    back = draw(st.integers(0, shipped))
    amounts = st.sampled_from([Decimal("150000.00"), Decimal("130000.05"), Decimal("121000.00")])
    moments = draw(st.lists(st.integers(1, 20), max_size=2, unique=True)) if not other else []
    books = tuple((at, draw(amounts), draw(st.integers(0, 3))) for at in sorted(moments))
    returned = draw(st.none() | st.sampled_from([Decimal("10.00"), Decimal("5000.55")])) if books else None
    paid = draw(st.none() | st.sampled_from(["portal", "books"] if books else ["portal"]))
    return Invoice(number, owner, currency, shipped, back, books, returned, paid)


@settings(max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_mix_of_orders_and_books_is_as_if_built_from_the_last_facts(
    data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    monkeypatch.setattr(respond, "context_now", respond.context_now)  # is put back after the test
    drawn = [data.draw(invoices(number)) for number in range(data.draw(st.integers(1, 3), label="invoices"))]
    mixed, fresh = Club(), Club()

    mixed.here()
    waiting: list[Any] = []
    for step in _interleaved(data, mixed, drawn):
        step()
        waiting += mixed.stream.new()
        if data.draw(st.booleans()):
            order = data.draw(st.permutations(range(len(waiting))))
            mixed.stream.deliver([waiting[place] for place in order])
            waiting = [each for each in waiting if data.draw(st.booleans())]  # some are told again
    mixed.stream.deliver(waiting)
    mixed.stream.drain()

    fresh.here()
    for invoice in drawn:
        for act in fresh.portal(invoice):
            act(invoice)
            fresh.stream.drain()
        if invoice.books:
            fresh.book(invoice, *invoice.books[-1])
            fresh.stream.drain()
        if invoice.books_return:
            fresh.book_return(invoice)
            fresh.stream.drain()
        if invoice.paid:
            fresh.pay(replace(invoice, paid="portal"))
            fresh.stream.drain()

    for owner in OWNERS:
        mine = [each for each in drawn if each.owner == owner]
        assert mixed.stands(owner) == fresh.stands(owner)
        owed = {f"УТ-{each.number}": each.owed for each in mine if each.owed}
        on_order = sum((10 - each.shipped) * GOODS[each.currency][1] for each in mine if not each.other_currency)
        assert mixed.owed(owner) == {**owed, "used": sum(owed.values()) + on_order}


def _interleaved(data: st.DataObject, club: Club, drawn: list[Invoice]) -> Iterator[Callable[[], None]]:
    """All steps of all invoices in any order that keeps the order within the portal; some that the books tell come twice."""
    chains: list[list[Callable[[], None]]] = []
    for invoice in drawn:
        portal = [lambda act=act, invoice=invoice: act(invoice) for act in club.portal(invoice)]
        chains.append(portal)
        for facts in invoice.books:
            told = [lambda facts=facts, invoice=invoice: club.book(invoice, *facts)]
            chains.append(told * data.draw(st.integers(1, 2)))
        if invoice.books_return:
            chains.append([lambda invoice=invoice: club.book_return(invoice)])
        if invoice.paid:
            pay = [lambda invoice=invoice: club.pay(invoice)]
            chains.append(pay) if invoice.paid == "books" else portal.extend(pay)
    while chains := [chain for chain in chains if chain]:
        yield chains[data.draw(st.integers(0, len(chains) - 1))].pop(0)
