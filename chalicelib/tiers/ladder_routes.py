"""How the staff draws ladders up and puts them in force."""

from chalicelib.platform.http.routes import Answer, Call, Routes, etag
from chalicelib.tiers import ladder_service, simulation_service
from chalicelib.tiers.ladder_schemas import ActivationForm, LaddersQuery, TierLadder, TierLadderForm, TierLadders
from chalicelib.tiers.simulation_schemas import TierSimulation

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
    return ladder_service.draw_up(call.answering(_drawn_up), call.body, call.principal.for_member())


@routes.get("/v1/staff/tier-ladders", scope="staff.tiers.read", query=LaddersQuery, answer=TierLadders)
def list_ladders(call: Call) -> TierLadders:
    """List the ladders, newest first. The founding ladder of each currency comes last."""
    cursors = call.cursors()
    items, last = ladder_service.page(call.work, call.query.limit, cursors.open(call.query.cursor))
    return TierLadders(items=items, next_cursor=cursors.close(last))


@routes.get("/v1/staff/tier-ladders/{ladder_id}", scope="staff.tiers.read", answer=TierLadder, problems=("not_found",))
def show_ladder(call: Call, ladder_id: str) -> Answer:
    """Show a ladder and its state: draft, scheduled, active or retired."""
    return _versioned(*ladder_service.show(call.work, ladder_id))


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
    return _versioned(*ladder_service.activate(call.work, ladder_id, call.expected_version(), call.body.first, author))


@routes.post(
    "/v1/staff/tier-ladders/{ladder_id}/withdraw",
    scope="staff.tiers.write",
    answer=TierLadder,
    matched=True,
    problems=("not_found", "precondition_failed", "wrong_state"),
)
def withdraw_ladder(call: Call, ladder_id: str) -> Answer:
    """Make a draft of a scheduled ladder again: it will not come in force."""
    return _versioned(*ladder_service.withdraw(call.work, ladder_id, call.expected_version()))


@routes.post(
    "/v1/staff/tier-ladders/{ladder_id}/simulate",
    scope="staff.tiers.write",
    answer=TierSimulation,
    status=202,
    keyed=True,
    problems=("not_found",),
)
def simulate_ladder(call: Call, ladder_id: str) -> TierSimulation:
    """Simulate a ladder over the club's last 12 months, as if it had always been in force.

    The answer names the simulation: follow it at its own address, until it is done and shows who would move and what it would cost.
    It changes nothing and nobody. It is kept for 90 days.
    """
    return simulation_service.start(call.answering(_started), ladder_id, call.principal.for_member())


@routes.get(
    "/v1/staff/tier-simulations/{simulation_id}",
    scope="staff.tiers.read",
    answer=TierSimulation,
    problems=("not_found",),
)
def show_simulation(call: Call, simulation_id: str) -> TierSimulation:
    """Show how far a simulation came; when it is done, its result and where to download the list of companies."""
    return simulation_service.show(call.work, simulation_id)


def _started(simulation: TierSimulation) -> Answer:
    return Answer(simulation, headers={"Location": f"/v1/staff/tier-simulations/{simulation.simulation_id}"})


def _drawn_up(ladder: TierLadder) -> Answer:
    return Answer(ladder, headers={"Location": f"/v1/staff/tier-ladders/{ladder.ladder_id}", **etag(1)})


def _versioned(ladder: TierLadder, version: int) -> Answer:
    return Answer(ladder, headers=etag(version))
