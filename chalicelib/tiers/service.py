"""Standings: read, follow the purchases, decide at night.

    a sale is recorded ──▶ on_sale_recorded   rebuilds STANDING from the day totals and says when its decision is due
    00:30              ──▶ nightly            names the companies that are due, in messages to the tiers queue
    the tiers queue    ──▶ decide             rebuilds again, puts the tier of today in force, records `tier.changed`

STANDING is never added to: each time it is made anew from what the day totals say, under a version condition. So a delivery that
comes twice, late or out of order ends in the same standing, and what a crash left undone the next delivery does. The version is
read before the totals are: totals that are older than the version they are written over cannot win.

Weakest point: a company with many sales at once is rebuilt once for each of them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib import companies, sales
from chalicelib.platform import aws
from chalicelib.platform.club import Club
from chalicelib.platform.events import Event
from chalicelib.platform.log import log
from chalicelib.platform.problems import Problem
from chalicelib.platform.settings import settings
from chalicelib.platform.work import Work
from chalicelib.table import Busy, Refused
from chalicelib.table.transactions import Item
from chalicelib.tiers import store
from chalicelib.tiers import ladders as ladder_rules
from chalicelib.tiers.ladder_store import ladders_of
from chalicelib.tiers.outlook import Ladder, Standing, Step, decided, next_due, window
from chalicelib.tiers.rules import bears_on, path

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

T = TypeVar("T")

TRIES = 6  # against others who write the same standing

LOOK_BACK_DAYS = 7  # what a failed night, or a message given up, left over
COMPANIES_PER_MESSAGE = 25
MESSAGES_PER_CALL = 10  # of one SendMessageBatch


def ladder_of(club: Club, currency: str) -> Ladder:
    """The club's ladder for this currency; one without steps if it has none."""
    steps = tuple(
        Step(step.tier, step.from_sum, step.discount_percent) for step in club.tiers.ladders.get(currency, ())
    )
    return Ladder(club.tiers.version, club.tiers.window_days, steps)


# --- reading ----------------------------------------------------------------------------------------------------------


def standing_of(item: Item | None, company_id: str, work: Work) -> Standing:
    """Where a company stands today, from its STANDING item (`keys.standing`); None: nothing bought yet, in the club's currency."""
    if item is None:
        return _nowhere(work, company_id, work.club.currency)
    return store.standing_from(item, ladder_of(work.club, item["currency"]), work.today)


def standing(work: Work, company_id: str) -> Standing:
    """Where a company stands today. One read; one more, for its currency, if it has not bought yet."""
    item = store.load(work, company_id)
    company = companies.company(work, company_id) if item is None else None
    return _nowhere(work, company_id, company.currency) if company else standing_of(item, company_id, work)


def standing_for_staff(work: Work, company_id: str, as_of: date | None) -> Standing:
    """Of any company; as of a day, what the window of that day gives by the day totals as they are known now.

    Raises `not_found` for a company that there is not.
    """
    item = store.load(work, company_id) if as_of is None else None
    if item is not None:
        return standing_of(item, company_id, work)
    company = companies.company(work, company_id)
    if company is None:
        raise Problem("not_found")
    nowhere = _nowhere(work, company_id, company.currency)
    if as_of is None:
        return nowhere
    days = sales.day_totals(work, company_id, *window(as_of, work.club.tiers.window_days)).net
    then = replace(nowhere, as_of=as_of, days=days)
    return replace(then, tier=then.step.tier, discount_percent=then.step.discount_percent)


def _nowhere(work: Work, company_id: str, currency: str) -> Standing:
    return Standing(company_id, currency, ladder_of(work.club, currency), as_of=work.today, days={})


def tier_path(work: Work, company_id: str, first: date, last: date) -> dict[date, ladder_rules.Step]:
    """The step in force on each of these days, by the facts as they are known now. Raises LookupError for no company."""
    company = companies.company(work, company_id)
    if company is None:
        raise LookupError(f"no company {company_id}")
    ladders = ladders_of(work, company.currency)
    totals = sales.day_totals(work, company_id, bears_on(ladders, first), last)
    return {each.day: each.tier for each in path(totals, ladders, (), None, first, last)}


# --- following and deciding -------------------------------------------------------------------------------------------


def on_sale_recorded(work: Work, event: Event) -> None:
    """Consumer of `sale.recorded`. History from before the window moves no tier, and costs no call."""
    first, _ = window(work.today, work.club.tiers.window_days)
    if any(amount and date.fromisoformat(day) >= first for day, amount in event.item["deltas"].items()):
        _follow(work, event.item["company_id"], deciding=False)


