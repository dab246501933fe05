"""The letters of a book, and their days: each once, whenever the nights run and whatever moves between them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.bonuses.ledger import notices
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger.notices import Expiring, NoticePolicy, Notices, Reminder
from chalicelib.bonuses.ledger.rules import Book

DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 20)
NEW_YEAR = date(2026, 12, 31)
FIGURES = NoticePolicy((30, 7), 1, frozenset({2, 4}))
NO_REMINDERS = FIGURES._replace(every_months=0)
EMPTY = notices.mark_handled(Book("cmp_1", "RUB", day=FRIDAY), FRIDAY)


def with_lots(book: Book = EMPTY, **lots: str) -> Book:
    """`y2026m12=100`: a lot that expires on the last day of that month."""
    for name, amount in lots.items():
        year, month = map(int, name.removeprefix("y").split("m"))
        book = ledger_rules.credit(book, date(year + month // 12, month % 12 + 1, 1) - DAY, Decimal(amount), book.day)
    return book


def on(book: Book, day: date, policy: NoticePolicy = FIGURES) -> tuple[Notices, Book]:
    """The notices of this day's night, and the book afterwards."""
    book = replace(book, day=day)
    return notices.notices(book, day, policy), notices.mark_handled(book, day)


def told(book: Book, days: list[date], policy: NoticePolicy = FIGURES) -> list[tuple[date, Expiring | Reminder]]:
    found: list[tuple[date, Expiring | Reminder]] = []
    for day in days:
        asked, book = on(book, day, policy)
        found += [(day, each) for each in asked.expiring]
        found += [(day, asked.reminder)] if asked.reminder else []
    return found


def every_day(count: int) -> list[date]:
    return [FRIDAY + number * DAY for number in range(1, count + 1)]


def test_a_lot_is_warned_of_thirty_and_seven_days_ahead() -> None:
    warnings = told(with_lots(y2026m12="100"), every_day(60), NO_REMINDERS)
    assert [(day, each.days_left, each.amount) for day, each in warnings if isinstance(each, Expiring)] == [
        (date(2026, 12, 1), 30, Decimal(100)),
        (date(2026, 12, 24), 7, Decimal(100)),
    ]


def test_a_balance_is_reminded_of_on_the_first_tuesday_or_thursday_of_each_month() -> None:
    reminders = told(with_lots(y2027m12="100"), every_day(120))
    assert [day for day, _ in reminders] == [date(2026, 12, 1), date(2027, 1, 5), date(2027, 2, 2), date(2027, 3, 2)]


@pytest.mark.parametrize(("months", "expected"), [(3, [1, 4, 7, 10]), (12, [1]), (6, [1, 7]), (0, [])])
def test_reminders_may_be_rarer_or_never(months: int, expected: list[int]) -> None:
    policy = NoticePolicy((), months, frozenset({1}))
    reminders = told(with_lots(y2028m12="100"), every_day(406), policy)
    assert [day.month for day, _ in reminders if day.year == 2027] == expected


def test_nothing_is_told_of_an_empty_balance() -> None:
    assert told(EMPTY, every_day(400)) == []
    pending = ledger_rules.pend(EMPTY, Decimal(100))
    assert told(pending, every_day(400)) == []
    assert notices.next_day(pending, FIGURES) is None


def test_a_reminder_names_what_is_on_its_way_and_the_lots_that_go_first() -> None:
    book = with_lots(y2027m1="1", y2027m2="2", y2027m3="3", y2027m4="4")
    asked, _ = on(ledger_rules.pend(book, Decimal(9)), date(2026, 12, 1))
    lots = ((date(2027, 1, 31), Decimal(1)), (date(2027, 2, 28), Decimal(2)), (date(2027, 3, 31), Decimal(3)))
    assert asked.reminder == Reminder(Decimal(10), Decimal(9), lots)


def test_a_warning_stands_for_the_reminder_of_its_day() -> None:
    asked, _ = on(with_lots(y2026m12="100", y2027m12="50"), date(2026, 12, 1))
    assert asked == Notices((Expiring(NEW_YEAR, Decimal(100), 30, Decimal(150)),))


