"""The explanation of a day, from one read of its facts.

It takes at most five calls, and one more for each megabyte of documents: those of the window, of the hold before it, and of last year's
window if first steps are personal.

Weakest point: documents are read with their lines, which are not needed.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from chalicelib import companies, sales
from chalicelib.companies import Company
from chalicelib.platform import Club, Context, Problem, clock, or_not_found
from chalicelib.sales import RecordedRevision
from chalicelib.tiers.explanation.rules import Explanation, known_day
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.rules import UNDONE, first_relevant_day


class KnownTiers(NamedTuple):
    """Tiers of one day by the facts known before and after some work; an empty text where none is reached.

    `sales_go_on`: the moment after the work at which sales of the company were recorded again, of the days that bear on the tier; None if none were.
    """

    before: str
    after: str
    sales_go_on: str | None


def known_tiers(
    context: Context, company: Company, began: str, ended: str, is_late: Callable[[], bool] = lambda: False
) -> KnownTiers:
    """The tiers of the club's day on which work ended, by the facts known just before it began and just after it ended.

    `began`, `ended`: the first and the last moment at which the work recorded something. As many calls as `explain`.
    Raises TimeoutError once it is late.
    """
    after = clock.stamp(clock.moment(ended) + clock.TICK)
    day = clock.local_day(clock.moment(ended), context.config[Club].zone)
    ladders = ladders_of(context, company.currency)
    _, grants = standing_store.load_with_grants(context, company.company_id)
    revisions = sales.history(context, company.company_id, first_relevant_day(ladders, day), day + UNDONE, is_late)
    personal = any(ladder.personal for ladder in ladders)

    def tier(moment: str) -> str:
        bought = _first_purchase(context, company.company_id, revisions, moment) if personal else None
        return known_day(day, revisions, ladders, grants, bought, moment).decision.tier.tier

    later = (each.recorded_at for each in revisions if each.recorded_at >= after)
    return KnownTiers(tier(began), tier(after), min(later, default=None))


def explain(context: Context, company_id: str, as_of: date | None) -> Explanation:
    """Explain the tier of a day, by default of today. Raises `not_found` for an unknown company, `invalid` for a later day."""
    day = as_of or context.today
    if day > context.today:
        raise Problem.invalid("day_ahead", "/query/as_of", f"Today is {context.today}: this day is still to come.")
    company = or_not_found(companies.read_company(context, company_id))
    ladders = ladders_of(context, company.currency)
    _, grants = standing_store.load_with_grants(context, company_id)
    revisions = sales.history(context, company_id, first_relevant_day(ladders, day), day + UNDONE)
    moment = clock.stamp(clock.day_end(day, context.config[Club].zone))
    bought_then = bought = None
    if any(ladder.personal for ladder in ladders):
        bought_then, bought = (
            _first_purchase(context, company_id, revisions, moment),
            sales.first_purchase(context, company_id),
        )
    return Explanation(
        company_id=company_id,
        currency=company.currency,
        known_until=moment,
        then=known_day(day, revisions, ladders, grants, bought_then, moment),
        now=known_day(day, revisions, ladders, grants, bought, None),
    )


def _first_purchase(context: Context, company_id: str, revisions: list[RecordedRevision], moment: str) -> date | None:
    """The first purchase as known at `moment`, including returns that count on a day before every sale, if they matter."""
    earliest = sales.earliest_known(context, company_id, moment)
    known = [each.counts_on for each in revisions if each.known_at(moment)]
    return min([*known, earliest.counts_on]) if earliest else None
