"""Effects of an import on its companies: purchases, tier and bonuses before it and after it.

Tiers and bonuses are looked up by the moments of the run, from the facts as they were recorded then. So what comes later, another file or a
shipment, changes no effect of this one.

Weakest point: what the portal ships to the company in the minutes of the run is told as the import's.
"""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from chalicelib import bonuses, tiers
from chalicelib.companies import Company
from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.store import ImportRecord
from chalicelib.exchange.runs.withdrawal import changes_of
from chalicelib.platform import Context, clock
from chalicelib.platform.packing import JsonOf
from chalicelib.table import Item

MOST_EFFECTS = 10_000  # companies in the list, those with the largest changes
SETTLED = timedelta(minutes=15)  # bonuses that are posted so long after the run are told as its own


class Position(NamedTuple):
    """The tier, an empty text for none, and the bonuses that can be spent."""

    tier: str
    bonuses: Decimal


class Effects(NamedTuple):
    """The companies and the changes of their purchases, largest first. `began`, `ended`: the first and the last moment of the run."""

    began: str
    ended: str
    companies: list[tuple[str, Decimal]]


NO_EFFECTS = Effects("", "", [])
_EFFECTS = JsonOf[Effects](Effects)


def gather(record: ImportRecord, parts: Iterable[Item]) -> int:
    """Adds up what all parts changed, company by company, and keeps it as a list; returns its length. `parts`: those of the run, as finished."""
    sums: dict[str, Decimal] = {}
    moments: list[str] = []
    for done in parts:
        part = int(done["part"])
        moments.append(done["at"])
        if kept := store.get_if_any(record.import_id, f"before/{part:06d}"):
            moments.append(json.loads(kept)["at"])
        for change in changes_of(record, part):
            if change.before:
                gone = sums.get(change.before.company_id, Decimal(0))
                sums[change.before.company_id] = gone - Decimal(change.before.total)
            if change.after:
                sums[change.company_id] = sums.get(change.company_id, Decimal(0)) + Decimal(change.after)
    largest = sorted(sums, key=lambda each: (-abs(sums[each]), each))[:MOST_EFFECTS]
    found = Effects(min(moments, default=""), max(moments, default=""), [(each, sums[each]) for each in largest])
    store.put(record.import_id, "effects.json", _EFFECTS.write(found))
    return len(largest)


def kept(import_id: str) -> Effects:
    """The effects of an import that was recorded; none of any other."""
    found = store.get_if_any(import_id, "effects.json")
    return _EFFECTS.read(found) if found else NO_EFFECTS


def positions(
    context: Context, company: Company, began: str, ended: str, is_late: Callable[[], bool]
) -> tuple[Position, Position]:
    """The company before and after a run. Its bonuses follow for SETTLED, or until its sales were recorded again.

    Raises TimeoutError once it is late: the documents that bear on its tier may be hundreds of MB.
    """
    known = tiers.known_tiers(context, company, began, ended, is_late)
    settled = clock.stamp(clock.moment(ended) + SETTLED)
    until = min(settled, known.sales_go_on or settled)
    return (
        Position(known.before, _usable(context, company.company_id, began)),
        Position(known.after, _usable(context, company.company_id, until)),
    )


def _usable(context: Context, company_id: str, until: str) -> Decimal:
    posting = bonuses.last_posting_before(context, company_id, until)
    return posting.balances.available if posting else Decimal(0)
