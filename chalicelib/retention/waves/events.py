"""Events of waves: `wave_id`, `first`, `last`, `held_out_percent`, `by`."""

from chalicelib.platform import EventType

PLANNED = EventType("wave.planned")
POOLED = EventType("wave.pooled")
CANCELLED = EventType("wave.cancelled")
