"""Segments: written by the staff, with their author."""

from collections.abc import Collection
from dataclasses import replace

from chalicelib import companies, contacts, tiers
from chalicelib.campaigns.config import Campaigns
from chalicelib.campaigns.segments import rules, store
from chalicelib.campaigns.segments.model import Conditions
from chalicelib.campaigns.segments.schemas import SegmentForm, SegmentView
from chalicelib.campaigns.segments.store import Segment
from chalicelib.platform import Context, Problem, or_not_found
from chalicelib.table import Position, Transaction

EVENTS = "events"  # the topic of regional events


def create(context: Context, form: SegmentForm, *, by: str) -> SegmentView:
    """Raises 422 for regions without a regional event, and for a tier that no ladder has."""
    check(context, form.conditions, "/conditions")
    made = _segment(context, context.new_id("seg"), form, by)
    tx = Transaction()
    store.write(tx, made, None)
    return context.commit(tx, shown(made))


def read(context: Context, segment_id: str) -> Segment:
    """Raises 404."""
    return or_not_found(store.read(context.table, segment_id))


def has_segment(context: Context, segment_id: str) -> bool:
    return store.read(context.table, segment_id) is not None


def is_held_out(context: Context, company_id: str) -> bool:
    """Whether the company is one of those that get no letters of campaigns. One call."""
    campaigns = context.config[Campaigns]
    unit = holdout_units(context, {company_id})[company_id]
    return rules.is_held_out(campaigns.holdout_salt, unit, campaigns.holdout_percent)


def holdout_units(context: Context, company_ids: Collection[str]) -> dict[str, str]:
    """By company, by what the hold-out draws it. One call per 100."""
    known = companies.read_companies(context, company_ids) if company_ids else {}
    return {each: (known[each].drawn_as if each in known else None) or each for each in company_ids}


def page(context: Context, limit: int, after: Position) -> tuple[list[SegmentView], Position]:
    """By name. One call."""
    found = store.page(context.table, limit, after)
    return [shown(store.of_item(item)) for item in found.items], found.last


def change(context: Context, segment_id: str, version: int, form: SegmentForm, *, by: str) -> Segment:
    """Raises 412 when the version is no longer that one, and 422 as `create`."""
    check(context, form.conditions, "/conditions")
    before = _at(read(context, segment_id), version)
    after = replace(_segment(context, segment_id, form, by), version=version + 1)
    tx = Transaction()
    store.write(tx, after, before)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return after


def delete(context: Context, segment_id: str, version: int) -> None:
    """Raises 412 when the version is no longer that one."""
    tx = Transaction()
    store.delete(tx, _at(read(context, segment_id), version))
    context.table.commit(tx, refusal=Problem("precondition_failed"))


def check(context: Context, conditions: Conditions, pointer: str) -> None:
    """Raises 422 for a tier that no ladder has, and for regions without a regional event: where people live tells them apart for nothing else."""
    known = [*tiers.tier_codes(context), rules.NO_TIER] if conditions.tiers else []
    for number, tier in enumerate(conditions.tiers):
        if tier not in known:
            raise Problem.unknown("tier", f"{pointer}/tiers/{number}", known)
    if conditions.regions and not conditions.regional_event:
        raise Problem.invalid("only_regional_events", f"{pointer}/regions", "Regions are for regional events only.")


def check_regional(conditions: Conditions, topic: str, pointer: str) -> None:
    """Raises 422 where a letter of another topic than events goes to people of some regions, whatever its segment calls itself."""
    if conditions.regions and topic != EVENTS:
        raise Problem.invalid("only_regional_events", pointer, "Regions are for regional events only.")


def check_topic(context: Context, topic: str | None, pointer: str) -> None:
    if topic and topic not in contacts.topics(context):
        raise Problem.unknown("topic", pointer, contacts.topics(context))


def shown(segment: Segment) -> SegmentView:
    return SegmentView(
        segment_id=segment.segment_id,
        name=segment.name,
        conditions=segment.rules,
        changed_by=segment.changed_by,
        changed_at=segment.changed_at,
    )


def _segment(context: Context, segment_id: str, form: SegmentForm, by: str) -> Segment:
    return Segment(
        segment_id=segment_id,
        name=form.name,
        conditions=store.kept(form.conditions),
        changed_by=by,
        changed_at=context.at,
    )


def _at(found: Segment, version: int) -> Segment:
    if found.version != version:
        raise Problem("precondition_failed")
    return found
