"""Filters and order of the list of companies."""

from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.desk.companies.rules import NO_TIER, CompanyFilter, CompanyRow, Sort, page, place
from chalicelib.retention import RhythmState

rows = st.lists(
    st.builds(
        CompanyRow,
        company_id=st.uuids().map(str),
        name=st.sampled_from(["альфа", "бета", "beta", ""]),
        tier=st.sampled_from(["", "gold"]),
        purchases=st.decimals("-9999999.99", "99999999.99", places=2),
        currency=st.sampled_from(["EUR", "RUB"]),
        state=st.none() | st.sampled_from(RhythmState),
        last_order=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    ),
    unique_by=lambda row: row.company_id,
    max_size=30,
)


@pytest.mark.parametrize("sort", get_args(Sort))
@given(rows=rows, limit=st.integers(1, 7))
def test_the_pages_of_any_order_show_every_company_once(sort: Sort, rows: list[CompanyRow], limit: int) -> None:
    after, seen = None, []
    while cut := page(rows, sort, limit, after):
        seen += cut
        after = place(cut[-1], sort)
    assert len(seen) == len(rows) and set(seen) == set(rows)
    with_order = [row.last_order for row in seen if row.last_order]
    if sort == "purchases":
        sums = [(row.currency, max(row.purchases, Decimal(0))) for row in seen]
        assert sums == sorted(sums, reverse=True)
    elif sort == "name":
        assert [row.name for row in seen] == sorted(row.name for row in seen)
    else:
        assert with_order == sorted(with_order, reverse=sort == "newest_order")
        assert all(row.last_order is None for row in seen[len(with_order) :])


@given(rows=rows, chosen=st.none() | st.sampled_from(RhythmState), dormant=st.none() | st.booleans())
def test_a_filter_that_reads_the_quiet_only_misses_nobody(
    rows: list[CompanyRow], chosen: RhythmState | None, dormant: bool | None
) -> None:
    wanted = CompanyFilter(state=chosen, dormant=dormant)
    if wanted.quiet_states:
        assert all(row.state in wanted.quiet_states for row in rows if wanted.holds(row))


def test_a_company_without_a_tier_is_found_by_that() -> None:
    row = CompanyRow("cmp_1", "альфа", "", Decimal(0), "RUB", None, None)
    assert CompanyFilter(tier=NO_TIER).holds(row) and not CompanyFilter(tier="gold").holds(row)
    assert CompanyFilter(dormant=False).holds(row) and not CompanyFilter(dormant=True).holds(row)
