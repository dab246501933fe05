"""Items of settlements.

SETTLED of a document   version; and while it is paid: company_id, day, amount
SETTLED# of a company   the same, beside its other payments by day: source, document, amount
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.analytics.settlements import keys
from chalicelib.analytics.settlements.model import Settlement
from chalicelib.sales import DocumentRef
from chalicelib.table import Key, Table, Transaction, at_version, company_partition, from_item, to_item


@dataclass(frozen=True, slots=True)
class Settled:
    """The settlement of a document; None while it is not paid. Version 0: nothing was ever kept."""

    settlement: Settlement | None = None
    version: int = 0


def read_settled(table: Table, ref: DocumentRef) -> Settled:
    item = table.get(keys.settled(*ref), consistent=True)
    return from_item(Settled, item) if item else Settled()


def replace_settlement(tx: Transaction, ref: DocumentRef, before: Settled, after: Settlement | None) -> None:
    """Refused with label `settled` if it changed since `before` was read."""
    place = keys.settled(*ref).as_item()
    tx.put({**place, **to_item(Settled(after, before.version + 1))}, when=at_version(before.version), label="settled")
    old = _key(before.settlement) if before.settlement else None
    new = _key(after) if after else None
    if old and old != new:
        tx.delete(old)
    if after and new:
        tx.put({**new.as_item(), **to_item(after)})


def _key(settlement: Settlement) -> Key:
    return keys.settlement(settlement.company_id, settlement.day, *settlement.ref)


def settlements(table: Table, company_id: str, first: date, last: date) -> Iterator[Settlement]:
    """The payments of these days, by day; a query for each MB, read consistently."""
    between = keys.settlement_day(first), keys.settlement_day(last + timedelta(days=1))
    found = table.query_all(company_partition(company_id), between=between, consistent=True)
    return (from_item(Settlement, item) for item in found)
