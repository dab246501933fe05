"""The event of a simulation: `simulation_id`."""

from chalicelib.platform.events import EventType

REQUESTED = EventType("tier_simulation.requested")
