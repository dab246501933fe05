"""HOLD_OUT, the items of companies that are held out: up to a day nobody calls them, writes to them or makes them an offer in order to win them back.

Retention draws whom a wave holds out. It lies above the rooms that contact companies, so it leaves the draw here, in its own transaction. Service
goes on: what a company asks for, it gets.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.contacts import keys
from chalicelib.platform.context import Context
from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import Item, Transaction

KEEP_DAYS = 400


class HoldOut(NamedTuple):
    """`until`: the first day on which the company may be contacted again."""

    company_id: str
    wave_id: str
    until: date


def hold_out(context: Context, tx: Transaction, made: HoldOut) -> None:
    tx.put({**keys.hold_out(made.company_id).as_item(), **to_item(made), "expires_at": context.expiry(days=KEEP_DAYS)})


def end_hold_out(tx: Transaction, company_id: str) -> None:
    tx.delete(keys.hold_out(company_id))


def held_out(context: Context, company_ids: Iterable[str]) -> dict[str, HoldOut]:
    """By company, the hold-outs of today. One call a hundred, read consistently."""
    found = context.table.get_many(map(keys.hold_out, company_ids), consistent=True).values()
    return {made.company_id: made for item in found if (made := hold_out_today(context, item))}


def hold_out_today(context: Context, item: Item | None) -> HoldOut | None:
    """The hold-out of an item of `keys.hold_out`, if it lasts."""
    made = from_item(HoldOut, item) if item else None
    return made if made and context.today < made.until else None


def check_free(context: Context, tx: Transaction, company_id: str, *, label: str) -> None:
    """Refused with the label while the company is held out."""
    over = Attr("pk").not_exists() | Attr("until").lte(context.today.isoformat())
    tx.check(keys.hold_out(company_id), when=over, label=label)
