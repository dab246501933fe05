"""Standings: reads, recalculation from the facts, and announcements of changes.

    a sale is recorded ──▶ on_sale_recorded   recalculates STANDING; a tier that is reached is in force at once
    00:30              ──▶ nightly            sends the companies with a due announcement to the tiers queue
    the tiers queue    ──▶ decide             recalculates STANDING, records `tier.changed` and `tier.warning`

A tier is a function of the facts and the day (rules.py). STANDING is a stored copy of that function for today and every later day. It is
right on each day even if the nightly run fails: the run only makes announcements.

STANDING is always recalculated as a whole, under a version condition. So duplicate, late or reordered deliveries end in the same
standing, and the next delivery repairs a crash. The version is read before the facts, so older facts cannot overwrite newer ones.
The announcement is part of the item and is written in one transaction with its event, so each is made once.

Weakest point: a company with many sales at once is recalculated for each batch of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib import companies, sales
from chalicelib.platform import Club, Context, or_not_found, record_event
from chalicelib.sales import DayTotals
from chalicelib.table import Item, Transaction, retry
from chalicelib.tiers import keys
from chalicelib.tiers.events import CHANGED, WARNING
from chalicelib.tiers.ladders.rules import Ladder, LadderStep, ladder_on
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.standing import model, store
from chalicelib.tiers.standing.model import NOTHING_ANNOUNCED, Announcement, FallWarning, Standing
from chalicelib.tiers.standing.rules import DAY, Facts, ManualTier, first_relevant_day, known_on

# --- reading ----------------------------------------------------------------------------------------------------------


def standing_of(context: Context, company_id: str) -> Standing:
    """The standing of today. One read; two more, for currency and ladders, if the company has no purchases yet."""
    item = store.load(context, company_id)
    return store.standing_from(item, context.today) if item else _without_purchases(context, company_id)


def standings_of(context: Context, company_ids: Iterable[str]) -> dict[str, Standing]:
    """By company, the standings of today. One read a hundred; two more for each company that has no purchases yet."""
    wanted = {each: keys.standing(each) for each in company_ids}
    found = context.table.get_many(wanted.values())
    return {
        company_id: store.standing_from(found[key], context.today)
        if key in found
        else _without_purchases(context, company_id)
        for company_id, key in wanted.items()
    }


def _without_purchases(context: Context, company_id: str) -> Standing:
    company = companies.read_company(context, company_id)
    ladders = ladders_of(context, company.currency if company else context.config[Club].currency)
    return model.standing_on_day(
        company_id, ladders[0].currency, context.today, Facts(DayTotals({}, {}), ladders, (), None)
    )


def ladder_today(context: Context, currency: str) -> Ladder:
    return ladder_on(ladders_of(context, currency), context.today)


def standing_for_staff(context: Context, company_id: str, as_of: date | None) -> Standing:
    """The standing of any company, today or as of a day, by the facts known now and without later purchases.

    Raises `not_found` for an unknown company.
    """
    company = or_not_found(companies.read_company(context, company_id))
    if as_of is None:
        return standing_of(context, company_id)
    _, grants = store.load_with_grants(context, company_id)
    facts = facts_of(context, company_id, company.currency, grants, model.known_since(as_of), as_of)
    then = Facts(known_on(facts.totals, as_of), facts.ladders, grants, facts.first_purchase)
    return model.standing_on_day(company_id, company.currency, as_of, then)


def tier_path(context: Context, company_id: str, first: date, last: date) -> dict[date, LadderStep]:
    """The tier in force on each of these days, by the facts known now. Raises LookupError for an unknown company."""
    standing, grants = store.load_with_grants(context, company_id)
    facts = facts_of(context, company_id, _currency(context, company_id, standing), grants, first, last)
    return {each.day: each.tier for each in facts.path(first, last)}


def tier_with(context: Context, company_id: str, changed: Mapping[date, Decimal]) -> tuple[LadderStep, LadderStep]:
    """The tier in force today, and what it would be if the purchases of these days changed by these amounts.

    Raises LookupError for an unknown company.
    """
    standing, grants = store.load_with_grants(context, company_id)
    today = context.today
    facts = facts_of(context, company_id, _currency(context, company_id, standing), grants, model.known_since(today))
    net = dict(facts.totals.net)
    for day, amount in changed.items():
        net[day] = net.get(day, Decimal(0)) + amount
    then = Facts(
        DayTotals(net, facts.totals.returned, facts.totals.currency), facts.ladders, grants, facts.first_purchase
    )
    return next(facts.path(today, today)).tier, next(then.path(today, today)).tier


def facts_of(
    context: Context,
    company_id: str,
    currency: str,
    grants: tuple[ManualTier, ...],
    first: date,
    last: date | None = None,
) -> Facts:
    """The facts behind the tiers from `first` to `last`; without a last day, all facts from then on."""
    ladders = ladders_of(context, currency)
    longest = max(ladder.window_days for ladder in ladders) * DAY
    totals = sales.day_totals(context, company_id, first_relevant_day(ladders, first), last or date.max - longest)
    personal = any(ladder.personal for ladder in ladders)
    return Facts(totals, ladders, grants, sales.first_purchase(context, company_id) if personal else None)


def _currency(context: Context, company_id: str, standing: Item | None) -> str:
    """The currency of the standing; one read where the company has none yet."""
    if standing:
        return str(standing["currency"])
    company = companies.read_company(context, company_id)
    if company is None:
        raise LookupError(f"no company {company_id}")
    return company.currency


# --- recalculation ----------------------------------------------------------------------------------------------------


def is_relevant(context: Context, company_id: str, currency: str, days: list[date]) -> bool:
    """Whether purchases of these days matter for the standing of today, or for a personal first step."""
    ladders = ladders_of(context, currency)
    if max(days) >= first_relevant_day(ladders, model.known_since(context.today) - DAY):
        return True
    if not any(ladder.personal for ladder in ladders):
        return False
    item = store.load(context, company_id, consistent=True)
    return item is None or min(days) <= date.fromisoformat(item.get("first_purchase", date.max.isoformat()))


Also = Callable[[Transaction, tuple[ManualTier, ...]], tuple[ManualTier, ...]]


@retry("version", "")
def follow(context: Context, company_id: str, also: Also | None = None) -> None:
    """Recalculate the standing from the facts, and record events for changes.

    `also` adds a change of manual tiers to the transaction and returns the changed tiers. Raises LookupError for an unknown company,
    `Busy` after too many concurrent writes, and `Refused` for conditions of `also`.
    """
    item, grants = store.load_with_grants(context, company_id)
    tx = Transaction()
    if also:
        grants = also(tx, grants)
    before = store.standing_from(item, context.today) if item else None
    currency = _currency(context, company_id, item)
    facts = facts_of(context, company_id, currency, grants, model.known_since(context.today) - DAY)
    if before is None and not facts.totals.net and not grants:
        return
    after = model.standing_on_day(company_id, currency, context.today, facts, *_told(before))
    _save(context, tx, before, after, facts)


def _told(before: Standing | None) -> tuple[Announcement, int]:
    return (before.announced, before.version) if before else (NOTHING_ANNOUNCED, 0)


def _save(context: Context, tx: Transaction, before: Standing | None, after: Standing, facts: Facts) -> None:
    """Write the standing with its events and the announcement of them."""
    owner = keys.standing(after.company_id)
    warning = model.warning(after)
    changed = not model.is_same_tier(after.announced.step, after.tier)
    if changed:
        record_event(tx, context, owner, CHANGED, **_change(after, model.change_reason(before, after, facts)))
    if warning:
        record_event(tx, context, owner, WARNING, **_warning(after, warning))
    now = replace(after, announced=model.announcement_after(after, warning))
    due = model.next_due(now)
    if len(tx):
        store.put(tx, context, now, due)
        context.table.commit(tx)
    else:
        store.save(context, now, due)


def _change(standing: Standing, change_reason: str) -> dict[str, Any]:
    """The facts of `tier.changed`. Steps have the names of the day, since ladders change."""
    before, now, above = standing.announced.step, standing.tier, standing.next_step
    return {
        "company_id": standing.company_id,
        "reason": change_reason,
        "from_tier": before.tier,
        "to_tier": now.tier,
        "before": _step_facts(before),
        "tier": _step_facts(now),
        "next": {**_step_facts(above), "missing": model.missing_sum(standing.window_result.window_sum, above)}
        if above
        else None,
        "day": standing.as_of.isoformat(),
        "window_sum": standing.window_result.window_sum,
        "window_days": standing.ladder.window_days,
        "currency": standing.currency,
    }


def _warning(standing: Standing, warning: FallWarning) -> dict[str, Any]:
    """The facts of `tier.warning`. `needed` and `buy_by` are the order that averts the fall; null if none does."""
    order = warning.to_keep
    return {
        "company_id": standing.company_id,
        "tier": _step_facts(standing.tier),
        "falls_on": warning.falls_on.isoformat(),
        "falls_to": _step_facts(warning.falls_to),
        "days_left": warning.days_left,
        "stage": warning.stage,
        "needed": order.amount if order else None,
        "buy_by": order.by.isoformat() if order else None,
        "currency": standing.currency,
    }


def _step_facts(step: LadderStep) -> dict[str, Any]:
    """A step in an event."""
    names = {"code": step.tier, "name": step.name_in("en"), "name_ru": step.name_in("ru")}
    return {**names, "discount_percent": step.discount_percent}
