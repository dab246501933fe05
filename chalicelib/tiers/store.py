"""The tiers' items: STANDING (K12, listed under K13 on the day its decision is due) and the runs of the night (K37)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.platform.events import record
from chalicelib.platform.work import Work
from chalicelib.table import Transaction, keys
from chalicelib.table.transactions import Item
from chalicelib.tiers.outlook import Ladder, Standing

DUE = "tiers"
RUN_KEEP_DAYS = 400


def load(work: Work, company_id: str, *, consistent: bool = False) -> Item | None:
    return work.table.get(keys.standing(company_id), consistent=consistent)


def save(work: Work, standing: Standing, due: date | None, changed: dict[str, Any] | None) -> None:
    """Writes the standing as the next version; with `changed`, the event of a changed tier beside it.

    Raises `Refused` if the version is no longer the one that was loaded.
    """
    item = _item(work, standing, due)
    unchanged = Attr("version").eq(standing.version) if standing.version else Attr("pk").not_exists()
    if changed is None:
        work.table.put(item, when=unchanged)
        return
    tx = Transaction()
    tx.put(item, when=unchanged, label="version")
    record(tx, work, keys.standing(standing.company_id), "tier.changed", **changed)
    work.table.commit(tx)


def due_between(work: Work, first: date, last: date) -> Iterator[str]:
    """Company ids by day, oldest first. Eventually consistent: who is missed or seen twice is there again tomorrow."""
    for offset in range((last - first).days + 1):
        for shard in range(keys.DUE_SHARDS):
            partition = keys.due_shard(DUE, first + timedelta(days=offset), shard)
            for item in work.table.query_all(partition, index="gsi2"):
                yield item["company_id"]


def last_run(work: Work) -> Item | None:
    found = work.table.query(keys.run(DUE).pk, newest_first=True, limit=1, consistent=True).items
    return found[0] if found else None


def record_run(work: Work, facts: dict[str, Any]) -> None:
    work.table.put(
        {**keys.run(DUE, work.at).as_item(), **facts, "at": work.at, "expires_at": work.expiry(days=RUN_KEEP_DAYS)}
    )


def standing_from(item: Item, ladder: Ladder, as_of: date) -> Standing:
    return Standing(
        company_id=item["company_id"],
        currency=item["currency"],
        ladder=ladder,
        as_of=as_of,
        days={date.fromisoformat(day): amount for day, amount in item["days"].items()},
        tier=item["tier"],
        discount_percent=item["discount_percent"],
        since=date.fromisoformat(item["since"]),
        decided_on=date.fromisoformat(item["decided_on"]),
        ladder_version=item["ladder_version"],
        version=int(item["version"]),
    )


def _item(work: Work, standing: Standing, due: date | None) -> Item:
    if standing.since is None or standing.decided_on is None:
        raise ValueError("only a decided standing is kept")
    return {
        **keys.standing(standing.company_id).as_item(),
        **(keys.due(DUE, due, standing.company_id).as_gsi2() if due else {}),
        "company_id": standing.company_id,
        "currency": standing.currency,
        "tier": standing.tier,
        "discount_percent": standing.discount_percent,
        "since": standing.since.isoformat(),
        "decided_on": standing.decided_on.isoformat(),
        "ladder_version": standing.ladder_version,
        "days": {day.isoformat(): amount for day, amount in standing.days.items()},
        "version": standing.version + 1,
        "at": work.at,
    }
