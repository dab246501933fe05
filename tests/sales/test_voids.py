"""Documents that their source says no more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib import sales
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction
from tests.sales.steps import DAY, current, days, deliver, invoice, returned, returned_parts, told
from tests.support.crashes import crashes, empty_account

REF = ("1c-main", "/УТ-1")


def freely(tx: Transaction) -> None:
    """No rights to check."""


def void(context: Context, check: Callable[[Transaction], None] = freely) -> bool:
    return sales.void(context, REF, "Deleted in the books", "mbr_anna", check)


def later(context: Context, days_later: int = 1) -> Context:
    return replace(context, now=context.now + timedelta(days=days_later))


def test_a_voided_document_counts_for_nothing_and_says_who_voided_it(context: Context) -> None:
    sales.record(context, [invoice("УТ-1", "100.00"), invoice("УТ-2", "30.00")])
    for _ in range(2):
        assert void(later(context))
        assert days(context) == {("cmp_1", DAY.isoformat()): (Decimal(30), 1)}
        assert told(context) == {("cmp_1", DAY.isoformat()): Decimal(30)}
    [voided] = [sale for sale in current(context) if sale["document"] == "УТ-1"]
    assert (voided["voided"], voided["line_count"]) == ({"reason": "Deleted in the books", "by": "mbr_anna"}, 0)
    assert voided["revision"] == 2


def test_an_unknown_document_cannot_be_voided(context: Context) -> None:
    assert not void(context)


def test_a_newer_file_that_names_it_brings_it_back_and_an_older_one_does_not(context: Context) -> None:
    sales.record(context, [invoice()])
    void(later(context))
    assert sales.record(context, [invoice()], as_of=context.at) == ["unchanged"]
    assert days(context) == {}
    assert sales.record(later(context, 2), [invoice()]) == ["changed"]
    assert days(context) == {("cmp_1", DAY.isoformat()): (Decimal(100), 1)}


def test_a_company_with_nothing_but_voided_documents_has_bought_nothing(context: Context) -> None:
    sales.record(context, [invoice()])
    void(later(context))
    assert sales.first_purchase(context, "cmp_1") is None
    assert sales.earliest_known(context, "cmp_1", later(context, 3).at) is None


def test_a_voided_return_gives_back_what_it_took(context: Context) -> None:
    day = DAY + timedelta(3)
    sales.record(context, [invoice("С-1", "100.00"), returned("УТ-1", "С-1", day=day)])
    assert returned_parts(context)
    void(later(context))
    deliver(context)
    assert days(context) == {("cmp_1", DAY.isoformat()): (Decimal(100), 1)}
    assert returned_parts(context) == {}


def listed(context: Context, first: date = DAY, last: date = DAY) -> list[str]:
    return sorted(ref[1] for ref, _ in sales.documents_between(context, "1c-main", first, last))


def test_the_documents_of_a_source_are_listed_by_their_days_without_voided_ones(context: Context) -> None:
    months = [invoice(f"УТ-{n}", day=DAY + timedelta(n)) for n in range(0, 70, 7)]
    sales.record(context, [*months, invoice("УТ-7")._replace(source="other")])
    assert listed(context) == ["/УТ-0"]
    assert listed(context, DAY, DAY + timedelta(28)) == ["/УТ-0", "/УТ-14", "/УТ-21", "/УТ-28", "/УТ-7"]
    assert len(listed(context, DAY - timedelta(400), DAY + timedelta(400))) == 10
    sales.void(context, ("1c-main", "/УТ-0"), "Deleted", "mbr_anna", freely)
    assert listed(context) == []
    sales.record(later(context), [invoice("УТ-14", day=DAY)])
    assert listed(context) == ["/УТ-14"]


def test_a_void_that_is_repeated_after_a_crash_is_one(context: Context) -> None:
    for crash in crashes():
        empty_account()
        sales.record(context, [invoice()])
        with crash:
            void(later(context))
        void(later(context))
        assert days(context) == {}, crash
        assert [sale["revision"] for sale in current(context)] == [2], crash


def test_an_earlier_state_of_a_document_can_be_read(context: Context) -> None:
    first = invoice(title="УТ-0001")
    sales.record(context, [first])
    void(later(context))
    assert sales.revision(context, REF, "cmp_1", DAY, 1) == first
    read: Any = sales.revision(context, REF, "cmp_1", DAY, 2)
    assert (read.lines, read.voided) == ([], sales.Voided("Deleted in the books", "mbr_anna"))
