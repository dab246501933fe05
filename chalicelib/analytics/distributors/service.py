"""The service of distributors: folded every night with the club's figures, from the orders of the last months.

A part of the fold brings the orders of its companies, and the last part writes the months of all distributors. A month is written again for
three nights' months: its own and the two after it. Later changes of an order are not counted.

Weakest point: the medians of a month take all its orders at once, so the last part holds a few numbers of each.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from chalicelib import orders
from chalicelib.analytics.company.rules import share
from chalicelib.analytics.distributors import keys, rules
from chalicelib.analytics.distributors.rules import DistributorMonth, ServedOrder
from chalicelib.analytics.distributors.schemas import DistributorMonthView, DistributorsQuery, DistributorsView
from chalicelib.analytics.distributors.words import FORMULAS, chart_of
from chalicelib.analytics.rollups.rules import last_day, month_of, plus
from chalicelib.platform import ChartView, Club, Context, Language, Problem, clock
from chalicelib.table import from_item, to_item

MONTHS = 3  # that are written again
MOST_MONTHS = 36

Row = list[Any]  # month, distributor, name, answer hours, in time, rejected, cut, ship hours


def rows_of(context: Context, company_id: str, running: date) -> Iterator[Row]:
    """The orders of a company in the last months, as a part of the fold keeps them. One query."""
    zone = context.config[Club].zone
    since = clock.stamp(datetime.combine(plus(running, 1 - MONTHS), time.min, tzinfo=zone))
    deadlines = orders.answer_deadlines(context)
    for order in orders.orders_since(context, company_id, since):
        found = rules.served(order, deadlines(order.placed_at).remind, context.at, clock.moment)
        if found:
            month = clock.local_day(clock.moment(order.placed_at), zone)
            plain = [f"{each:f}" if isinstance(each, Decimal) else each for each in found]
            yield [f"{month:%Y-%m}", order.distributor_id, order.distributor_name, *plain]


def write(context: Context, rows: Iterable[Row], running: date, as_of: str) -> None:
    """Writes the last months of all distributors; those without orders any more go."""
    names: dict[str, str] = {}
    found: dict[tuple[str, str], list[ServedOrder]] = defaultdict(list)
    for month, distributor_id, name, answer, in_time, rejected, cut, ship in rows:
        names[distributor_id] = max(names.get(distributor_id, ""), name)
        found[month, distributor_id].append(ServedOrder(_hours(answer), in_time, rejected, cut, _hours(ship)))
    items = (
        {
            **keys.distributor_month(month, distributor_id).as_item(),
            **to_item(rules.fold(month, distributor_id, names[distributor_id], served, as_of)),
        }
        for (month, distributor_id), served in found.items()
    )
    first, last = (keys.distributor_month(f"{each:%Y-%m}") for each in (plus(running, 1 - MONTHS), running))
    context.table.replace(first.pk, items, between=(first.sk, f"{last.sk}~"))


def _hours(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# --- reading ----------------------------------------------------------------------------------------------------------


def show(context: Context, query: DistributorsQuery, language: Language) -> DistributorsView:
    """One query. Raises `invalid`."""
    last = query.last or f"{month_of(context.today):%Y-%m}"
    first = query.first or f"{plus(date.fromisoformat(f'{last}-01'), 1 - MONTHS):%Y-%m}"
    if first > last:
        raise Problem.invalid("range", "/query/from", "The first month lies after the last one.")
    if f"{plus(date.fromisoformat(f'{first}-01'), MOST_MONTHS):%Y-%m}" <= last:
        raise Problem.invalid("too_long", "/query/from", f"Rows of this kind cover at most {MOST_MONTHS} months.")
    start, end = keys.distributor_month(first), keys.distributor_month(last)
    items = context.table.query_all(start.pk, between=(start.sk, f"{end.sk}~"))
    months = [from_item(DistributorMonth, item) for item in items]
    chart = ChartView.of(chart_of(last, months, language)) if query.chart and months else None
    rows = [_row(each) for each in months]
    return DistributorsView(formulas=FORMULAS[language], row_count=len(rows), rows=rows, chart=chart)


def _row(month: DistributorMonth) -> DistributorMonthView:
    first = date.fromisoformat(f"{month.month}-01")
    return DistributorMonthView.from_record(
        month,
        in_time_percent=share(Decimal(month.in_time), Decimal(month.due)),
        rejected_percent=share(Decimal(month.rejected), Decimal(month.answered)),
        cut_percent=share(Decimal(month.cut), Decimal(month.answered)),
        rows_url=f"/v1/staff/orders?distributor_id={month.distributor_id}&from={first}&to={last_day(first)}",
    )
