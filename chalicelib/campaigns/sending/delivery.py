"""The letters of a run in one shard, some at a time.

    a message   names a shard, and the runs that have people there, each by issue and zone, in their order
    deliver     goes on with the first run that may go on: writes and sends the next letters, moves the part, and sends the next message

A letter is written with its claim, in one transaction that spends the contact budget of its reader (`mail`); a service letter spends none. Its id follows from issue and
member, so a worker that comes to the same people again finds the letters there and sends none. A part moves on condition that nobody else moved it:
of two workers with the same message one goes on. If a worker ends for any reason, its message comes again, or the next tick sends another.

A letter that cannot be made or sent ends with the reason `failed`, and those after it go on. Too many of them pause the issue.

Written for one reader: the letter with its claim, and its state after the call of the mail service. Read: a share of what is read for all
people of a page.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from chalicelib import contacts, mail, members
from chalicelib.campaigns.config import Pacing
from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan import keys as plan_keys
from chalicelib.campaigns.plan import service as plan
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import Issue, IssueState, IssueTexts
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.model import Invited
from chalicelib.campaigns.sending import rules, service, store
from chalicelib.campaigns.sending.model import (
    COMPOSED,
    EVERYWHERE,
    SERVICE_TEMPLATE,
    TEMPLATE,
    TEST,
    RunPart,
    Sending,
    letter_id,
)
from chalicelib.campaigns.sending.pace import Pace
from chalicelib.campaigns.series import delivery as series
from chalicelib.campaigns.tracking import service as tracking
from chalicelib.contacts import Slot
from chalicelib.mail import Letter, LetterClass, LetterState, Mail, Recipient, Unsendable
from chalicelib.members import Member
from chalicelib.platform import Context, aws, queue_url
from chalicelib.platform.log import log
from chalicelib.table import is_passing, read_apart

TOGETHER = 50  # people of one message: what is read of them is read together
MOST_PAGES = 20  # looked through for them: a page may have nobody in this time zone
MOST_FAILED = 5  # letters of an issue: one is its reader's, more are most likely a fault of all
SECONDS = 20  # of one message: far below the worker's time limit, and a letter's lease
OF_THE_READER = {"recipient_gone", "not_confirmed"}  # reasons that no other text would change
_TEST = {"en": "Test", "ru": "Проверка"}
AGAIN_SECONDS = 15  # after the mail service surely did not take a letter


class AudiencePlace(NamedTuple):
    """A person of the audience, and where."""

    page: int
    number: int
    person: Invited


class Batch(NamedTuple):
    """The next people of a part, and the place after them. `done`: nobody comes after them."""

    places: list[AudiencePlace]
    page: int
    number: int
    done: bool


class ReaderFacts(NamedTuple):
    """Facts of the next people, read together, by member id; `faults`: of people whose facts cannot be read."""

    people: dict[str, Member]
    abouts: dict[str, issue_texts.CompanyFacts]
    faults: dict[str, Exception]


def deliver(
    context: Context, message: dict[str, Any], pace: Pace, *, monotonic: Callable[[], float] = time.monotonic
) -> None:
    """Writes to the next people of the shard, and sends the message for those after them."""
    body = json.loads(message["body"])
    if "test" in body:
        _test(context, body["test"], body["member_id"], body["letter_id"], pace)
        return
    if "steps" in body:
        series.deliver(context, body["steps"], pace.wait)
        return
    if "resume" in body:
        series.resume(context, body["resume"], body["after"])
        return
    if "rehearsal" in body:
        _rehearse(context, body["rehearsal"], body["shard"])
        return
    shard, runs = body["shard"], body["runs"]
    issue_id, zone = runs[0]
    sending = store.read(context.table, issue_id)
    if sending and sending.issue.state is IssueState.CANCELLED:
        _drop(context, sending, sending.part(zone, shard))
        sending = store.read(context.table, issue_id)
    elif sending and _may_leave(context, sending, zone, shard):
        part = sending.part(zone, shard)
        moved, all_taken = _write(context, sending, part, pace, monotonic() + SECONDS, monotonic)
        if not store.move_part(context, issue_id, part, moved):
            return  # another worker has the same message, and goes on
        sending.parts[zone, shard] = moved
        if not moved.done:
            _send_message(shard, runs, 0 if all_taken else AGAIN_SECONDS)
            return
    if sending and sending.part(zone, shard).done:
        service.finish(context, issue_id, zone)
    if runs[1:]:
        _send_message(shard, runs[1:], 0)


def _may_leave(context: Context, sending: Sending, zone: str, shard: int) -> bool:
    """Whether letters of this part may leave at this moment: in its slot, also where a message comes again after the run was moved.

    One of which too many bounced, or whose promotion ended, pauses itself.
    """
    issue, run = sending.issue, sending.runs[zone]
    if sending.part(zone, shard).done or run.done_at or run.due_at > context.at or service.is_missed(context, run):
        return False
    if issue.state not in (IssueState.QUEUED, IssueState.SENDING) or issue.pause:
        return False
    if not plan.has_promotion_in_force(context, issue.promotion_id, Slot.of(run.slot)):
        service.pause_itself(context, issue.issue_id, "promotion")
        return False
    since = issue.resumed
    breach = rules.breach(
        sending.sent - (since.sent if since else 0),
        sending.bounced - (since.bounced if since else 0),
        sending.complained - (since.complained if since else 0),
        context.config[Pacing],
    )
    if breach:
        service.pause_itself(context, issue.issue_id, breach)
    return breach is None


def _write(
    context: Context, sending: Sending, part: RunPart, pace: Pace, until: float, monotonic: Callable[[], float]
) -> tuple[RunPart, bool]:
    """Writes to the next people. The part after them, and False where the mail service surely did not take a letter."""
    issue, day = sending.issue, Slot.of(sending.runs[part.zone].slot).day
    batch = _next_people(context, issue, part)
    ids = {place.person.member_id: letter_id(issue.issue_id, place.person.member_id) for place in batch.places}
    letters = mail.letters(context.table, list(ids.values()))
    texts = plan_store.read_texts(context.table, issue.issue_id)
    known = _known(context, list(ids), texts)
    states, skipped = Counter(part.states), Counter(part.skipped)
    failed = sending.skipped[mail.FAILED]

    def at(page: int, number: int, *, done: bool = False) -> RunPart:
        return replace(part, page=page, person=number, done=done, states=dict(states), skipped=dict(skipped))

    for place in batch.places:
        if monotonic() >= until:
            return at(place.page, place.number), True
        member_id = place.person.member_id
        letter = letters.get(ids[member_id]) or _new(context, issue, member_id)
        if letter.state is LetterState.PENDING:
            letter = _send(context, issue, texts, letter, known, pace, day)
        else:
            mail.look_again(context, letter)  # whoever held it may be gone
        if letter.state is LetterState.PENDING:
            return at(place.page, place.number), False
        if letter.state is LetterState.SKIPPED:
            skipped[letter.reason] += 1
            failed += letter.reason == mail.FAILED
        else:
            states[letter.state] += 1
        if failed >= MOST_FAILED and issue.resumed is None:
            service.pause_itself(context, issue.issue_id, "failures")
            return at(place.page, place.number + 1), True
    return at(batch.page, batch.number, done=batch.done), True


def _drop(context: Context, sending: Sending, part: RunPart) -> None:
    """Ends the part of a cancelled issue: a letter that waits to be tried again is skipped, and the budget of its reader given back."""
    if part.done:
        return
    batch = _next_people(context, sending.issue, part)
    ids = {letter_id(sending.issue.issue_id, each.person.member_id): each.person.member_id for each in batch.places}
    waiting = {
        each.letter_id: each
        for each in mail.letters(context.table, list(ids)).values()
        if each.state is LetterState.PENDING
    }
    readers = members.members(context, [ids[each] for each in waiting])
    skipped = Counter(part.skipped)
    for found, letter in waiting.items():
        reader = readers.get(ids[found])
        skipped[mail.skip(context, letter, "cancelled", reader.email if reader else "").reason] += 1
    store.move_part(context, sending.issue.issue_id, part, replace(part, done=True, skipped=dict(skipped)))


def _next_people(context: Context, issue: Issue, part: RunPart) -> Batch:
    places: list[AudiencePlace] = []
    page, first = part.page, part.person
    for _ in range(MOST_PAGES):
        found = segments_store.next_people(context.table, issue.audience_id, part.shard, page)
        if found is None:
            return Batch(places, page, 0, True)
        start = first if found.page == page else 0
        for number, person in enumerate(found.people[start:], start):
            if part.zone in (person.zone, EVERYWHERE) and not person.reason:
                if len(places) == TOGETHER:
                    return Batch(places, found.page, number, False)
                places.append(AudiencePlace(found.page, number, person))
        page, first = found.page + 1, 0
    return Batch(places, page, 0, False)


def _known(context: Context, member_ids: Sequence[str], texts: IssueTexts) -> ReaderFacts:
    people, faults = read_apart(lambda ids: members.members(context, ids), member_ids)
    abouts, more = read_apart(
        lambda ids: issue_texts.abouts(context, [people[each] for each in ids], [texts]), list(people)
    )
    return ReaderFacts(people, abouts, faults | more)


def _send(
    context: Context, issue: Issue, texts: IssueTexts, letter: Letter, known: ReaderFacts, pace: Pace, day: date
) -> Letter:
    try:
        composed = replace(_compose(context, issue, texts, letter, known), day=day)
        pace.wait()
        return mail.send_now(context, letter, composed)
    except Unsendable as unsendable:
        reader = known.people.get(letter.recipient.id)
        return mail.skip(context, letter, str(unsendable), reader.email if reader else "")
    except Exception as error:
        return mail.fail(context, letter, error)


def _compose(context: Context, issue: Issue, texts: IssueTexts, letter: Letter, known: ReaderFacts) -> Mail:
    member_id = letter.recipient.id
    if fault := known.faults.get(member_id):
        raise fault
    member, about = known.people.get(member_id), known.abouts.get(member_id)
    if member is None or about is None:
        raise Unsendable("recipient_gone")
    pages = None if issue.issue_class == "service" else contacts.ADVERTISING_GUARD.pages(letter)
    composed = issue_texts.compose(context, texts, member, about, pages)
    return tracking.tracked(composed, texts, letter.letter_id)


def _new(context: Context, issue: Issue, member_id: str) -> Letter:
    return Letter(
        letter_id=letter_id(issue.issue_id, member_id),
        template=SERVICE_TEMPLATE if issue.issue_class == "service" else TEMPLATE,
        letter_class=LetterClass(issue.issue_class),
        recipient=Recipient("member", member_id),
        cause=plan_keys.issue(issue.issue_id),
        written_at=context.at,
        expires_at=context.expiry(days=mail.KEEP_DAYS),
        topic=issue.topic,
        version=0,
    )


# --- before the slot --------------------------------------------------------------------------------------------------


def _rehearse(context: Context, issue_id: str, shard: int) -> None:
    """Composes the next letters of the shard and sends none. Letters that cannot be composed pause the issue, and so does a promotion that ended."""
    sending = store.read(context.table, issue_id)
    if sending is None or not service.is_on_the_way(sending.issue) or sending.part(EVERYWHERE, shard).done:
        return
    part = sending.part(EVERYWHERE, shard)
    batch = _next_people(context, sending.issue, part)
    texts = plan_store.read_texts(context.table, issue_id)
    known = _known(context, [place.person.member_id for place in batch.places], texts)
    states, failures, examples = Counter(part.states), Counter(part.skipped), dict(part.examples or {})
    missing = Counter(part.left_out or {})
    for place in batch.places:
        member_id = place.person.member_id
        letter = _new(context, sending.issue, member_id)
        try:
            _compose(context, sending.issue, texts, letter, known)
        except Exception as error:
            reason = _reason(error, letter)
            failures[reason] += 1
            examples.setdefault(reason, member_id)
        else:
            states[COMPOSED] += 1
            missing.update(_left_out(texts, known.people[member_id], known.abouts[member_id]))
    moved = replace(
        part,
        page=batch.page,
        person=batch.number,
        done=batch.done,
        states=dict(states),
        skipped=dict(failures),
        examples=examples,
        left_out=dict(missing),
    )
    if not plan.has_promotion_in_force(context, sending.issue.promotion_id, Slot.of(sending.issue.slot)):
        service.pause_itself(context, issue_id, "promotion")
    elif failures.keys() - OF_THE_READER and sending.issue.resumed is None:
        service.pause_itself(context, issue_id, "rehearsal")
    if store.move_part(context, issue_id, part, moved) and not moved.done:
        service.ask_for_rehearsal(issue_id, shard)


def _reason(error: Exception, letter: Letter) -> str:
    """The reason for not composing a letter. Raises the error where it may pass."""
    if isinstance(error, Unsendable):
        return str(error)
    if is_passing(error):
        raise error
    log.error("a letter fails", extra={"letter_id": letter.letter_id}, exc_info=error)
    return mail.FAILED


def _left_out(texts: IssueTexts, member: Member, about: issue_texts.CompanyFacts) -> list[str]:
    text = texts.in_language(member.language)
    return issue_texts.left_out(text, about) if text else []


def _test(context: Context, issue_id: str, member_id: str, test_id: str, pace: Pace) -> None:
    """The letter of an issue to one of the staff, once; a test with the same id is not sent again."""
    issue, texts = plan_store.read(context.table, issue_id)
    if issue is None or test_id in mail.letters(context.table, [test_id]):
        return
    letter = replace(
        _new(context, issue, member_id), letter_id=test_id, template=TEST, letter_class=LetterClass.SERVICE
    )
    try:
        composed = _compose(context, issue, texts, letter, _known(context, [member_id], texts))
    except Unsendable as unsendable:
        mail.skip(context, letter, str(unsendable))
        return
    pace.wait()
    mail.send_now(context, letter, replace(composed, subject=f"{_TEST[composed.language]}: {composed.subject}"))


def _send_message(shard: int, runs: Sequence[Sequence[str]], delay: int) -> None:
    body = json.dumps({"shard": shard, "runs": runs})
    aws.sqs().send_message(QueueUrl=queue_url("campaigns"), MessageBody=body, DelaySeconds=delay)
