"""Simulations for the staff."""

from chalicelib.platform import Answer, Call, Routes
from chalicelib.tiers.simulations import service
from chalicelib.tiers.simulations.schemas import SimulationPage, SimulationsQuery, SimulationView

routes = Routes(__name__, tag="tiers")


@routes.post(
    "/v1/staff/tier-ladders/{ladder_id}/simulate", scope="staff.tiers.write", status=202, located=True, keyed=True
)
def simulate_ladder(call: Call, ladder_id: str) -> SimulationView:
    """Simulate a ladder over the club's last 12 months, as if it had always been in force.

    The answer has the id of the simulation. Read the simulation at its own address until it is done: it then shows the moves between tiers
    and the cost. A simulation changes no tier. It is kept for 90 days.
    """
    return service.start(call.answering(_started), ladder_id, call.principal.for_member())


@routes.get("/v1/staff/tier-simulations", scope="staff.tiers.read", query=SimulationsQuery)
def list_simulations(call: Call) -> SimulationPage:
    """List the simulations of ladders of the last 90 days, newest first."""
    return call.page(SimulationPage, service.page, call.context)


@routes.get("/v1/staff/tier-simulations/{simulation_id}", scope="staff.tiers.read")
def show_simulation(call: Call, simulation_id: str) -> SimulationView:
    """Show the progress of a simulation and, once it is done, its result and the address of the list of companies."""
    return service.show(call.context, simulation_id)


def _started(simulation: SimulationView) -> Answer[SimulationView]:
    return Answer(simulation, headers={"Location": f"/v1/staff/tier-simulations/{simulation.simulation_id}"})
