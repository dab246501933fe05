"""The event of a simulation: `simulation_id`."""

from chalicelib.platform import EventType

REQUESTED = EventType("tier_simulation.requested")
