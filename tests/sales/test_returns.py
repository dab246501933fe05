"""Returns and the sales that they name, on a table: in whatever order they come, and wherever corrections take them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chalicelib.platform.context import Context
from chalicelib.sales import rules as sales_rules
from chalicelib.sales.consumers import on_sale_recorded
from chalicelib.sales.rules import DayTotals, Head, KnownDocument, Original, SaleDocument
from chalicelib.sales.service import day_totals, earliest_known, history, record
from chalicelib.table.transactions import Busy, Refused
from tests.sales.steps import (
    DAY,
    current,
    days,
    deliver,
    events,
    invoice,
    items,
    returned,
    returned_parts,
    returns_of_current_revisions,
    sums_of_current_revisions,
    told,
)
from tests.support.crashes import crashes, empty_account, races

SALE_DAY, MOVED_DAY = DAY - timedelta(40), DAY - timedelta(30)


def sold(amount: str = "100.00", day: date = SALE_DAY, **more: Any) -> SaleDocument:
    return invoice("УТ-1", amount, day=day, **more)


def stands(context: Context, number: str) -> tuple[str, int]:
    """The day on which this document counts, and its revision."""
    (sale,) = (sale for sale in current(context) if sale["document"] == number)
    return sale["counts_on"], int(sale["revision"])


def test_a_return_lowers_the_day_of_its_sale_and_says_when(context: Context) -> None:
    record(context, [sold()])
    assert record(context, [returned()]) == ["created"]
    found = day_totals(context, "cmp_1", SALE_DAY, DAY)
    assert found.net == {SALE_DAY: Decimal(90)}
    assert found.returned == {(SALE_DAY, DAY): Decimal(-10)}
    (back,) = (sale for sale in items(context, "SALE#") if sale["document"] == "В-1")
    assert (back["business_date"], back["counts_on"]) == (DAY.isoformat(), SALE_DAY.isoformat())
    assert back["original"] == {"series": "", "number": "УТ-1"}
    assert back["deltas"] == {SALE_DAY.isoformat(): Decimal(-10)}


def test_a_sale_and_its_returns_may_come_together(context: Context) -> None:
    several = [returned("В-1"), sold(), returned("В-2")]
    assert record(context, several) == ["created"] * 3
    assert days(context) == {("cmp_1", SALE_DAY.isoformat()): (Decimal(80), 3)}
    assert record(context, several) == ["unchanged"] * 3


def test_a_return_that_names_only_a_day_counts_on_it(context: Context) -> None:
    record(context, [returned(original="", on=SALE_DAY)])
    assert returned_parts(context) == {("cmp_1", SALE_DAY.isoformat(), DAY.isoformat()): Decimal(-10)}
    assert "original" not in current(context)[0]


def test_a_return_waits_on_its_own_day_for_a_sale_that_has_not_come(context: Context) -> None:
    record(context, [returned()])
    assert days(context) == {("cmp_1", DAY.isoformat()): (Decimal(-10), 1)}
    assert record(context, [sold()]) == ["created"]
    deliver(context)
    assert days(context) == {("cmp_1", SALE_DAY.isoformat()): (Decimal(90), 2)}
    assert stands(context, "В-1") == (SALE_DAY.isoformat(), 2)


def test_a_return_follows_a_sale_to_another_day(context: Context) -> None:
    record(context, [sold(), returned()])
    record(context, [sold(day=MOVED_DAY)])
    deliver(context)
    assert days(context) == {("cmp_1", MOVED_DAY.isoformat()): (Decimal(90), 2)}
    assert returned_parts(context) == {("cmp_1", MOVED_DAY.isoformat(), DAY.isoformat()): Decimal(-10)}


def test_a_return_of_what_turned_out_to_be_another_companys_counts_on_its_own_day(context: Context) -> None:
    record(context, [sold(), returned()])
    record(context, [sold(company="cmp_2")])
    deliver(context)
    assert days(context) == {
        ("cmp_2", SALE_DAY.isoformat()): (Decimal(100), 1),
        ("cmp_1", DAY.isoformat()): (Decimal(-10), 1),
    }


def test_a_correction_of_amounts_alone_moves_no_return(context: Context) -> None:
    record(context, [sold(), returned()])
    record(context, [sold("120.00")])
    assert not any("returned_by" in event.item for event in events(context) if event.item["revision"] == 2)
    deliver(context)
    assert stands(context, "В-1") == (SALE_DAY.isoformat(), 1)


def test_a_return_that_follows_is_a_revision_of_its_own_that_nobody_corrected(context: Context) -> None:
    record(context, [sold(), returned()], import_id="imp_1")
    later = replace(context, now=context.now + timedelta(days=3))
    record(later, [sold(day=MOVED_DAY)], import_id="imp_2")
    deliver(replace(later, now=later.now + timedelta(hours=1)))
    first, second = (sale for sale in items(context, "SALE#") if sale["document"] == "В-1")
    assert (first["recorded_at"], first["superseded_at"]) == (context.at, second["recorded_at"])
    assert second["recorded_at"] == "2026-11-23T10:00:00.000Z"
    assert (second["lines"], second["import_id"]) == (first["lines"], "imp_1")
    assert record(later, [returned()], import_id="imp_1") == ["created"]
    assert record(later, [returned()], import_id="imp_3") == ["unchanged"]


def test_a_return_corrected_to_name_another_sale_leaves_the_first_one(context: Context) -> None:
    other = invoice("УТ-2", day=MOVED_DAY)
    record(context, [sold(), other, returned()])
    assert record(context, [returned(original="УТ-2")]) == ["changed"]
    assert returned_parts(context) == {("cmp_1", MOVED_DAY.isoformat(), DAY.isoformat()): Decimal(-10)}
    record(context, [sold(day=DAY)])
    deliver(context)
    assert stands(context, "В-1") == (MOVED_DAY.isoformat(), 2)


def test_a_return_redated_moves_its_effect(context: Context) -> None:
    record(context, [sold(), returned()])
    record(context, [returned(day=DAY + timedelta(2))])
    assert returned_parts(context) == {("cmp_1", SALE_DAY.isoformat(), (DAY + timedelta(2)).isoformat()): Decimal(-10)}
    assert days(context) == {("cmp_1", SALE_DAY.isoformat()): (Decimal(90), 2)}


def test_of_two_years_the_later_sale_is_meant_whichever_comes_first(context: Context) -> None:
    back = returned(series=("2026", "2025"))
    this_year = sold()._replace(series="2026")
    last_year = sold(day=date(2025, 12, 30))._replace(series="2025")
    for several in permutations([back, this_year, last_year]):
        empty_account()
        for document in several:
            record(context, [document])
        deliver(context)
        assert stands(context, "В-1")[0] == SALE_DAY.isoformat()
        assert days(context) == sums_of_current_revisions(context)


def test_many_returns_of_one_sale_follow_it(context: Context) -> None:
    back = [returned(f"В-{number}", "УТ-1", "-1.00") for number in range(15)]
    record(context, [sold(), *back])
    record(context, [sold(day=MOVED_DAY)])
    deliver(context)
    assert days(context) == {("cmp_1", MOVED_DAY.isoformat()): (Decimal(85), 16)}


def test_a_return_may_name_another_return(context: Context) -> None:
    chain = [returned("В-1", "В-2", day=DAY), returned("В-2", "В-1", day=DAY)]
    assert record(context, chain) == ["created", "created"]
    deliver(context)
    assert days(context) == sums_of_current_revisions(context)


def test_the_returns_of_a_long_document_keep_their_lines(context: Context) -> None:
    amounts = ["-1.00"] * 9_000
    record(context, [sold(), returned("В-1", "УТ-1", *amounts)])
    record(context, [sold(day=MOVED_DAY)])
    deliver(context)
    (sale,) = (sale for sale in current(context) if sale["document"] == "В-1")
    assert (sale["line_count"], sale["revision"], sale["total"]) == (9_000, 2, Decimal(-9_000))
    assert sale["further"] == len([each for each in items(context, "LINES#") if "000002#" in each["sk"]])


def test_of_what_was_known_at_a_moment_the_first_document_is_found(context: Context) -> None:
    later = replace(context, now=context.now + timedelta(days=2))
    record(context, [sold()])
    record(later, [sold(day=MOVED_DAY), invoice("УТ-0", day=SALE_DAY - timedelta(500))])
    known = [earliest_known(context, "cmp_1", moment) for moment in (context.at, later.at, "2027-01-01T00:00:00.000Z")]
    assert [each and each.business_date for each in known] == [None, SALE_DAY, SALE_DAY - timedelta(500)]


# --- interrupted and raced --------------------------------------------------------------------------------------------


def settled(context: Context) -> dict[str, Any]:
    """All that anybody can see of sales, but not how often a return was written on the way."""
    return {
        "days": days(context),
        "returned": returned_parts(context),
        "current": sorted((sale["document"], sale["counts_on"], str(sale["total"])) for sale in current(context)),
        "told": told(context),
    }


STEPS: list[tuple[str, Callable[[Context], object]]] = [
    ("a return before its sale", lambda context: record(context, [returned("В-1"), returned("В-2")])),
    ("its sale", lambda context: record(context, [sold()])),
    ("a correction of its day", lambda context: record(context, [sold(day=MOVED_DAY)])),
    ("a correction of its company", lambda context: record(context, [sold(company="cmp_2", day=MOVED_DAY)])),
]


@pytest.mark.parametrize("step", range(len(STEPS)), ids=[name for name, _ in STEPS])
def test_after_a_crash_at_any_call_the_same_again_and_the_stream_give_the_same_days(
    context: Context, step: int
) -> None:
    for _, earlier in STEPS[:step]:
        earlier(context)
        deliver(context)
    before, delivered = items(context), events(context)

    def act() -> None:
        STEPS[step][1](context)
        deliver(context, delivered)

    act()
    undisturbed = settled(context)
    assert days(context) == sums_of_current_revisions(context)
    for crash in crashes():
        empty_account()
        for item in before:
            context.table.put(item)
        with crash:
            act()
        act()
        assert settled(context) == undisturbed, crash


def test_a_return_and_its_sale_written_at_the_same_time_find_each_other(context: Context) -> None:
    for race in races(lambda: record(context, [sold()])):
        empty_account()
        with race:
            record(context, [returned("В-1"), returned("В-2")])
        record(context, [sold()])
        deliver(context)
        assert days(context) == {("cmp_1", SALE_DAY.isoformat()): (Decimal(80), 3)}, race
    for race in races(lambda: record(context, [returned("В-1")])):
        empty_account()
        record(context, [sold()])
        with race:
            record(context, [sold(day=MOVED_DAY)])
        record(context, [returned("В-1")])
        deliver(context)
        assert days(context) == {("cmp_1", MOVED_DAY.isoformat()): (Decimal(90), 2)}, race


@pytest.mark.parametrize(
    "rival",
    [
        lambda context: record(context, [returned("В-1", "УТ-1", "-25.00")]),
        lambda context: record(context, [sold(day=DAY)]),
        lambda context: record(context, [returned("В-3")]),
        lambda context: [on_sale_recorded(context, event) for event in events(context)],
    ],
    ids=["the return is corrected", "the sale moves on", "another return comes", "the same is told twice at once"],
)
def test_a_return_that_follows_meets_another_writer(context: Context, rival: Callable[[Context], object]) -> None:
    for race in races(lambda: rival(context)):
        empty_account()
        record(context, [sold(), returned("В-1")])
        record(context, [sold(day=MOVED_DAY)])
        with race:
            for event in events(context):
                on_sale_recorded(context, event)
        deliver(context)
        assert days(context) == sums_of_current_revisions(context), race
        (sale,) = (sale for sale in current(context) if sale["document"] == "УТ-1")
        assert {each["counts_on"] for each in current(context)} == {sale["business_date"]}, race
        assert told(context) == {day: amount for day, (amount, _) in days(context).items() if amount}, race


def test_it_gives_up_on_a_return_that_never_stops_changing(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    record(context, [sold(), returned()])
    record(context, [sold(day=MOVED_DAY)])

    def refuse(table: object, transaction: object) -> None:
        raise Refused({"": None})

    monkeypatch.setattr(type(context.table), "commit", refuse)
    with pytest.raises(Busy):
        deliver(context)


# --- anything, in any order -------------------------------------------------------------------------------------------

COMPANIES = st.sampled_from(["cmp_1", "cmp_2"])
OFFSETS = st.integers(0, 3)
SALES = st.builds(
    lambda number, company, offset, amounts: invoice(
        f"УТ-{number}", *amounts, company=company, day=DAY + timedelta(offset), series="2026"
    ),
    st.integers(1, 4),
    COMPANIES,
    OFFSETS,
    st.lists(st.sampled_from(["10.00", "0.01", "-5.00"]), min_size=1, max_size=2),
)
ORIGINALS = st.none() | st.builds(
    lambda number, series, offset: Original(
        f"УТ-{number}" if series else "", series, None if offset is None else DAY + timedelta(offset)
    ),
    st.integers(1, 4),
    st.sampled_from([("2026",), ("2027", "2026"), ()]),
    st.none() | OFFSETS,
)
RETURNS = st.builds(
    lambda number, company, offset, amount, original: invoice(
        f"В-{number}", amount, company=company, day=DAY + timedelta(offset), kind="return", original=original
    ),
    st.integers(1, 4),
    COMPANIES,
    OFFSETS,
    st.sampled_from(["-1.00", "-0.01", "0.00"]),
    ORIGINALS,
)


def wanted(documents: dict[str, SaleDocument]) -> dict[str, tuple[str, str, Decimal]]:
    """The place where each document counts by the rule, from the documents as they are now: company, day and total."""
    known = {document.ref: KnownDocument(_head(document)) for document in documents.values()}
    return {
        number: (document.company_id, sales_rules.counting(document, known).day.isoformat(), document.total)
        for number, document in documents.items()
    }


def _head(document: SaleDocument) -> Head:
    own = sales_rules.CountingDay(document.business_date)
    return Head(
        document.company_id, document.business_date, own, document.currency, document.total, 1, "", "created", None, ""
    )


def amounts(found: DayTotals) -> tuple[dict[date, Decimal], dict[tuple[date, date], Decimal]]:
    """Days that were emptied by a correction are as good as none."""
    return {day: amount for day, amount in found.net.items() if amount}, dict(found.returned)


def test_day_totals_and_events_equal_the_documents_at_every_moment_whatever_comes_in_whatever_order(
    context: Context,
) -> None:
    begin, end = DAY - timedelta(10), DAY + timedelta(10)

    class Recording(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            empty_account()
            self.current: dict[str, SaleDocument] = {}
            self.context = context
            self.was: dict[tuple[str, str], DayTotals] = {}

        @rule(several=st.lists(SALES | RETURNS, min_size=1, max_size=4, unique_by=lambda document: document.number))
        def documents_come(self, several: list[SaleDocument]) -> None:
            for document, outcome in zip(several, record(self.context, several), strict=True):
                known = self.current.get(document.number)
                assert outcome == ("created" if known is None else "unchanged" if known == document else "changed")
                self.current[document.number] = document

        @rule()
        def all_come_again(self) -> None:
            several = list(self.current.values())
            assert record(self.context, several) == ["unchanged"] * len(several)

        @rule(order=st.randoms())
        def the_stream_delivers_anything_again_in_any_order(self, order: Any) -> None:
            several = events(context)
            order.shuffle(several)
            for event in several:
                on_sale_recorded(self.context, event)

        @rule()
        def the_stream_delivers_all(self) -> None:
            deliver(self.context)
            found = {
                sale["document"]: (sale["company_id"], sale["counts_on"], sale["total"]) for sale in current(context)
            }
            assert found == wanted(self.current)

        @invariant()
        def sums_agree(self) -> None:
            assert days(context) == sums_of_current_revisions(context)
            assert returned_parts(context) == returns_of_current_revisions(context)
            assert told(context) == {day: amount for day, (amount, _) in days(context).items() if amount}
            assert {sale["document"]: sale["total"] for sale in current(context)} == {
                number: document.total for number, document in getattr(self, "current", {}).items()
            }

        @invariant()
        def time_passes(self) -> None:
            if not hasattr(self, "was"):
                return
            self.context = replace(self.context, now=self.context.now + timedelta(hours=1))
            for company in ("cmp_1", "cmp_2"):
                self.was[company, self.context.at] = day_totals(context, company, begin, end)

        def teardown(self) -> None:
            self.the_stream_delivers_all()
            for company in ("cmp_1", "cmp_2"):
                revisions = history(context, company, begin, end)
                now = sales_rules.totals(each for each in revisions if each.known_at(None))
                assert amounts(now) == amounts(day_totals(context, company, begin, end))
                for (of, moment), was in self.was.items():
                    if of == company:
                        assert amounts(
                            sales_rules.totals(each for each in revisions if each.known_at(moment))
                        ) == amounts(was)

    Recording.TestCase.settings = settings(max_examples=12, stateful_step_count=8, deadline=None)
    Recording.TestCase().runTest()


def test_no_number_is_the_original_of_all_returns_that_have_none(context: Context) -> None:
    record(context, [returned(f"В-{number}", "Б/Н") for number in range(3)])
    assert [item for item in items(context, "HEAD") if item["pk"] == "DOCUMENT#1c-main#/Б/Н"] == []
    assert days(context) == {("cmp_1", "2026-11-02"): (Decimal(-30), 3)}


def test_a_sale_is_followed_by_so_many_returns_and_no_more(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sales_rules, "MOST_RETURNS", 3)
    record(context, [invoice("УТ-1", day=DAY - timedelta(9))])
    for number in range(4):
        record(context, [returned(f"В-{number}", "УТ-1")])
    record(context, [returned("В-2", "УТ-1", "-20.00")])  # one that follows may be corrected
    assert days(context) == {("cmp_1", "2026-10-24"): (Decimal(60), 4), ("cmp_1", "2026-11-02"): (Decimal(-10), 1)}
    record(context, [invoice("УТ-1", day=DAY - timedelta(8))])
    deliver(context)
    assert days(context) == {("cmp_1", "2026-10-25"): (Decimal(60), 4), ("cmp_1", "2026-11-02"): (Decimal(-10), 1)}
