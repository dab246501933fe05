"""A night's work and an audit's are proportional to who is due and who moved, whatever the size of the membership."""

import pytest

from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.bonuses.audit.membership import EVE, two_memberships


def test_a_night_and_an_audit_cost_the_same_among_ten_times_as_many(
    local_table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, among_many = two_memberships(Context(table=local_table, now=EVE), monkeypatch, due=25, of=250)
    for few, many in ((alone.night, among_many.night), (alone.audit, among_many.audit)):
        assert many.calls == few.calls
        assert many.read_units == pytest.approx(few.read_units, rel=0.1)
        assert many.write_units == pytest.approx(few.write_units, rel=0.1)
