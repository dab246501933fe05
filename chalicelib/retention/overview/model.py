"""The overview of a night: what is at risk, by manager and by reason. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.retention.cases.model import Case, CaseState
from chalicelib.retention.states.rules import RhythmState

NONE = "-"  # in place of a manager or a reason: an attribute of the table has a name
MONTH_LATE = 30  # days after its day, from which a case is shown to the head of sales


class AtRisk(NamedTuple):
    """Quiet companies by state, and the turnover of 90 days that they usually make: `usual_sum` of those in the club's currency, `others` by
    any other currency.
    """

    at_risk: int = 0
    dormant: int = 0
    lost: int = 0
    usual_sum: Decimal = Decimal(0)
    others: Mapping[str, Decimal] = MappingProxyType({})


class QuietCompany(NamedTuple):
    """A quiet company and its case. `currency`: None for the club's."""

    state: RhythmState
    usual_sum: Decimal
    case: Case | None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class OverviewDay:
    """`managers`: by id; `reasons`: the last reason that a company named. NONE for companies without one.

    `companies`: in the club's currency with orders, as the club last counted them; `silent`: those of them that are dormant or lost.
    `without_next_step`: quiet companies that have neither a next day nor an end.
    """

    day: date
    total: AtRisk
    managers: dict[str, AtRisk]
    reasons: dict[str, AtRisk]
    companies: int = 0
    without_next_step: int = 0
    silent: int = 0

    @property
    def dormant_share(self) -> Decimal | None:
        """Of the companies in the club's currency with orders, the percentage that is dormant or lost; None before the club has counted them."""
        if not self.companies:
            return None
        return (Decimal(100 * min(self.silent, self.companies)) / self.companies).quantize(Decimal("0.1"))


def fold(day: date, several: Iterable[QuietCompany], companies: int = 0) -> OverviewDay:
    """The overview of these companies; who closed down is counted with its reason only."""
    total, without_next_step, silent = AtRisk(), 0, 0
    managers: dict[str, AtRisk] = defaultdict(AtRisk)
    reasons: dict[str, AtRisk] = defaultdict(AtRisk)
    for each in several:
        without_next_step += each.case is None
        reason = each.case.reason.value if each.case and each.case.reason else NONE
        reasons[reason] = _with(reasons[reason], each)
        if each.case and each.case.state is CaseState.ENDED:
            continue
        manager_id = (each.case.manager_id if each.case else None) or NONE
        managers[manager_id] = _with(managers[manager_id], each)
        total = _with(total, each)
        silent += each.currency is None and each.state in (RhythmState.DORMANT, RhythmState.LOST)
    return OverviewDay(day, total, dict(managers), dict(reasons), companies, without_next_step, silent)


def _with(sums: AtRisk, each: QuietCompany) -> AtRisk:
    known, others = sums.usual_sum, sums.others
    if each.currency is None:
        known += each.usual_sum
    elif each.usual_sum:
        others = {**others, each.currency: others.get(each.currency, Decimal(0)) + each.usual_sum}
    return AtRisk(
        sums.at_risk + (each.state is RhythmState.AT_RISK),
        sums.dormant + (each.state is RhythmState.DORMANT),
        sums.lost + (each.state is RhythmState.LOST),
        known,
        others,
    )


def month_ends(days: Iterable[OverviewDay]) -> list[OverviewDay]:
    """The last overview of each month, the newest month first."""
    found: dict[str, OverviewDay] = {}
    for each in sorted(days, key=lambda each: each.day):
        found[f"{each.day:%Y-%m}"] = each
    return list(found.values())[::-1]
