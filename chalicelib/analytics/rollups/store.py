"""Items of rollups.

MONTH   marks, folded, folded_at, and the totals of a company's month by currency; in gsi2 while marks are not folded
ROWS    packed: zlib of JSON, the rows by currency and grouping; `folded` as in MONTH. Apart, since most readers want sums only
BUILT   all months of the company are folded by this definition
BONUS   balances after the newest posting of a month
TIER    an announced tier

A month's totals and rows are two writes. Each is refused where newer ones lie, so whatever stops between the two, the message that comes
again ends with both of the same facts.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.analytics.rollups import keys
from chalicelib.analytics.rollups.events import REBUILD_REQUESTED
from chalicelib.analytics.rollups.keys import DEFINITION
from chalicelib.analytics.rollups.model import AnnouncedTier, Bonuses, Built, History, Month
from chalicelib.analytics.rollups.rules import GROUPINGS, Row, Rows
from chalicelib.platform import Context, Progress, WorkInParts, queue_url, record_event
from chalicelib.table import Item, Key, Refused, Table, Transaction, company_partition, from_item, shards, to_item

REBUILD_KEEP_DAYS = 90
REBUILD = WorkInParts(
    lambda: queue_url("rebuilds"), "rebuilds/", keys.rebuild, keys.rebuild_part, REBUILD_KEEP_DAYS, keys.rebuild_list
)

# --- marks ------------------------------------------------------------------------------------------------------------


def mark(table: Table, company_id: str, month: date) -> None:
    """Says that facts of the month moved. One write."""
    table.update(
        keys.month(company_id, month),
        put=keys.stale(company_id, month).as_gsi2(),
        default={"company_id": company_id, "month": month.isoformat(), "folded": 0},
        add={"marks": 1},
    )


def stale_months(table: Table) -> Iterator[tuple[str, date]]:
    """The company and month of all that is marked and not folded; a query for each shard at least."""
    for shard in shards():
        for item in table.query_all(keys.stale_shard(shard), index="gsi2"):
            yield item["company_id"], date.fromisoformat(item["month"])


# --- months -----------------------------------------------------------------------------------------------------------


def read_months(table: Table, company_id: str, months: Iterable[date]) -> tuple[Built | None, list[Month]]:
    """The company's mark, and these months; one read for a hundred, consistent."""
    by_key = {keys.month(company_id, month): month for month in months}
    found = table.get_many([keys.built(company_id), *by_key], consistent=True)
    built = found.get(keys.built(company_id))
    return (
        from_item(Built, built) if built else None,
        [from_item(Month, found[key]) if key in found else Month(company_id, month) for key, month in by_key.items()],
    )


def marked_months(table: Table, company_id: str) -> dict[date, Month]:
    """All months of this definition, consistent."""
    prefix = keys.month(company_id, date(1, 1, 1)).sk.rpartition("#")[0]
    found = table.query_all(company_partition(company_id), starts=f"{prefix}#", consistent=True)
    months = (from_item(Month, item) for item in found)
    return {each.month: each for each in months}


def write_month(table: Table, month: Month) -> None:
    """Writes the sums that include `month.folded` marks, unless newer ones lie there."""
    key = keys.month(month.company_id, month.month)
    item = to_item(month)
    sums = {name: item[name] for name in ("company_id", "month", "folded", "folded_at")} | {
        "totals": item.get("totals", {})
    }
    all_folded = Attr("marks").eq(month.folded) if month.folded else Attr("marks").not_exists()
    try:
        table.update(key, put=sums, remove=("gsi2pk", "gsi2sk"), when=all_folded & _not_newer(month.folded))
    except Refused:
        try:  # marked meanwhile: it stays in the list of stale months
            table.update(key, put=sums, when=_not_newer(month.folded))
        except Refused:
            return


def write_rows(table: Table, month: Month, rows: Mapping[str, Rows]) -> None:
    """Writes the rows that include `month.folded` marks, unless newer ones lie there."""
    key = keys.rows(month.company_id, month.month)
    item = {"month": month.month.isoformat(), "folded": month.folded, "packed": pack(rows)}
    with suppress(Refused):
        table.put({**key.as_item(), **item}, when=_not_newer(month.folded))


def _not_newer(folded: int) -> ConditionBase:
    return Attr("folded").not_exists() | Attr("folded").lte(folded)


def put_built(table: Table, company_id: str, built: Built) -> None:
    table.put({**keys.built(company_id).as_item(), **to_item(built)})


