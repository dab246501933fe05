"""Items of demands.

DEMAND: a `Demand`; a TTL once it is closed. In gsi1 by member; in gsi2 by article, while it is open.
COUNT: a `DemandCount`, changed in the transactions of the demands; in gsi1 by rank, which follows (`follow_rank`).
"""

from collections.abc import Iterable, Sequence

from boto3.dynamodb.conditions import Attr

from chalicelib.demand import keys
from chalicelib.demand.rules import Demand, DemandCount, DemandState
from chalicelib.platform import Context
from chalicelib.table import Item, Page, Table, Transaction, at_version, from_item, retry, to_item

KEEP_DAYS = 400  # after it is closed, as long as its events


def read(table: Table, demand_id: str) -> Demand | None:
    return table.read(Demand, keys.demand(demand_id), consistent=True)


def read_own(table: Table, company_id: str, member_id: str, demand_id: str) -> Demand | None:
    """None for the demand of another member."""
    found = read(table, demand_id)
    return found if found and (found.company_id, found.member_id) == (company_id, member_id) else None


def own_demands(table: Table, company_id: str, member_id: str, limit: int, after: dict[str, str] | None) -> Page:
    partition = keys.demand_list(company_id, member_id, "", "").pk
    return table.query(partition, index="gsi1", newest_first=True, limit=limit, after=after)


def waiting(table: Table, sku: str, limit: int, after: dict[str, str] | None) -> Page:
    """Open demands for this article, or with an empty sku those in words; oldest first. Eventually consistent."""
    return table.query(keys.wanted(sku, "", "").pk, index="gsi2", limit=limit, after=after)


def page_in_words(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Open demands in words, oldest first."""
    return waiting(table, "", limit, after)


def most_wanted(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    return table.query(keys.demand_rank(0, 0, "").pk, index="gsi1", newest_first=True, limit=limit, after=after)


def read_counts(table: Table, skus: Iterable[str]) -> dict[str, DemandCount]:
    found = table.get_many((keys.demand_count(sku) for sku in skus), consistent=True)
    return {item["sku"]: from_item(DemandCount, item) for item in found.values()}


def write(tx: Transaction, context: Context, before: Demand | None, after: Demand) -> None:
    """Refused, with the demand's id as label, if it is no longer `before`."""
    unchanged = at_version(before.version if before else 0)
    expires = {} if after.state is DemandState.OPEN else {"expires_at": context.expiry(days=KEEP_DAYS)}
    tx.put({**_item(after), **expires}, when=unchanged, label=after.demand_id)


def count(tx: Transaction, sku: str, changes: Sequence[tuple[Demand | None, Demand]]) -> None:
    """Changes the count of the article by the steps of these demands."""
    demands = sum(after.contribution[0] - (before.contribution[0] if before else 0) for before, after in changes)
    units = sum(after.contribution[1] - (before.contribution[1] if before else 0) for before, after in changes)
    if sku and (demands or units):
        tx.update(keys.demand_count(sku), put={"sku": sku}, add={"demands": demands, "units": units})


@retry()
def follow_rank(context: Context, sku: str) -> None:
    """Sets the rank of the article to its count; no rank without open demands. Safe to repeat."""
    key = keys.demand_count(sku)
    item = context.table.get(key, consistent=True)
    if item is None:
        return
    stored = from_item(DemandCount, item)
    rank = keys.demand_rank(stored.demands, stored.units, sku).as_gsi1() if stored.demands else {}
    if rank != {name: item[name] for name in ("gsi1pk", "gsi1sk") if name in item}:
        context.table.update(
            key,
            put=dict(rank) or None,
            remove=() if rank else ("gsi1pk", "gsi1sk"),
            when=Attr("demands").eq(item["demands"]) & Attr("units").eq(item["units"]),
        )


def _item(demand: Demand) -> Item:
    own = keys.demand_list(demand.company_id, demand.member_id, demand.opened_at, demand.demand_id)
    listed = keys.wanted(demand.sku, demand.opened_at, demand.demand_id).as_gsi2()
    return {
        **keys.demand(demand.demand_id).as_item(),
        **own.as_gsi1(),
        **(listed if demand.state is DemandState.OPEN else {}),
        **to_item(demand),
    }
