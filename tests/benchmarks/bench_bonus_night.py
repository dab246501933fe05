"""The bonuses' nights: what a company costs that is due, what one costs that is audited, and that nobody else costs anything.

How the membership is simulated says tests/bonuses/membership.py; here at a fiftieth of the design's size: 200 due of 200, and 200 due,
one in a hundred, of 20,000.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import pytest

from chalicelib.bonuses import jobs as bonuses_jobs
from chalicelib.bonuses.audit import rules as audit_rules
from chalicelib.bonuses.audit.rules import AuditedPosting, Checkpoint
from chalicelib.bonuses.ledger import notices
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Book, Cause, Posting
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.benchmarks.report import report
from tests.bonuses.audit.membership import EVE, Night, run, two_memberships

DUE, MEMBERS = 200, 20_000
ROUNDS = 9


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=EVE)


@pytest.mark.timeout(900)
def test_a_night_and_an_audit_cost_by_who_is_due_and_who_moved(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, among_many = two_memberships(context, monkeypatch, due=DUE, of=MEMBERS)
    compare("nightly bonuses", "due", alone.night, among_many.night, calls=3, reads=2, writes=16)
    compare("bonus audit", "moved", alone.audit, among_many.audit, calls=1.5, reads=7, writes=3)


def test_a_night_without_work(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    run(context, monkeypatch, bonuses_jobs.nightly_bonuses, {})  # the first one ever copies the price lists
    for what, start in (("nightly bonuses", bonuses_jobs.nightly_bonuses), ("bonus audit", bonuses_jobs.audit_bonuses)):
        idle = run(replace(context, now=context.now + timedelta(days=1)), monkeypatch, start, {})
        report(f"{what}: calls and read units of a night without work", f"{idle.calls} and {idle.read_units:g}")
        assert idle.doing.calls == []


def compare(what: str, who: str, alone: Night, among_many: Night, *, calls: float, reads: float, writes: float) -> None:
    for figure, of_few, of_many, most in (
        ("calls", alone.calls, among_many.calls, calls),
        ("read units", alone.read_units, among_many.read_units, reads),
        ("write units", alone.write_units, among_many.write_units, writes),
    ):
        each = f"{what}: {figure} per company {who}"
        report(f"{each}, {DUE} of {DUE}", f"{of_few / DUE:.2f}", f"at most {most:g}")
        ratio = of_many / of_few
        report(f"{each}, {DUE} of {MEMBERS:,}", f"{of_many / DUE:.2f}, {ratio:.3f} of the former", "within 10 %")
        assert of_few <= most * DUE
        assert ratio == pytest.approx(1, abs=0.1)


# --- rules ------------------------------------------------------------------------------------------------------------


def grown(postings: int) -> tuple[Book, list[Posting]]:
    """A book of five years, and the newest of its postings."""
    book, day, told = Book("cmp_1", "RUB", day=date(2022, 1, 10)), date(2022, 1, 10), []
    for number in range(1, postings + 1):
        day += timedelta(days=max(1, 1800 // postings))
        expires_on = date(day.year + 1, day.month, 28)
        after = ledger_rules.credit(book, expires_on, Decimal("100.25"), day)
        entries = ledger_rules.difference(book, after, day, day)
        book = replace(after, day=day, sequence=number)
        cause = Cause("accrual", (f"{number}",))
        place = (ledger.posting_id("cmp_1", cause), "cmp_1", "RUB", f"{day}", day, number, cause, entries)
        told.append(Posting(*place, ledger_rules.balances(book, day)))
    return book, told


def microseconds(rule: Callable[[], object], times: int = 50) -> float:
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(times):
            rule()
        took.append((time.process_time() - start) / times)
    return median(took) * 1e6


def test_the_rules_of_a_night(context: Context) -> None:
    book, postings = grown(400)
    figures = ledger.notice_policy(context)
    told = [AuditedPosting(posting, posting.posting_id, posting.sequence) for posting in postings]
    known = Checkpoint("cmp_1", "RUB")

    def a_day() -> object:
        return (
            ledger_rules.balances(book, book.day),
            notices.notices(book, book.day, figures),
            notices.next_day(book, figures),
        )

    def run_audit() -> list[audit_rules.Mismatch]:
        places = audit_rules.places_after(known, told)
        return [*audit_rules.check_postings(known, None, told, book.sequence), *audit_rules.check_book(places, book)]

    # Lots that expired meanwhile were never posted as such here, so only the chain is judged, and what is not asserted is timed alike.
    broken = ("posting_missing", "posting_doubled", "entries_not_zero")
    assert not [each for each in run_audit() if each.fault in broken]
    report("bonus rules: what a day brings, 60 lots", f"{microseconds(a_day):.0f} µs a company")
    report("bonus rules: the audit of 400 postings", f"{microseconds(run_audit, 5) / 400:.1f} µs a posting")
