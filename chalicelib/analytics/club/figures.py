"""The club's figures as the staff read them: one query or two each, however long the history is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalicelib import companies, distributors, members
from chalicelib.analytics.club import charts, store
from chalicelib.analytics.club.rules import (
    BACK,
    BRIDGED,
    GOODS,
    MONTHS_OF_GOODS,
    MOVES,
    NOT_MOVED,
    Against,
    Bridge,
    ClubMonth,
    Move,
    Ratio,
    Share,
    Split,
    months_of,
)
from chalicelib.analytics.club.schemas import (
    BridgeQuery,
    BridgeRowView,
    BridgeView,
    ClubPeriod,
    ClubQuery,
    CohortQuarterView,
    CohortsView,
    CohortView,
    ConcentrationMonthView,
    ConcentrationView,
    CustomersRowView,
    CustomersView,
    DashboardFigureView,
    DashboardView,
    LargeCompanyView,
    MovedCompaniesView,
    MoveQuery,
    MoverView,
    MoveView,
    SplitQuery,
    SplitRowView,
    SplitView,
    TurnoverRowView,
    TurnoverView,
)
from chalicelib.analytics.company.charts import MOST_BARS, Bar, by_name, by_time, title_by, words_of
from chalicelib.analytics.company.rules import change, share
from chalicelib.analytics.rollups.rules import REST, ZERO, last_day, month_of, plus
from chalicelib.platform import ChartView, Club, Context, Language, Money, Problem, months_in, quarter_of
from chalicelib.platform.charts import Chart
from chalicelib.platform.config.region_config import region_names
from chalicelib.platform.words.texts import Texts

FORMULAS = Texts(__file__, "words", "formulas")

MOST_MONTHS = 120
YEAR = 12


class _ClubMonths(NamedTuple):
    currency: str
    months: list[ClubMonth]  # of the period
    known: Mapping[date, ClubMonth]
    head: dict[str, Any]  # the fields that all views share

    def money(self, amount: Decimal) -> Money:
        return Money.of(amount, self.currency)

    def of(self, month: date) -> ClubMonth:
        return self.known.get(month, ClubMonth(month))

    def companies_url(self, first: date, last: date, **row: str) -> str:
        """The companies behind a row of these months."""
        months = {"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}", "currency": self.currency}
        return f"/v1/staff/analytics/companies?{urlencode(months | row)}"


def period_of(context: Context, query: ClubPeriod) -> tuple[date, date]:
    """The first and the last month. Raises `invalid` for a period that is empty or too long."""
    last = date.fromisoformat(f"{query.last}-01") if query.last else plus(month_of(context.today), -1)
    first = date.fromisoformat(f"{query.first}-01") if query.first else plus(last, -11)
    if first > last:
        raise Problem.invalid("range", "/query/from", "The first month lies after the last one.")
    if plus(first, MOST_MONTHS) <= last:
        raise Problem.invalid("too_long", "/query/from", f"Rows of this kind cover at most {MOST_MONTHS} months.")
    return first, last


def own_analytics_url(company_id: str, first: date, last: date, currency: str) -> str:
    """A company's own analytics of these months."""
    months = urlencode({"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}", "currency": currency})
    return f"/v1/staff/companies/{company_id}/analytics?{months}"


def _asked(context: Context, query: ClubQuery, language: Language) -> _ClubMonths:
    """Raises as `period_of` does."""
    first, last = period_of(context, query)
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
    return _ClubMonths(currency, months, {each.month: each for each in club}, head)


def turnover(context: Context, query: ClubQuery, language: Language) -> TurnoverView:
    asked = _asked(context, query, language)
    rows = [_turnover_row(asked, month) for month in asked.months]
    net = sum((month.net for month in asked.months), ZERO)
    return TurnoverView(
        **asked.head,
        row_count=len(rows),
        net=asked.money(net),
        rows=rows,
        chart=_chart(query, lambda: by_time("month", list(map(_bar, rows)), asked.currency, language)),
    )


def _bar(row: TurnoverRowView) -> Bar:
    return Bar(row.month, row.net.amount, row.year_before.amount)


def _chart(query: ClubQuery, draw: Callable[[], Chart]) -> ChartView | None:
    return ChartView.of(draw()) if query.chart else None


