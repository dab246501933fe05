"""Facts of a page of members, read only as far as the conditions ask for them."""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib import auth, catalog, companies, members, sales, tiers
from chalicelib.campaigns.config import Stages
from chalicelib.campaigns.segments import rules
from chalicelib.campaigns.segments.model import BoughtLine, Candidate, Conditions, Stage
from chalicelib.members import Member
from chalicelib.platform import Club, Context, clock, quarter_of
from chalicelib.table import read_apart


def candidates(context: Context, people: Sequence[Member], *conditions: Conditions) -> dict[str, Candidate]:
    """By member id. One call for the memberships, one for the tiers, and up to three for the activity; two queries a company for its stage and a call for all their people, and its lines for purchases.

    People of one company that are on the same page share what is read of it.
    """
    acting = members.memberships(context, [person.member_id for person in people])
    company_of = {member_id: membership.owner for member_id, membership in acting.items() if membership.is_of_company}
    ids = sorted(set(company_of.values()))
    tier = _tiers(context, ids) if any(each.tiers for each in conditions) else {}
    stage = _stages(context, ids) if any(each.stages for each in conditions) else {}
    longest = max((each.days for asked in conditions for each in asked.purchases), default=0)
    bought = {each: _bought(context, each, longest) for each in ids} if longest else {}
    visited, clicked = _activity(
        context,
        [person.member_id for person in people],
        max((each.days for asked in conditions for each in asked.activity), default=0),
    )
    return {
        person.member_id: Candidate(
            audience=person.audience,
            interests=person.interests,
            language=person.language,
            region=person.region,
            company_id=(company_id := company_of.get(person.member_id, "")),
            tier=tier.get(company_id, rules.NO_TIER),
            stage=stage.get(company_id),
            bought=bought.get(company_id, []),
            visited=visited.get(person.member_id, frozenset()),
            clicked=clicked.get(person.member_id, frozenset()),
            member_id=person.member_id,
        )
        for person in people
    }


def candidates_apart(
    context: Context, people: Sequence[Member], *conditions: Conditions
) -> tuple[dict[str, Candidate], dict[str, Exception]]:
    """By member id, the candidates, and the faults of those whose facts cannot be read."""
    by_id = {each.member_id: each for each in people}
    return read_apart(lambda ids: candidates(context, [by_id[each] for each in ids], *conditions), list(by_id))


def _tiers(context: Context, company_ids: Sequence[str]) -> dict[str, str]:
    found = context.table.get_many(tiers.standing_key(each) for each in company_ids)
    standings = {each: found.get(tiers.standing_key(each)) for each in company_ids}
    return {each: tiers.tier_in_force(item, context.today).tier or rules.NO_TIER for each, item in standings.items()}


def _stages(context: Context, company_ids: Sequence[str]) -> dict[str, Stage]:
    """A company joined with the first of all its people, even if the question is about another one."""
    limits = context.config[Stages]
    first = context.today - timedelta(days=3 * limits.dormant_days)
    people_of = {
        each: [person.member_id for person in companies.people_of(context, each) if person.status == "active"]
        for each in company_ids
    }
    known = members.members(context, sorted({one for people in people_of.values() for one in people}))
    found = {}
    for company_id, people in people_of.items():
        joined = min((known[each].joined_at for each in people if each in known), default=context.at)
        net = sales.day_totals(context, company_id, first, context.today).net
        found[company_id] = rules.stage_of(
            clock.local_day(clock.moment(joined), context.config[Club].zone),
            sorted(day for day, total in net.items() if total > 0),
            context.today,
            limits,
        )
    return found


def _bought(context: Context, company_id: str, days: int) -> list[BoughtLine]:
    company = companies.read_company(context, company_id)
    if company is None:
        return []
    first = context.today - timedelta(days=days)
    lines = [
        (day, line.sku)
        for day, line in sales.dated_lines(context, company_id, first, context.today, company.currency)
        if line.quantity > 0
    ]
    goods = catalog.read_traits(context.table, {sku for _, sku in lines})
    return [BoughtLine(day, *goods[sku]) for day, sku in dict.fromkeys(lines) if sku in goods]


def _activity(
    context: Context, member_ids: Sequence[str], days: int
) -> tuple[dict[str, frozenset[date]], dict[str, frozenset[date]]]:
    """By member id, the days of visits and those of clicks in the quarters of the last `days`."""
    if not days:
        return {}, {}
    quarters = sorted({quarter_of(context.today - timedelta(days=back)) for back in range(days)})
    found = auth.activity_of(context.table, member_ids, quarters)
    visited = {member_id: frozenset(map(date.fromisoformat, each.days)) for member_id, each in found.items()}
    clicked = {member_id: frozenset(map(date.fromisoformat, each.clicks)) for member_id, each in found.items()}
    return visited, clicked
