"""The steps that are due, from the tick to the letter.

    begin     sends a message for each few enrolments that are due
    deliver   decides for each what comes: a letter, the next step without one, another slot, or the end
    resume    gives slots again once a series is approved: to those who waited while it stood still, and to those whose step it changed

A letter is written with its claim, in one transaction that spends the contact budget (`mail`); its id follows from the enrolment and its step.
Then the enrolment moves, on condition that nobody else moved it. A worker that dies in between leaves the letter; the next one finds it
there and sends none.

Of a step and an issue in one slot the step goes first: `begin` tells how long issues of the same zone wait. A letter that is late all the
same goes by the budget. A step that the budget skips waits for the first slot that allows it; its letter there is another one, so each skip is kept
with its reason.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib import bonuses, companies, contacts, mail, members, sales, tiers
from chalicelib.campaigns.config import Pacing
from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan import rules as plan_rules
from chalicelib.campaigns.plan.model import IssueTexts
from chalicelib.campaigns.segments import facts
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.segments.model import Conditions
from chalicelib.campaigns.series import keys, rules, store
from chalicelib.campaigns.series.enrolment import ended, in_slot, is_held, with_next_step
from chalicelib.campaigns.series.model import TEMPLATE, Enrolment, Exit, Passage, Series, SeriesState, StoredStep
from chalicelib.campaigns.tracking import service as tracking
from chalicelib.campaigns.tracking import store as readings
from chalicelib.contacts import Slot, moment_of
from chalicelib.mail import Letter, LetterClass, LetterState, Recipient, Unsendable
from chalicelib.members import Member, Membership
from chalicelib.platform import Calendar, Club, Context, aws, clock, jobs, queue_url
from chalicelib.platform.log import log
from chalicelib.table import Position, is_passing, read_apart
from chalicelib.tiers import Tiers

WORKER_SECONDS = 60  # no worker of campaigns lives longer
RESUMED = 100  # members of one message when a series goes on
TOGETHER = 25  # enrolments of one message: what is read of them is read together


class Ready(NamedTuple):
    """Facts that are read together for some enrolments."""

    series: Mapping[str, Series]
    texts: Mapping[str, IssueTexts]
    people: Mapping[str, Member]
    acting: Mapping[str, Membership]
    letters: Mapping[str, Letter]
    abouts: Mapping[str, issue_texts.CompanyFacts]
    faults: Mapping[str, Exception]  # of members of whom it cannot be read


def begin(context: Context) -> Counter[str]:
    """Starts the steps that are due; counts them by time zone. One call where nothing is due."""
    found = store.due(context)
    bodies = ({"steps": [[each.member_id, each.series_id] for each in chunk]} for chunk in jobs.chunks(found, TOGETHER))
    if found:
        jobs.send_bodies(queue_url("campaigns"), bodies)
    return Counter(each.zone for each in found)


def deliver(context: Context, pairs: Sequence[Sequence[str]], wait: Callable[[], None]) -> None:
    """Does the next step of each member in each series. `wait` returns when the next letter may leave. Safe to repeat."""
    found = [
        each
        for each in store.enrolments(context.table, [(member_id, series_id) for member_id, series_id in pairs])
        if not each.ended_at and each.due_at and each.due_at <= context.at
    ]
    if found:
        ready = _ready(context, found)
        for each in found:
            try:
                if fault := ready.faults.get(each.member_id):
                    raise fault
                moved = _moved(context, each, ready, wait)
            except Exception as error:
                if is_passing(error):
                    raise
                log.exception(
                    "a step of a series fails", extra={"series_id": each.series_id, "member_id": each.member_id}
                )
                moved = ended(context, each, mail.FAILED)
            if moved is not each:
                store.write_enrolment(context.table, replace(moved, version=each.version + 1), each)


def ask_to_resume(series_id: str, after: Position, seconds: int) -> None:
    body = json.dumps({"resume": series_id, "after": after})
    aws.sqs().send_message(QueueUrl=queue_url("campaigns"), MessageBody=body, DelaySeconds=seconds)


def resume(context: Context, series_id: str, after: Position) -> None:
    """Gives slots to the next members of a series that was approved, and asks for those after them. Safe to repeat.

    It begins when each worker that saw the series stand still has ended, so nobody is left waiting behind it. A slot that has come stays, and so
    does one that the contact budget chose.
    """
    series = store.read(context.table, [series_id]).get(series_id)
    if series is None or series.state is not SeriesState.ON:
        return
    found, last = store.inside(context.table, series_id, RESUMED, after)
    for each in found:
        if each.ended_at or (each.due_at and (each.skips or each.due_at <= context.at)):
            continue
        coming = with_next_step(context, series, each)
        if coming != each:
            store.write_enrolment(context.table, replace(coming, version=each.version + 1), each)
    if last:
        ask_to_resume(series_id, last, 0)


def _ready(context: Context, found: Sequence[Enrolment]) -> Ready:
    series = store.read(context.table, {each.series_id for each in found})
    texts = store.read_texts(context.table, series.values())
    people, faults = read_apart(lambda ids: members.members(context, ids), sorted({each.member_id for each in found}))
    abouts, more = read_apart(
        lambda ids: issue_texts.abouts(context, [people[each] for each in ids], texts.values()), list(people)
    )
    return Ready(
        series,
        texts,
        people,
        members.memberships(context, list(people)),
        mail.letters(context.table, [each.letter_id for each in found]),
        abouts,
        faults | more,
    )


def _moved(context: Context, enrolment: Enrolment, ready: Ready, wait: Callable[[], None]) -> Enrolment:
    """The enrolment after this moment; the same one where it is to be looked at again."""
    series, member = ready.series.get(enrolment.series_id), ready.people.get(enrolment.member_id)
    if series is None or series.state is not SeriesState.ON:
        return replace(enrolment, slot="", due_at="")  # until the series is approved: `resume`
    if member is None:
        return ended(context, enrolment, "recipient_gone")
    enrolment = _in_zone_of(context, enrolment, member)
    coming = with_next_step(context, series, enrolment)
    if coming.ended_at:
        return coming
    letter = ready.letters.get(enrolment.letter_id) if coming.step_id == enrolment.step_id else None
    step = next(step for step in series.steps if step.step_id == coming.step_id)
    if letter and letter.state is not LetterState.PENDING:
        mail.look_again(context, letter)  # whoever held it may be gone
        return _after(context, series, enrolment, letter)
    if later := _later(context, step, enrolment, coming):
        return later
    enrolment = replace(enrolment, step_id=coming.step_id, skips=coming.skips)
    if reason := _end(context, series, enrolment, member, ready.acting.get(member.member_id)):
        return ended(context, enrolment, reason)
    if not _fits(context, step, member):
        return _passed(context, series, enrolment, reason="conditions")
    return _after(context, series, enrolment, _send(context, series, step, enrolment, letter, member, ready, wait))


def _later(context: Context, step: StoredStep, enrolment: Enrolment, coming: Enrolment) -> Enrolment | None:
    """With a later slot, where the wait was made longer or this slot is missed; as it is where the slot is still to come in a zone that was
    chosen meanwhile; None where the step comes now."""
    first = rules.first_day(step, enrolment.since, context.config[Calendar])
    late = timedelta(minutes=context.config[Pacing].late_minutes)
    too_early = first > clock.local_day(context.now, ZoneInfo(enrolment.zone))
    missed = plan_rules.is_missed(clock.moment(enrolment.due_at), context.now, late)
    if missed:
        about = {"series_id": enrolment.series_id, "member_id": enrolment.member_id, "slot": enrolment.slot}
        log.warning("a step missed its slot", extra=about)
    if too_early or missed:
        return coming
    return enrolment if enrolment.due_at > context.at else None


def _in_zone_of(context: Context, enrolment: Enrolment, member: Member) -> Enrolment:
    """With its slot in the time zone that the member has now: a series lasts for months."""
    zone = member.time_zone or context.config[Club].time_zone
    if zone == enrolment.zone:
        return enrolment
    return replace(enrolment, zone=zone, due_at=clock.stamp(moment_of(Slot.of(enrolment.slot), ZoneInfo(zone))))


def _send(
    context: Context,
    series: Series,
    step: StoredStep,
    enrolment: Enrolment,
    letter: Letter | None,
    member: Member,
    ready: Ready,
    wait: Callable[[], None],
) -> Letter:
    letter = letter or Letter(
        letter_id=enrolment.letter_id,
        template=TEMPLATE,
        letter_class=LetterClass(series.issue_class),
        recipient=Recipient("member", member.member_id),
        cause=keys.series_texts(series.series_id, step.texts_id),
        written_at=context.at,
        expires_at=context.expiry(days=mail.KEEP_DAYS),
        topic=series.topic,
        version=0,
    )
    texts, about = ready.texts[step.texts_id], ready.abouts[member.member_id]
    try:
        composed = issue_texts.compose(context, texts, member, about, contacts.ADVERTISING_GUARD.pages(letter))
        composed = replace(composed, day=Slot.of(enrolment.slot).day)
        wait()
        return mail.send_now(context, letter, tracking.tracked(composed, texts, letter.letter_id))
    except Unsendable as unsendable:
        return mail.skip(context, letter, str(unsendable), member.email)
    except Exception as error:
        return mail.fail(context, letter, error)


def _after(context: Context, series: Series, enrolment: Enrolment, letter: Letter) -> Enrolment:
    """The enrolment after its letter: past the step, before it until the budget allows, or at the end."""
    if letter.state is LetterState.PENDING:
        return enrolment  # surely not sent: the next tick tries again
    if letter.state is not LetterState.SKIPPED:
        return _passed(context, series, enrolment, letter_id=letter.letter_id)
    if letter.reason in rules.BUDGET:
        if enrolment.skips < rules.MOST_SKIPS:
            first = date.fromisoformat(letter.next_day) if letter.next_day else enrolment.since
            return in_slot(context, replace(enrolment, skips=enrolment.skips + 1), first)
        return _passed(context, series, enrolment, reason=letter.reason)
    if letter.reason in rules.OF_THE_TEXT:
        return _passed(context, series, enrolment, reason=letter.reason)
    return ended(context, enrolment, letter.reason)


def _passed(
    context: Context, series: Series, enrolment: Enrolment, *, letter_id: str = "", reason: str = ""
) -> Enrolment:
    passage = Passage(enrolment.step_id, context.at, letter_id, reason)
    today = clock.local_day(context.now, ZoneInfo(enrolment.zone))
    return with_next_step(
        context, series, replace(enrolment, passed=(*enrolment.passed, passage), skips=0, since=today)
    )


# --- what ends a series, and who passes a step -------------------------------------------------------------------------


def _end(
    context: Context, series: Series, enrolment: Enrolment, member: Member, acting: Membership | None
) -> str | None:
    """The reason for ending the series before this step; None if it goes on."""
    company_id = enrolment.company_id
    acts_for = acting.owner if acting and acting.is_of_company else ""
    if company_id and not companies.is_joined_into(context, company_id, acts_for):
        return "company_left"
    if is_held(context, series, enrolment):
        return "hold_out"
    return next((each for each in series.exits if _is_over(context, each, enrolment, member, acts_for)), None)


def _is_over(context: Context, reason: Exit, enrolment: Enrolment, member: Member, company_id: str) -> bool:
    if reason == "clicked":
        letters = [each.letter_id for each in enrolment.passed if each.letter_id]
        return any(each.clicks for each in readings.together_of(context.table, letters).values())
    if not company_id:
        return False
    if reason == "active":
        stage = facts.candidates(context, [member], Conditions(stages=["active"]))[member.member_id].stage
        return stage in ("active", "won_back")
    if reason == "bought":
        net = sales.day_totals(context, company_id, enrolment.started_on, context.today).net
        return any(total > 0 for total in net.values())
    if reason == "bonuses_spent":
        return not bonuses.usable(context.table.get(bonuses.book_key(company_id)), context.today)
    standing = context.table.get(tiers.standing_key(company_id))
    ahead = context.today + timedelta(days=max(context.config[Tiers].warning_days, default=0))
    now, then = (tiers.tier_in_force(standing, day).discount_percent for day in (context.today, ahead))
    return then >= now


def _fits(context: Context, step: StoredStep, member: Member) -> bool:
    conditions = rules.conditions_of(step)
    if conditions == Conditions():
        return True
    candidate = facts.candidates(context, [member], conditions)[member.member_id]
    return segment_rules.matches(conditions, candidate, context.today)
