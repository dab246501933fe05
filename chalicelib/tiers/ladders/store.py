"""The items of the ladders.

LADDER   a ladder with its state and authors; listed newest first
FROM     an activated ladder by its first day: one per day and currency; deleted if it is withdrawn before that day
"""

from collections.abc import Iterable, Sequence
from datetime import date

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform import Context, EventType, record_event
from chalicelib.table import Item, Transaction
from chalicelib.tiers import config
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders import keys
from chalicelib.tiers.ladders.events import ACTIVATED, WITHDRAWN
from chalicelib.tiers.ladders.rules import (
    BEGINNING,
    Ladder,
    LadderRecord,
    LadderStep,
    LadderSteps,
    PersonalStep,
    always,
    month_day,
)

DAY_TAKEN = "day"  # label of the refusal of a second ladder of one day

# --- ladders in force -------------------------------------------------------------------------------------------------


def ladders_of(context: Context, currency: str) -> tuple[Ladder, ...]:
    """The activated ladders of a currency by their first day, scheduled ones included.

    The first one is the founding ladder, from the configuration until it is recorded; it has no steps if the currency is not configured.
    One consistent query per context.
    """
    if _memo(currency) not in context.memo:
        stored = tuple(
            Ladder.from_fact(item["ladder"])
            for item in context.table.query_all(keys.ladder_from(currency), consistent=True)
        )
        founded = stored and stored[0].valid_from == BEGINNING
        context.memo[_memo(currency)] = (
            stored if founded else (founding_ladder(context.config[Tiers], currency), *stored)
        )
    ladders: tuple[Ladder, ...] = context.memo[_memo(currency)]
    return ladders


def tier_codes(context: Context) -> list[str]:
    """The codes of the tiers of all activated ladders, each once. One query for each currency of the club."""
    every = (ladder for currency in context.config[Tiers].ladders for ladder in ladders_of(context, currency))
    return list(dict.fromkeys(step.tier for ladder in every for step in ladder.every_step))


def _memo(currency: str) -> str:
    return f"ladders {currency}"


def founding_ladder(tiers: Tiers, currency: str) -> Ladder:
    """The ladder of the configuration, in force from the beginning; without steps for a currency that is not configured."""
    off_season, personal = tiers.off_season.get(currency), tiers.personal.get(currency)
    return Ladder(
        ladder_id=f"ldr_founding_{currency.lower()}",
        version=tiers.version,
        currency=currency,
        valid_from=BEGINNING,
        window_days=tiers.window_days,
        hold_days=tiers.hold_days,
        warning_days=tuple(tiers.warning_days),
        steps=_steps(tiers.ladders.get(currency, [])),
        off_season_steps=_steps(off_season) if off_season else None,
        season=(month_day(tiers.season.first), month_day(tiers.season.last)) if tiers.season and off_season else None,
        personal=(
            PersonalStep(personal.floor, tuple(personal.coefficients), personal.months)
            if personal is not None
            else None
        ),
    )


def _steps(given: Sequence[config.FoundingStep]) -> LadderSteps:
    return tuple(LadderStep(**each.model_dump()) for each in given)


# --- reads ------------------------------------------------------------------------------------------------------------


def load(context: Context, ladder_id: str) -> LadderRecord | None:
    """A ladder; a founding one also before it is recorded."""
    item = context.table.get(keys.ladder(ladder_id), consistent=True)
    if item is not None:
        return _record(item)
    return next((found for found in founding_records(context) if found.ladder.ladder_id == ladder_id), None)


def unrecorded(context: Context) -> list[LadderRecord]:
    """The founding ladders that are figures only, not facts yet."""
    founding = {keys.ladder(found.ladder.ladder_id): found for found in founding_records(context)}
    recorded = context.table.get_many(founding, consistent=True)
    return [found for key, found in founding.items() if key not in recorded]


def founding_records(context: Context) -> Iterable[LadderRecord]:
    return (
        LadderRecord(founding_ladder(context.config[Tiers], currency), BEGINNING)
        for currency in context.config[Tiers].ladders
    )


def newest(
    context: Context, limit: int, after: dict[str, str] | None
) -> tuple[list[LadderRecord], dict[str, str] | None]:
    page = context.table.query(keys.ladder_list("", "").pk, index="gsi1", newest_first=True, limit=limit, after=after)
    return [_record(item) for item in page.items], page.last


# --- changes ----------------------------------------------------------------------------------------------------------


def create(tx: Transaction, context: Context, found: LadderRecord) -> None:
    """Create a draft, or record the founding ladder."""
    tx.create(_item(context, found), label="ladder")
    if found.valid_from is not None:
        _put_in_force(tx, context, found)


def activate(tx: Transaction, context: Context, activated: LadderRecord) -> None:
    """Put a draft in force. `activated` has the draft's version."""
    tx.put(
        _item(context, activated._replace(version=activated.version + 1)), when=_unchanged(activated), label="version"
    )
    _put_in_force(tx, context, activated)


def withdraw(tx: Transaction, context: Context, scheduled: LadderRecord, draft: LadderRecord) -> None:
    """Turn a scheduled ladder into a draft of the same version."""
    tx.put(_item(context, draft._replace(version=draft.version + 1)), when=_unchanged(draft), label="version")
    tx.delete(keys.ladder_from(scheduled.ladder.currency, _day(scheduled)))
    _record_event(tx, context, WITHDRAWN, scheduled)


def _put_in_force(tx: Transaction, context: Context, found: LadderRecord) -> None:
    ladder, day = found.ladder, _day(found)
    # The founding ladder has been known from the beginning, whenever it was recorded.
    fact = ladder._replace(valid_from=day, activated_at=None if day == BEGINNING else found.activated_at)
    key = keys.ladder_from(ladder.currency, day)
    tx.create({**key.as_item(), "ladder": fact.as_fact(), "at": context.at}, label=DAY_TAKEN)
    _record_event(tx, context, ACTIVATED, found)


def _record_event(tx: Transaction, context: Context, event: EventType, found: LadderRecord) -> None:
    ladder = found.ladder
    # The rest of this context must not use the old ladders.
    context.memo.pop(_memo(ladder.currency), None)
    facts = {"ladder_id": ladder.ladder_id, "currency": ladder.currency, "valid_from": _day(found).isoformat()}
    record_event(tx, context, keys.ladder(ladder.ladder_id), event, **facts)


def _day(found: LadderRecord) -> date:
    if found.valid_from is None:
        raise ValueError("a draft is never in force")
    return found.valid_from


def _unchanged(found: LadderRecord) -> ConditionBase:
    return Attr("version").eq(found.version)


def _item(context: Context, found: LadderRecord) -> Item:
    ladder = found.ladder
    return {
        **keys.ladder(ladder.ladder_id).as_item(),
        **keys.ladder_list(found.created_at or context.at, ladder.ladder_id).as_gsi1(),
        "ladder": always(ladder).as_fact(),
        "valid_from": found.valid_from.isoformat() if found.valid_from else None,
        "note": found.note,
        "created_at": found.created_at or context.at,
        "created_by": found.created_by,
        "activated_at": found.activated_at,
        "activated_by": found.activated_by,
        "version": found.version,
    }


def _record(item: Item) -> LadderRecord:
    valid_from = item["valid_from"]
    return LadderRecord(
        ladder=Ladder.from_fact(item["ladder"]),
        valid_from=date.fromisoformat(valid_from) if valid_from else None,
        note=item["note"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        activated_at=item["activated_at"],
        activated_by=item["activated_by"],
        version=int(item["version"]),
    )
