"""The club's figures as the staff read them: one query each, however long the history is."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from chalicelib.analytics.club import store
from chalicelib.analytics.club.formulas import FORMULAS
from chalicelib.analytics.club.rules import MOVES, ClubMonth, Moved, Share, months_of
from chalicelib.analytics.club.schemas import (
    BridgeQuery,
    BridgeRowView,
    BridgeView,
    ClubQuery,
    DashboardFigureView,
    DashboardView,
    MoveView,
    SplitQuery,
    SplitRowView,
    SplitView,
    TurnoverRowView,
    TurnoverView,
)
from chalicelib.analytics.company.rules import change, share
from chalicelib.analytics.rollups.rules import REST, ZERO, last_day, month_of, plus
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.money import Money
from chalicelib.platform.text import Language

MOST_MONTHS = 120
YEAR = 12


class _Asked(NamedTuple):
    currency: str
    months: list[ClubMonth]  # of the period
    known: Mapping[date, ClubMonth]
    head: dict[str, Any]  # the fields that all views share

    def money(self, amount: Decimal) -> Money:
        return Money.of(amount, self.currency)

    def of(self, month: date) -> ClubMonth:
        return self.known.get(month, ClubMonth(month))


def _asked(context: Context, query: ClubQuery, language: Language) -> _Asked:
    """Raises `invalid`."""
    last = date.fromisoformat(f"{query.last}-01") if query.last else plus(month_of(context.today), -1)
    first = date.fromisoformat(f"{query.first}-01") if query.first else plus(last, -11)
    if first > last:
        raise Problem.invalid("range", "/query/from", "The first month lies after the last one.")
    if plus(first, MOST_MONTHS) <= last:
        raise Problem.invalid("too_long", "/query/from", f"Rows of this kind cover at most {MOST_MONTHS} months.")
    currency = query.currency or context.config[Club].currency
    club, as_of = store.read_months(context.table, currency)
    months = months_of(club, first, last)
    head = {
        "currency": currency,
        "first": first,
        "last": last_day(last),
        "as_of": as_of,
        "formulas": FORMULAS[language],
    }
    return _Asked(currency, months, {each.month: each for each in club}, head)


def turnover(context: Context, query: ClubQuery, language: Language) -> TurnoverView:
    asked = _asked(context, query, language)
    rows = [_turnover_row(asked, month) for month in asked.months]
    net = sum((month.net for month in asked.months), ZERO)
    return TurnoverView(**asked.head, row_count=len(rows), net=asked.money(net), rows=rows)


def _turnover_row(asked: _Asked, month: ClubMonth) -> TurnoverRowView:
    before = asked.of(plus(month.month, -YEAR)).net
    return TurnoverRowView(
        month=f"{month.month:%Y-%m}",
        net=asked.money(month.net),
        year_before=asked.money(before),
        change_percent=change(month.net, before),
        active=month.active,
        orders=month.orders,
        largest_percent=share(month.largest, month.net),
        churn_percent=_churn(asked, month),
        saved=asked.money(month.saved),
        saved_percent=share(month.saved, month.net + month.saved),
        credited=asked.money(month.credited),
        credited_percent=share(month.credited, month.net),
    )


def _churn(asked: _Asked, month: ClubMonth) -> Decimal | None:
    lost = month.moves.get("lost", Moved(0, ZERO)).companies
    return share(Decimal(lost), Decimal(asked.of(plus(month.month, -1)).active))


def bridge(context: Context, query: BridgeQuery, language: Language) -> BridgeView:
    asked = _asked(context, query, language)
    back = YEAR if query.against == "year" else 1
    rows = [
        BridgeRowView(
            month=f"{month.month:%Y-%m}",
            before=asked.money(before := asked.of(plus(month.month, -back)).net),
            net=asked.money(month.net),
            change=asked.money(month.net - before),
            moves=_moves(asked, month.moves_of_year if query.against == "year" else month.moves),
        )
        for month in asked.months
    ]
    return BridgeView(**asked.head, row_count=len(rows), rows=rows)


def _moves(asked: _Asked, moves: Mapping[str, Moved]) -> list[MoveView]:
    found = ((name, moves.get(name, Moved(0, ZERO))) for name in MOVES)
    return [MoveView(move=name, companies=each.companies, change=asked.money(each.change)) for name, each in found]


def split(context: Context, query: SplitQuery, language: Language) -> SplitView:
    asked = _asked(context, query, language)
    parts = [month.splits.get(query.by, {}) for month in asked.months]
    total = sum((each.net for month in parts for each in month.values()), ZERO)
    sums = {name: sum((month.get(name, _NOTHING).net for month in parts), ZERO) for month in parts for name in month}
    names = sorted(sums, key=lambda name: (name == REST, -sums[name], name))
    rows = [_split_row(asked, name, sums[name], total, parts) for name in names]
    return SplitView(**asked.head, row_count=len(rows), net=asked.money(total), rows=rows)


_NOTHING = Share(ZERO, 0)


def _split_row(
    asked: _Asked, name: str, net: Decimal, total: Decimal, parts: Sequence[Mapping[str, Share]]
) -> SplitRowView:
    found = [month.get(name, _NOTHING) for month in parts]
    return SplitRowView(
        name=name,
        net=asked.money(net),
        share_percent=share(net, total),
        months=[asked.money(each.net) for each in found],
        companies=[each.companies for each in found],
    )


# --- the dashboard ----------------------------------------------------------------------------------------------------


def dashboard(context: Context, language: Language) -> DashboardView:
    """Ten figures of the last month that is over, each beside the year before. One query."""
    asked = _asked(context, ClubQuery(), language)
    month = asked.months[-1]
    before = asked.of(plus(month.month, -YEAR))
    now, then = _ten(asked, month), _ten(asked, before) if before.month in asked.known else {}
    return DashboardView(
        month=f"{month.month:%Y-%m}",
        currency=asked.currency,
        as_of=asked.head["as_of"],
        figures=[
            DashboardFigureView(
                name=name,
                value=_text(value) if asked.head["as_of"] else None,
                unit=unit,
                year_before=_text(then[name][0]) if name in then else None,
                formula=FORMULAS[language][name],
                rows_url=f"/v1/staff/analytics/{figure}?from={month.month:%Y-%m}&to={month.month:%Y-%m}",
            )
            for name, (value, unit, figure) in now.items()
        ],
    )


def _ten(asked: _Asked, month: ClubMonth) -> dict[str, tuple[Any, Any, str]]:
    """By name: value, unit, and the figure that shows the rows."""
    row = _turnover_row(asked, month)
    counted = {name: month.moves.get(name, Moved(0, ZERO)).companies for name in ("new", "won_back", "lost")}
    return {
        "net": (month.net, "money", "turnover"),
        "active": (month.active, "number", "turnover"),
        "orders": (month.orders, "number", "turnover"),
        **{name: (number, "number", "bridge") for name, number in counted.items()},
        "churn_percent": (row.churn_percent, "percent", "turnover"),
        "largest_percent": (row.largest_percent, "percent", "turnover"),
        "saved_percent": (row.saved_percent, "percent", "turnover"),
        "credited_percent": (row.credited_percent, "percent", "turnover"),
    }


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