def test_a_late_night_gives_one_letter_of_a_lot_and_counts_the_days_that_are_left() -> None:
    asked, book = on(with_lots(y2026m12="100"), date(2026, 12, 29), NO_REMINDERS)
    assert asked.expiring == (Expiring(NEW_YEAR, Decimal(100), 2, Decimal(100)),)
    assert not on(book, date(2026, 12, 30))[0]


def test_what_has_expired_is_not_warned_of() -> None:
    assert not on(with_lots(y2026m12="100"), date(2027, 1, 1))[0]


def test_what_was_spent_is_not_warned_of_and_what_came_back_is() -> None:
    book = with_lots(y2026m12="100")
    held = ledger_rules.hold(book, {NEW_YEAR: Decimal(100)}, FRIDAY)
    assert told(held, every_day(60)) == []
    _, later = on(held, date(2026, 12, 10))
    back = ledger_rules.give_back(later, {NEW_YEAR: Decimal(40)}, FRIDAY)
    assert [(day, each) for day, each in told(back, every_day(60)[20:])] == [
        (date(2026, 12, 24), Expiring(NEW_YEAR, Decimal(40), 7, Decimal(40)))
    ]


def test_what_is_credited_today_is_not_told_of_for_days_when_it_was_not_there() -> None:
    """The empty book was looked at in November last; a credit of January brings no letter for December."""
    day = date(2027, 1, 20)
    book = notices.mark_if_none_due(replace(EMPTY, day=day), day, FIGURES)
    book = with_lots(book, y2027m1="100")
    assert notices.next_day(book, FIGURES) == date(2027, 1, 24)
    assert not on(book, day)[0]


def test_a_change_does_not_swallow_a_letter_that_a_night_still_owes() -> None:
    day = date(2026, 12, 3)
    book = notices.mark_if_none_due(replace(with_lots(y2026m12="100"), day=day), day, NO_REMINDERS)
    assert notices.next_day(book, NO_REMINDERS) == date(2026, 12, 1)
    assert on(book, day)[0].expiring[0].days_left == 28


def test_days_that_are_answered_for_stay_so() -> None:
    later = notices.mark_handled(EMPTY, FRIDAY + 5 * DAY)
    assert notices.handled_until(notices.mark_handled(later, FRIDAY)) == FRIDAY + 5 * DAY


lots = st.dictionaries(
    st.sampled_from(["y2026m11", "y2026m12", "y2027m1", "y2027m3", "y2027m12"]),
    st.integers(1, 999).map(str),
    min_size=1,
    max_size=4,
)
policy = st.builds(
    NoticePolicy,
    st.lists(st.integers(1, 60), max_size=3, unique=True).map(lambda days: tuple(sorted(days, reverse=True))),
    st.sampled_from([0, 1, 2, 3, 6]),
    st.sets(st.integers(1, 7), min_size=1).map(frozenset),
)


@given(lots, policy)
def test_the_next_day_is_the_first_one_that_brings_a_letter(held: dict[str, str], given_figures: NoticePolicy) -> None:
    book = with_lots(**held)
    letters = told(book, every_day(500), given_figures)
    assert notices.next_day(book, given_figures) == (letters[0][0] if letters else None)


@given(lots, policy, st.sets(st.integers(1, 500), min_size=1, max_size=60))
def test_each_letter_comes_once_however_seldom_the_nights_run(
    held: dict[str, str], given_figures: NoticePolicy, ran: set[int]
) -> None:
    book = with_lots(**held)
    nights = sorted(FRIDAY + number * DAY for number in ran)
    for index, day in enumerate(nights):
        since = nights[index - 1] if index else FRIDAY
        asked, again = on(book, day, given_figures)
        warned = {each.expires_on for each in asked.expiring}
        assert warned == {
            expires_on
            for expires_on in ledger_rules.usable(book, day)
            if any(since < expires_on - days * DAY <= day for days in given_figures.warning_days)
        }
        assert not on(again, day, given_figures)[0], "the same night again"
        book = again
