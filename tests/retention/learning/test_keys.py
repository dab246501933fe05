"""The calls and the capacity of the keys of learning, counted as AWS counts."""

from decimal import Decimal
from random import Random

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.parts import Part
from chalicelib.retention.learning import keys, service, store
from chalicelib.retention.learning.store import Learned
from chalicelib.retention.rhythm.orders.rules import OrderDay
from chalicelib.retention.rhythm.rules import learn_club
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.support.spent import measures, spent
from tests.tiers.steps import company


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@measures(keys.club_rhythm)
def test_what_a_club_with_seasons_learned_is_one_read_of_at_most_one_unit(context: Context) -> None:
    random, today = Random(4), context.today.toordinal()
    histories = [
        [OrderDay(day, random.uniform(50, 500), 1) for day in range(today - 800 + number, today, 9 + number % 50)]
        for number in range(60)
    ]
    learned = Learned(learn_club(histories, today), context.today, Decimal(10) ** 9, len(histories))
    store.put_club(context, learned)
    with spent(context.table.client) as cost:
        found = service.club_rhythm(context)
    assert found.day == context.today and found.club.score is not None
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(keys.learning, keys.learning_part)
def test_a_run_and_a_part_of_it_are_one_call(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.WORK.__class__, "announce", lambda *asked: None)
    company_id = company(context)
    learning_id = service.start(context)
    assert learning_id and store.WORK.create_part(context, learning_id, Part(1, [company_id], None))
    with spent(context.table.client) as cost:
        found, part = store.WORK.load_with_part(context, learning_id, 1)
    assert found and part
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 2)
