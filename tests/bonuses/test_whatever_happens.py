"""Whatever a company, its purchases, the staff and the calendar do, in any order and told once or twice: the ledger balances."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app import app
from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Balances, Book, Cause, Posting
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from chalicelib.table.records import from_item
from chalicelib.table.transactions import Item
from tests.bonuses.steps import Office
from tests.conftest import NOON
from tests.support.api import Answer, Api
from tests.support.figures import with_figures
from tests.support.memory import MemoryDynamo

amounts = st.sampled_from([Decimal("333.33"), Decimal("120"), Decimal("1000"), Decimal("0.01"), Decimal("77.70")])
shares = st.sampled_from([Decimal("0.3"), Decimal("0.7"), Decimal(1), Decimal("1.01")])  # of what is available
times = st.integers(1, 2)
ways = st.sampled_from(["month", "quarter", "year"])


@pytest.mark.parametrize("negative_balance", [True, False])
def test_the_ledger_balances_whatever_happens(monkeypatch: pytest.MonkeyPatch, negative_balance: bool) -> None:
    monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
    run_state_machine_as_test(
        lambda: Life(monkeypatch, negative_balance=negative_balance),
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


class Life(RuleBasedStateMachine):
    """One company. Every call is made once or twice with the same key or cause."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, negative_balance: bool) -> None:
        super().__init__()
        self.memory = MemoryDynamo()
        ids = count(1)
        context = Context(
            table=Table(self.memory, "club", sleep=lambda seconds: None),  # type: ignore[arg-type]
            now=NOON,
            new_id=lambda prefix: f"{prefix}_{next(ids):04d}",
        )
        context = with_figures(context, Bonuses, negative_balance=negative_balance)
        monkeypatch.setattr(respond, "context_now", lambda: context)
        self.office = Office(Api(app), context, monkeypatch)
        self.negative_balance = negative_balance
        self.numbers = count(1)
        self.pending: dict[int, Decimal] = {}
        self.credited: dict[int, tuple[date, Decimal]] = {}  # what is left of it to reverse
        self.redemptions: dict[str, Decimal] = {}
        self.redeemed = Decimal(0)
        self.issued = Decimal(0)
        self.waiting: dict[str, Decimal] = {}
        self.written: dict[tuple[str, str], Item] = {}

    @property
    def context(self) -> Context:
        return self.office.context

    def change(self, kind: str, number: int, alter: Callable[[Book], Book], times: int, reverses: str = "") -> None:
        cause = Cause(kind, (f"{number}-{next(self.numbers)}",), reverses=reverses)
        posted = [ledger.change(self.context, "cmp_1", "RUB", cause, alter) for _ in range(times)]
        assert len({each.posting for each in map(_told, posted)}) == 1
        assert [each.again for each in posted] == [False, True][:times]

    def send(self, act: Callable[[str], Answer], times: int) -> Answer:
        key = f"request-{next(self.numbers)}"
        answers = [act(key) for _ in range(times)]
        assert len({answer.status for answer in answers}) == 1
        if answers[0].status in (200, 201):
            assert all(answer.json == answers[0].json for answer in answers)
        return answers[0]

    # --- what purchases do --------------------------------------------------------------------------------------------

    @initialize(times=times)
    def there_are_some_lots(self, times: int) -> None:
        for number, (way, periods) in enumerate([("month", 1), ("quarter", 1), ("month", 0), ("year", 1)]):
            ends = ledger_rules.expiry(ledger_rules.Expiry(way, periods), self.context.today)  # type: ignore[arg-type]
            amount = Decimal(110 + 70 * number)
            self.change("purchase", number, lambda book, ends=ends, amount=amount: self.earn(book, ends, amount), times)
            self.credited[-number] = (ends, amount)
            self.issued += amount

    def earn(self, book: Book, ends: date, amount: Decimal) -> Book:
        return ledger_rules.credit(book, ends, amount, self.context.today)

    @rule(amount=amounts, times=times)
    def a_purchase_earns(self, amount: Decimal, times: int) -> None:
        number = next(self.numbers)
        self.change("purchase", number, lambda book: ledger_rules.pend(book, amount), times)
        self.pending[number] = amount
        self.issued += amount

    @precondition(lambda self: self.pending)
    @rule(way=ways, periods=st.integers(0, 2), times=times, data=st.data())
    def it_is_paid(self, way: str, periods: int, times: int, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.pending)))
        amount = self.pending.pop(number)
        day = self.context.today
        ends = ledger_rules.expiry(ledger_rules.Expiry(way, periods), day)  # type: ignore[arg-type]
        self.change(
            "payment",
            number,
            lambda book: ledger_rules.credit(ledger_rules.pend(book, -amount), ends, amount, day),
            times,
        )
        self.credited[number] = (ends, amount)

    @precondition(lambda self: self.credited)
    @rule(part=st.sampled_from([Decimal(1), Decimal("0.5")]), times=times, data=st.data())
    def it_is_returned(self, part: Decimal, times: int, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.credited)))
        ends, left = self.credited.pop(number)
        amount = (left * part).quantize(Decimal("0.01"))
        if amount < left:
            self.credited[number] = (ends, left - amount)
        if not amount:
            return
        day = self.context.today
        self.change("return", number, lambda book: ledger_rules.credit(book, ends, -amount, day), times)
        self.issued -= amount

    # --- what the company does ----------------------------------------------------------------------------------------

    @rule(share=shares, times=times)
    def bonuses_are_redeemed(self, share: Decimal, times: int) -> None:
        before = self.available
        amount = max((before * share).quantize(Decimal("0.01")), Decimal("0.01"))
        answer = self.send(lambda key: self.office.redeem(str(amount), key=key), times)
        if amount < 100:
            assert answer.json["errors"][0]["code"] == "below_minimum"
        elif amount > before:
            assert answer.json["code"] == "not_enough_bonus"
        else:
            assert answer.status == 201
            self.redemptions[answer.json["redemption_id"]] = amount

    @precondition(lambda self: self.redemptions)
    @rule(how=st.sampled_from(["cancel", "complete"]), times=times, data=st.data())
    def a_redemption_ends(self, how: str, times: int, data: st.DataObject) -> None:
        redemption_id = data.draw(st.sampled_from(sorted(self.redemptions)))
        act: Callable[..., Answer] = getattr(self.office, how)
        assert self.send(lambda key: act(redemption_id, key=key), times).status == 200
        amount = self.redemptions.pop(redemption_id)
        if how == "complete":
            self.redeemed += amount
        other = self.office.cancel if how == "complete" else self.office.complete
        assert other(redemption_id).status == 409

    # --- what the staff do --------------------------------------------------------------------------------------------

    @rule(amount=amounts, sign=st.sampled_from([1, -1]), large=st.booleans(), times=times)
    def bonuses_are_adjusted(self, amount: Decimal, sign: int, large: bool, times: int) -> None:
        amount = sign * (amount + (10_000 if large else 0))
        before = self.available
        answer = self.send(lambda key: self.office.adjust(str(amount), key=key), times)
        if -amount > before and amount < 0:
            assert answer.json["code"] == "not_enough_bonus"
        elif large:
            self.waiting[answer.json["adjustment_id"]] = amount
        else:
            self.issued += amount

    @precondition(lambda self: self.waiting)
    @rule(how=st.sampled_from(["approve", "reject"]), times=times, data=st.data())
    def an_adjustment_is_decided(self, how: str, times: int, data: st.DataObject) -> None:
        adjustment_id = data.draw(st.sampled_from(sorted(self.waiting)))
        answer = self.send(lambda key: self.office.decide(how, adjustment_id, self.office.head, key=key), times)
        if answer.status == 422:
            assert -self.waiting[adjustment_id] > self.available
            return
        amount = self.waiting.pop(adjustment_id)
        if how == "approve":
            self.issued += amount

    # --- what the calendar does ---------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 70))
    def days_pass(self, days: int) -> None:
        self.office.later(days=days)

    @rule(times=times)
    def the_night_comes(self, times: int) -> None:
        for _ in range(times):
            ledger.pass_day(self.context, "cmp_1", lambda tx, book: None)

    # --- what holds always --------------------------------------------------------------------------------------------

    @property
    def available(self) -> Decimal:
        return ledger_rules.balances(ledger.book(self.context, "cmp_1"), self.context.today).available

    def postings(self) -> list[Posting]:
        return [from_item(Posting, item) for item in self.context.table.query_all("LEDGER#cmp_1", starts="POSTING#")]

    @invariant()
    def what_is_written_in_the_ledger_stays_as_it_is(self) -> None:
        now = {place: item for place, item in self.memory.items.items() if place[0].startswith("LEDGER#")}
        assert all(now.get(place) == item for place, item in self.written.items())
        self.written = {place: dict(item) for place, item in now.items()}

    @invariant()
    def every_posting_sums_to_zero_and_the_balances_are_the_sum_of_all_entries(self) -> None:
        sums, at = dict.fromkeys(Balances._fields, Decimal(0)), ""
        for number, posting in enumerate(self.postings(), start=1):
            assert (posting.sequence, posting.at >= at) == (number, True)
            assert sum(entry.amount for entry in posting.entries) == 0
            for entry in posting.entries:
                sums[entry.account] += entry.amount
            assert posting.balances == Balances(**sums)
            at = posting.at
        book = ledger.book(self.context, "cmp_1")
        assert ledger_rules.balances(book, book.day) == Balances(**sums)

    @invariant()
    def no_lot_is_spent_twice_or_after_its_day_and_the_oldest_goes_first(self) -> None:
        left: dict[date, Decimal] = {}
        for posting in self.postings():
            moved = {entry.lot: entry.amount for entry in posting.entries if entry.account == "available" and entry.lot}
            if posting.cause.kind == "redemption":
                assert all(posting.day <= lot for lot in moved), "nothing that expired"
                older = [lot for lot in left if posting.day <= lot < max(moved) and left[lot]]
                assert all(left[lot] + moved.get(lot, 0) == 0 for lot in older), "the oldest first"
            for lot, amount in moved.items():
                left[lot] = left.get(lot, Decimal(0)) + amount
                assert left[lot] >= 0, "no more than there was"

    @invariant()
    def what_is_taken_back_is_no_more_than_what_was_given(self) -> None:
        given = {posting.posting_id: posting for posting in self.postings()}
        for posting in given.values():
            if posting.cause.kind == "redemption_cancelled":
                original = given[posting.cause.reverses]
                back = {entry.lot: entry.amount for entry in posting.entries if entry.lot}
                taken = {entry.lot: -entry.amount for entry in original.entries if entry.lot}
                assert sum(back.values()) + _debt(posting) == sum(taken.values())

    @invariant()
    def every_account_holds_what_was_done(self) -> None:
        found = ledger_rules.balances(ledger.book(self.context, "cmp_1"), self.context.today)
        assert found.pending == sum(self.pending.values())
        assert found.reserved == sum(self.redemptions.values())
        assert found.redeemed == self.redeemed
        spent = [amount for lot in ledger.book(self.context, "cmp_1").lots.values() for amount in lot.spent.values()]
        assert sum(spent) == found.reserved + found.redeemed
        assert all(amount > 0 for amount in spent), "what was given back is taken out where it was put in"
        borne = sum(
            -entry.amount
            for posting in self.postings()
            if posting.cause.kind == "write_off"
            for entry in posting.entries
            if entry.account == "issued"
        )
        assert found.issued == -(self.issued + borne)
        assert borne == 0 or not self.negative_balance
        assert found.available >= 0 or self.negative_balance

    @invariant()
    def the_company_sees_just_this(self) -> None:
        found = ledger_rules.balances(ledger.book(self.context, "cmp_1"), self.context.today)
        shown = {account: Decimal(amount) for account, amount in self.office.shown().items()}
        assert shown == {"pending": found.pending, "available": found.available, "reserved": found.reserved}


def _told(posted: ledger.Posted) -> ledger.Posted:
    """Postings hold mappings: compared by their id."""
    return posted._replace(posting=posted.posting and posted.posting.posting_id)  # type: ignore[arg-type]


def _debt(posting: Posting) -> Decimal:
    return sum(
        (entry.amount for entry in posting.entries if entry.account == "available" and not entry.lot), Decimal(0)
    )
