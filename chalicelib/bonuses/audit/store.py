"""Items of the audit.

CHECKPOINT (one partition per shard): a company's checkpoint. CLUBTOTALS: their sums by currency and shard, moved in the same transaction.
MISMATCH: an account that does not balance; listed until it balances, then kept a while.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.bonuses.audit import keys
from chalicelib.bonuses.audit.rules import Checkpoint, Mismatch, moved
from chalicelib.bonuses.ledger.rules import ZERO, AccountLot, Balances
from chalicelib.platform import Context
from chalicelib.table import Item, Key, Page, Table, Transaction, at_version, from_item, to_item

CHECKPOINT = "checkpoint"  # label: another audit was faster
MOST_FAULTS = 20  # kept of one account
KEEP_DAYS = 400  # of resolved mismatches
NO_LOT = "-"

# --- checkpoints ------------------------------------------------------------------------------------------------------


def checkpoint_of(item: Item) -> Checkpoint:
    places = {_place(account, lot): amount for account, lots in item["places"].items() for lot, amount in lots.items()}
    return replace(from_item(Checkpoint, {**item, "places": {}}), places=places)


def write_checkpoint(tx: Transaction, context: Context, before: Checkpoint, after: Checkpoint) -> None:
    """Refused with label `checkpoint` if it changed since `before`."""
    places: dict[str, dict[str, Decimal]] = {}
    for (account, lot), amount in after.places.items():
        places.setdefault(account, {})[lot.isoformat() if lot else NO_LOT] = amount
    tx.put(
        {
            **keys.checkpoint(after.company_id).as_item(),
            **to_item(replace(after, places={}, version=before.version + 1)),
            "places": places,
            "audited_at": context.at,
        },
        when=at_version(before.version),
        label=CHECKPOINT,
    )


def checkpoints(table: Table, shard: int) -> Iterator[Checkpoint]:
    """All of a shard, page after page; consistent."""
    return map(checkpoint_of, table.query_all(keys.checkpoint_shard(shard), consistent=True))


def _place(account: Any, lot: str) -> AccountLot:
    return account, None if lot == NO_LOT else date.fromisoformat(lot)


# --- the club's totals ------------------------------------------------------------------------------------------------


def add_to_totals(tx: Transaction, context: Context, pairs: Iterable[tuple[Checkpoint, Checkpoint]]) -> None:
    """Adds the movements of these checkpoints, in one operation per currency and shard."""
    amounts: dict[Key, dict[str, Decimal]] = {}
    for before, after in pairs:
        by = moved(before.balances, after.balances)
        if after.sequence and not before.sequence:
            by["companies"] = Decimal(1)
        added = amounts.setdefault(keys.club_total(after.currency, after.company_id), {})
        for name, amount in by.items():
            added[name] = added.get(name, ZERO) + amount
    for key, added in amounts.items():
        if added:
            tx.update(key, add={**added, "version": 1}, put={"at": context.at})


def totals(table: Table) -> dict[tuple[str, int], Item]:
    """By currency and shard. Few items, one call; consistent."""
    found = table.query_all(keys.CLUB_TOTALS, consistent=True)
    return {(currency, int(shard)): item for item in found for currency, shard in [item["sk"].rsplit("#", 1)]}


def total_owner(currency: str, shard: int) -> str:
    """The owner of a mismatch of a club total."""
    return f"club#{currency}#{shard}"


def balances_of(total: Mapping[str, Any]) -> Balances:
    return Balances(**{account: total.get(account, ZERO) for account in Balances._fields})


# --- mismatches -------------------------------------------------------------------------------------------------------


def write_mismatches(
    tx: Transaction,
    context: Context,
    owner: str,
    known: Iterable[str],
    found: Mapping[str, list[Mismatch]],
    **about: Any,
) -> None:
    """Lists the accounts that do not balance, and resolves those of `known` that balance again. `about`: their owner."""
    for account in sorted({*known, *found}):
        key = keys.mismatch(owner, account)
        if account not in found:
            tx.update(
                key,
                put={"resolved_at": context.at, "expires_at": context.expiry(days=KEEP_DAYS)},
                remove=("gsi2pk", "gsi2sk"),
            )
            continue
        listed = keys.mismatch_list(context.at, owner, account).as_gsi2()
        facts = {
            **about,
            "owner": owner,
            "account": account,
            "faults": [to_item(each) for each in found[account][:MOST_FAULTS]],
            "seen_at": context.at,
        }
        if account in known:
            tx.update(key, put=facts)
        else:
            tx.update(key, put={**facts, **listed, "since": context.at}, remove=("resolved_at", "expires_at"))


def open_mismatches(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Oldest first."""
    return table.query(keys.MISMATCHES, index="gsi2", limit=limit, after=after)


def every_open_mismatch(table: Table) -> Iterator[Item]:
    return table.query_all(keys.MISMATCHES, index="gsi2")
