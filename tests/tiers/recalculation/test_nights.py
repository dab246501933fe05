"""A night's work is proportional to who is due, whatever the size of the membership."""

from datetime import timedelta

import pytest

from chalicelib.platform import jobs
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.support.metered import metered
from tests.tiers.nights import Membership, two_nights


def test_a_night_costs_the_same_among_ten_times_as_many_members(local_table: Table, monkeypatch: pytest.MonkeyPatch):
    """And the table in memory, on which the benchmark tries a million members, counts as the local cloud does."""
    alone, among_many = two_nights(Context(table=local_table, now=NOON), monkeypatch, due=50, members=500)
    assert among_many.calls == alone.calls
    assert among_many.read_units == pytest.approx(alone.read_units, rel=0.1)
    assert among_many.write_units == pytest.approx(alone.write_units, rel=0.1)

    simulated = Context(table=Table(Membership(), "club"), now=NOON)  # type: ignore[arg-type]
    for found, counted in zip(
        two_nights(simulated, monkeypatch, due=50, members=500), (alone, among_many), strict=True
    ):
        assert found.calls == counted.calls
        assert found.read_units == pytest.approx(counted.read_units, rel=0.05)
        assert found.write_units == pytest.approx(counted.write_units, rel=0.05)


def test_whoever_asks_for_many_pays_for_many(monkeypatch: pytest.MonkeyPatch):
    """The crowd of the simulated membership is there for who looks at it."""
    context = Context(table=Table(Membership(), "club"), now=NOON)  # type: ignore[arg-type]
    two_nights(context, monkeypatch, due=1, members=881)
    with metered(context.table.client) as cost:
        named = list(jobs.due_between(context, "tiers", context.today, context.today + timedelta(days=91)))
    assert len(named) == 881
    assert cost.read_units > 200
