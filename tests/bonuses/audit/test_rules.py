"""The audit as a pure function: right books are right wherever it begins, and no change of a figure escapes it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bonuses.audit import rules as audit_rules
from chalicelib.bonuses.audit.rules import AuditedPosting, Checkpoint
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger.rules import Balances, Book, Cause, Posting

DAY = timedelta(days=1)
START = date(2026, 1, 10)
NOTHING = Checkpoint("cmp_1", "RUB")
ENDS = [date(2026, 2, 28), date(2026, 6, 30), date(2026, 12, 31)]

Change = Callable[[Book, date], Book]

amounts = st.integers(-20_000, 20_000).filter(bool).map(lambda hundredths: Decimal(hundredths) / 100)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(
        lambda end, amount: lambda book, day: ledger_rules.credit(book, end, amount, min(day, end)),
        st.sampled_from(ENDS),
        amounts,
    ),
    st.builds(lambda amount: lambda book, day: ledger_rules.pend(book, amount), amounts),
    st.builds(
        lambda amount: (
            lambda book, day: replace(
                book, goods_owed=book.goods_owed + amount, goods_expired=book.goods_expired - amount
            )
        ),
        amounts,
    ),
)
histories = st.lists(st.tuples(st.integers(0, 60), changes), min_size=1, max_size=12)


def ledger_of(history: list[tuple[int, Change]]) -> tuple[Book, list[AuditedPosting]]:
    """The book that these changes make, and their postings; expiries have postings of their own."""
    book, day, told = Book("cmp_1", "RUB", day=START), START, list[AuditedPosting]()

    def post(after: Book, on: date) -> Book:
        entries = ledger_rules.difference(book, after, book.day, on)
        number = book.sequence + bool(entries)
        if entries:
            name = f"pst_{number}"
            cause = Cause("test", (name,))
            posting = Posting(
                name, "cmp_1", "RUB", f"{on}", on, number, cause, entries, ledger_rules.balances(after, on)
            )
            told.append(AuditedPosting(posting, name, number))
        return replace(after, day=on, sequence=number)

    for passed, change in history:
        day += passed * DAY
        for expired in ledger_rules.expired_between(book, book.day, day):
            book = post(book, expired + DAY)
        book = post(change(book, day), day)
    return book, told


def wrong(known: Checkpoint, told: list[AuditedPosting], book: Book, last: Posting | None = None) -> set[str]:
    places = audit_rules.places_after(known, told)
    found = [*audit_rules.check_postings(known, last, told, book.sequence), *audit_rules.check_book(places, book)]
    return {each.fault for each in found}


@given(histories, st.data())
def test_a_right_ledger_is_right_from_wherever_the_audit_goes_on(
    history: list[tuple[int, Change]], data: st.DataObject
) -> None:
    book, told = ledger_of(history)
    assert wrong(NOTHING, told, book) == set()
    cut = data.draw(st.integers(0, len(told)))
    seen = replace(book, sequence=cut)
    known = audit_rules.checkpoint(NOTHING, told[:cut], seen)
    last = told[cut - 1].posting if cut else None
    assert wrong(known, told[cut:], book, last) == set()
    assert audit_rules.checkpoint(known, told[cut:], book) == audit_rules.checkpoint(NOTHING, told, book)
    assert sum(known.balances) == 0


@given(histories, st.data(), amounts)
def test_no_entry_can_change_unseen(history: list[tuple[int, Change]], data: st.DataObject, by: Decimal) -> None:
    book, told = ledger_of(history)
    if not told:
        return
    at = data.draw(st.integers(0, len(told) - 1))
    posting = told[at].posting
    number = data.draw(st.integers(0, len(posting.entries) - 1))
    entries = list(posting.entries)
    entries[number] = entries[number]._replace(amount=entries[number].amount + by)
    told[at] = told[at]._replace(posting=replace(posting, entries=tuple(entries)))
    assert {"entries_not_zero", "balances_do_not_follow", "book_differs"} <= wrong(NOTHING, told, book)


@given(histories, st.data())
def test_no_posting_can_vanish_or_come_twice_unseen(history: list[tuple[int, Change]], data: st.DataObject) -> None:
    book, told = ledger_of(history)
    if not told:
        return
    at = data.draw(st.integers(0, len(told) - 1))
    assert "posting_missing" in wrong(NOTHING, told[:at] + told[at + 1 :], book)
    assert "posting_doubled" in wrong(NOTHING, told[: at + 1] + told[at:], book)


@given(histories, st.sampled_from(["pending", "reserved", "redeemed", "goods_owed", "goods_expired"]), amounts)
def test_no_sum_of_a_book_can_change_unseen(history: list[tuple[int, Change]], name: str, by: Decimal) -> None:
    book, told = ledger_of(history)
    assert "book_differs" in wrong(NOTHING, told, replace(book, **{name: getattr(book, name) + by}))


@given(histories, st.data(), amounts)
def test_no_lot_can_change_unseen(history: list[tuple[int, Change]], data: st.DataObject, by: Decimal) -> None:
    book, told = ledger_of(history)
    if not book.lots:
        return
    lot = book.lots[data.draw(st.sampled_from(sorted(book.lots)))]
    changed = replace(lot, credited=lot.credited + by)
    assert wrong(NOTHING, told, replace(book, lots={**book.lots, lot.expires_on: changed}))


def test_a_cause_with_another_id_or_another_mark_is_seen() -> None:
    book, (told, *_) = ledger_of([(0, lambda book, day: ledger_rules.pend(book, Decimal(1)))])
    for other in (told._replace(named="pst_other"), told._replace(marked=7), told._replace(marked=None)):
        assert wrong(NOTHING, [other], book) == {"cause_doubled"}


def test_the_posting_of_the_checkpoint_is_looked_at_again() -> None:
    book, (first, second) = ledger_of([(0, lambda book, day: ledger_rules.pend(book, Decimal(1)))] * 2)
    known = audit_rules.checkpoint(NOTHING, [first], replace(book, sequence=1))
    assert wrong(known, [second], book, first.posting) == set()
    assert wrong(known, [second], book, None) == {"posting_missing"}
    forged = replace(first.posting, balances=first.posting.balances._replace(reserved=Decimal(1)))
    assert wrong(known, [second], book, forged) == {"posting_missing"}


@pytest.mark.parametrize(
    ("total", "companies", "accounts"),
    [
        (Balances(1, 2, 0, 0, 0, 0, -3), None, set()),
        (Balances(1, 2, 0, 0, 0, 0, -3), Balances(1, 2, 0, 0, 0, 0, -3), set()),
        (Balances(1, 3, 0, 0, 0, 0, -3), None, {"ledger"}),
        (Balances(1, 3, 0, 0, 0, 0, -4), Balances(1, 2, 0, 0, 0, 0, -3), {"available", "issued"}),
    ],
)
def test_a_club_total_sums_to_zero_and_is_the_sum_of_its_companies(
    total: Balances, companies: Balances | None, accounts: set[str]
) -> None:
    assert {each.account for each in audit_rules.check_total(total, companies)} == accounts


def test_a_total_is_moved_by_what_moved_only() -> None:
    before, after = Balances(1, 2, 0, 0, 0, 0, -3), Balances(1, 5, 0, 0, 0, 0, -6)
    assert audit_rules.moved(before, after) == {"available": 3, "issued": -3}
    assert audit_rules.moved(after, after) == {}
    assert audit_rules.added(before, after) == Balances(2, 7, 0, 0, 0, 0, -9)
