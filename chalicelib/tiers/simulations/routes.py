from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.tiers.simulations import service
from chalicelib.tiers.simulations.schemas import TierSimulation

routes = Routes(__name__, tag="tiers")


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
    return service.start(call.answering(_started), ladder_id, call.principal.for_member())


@routes.get(
    "/v1/staff/tier-simulations/{simulation_id}",
    scope="staff.tiers.read",
    answer=TierSimulation,
    problems=("not_found",),
)
def show_simulation(call: Call, simulation_id: str) -> TierSimulation:
    """Show how far a simulation came; when it is done, its result and where to download the list of companies."""
    return service.show(call.context, simulation_id)


def _started(simulation: TierSimulation) -> Answer:
    return Answer(simulation, headers={"Location": f"/v1/staff/tier-simulations/{simulation.simulation_id}"})
