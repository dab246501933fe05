"""Accruals where the worker dies, replies get lost, or another fact comes between: the next delivery ends in the same balances."""

from collections.abc import Callable
from copy import deepcopy
from itertools import chain
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.platform.context import Context
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from tests.bonuses.accruals.steps import NOON, Stream, document, memory_work, overdrawn, postings, standing
from tests.support import partners
from tests.support.crashes import crashes, lost_replies, races
from tests.support.memory import MemoryDynamo

TODAY = NOON.date()
EARLIER = TODAY.replace(day=2)
COMPANIES = ("cmp_a", "cmp_b")


class Stage:
    """A club with some history, every event of which was delivered; it can be put back to its beginning."""

    def __init__(self) -> None:
        self.context = memory_work()
        for company_id in COMPANIES:
            partners.company(self.context, company_id)
        self.sale = document("cmp_a", "1", EARLIER, "100000.00")
        self.small = document("cmp_a", "2", TODAY, "40000.00")
        self.back_again = document("cmp_a", "R", TODAY, "10000.00", returns="1")
        sales.record(self.context, [self.sale, self.small])
        payments.record_payments(self.context, [Payment(self.small.ref, TODAY)], by="test")
        Stream(self.context).drain()

    @property
    def memory(self) -> MemoryDynamo:
        client: Any = self.context.table.client
        return client._fake

    def kept(self) -> dict[str, Any]:
        return deepcopy(vars(self.memory))

    def back(self, kept: dict[str, Any]) -> None:
        vars(self.memory).update(deepcopy(kept))


def sale(stage: Stage) -> None:
    """A late one, that lifts the tier of a later day."""
    sales.record(stage.context, [document("cmp_a", "0", EARLIER, "20000.00")])


def paying(stage: Stage) -> None:
    payments.record_payments(stage.context, [Payment(stage.sale.ref, TODAY)], by="test")


def giving_back(stage: Stage) -> None:
    sales.record(stage.context, [stage.back_again])


def correction(stage: Stage) -> None:
    """Down, so far that the later day loses its tier."""
    sales.record(stage.context, [stage.sale._replace(lines=[stage.sale.lines[0]._replace(amount=stage.small.total)])])


def moving(stage: Stage) -> None:
    sales.record(stage.context, [stage.small._replace(company_id="cmp_b")])


FACTS: dict[str, Callable[[Stage], None]] = {
    "a late sale": sale,
    "a payment": paying,
    "a return": giving_back,
    "a correction": correction,
    "a move": moving,
}


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


def state(context: Context) -> list[Any]:
    return [standing(context, company_id) for company_id in COMPANIES]


def deliver_all(context: Context) -> None:
    """Every event from the beginning, as a stream that starts again would."""
    Stream(context).drain()


@pytest.mark.parametrize("fact", FACTS)
def test_wherever_it_breaks_off_the_next_delivery_ends_the_same(stage: Stage, fact: str) -> None:
    beginning = stage.kept()
    try:
        seen = Stream(stage.context)
        seen.new()
        FACTS[fact](stage)
        happened = seen.new()
        told = stage.kept()
        deliver_all(stage.context)
        undisturbed, count = state(stage.context), len(postings(stage.context, "cmp_a"))
        rounds = 0
        for interruption in chain(crashes(), lost_replies()):
            stage.back(told)
            with interruption:
                seen.deliver(happened)
            deliver_all(stage.context)
            assert state(stage.context) == undisturbed, interruption
            assert len(postings(stage.context, "cmp_a")) == count, interruption
            assert_sound(stage.context)
            rounds += 1
        assert rounds > 20
    finally:
        stage.back(beginning)


@pytest.mark.parametrize("other", FACTS)
@pytest.mark.parametrize("fact", FACTS)
def test_whatever_comes_between_the_end_is_that_of_both(stage: Stage, fact: str, other: str) -> None:
    """The other fact is recorded and delivered to its end before each call in turn; nothing is delivered again."""
    if fact == other:
        pytest.skip("the same fact")
    beginning = stage.kept()
    try:
        seen = Stream(stage.context)
        seen.new()
        FACTS[fact](stage)
        happened = seen.new()
        told, before = stage.kept(), set(seen.seen)

        def come_between() -> None:
            FACTS[other](stage)
            seen.drain()

        come_between()
        deliver_all(stage.context)
        undisturbed = state(stage.context)
        for race in races(come_between):
            stage.back(told)
            seen.seen = set(before)
            with race:
                seen.deliver(happened)
            if not race.happened:
                break
            seen.drain()
            assert state(stage.context) == undisturbed, race
            assert_sound(stage.context)
    finally:
        stage.back(beginning)


def assert_sound(context: Context) -> None:
    for company_id in COMPANIES:
        for sequence, posting in enumerate(postings(context, company_id), 1):
            assert posting.sequence == sequence
            assert sum(entry.amount for entry in posting.entries) == 0
        assert overdrawn(context, company_id) == []
