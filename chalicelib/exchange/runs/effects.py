"""Effects of an import on its companies: purchases, tier and bonuses, before it and now."""

import json
from collections.abc import Iterable
from decimal import Decimal

from chalicelib import bonuses, tiers
from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.store import ImportRecord
from chalicelib.exchange.runs.withdrawal import changes_of
from chalicelib.platform.context import Context

Position = list[str]  # tier and usable bonuses
NO_POSITION: Position = ["", "0"]
MOST_EFFECTS = 10_000  # companies in the list, those with the largest changes


def positions(context: Context, company_ids: Iterable[str]) -> dict[str, Position]:
    """The tier and the usable bonuses of each company today; one read for fifty companies."""
    wanted = sorted(set(company_ids) - {""})
    keys = {each: (tiers.standing_key(each), bonuses.book_key(each)) for each in wanted}
    found = context.table.get_many(key for pair in keys.values() for key in pair)
    return {
        each: [
            tiers.tier_in_force(found.get(standing), context.today).tier or "",
            f"{bonuses.usable(found.get(book), context.today):f}",
        ]
        for each, (standing, book) in keys.items()
    }


def gather(record: ImportRecord) -> int:
    """Adds up what all parts changed, company by company, and keeps it as a list, largest change first; returns its length."""
    sums: dict[str, Decimal] = {}
    before: dict[str, Position] = {}
    for part in range(1, record.count("parts_total") + 1):
        if kept := store.get_if_any(record.import_id, f"before/{part:06d}"):
            for company_id, position in json.loads(kept)["companies"].items():
                before.setdefault(company_id, position)
        for change in changes_of(record, part):
            if change.before:
                gone = sums.get(change.before.company_id, Decimal(0))
                sums[change.before.company_id] = gone - Decimal(change.before.total)
            if change.after:
                sums[change.company_id] = sums.get(change.company_id, Decimal(0)) + Decimal(change.after)
    largest = sorted(sums, key=lambda each: (-abs(sums[each]), each))[:MOST_EFFECTS]
    rows = [[each, f"{sums[each]:f}", before.get(each)] for each in largest]
    store.put(record.import_id, "effects.json", json.dumps(rows).encode())
    return len(rows)