def delete_others(table: Table, company_id: str) -> None:
    """Deletes the months of other definitions, with their rows."""
    every = keys.history(company_id)
    for item in list(table.query_all(every, only=("pk", "sk"))):
        kind, definition, *month = item["sk"].removeprefix(every.sk).split("#")
        if kind in ("MONTH", "BUILT") and int(definition) != DEFINITION:
            tx = Transaction()
            tx.delete(Key(item["pk"], item["sk"]))
            if month:
                tx.delete(keys.rows(company_id, date.fromisoformat(f"{month[0]}-01"), int(definition)))
            table.commit(tx)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_history(table: Table, company_id: str) -> History:
    """All months, bonuses and tiers of a company: one query of some hundred bytes a month; eventually consistent.

    The months are those of the newest definition that is built; of this code's definition while none is.
    """
    every = keys.history(company_id)
    by_kind: dict[str, list[tuple[str, Item]]] = {"BUILT": [], "MONTH": [], "BONUS": [], "TIER": []}
    for item in table.query_all(every):
        kind, _, rest = item["sk"].removeprefix(every.sk).partition("#")
        by_kind[kind].append((rest, item))
    built = max(by_kind["BUILT"], default=None, key=lambda each: int(each[0]))
    definition = built[0] if built else f"{DEFINITION:02d}"
    months = (item for rest, item in by_kind["MONTH"] if rest.partition("#")[0] == definition)
    return History(
        built=from_item(Built, built[1]) if built else None,
        definition=int(definition),
        months=tuple(from_item(Month, item) for item in months),
        bonuses=tuple(from_item(Bonuses, item) for _, item in by_kind["BONUS"]),
        tiers=tuple(from_item(AnnouncedTier, item) for _, item in by_kind["TIER"]),
    )


def read_rows(
    table: Table, company_id: str, first: date, last: date, definition: int
) -> dict[date, Mapping[str, Rows]]:
    """The rows of the months from `first` to `last`, by month and currency; a query for each MB, eventually consistent."""
    between = keys.rows(company_id, first, definition).sk, keys.rows(company_id, last, definition).sk
    return rows_in(table.query_all(company_partition(company_id), between=between))


def rows_in(items: Iterable[Item]) -> dict[date, Mapping[str, Rows]]:
    """The rows in these items, by month and currency."""
    return {date.fromisoformat(item["month"]): unpack(bytes(item["packed"])) for item in items}


# --- bonuses and tiers ------------------------------------------------------------------------------------------------


def write_bonuses(table: Table, company_id: str, bonuses: Bonuses) -> None:
    """Writes the balances unless those of a newer posting lie there."""
    key = keys.bonuses(company_id, bonuses.month)
    older = Attr("sequence").not_exists() | Attr("sequence").lt(bonuses.sequence)
    with suppress(Refused):
        table.put({**key.as_item(), **to_item(bonuses)}, when=older)


def write_tier(table: Table, company_id: str, tier: AnnouncedTier) -> None:
    table.put({**keys.tier(company_id, tier.day, tier.at).as_item(), **to_item(tier)})


# --- rows as they are packed ------------------------------------------------------------------------------------------


def pack(rows: Mapping[str, Rows]) -> bytes:
    plain = {
        currency: {grouping: [_plain_row(row) for row in found[grouping]] for grouping in found}
        for currency, found in rows.items()
    }
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 9)


def unpack(packed: bytes) -> dict[str, Rows]:
    return {
        currency: {grouping: tuple(map(_row, found.get(grouping, ()))) for grouping in GROUPINGS}
        for currency, found in json.loads(zlib.decompress(packed)).items()
    }


def _plain_row(row: Row) -> list[Any]:
    """The sum of the only day is that of the row."""
    days = [value for day, net in row.days for value in (day, f"{net:f}")]
    return [*row[:2], f"{row.net:f}", f"{row.units:f}", row.documents, *(days if len(days) > 2 else days[:1])]


def _row(plain: list[Any]) -> Row:
    name, title, net, units, documents, *days = plain
    if len(days) == 1:
        days = [days[0], net]
    by_day = tuple((day, Decimal(of)) for day, of in zip(days[::2], days[1::2], strict=True))
    return Row(name, title, Decimal(net), Decimal(units), documents, by_day)


# --- rebuilds ---------------------------------------------------------------------------------------------------------


def create_rebuild(tx: Transaction, context: Context, rebuild_id: str, author: str) -> Progress:
    """Creates a rebuild; its event starts it."""
    record_event(tx, context, keys.rebuild(rebuild_id), REBUILD_REQUESTED, rebuild_id=rebuild_id)
    return REBUILD.create(tx, context, rebuild_id, author, {"rebuild_id": rebuild_id, "definition": DEFINITION})
