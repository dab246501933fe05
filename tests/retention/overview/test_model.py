"""Sums at risk, by manager and by reason."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.cases.model import CaseState, SilenceReason
from chalicelib.retention.cases.rules import opened
from chalicelib.retention.overview.model import NONE, AtRisk, OverviewDay, QuietCompany, fold, month_ends
from chalicelib.retention.states.rules import RhythmState
from chalicelib.table.records import from_item, to_item

TODAY = date(2026, 11, 20)
QUIET = [RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.LOST]


def company(
    state: RhythmState, manager_id: str | None, reason: SilenceReason | None = None, *, ended: bool = False
) -> QuietCompany:
    case = replace(opened("cas_1", "cmp_1", state, manager_id, TODAY), reason=reason)
    return QuietCompany(state, Decimal(100), replace(case, state=CaseState.ENDED) if ended else case)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(QUIET), st.sampled_from([None, "mbr_1", "mbr_2"]), st.sampled_from([None, *SilenceReason])
        )
    )
)
def test_managers_and_reasons_add_up_to_the_total(
    several: list[tuple[RhythmState, str | None, SilenceReason | None]],
) -> None:
    found = fold(TODAY, [company(*each) for each in several])
    for parts in (found.managers, found.reasons):
        assert sum(each.usual_sum for each in parts.values()) == found.total.usual_sum == 100 * len(several)
        assert sum(each.dormant for each in parts.values()) == found.total.dormant


def test_who_closed_down_is_counted_with_its_reason_only() -> None:
    found = fold(
        TODAY,
        [
            company(RhythmState.LOST, "mbr_1", SilenceReason.CLOSED, ended=True),
            QuietCompany(RhythmState.LOST, Decimal(5), None),
        ],
    )
    assert found.total == AtRisk(lost=1, usual_sum=Decimal(5)) == found.managers[NONE]
    assert found.reasons["closed"].lost == 1


def test_sums_of_other_currencies_stand_apart() -> None:
    found = fold(
        TODAY,
        [
            company(RhythmState.LOST, "mbr_1"),
            *(QuietCompany(RhythmState.DORMANT, Decimal(amount), None, "KZT") for amount in (7, 8)),
            QuietCompany(RhythmState.DORMANT, Decimal(0), None, "EUR"),
        ],
    )
    assert found.total == AtRisk(dormant=3, lost=1, usual_sum=Decimal(100), others={"KZT": Decimal(15)})
    assert from_item(OverviewDay, to_item(found)) == found


def test_a_month_shows_its_last_night() -> None:
    days = [OverviewDay(TODAY + timedelta(days=offset), AtRisk(dormant=offset), {}, {}) for offset in range(0, 40, 3)]
    assert [(each.day.month, each.total.dormant) for each in month_ends(days)] == [(12, 39), (11, 9)]
