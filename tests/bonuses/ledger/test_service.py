"""The door through which books change: once for a cause, whole or not at all, and never more than the difference."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Book, Cause
from chalicelib.bonuses.redemptions import keys as redemptions_keys
from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.money import MixedCurrencies
from chalicelib.table.transactions import Refused, Transaction
from tests.bonuses.steps import all_postings, balances, credit, redeem_at_once, reverse
from tests.support.figures import with_figures
from tests.support.partners import company
from tests.support.table import everything

DECEMBER, MARCH = date(2026, 12, 31), date(2027, 3, 31)
SALE = Cause("purchase", ("1c", "УТ-1", "1"), {"source": "1c", "number": "УТ-1"})


@pytest.fixture
def partner(context: Context) -> Context:
    company(context)
    return context


def earn(book: Book) -> Book:
    return ledger_rules.credit(book, MARCH, Decimal(100), book.day)


def test_a_change_is_posted_as_entries_that_sum_to_zero(partner: Context) -> None:
    posting = ledger.change(partner, "cmp_1", "RUB", SALE, earn).posting
    assert posting
    assert posting.entries == (("available", 100, MARCH), ("issued", -100, None))
    assert (posting.sequence, posting.day, posting.cause) == (1, partner.today, SALE)
    assert posting.balances == balances(partner) == (0, 100, 0, 0, 0, 0, -100)
    assert all_postings(partner) == [posting]


def test_a_book_takes_no_amount_in_another_currency(partner: Context) -> None:
    before = everything(partner)
    with pytest.raises(MixedCurrencies):
        ledger.change(partner, "cmp_1", "EUR", SALE, earn)
    assert everything(partner) == before


def test_a_cause_is_posted_once_for_ever(partner: Context) -> None:
    first = ledger.change(partner, "cmp_1", "RUB", SALE, earn)
    credit(partner, "cmp_1", "5")
    before = everything(partner)
    again = ledger.change(replace(partner, now=partner.now + timedelta(days=900)), "cmp_1", "RUB", SALE, earn)
    assert again == (first.posting, True)
    assert everything(partner) == before


def test_a_cause_that_cannot_be_done_twice_is_told_as_done(partner: Context) -> None:
    """The second try finds too little, because the first one took it."""
    credit(partner, "cmp_1", "100")
    spend = Cause("redemption", ("rdm_1",))
    first = ledger.change(partner, "cmp_1", "RUB", spend, hold_all)
    assert ledger.change(partner, "cmp_1", "RUB", spend, hold_all) == (first.posting, True)
    with pytest.raises(ledger_rules.NotEnough):
        ledger.change(partner, "cmp_1", "RUB", Cause("redemption", ("rdm_2",)), hold_all)


def hold_all(book: Book) -> Book:
    return ledger_rules.hold(book, ledger_rules.oldest_first(book, Decimal(100), book.day), book.day)


def test_where_nothing_moves_nothing_is_posted(partner: Context) -> None:
    credit(partner, "cmp_1", "100")
    before = everything(partner)
    assert ledger.change(partner, "cmp_1", "RUB", SALE, lambda book: book) == (None, False)
    assert everything(partner) == before


def test_what_goes_with_a_change_that_moves_nothing_is_written_once(partner: Context) -> None:
    beside = redemptions_keys.redemption("cmp_1", "rdm_1")

    def also(tx: Transaction, before: Book, after: Book) -> None:
        tx.update(beside, add={"times": 1})

    for again in (False, True):
        assert ledger.change(partner, "cmp_1", "RUB", SALE, lambda book: book, also) == (None, again)
    assert partner.table.get(beside, consistent=True) == {**beside.as_item(), "times": 1}
    assert all_postings(partner) == []


def test_what_refuses_beside_a_change_refuses_it_whole(partner: Context) -> None:
    before = everything(partner)

    def also(tx: Transaction, before: Book, after: Book) -> None:
        tx.create(companies_keys.company("cmp_1").as_item(), label="taken")

    with pytest.raises(Refused) as refused:
        ledger.change(partner, "cmp_1", "RUB", SALE, earn, also)
    assert "taken" in refused.value
    assert everything(partner) == before


def test_a_company_that_is_not_there_has_no_ledger(context: Context) -> None:
    with pytest.raises(Problem, match="not_found"):
        ledger.change(context, "cmp_1", "RUB", SALE, earn)


def test_what_expired_is_posted_first_each_lot_on_its_day(partner: Context) -> None:
    credit(partner, "cmp_1", "10", DECEMBER)
    credit(partner, "cmp_1", "20", MARCH)
    later = replace(partner, now=partner.now + timedelta(days=200))
    posting = credit(later, "cmp_1", "5", date(2027, 12, 31))
    found = all_postings(partner)[2:]
    assert [(each.cause.kind, each.day, each.sequence) for each in found] == [
        ("expiry", date(2027, 1, 1), 3),
        ("expiry", date(2027, 4, 1), 4),
        ("purchase", later.today, 5),
    ]
    assert [each.entries[0] for each in found] == [
        ("available", -10, DECEMBER),
        ("available", -20, MARCH),
        ("available", 5, date(2027, 12, 31)),
    ]
    assert posting.balances == (0, 5, 0, 0, 30, 0, -35)


def test_a_day_that_passes_posts_what_expired_once(partner: Context) -> None:
    credit(partner, "cmp_1", "10", DECEMBER)
    later = replace(partner, now=partner.now + timedelta(days=42))
    posted = [len(ledger.pass_day(later, "cmp_1", lambda tx, book: None)) for _ in range(3)]
    assert posted == [1, 0, 0]


def test_a_late_credit_of_a_lot_that_expired_expires_at_once(partner: Context) -> None:
    later = replace(partner, now=partner.now + timedelta(days=42))
    posting = credit(later, "cmp_1", "10", DECEMBER)
    assert posting.entries == (("expired", 10, DECEMBER), ("issued", -10, None))


def test_a_clock_that_goes_back_does_not_turn_back_the_ledger(partner: Context) -> None:
    ahead = replace(partner, now=partner.now + timedelta(days=42))
    credit(ahead, "cmp_1", "10", MARCH)
    behind = credit(partner, "cmp_1", "20", DECEMBER)
    first, second = all_postings(partner)
    assert (second.at, second.day) == (first.at, first.day)
    assert behind.balances.expired == 20


def test_whether_a_balance_may_fall_below_zero_is_the_clubs_policy(partner: Context) -> None:
    given = credit(partner, "cmp_1", "100")
    redeem_at_once(partner, "cmp_1", Decimal(100))
    strict = with_figures(partner, Bonuses, negative_balance=False)
    returned = reverse(strict, "cmp_1", given)
    borne = all_postings(partner)[-1]
    assert returned.balances.available == -100
    assert (borne.cause.kind, borne.cause.reverses) == ("write_off", returned.posting_id)
    assert borne.entries == (("available", 100, None), ("issued", -100, None))
    assert balances(partner).available == 0


def test_everything_posted_is_told_as_an_event(partner: Context) -> None:
    credit(partner, "cmp_1", "100")
    events = [item["event"] for item in everything(partner).values() if "event" in item]
    assert events == ["bonus.posted"]
