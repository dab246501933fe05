"""The sums of a book, the same in whatever order the steps come."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger.rules import Balances, Book, Expiry, Lot, NotEnough

DAY = timedelta(days=1)
START = date(2026, 1, 10)
EMPTY = Book("cmp_1", "RUB", day=START)

days = st.integers(0, 400).map(lambda number: START + number * DAY)
ends = st.sampled_from(
    [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 6, 30), date(2026, 12, 31), date(2027, 3, 31)]
)
amounts = st.integers(1, 20_000).map(lambda hundredths: Decimal(hundredths) / 100)
signed = st.integers(-20_000, 20_000).map(lambda hundredths: Decimal(hundredths) / 100)

Change = Callable[[Book], Book]

credits_ = st.builds(
    lambda end, amount, day: lambda book: ledger_rules.credit(book, end, amount, min(day, end)), ends, signed, days
)
pends = st.builds(lambda amount: lambda book: ledger_rules.pend(book, amount), signed)


@st.composite
def lots(draw: st.DrawFn) -> dict[date, Lot]:
    """Lots in any state that reversals may leave them in."""
    found = {}
    for end in draw(st.lists(ends, unique=True, max_size=6)):
        opened = draw(st.dates(START, end))
        months = st.dates(opened, end).map(lambda day: day.replace(day=1))
        found[end] = Lot(end, opened, draw(signed), draw(st.dictionaries(months, amounts, max_size=3)))
    return found


@st.composite
def books(draw: st.DrawFn) -> Book:
    held = draw(lots())
    spent = sum((sum(lot.spent.values()) for lot in held.values()), Decimal(0))
    redeemed = min(spent, draw(amounts))
    return replace(
        EMPTY,
        lots=held,
        pending=draw(signed),
        reserved=spent - redeemed,
        redeemed=redeemed,
        goods_owed=draw(signed),
        goods_redeemed=draw(amounts),
        goods_expired=draw(amounts),
    )


@st.composite
def spendings(draw: st.DrawFn) -> tuple[Book, date, Decimal]:
    """A book, a day, and some of what can be spent then."""
    book, day = draw(books()), draw(days)
    short = min(ledger_rules.balances(book, day).available, Decimal(0))
    book = ledger_rules.credit(book, date(2027, 3, 31), draw(amounts) - short, START)
    available = ledger_rules.balances(book, day).available
    assume(available > 0)
    return book, day, min(draw(amounts), available)


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """Changes as they were decided day after day: each is a fact by now, with its day and its parts of lots."""
    book, day, facts, held = EMPTY, START, [], []
    for _ in range(draw(st.integers(1, 12))):
        day += draw(st.integers(0, 60)) * DAY
        match draw(st.sampled_from(["credit", "pend", "hold", "hold", "give back", "redeem", "withdraw"])):
            case "credit":
                fact = draw(credits_)
            case "pend":
                fact = draw(pends)
            case "give back" | "redeem" as what:
                if not held:
                    continue
                parts, on = held.pop()
                fact = _given_back(parts, on) if what == "give back" else _redeemed(sum(parts.values(), Decimal(0)))
            case what:
                available = ledger_rules.balances(book, day).available
                if available <= 0:
                    continue
                amount = min(available, draw(amounts))
                parts = ledger_rules.oldest_first(book, amount, day)
                if what == "withdraw":
                    fact = _withdrawn(parts)
                else:
                    held.append((parts, day))
                    fact = _held(parts, day)
        facts.append(fact)
        book = fact(book)
    return facts


def _held(parts: Any, day: date) -> Change:
    return lambda book: ledger_rules.hold(book, parts, day)


def _given_back(parts: Any, day: date) -> Change:
    return lambda book: ledger_rules.give_back(book, parts, day)


def _redeemed(amount: Decimal) -> Change:
    return lambda book: ledger_rules.redeem(book, amount)


def _withdrawn(parts: Any) -> Change:
    return lambda book: ledger_rules.withdraw(book, parts)


def after(changes: list[Change], book: Book = EMPTY) -> Book:
    for change in changes:
        book = change(book)
    return book


# --- sums -------------------------------------------------------------------------------------------------------------


@given(books(), days)
def test_balances_sum_to_zero(book: Book, day: date):
    assert sum(ledger_rules.balances(book, day)) == 0


@given(lots())
def test_an_allocation_neither_makes_nor_loses_anything(held: dict[date, Lot]):
    found = ledger_rules.allocation(held)
    credited = sum((lot.credited for lot in held.values()), Decimal(0))
    spent = sum((sum(lot.spent.values()) for lot in held.values()), Decimal(0))
    assert all(left >= 0 for left in found.left.values())
    assert sum(found.left.values()) - found.debt == credited - spent


@given(histories(), st.randoms(use_true_random=False), days)
def test_the_same_changes_in_any_order_make_the_same_book(changes: list[Change], random: Any, day: date):
    held_first = after(changes)
    shuffled = list(changes)
    random.shuffle(shuffled)
    # A part of a lot may now be spent, or given back, before anything is known of the lot itself.
    shuffled_book = after(shuffled, replace(EMPTY, lots={end: Lot(end, end) for end in held_first.lots}))
    same_lots = {end: lot for end, lot in shuffled_book.lots.items() if end in held_first.lots}
    assert replace(shuffled_book, lots=same_lots) == held_first
    assert ledger_rules.balances(shuffled_book, day) == ledger_rules.balances(held_first, day)


@given(books(), days, books(), days)
def test_the_difference_leads_from_one_book_to_the_other(before: Book, was: date, now: Book, day: date):
    entries = ledger_rules.difference(before, now, was, day)
    moved = {
        account: sum(entry.amount for entry in entries if entry.account == account) for account in Balances._fields
    }
    old, new = ledger_rules.balances(before, was), ledger_rules.balances(now, day)
    assert sum(entry.amount for entry in entries) == 0
    assert all(entry.amount for entry in entries)
    assert moved == {account: getattr(new, account) - getattr(old, account) for account in Balances._fields}


@given(books(), days)
def test_nothing_moves_between_a_book_and_itself(book: Book, day: date):
    assert ledger_rules.difference(book, book, day, day) == ()


# --- lots -------------------------------------------------------------------------------------------------------------


@given(spendings())
def test_the_oldest_expiry_is_spent_first_and_nothing_that_expired(spending: tuple[Book, date, Decimal]):
    book, day, amount = spending
    usable = ledger_rules.usable(book, day)
    parts = ledger_rules.oldest_first(book, amount, day)
    assert sum(parts.values()) == amount
    assert all(day <= end for end in parts)
    last = max(parts)
    assert all(parts.get(end) == left for end, left in usable.items() if end < last), "an older one is used up first"


@given(books(), days, amounts)
def test_no_more_is_spent_than_there_is(book: Book, day: date, more: Decimal):
    available = ledger_rules.balances(book, day).available
    with pytest.raises(NotEnough) as refused:
        ledger_rules.oldest_first(book, available + more, day)
    assert refused.value.available == available


@given(spendings())
def test_what_is_spent_is_missing_where_it_was_taken_and_nowhere_else(spending: tuple[Book, date, Decimal]):
    book, day, amount = spending
    parts = ledger_rules.oldest_first(book, amount, day)
    before, now = (
        ledger_rules.allocation(book.lots),
        ledger_rules.allocation(ledger_rules.hold(book, parts, day).lots),
    )
    assert now.left == {end: left - parts.get(end, 0) for end, left in before.left.items()}
    assert now.short == before.short


@given(spendings())
def test_what_is_given_back_is_in_its_lot_with_its_old_expiry(spending: tuple[Book, date, Decimal]):
    book, day, amount = spending
    parts = ledger_rules.oldest_first(book, amount, day)
    assert ledger_rules.give_back(ledger_rules.hold(book, parts, day), parts, day) == book


@given(st.dictionaries(ends, amounts, min_size=1), st.fractions(0, 1))
def test_a_part_that_is_kept_is_what_expires_first(parts: dict[date, Decimal], share: Any):
    amount = (sum(parts.values()) * share.numerator / share.denominator).quantize(Decimal("0.01"))
    kept, rest = ledger_rules.split(parts, amount)
    assert sum(kept.values()) == amount
    assert {end: kept.get(end, 0) + rest.get(end, 0) for end in {*kept, *rest}} == parts
    assert all(kept.values())
    assert all(rest.values())
    assert max(kept, default=date.min) <= min(rest, default=date.max)


@given(books(), days, days)
def test_as_days_pass_bonuses_expire_and_nothing_else_moves(book: Book, first: date, second: date):
    early, late = sorted([first, second])
    moved = [b - a for a, b in zip(ledger_rules.balances(book, early), ledger_rules.balances(book, late), strict=True)]
    by_account = dict(zip(Balances._fields, moved, strict=True))
    assert by_account.pop("expired") == -by_account.pop("available") >= 0
    assert not any(by_account.values())
    lost = {entry.lot for entry in ledger_rules.difference(book, book, early, late)}
    assert lost <= set(ledger_rules.expired_between(book, early, late))


@given(histories(), days)
def test_only_lots_that_had_not_expired_stand_in_for_others(changes: list[Change], day: date):
    """A lot that ended before anything was missing keeps what it holds: it has expired, it was not spent."""
    held = after(changes).lots
    missing = [
        min([lot.opened, *lot.spent])
        for lot in held.values()
        if lot.credited < sum(lot.spent.values()) or lot.credited < 0
    ]
    left = ledger_rules.allocation(held).left
    for end, lot in held.items():
        if all(end < since for since in missing):
            assert left[end] == max(lot.credited, Decimal(0)) - sum(lot.spent.values())


def test_a_reversed_accrual_that_was_spent_is_made_up_for_by_another_lot():
    march, june = date(2026, 3, 31), date(2026, 6, 30)
    book = ledger_rules.credit(ledger_rules.credit(EMPTY, march, Decimal(50), START), june, Decimal(80), START)
    book = ledger_rules.hold(book, ledger_rules.oldest_first(book, Decimal(50), START), START)
    book = ledger_rules.credit(book, march, Decimal(-50), START)
    assert ledger_rules.usable(book, START) == {june: Decimal(30)}
    assert ledger_rules.balances(book, june + DAY).expired == 30


def test_what_nothing_covers_is_debt_and_the_next_credit_pays_it():
    march, june = date(2026, 3, 31), date(2026, 6, 30)
    book = ledger_rules.credit(EMPTY, march, Decimal(50), START)
    book = ledger_rules.redeem(ledger_rules.hold(book, {march: Decimal(50)}, START), Decimal(50))
    book = ledger_rules.credit(book, march, Decimal(-50), START)
    assert ledger_rules.balances(book, START).available == -50
    book = ledger_rules.credit(book, june, Decimal(70), START + DAY)
    assert ledger_rules.usable(book, START + DAY) == {june: Decimal(20)}


def test_a_lot_that_had_expired_when_the_other_was_spent_does_not_pay_for_it():
    january, june = date(2026, 1, 31), date(2026, 6, 30)
    book = ledger_rules.credit(ledger_rules.credit(EMPTY, january, Decimal(50), START), june, Decimal(50), START)
    book = ledger_rules.hold(book, ledger_rules.oldest_first(book, Decimal(50), date(2026, 2, 1)), date(2026, 2, 1))
    book = ledger_rules.credit(book, june, Decimal(-50), START)
    found = ledger_rules.balances(book, date(2026, 2, 2))
    assert (found.expired, found.available) == (50, -50)


def test_a_return_without_its_sale_is_covered_by_what_could_be_spent_then():
    january, june = date(2026, 1, 31), date(2026, 6, 30)
    book = ledger_rules.credit(EMPTY, january, Decimal(50), START)
    book = ledger_rules.credit(book, june, Decimal(-20), date(2026, 1, 20))
    assert ledger_rules.usable(book, date(2026, 1, 20)) == {january: Decimal(30)}
    late = ledger_rules.credit(
        ledger_rules.credit(EMPTY, january, Decimal(50), START), june, Decimal(-20), date(2026, 2, 5)
    )
    assert ledger_rules.balances(late, date(2026, 2, 5)).available == -20


@given(books(), days)
def test_what_is_forgiven_is_the_debt_and_leaves_none(book: Book, day: date):
    debt = ledger_rules.allocation(book.lots).debt
    forgiven = ledger_rules.forgive(book)
    assert ledger_rules.allocation(forgiven.lots).debt == 0
    issued = ledger_rules.balances(book, day).issued - ledger_rules.balances(forgiven, day).issued
    assert issued >= debt
    if all(lot.credited >= 0 for lot in book.lots.values()):
        assert issued == debt


@given(spendings())
def test_what_is_withdrawn_was_available_and_is_issued_no_more(spending: tuple[Book, date, Decimal]):
    book, day, amount = spending
    withdrawn = ledger_rules.withdraw(book, ledger_rules.oldest_first(book, amount, day))
    before, now = ledger_rules.balances(book, day), ledger_rules.balances(withdrawn, day)
    assert now == before._replace(available=before.available - amount, issued=before.issued + amount)


# --- expiry -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "day", "ends"),
    [
        (Expiry("month", 12), date(2026, 11, 20), date(2027, 11, 30)),
        (Expiry("month", 0), date(2026, 12, 31), date(2026, 12, 31)),
        (Expiry("month", 1), date(2027, 1, 31), date(2027, 2, 28)),
        (Expiry("month", 1), date(2028, 1, 31), date(2028, 2, 29)),
        (Expiry("quarter", 0), date(2026, 11, 20), date(2026, 12, 31)),
        (Expiry("quarter", 1), date(2026, 11, 20), date(2027, 3, 31)),
        (Expiry("year", 0), date(2026, 1, 1), date(2026, 12, 31)),
        (Expiry("year", 1), date(2026, 11, 20), date(2027, 12, 31)),
        (Expiry("date", 0, 3, 31), date(2026, 3, 30), date(2026, 3, 31)),
        (Expiry("date", 0, 3, 31), date(2026, 3, 31), date(2027, 3, 31)),
    ],
)
def test_a_credit_lasts_as_long_as_the_policy_says(policy: Expiry, day: date, ends: date):
    assert ledger_rules.expiry(policy, day) == ends


@given(st.builds(Expiry, st.sampled_from(["month", "quarter", "year"]), st.integers(0, 30)), days)
def test_a_credit_never_expires_before_its_own_day(policy: Expiry, day: date):
    ends = ledger_rules.expiry(policy, day)
    assert ends >= day
    assert (ends + DAY).day == 1
