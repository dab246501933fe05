"""Filters and order of the list of companies. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.retention import RhythmState

Sort = Literal["name", "purchases", "newest_order", "oldest_order"]
NO_TIER = "none"
DORMANT = (RhythmState.DORMANT, RhythmState.LOST)
_FALLING = ("purchases", "newest_order")
_LAST = "~"  # stands after every day


class CompanyRow(NamedTuple):
    """A company with what it is sorted and narrowed by. `name`: as lists sort it. `tier`: its code, empty without one. `state`: None before its first night."""

    company_id: str
    name: str
    tier: str
    purchases: Decimal
    currency: str
    state: RhythmState | None
    last_order: date | None


class CompanyFilter(NamedTuple):
    """None: any. `tier`: a code, or NO_TIER. `dormant`: the state is dormant or lost, or it is neither."""

    tier: str | None = None
    state: RhythmState | None = None
    dormant: bool | None = None

    def holds(self, row: CompanyRow) -> bool:
        return (
            self.tier in (None, row.tier or NO_TIER)
            and self.state in (None, row.state)
            and self.dormant in (None, row.state in DORMANT)
        )

    @property
    def quiet_states(self) -> tuple[RhythmState, ...]:
        """The states of silence that hold every company of the filter; empty where others may pass it."""
        if self.state in (RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.LOST):
            return (self.state,)
        return DORMANT if self.dormant else ()


def page(rows: Iterable[CompanyRow], sort: Sort, limit: int, after: Mapping[str, str] | None) -> list[CompanyRow]:
    """The next `limit` rows after a place; companies without an order come last. The place of a row: `place`."""
    falling = sort in _FALLING
    if after:
        passed = after["key"], after["company_id"]
        rows = [row for row in rows if (_rank(row, sort) < passed if falling else _rank(row, sort) > passed)]
    return sorted(rows, key=lambda row: _rank(row, sort), reverse=falling)[:limit]


def place(row: CompanyRow, sort: Sort) -> dict[str, str]:
    key, company_id = _rank(row, sort)
    return {"key": key, "company_id": company_id}


def _rank(row: CompanyRow, sort: Sort) -> tuple[str, str]:
    """Texts that sort as what they stand for, so that they fit into a cursor. Sums of one currency stand together."""
    if sort == "purchases":
        return f"{row.currency} {max(row.purchases, Decimal(0)):020.2f}", row.company_id
    if sort == "name":
        return row.name, row.company_id
    missing = "" if sort in _FALLING else _LAST
    return row.last_order.isoformat() if row.last_order else missing, row.company_id
