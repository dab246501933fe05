"""The items of waves.

WAVE        a `Wave`
INTAKE      the last day of the latest wave's intake
assignment  an `Assignment` beside the company, created once and never changed; listed by its wave
BREACH      a contact with a held-out company
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib import contacts
from chalicelib.contacts import HoldOut
from chalicelib.platform import Context
from chalicelib.retention.waves import keys
from chalicelib.retention.waves.model import Assignment, Wave
from chalicelib.table import Item, Page, Refused, Table, Transaction, from_item, retry, to_item

Position = dict[str, str] | None

_RECENT = 30  # waves; of those that hold companies out there are at most 14, since each takes companies in for two weeks or more


def page(table: Table, limit: int, after: Position) -> Page:
    """Newest first."""
    return table.query(keys.wave("", "").pk, starts="WAVE#", newest_first=True, limit=limit, after=after)


def recent(context: Context) -> list[Wave]:
    """The latest waves, newest first: all those that hold companies out. One call, kept for the whole of a piece of work."""
    found: list[Wave] | None = context.memo.get("waves")
    if found is None:
        found = [from_item(Wave, item) for item in page(context.table, _RECENT, None).items]
        context.memo["waves"] = found
    return found


def load(context: Context, wave_id: str) -> Wave | None:
    """Of all waves: they are few, some in a year."""
    for item in context.table.query_all(keys.wave("", "").pk, starts="WAVE#", newest_first=True, consistent=True):
        if item["wave_id"] == wave_id:
            return from_item(Wave, item)
    return None


def create(tx: Transaction, wave: Wave) -> None:
    """Refused with label `intake` unless it begins after the intake of the wave before it."""
    tx.create(_item(wave), label="wave")
    tx.update(
        keys.intake(),
        put={"last": wave.last.isoformat(), "wave_id": wave.wave_id},
        when=Attr("pk").not_exists() | Attr("last").lt(wave.first.isoformat()),
        label="intake",
    )


def change(tx: Transaction, wave: Wave, before: Wave) -> None:
    """Refused with label `wave` if somebody changed it meanwhile. The latest one moves the end of the intake."""
    tx.put(_item(wave), when=Attr("version").eq(before.version), label="wave")
    last = before.first - timedelta(days=1) if wave.cancelled_at else wave.last
    tx.update(keys.intake(), put={"last": last.isoformat()}, when=Attr("wave_id").eq(wave.wave_id), label="intake")


def _item(wave: Wave) -> Item:
    return {**keys.wave(wave.first.isoformat(), wave.wave_id).as_item(), **to_item(wave)}


# --- assignments ------------------------------------------------------------------------------------------------------


def assignments(context: Context, company_ids: Iterable[str], waves: Iterable[Wave]) -> Mapping[str, list[Assignment]]:
    """By company, its assignments in these waves. One call for a hundred of them."""
    waves = list(waves)
    wanted = [keys.assignment(each, wave.wave_id) for each in company_ids for wave in waves]
    found: dict[str, list[Assignment]] = {}
    for item in context.table.get_many(wanted, consistent=True).values() if wanted else ():
        found.setdefault(item["company_id"], []).append(from_item(Assignment, item))
    return found


@retry("hold_out")
def assign(context: Context, made: Assignment) -> None:
    """Once for ever, together with the hold-out that other rooms read: a repeat changes nothing, and a longer hold-out stays."""
    item = {
        **keys.assignment(made.company_id, made.wave_id).as_item(),
        **keys.assignment_list(made.wave_id, made.unit, made.company_id).as_gsi1(),
        **to_item(made),
    }
    if not made.is_held(context.today):
        with suppress(Refused):
            context.table.put(item, when=Attr("pk").not_exists())
        return
    tx = Transaction()
    tx.create(item, label="assignment")
    _hold_out(context, tx, HoldOut(made.company_id, made.wave_id, made.until))
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "assignment" not in refused:
            raise


@retry("hold_out")
def hold_out_with_its_inn(context: Context, company_id: str, held: Assignment) -> None:
    """Another company of the same INN is held out: this one as long, outside the comparison. A repeat changes nothing."""
    tx = Transaction()
    if _hold_out(context, tx, HoldOut(company_id, held.wave_id, held.until)):
        context.table.commit(tx)


def _hold_out(context: Context, tx: Transaction, made: HoldOut) -> bool:
    """Adds the hold-out, unless one lasts as long. Refused with label `hold_out` if a longer one came meanwhile."""
    present = contacts.held_out(context, [made.company_id]).get(made.company_id)
    if present and present.until >= made.until:
        return False
    contacts.hold_out(tx, made, label="hold_out")
    return True


def withdraw(context: Context, made: Assignment) -> None:
    """Takes an assignment back that came with a join; the company is held out as long as its other ones say."""
    tx = Transaction()
    tx.delete(keys.assignment(made.company_id, made.wave_id))
    others = assignments(context, [made.company_id], recent(context)).get(made.company_id, ())
    held = [each for each in others if each.wave_id != made.wave_id and each.is_held(context.today)]
    longest = max(held, key=lambda each: each.until, default=None)
    remaining = HoldOut(longest.company_id, longest.wave_id, longest.until) if longest else None
    contacts.end_hold_out(tx, made.company_id, remaining)
    context.table.commit(tx)


def members(context: Context, wave_id: str) -> Iterator[Assignment]:
    """All companies of a wave, those of a unit one after the other; page after page."""
    for item in context.table.query_all(keys.assignment_list(wave_id, "", "").pk, index="gsi1"):
        yield from_item(Assignment, item)


def record_breach(tx: Transaction, at: str, held: HoldOut, contact: str, cause: str, by: str) -> None:
    """A contact with a company that is held out. `contact`: its kind; `cause`: its id. The result stays by assignment. Safe to repeat."""
    listed = keys.breach_list(held.wave_id, at, cause).as_gsi1()
    facts = {"wave_id": held.wave_id, "company_id": held.company_id, "contact": contact, "by": by, "at": at}
    tx.put({**keys.breach(held.company_id, cause).as_item(), **listed, **facts})


def breaches(context: Context, wave_id: str) -> Iterator[Item]:
    return context.table.query_all(keys.breach_list(wave_id, "", "").pk, index="gsi1")
