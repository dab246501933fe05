"""Simulations in the table: work in parts whose item also has the ladder, the day, and the sums, which grow part by part.

Objects lie below `simulations/{simulation}/`: `parts/{n}-{digest}` are rows of the list, `companies.csv` is the list.
"""

from collections.abc import Sequence
from datetime import date

from chalicelib.platform import Context, Progress, WorkInParts, queue_url, record_event
from chalicelib.table import Transaction
from chalicelib.tiers.ladders.rules import Ladder
from chalicelib.tiers.simulations import keys
from chalicelib.tiers.simulations.events import REQUESTED

KEEP_DAYS = 90  # as long as the bucket keeps its objects
LIST = "companies.csv"

WORK = WorkInParts(
    lambda: queue_url("simulations"),
    "simulations/",
    keys.simulation,
    keys.simulation_part,
    KEEP_DAYS,
    keys.simulation_list,
)


def ladder(found: Progress) -> Ladder:
    return Ladder.from_fact(found.item["ladder"])


def real(found: Progress) -> tuple[Ladder, ...]:
    """The activated ladders when the simulation began, by their first day."""
    return tuple(Ladder.from_fact(fact) for fact in found.item["real"])


def today(found: Progress) -> date:
    """The last simulated day."""
    return date.fromisoformat(found.item["today"])


def create(
    tx: Transaction, context: Context, simulation_id: str, ladder: Ladder, real: Sequence[Ladder], started_by: str
) -> Progress:
    """Create a simulation; its event starts it."""
    asked = {
        "simulation_id": simulation_id,
        "ladder": ladder.as_fact(),
        "real": [each.as_fact() for each in real],
        "today": context.today.isoformat(),
    }
    record_event(tx, context, keys.simulation(simulation_id), REQUESTED, simulation_id=simulation_id)
    return WORK.create(tx, context, simulation_id, started_by, asked)
