"""A night's work is proportional to who is due, whatever the size of the membership."""

import pytest

from chalicelib.platform.work import Work
from chalicelib.table import Table
from tests.conftest import NOON
from tests.tiers.nights import two_nights


def test_a_night_costs_the_same_among_ten_times_as_many_members(local_table: Table, monkeypatch: pytest.MonkeyPatch):
    alone, among_many = two_nights(Work(table=local_table, now=NOON), monkeypatch, due=50, members=500)
    assert among_many.calls == alone.calls
    assert among_many.read_units == pytest.approx(alone.read_units, rel=0.1)
    assert among_many.write_units == pytest.approx(alone.write_units, rel=0.1)
