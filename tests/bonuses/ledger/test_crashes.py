"""The process dies, replies get lost, others come between: the repeated request makes one effect of it, whole."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain, count
from unittest.mock import MagicMock

import pytest

from app import app
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Cause, Posting
from chalicelib.bonuses.redemptions import consumers as redemptions_consumers
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.bonuses.steps import Shop, all_postings, balances, credit
from tests.conftest import NOON
from tests.support.api import Answer, Api
from tests.support.crashes import crashes, lost_replies, races, watched
from tests.support.memory import MemoryDynamo

DECEMBER = date(2026, 12, 31)


class Stage:
    """A partner with an order and bonuses, kept in memory; it can be put back to its beginning."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.memory = MemoryDynamo()
        numbers = count(1)
        table = Table(watched(self.memory, "dynamodb"), "club", sleep=lambda seconds: None)
        context = Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")
        monkeypatch.setattr(respond, "context_now", lambda: context)
        monkeypatch.setattr(aws, "secret", lambda: "a secret for tests only")
        monkeypatch.setattr(aws, "sqs", MagicMock)  # it takes what a consumer failed at
        self._monkeypatch = monkeypatch
        self.shop = Shop(Api(app), context, monkeypatch)
        self.given = credit(context, "cmp_1", "700", DECEMBER)
        credit(context, "cmp_1", "500")
        self.order_id = self.shop.market.placed({"LMP-1": 10})
        self.held_id = self.shop.redeemed("600", order_id=self.order_id)
        self.other_order_id = self.shop.market.placed({"LMP-1": 10})
        self.redemption_id = self.shop.redeemed("250")
        self.reduced_order_id = self.shop.market.placed({"LMP-1": 10})
        self.reduced_id = self.shop.redeemed("200", order_id=self.reduced_order_id)
        self.adjustment_id = self.shop.adjust("50000").json["adjustment_id"]
        self.shop.market.reject(self.order_id)
        self.shop.market.accept(self.reduced_order_id, {"LMP-1": 1})
        self.shop.later(days=50)  # the first lot has expired
        self._beginning = deepcopy(vars(self.memory))

    def back(self) -> None:
        vars(self.memory).update(deepcopy(self._beginning))

    def attempt(self, step: str) -> Answer | None:
        """With ids that are the same each time."""
        numbers = count(1)
        context = replace(self.shop.context, new_id=lambda prefix: f"{prefix}_again{next(numbers)}")
        self._monkeypatch.setattr(respond, "context_now", lambda: context)
        return STEPS[step](self)


def take_back(stage: Stage) -> None:
    """Takes back the first credit, as a consumer of the return does."""
    cause = Cause("return", ("again",), reverses=stage.given.posting_id)
    ledger.change(
        stage.shop.context,
        "cmp_1",
        "RUB",
        cause,
        lambda book: ledger_rules.credit(book, DECEMBER, Decimal(-700), book.day),
    )


def tell_of_the_order(stage: Stage) -> None:
    stage.shop.deliver({"order.rejected": [redemptions_consumers.on_order_changed]})


def tell_of_the_acceptance(stage: Stage) -> None:
    stage.shop.deliver({"order.accepted": [redemptions_consumers.on_order_changed]})


def pass_the_day(stage: Stage) -> None:
    ledger.pass_day(stage.shop.context, "cmp_1", lambda tx, book: None)


STEPS: dict[str, Callable[[Stage], Answer | None]] = {
    "redeem": lambda stage: stage.shop.redeem("100", key="redeem"),
    "redeem for an order": lambda stage: stage.shop.redeem(
        "100", order_id=stage.other_order_id, key="redeem-for-an-order"
    ),
    "cancel": lambda stage: stage.shop.cancel(stage.redemption_id, key="cancel"),
    "complete": lambda stage: stage.shop.complete(stage.redemption_id, key="complete"),
    "cancel for the company": lambda stage: stage.shop.cancel_for(stage.reduced_id, key="cancel-for-the-company"),
    "adjust": lambda stage: stage.shop.adjust("-100", key="adjust"),
    "ask for an adjustment": lambda stage: stage.shop.adjust("20000", key="ask-for-an-adjustment"),
    "approve": lambda stage: stage.shop.decide("approve", stage.adjustment_id, stage.shop.head, key="approve"),
    "reject": lambda stage: stage.shop.decide("reject", stage.adjustment_id, stage.shop.head, key="reject"),
    "reverse": take_back,
    "tell that the order ended": tell_of_the_order,
    "tell that less was accepted": tell_of_the_acceptance,
    "pass the day": pass_the_day,
}
MOVING = [step for step in STEPS if step not in ("ask for an adjustment", "reject")]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_step_is_finished_by_its_repeat_and_done_once(stage: Stage, step: str) -> None:
    undisturbed = stage.attempt(step)
    assert undisturbed is None or undisturbed.status in (200, 201), undisturbed
    wanted = deepcopy(stage.memory.items)

    rounds = 0
    for interruption in chain(crashes(), lost_replies()):
        stage.back()
        with interruption:
            stage.attempt(step)
        again = stage.attempt(step)
        if undisturbed and again:
            assert (again.status, again.json) == (undisturbed.status, undisturbed.json), interruption
        assert stage.memory.items == wanted, interruption
        rounds += 1
    assert rounds > 4


@pytest.mark.parametrize("step", STEPS)
def test_a_twin_of_the_request_makes_the_same_effect(stage: Stage, step: str) -> None:
    stage.attempt(step)
    wanted, balance = kinds(stage), balances(stage.shop.context)
    told: list[Answer | None] = []
    for race in races(lambda: told.append(STEPS[step](stage))):
        stage.back()
        with race:
            answer = stage.attempt(step)
        if race.happened and answer:
            assert (answer.status, answer.json) == (told[-1].status, told[-1].json), race  # type: ignore[union-attr]
        assert (kinds(stage), balances(stage.shop.context)) == (wanted, balance), race


@pytest.mark.parametrize("other", MOVING)
@pytest.mark.parametrize("step", ["redeem", "cancel", "cancel for the company", "reverse"])
def test_whoever_comes_between_both_effects_add_up(stage: Stage, step: str, other: str) -> None:
    """Each step may be refused, since the other one took what it needs; nothing is lost, and nothing moves twice."""
    for race in races(lambda: STEPS[other](stage) and None):
        stage.back()
        with race:
            stage.attempt(step)
        found = all_postings(stage.shop.context)
        assert [posting.sequence for posting in found] == list(range(1, len(found) + 1)), race
        sums = [sum(each) for each in zip(*(moved(posting) for posting in found), strict=True)]
        assert ledger_rules.Balances(*sums) == balances(stage.shop.context) == found[-1].balances, race
        assert len({(*posting.cause.key, posting.cause.kind) for posting in found}) == len(found), race


def kinds(stage: Stage) -> list[tuple[str, str]]:
    """Of all items: the partition, and the first word of the sort key."""
    return sorted((pk.partition("#")[0], sk.partition("#")[0]) for pk, sk in stage.memory.items)


def moved(posting: Posting) -> list[Decimal]:
    return [
        sum((entry.amount for entry in posting.entries if entry.account == account), Decimal(0))
        for account in ledger_rules.Balances._fields
    ]
