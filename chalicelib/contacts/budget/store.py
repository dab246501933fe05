"""Budgets as parts of the items of a person and of an address: by kind, the last day (`email_advertising`) and the contact that spent it.

A contact that is given back leaves the latest day that an earlier contact of its kind can have had: the budget allowed this contact, so
the one before it lies at least the gap behind. So an item holds one day a kind, and no history.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import reduce
from operator import and_

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.contacts.budget import rules
from chalicelib.contacts.budget.rules import Gaps, LastDays
from chalicelib.contacts.model import ContactKind
from chalicelib.table import Item, Key, Refused, Table, Transaction


def spend(
    tx: Transaction,
    key: Key,
    kind: ContactKind,
    day: date,
    by: str,
    gaps: Gaps,
    *,
    wanted: ConditionBase | None,
    label: str,
) -> None:
    """Refused with `label` while an earlier contact counts, or unless the item is as `wanted`.

    The same contact may spend again, since a reply may have been lost.
    """
    own = Attr(_by(kind)).eq(by)
    conditions = [
        _free(each, latest) | own if each == kind else _free(each, latest)
        for each, latest in rules.latest_days(kind, day, gaps).items()
    ]
    if wanted:
        conditions.append(wanted)
    tx.update(key, put=_spent(kind, day, by), when=reduce(and_, conditions) if conditions else None, label=label)


def note(tx: Transaction, key: Key, kind: ContactKind, day: date, by: str, *, label: str) -> None:
    """Keeps a contact that happened, whatever the gaps say. Refused with `label` if there is a later one."""
    tx.update(key, put=_spent(kind, day, by), when=_free(kind, day), label=label)


def give_back(table: Table, key: Key, kind: ContactKind, by: str, gaps: Gaps) -> None:
    """Takes the spending of this contact back, if it is the last one. Safe to repeat."""
    item = table.get(key, consistent=True) or {}
    if item.get(_by(kind)) != by:
        return
    before = rules.latest_days(kind, date.fromisoformat(item[kind]), gaps).get(kind)
    put = {str(kind): before.isoformat()} if before else None
    remove = (_by(kind),) if before else (_by(kind), str(kind))
    with suppress(Refused):
        table.update(key, put=put, remove=remove, when=Attr(_by(kind)).eq(by))


def last_days(item: Mapping[str, object] | None) -> LastDays:
    """The days of an item, or of none."""
    return {kind: date.fromisoformat(str(item[kind])) for kind in ContactKind if item and kind in item}


def _spent(kind: ContactKind, day: date, by: str) -> Item:
    return {str(kind): day.isoformat(), _by(kind): by}


def _free(kind: ContactKind, latest: date) -> ConditionBase:
    return Attr(kind).not_exists() | Attr(kind).lte(latest.isoformat())


def _by(kind: ContactKind) -> str:
    return f"{kind}_by"