def _turnover_row(asked: _ClubMonths, month: ClubMonth) -> TurnoverRowView:
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
        rows_url=asked.companies_url(month.month, month.month),
    )


def _churn(asked: _ClubMonths, month: ClubMonth) -> Decimal | None:
    return share(Decimal(_companies(month, "lost")), Decimal(asked.of(plus(month.month, -1)).active))


def _companies(month: ClubMonth, moved: Move) -> int:
    return month.moves.get(moved, NOT_MOVED).companies


def bridge(context: Context, query: BridgeQuery, language: Language) -> BridgeView:
    """One query; with `by` two, and one read of names. Raises `invalid`."""
    asked = _asked(context, query, language)
    rows = (
        [_bridge_row(asked, month, query.against) for month in asked.months]
        if query.by is None
        else _bridge_rows(context, asked, query.by, query.against, language)
    )
    drawn = rows if query.by is None else [row for row in rows if row.month == rows[-1].month][:MOST_BARS]
    labels = [row.month if query.by is None else row.title or row.name for row in drawn]
    changes = {move: [row.moves[place].change.amount for row in drawn] for place, move in enumerate(MOVES)}
    part = f"{words_of(query.by, language)}, {rows[-1].month}" if query.by and rows else ""
    chart = (
        _chart(query, lambda: charts.bridge(labels, changes, asked.currency, language, part=part)) if drawn else None
    )
    return BridgeView(**asked.head, row_count=len(rows), rows=rows, chart=chart)


def check_newest(context: Context, month: date, pointer: str, months: int = BRIDGED) -> None:
    """Raises `invalid` for a month before so many newest ones; those have bridges by split."""
    newest = plus(month_of(context.today), 1 - months)
    if month < newest:
        raise Problem.invalid("too_early", pointer, f"Rows of this kind begin with {newest:%Y-%m}.")


def check_goods(context: Context, by: Split | None, first: date) -> None:
    """Raises `invalid` for rows of brands or categories that begin before these are known."""
    if by in GOODS:
        check_newest(context, first, "/query/from", MONTHS_OF_GOODS)


def _bridge_row(asked: _ClubMonths, month: ClubMonth, against: Against) -> BridgeRowView:
    before = asked.of(plus(month.month, -BACK[against])).net
    found = Bridge(before, month.net, month.moves_of_year if against == "year" else month.moves)
    return _bridge_view(asked, month.month, found, {"against": against})


def _bridge_rows(
    context: Context, asked: _ClubMonths, by: Split, against: Against, language: Language
) -> list[BridgeRowView]:
    """Month by month, the largest changes first, the rest last. Raises `invalid` for a period that begins before the newest months."""
    first, last = asked.months[0].month, asked.months[-1].month
    check_newest(context, first, "/query/from")
    months = store.read_bridges(context.table, asked.currency, by, first, last)
    names = {name for month in months.values() for name in month.get(against, ())} - {"", REST}
    titles = _titles(context, by, sorted(names), language)
    return [
        _bridge_view(asked, month, bridge, {"against": against, "by": by, "name": name}, name, titles.get(name, ""))
        for month, found in sorted(months.items())
        for name, bridge in sorted(found.get(against, {}).items(), key=_by_change)
    ]


def _by_change(named: tuple[str, Bridge]) -> tuple[bool, Decimal, str]:
    name, bridge = named
    return name == REST, -abs(bridge.net - bridge.before), name


def _bridge_view(
    asked: _ClubMonths, month: date, bridge: Bridge, row: Mapping[str, str], name: str = "", title: str = ""
) -> BridgeRowView:
    """`row`: what its companies are asked for by."""
    found = ((move, bridge.moves.get(move, NOT_MOVED)) for move in MOVES)
    return BridgeRowView(
        month=f"{month:%Y-%m}",
        name=name,
        title=title,
        before=asked.money(bridge.before),
        net=asked.money(bridge.net),
        change=asked.money(bridge.net - bridge.before),
        moves=[
            MoveView(
                move=move,
                companies=each.companies,
                change=asked.money(each.change),
                rows_url=asked.companies_url(month, month, **row, move=move),
            )
            for move, each in found
        ],
    )


