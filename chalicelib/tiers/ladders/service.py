"""The life of a ladder.

    draft ──activate from today or later──▶ scheduled ──its day──▶ active ──another one's day──▶ retired
      ◀──────────────withdraw───────────────────┘

A ladder begins today at the earliest, since the tiers of past days never change. When the ladders of a currency change, the standings of
all its companies are recalculated.
"""

from datetime import date

from chalicelib.platform import Club, Context, Problem, or_not_found
from chalicelib.platform.log import log
from chalicelib.table import Refused, Transaction
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders import store
from chalicelib.tiers.ladders.rules import LadderRecord, LadderState, state
from chalicelib.tiers.ladders.schemas import LadderForm, StaffLadderView
from chalicelib.tiers.ladders.store import ladders_of

MOST_AHEAD = 20  # ladders of a currency that begin later: each standing holds them all


def draw_up(context: Context, form: LadderForm, author: str) -> StaffLadderView:
    """Create a draft."""
    currency = form.currency or context.config[Club].currency
    if currency not in context.config[Tiers].ladders:
        known = ", ".join(sorted(context.config[Tiers].ladders))
        raise Problem.invalid("currency", "/currency", f"The club keeps its accounts in {known}.")
    ladder = form.ladder(context.new_id("ldr"), currency)
    found = LadderRecord(ladder, note=form.note, created_at=context.at, created_by=author)
    tx = Transaction()
    store.create(tx, context, found)
    return context.commit(tx, _view(context, found))


def page(
    context: Context, limit: int, after: dict[str, str] | None
) -> tuple[list[StaffLadderView], dict[str, str] | None]:
    """A page of ladders, newest first. Founding ladders come last, recorded or not."""
    found, last = store.newest(context, limit, after)
    if last is None:
        found += store.unrecorded(context)
    return [_view(context, each) for each in found], last


def show(context: Context, ladder_id: str) -> tuple[StaffLadderView, int]:
    """The ladder and its version."""
    found = _load(context, ladder_id)
    return _view(context, found), found.version


def activate(context: Context, ladder_id: str, version: int, day: date, author: str) -> tuple[StaffLadderView, int]:
    """Put a draft in force from a day.

    Raises problems for a past day, another ladder of that day, no draft, another version, too many ladders ahead; `four_eyes` for the author of a ladder that gives more
    than one person may.
    """
    found = _expected(context, ladder_id, version, "draft")
    if found.created_by == author and found.ladder.largest_discount > context.config[Tiers].alone_discount_percent:
        raise Problem("four_eyes", "Somebody else than the author puts so large a discount in force.")
    if day < context.today:
        raise Problem.invalid("day_passed", "/from", f"Today is {context.today}: a ladder cannot begin before today.")
    ahead = sum(each.valid_from > context.today for each in ladders_of(context, found.ladder.currency))
    if day > context.today and ahead >= MOST_AHEAD:
        raise Problem("conflict", "Too many ladders of this currency begin later: withdraw some.")
    activated = found._replace(valid_from=day, activated_at=context.at, activated_by=author)
    tx = Transaction()
    store.activate(tx, context, activated)
    tx.instead[store.DAY_TAKEN] = Problem("already_exists", "Another ladder of this currency begins on this day.")
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return _view(context, activated), version + 1


def withdraw(context: Context, ladder_id: str, version: int) -> tuple[StaffLadderView, int]:
    """Turn a scheduled ladder into a draft. Raises problems for another state or version."""
    found = _expected(context, ladder_id, version, "scheduled")
    draft = found._replace(valid_from=None, activated_at=None, activated_by=None)
    tx = Transaction()
    store.withdraw(tx, context, found, draft)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return _view(context, draft), version + 1


def record_founding(context: Context) -> list[str]:
    """Record the founding ladders that are not recorded yet; returns their ids. Safe to run concurrently."""
    recorded = []
    for found in store.unrecorded(context):
        tx = Transaction()
        store.create(tx, context, found)
        try:
            context.table.commit(tx)
        except Refused:
            continue
        recorded.append(found.ladder.ladder_id)
    if recorded:
        log.info("founding ladders recorded", extra={"ladders": recorded})
    return recorded


def _load(context: Context, ladder_id: str) -> LadderRecord:
    return or_not_found(store.load(context, ladder_id))


def _expected(context: Context, ladder_id: str, version: int, wanted: LadderState) -> LadderRecord:
    """The ladder, if it has this version and the wanted state."""
    found = _load(context, ladder_id)
    if found.version != version:
        raise Problem("precondition_failed")
    is_now = _state(context, found)
    if is_now != wanted:
        raise Problem("wrong_state", f"The ladder is {is_now}, but must be {wanted}.")
    return found


def _view(context: Context, found: LadderRecord) -> StaffLadderView:
    return StaffLadderView.of(found, _state(context, found))


def _state(context: Context, found: LadderRecord) -> LadderState:
    return state(found, ladders_of(context, found.ladder.currency), context.today)
