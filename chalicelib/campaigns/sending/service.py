"""An issue from its approval to its last letter.

    tick, every 15 minutes   one query finds what is due
      an approved issue        ──▶ QUEUED: its audience is made, page by page (`segments.audience`), a day before its slot in UTC
      on_shard_frozen          ──▶ with the last shard: a run for each time zone of the audience, due at the slot there
      a run that is due        ──▶ SENDING, once every letter was composed in the rehearsal: a message for each shard, and `delivery` writes the letters
      a run that missed its slot   waits for the next slot in its zone, and says so
    a run of a cancelled issue   ends: what waited to be tried again is skipped, and its reader's budget given back
    the last part of the last run ──▶ SENT

A run stays listed until it is done, so a tick starts again what a lost message left; a part that moved lately is left alone, and so are those
after it in its shard. Runs of one tick go shard by shard, in the order of the plan and then of their zones; people of a shard go by member id, and
people of one mailbox lie in one shard. So of two letters that want one person or one mailbox at one moment the same one always goes.

Weakest point: a member who takes another address after the audience is kept stays in the shard of the former one.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from chalicelib import mail, members
from chalicelib.campaigns.config import Pacing
from chalicelib.campaigns.plan import keys as plan_keys
from chalicelib.campaigns.plan import rules as plan_rules
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import Issue, IssueState, Pause, Resumption
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.store import Audience
from chalicelib.campaigns.sending import rules, store
from chalicelib.campaigns.sending.events import PAUSED_ITSELF, TEST_REQUESTED
from chalicelib.campaigns.sending.model import EVERYWHERE, Run, Sending
from chalicelib.campaigns.sending.schemas import IssueReasonForm, SendingView, TestView
from chalicelib.campaigns.series import delivery as series
from chalicelib.contacts import Slot, Slots, moment_of, slot_after
from chalicelib.platform import (
    Context,
    Event,
    Problem,
    aws,
    clock,
    derived_id,
    jobs,
    or_not_found,
    queue_url,
    record_event,
)
from chalicelib.platform.log import log
from chalicelib.table import SHARDS, Refused, Transaction, retry

LETTERS_A_SECOND = 5  # at the least
STILL = timedelta(minutes=10)  # a part that moved later has a worker, or a message

_ON_THE_WAY = (IssueState.QUEUED, IssueState.SENDING)


# --- the tick ---------------------------------------------------------------------------------------------------------


def tick(context: Context) -> dict[str, int]:
    """Does what is due at this moment. One issue that fails holds up no other. Three calls where nothing is due.

    Raises RuntimeError at the end for what failed.
    """
    counts: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    try:
        steps = series.begin(context)
    except Exception:
        log.exception("steps of series not begun")
        counts["failed"] += 1
    try:
        counts["letters"] = mail.wake(context)
    except Exception:
        log.exception("letters that wait for their slots not woken")
        counts["failed"] += 1
    counts["steps"] = steps.total()
    begun: list[Run] = []
    for each in store.due(context):
        try:
            if isinstance(each, Issue):
                counts["audiences"] += _make_audience(context, each.issue_id)
            elif _begin(context, each):
                begun.append(each)
        except Exception:
            log.exception("campaign work not done", extra={"issue_id": each.issue_id})
            counts["failed"] += 1
    if begun:
        first = sum(steps[zone] for zone in {run.zone for run in begun}) + counts["letters"]
        bodies = _messages(context, sorted(begun, key=_order))
        counts["messages"] += jobs.send_bodies(queue_url("campaigns"), bodies, delay=_delay(first))
    counts["runs"] = len(begun)
    if counts["failed"]:
        raise RuntimeError(f"{counts['failed']} of the campaigns' works failed")
    return dict(counts)


def _delay(letters: int) -> int:
    """Seconds for which issues wait for so many letters that go first: steps of series in their time zones, and letters that waited for a slot."""
    return min(letters and 30 + letters // LETTERS_A_SECOND, 900)


def _make_audience(context: Context, issue_id: str) -> bool:
    """Begins to make the audience, once: both are written in one transaction."""
    issue, _ = plan_store.read(context.table, issue_id)
    if issue is None or issue.state is not IssueState.APPROVED:
        return False  # the index is a moment behind
    tx = Transaction()
    segment = segments_store.read(context.table, issue.segment_id)
    if segment is None:
        log.error("an approved issue has lost its segment", extra={"issue_id": issue_id})
        lost = replace(issue, state=IssueState.IDEA, segment_id="", approved_by="", approved_at="")
        plan_store.write(tx, replace(lost, version=issue.version + 1), issue)
    elif segment.conditions_id != issue.conditions_id:
        # An approval is of the people, too: otherwise the author could choose others after it.
        log.error("the segment of an approved issue has changed", extra={"issue_id": issue_id})
        again = replace(issue, state=IssueState.DRAFT, approved_by="", approved_at="", version=issue.version + 1)
        plan_store.write(tx, again, issue)
    else:
        audience_id = derived_id("aud", issue_id, str(issue.version))
        queued = replace(issue, state=IssueState.QUEUED, audience_id=audience_id, version=issue.version + 1)
        plan_store.write(tx, queued, issue)
        audience = Audience(
            audience_id=audience_id,
            conditions=segment.conditions,
            topic=issue.topic,
            issue_class=issue.issue_class,
            created_by=issue.author,
            created_at=context.at,
            issue_id=issue_id,
            holdout_percent=issue.holdout_percent,
        )
        segments_store.create_audience(tx, context, audience)
    try:
        context.table.commit(tx)
    except Refused:
        return False
    return segment is not None and segment.conditions_id == issue.conditions_id


def plan_runs(context: Context, issue_id: str, audience_id: str) -> None:
    """Makes the runs, once all shards of the audience are kept. Safe to repeat; none begins before all are there."""
    found = segments_store.read_audiences(context.table, [audience_id])
    parts = [part for _, parts in found for part in parts]
    if sum(part.done for part in parts) < SHARDS:
        return  # the event of the last one comes
    issue, _ = plan_store.read(context.table, issue_id)
    if issue is None or issue.audience_id != audience_id or issue.state is not IssueState.QUEUED:
        return
    zones: Counter[str] = Counter()
    for part in parts:
        zones.update(part.zones or {})
    for zone, recipients in sorted(zones.items()):
        shards = tuple(part.shard for part in parts if zone in (part.zones or {}))
        run = Run(
            issue_id=issue_id,
            zone=zone,
            slot=issue.slot,
            due_at=clock.stamp(moment_of(Slot.of(issue.slot), ZoneInfo(zone))),
            rank=rules.rank(issue),
            recipients=recipients,
            shards=shards,
        )
        store.create_run(context.table, run)
    _change(context, issue_id, _as_planned if zones else _as_sent)
    for part in parts:
        if part.zones:
            ask_for_rehearsal(issue_id, part.shard)


def ask_for_rehearsal(issue_id: str, shard: int) -> None:
    _send_message({"rehearsal": issue_id, "shard": shard})


def ask_for_test(event: Event) -> None:
    """One letter for each event, however often that is told."""
    item = event.item
    test_id = derived_id("ltr", event.id)
    _send_message({"test": item["issue_id"], "member_id": item["member_id"], "letter_id": test_id})


def _send_message(body: dict[str, Any]) -> None:
    aws.sqs().send_message(QueueUrl=queue_url("campaigns"), MessageBody=json.dumps(body))


def _begin(context: Context, due: Run) -> bool:
    """Whether the parts of this run go on now: letters leave, or those of a cancelled issue are dropped. One that missed its slot is moved.

    Letters wait for the end of their rehearsal.
    """
    sending = store.read(context.table, due.issue_id)
    run = sending.runs.get(due.zone) if sending else None
    if sending is None or run is None or run.done_at or run.due_at > context.at:
        return False  # the index is a moment behind
    if sending.issue.state is not IssueState.CANCELLED and not sending.issue.has_runs:
        return False  # the others are still to be made: `plan_runs` comes again
    if sending.is_done(run):
        finish(context, run.issue_id, run.zone)
        return False
    if sending.issue.state is IssueState.CANCELLED:
        return True  # `delivery` ends its parts
    if is_missed(context, run):
        _move(context, run)
        return False
    if not sending.is_rehearsed:
        _rehearse_on(context, sending)
        return False
    if sending.issue.state is IssueState.QUEUED:
        _change(context, run.issue_id, _as_sending)
    return sending.issue.pause is None


def _rehearse_on(context: Context, sending: Sending) -> None:
    """Begins again what a lost message of the rehearsal left."""
    still = clock.stamp(context.now - STILL)
    for shard in sorted({shard for run in sending.runs.values() for shard in run.shards}):
        part = sending.part(EVERYWHERE, shard)
        if not part.done and part.moved_at <= still:
            ask_for_rehearsal(sending.issue.issue_id, shard)


def is_missed(context: Context, run: Run) -> bool:
    late = timedelta(minutes=context.config[Pacing].late_minutes)
    return plan_rules.is_missed(clock.moment(run.due_at), context.now, late)


def _move(context: Context, run: Run) -> None:
    slots, zone = context.config[Slots], ZoneInfo(run.zone)
    slot = slot_after(context.now, zone, weekdays=slots.weekdays, hours=slots.hours)
    due_at = clock.stamp(moment_of(slot, zone))
    moved = replace(run, slot=slot.text, due_at=due_at, late_from=(*run.late_from, run.slot))
    if store.change_run(context.table, run, moved):
        log.warning("letters missed their slot", extra={"issue_id": run.issue_id, "zone": run.zone, "slot": run.slot})


def _messages(context: Context, runs: Sequence[Run]) -> list[dict[str, object]]:
    """One for each shard: the runs that have people there, in their order, but for parts that are done, under way, or behind one of their zone that is."""
    still = clock.stamp(context.now - STILL)
    sendings = {each: store.read(context.table, each) for each in {run.issue_id for run in runs}}
    waiting: dict[int, list[tuple[str, str]]] = defaultdict(list)
    under_way: set[tuple[str, int]] = set()
    for run in runs:
        sending = sendings[run.issue_id]
        for shard in run.shards if sending else ():
            part = sending.part(run.zone, shard) if sending else None
            if part is None or part.done or (run.zone, shard) in under_way:
                continue
            if part.moved_at > still:
                under_way.add((run.zone, shard))
            else:
                waiting[shard].append((run.issue_id, run.zone))
    return [{"shard": shard, "runs": each} for shard, each in sorted(waiting.items())]


def _order(run: Run) -> tuple[str, str]:
    return run.rank, run.zone


# --- steps of the issue -----------------------------------------------------------------------------------------------


def finish(context: Context, issue_id: str, zone: str) -> None:
    """Ends the run when its parts are done, and the issue when its runs are. Safe to repeat.

    The run comes last, since it is listed until then: a process that dies in between leaves the rest to the next tick.
    """
    sending = store.read(context.table, issue_id)
    if sending is None or not sending.is_done(sending.runs[zone]):
        return
    if all(sending.is_done(run) for run in sending.runs.values()):
        _change(context, issue_id, _as_sent)
    store.change_run(context.table, sending.runs[zone], replace(sending.runs[zone], done_at=context.at))


def pause_itself(
    context: Context, issue_id: str, reason: rules.Breach | Literal["rehearsal", "failures", "promotion"]
) -> None:
    """No more letters leave until somebody resumes the issue. Its people hear of it, once."""
    log.error("an issue paused itself", extra={"issue_id": issue_id, "reason": reason})

    def decide(before: Issue) -> Issue:
        return replace(before, pause=before.pause or Pause(context.at, reason))

    def tell(tx: Transaction, paused: Issue) -> None:
        people = [each for each in dict.fromkeys((paused.author, paused.approved_by, paused.owner)) if each]
        key = plan_keys.issue(issue_id)
        record_event(tx, context, key, PAUSED_ITSELF, issue_id=issue_id, reason=reason, people=people)

    _change(context, issue_id, decide, tell)


def pause(context: Context, issue_id: str, form: IssueReasonForm, *, by: str) -> SendingView:
    """Letters that a worker holds at this moment still leave. Safe to repeat. Raises 404, and 409 before the audience is made or after the end."""

    def decide(before: Issue) -> Issue:
        _on_the_way(before)
        return replace(before, pause=before.pause or Pause(context.at, form.reason, by))

    _change(context, issue_id, decide)
    return show(context, issue_id)


def resume(context: Context, issue_id: str, form: IssueReasonForm, *, by: str) -> SendingView:
    """Letters leave again in the slot, or in the next one. Safe to repeat. Raises as `pause`."""
    sending = _read(context, issue_id)
    resumed = Resumption(context.at, form.reason, by, sending.sent, sending.bounced, sending.complained)

    def decide(before: Issue) -> Issue:
        _on_the_way(before)
        return replace(before, pause=None, resumed=resumed) if before.pause else before

    _change(context, issue_id, decide)
    return show(context, issue_id)


def test(context: Context, issue_id: str, *, by: str) -> TestView:
    """Sends the issue's letter to the caller, in the caller's language. Raises 404, and 409 while there is no text in it."""
    issue, texts = plan_store.read(context.table, issue_id)
    reader = members.member(context, by)
    if issue is None or reader is None:
        raise Problem("not_found")
    if texts.in_language(reader.language) is None:
        raise Problem("wrong_state", "The issue has no text in this language.")
    tx = Transaction()
    record_event(tx, context, plan_keys.issue(issue_id), TEST_REQUESTED, issue_id=issue_id, member_id=by)
    return context.commit(tx, TestView(issue_id=issue_id, email=reader.email, language=reader.language))


def show(context: Context, issue_id: str) -> SendingView:
    """One call. Raises 404."""
    return SendingView.of(_read(context, issue_id))


def _read(context: Context, issue_id: str) -> Sending:
    return or_not_found(store.read(context.table, issue_id))


def is_on_the_way(issue: Issue) -> bool:
    return issue.state in _ON_THE_WAY


def _on_the_way(issue: Issue) -> None:
    if not is_on_the_way(issue):
        raise Problem("wrong_state", "Its letters are not on their way.", extra={"state": issue.state})


def _as_planned(before: Issue) -> Issue:
    return replace(before, has_runs=True) if before.state is IssueState.QUEUED else before


def _as_sending(before: Issue) -> Issue:
    return replace(before, state=IssueState.SENDING) if before.state is IssueState.QUEUED else before


def _as_sent(before: Issue) -> Issue:
    return replace(before, state=IssueState.SENT, pause=None) if before.state in _ON_THE_WAY else before


@retry("version")
def _change(
    context: Context,
    issue_id: str,
    decide: Callable[[Issue], Issue],
    also: Callable[[Transaction, Issue], None] = lambda tx, after: None,
) -> None:
    """Decides again where another writer was faster. `also` adds to the transaction of a change. Raises 404."""
    before, _ = plan_store.read(context.table, issue_id)
    if before is None:
        raise Problem("not_found")
    after = decide(before)
    if after != before:
        tx = Transaction()
        plan_store.write(tx, replace(after, version=before.version + 1), before)
        also(tx, after)
        context.table.commit(tx)
