"""Ladders for the staff: drafts, activation, withdrawal."""

from chalicelib.platform import Answer, Call, ListPage, Routes, etag
from chalicelib.tiers.ladders import service
from chalicelib.tiers.ladders.schemas import ActivationForm, LadderForm, LaddersQuery, StaffLadderView

routes = Routes(__name__, tag="tiers")


@routes.post("/v1/staff/tier-ladders", scope="staff.tiers.write", status=201, keyed=True)
def draft_ladder(call: Call, form: LadderForm) -> StaffLadderView:
    """Draft a ladder.

    A draft changes no tier. Simulate it over the club's last 12 months, then activate it from a day. A ladder is never edited, since it
    explains the decisions of the days on which it was in force: draft another one instead.
    """
    return service.draw_up(call.answering(_drawn_up), form, call.principal.for_member())


@routes.get("/v1/staff/tier-ladders", scope="staff.tiers.read", query=LaddersQuery)
def list_ladders(call: Call) -> ListPage[StaffLadderView]:
    """List the ladders, newest first. The founding ladder of each currency comes last."""
    return call.page(ListPage[StaffLadderView], service.page, call.context)


@routes.get("/v1/staff/tier-ladders/{ladder_id}", scope="staff.tiers.read")
def show_ladder(call: Call, ladder_id: str) -> Answer[StaffLadderView]:
    """Show a ladder and its state: draft, scheduled, active or retired."""
    return Answer.at(*service.show(call.context, ladder_id))


@routes.post(
    "/v1/staff/tier-ladders/{ladder_id}/activate",
    scope="staff.tiers.write",
    matched=True,
    problems=("precondition_failed", "wrong_state", "already_exists", "four_eyes", "conflict"),
)
def activate_ladder(call: Call, form: ActivationForm, ladder_id: str) -> Answer[StaffLadderView]:
    """Activate a draft from today or a later day: one ladder per day and currency.

    Tiers of earlier days stay as they were. The standings of all companies are recalculated within minutes. A company whose tier changes
    gets the usual letter on the day of the change. Somebody else than its author activates a ladder with a discount above the club's bound.
    """
    author = call.principal.for_member()
    return Answer.at(*service.activate(call.context, ladder_id, call.expected_version(), form.first, author))


@routes.post(
    "/v1/staff/tier-ladders/{ladder_id}/withdraw",
    scope="staff.tiers.write",
    matched=True,
    problems=("precondition_failed", "wrong_state"),
)
def withdraw_ladder(call: Call, ladder_id: str) -> Answer[StaffLadderView]:
    """Turn a scheduled ladder into a draft again."""
    return Answer.at(*service.withdraw(call.context, ladder_id, call.expected_version()))


def _drawn_up(ladder: StaffLadderView) -> Answer[StaffLadderView]:
    return Answer(ladder, headers={"Location": f"/v1/staff/tier-ladders/{ladder.ladder_id}", **etag(1)})
