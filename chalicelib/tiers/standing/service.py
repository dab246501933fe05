"""Standings: read, follow the facts, tell what changes.

    a sale is recorded ──▶ on_sale_recorded   makes STANDING anew from the facts; a tier that is reached is in force at once
    00:30              ──▶ nightly            names the companies of which something is to be told, to the tiers queue
    the tiers queue    ──▶ decide             makes STANDING anew, records `tier.changed` and `tier.warning`

A tier is a function of the facts and the day (rules.py), so nobody decides it: STANDING is a copy of what the facts say of today and
of every day to come, kept where one read finds it. It is right on its day whether the night has run or not; the night only tells.

STANDING is never added to: each time it is made anew, under a version condition. So a delivery that comes twice, late or out of order
ends in the same standing, and what a crash left undone the next delivery does. The version is read before the facts are: facts that
are older than the version they are written over cannot win. What was told lies in the same item, and is written in the same
transaction as the event that tells it: each is told once.

Weakest point: a company with many sales at once is rebuilt once for each of them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib import companies, sales
from chalicelib.platform.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.events import record
from chalicelib.platform.http.problems import Problem
from chalicelib.sales import DayTotals
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Transaction
from chalicelib.tiers import keys
from chalicelib.tiers.events import CHANGED, WARNING
from chalicelib.tiers.ladders.rules import Ladder, LadderStep, ladder_on
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.standing import model, store
from chalicelib.tiers.standing.model import NOTHING_ANNOUNCED, Announcement, FallWarning, Standing
from chalicelib.tiers.standing.rules import DAY, Facts, ManualTier, first_relevant_day, known_on

# --- reading ----------------------------------------------------------------------------------------------------------


def standing_of(context: Context, company_id: str) -> Standing:
    """Where a company stands today. One read; two more, for its currency and ladders, if it has not bought yet."""
    item = store.load(context, company_id)
    if item is not None:
        return store.standing_from(item, context.today)
    company = companies.read_company(context, company_id)
    ladders = ladders_of(context, company.currency if company else context.config[Club].currency)
    return model.standing_on_day(
        company_id, ladders[0].currency, context.today, Facts(DayTotals({}, {}), ladders, (), None)
    )


def ladder_today(context: Context, currency: str) -> Ladder:
    return ladder_on(ladders_of(context, currency), context.today)


def standing_for_staff(context: Context, company_id: str, as_of: date | None) -> Standing:
    """Of any company; as of a day, by the facts as they are known now, and as if nothing had been bought after it.

    Raises `not_found` for a company that there is not.
    """
    company = companies.read_company(context, company_id)
    if company is None:
        raise Problem("not_found")
    if as_of is None:
        return standing_of(context, company_id)
    _, grants = store.load_with_grants(context, company_id)
    facts = facts_of(context, company_id, company.currency, grants, model.known_since(as_of), as_of)
    then = Facts(known_on(facts.totals, as_of), facts.ladders, grants, facts.first_purchase)
    return model.standing_on_day(company_id, company.currency, as_of, then)


def tier_path(context: Context, company_id: str, first: date, last: date) -> dict[date, LadderStep]:
    """The step in force on each of these days, by the facts as they are known now. Raises LookupError for no company."""
    _, grants = store.load_with_grants(context, company_id)
    facts = facts_of(context, company_id, _currency(context, company_id), grants, first, last)
    return {each.day: each.tier for each in facts.path(first, last)}


def facts_of(
    context: Context,
    company_id: str,
    currency: str,
    grants: tuple[ManualTier, ...],
    first: date,
    last: date | None = None,
) -> Facts:
    """The facts on which the tiers from `first` to `last` rest; without a last day, with all that is dated ahead."""
    ladders = ladders_of(context, currency)
    longest = max(ladder.window_days for ladder in ladders) * DAY
    totals = sales.day_totals(context, company_id, first_relevant_day(ladders, first), last or date.max - longest)
    personal = any(ladder.personal for ladder in ladders)
    return Facts(totals, ladders, grants, sales.first_purchase(context, company_id) if personal else None)


def _currency(context: Context, company_id: str) -> str:
    company = companies.read_company(context, company_id)
    if company is None:
        raise LookupError(f"no company {company_id}")
    return company.currency


# --- following and telling --------------------------------------------------------------------------------------------


def is_relevant(context: Context, company_id: str, currency: str, days: list[date]) -> bool:
    """Whether purchases of these days bear on what a standing tells today, or on whether the first step is a personal one."""
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
    """Makes the standing anew from the facts, and tells what changed.

    `also` adds a change of the manual tiers to the transaction, and returns them as they are then. Raises LookupError where there is no
    such company, `Busy` where others keep writing, and `Refused` for what `also` asked for.
    """
    item, grants = store.load_with_grants(context, company_id)
    tx = Transaction()
    if also:
        grants = also(tx, grants)
    before = store.standing_from(item, context.today) if item else None
    currency = before.currency if before else _currency(context, company_id)
    facts = facts_of(context, company_id, currency, grants, model.known_since(context.today) - DAY)
    if before is None and not facts.totals.net and not grants:
        return
    after = model.standing_on_day(company_id, currency, context.today, facts, *_told(before))
    _save(context, tx, before, after, facts)


def _told(before: Standing | None) -> tuple[Announcement, int]:
    return (before.announced, before.version) if before else (NOTHING_ANNOUNCED, 0)


def _save(context: Context, tx: Transaction, before: Standing | None, after: Standing, facts: Facts) -> None:
    """The standing, the events that tell what is new, and that they were told."""
    owner = keys.standing(after.company_id)
    warning = model.warning(after)
    changed = not model.is_same_tier(after.announced.step, after.tier)
    if changed:
        record(tx, context, owner, CHANGED, **_change(after, model.change_reason(before, after, facts)))
    if warning:
        record(tx, context, owner, WARNING, **_warning(after, warning))
    now = replace(after, announced=model.announcement_after(after, warning))
    due = model.next_due(now)
    if len(tx):
        store.put(tx, context, now, due)
        context.table.commit(tx)
    else:
        store.save(context, now, due)


def _change(standing: Standing, change_reason: str) -> dict[str, Any]:
    """What `tier.changed` says. Steps with their names, as they are on the day: ladders change."""
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
    """What `tier.warning` says. `needed` and `buy_by`: the order that averts the fall; null where none does."""
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
    """A step as events carry it."""
    names = {"code": step.tier, "name": step.name_in("en"), "name_ru": step.name_in("ru")}
    return {**names, "discount_percent": step.discount_percent}
