"""An invoice that comes through the portal and in the books is one, whichever comes first and however often."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import sales, tiers
from chalicelib.bonuses.accruals import consumers as accruals_consumers
from chalicelib.bonuses.config import Bonuses
from chalicelib.platform.context import Context
from chalicelib.sales import consumers as sales_consumers
from chalicelib.sales import keys as sales_keys
from chalicelib.sales.identity import shipped_number
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.rules import (
    MOST_SHIPMENTS,
    Ambiguous,
    CountingDay,
    DocumentRef,
    Head,
    Original,
    SaleDocument,
    SaleLine,
    name_beside,
    named_beside,
    same_invoice,
)
from chalicelib.tiers import consumers as tiers_consumers
from tests.bonuses.accruals.steps import Stream, balances, case, company, lots, memory_work
from tests.support.crashes import crashes, races
from tests.support.figures import with_figures

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
SERIES = "dst_1:ord_1"
CONSUMERS: Mapping[str, Any] = {
    "sale.recorded": [
        sales_consumers.on_sale_recorded,
        tiers_consumers.on_sale_recorded,
        accruals_consumers.on_sale_recorded,
    ],
    "sale.joined": [sales_consumers.on_sale_joined],
    "payment.recorded": [sales_consumers.on_payment_recorded, accruals_consumers.on_payment_recorded],
    "tier.changed": [accruals_consumers.on_tier_changed],
}


def shipment(company_id: str, amount: str = "60000.00", **more: Any) -> SaleDocument:
    lines = [SaleLine.of("L-1", "Lamp", Decimal(1), amount=Decimal(amount))]
    facts = {"number": "УТ-1", "series": SERIES, "business_date": TODAY, **more}
    return SaleDocument(source="orders", company_id=company_id, currency="RUB", lines=lines, **facts)


def booked(company_id: str, amount: str = "60000.00", **more: Any) -> SaleDocument:
    return shipment(company_id, amount)._replace(**{"source": "1c", "series": "2026", **more})


def returned_in_books(company_id: str, amount: str, **more: Any) -> SaleDocument:
    back = {"number": "В-1", "series": "2026-returns", "kind": "return", "original": Original("УТ-1", ("2026",), None)}
    return booked(company_id, f"-{amount}", **{**back, **more})


def returned_in_portal(company_id: str, amount: str, part: int = 1, **more: Any) -> SaleDocument:
    original = Original("УТ-1", (SERIES,), TODAY)
    back = {"number": "В-1", "series": f"{SERIES}:{part}", "kind": "return", "original": original, **more}
    return shipment(company_id, f"-{amount}", **back)


@pytest.fixture
def context() -> Context:
    return with_figures(memory_work(), Bonuses, available_on="shipped_and_paid")


@pytest.fixture
def luch(context: Context) -> str:
    return company(context)


def record(context: Context, *documents: SaleDocument, at: str | None = None) -> list[str]:
    outcomes = sales.record(context, documents, as_of=at)
    Stream.of(context, CONSUMERS).drain()
    return list(outcomes)


def bought(context: Context, company_id: str) -> dict[str, Decimal]:
    totals = sales.day_totals(context, company_id, date(2026, 1, 1), date(2026, 12, 31))
    return {day.isoformat(): amount for day, amount in totals.net.items() if amount}


def documents_of(context: Context, company_id: str) -> int:
    client: Any = context.table.client
    days = [item for (pk, sk), item in client.items.items() if pk == f"COMPANY#{company_id}" and sk.startswith("DAY#")]
    return int(sum(day["documents"] for day in days))


# --- a sale ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("books_first", [False, True])
def test_an_invoice_that_comes_both_ways_counts_once(context: Context, luch: str, books_first: bool) -> None:
    both = [shipment(luch), booked(luch)]
    for document in reversed(both) if books_first else both:
        record(context, document)
    assert bought(context, luch) == {"2026-11-20": Decimal(60000)}
    assert documents_of(context, luch) == 1
    assert balances(context, luch).pending == Decimal(600)


@pytest.mark.parametrize("books_first", [False, True])
def test_the_books_say_how_much_it_was_and_when(context: Context, luch: str, books_first: bool) -> None:
    both = [shipment(luch), booked(luch, "55000.00", business_date=TODAY - 2 * DAY)]
    for document in reversed(both) if books_first else both:
        record(context, document)
    record(context, shipment(luch))  # told again
    assert bought(context, luch) == {"2026-11-18": Decimal(55000)}
    assert record(context, booked(luch, "50000.00", business_date=TODAY - 2 * DAY)) == ["changed"]
    assert bought(context, luch) == {"2026-11-18": Decimal(50000)}


def test_books_that_were_uploaded_before_the_shipment_and_read_after_it_still_say_so(
    context: Context, luch: str
) -> None:
    record(context, shipment(luch), at="2026-11-20T08:00:00.000Z")
    record(context, booked(luch, "55000.00"), at="2026-11-20T07:00:00.000Z")
    record(context, booked(luch, "50000.00"), at="2026-11-20T06:00:00.000Z")  # older than the newest books
    assert bought(context, luch) == {"2026-11-20": Decimal(55000)}


def test_the_same_books_again_change_nothing(context: Context, luch: str) -> None:
    record(context, shipment(luch))
    record(context, booked(luch, "55000.00"), at="2026-11-20T07:00:00.000Z")
    client: Any = context.table.client
    before = dict(client.items)
    assert sales.record(context, [booked(luch, "55000.00")], as_of="2026-11-20T07:00:00.000Z") == ["unchanged"]
    assert dict(client.items) == before


def test_books_that_give_the_invoice_to_another_company_move_it(context: Context, luch: str) -> None:
    other = company(context, "Svet")
    record(context, shipment(luch))
    record(context, booked(luch))
    record(context, booked(other))
    assert (bought(context, luch), bought(context, other)) == ({}, {"2026-11-20": Decimal(60000)})
    record(context, booked(luch))
    assert (bought(context, luch), bought(context, other)) == ({"2026-11-20": Decimal(60000)}, {})


def test_books_that_find_the_right_company_later_join_the_invoice_there(context: Context, luch: str) -> None:
    other = company(context, "Svet")
    record(context, shipment(luch))
    record(context, booked(other))
    assert bought(context, other) == {"2026-11-20": Decimal(60000)}
    record(context, booked(luch))
    assert (bought(context, luch), bought(context, other)) == ({"2026-11-20": Decimal(60000)}, {})
    assert balances(context, other).pending == 0


@pytest.mark.parametrize(
    "other",
    [
        {"number": "УТ-2"},
        {"business_date": TODAY - 8 * DAY},
        {"kind": "return", "lines": [SaleLine.of("L-1", "Lamp", Decimal(-1), amount=Decimal(-60000))]},
    ],
)
def test_another_number_a_day_far_away_or_a_return_is_another_document(
    context: Context, luch: str, other: dict[str, Any]
) -> None:
    record(context, shipment(luch))
    assert record(context, booked(luch, **other)) == ["created"]
    assert documents_of(context, luch) == 2


@pytest.mark.parametrize("books_first", [False, True])
def test_a_number_is_compared_as_people_write_it(context: Context, luch: str, books_first: bool) -> None:
    both = [shipment(luch, number="ут-000001"), booked(luch, number="УТ-1")]
    for document in reversed(both) if books_first else both:
        record(context, document)
    assert documents_of(context, luch) == 1


def test_of_two_shipments_with_one_number_it_is_that_of_its_sum(context: Context, luch: str) -> None:
    other = shipment(luch, "70.00", series="dst_2:ord_2")
    record(context, shipment(luch), other)
    with pytest.raises(sales.UnclearDocuments) as unclear:
        record(context, booked(luch, "65.00"))
    assert unclear.value.refs == [booked(luch).ref]
    record(context, booked(luch, "70.00"))
    record(context, booked(luch, "75.00"))
    assert bought(context, luch) == {"2026-11-20": Decimal(60075)}


@pytest.mark.parametrize("together", [False, True])
def test_so_many_shipments_under_one_number_are_named_and_the_books_of_a_further_one_are_unclear(
    context: Context, luch: str, together: bool
) -> None:
    shipments = [shipment(luch, "70.00", series=f"dst_1:ord_{each}") for each in range(MOST_SHIPMENTS + 2)]
    for several in [shipments] if together else [[each] for each in shipments]:
        record(context, *several)
    named = context.table.get(sales_keys.shipped(*shipped_number(shipments[0])), consistent=True)
    assert named and len(named["documents"]) == MOST_SHIPMENTS
    record(context, *shipments)  # told again
    assert bought(context, luch) == {"2026-11-20": Decimal(70) * len(shipments)}
    with pytest.raises(sales.UnclearDocuments):
        record(context, booked(luch, "71.00"))
    assert documents_of(context, luch) == len(shipments)


# --- its payment ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["SBP", "SPB", "BSP", "BPS", "PSB", "PBS"])
@pytest.mark.parametrize("paid_as", ["portal", "books"])
def test_its_payment_arrives_however_it_is_named_and_whenever_it_comes(
    context: Context, luch: str, order: str, paid_as: str
) -> None:
    named = shipment(luch) if paid_as == "portal" else booked(luch)
    for step in order:
        if step == "P":
            payments.record_payments(context, [Payment(named.ref, TODAY)], by="test")
            Stream.of(context, CONSUMERS).drain()
        else:
            record(context, shipment(luch) if step == "S" else booked(luch))
    assert sales.paid_on(context, shipment(luch).ref) == TODAY
    assert balances(context, luch)[:2] == (0, Decimal(600))
    payments.record_payments(context, [Payment(named.ref, None)], by="test", as_of="2026-11-21T00:00:00.000Z")
    Stream.of(context, CONSUMERS).drain()
    assert balances(context, luch)[:2] == (Decimal(600), 0)


# --- its returns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_a_return_of_the_books_takes_back_the_bonus_of_the_shipment(context: Context, luch: str, seed: int) -> None:
    steps = [shipment(luch), booked(luch), returned_in_books(luch, "20000.00", business_date=TODAY)]
    for document in Random(seed).sample(steps, 3):
        record(context, document)
    assert bought(context, luch) == {"2026-11-20": Decimal(40000)}
    found = case(context, luch, shipment(luch).ref)
    assert set(found.accrued) == {shipment(luch).ref, ("1c", "2026-returns/В-1")}


@pytest.mark.parametrize("seed", range(8))
def test_a_return_that_comes_both_ways_counts_once(context: Context, luch: str, seed: int) -> None:
    returns = [returned_in_books(luch, "20000.00"), returned_in_portal(luch, "20000.00")]
    for document in Random(seed).sample([shipment(luch), booked(luch), *returns], 4):
        record(context, document)
    assert bought(context, luch) == {"2026-11-20": Decimal(40000)}
    assert documents_of(context, luch) == 2


@pytest.mark.parametrize("seed", range(8))
def test_a_return_of_two_shipments_stands_as_the_portal_has_it(context: Context, luch: str, seed: int) -> None:
    second = Original("УТ-2", (SERIES,), TODAY - DAY)
    parts = (returned_in_portal(luch, "5.00"), returned_in_portal(luch, "7.00", part=2, original=second))
    steps = [
        (shipment(luch, "50.00"), shipment(luch, "70.00", number="УТ-2", business_date=TODAY - DAY)),
        parts,
        (returned_in_books(luch, "12.00"),),
    ]
    for documents in Random(seed).sample(steps, 3):
        record(context, *documents)
    record(context, returned_in_books(luch, "12.00"))
    assert bought(context, luch) == {"2026-11-19": Decimal(63), "2026-11-20": Decimal(45)}


# --- whatever interrupts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("books_first", [False, True])
def test_a_crash_anywhere_leaves_one_invoice_once_it_is_told_again(books_first: bool) -> None:
    for crash in crashes():
        context = memory_work()
        luch = company(context)
        told = [
            (shipment(luch), "2026-11-20T08:00:00.000Z"),
            (booked(luch, "55000.00"), "2026-11-20T09:00:00.000Z"),
        ]
        (first, before), (second, after) = reversed(told) if books_first else told
        record(context, first, at=before)
        with crash:
            record(context, second, at=after)
        record(context, second, at=after)
        assert bought(context, luch) == {"2026-11-20": Decimal(55000)}, crash
        assert documents_of(context, luch) == 1, crash


@pytest.mark.parametrize("books_first", [False, True])
@pytest.mark.parametrize("told_at_once", [False, True])
def test_two_that_do_not_see_each_other_are_joined_by_their_events(books_first: bool, told_at_once: bool) -> None:
    """`told_at_once`: the events of one are delivered before the other, which did not see it, is written."""
    streams: list[Stream] = []

    def other() -> None:
        document = shipment(luch) if books_first else booked(luch, "55000.00")
        sales.record(streams[-1].context, [document])
        if told_at_once:
            streams[-1].drain()

    for race in races(other):
        context = memory_work()
        streams.append(Stream(context, CONSUMERS))
        luch = company(context)
        with race:
            sales.record(context, [booked(luch, "55000.00") if books_first else shipment(luch)])
        if not race.happened:
            other()
        streams[-1].drain()
        assert bought(context, luch) == {"2026-11-20": Decimal(55000)}, race
        assert documents_of(context, luch) == 1, race


# --- any order ------------------------------------------------------------------------------------------------------------

sums = st.sampled_from(["60000.00", "30000.00", "0.05", "49999.99"])


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_mix_in_any_order_is_as_if_built_from_the_last_facts(data: st.DataObject) -> None:
    """Two companies, one in roubles and one in euros, with invoices of the portal and of the books, returns and payments of either name."""
    context = with_figures(memory_work(), Bonuses, available_on="shipped_and_paid")
    fresh = with_figures(memory_work(), Bonuses, available_on="shipped_and_paid")
    steps: list[tuple[str, Callable[[Context], None]]] = []
    final: list[SaleDocument] = []
    paid: list[DocumentRef] = []
    companies = [company(each, name, currency) for each in (context, fresh) for name, currency in PARTNERS]
    rouble, euro = companies[:2]

    def told(document: SaleDocument, at: int) -> None:
        moment = f"2026-11-20T{at:02}:00:00.000Z"
        steps.append((moment, lambda context: void(sales.record(context, [document], as_of=moment))))

    for number in range(data.draw(st.integers(1, 3), label="invoices")):
        owner, currency = data.draw(st.sampled_from([(rouble, "RUB"), (euro, "EUR"), (rouble, "EUR")]))
        sold_in_other = (owner, currency) == (rouble, "EUR")
        name = {"number": f"УТ-{number}", "currency": currency}
        amount = data.draw(sums)
        portal = shipment(owner, amount, series=f"dst_1:ord_{number}", number=f"УТ-{number}")
        portal = portal._replace(currency=currency, other_currency=sold_in_other)
        ways = data.draw(st.sampled_from(["portal", "books", "both"])) if not sold_in_other else "portal"
        newest: SaleDocument | None = None
        if ways != "books":
            told(portal, data.draw(st.integers(1, 20)))
            newest = portal
        if ways != "portal":
            for at in sorted(data.draw(st.lists(st.integers(1, 20), min_size=1, max_size=2, unique=True))):
                newest = booked(owner, data.draw(sums), **name)
                newest = newest._replace(business_date=TODAY - data.draw(st.integers(0, 3)) * DAY)
                told(newest, at)
        assert newest
        kept = newest._replace(source=portal.source, series=portal.series) if ways != "books" else newest
        final.append(kept)
        if ways == "both" and data.draw(st.booleans(), label="returned"):
            back = returned_in_books(owner, "10.00", number=f"В-{number}", currency=currency)
            back = back._replace(original=Original(f"УТ-{number}", ("2026",), None))
            told(back, 21)
            final.append(back._replace(original=Original(f"УТ-{number}", (portal.series,), None), source="orders"))
        if data.draw(st.booleans(), label="paid"):
            ref = data.draw(st.sampled_from([portal.ref, booked(owner, **name).ref])) if ways == "both" else newest.ref
            pay = Payment(ref, TODAY - DAY)
            steps.append(("", lambda context, pay=pay: void(payments.record_payments(context, [pay], by="test"))))
            paid.append(kept.ref)

    stream = Stream(context, CONSUMERS)
    waiting: list[Any] = []
    for _, step in data.draw(st.permutations(steps)):
        for _ in range(data.draw(st.integers(1, 2))):
            step(context)
        waiting += stream.new()
        if data.draw(st.booleans()):
            stream.deliver(data.draw(st.permutations(waiting)))
            waiting = [each for each in waiting if data.draw(st.booleans())]  # some are told again
    stream.deliver(waiting)
    stream.drain()

    for document in final:
        sales.record(fresh, [document])
    for ref in paid:
        payments.record_payments(fresh, [Payment(ref, TODAY - DAY)], by="test")
    Stream(fresh, CONSUMERS).drain()
    for name in range(len(PARTNERS)):
        mine, theirs = companies[name], companies[name + len(PARTNERS)]
        assert bought(context, mine) == bought(fresh, theirs)
        assert documents_of(context, mine) == documents_of(fresh, theirs)
        assert balances(context, mine) == balances(fresh, theirs)
        assert lots(context, mine) == lots(fresh, theirs)
        assert tier(context, mine) == tier(fresh, theirs)


PARTNERS = [("Luch", "RUB"), ("Iskra", "EUR")]


def void(result: Any) -> None:
    return None


def tier(context: Context, company_id: str) -> Any:
    return tiers.tier_path(context, company_id, TODAY, TODAY)


# --- rules ----------------------------------------------------------------------------------------------------------------


def head(company_id: str = "cmp_1", day: date = TODAY, total: str = "1.00", **more: Any) -> Head:
    facts = {"counting": CountingDay(day), "revision": 1, "digest": "", "outcome": "created", "import_id": None}
    facts |= {"currency": "RUB"}
    return Head(company_id=company_id, business_date=day, total=Decimal(total), as_of="", **{**facts, **more})


@given(days=st.lists(st.integers(-9, 9), max_size=4), totals=st.lists(st.sampled_from(["1.00", "2.00"]), min_size=4))
def test_a_sale_is_one_shipment_near_its_day_or_none_or_unclear(days: list[int], totals: list[str]) -> None:
    shipped = {("orders", f"d:o{n}/1"): head(day=TODAY + day * DAY, total=totals[n]) for n, day in enumerate(days)}
    document = booked("cmp_1", "1.00", number="1")
    near = {ref: each for ref, each in shipped.items() if abs(each.business_date - TODAY) <= 7 * DAY}
    equal = [ref for ref, each in near.items() if each.total == 1]
    if len(near) == 1:
        assert same_invoice(document, shipped) == list(near)
    elif near and len(equal) != 1:
        with pytest.raises(Ambiguous):
            same_invoice(document, shipped)
    else:
        assert same_invoice(document, shipped) == equal
    taken = {ref: each._replace(booked_as=("1c", "2026/9")) for ref, each in shipped.items()}
    assert same_invoice(document, taken) == []


@given(source=st.sampled_from(["1c", "orders"]), series=st.sampled_from(["", "2026", "d:o:1"]), number=st.text())
def test_a_name_beside_others_names_the_same_document(source: str, series: str, number: str) -> None:
    ref = (source, f"{series}/{number}")
    for other in ("1c", "orders"):
        assert named_beside(name_beside(ref, other), other) == ref
