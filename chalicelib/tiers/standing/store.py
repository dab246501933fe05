"""Items of standings.

STANDING   the standing of a company, readable on any later day; listed as due on the day of its next announcement
MANUAL     a manual tier, beside STANDING, so that one query reads both
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.platform import Context
from chalicelib.platform import keys as platform_keys
from chalicelib.sales import DayTotals
from chalicelib.table import Item, Transaction, at_version, from_item, to_item
from chalicelib.tiers import keys
from chalicelib.tiers.ladders.rules import NO_STEP, Ladder, LadderStep
from chalicelib.tiers.standing.model import Announcement, Calendar, CalendarRow, Standing, calendar, in_force
from chalicelib.tiers.standing.rules import DAY, ManualTier, Spell

DUE = "tiers"
KEPT_ROWS = 20  # a shorter calendar is cheaper to compute at a read than to write
CALENDAR_RULES = 1  # the version of the calendar's rules; calendars of other versions are ignored

# --- standings --------------------------------------------------------------------------------------------------------


def load(context: Context, company_id: str, *, consistent: bool = False) -> Item | None:
    return context.table.get(keys.standing(company_id), consistent=consistent)


def load_with_grants(context: Context, company_id: str) -> tuple[Item | None, tuple[ManualTier, ...]]:
    """STANDING and every manual tier: one consistent query."""
    key = keys.standing(company_id)
    items = list(context.table.query_all(key, consistent=True))
    standing = next((item for item in items if item["sk"] == key.sk), None)
    return standing, tuple(from_item(ManualTier, item) for item in items if item["sk"] != key.sk)


def put(tx: Transaction, context: Context, standing: Standing, due: date | None) -> None:
    """Put the standing as the next version; refused with label `version` if the loaded one is no longer stored."""
    tx.put(_item(context, standing, due), when=at_version(standing.version), label="version")


def save(context: Context, standing: Standing, due: date | None) -> None:
    """Write the standing without a transaction, at half the price. Raises `Refused` if the loaded version is no longer stored."""
    context.table.put(_item(context, standing, due), when=at_version(standing.version))


def tier_in_force(item: Item | None, day: date) -> LadderStep:
    """The tier in force on this day by STANDING; no tier without one."""
    return in_force(_timeline(item), day) if item else NO_STEP


def window_sum(item: Item | None, day: date) -> Decimal:
    """The window sum of this day by STANDING; 0 without one."""
    return standing_from(item, day).window_result.window_sum if item else Decimal(0)


def is_below_lowest(item: Item | None, day: date) -> bool:
    """Whether the purchases of the window of this day reach no step by STANDING; True without one."""
    return item is None or not standing_from(item, day).window_result.step.tier


def standing_from(item: Item, as_of: date) -> Standing:
    first_purchase, returned = item.get("first_purchase"), item.get("returned", ())
    return Standing(
        company_id=item["company_id"],
        currency=item["currency"],
        as_of=as_of,
        built_on=date.fromisoformat(item["built_on"]),
        ladders=tuple(Ladder.from_fact(fact) for fact in item["ladders"]),
        totals=DayTotals(
            unpacked(_unzipped(item["days"])),
            {(date.fromisoformat(day), date.fromisoformat(effect)): amount for day, effect, amount in returned},
            item["currency"],
        ),
        grants=tuple(from_item(ManualTier, fact) for fact in item["grants"]),
        first_purchase=date.fromisoformat(first_purchase) if first_purchase else None,
        timeline=_timeline(item),
        announced=Announcement(
            _step(item["told"]), {date.fromisoformat(day): int(stage) for day, stage in item["warned"].items()}
        ),
        version=int(item["version"]),
        calendar=_calendar(item.get("calendar")),
    )


def _item(context: Context, standing: Standing, due: date | None) -> Item:
    item = {
        **keys.standing(standing.company_id).as_item(),
        **(platform_keys.due(DUE, due, standing.company_id).as_gsi2() if due else {}),
        "company_id": standing.company_id,
        "currency": standing.currency,
        "built_on": standing.built_on.isoformat(),
        "ladders": [ladder.as_fact() for ladder in standing.ladders],
        "days": _zipped(packed(standing.totals.net)),
        "grants": [to_item(grant) for grant in standing.grants],
        "timeline": [[spell.first.isoformat(), *_step_fact(spell.step)] for spell in standing.timeline],
        "told": _step_fact(standing.announced.step),
        "warned": {day.isoformat(): stage for day, stage in standing.announced.warned.items()},
        "version": standing.version + 1,
        "at": context.at,
    }
    if standing.first_purchase:
        item["first_purchase"] = standing.first_purchase.isoformat()
    ahead = calendar(standing)
    if len(ahead.rows) >= KEPT_ROWS:
        item["calendar"] = _calendar_fact(ahead)
    if standing.totals.returned:
        item["returned"] = [
            [day.isoformat(), effect.isoformat(), amount]
            for (day, effect), amount in sorted(standing.totals.returned.items())
        ]
    return item


def _calendar_fact(found: Calendar) -> dict[str, Any]:
    return {
        "rules": CALENDAR_RULES,
        "last": found.last.isoformat(),
        "steps": [_step_fact(step) for step in found.steps],
        "rows": _zipped("\n".join(map(" ".join, found.rows))),
    }


def _calendar(fact: Mapping[str, Any] | None) -> Calendar | None:
    if fact is None or fact["rules"] != CALENDAR_RULES:
        return None
    return Calendar(
        date.fromisoformat(fact["last"]),
        tuple(_step(step) for step in fact["steps"]),
        tuple(CalendarRow._make(row.split(" ")) for row in _unzipped(fact["rows"]).splitlines()),
    )


def _timeline(item: Item) -> tuple[Spell, ...]:
    return tuple(Spell(date.fromisoformat(first), _step(step)) for first, *step in item["timeline"])


def _step_fact(step: LadderStep) -> list[Any]:
    """The step without its sum, which depends on the ladder of the day."""
    return [step.tier, step.discount_percent, step.name, step.name_ru]


def _step(fact: Iterable[Any]) -> LadderStep:
    tier, discount_percent, name, name_ru = fact
    return LadderStep(tier, Decimal(0), discount_percent, name, name_ru)


# Day totals are one text instead of a map: a third of the bytes and of the time of every read, and half of these bytes zipped.


def packed(days: Mapping[date, Decimal]) -> str:
    """`2026-08-23 100 5.50 3:7`: the first day, then one amount per day; `3:7` comes three days after the previous amount."""
    tokens: list[str] = []
    before: date | None = None
    for day, amount in sorted(days.items()):
        gap = 0 if before is None else (day - before).days
        tokens += [day.isoformat()] if before is None else []
        tokens.append(f"{amount:f}" if gap <= 1 else f"{gap}:{amount:f}")
        before = day
    return " ".join(tokens)


def unpacked(text: str) -> dict[date, Decimal]:
    if not text:
        return {}
    first, *tokens = text.split(" ")
    day = date.fromisoformat(first) - DAY
    days = {}
    for token in tokens:
        gap, _, amount = token.rpartition(":")
        day += timedelta(days=int(gap)) if gap else DAY
        days[day] = Decimal(amount)
    return days


def _zipped(text: str) -> bytes:
    return zlib.compress(text.encode())


def _unzipped(kept: Any) -> str:
    return zlib.decompress(bytes(kept)).decode()
