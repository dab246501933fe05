"""Steps of an issue, each in one transaction that checks the caller's role.

The answer to planning, moving or cancelling an issue names its effects at once: the issues that are too near, and where to move them.
A plan that would skip people is refused, unless the caller accepts that.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any, get_args

from chalicelib import contacts, members, pricing
from chalicelib.campaigns.plan import issue_texts, rules, store
from chalicelib.campaigns.plan.model import Issue, IssueState, IssueTexts
from chalicelib.campaigns.plan.schemas import (
    ClashView,
    IssueForm,
    IssueView,
    MoveForm,
    PreviewForm,
    PreviewView,
    slot_of,
)
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.overlaps import overlaps
from chalicelib.campaigns.segments.service import check_regional, check_topic
from chalicelib.contacts import Slot, Slots, slot_after
from chalicelib.platform import Club, Context, Fault, Language, Problem
from chalicelib.table import Transaction, retry

MOST_COUNTED = 10  # clashes of one answer whose people are counted


def create(
    context: Context, form: IssueForm, *, by: str, also: Callable[[Transaction, str], None] = lambda tx, issue_id: None
) -> IssueView:
    """Raises 422 for what cannot be, 409 where people would be skipped and the form does not accept that. `also` adds to its transaction."""
    made = Issue(issue_id=context.new_id("iss"), created_at=context.at, writers=(by,), **_content(context, form, by))
    found = _clashes(context, made, accepted=form.accept_skips)
    tx = Transaction()
    store.write(tx, made, None)
    store.write_texts(tx, made.issue_id, form.texts)
    also(tx, made.issue_id)
    return context.commit(tx, IssueView.of(made, form.texts, found))


def check(context: Context, form: IssueForm) -> None:
    """Raises 422 as `create`."""
    _content(context, form, "")


def has_issue(context: Context, issue_id: str) -> bool:
    return store.read(context.table, issue_id)[0] is not None


def cancelled(context: Context, issue_ids: Collection[str]) -> set[str]:
    """Those of the issues that are cancelled. One call per 100."""
    found = store.read_many(context.table, issue_ids)
    return {each.issue_id for each in found if each.state is IssueState.CANCELLED}


def slot_to_come(context: Context, text: str) -> str:
    """The slot itself; where it has passed, or is none any more, the next one from its day on."""
    try:
        _slot(context, text)
    except Problem:
        return _next_slot(context, Slot.of(text).day).text
    return text


def first_moment(slot: str) -> datetime:
    """The moment of a slot in the earliest time zone: no letter of it leaves before."""
    return rules.first_moment(Slot.of(slot))


def show(context: Context, issue_id: str) -> tuple[IssueView, int]:
    """The issue with its clashes, and its version. Raises 404."""
    found, texts = _read(context, issue_id)
    return IssueView.of(found, texts, _clashes(context, found, accepted=True)), found.version


def preview(context: Context, issue_id: str, form: PreviewForm) -> PreviewView:
    """Raises 404 for an unknown issue or member, 409 where there is no text yet."""
    issue, texts = _read(context, issue_id)
    return issue_texts.preview(context, texts, form.member_id, form.language, issue.issue_class)


def change(context: Context, issue_id: str, version: int, form: IssueForm, *, by: str) -> tuple[IssueView, int]:
    """Raises 412 when the version is no longer that one, and as `create`. An approved issue must be approved again."""
    before, _ = _read(context, issue_id)
    if before.version != version:
        raise Problem("precondition_failed")
    _open(before)
    content = _content(context, form, by)
    writers = tuple(dict.fromkeys((*before.writers, by))) if not before.approved_by else (by,)
    after = replace(before, **content, writers=writers, approved_by="", approved_at="", version=version + 1)
    found = _clashes(context, after, accepted=form.accept_skips)
    tx = Transaction()
    store.write(tx, after, before)
    store.write_texts(tx, issue_id, form.texts)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return IssueView.of(after, form.texts, found), after.version


def move(context: Context, issue_id: str, form: MoveForm, *, by: str) -> IssueView:
    """To another slot; an approval stays. Safe to repeat. Raises 409 for a cancelled issue, and as `create`."""
    slot = _slot(context, form.slot)

    def decide(before: Issue) -> Issue:
        _open(before)
        if before.approved_by:
            _check_in_force(context, before.promotion_id, slot)
        return replace(before, slot=slot.text)

    return _step(context, issue_id, decide, by=by, accepted=form.accept_skips)[0]


def approve(context: Context, issue_id: str, version: int, *, by: str) -> tuple[IssueView, int]:
    """The issue and its new version. Safe to repeat. Raises 403 for one of its authors, 409 for an issue that is not whole, is cancelled or
    whose segment changed since, 412 for another version.

    Raises 422 for a slot in the past, a segment that is gone or names regions by now, or a promotion that does not hold on its day.
    """

    def decide(before: Issue) -> Issue:
        if before.approved_by and before.state is not IssueState.CANCELLED:
            return before
        _open(before)
        if before.version != version:
            raise Problem("precondition_failed")
        if by in (before.author, *before.writers):
            raise Problem("four_eyes", "The author of an issue cannot approve it.")
        if before.state is IssueState.IDEA:
            lacking = _lacking(context, before)
            raise Problem(
                "wrong_state", "The issue lacks its segment or a text.", errors=lacking, extra={"state": before.state}
            )
        _check_in_force(context, before.promotion_id, _slot(context, before.slot))
        segment = segments_store.read(context.table, before.segment_id)
        if segment is None:
            raise Problem.invalid("unknown_segment", "/segment_id", "There is no such segment.")
        check_regional(segment.rules, before.topic, "/segment_id")
        if segment.conditions_id != before.conditions_id:
            # Otherwise somebody could choose the people alone: change the segment of another one's issue, and approve that.
            changed = Fault(
                pointer="/segment_id", code="changed", detail="Save the issue again, with the segment as it is."
            )
            raise Problem("wrong_state", "Its segment changed after the issue was written.", errors=[changed])
        return replace(before, state=IssueState.APPROVED, approved_by=by, approved_at=context.at)

    return _step(context, issue_id, decide, by=by, accepted=True)


def cancel(context: Context, issue_id: str, *, by: str) -> IssueView:
    """The issue with the clashes that end. Safe to repeat. Letters that a worker holds at this moment still leave. Raises 409 for one that is sent."""

    def decide(before: Issue) -> Issue:
        if before.state is IssueState.SENT:
            raise Problem("wrong_state", "It is sent.", extra={"state": before.state})
        return replace(before, state=IssueState.CANCELLED)

    return _step(context, issue_id, decide, by=by, accepted=True)[0]


def cancel_unsent(context: Context, issue_id: str, *, by: str) -> None:
    """Cancels an issue, if there is one and not all its letters have left. Safe to repeat."""
    found, _ = store.read(context.table, issue_id)
    if found is not None and found.state not in (IssueState.SENT, IssueState.CANCELLED):
        cancel(context, issue_id, by=by)


@retry("version")
def _step(
    context: Context, issue_id: str, decide: Callable[[Issue], Issue], *, by: str, accepted: bool
) -> tuple[IssueView, int]:
    """One step of an issue, decided again where another writer was faster. The issue and its version."""
    before, texts = _read(context, issue_id)
    after = decide(before)
    # A cancellation is answered with the clashes that end.
    planned = replace(after, state=IssueState.DRAFT) if after.state is IssueState.CANCELLED else after
    found = _clashes(context, planned, accepted=accepted or after == before)
    if after == before:
        return IssueView.of(after, texts, found), after.version
    after = replace(after, changed_at=context.at, changed_by=by, version=before.version + 1)
    tx = Transaction()
    store.write(tx, after, before)
    context.table.commit(tx)
    return IssueView.of(after, texts, found), after.version


def _read(context: Context, issue_id: str) -> tuple[Issue, IssueTexts]:
    found, texts = store.read(context.table, issue_id)
    if found is None:
        raise Problem("not_found")
    return found, texts


def _open(issue: Issue) -> None:
    if issue.state is IssueState.CANCELLED:
        raise Problem("wrong_state", "It is cancelled.", extra={"state": issue.state})
    if issue.state in rules.UNDER_WAY:
        raise Problem("wrong_state", "Its letters are on their way. Cancel it, and plan another.")


def _lacking(context: Context, issue: Issue) -> list[Fault]:
    """The faults that keep an idea from being approved: a text in each language and a segment are needed."""
    texts = store.read_texts(context.table, issue.issue_id)
    missing = [f"/texts/{language}" for language in get_args(Language) if texts.in_language(language) is None]
    if not issue.segment_id:
        missing.append("/segment_id")
    return [Fault(pointer=each, code="missing", detail="An issue needs this before its approval.") for each in missing]


def _content(context: Context, form: IssueForm, by: str) -> dict[str, Any]:
    """The fields of an issue that its form says. Raises 422 where the form names what there is not."""
    _slot(context, form.slot)
    check_topic(context, form.topic, "/topic")
    _check_owner(context, form.owner)
    _check_promotion(context, form.promotion_id)
    issue_texts.check(context, form.texts)
    _check_class(form)
    segment = segments_store.read(context.table, form.segment_id) if form.segment_id else None
    if form.segment_id and segment is None:
        raise Problem.invalid("unknown_segment", "/segment_id", "There is no such segment.")
    if segment is not None:
        check_regional(segment.rules, form.topic, "/segment_id")
    whole = segment is not None and form.texts.en is not None and form.texts.ru is not None
    return {
        "title": form.title,
        "topic": form.topic,
        "issue_class": form.issue_class,
        "template": form.template or "",
        "slot": form.slot,
        "owner": form.owner or "",
        "segment_id": form.segment_id or "",
        "conditions_id": segment.conditions_id if segment else "",
        "regional_event": segment is not None and segment.rules.regional_event,
        "promotion_id": form.promotion_id or "",
        "holdout_percent": form.holdout_percent,
        "state": IssueState.DRAFT if whole else IssueState.IDEA,
        "author": by,
        "changed_at": context.at,
        "changed_by": by,
    }


def _slot(context: Context, text: str) -> Slot:
    """Raises 422 for a time that is no slot of the club, or is past where the club is."""
    slots = context.config[Slots]
    try:
        slot = slot_of(text)
    except ValueError:
        raise Problem.invalid("no_slot", "/slot", "There is no such day or hour.") from None
    if slot.day.isoweekday() not in slots.weekdays or slot.hour not in slots.hours:
        coming = _next_slot(context, slot.day).text
        raise Problem.invalid("no_slot", "/slot", f"The club sends no letters at that time; the next slot is {coming}.")
    local = context.now.astimezone(context.config[Club].zone)
    if rules.is_past(slot, local):
        coming = _next_slot(context, slot.day).text
        raise Problem.invalid("past", "/slot", f"This slot is past; the next one is {coming}.")
    if (slot.day - local.date()).days > rules.MOST_DAYS_AHEAD:
        raise Problem.invalid("too_far", "/slot", "The plan reaches a year ahead.")
    return slot


def _next_slot(context: Context, first: date) -> Slot:
    """The next slot where the club is, on this day or later."""
    slots = context.config[Slots]
    return slot_after(context.now, context.config[Club].zone, weekdays=slots.weekdays, hours=slots.hours, first=first)


def _check_owner(context: Context, owner: str | None) -> None:
    """The owner of an issue gets a letter when it pauses itself."""
    if owner:
        _, acts = members.with_membership(context, owner)
        if acts is None or acts.owner != members.STAFF_OWNER:
            raise Problem.invalid("not_staff", "/owner", "This person is not on the club's staff.")


def _check_promotion(context: Context, promotion_id: str | None) -> None:
    """A discount is named only for overstock and modernised models: for anything else it teaches partners to wait for the next one."""
    if not promotion_id:
        return
    found = pricing.promotion_of(context.table, promotion_id)
    if found is None:
        raise Problem.invalid("unknown_promotion", "/promotion_id", "There is no such promotion.")
    statuses = set(found.form.goods.statuses)
    if not statuses or not statuses <= rules.CLEARANCE:
        raise Problem.invalid(
            "not_a_clearance", "/promotion_id", "Letters name discounts of overstock and of modernised models only."
        )


def has_promotion_in_force(context: Context, promotion_id: str, slot: Slot) -> bool:
    """Whether the promotion that a letter names, if any, is approved and holds on the day of the slot. One call for one that names any."""
    found = pricing.promotion_of(context.table, promotion_id) if promotion_id else None
    if found is None:
        return not promotion_id
    return found.approved_at is not None and found.promotion.out_of_time(slot.day) is None


def _check_in_force(context: Context, promotion_id: str, slot: Slot) -> None:
    if not has_promotion_in_force(context, promotion_id, slot):
        raise Problem.invalid(
            "not_in_force", "/promotion_id", "Its promotion is not approved, or does not hold on the day of the slot."
        )


def _check_class(form: IssueForm) -> None:
    if form.issue_class == "service":
        # Nobody agreed to it and nobody can leave it, so it must not advertise.
        rule = "A service letter names no discount and no promotion, and shows no products."
        issue_texts.check_discount(form.texts, "/issue_class", "advertises", rule)
        if form.promotion_id or issue_texts.shows_products(form.texts):
            raise Problem.invalid("advertises", "/issue_class", rule)
        if form.holdout_percent:
            raise Problem.invalid("service", "/holdout_percent", "A service letter goes to everybody whom it concerns.")
    elif not form.promotion_id:
        rule = "A letter that names a discount names its promotion."
        issue_texts.check_discount(form.texts, "/promotion_id", "discount_without_promotion", rule)


def _clashes(context: Context, issue: Issue, *, accepted: bool) -> list[ClashView]:
    """One call for the plan, one for its segments, and those of `overlaps` where issues clash. Raises 409 with the clashes, unless they are accepted."""
    gaps, slots = contacts.letter_gaps(context), context.config[Slots]
    longest = timedelta(days=max((days for each in gaps.values() for days in each.values()), default=0))
    day = Slot.of(issue.slot).day
    others = store.between(context.table, day - longest, day + timedelta(days=rules.MOST_DAYS_AHEAD))
    wanted = {each.segment_id for each in (issue, *others) if each.segment_id}
    segments = {each: segment.rules for each, segment in segments_store.read_many(context.table, wanted).items()}
    found = rules.clashes(issue, others, gaps, segments, weekdays=slots.weekdays, hours=slots.hours)
    both = overlaps(context, [(each.before.segment_id, each.skipped.segment_id) for each in found[:MOST_COUNTED]])
    told = [ClashView.of(clash, skipped) for clash, skipped in zip_longest(found, both)]
    if found and not accepted:
        fault = Fault(pointer="/slot", code="budget", detail="The contact budget skips people of one of two issues.")
        clashes = [each.model_dump(mode="json") for each in told]
        raise Problem("conflict", "Accept the skips, or take another slot.", errors=[fault], extra={"clashes": clashes})
    return told
