"""HOLD_OUT, the items of companies that nobody contacts in order to win them back, by telephone or with advertising.

held out     by a wave, up to a day; it gets no offer either. Every caller is told of a spent budget, so that nobody learns whom a wave holds out
closed down  as its people said; until somebody says otherwise

Retention learns both. It lies above the rooms that contact companies, so it leaves them here, in its own transactions. Service goes on: what a
company asks for, it gets.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple
from zlib import crc32

from boto3.dynamodb.conditions import Attr

from chalicelib.contacts import keys
from chalicelib.platform import Context
from chalicelib.table import Item, Transaction, from_item, to_item


class HoldOut(NamedTuple):
    """`until`: the first day on which the company may be contacted again."""

    company_id: str
    wave_id: str
    until: date

    def told(self, day: date, gap: int) -> date:
        """The day that is told in place of `until`: after `day`, within `gap` days, as of a company that was contacted lately."""
        passed = (day.toordinal() + crc32(self.company_id.encode())) % gap
        return min(self.until, day + timedelta(days=gap - passed))


def hold_out(tx: Transaction, made: HoldOut, *, label: str = "") -> None:
    """Refused with the label where the company is held out for longer."""
    shorter = Attr("until").not_exists() | Attr("until").lte(made.until.isoformat())
    tx.update(keys.hold_out(made.company_id), put=to_item(made), when=shorter, label=label)


def end_hold_out(tx: Transaction, company_id: str, remaining: HoldOut | None = None) -> None:
    """Ends it, or shortens it to what remains."""
    if remaining:
        tx.update(keys.hold_out(company_id), put=to_item(remaining))
    else:
        tx.update(keys.hold_out(company_id), remove=("wave_id", "until"))


def close_down(tx: Transaction, company_id: str, at: str) -> None:
    """Nobody advertises to the company from now on. Safe to repeat."""
    tx.update(keys.hold_out(company_id), put={"closed_at": at})


def reopen(tx: Transaction, company_id: str) -> None:
    """Undoes `close_down`. Safe to repeat."""
    tx.update(keys.hold_out(company_id), remove=("closed_at",))


def held_out(context: Context, company_ids: Iterable[str]) -> dict[str, HoldOut]:
    """By company, the hold-outs of today. One call a hundred, read consistently."""
    found = context.table.get_many(map(keys.hold_out, company_ids), consistent=True).values()
    return {made.company_id: made for item in found if (made := hold_out_today(context, item))}


def hold_out_today(context: Context, item: Item | None) -> HoldOut | None:
    """The hold-out of an item of `keys.hold_out`, if it lasts."""
    made = from_item(HoldOut, item) if item and "until" in item else None
    return made if made and context.today < made.until else None


def is_closed(item: Item | None) -> bool:
    """True for an item of `keys.hold_out` whose company closed down."""
    return item is not None and "closed_at" in item


def closed_down(context: Context, company_ids: Iterable[str]) -> set[str]:
    """Those of the companies that closed down. One call a hundred, read consistently."""
    by_key = {keys.hold_out(each): each for each in company_ids}
    found = context.table.get_many(by_key, consistent=True).items()
    return {by_key[key] for key, item in found if is_closed(item)}


def check_free(context: Context, tx: Transaction, company_id: str, *, label: str) -> None:
    """Refused with the label while the company is held out, or closed down."""
    over = Attr("until").not_exists() | Attr("until").lte(context.today.isoformat())
    tx.check(keys.hold_out(company_id), when=Attr("closed_at").not_exists() & over, label=label)
