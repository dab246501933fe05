"""Audiences, from the request to the numbers.

    start         keeps the conditions with their event
    on_requested  sends a message for each shard of the members
    count         looks at one page of a shard, writes the shard's part, sends a message for the next page

Shards are counted in parallel, and pages of a shard one after the other. A part is written on condition that the page before it is the
last one, so each page counts once, whatever the queue delivers. Nothing is scanned, and a request never waits for the count.

The audience of an issue keeps its people, too, so that everybody gets the letter who was invited on one day, and it can be looked at
afterwards. The event of a shard's end starts the sending.

Weakest point: members who join, leave or change while the count runs are counted as the count finds them.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from chalicelib import contacts, mail, members
from chalicelib.campaigns.config import Campaigns
from chalicelib.campaigns.segments import facts, rules, service, store
from chalicelib.campaigns.segments.model import Candidate, Invited, Sampled
from chalicelib.campaigns.segments.schemas import AudienceForm, AudienceView, SampledMemberView
from chalicelib.campaigns.segments.store import Audience, AudiencePart, Sums
from chalicelib.contacts import ContactClass
from chalicelib.members import Member
from chalicelib.platform import Club, Context, Problem, aws, or_not_found, queue_url
from chalicelib.platform.log import log
from chalicelib.table import SHARDS, Position, Transaction, shards

PAGE = 100  # members: one call for their profiles, and one for their memberships
PAGE_OF_COMPANIES = 25  # members, where the purchases of each one's company are read: far below the worker's time limit
SAMPLE = 20  # with a letter, and as many without, of the whole


def start(context: Context, form: AudienceForm, *, by: str) -> AudienceView:
    """Raises 404 for an unknown segment, 422 unless the form names one, or conditions."""
    if (form.conditions is None) == (form.segment_id is None):
        raise Problem.invalid("one_of", "/conditions", "Give conditions or name a segment.")
    conditions = form.conditions or service.read(context, form.segment_id or "").rules
    service.check(context, conditions, "/conditions")
    service.check_topic(context, form.topic, "/topic")
    made = Audience(
        audience_id=context.new_id("aud"),
        conditions=store.kept(conditions),
        topic=form.topic or "",
        issue_class=form.issue_class,
        created_by=by,
        created_at=context.at,
    )
    tx = Transaction()
    store.create_audience(tx, context, made)
    return context.commit(tx, _with_sample(made, []))


def show(context: Context, audience_id: str) -> AudienceView:
    """The progress and the numbers so far. One call. Raises 404."""
    found = store.read_audiences(context.table, [audience_id])
    return _with_sample(*or_not_found(next(iter(found), None)))


def page(context: Context, limit: int, after: Position) -> tuple[list[AudienceView], Position]:
    """Those that somebody asked for, newest first. One call, and where some are not counted yet the parts of these."""
    listed = store.audiences_page(context.table, limit, after)
    sums = {item["audience_id"]: store.sums_of(item) for item in listed.items}
    running = [audience_id for audience_id, each in sums.items() if each.shards < SHARDS]
    sums |= {found.audience_id: _sums(parts) for found, parts in store.read_audiences(context.table, running)}
    return [_shown(store.audience_of(item), sums[item["audience_id"]], None) for item in listed.items], listed.last


def ask_for_count(audience_id: str) -> None:
    for shard in shards():
        _ask_for_page(audience_id, shard, 1)


def count(context: Context, message: dict[str, Any]) -> None:
    """Counts the page in the message, unless that was done, and asks for the next one."""
    body = json.loads(message["body"])
    audience_id, shard, page = body["audience_id"], body["shard"], body["page"]
    found, part = store.read_part(context.table, audience_id, shard)
    if found is None:
        return
    if part.pages == page - 1 and not part.done:
        counted, people = _counted(context, found, part)
        if not store.write_part(context, found, counted, people):
            return  # another worker has the same message, and goes on
        part = counted
    if part.pages == page and not part.done:
        _ask_for_page(audience_id, shard, page + 1)


def _counted(context: Context, found: Audience, part: AudiencePart) -> tuple[AudiencePart, list[Invited]]:
    """The part with one page more, and the people of that page."""
    conditions = found.rules
    size = PAGE_OF_COMPANIES if conditions.stages or conditions.purchases else PAGE
    people, after = members.some_members(context, part.shard, size, part.after)
    known, faults = facts.candidates_apart(context, people, conditions)
    readable = [each for each in people if each.member_id in known]
    matched = [each for each in readable if rules.matches(conditions, known[each.member_id], context.today)]
    draws = {found.issue_id: Decimal(found.holdout_percent)}
    reasons = left_out(context, matched, known, found.topic, draws, found.issue_class)
    for each in people:
        if fault := faults.get(each.member_id):
            # Nobody knows whether the segment has them: they are named, and get no letter.
            log.error("a member cannot be counted", extra={"member_id": each.member_id}, exc_info=fault)
            matched.append(each)
            reasons[each.member_id] = mail.FAILED
    company_of = {member_id: each.company_id for member_id, each in known.items()}
    sampled = [
        Sampled(
            member_id=each.member_id,
            name=each.name,
            company_id=company_of.get(each.member_id, ""),
            reason=reasons.get(each.member_id, ""),
        )
        for each in matched
    ]
    club = context.config[Club].time_zone
    invited = [
        Invited(
            each.member_id, company_of.get(each.member_id, ""), each.time_zone or club, reasons.get(each.member_id, "")
        )
        for each in matched
    ]
    zones = Counter(each.zone for each in invited if not each.reason)
    counted = replace(
        part,
        pages=part.pages + 1,
        after=after,
        done=after is None,
        members=part.members + len(people),
        matched=part.matched + len(matched),
        left_out=dict(Counter(part.left_out or {}) + Counter(reasons.values())),
        zones=dict(Counter(part.zones or {}) + zones) if found.issue_id else None,
        sample=_sample([*part.sample, *sampled]),
    )
    return counted, invited


def left_out(
    context: Context,
    people: Sequence[Member],
    known: dict[str, Candidate],
    topic: str,
    draws: Mapping[str, Decimal],
    issue_class: ContactClass = "content",
) -> dict[str, str]:
    """By member id, why somebody of a segment gets no letter. Members who may get one are not in it.

    `draws`: further hold-outs beside the club's own, in percent by their salt. A service letter is held back from nobody.
    """
    campaigns = context.config[Campaigns]
    held_out = {**draws, campaigns.holdout_salt: campaigns.holdout_percent} if issue_class != "service" else {}
    company_of = {each.member_id: known[each.member_id].company_id for each in people}
    reasons: dict[str, str] = dict(contacts.refused_letters(context, people, company_of, topic, issue_class))
    units = service.holdout_units(context, {each for each in company_of.values() if each}) if held_out else {}
    for person in people:
        unit = units.get(company_of[person.member_id], person.member_id)
        if person.email_confirmed_at is None:
            reasons[person.member_id] = "not_confirmed"
        elif person.member_id not in reasons and any(
            rules.is_held_out(salt, unit, percent) for salt, percent in held_out.items()
        ):
            reasons[person.member_id] = "hold_out"
    return reasons


def _sample(sampled: Sequence[Sampled]) -> tuple[Sampled, ...]:
    """The first few with a letter, and the first few without."""
    invited = [each for each in sampled if not each.reason]
    others = [each for each in sampled if each.reason]
    return (*invited[:SAMPLE], *others[:SAMPLE])


def _ask_for_page(audience_id: str, shard: int, page: int) -> None:
    body = {"audience_id": audience_id, "shard": shard, "page": page}
    aws.sqs().send_message(QueueUrl=queue_url("audiences"), MessageBody=json.dumps(body))


def _sums(parts: Sequence[AudiencePart]) -> Sums:
    left: Counter[str] = Counter()
    for part in parts:
        left.update(part.left_out or {})
    matched, members = sum(part.matched for part in parts), sum(part.members for part in parts)
    return Sums(sum(part.done for part in parts), members, matched, left)


def _with_sample(found: Audience, parts: Sequence[AudiencePart]) -> AudienceView:
    sample = _sample([each for part in parts for each in part.sample])
    return _shown(found, _sums(parts), [SampledMemberView.of(each) for each in sample])


def _shown(found: Audience, sums: Sums, sample: list[SampledMemberView] | None) -> AudienceView:
    return AudienceView(
        audience_id=found.audience_id,
        state="done" if sums.shards == SHARDS else "running",
        conditions=found.rules,
        topic=found.topic or None,
        issue_class=found.issue_class,
        created_by=found.created_by,
        created_at=found.created_at,
        members=sums.members,
        matched=sums.matched,
        invited=sums.matched - sum(sums.left_out.values()),
        left_out=dict(sorted(sums.left_out.items())),
        sample=sample,
    )