def moved_companies(context: Context, query: MoveQuery) -> MovedCompaniesView:
    """Three calls: the months, the companies, their names. Raises `invalid` for a month before the newest ones."""
    month = date.fromisoformat(f"{query.month}-01") if query.month else plus(month_of(context.today), -1)
    check_newest(context, month, "/query/month")
    currency = query.currency or context.config[Club].currency
    club, as_of = store.read_months(context.table, currency)
    of_month = next((each for each in club if each.month == month), ClubMonth(month))
    moves = of_month.moves_of_year if query.against == "year" else of_month.moves
    moved = moves.get(query.move, NOT_MOVED)
    found = store.read_moved(context.table, currency, month, query.against, query.move)
    named = companies.read_companies(context, [each.company_id for each in found])
    rows = [
        MoverView(
            company_id=each.company_id,
            name=named[each.company_id].name if each.company_id in named else "",
            before=Money.of(each.before, currency),
            net=Money.of(each.net, currency),
            change=Money.of(each.change, currency),
            rows_url=own_analytics_url(each.company_id, plus(month, -BACK[query.against]), month, currency),
        )
        for each in found
    ]
    return MovedCompaniesView(
        companies=moved.companies,
        change=Money.of(moved.change, currency),
        others=Money.of(moved.change - sum((each.change for each in found), ZERO), currency),
        as_of=as_of,
        row_count=len(rows),
        rows=rows,
    )


def customers(context: Context, query: ClubQuery, language: Language) -> CustomersView:
    asked = _asked(context, query, language)
    rows = [_customers_row(asked, month) for month in asked.months]
    lines = {name: [getattr(row, name) for row in rows] for name in CustomersRowView.model_fields if "_percent" in name}
    labels = [row.month for row in rows]
    return CustomersView(
        **asked.head,
        row_count=len(rows),
        rows=rows,
        chart=_chart(query, lambda: charts.percentages("customers", labels, lines, language)),
    )


def _customers_row(asked: _ClubMonths, month: ClubMonth) -> CustomersRowView:
    asleep = month.known - asked.of(plus(month.month, -1)).active
    return CustomersRowView(
        month=f"{month.month:%Y-%m}",
        active=month.active,
        known=month.known,
        new=_companies(month, "new"),
        won_back=_companies(month, "won_back"),
        lost=_companies(month, "lost"),
        churn_percent=_churn(asked, month),
        reactivation_percent=share(Decimal(_companies(month, "won_back")), Decimal(asleep)),
        repeat_percent=_percent(month.repeat),
        cross_sale_percent=_percent(month.cross),
        wallet_percent=share(month.wallet.net, Decimal(month.wallet.total)),
        wallet_companies=month.wallet.companies,
        rows_url=asked.companies_url(month.month, month.month, idle="true"),
    )


def _percent(part: Ratio) -> Decimal | None:
    return share(Decimal(part.of_these), Decimal(part.companies))


def cohorts(context: Context, query: ClubQuery, language: Language) -> CohortsView:
    """The cohorts of the period's quarters. Two queries."""
    asked = _asked(context, query, language)
    first, last = quarter_of(asked.months[0].month), quarter_of(asked.months[-1].month)
    found = [each for each in store.read_cohorts(context.table, asked.currency) if first <= each.quarter <= last]
    running = quarter_of(context.today)
    rows = [
        CohortView(
            cohort=each.quarter,
            companies=each.companies,
            quarters=[
                CohortQuarterView(
                    quarter=quarter,
                    companies=part.companies,
                    retained_percent=share(Decimal(part.companies), Decimal(each.companies)),
                    net=asked.money(part.net),
                    mature=quarter < running,
                    rows_url=asked.companies_url(*months_in(quarter), by="cohort", name=each.quarter),
                )
                for quarter, part in each.quarters.items()
                if quarter >= each.quarter
            ],
        )
        for each in found
    ]
    labels = sorted({quarter.quarter for row in rows for quarter in row.quarters})
    lines = {
        row.cohort: [{each.quarter: each.retained_percent for each in row.quarters}.get(label) for label in labels]
        for row in rows
    }
    chart = _chart(query, lambda: charts.percentages("cohorts", labels, lines, language)) if rows else None
    return CohortsView(**asked.head, row_count=len(rows), rows=rows, chart=chart)


def concentration(context: Context, query: ClubQuery, language: Language) -> ConcentrationView:
    """Two calls: the months, and the names of ten companies."""
    asked = _asked(context, query, language)
    rows = [
        ConcentrationMonthView(
            month=f"{month.month:%Y-%m}",
            rows_url=asked.companies_url(plus(month.month, -11), month.month),
            net=asked.money(month.net_of_year),
            largest_percent=share(sum((each.net for each in month.largest_of_year), ZERO), month.net_of_year),
        )
        for month in asked.months
    ]
    end = asked.months[-1]
    named = companies.read_companies(context, [each.company_id for each in end.largest_of_year])
    labels, shares = [row.month for row in rows], [row.largest_percent for row in rows]
    return ConcentrationView(
        **asked.head,
        row_count=len(rows),
        rows=rows,
        largest=[
            LargeCompanyView(
                company_id=each.company_id,
                name=named[each.company_id].name if each.company_id in named else "",
                net=asked.money(each.net),
                share_percent=share(each.net, end.net_of_year),
                rows_url=own_analytics_url(each.company_id, plus(end.month, -11), end.month, asked.currency),
            )
            for each in end.largest_of_year
        ],
        chart=_chart(query, lambda: charts.percentages("concentration", labels, {"": shares}, language)),
    )


def split(context: Context, query: SplitQuery, language: Language) -> SplitView:
    """Two queries, and one read of names. Raises `invalid` as well for brands and categories of months before these are known."""
    asked = _asked(context, query, language)
    first, last = asked.months[0].month, asked.months[-1].month
    check_goods(context, query.by, first)
    splits = store.read_splits(context.table, asked.currency, first, last)
    parts = [splits.get(month.month, {}).get(query.by, {}) for month in asked.months]
    total = sum((each.net for month in parts for each in month.values()), ZERO)
    sums = {name: sum((month.get(name, _NOTHING).net for month in parts), ZERO) for month in parts for name in month}
    names = sorted(sums, key=lambda name: (name == REST, -sums[name], name))
    titles = _titles(context, query.by, [name for name in names if name not in ("", REST)], language)
    rows = [_split_row(asked, query.by, name, titles.get(name, ""), sums[name], total, parts) for name in names]
    bars = [Bar(titles.get(name, name), sums[name]) for name in names]
    return SplitView(
        **asked.head,
        row_count=len(rows),
        net=asked.money(total),
        rows=rows,
        chart=_chart(query, lambda: by_name(title_by(query.by, language), bars, asked.currency, language)),
    )


_NOTHING = Share(ZERO, 0)


def _titles(context: Context, by: Split, names: list[str], language: Language) -> Mapping[str, str]:
    """The names for people of managers, distributors and regions, by id or code."""
    if by == "manager":
        return members.names_of_members(context, names)
    if by == "distributor":
        return {name: each.name for name, each in distributors.read_distributors(context.table, names).items()}
    return region_names(context.config, language) if by == "region" else {}


def _split_row(
    asked: _ClubMonths,
    by: Split,
    name: str,
    title: str,
    net: Decimal,
    total: Decimal,
    parts: Sequence[Mapping[str, Share]],
) -> SplitRowView:
    found = [month.get(name, _NOTHING) for month in parts]
    return SplitRowView(
        name=name,
        title=title,
        net=asked.money(net),
        share_percent=share(net, total),
        months=[asked.money(each.net) for each in found],
        companies=[each.companies for each in found],
        rows_url=asked.companies_url(asked.months[0].month, asked.months[-1].month, by=by, name=name),
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


def _ten(asked: _ClubMonths, month: ClubMonth) -> dict[str, tuple[Any, Any, str]]:
    """By name: value, unit, and the figure that shows the rows."""
    row = _turnover_row(asked, month)
    return {
        "net": (month.net, "money", "turnover"),
        "active": (month.active, "number", "turnover"),
        "orders": (month.orders, "number", "turnover"),
        "new": (_companies(month, "new"), "number", "bridge"),
        "won_back": (_companies(month, "won_back"), "number", "bridge"),
        "lost": (_companies(month, "lost"), "number", "bridge"),
        "churn_percent": (row.churn_percent, "percent", "turnover"),
        "largest_percent": (row.largest_percent, "percent", "turnover"),
        "saved_percent": (row.saved_percent, "percent", "turnover"),
        "credited_percent": (row.credited_percent, "percent", "turnover"),
    }


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
