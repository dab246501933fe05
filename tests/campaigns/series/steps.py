"""Series in the surroundings of letters: members who start one, and time that passes until its letters came."""

from typing import Any

from chalicelib.campaigns.series import enrolment, service, store
from chalicelib.campaigns.series.model import Enrolment
from chalicelib.campaigns.series.schemas import SeriesForm, SeriesView
from chalicelib.mail import Letter
from chalicelib.mail import letters as letters_of
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from tests.campaigns.sending.steps import TEXTS, Post

AT = "2026-11-22T12:00:00.000Z"


def step(step_id: str, wait_days: int = 1, **more: Any) -> dict[str, Any]:
    return {"step_id": step_id, "wait_days": wait_days, "texts": TEXTS, **more}


def form(*steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    known = {"name": "Hello", "topic": "club", "issue_class": "content", "starts": ["joined"]}
    return {**known, "steps": list(steps) or [step("first"), step("second", 5)], **changes}


def running(context: Context, *steps: dict[str, Any], **changes: Any) -> SeriesView:
    """A series that somebody else has approved."""
    made = service.create(context, SeriesForm.model_validate(form(*steps, **changes)), by="mbr_author")
    return begun(context, made.series_id)


def begun(context: Context, series_id: str) -> SeriesView:
    _, version = service.show(context, series_id)
    return service.approve(context, series_id, version, by="mbr_head")[0]


def changed(context: Context, series: SeriesView, *steps: dict[str, Any], **changes: Any) -> SeriesView:
    _, version = service.show(context, series.series_id)
    asked = SeriesForm.model_validate(form(*steps, accept_effects=True, **changes))
    service.change(context, series.series_id, version, asked, by="mbr_author")
    return begun(context, series.series_id)


def told(club: Post, member_id: str = "mbr_1", event_id: str = "evt_1", at: str = AT, company_id: str = "") -> None:
    """The event that starts a series comes."""
    event = Event("member.email_confirmed", event_id, {"at": at})
    enrolment.begin(club.context, event, "joined", [member_id], company_id)


def in_series(club: Post, series: SeriesView, member_id: str = "mbr_1") -> Enrolment:
    found = store.enrolment(club.context.table, member_id, series.series_id)
    assert found
    return found


def letters(club: Post, series: SeriesView, member_id: str = "mbr_1") -> list[Letter]:
    """Those of the steps behind the member, in their order."""
    ids = [each.letter_id for each in in_series(club, series, member_id).passed if each.letter_id]
    found = letters_of(club.context.table, ids)
    return [found[each] for each in ids]


def came(club: Post, series: SeriesView, member_id: str = "mbr_1") -> list[str]:
    """When the mail service took them."""
    return [f"{club.answered[each.letter_id]:%Y-%m-%dT%H:%M}" for each in letters(club, series, member_id)]
