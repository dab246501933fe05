"""The club's people: counted every night up to the day before, in the item of its quarter.

The items of quarters that are over stay as their last night left them: people who left the club later are still in them.

Weakest point: one run reads all members, some hundred thousand a minute.
"""

from datetime import timedelta
from decimal import Decimal

from chalicelib import auth, companies, members
from chalicelib.analytics.company.rules import change, share
from chalicelib.analytics.people import keys
from chalicelib.analytics.people.formulas import FORMULAS, chart_of
from chalicelib.analytics.people.model import PeopleQuarter
from chalicelib.analytics.people.schemas import PeopleQuery, PeopleRowView, PeopleView
from chalicelib.platform import ChartView, Club, Context, Language, clock, months_in, quarter_of
from chalicelib.table import Position, from_item, shards, to_item

PAGE = 500  # members
OPENS = "market_reports"  # the section of the cabinet that a complete profile opens
GROWTH = ("joined", "members", "complete", "active", "visits")


def count(context: Context) -> PeopleQuarter:
    """Counts the quarter of yesterday again, and stores it. A repeat ends in the same figures."""
    until = context.today - timedelta(days=1)
    quarter = quarter_of(until)
    counted = {"joined": 0, "members": 0, "complete": 0}
    others: set[str] = set()  # the staff and the distributors' people
    for shard in shards():
        after: Position = None
        while True:
            people, after = members.some_members(context, shard, PAGE, after)
            acting = members.memberships(context, [each.member_id for each in people])
            for each in people:
                membership = acting.get(each.member_id)
                joined = clock.local_day(clock.moment(each.joined_at), context.config[Club].zone)
                if membership and membership.kind != "company":
                    others.add(each.member_id)
                elif joined <= until:
                    counted["members"] += 1
                    counted["joined"] += quarter_of(joined) == quarter
                    counted["complete"] += not companies.missing_facts(context, OPENS, each, membership)
            if after is None:
                break
    days = [
        sum(day <= until.isoformat() for day in days)
        for member_id, days in auth.visits(context.table, quarter)
        if member_id not in others
    ]
    found = PeopleQuarter(
        quarter=quarter,
        until=until.isoformat(),
        active=sum(map(bool, days)),
        visits=sum(days),
        as_of=context.at,
        **counted,
    )
    context.table.put({**keys.people_quarter(quarter).as_item(), **to_item(found)})
    return found


def show(context: Context, query: PeopleQuery, language: Language) -> PeopleView:
    """All quarters, the earliest first. One query."""
    items = context.table.query_all(keys.people_quarter())
    quarters = [from_item(PeopleQuarter, item) for item in items]
    by_name = {each.quarter: each for each in quarters}
    rows = [_row(context, each, by_name.get(_quarter_before(each.quarter))) for each in quarters]
    chart = ChartView.of(chart_of(quarters, language)) if query.chart and quarters else None
    return PeopleView(formulas=FORMULAS[language], row_count=len(rows), rows=rows, chart=chart)


def _quarter_before(quarter: str) -> str:
    first, _ = months_in(quarter)
    return quarter_of(first - timedelta(days=1))


def _row(context: Context, now: PeopleQuarter, before: PeopleQuarter | None) -> PeopleRowView:
    grown = {
        f"{name}_growth_percent": change(Decimal(getattr(now, name)), Decimal(getattr(before, name)))
        if before
        else None
        for name in GROWTH
    }
    return PeopleRowView.from_record(
        now,
        complete_percent=share(Decimal(now.complete), Decimal(now.members)),
        mature=now.quarter < quarter_of(context.today),
        **grown,
    )
