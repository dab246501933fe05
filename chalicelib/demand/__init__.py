"""Demand: requests of partners for goods that they cannot order."""

from chalicelib.platform.registry.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.demand.events import ANSWERED as DEMAND_ANSWERED
    from chalicelib.demand.schemas import DemandForm
    from chalicelib.demand.service import move_demands, record_demand
    from chalicelib.demand.store import page_in_words
    from chalicelib.demand.store import read as read_demand