def decide(work: Work, message: dict[str, Any]) -> None:
    """Puts the tier of today in force for every company of a queue message. Raises, after all of them, if one could not be."""
    failed = []
    for company_id in json.loads(message["body"])["companies"]:
        try:
            _follow(work, company_id, deciding=True)
        except Exception:
            log.exception("tier not decided", extra={"company_id": company_id})
            failed.append(company_id)
    if failed:
        raise RuntimeError(f"not decided: {', '.join(failed)}")


def _follow(work: Work, company_id: str, *, deciding: bool) -> None:
    """Rebuilds the standing from the day totals. Unless deciding, the tier in force stays, save for a company's first one."""
    for _ in range(TRIES):
        before = _loaded(work, company_id)
        after = replace(before, days=_days(work, company_id))
        if deciding and not before.version and not after.days:
            return
        if deciding or not before.version:
            after = decided(after)
        try:
            store.save(work, after, next_due(after), _change(before, after))
        except Refused:
            continue
        return
    raise Busy(f"the standing of {company_id} stayed under change")


def _loaded(work: Work, company_id: str) -> Standing:
    item = store.load(work, company_id, consistent=True)
    if item is not None:
        return standing_of(item, company_id, work)
    company = companies.company(work, company_id)
    if company is None:
        raise LookupError(f"no company {company_id}")
    return _nowhere(work, company_id, company.currency)


def _days(work: Work, company_id: str) -> dict[date, Decimal]:
    """What is in the window, and what is dated ahead."""
    first, _ = window(work.today, work.club.tiers.window_days)
    # Up to the last day that still has a day on which to leave.
    last = date.max - timedelta(days=work.club.tiers.window_days)
    totals = sales.day_totals(work, company_id, first, last).net
    return {day: amount for day, amount in totals.items() if amount}


def _change(before: Standing, after: Standing) -> dict[str, Any] | None:
    if before.tier == after.tier:
        return None
    return {
        "company_id": after.company_id,
        "from_tier": before.tier,
        "to_tier": after.tier,
        "day": after.as_of.isoformat(),
        "window_sum": after.window_sum,
        "currency": after.currency,
    }


# --- the night --------------------------------------------------------------------------------------------------------


def nightly(work: Work, event: dict[str, Any]) -> dict[str, Any]:
    """Names the companies whose tier is due, to the tiers queue; returns what it counted, and keeps it as a RUN.

    It looks back over a week, or to the last run if that is longer ago, or to the `day` of the event. After the club's figures
    have changed every company is due. Doing it again does no harm: who has been decided is due no more.
    """
    last = store.last_run(work)
    figures = sha256(work.club.tiers.model_dump_json().encode()).hexdigest()
    everyone = last is not None and last["figures"] != figures
    first = _first_day(work, event, last)
    due = companies.every_company(work) if everyone else store.due_between(work, first, work.today)
    counted, messages = _send(due)
    facts = {
        "first_day": first.isoformat(),
        "day": work.today.isoformat(),
        "everyone": everyone,
        "companies": counted,
        "messages": messages,
    }
    store.record_run(work, {**facts, "figures": figures})
    log.info("nightly tiers", extra=facts)
    return facts


def _first_day(work: Work, event: dict[str, Any], last_run: Item | None) -> date:
    days = [work.today - timedelta(days=LOOK_BACK_DAYS)]
    if last_run:
        days.append(date.fromisoformat(last_run["day"]))
    if "day" in event:
        asked = date.fromisoformat(event["day"])
        if asked > work.today:
            raise ValueError(f"{asked} is still to come: tiers are decided for today")
        days.append(asked)
    return min(days)


def _send(company_ids: Iterable[str]) -> tuple[int, int]:
    """Sends the ids as they come, none held longer than its call; counts companies and messages."""
    counted = messages = 0
    bodies = _chunks(company_ids, COMPANIES_PER_MESSAGE)
    for batch in _chunks(bodies, MESSAGES_PER_CALL):
        _send_batch([json.dumps({"companies": ids}) for ids in batch])
        counted += sum(len(ids) for ids in batch)
        messages += len(batch)
    return counted, messages


def _send_batch(bodies: list[str]) -> None:
    """A call may succeed in part: what the queue did not take is sent again, and in the end said."""
    entries: list[SendMessageBatchRequestEntryTypeDef] = [
        {"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)
    ]
    for _ in range(TRIES):
        answer = aws.sqs().send_message_batch(QueueUrl=settings().tiers_queue_url, Entries=entries)
        refused = {failure["Id"] for failure in answer.get("Failed", [])}
        entries = [entry for entry in entries if entry["Id"] in refused]
        if not entries:
            return
    raise RuntimeError(f"the tiers queue refused {len(entries)} messages")


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk
