"""Recording, on a table: what is written, how often, and together with what."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.orders.consumers import record_return, record_shipment
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.money import MixedCurrencies
from chalicelib.sales import revisions as sales_revisions
from chalicelib.sales import service as sales
from chalicelib.sales import store as sales_store
from chalicelib.sales.consumers import on_sale_recorded
from chalicelib.sales.identity import IdentifiedDocument
from chalicelib.sales.rules import SaleLine
from chalicelib.sales.service import TooLarge, day_totals, first_purchase, preview, record
from chalicelib.table.transactions import Busy, Refused
from tests.sales.steps import DAY, current, days, invoice, items, returned, sums_of_current_revisions, told
from tests.support.crashes import crashes, empty_account, races
from tests.support.table import everything

JANUARY = date(2026, 1, 1)


def test_a_document_is_recorded_with_its_lines_its_day_and_its_event(context: Context) -> None:
    assert record(context, [invoice("УТ-1", "60.00", "40.00")]) == ["created"]
    (sale,) = items(context, "SALE#")
    assert (sale["document"], sale["total"], sale["line_count"], sale["revision"]) == ("УТ-1", Decimal(100), 2, 1)
    assert (sale["event"], sale["company_id"], sale["deltas"]) == (
        "sale.recorded",
        "cmp_1",
        {"2026-11-02": Decimal(100)},
    )
    assert days(context) == {("cmp_1", "2026-11-02"): (Decimal(100), 1)}


def test_the_same_again_changes_nothing(context: Context) -> None:
    record(context, [invoice()])
    before = items(context)
    assert record(context, [invoice()]) == ["unchanged"]
    assert items(context) == before


def test_a_correction_is_the_next_revision_and_the_old_one_stays(context: Context) -> None:
    record(context, [invoice("УТ-1", "100.00")])
    assert record(context, [invoice("УТ-1", "70.00")]) == ["changed"]
    old, new = items(context, "SALE#")
    assert (old["total"], old["superseded_by"], old["superseded_at"]) == (Decimal(100), 2, context.at)
    assert (new["total"], new["revision"], new["deltas"]) == (Decimal(70), 2, {"2026-11-02": Decimal(-30)})
    assert days(context) == {("cmp_1", "2026-11-02"): (Decimal(70), 1)}


def test_a_correction_of_company_and_day_is_told_to_both_companies(context: Context) -> None:
    record(context, [invoice("УТ-1", "100.00")])
    record(context, [invoice("УТ-1", "70.00", company="cmp_2", day=date(2026, 11, 9))])
    assert days(context) == {("cmp_2", "2026-11-09"): (Decimal(70), 1)}
    assert told(context) == {("cmp_2", "2026-11-09"): Decimal(70)}
    (taken,) = items(context, "EVENT#")
    assert (taken["pk"], taken["deltas"]) == ("COMPANY#cmp_1", {"2026-11-02": Decimal(-100)})
    assert (taken["source"], taken["series"], taken["document"], taken["gone"]) == ("1c-main", "", "УТ-1", True)


def test_an_older_state_is_not_brought_back(context: Context) -> None:
    record(context, [invoice("УТ-1", "70.00")], as_of="2026-11-05T00:00:00.000Z")
    assert record(context, [invoice("УТ-1", "100.00")], as_of="2026-11-04T00:00:00.000Z") == ["unchanged"]
    assert days(context) == {("cmp_1", "2026-11-02"): (Decimal(70), 1)}


@pytest.mark.parametrize("many", [1, 30])
def test_an_unchanged_document_of_a_newer_file_keeps_older_files_out(context: Context, many: int) -> None:
    def file(amount: str, day: int) -> list[str]:
        documents = [invoice(f"УТ-{number}", amount) for number in range(many)]
        return list(record(context, documents, import_id=f"imp_{day}", as_of=f"2026-11-{day:02}T00:00:00.000Z"))

    file("100.00", 3)
    assert file("100.00", 5) == ["unchanged"] * many
    assert file("900.00", 4) == ["unchanged"] * many  # uploaded before, retried after
    assert days(context) == {("cmp_1", "2026-11-02"): (Decimal(100 * many), many)}
    assert len(items(context, "SALE#")) == many
    assert file("100.00", 3) == ["created"] * many, "the import that wrote it still hears so"
    assert file("70.00", 6) == ["changed"] * many


def test_an_older_file_that_meets_a_newer_unchanged_one_brings_nothing_back(context: Context) -> None:
    def file(amount: str, day: int) -> None:
        record(context, [invoice("УТ-1", amount)], as_of=f"2026-11-{day:02}T00:00:00.000Z")

    for race in races(lambda: file("100.00", 5)):
        empty_account()
        file("100.00", 3)
        with race:
            file("900.00", 4)
        expected = Decimal(100 if race.happened else 900)
        assert days(context) == {("cmp_1", "2026-11-02"): (expected, 1)}, race


def test_a_return_that_moves_with_its_original_keeps_the_newest_moment(context: Context) -> None:
    record(context, [returned("В-1", day=date(2026, 11, 9))], as_of="2026-11-10T00:00:00.000Z")
    again = [invoice("УТ-1"), returned("В-1", day=date(2026, 11, 9))]
    record(context, again, as_of="2026-11-12T00:00:00.000Z")
    older = [returned("В-1", "УТ-1", "-90.00", day=date(2026, 11, 9))]
    assert record(context, older, as_of="2026-11-11T00:00:00.000Z") == ["unchanged"]
    assert days(context) == {("cmp_1", "2026-11-02"): (Decimal(90), 2)}


def test_many_documents_share_transactions_and_their_days(context: Context) -> None:
    documents = [invoice(f"УТ-{number}", "10.00", day=DAY + timedelta(number % 3)) for number in range(120)]
    outcomes = record(context, documents)
    assert outcomes == ["created"] * 120
    assert [amount for amount, _ in days(context).values()] == [Decimal(400)] * 3


def test_outcomes_come_in_the_order_of_the_documents(context: Context) -> None:
    record(context, [invoice("УТ-2"), invoice("УТ-3")])
    several = [
        invoice("УТ-1", company="cmp_9"),
        invoice("УТ-2"),
        invoice("УТ-3", "7.00"),
        invoice("УТ-4", company="cmp_0"),
    ]
    assert record(context, several) == ["created", "unchanged", "changed", "created"]


def test_a_document_given_twice_is_the_callers_mistake(context: Context) -> None:
    with pytest.raises(ValueError, match="twice"):
        record(context, [invoice(), invoice()])


def test_a_thousand_lines_are_one_item_and_ten_thousand_go_on_in_others(context: Context) -> None:
    for count, further in ((1_000, 0), (10_000, 3)):
        lines = [
            SaleLine.of(f"АРТ-{n:05}", f"Светильник потолочный номер {n}", Decimal(2), Decimal("1.5"))
            for n in range(count)
        ]
        document = invoice(f"УТ-{count}")._replace(lines=lines)
        assert record(context, [document]) == ["created"]
        (sale,) = (item for item in items(context, "SALE#") if item["document"] == f"УТ-{count}")
        assert (sale["line_count"], sale["further"]) == (count, further)
        assert sales_store.lines_of(context.table, [sale])[sales_store.key_of(sale)] == lines


def test_a_document_that_no_transaction_holds_is_refused_before_anything_is_written(context: Context) -> None:
    lines = [SaleLine.of("L-1", "x" * 1000, Decimal(1), Decimal(1))] * 4_000
    with pytest.raises(TooLarge):
        record(context, [invoice("УТ-1"), invoice("УТ-2")._replace(lines=lines)])
    assert items(context) == []


def test_a_preview_says_what_recording_would_and_writes_nothing(context: Context) -> None:
    record(context, [invoice("УТ-1"), invoice("УТ-2")])
    before = items(context)
    several = [invoice("УТ-1"), invoice("УТ-2", "7.00"), invoice("УТ-3")]
    assert preview(context, several) == ["unchanged", "changed", "created"]
    assert items(context) == before


def test_day_totals_are_those_of_the_company_between_the_days(context: Context) -> None:
    record(context, [invoice(f"УТ-{n}", f"{n}.00", day=DAY + timedelta(n)) for n in range(5)])
    record(context, [invoice("УТ-9", company="cmp_2")])
    assert day_totals(context, "cmp_1", DAY + timedelta(1), DAY + timedelta(3)).net == {
        DAY + timedelta(n): Decimal(n) for n in (1, 2, 3)
    }


def test_a_day_takes_no_document_in_a_currency_that_nobody_told_apart(context: Context) -> None:
    record(context, [invoice("УТ-1")])
    before = everything(context)
    with pytest.raises(MixedCurrencies):
        record(context, [invoice("УТ-2")._replace(currency="EUR")])
    assert everything(context) == before
    assert day_totals(context, "cmp_1", DAY, DAY).currency == "RUB"
    record(context, [invoice("УТ-2")._replace(currency="EUR", other_currency=True)])
    assert len(items(context, "HEAD")) == 2


def test_totals_in_another_currency_stand_beside_the_company_s_own(context: Context) -> None:
    euros = invoice("УТ-1", "30.00")._replace(currency="EUR", other_currency=True)
    record(context, [euros])
    assert first_purchase(context, "cmp_1") is None
    record(context, [invoice("УТ-2", day=DAY - timedelta(1)), invoice("УТ-3", day=DAY)])
    found = day_totals(context, "cmp_1", DAY, DAY)
    assert (found.net, found.currency) == ({DAY: Decimal(100)}, "RUB")
    assert {name: (each.net, each.currency) for name, each in found.other.items()} == {
        "EUR": ({DAY: Decimal(30)}, "EUR")
    }
    assert not day_totals(context, "cmp_1", DAY - timedelta(1), DAY - timedelta(1)).other
    record(context, [euros._replace(lines=())])
    assert day_totals(context, "cmp_1", DAY, DAY).other["EUR"].net == {DAY: Decimal(0)}


def test_two_writers_of_one_document_both_come_to_an_end(context: Context) -> None:
    rival = [invoice("УТ-1", "55.00"), invoice("УТ-2")]
    for race in races(lambda: record(context, rival)):
        empty_account()
        with race:
            record(context, [invoice("УТ-1", "70.00"), invoice("УТ-2"), invoice("УТ-3")])
        assert days(context) == sums_of_current_revisions(context)
        assert told(context) == {day: amount for day, (amount, _) in days(context).items()}
        assert len(items(context, "HEAD")) == 3, race


def test_after_a_crash_at_any_call_the_same_again_gives_the_same_table(context: Context) -> None:
    def correct() -> list[str]:
        return list(
            record(context, [invoice("УТ-1", "70.00", day=DAY + timedelta(1)), invoice("УТ-2")], import_id="imp_1")
        )

    def state() -> list[dict[str, object]]:
        return [
            {name: value for name, value in item.items() if name != "sk" or "EVENT" not in value}
            for item in items(context)
        ]

    record(context, [invoice("УТ-1")])
    correct()
    undisturbed = state()
    for crash in crashes():
        empty_account()
        record(context, [invoice("УТ-1")])
        with crash:
            correct()
        assert correct() == ["changed", "created"], crash
        assert state() == undisturbed, crash


def test_it_gives_up_on_a_document_that_never_stops_changing(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(table: object, transaction: object) -> None:
        raise Refused({"": None})

    monkeypatch.setattr(type(context.table), "commit", refuse)
    with pytest.raises(Busy):
        record(context, [invoice()])


def shipped(order: str = "ord_1", document: str = "РН-7", amount: str = "300.00") -> Event:
    line = {"sku": "L-1", "name": "Lamp", "quantity": Decimal(3), "unit_price": Decimal(100), "amount": Decimal(amount)}
    item = {
        "company_id": "cmp_1",
        "order_id": order,
        "distributor_id": "dst_1",
        "at": "2026-11-20T09:00:00.000Z",
        "shipment": {"document": document, "day": "2026-11-19", "currency": "RUB", "lines": [line]},
    }
    return Event("order.shipped", f"evt_{order}", item)


def test_a_shipment_is_a_purchase_told_once_or_twice(context: Context) -> None:
    record_shipment(context, shipped())
    record_shipment(context, shipped())
    (sale,) = items(context, "SALE#")
    assert (sale["source"], sale["document"], sale["total"]) == ("orders", "РН-7", Decimal(300))
    assert days(context) == {("cmp_1", "2026-11-19"): (Decimal(300), 1)}


def came_back(document: str = "РН-7", number: int = 1) -> Event:
    """Two of three lamps, by a document that has the number of their shipment."""
    line = {"sku": "L-1", "name": "Lamp", "quantity": Decimal(2), "unit_price": Decimal(100), "amount": Decimal(200)}
    part = {"number": number, "document": document, "day": "2026-11-19", "lines": [line]}
    told = {"return_id": "ret_1", "document": "РН-7", "day": "2026-11-20", "currency": "RUB", "parts": [part]}
    return Event("order.returned", "evt_back", {**shipped().item, "return": told})


@pytest.mark.parametrize("return_first", [False, True])
def test_goods_of_an_order_that_came_back_are_a_return_of_their_shipment(context: Context, return_first: bool) -> None:
    tell: list[Callable[[], None]] = [
        lambda: record_shipment(context, shipped()),
        lambda: record_return(context, came_back()),
    ]
    for each in reversed(tell) if return_first else tell:
        each()
        each()
    for sale in items(context, "SALE#"):
        on_sale_recorded(context, Event("sale.recorded", "evt", sale))
    assert [(sale["kind"], sale["counts_on"], sale["total"]) for sale in current(context)] == [
        ("sale", "2026-11-19", Decimal(300)),
        ("return", "2026-11-19", Decimal(-200)),
    ]
    assert days(context) == {("cmp_1", "2026-11-19"): (Decimal(100), 2)}


def test_two_distributors_or_two_orders_may_use_the_same_number(context: Context) -> None:
    other = shipped(order="ord_1")
    record_shipment(context, shipped())
    record_shipment(context, Event("order.shipped", "evt_2", {**other.item, "distributor_id": "dst_2"}))
    record_shipment(context, shipped(order="ord_2"))
    assert days(context) == {("cmp_1", "2026-11-19"): (Decimal(900), 3)}


def test_every_constant_of_the_pack_holds(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sales_revisions, "MOST_BYTES", 20_000)
    packs = list(
        sales_revisions.packs(
            revision
            for number in range(60)
            if (
                revision := sales._judge(
                    {}, IdentifiedDocument(invoice(f"УТ-{number}", day=JANUARY + timedelta(number)), None, "")
                )[1]
            )
        )
    )
    assert sum(len(pack) for pack in packs) == 60
    assert all(len(sales_revisions.transaction(context, pack)) <= 100 for pack in packs)
    assert all(sum(revision.size for revision in pack) <= 20_000 for pack in packs)
