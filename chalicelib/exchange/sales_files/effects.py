"""Effects of an import on its companies: purchases, tier and bonuses, before it and now."""

import json
from collections.abc import Iterable
from decimal import Decimal

from chalicelib import bonuses, companies, tiers
from chalicelib.exchange.sales_files import store
from chalicelib.exchange.sales_files.schemas import EffectView, PositionView
from chalicelib.exchange.sales_files.store import ImportRecord
from chalicelib.exchange.sales_files.withdrawal import changes_of
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.money import Money

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


def list_effects(
    context: Context, import_id: str, limit: int, after: dict[str, str] | None
) -> tuple[list[EffectView], dict[str, str] | None]:
    """Companies, largest change first, with their tier and bonuses before the import and now."""
    record = store.load(context, import_id)
    if record is None:
        raise Problem("not_found")
    kept = store.get_if_any(import_id, "effects.json")
    rows = json.loads(kept) if kept else []
    first = int(after["row"]) if after else 0
    page = rows[first : first + limit]
    now = positions(context, [company_id for company_id, _, _ in page])
    named = companies.read_companies(context, [company_id for company_id, _, _ in page])
    items = [
        EffectView(
            company_id=company_id,
            name=named[company_id].name if company_id in named else "",
            purchases=Money(amount=Decimal(changed), currency=record.currency),
            before=_position(before, record.currency) if before else None,
            now=_position(now[company_id], record.currency),
        )
        for company_id, changed, before in page
    ]
    return items, {"row": str(first + limit)} if first + limit < len(rows) else None


def _position(position: Position, currency: str) -> PositionView:
    tier, usable = position
    return PositionView(tier=tier or None, bonuses=Money(amount=Decimal(usable), currency=currency))
