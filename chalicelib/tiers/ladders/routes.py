"""How the staff draws ladders up and puts them in force."""

from chalicelib.platform.http.routes import Answer, Call, Routes, etag
from chalicelib.tiers.ladders import service
from chalicelib.tiers.ladders.schemas import ActivationForm, LaddersQuery, TierLadder, TierLadderForm, TierLadders

routes = Routes(__name__, tag="tiers")


@routes.post(
    "/v1/staff/tier-ladders",
    scope="staff.tiers.write",
    body=TierLadderForm,
    answer=TierLadder,
    status=201,
    keyed=True,
)
def draw_up_ladder(call: Call) -> TierLadder:
    """Draw a ladder up.

    A draft moves nobody. Simulate it over the club's last 12 months, then activate it from a day. A ladder is never edited: what has
    been in force must explain decisions for ever. To change one, draw up another.
    """
    return service.draw_up(call.answering(_drawn_up), call.body, call.principal.for_member())


@routes.get("/v1/staff/tier-ladders", scope="staff.tiers.read", query=LaddersQuery, answer=TierLadders)
def list_ladders(call: Call) -> TierLadders:
    """List the ladders, newest first. The founding ladder of each currency comes last."""
    cursors = call.cursors()
    items, last = service.page(call.context, call.query.limit, cursors.open(call.query.cursor))
    return TierLadders(items=items, next_cursor=cursors.close(last))


@routes.get("/v1/staff/tier-ladders/{ladder_id}", scope="staff.tiers.read", answer=TierLadder, problems=("not_found",))
def show_ladder(call: Call, ladder_id: str) -> Answer:
    """Show a ladder and its state: draft, scheduled, active or retired."""
    return _versioned(*service.show(call.context, ladder_id))


@routes.post(
    "/v1/staff/tier-ladders/{ladder_id}/activate",
    scope="staff.tiers.write",
    body=ActivationForm,
    answer=TierLadder,
    matched=True,
    problems=("not_found", "precondition_failed", "wrong_state", "already_exists"),
)
def activate_ladder(call: Call, ladder_id: str) -> Answer:
    """Put a draft in force from a day: today or later, one ladder a day and currency.

    Tiers of earlier days stay what they were. Everybody's standing is made anew within minutes; whose tier changes gets the usual
    letter on the day of the change.
    """
    author = call.principal.for_member()
    return _versioned(*service.activate(call.context, ladder_id, call.expected_version(), call.body.first, author))


@routes.post(
    "/v1/staff/tier-ladders/{ladder_id}/withdraw",
    scope="staff.tiers.write",
    answer=TierLadder,
    matched=True,
    problems=("not_found", "precondition_failed", "wrong_state"),
)
def withdraw_ladder(call: Call, ladder_id: str) -> Answer:
    """Make a draft of a scheduled ladder again: it will not come in force."""
    return _versioned(*service.withdraw(call.context, ladder_id, call.expected_version()))


def _drawn_up(ladder: TierLadder) -> Answer:
    return Answer(ladder, headers={"Location": f"/v1/staff/tier-ladders/{ladder.ladder_id}", **etag(1)})


def _versioned(ladder: TierLadder, version: int) -> Answer:
    return Answer(ladder, headers=etag(version))
