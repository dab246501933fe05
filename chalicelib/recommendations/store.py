"""The items of recommendations.

TOGETHER, of an article: companies, others {sku: [most, error]}, version. About 1 KB at most.
BUYER, of a buyer: its pairs as `articles` and four bytes for each pair, their places among the articles; version.
SOLD, of a buyer and a day: `company_id` and `at` of the last moved sale.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.platform import Context
from chalicelib.recommendations import keys
from chalicelib.recommendations.rules import ArticleCounts, Companion, Pairs
from chalicelib.table import Item, Key, Table, Transaction, at_version, shards

MARKS_KEEP_DAYS = 30  # longest gap between two nights without a loss
_PLACE = 2  # bytes of a place among the articles


class Contribution(NamedTuple):
    """The pairs of a buyer in the counts. `version` 0: none yet."""

    version: int
    pairs: Pairs


# --- marks ------------------------------------------------------------------------------------------------------------


def mark_moved(context: Context, buyer: str, company_id: str) -> None:
    key = keys.sales_moved(context.today, buyer)
    mark = {"company_id": company_id, "at": context.at, "expires_at": context.expiry(days=MARKS_KEEP_DAYS)}
    context.table.put({**key.as_item(), **mark})


def moved_between(table: Table, first: date, last: date, since: str) -> Iterator[str]:
    """One company of each buyer whose sales moved since `since`, by day."""
    for offset in range((last - first).days + 1):
        for shard in shards():
            partition = keys.sales_moved_shard(first + timedelta(days=offset), shard)
            yield from (item["company_id"] for item in table.query_all(partition, where=Attr("at").gte(since)))


# --- buyers and counts ------------------------------------------------------------------------------------------------


def contribution(table: Table, buyer: str) -> Contribution:
    item = table.get(keys.buyer(buyer), consistent=True)
    if item is None:
        return Contribution(0, frozenset())
    articles, places = item["articles"], bytes(item["pairs"])
    found = [articles[int.from_bytes(places[at : at + _PLACE], "big")] for at in range(0, len(places), _PLACE)]
    return Contribution(int(item["version"]), frozenset(zip(found[::2], found[1::2], strict=True)))


def contribution_item(buyer: str, contribution: Contribution) -> Item:
    articles = sorted({sku for pair in contribution.pairs for sku in pair})
    places = {sku: place.to_bytes(_PLACE, "big") for place, sku in enumerate(articles)}
    pairs = b"".join(places[sku] for pair in sorted(contribution.pairs) for sku in pair)
    return {**keys.buyer(buyer).as_item(), "articles": articles, "pairs": pairs, "version": contribution.version}


def put_contribution(tx: Transaction, buyer: str, contribution: Contribution) -> None:
    """Refused unless the version before this one is there."""
    tx.put(contribution_item(buyer, contribution), when=at_version(contribution.version - 1))


def counts(table: Table, skus: Iterable[str]) -> dict[str, tuple[ArticleCounts, int]]:
    """The counts of each of these articles with their version; one consistent read."""
    wanted = {keys.article_counts(sku): sku for sku in skus}
    found = table.get_many(wanted, consistent=True)
    return {sku: (counts_of(found.get(key)), int(found.get(key, {}).get("version", 0))) for key, sku in wanted.items()}


def put_counts(tx: Transaction, sku: str, counts: ArticleCounts, *, version: int) -> None:
    """Refused unless the version before this one is there."""
    tx.put(counts_item(sku, counts, version), when=at_version(version - 1))


def counts_item(sku: str, counts: ArticleCounts, version: int) -> Item:
    others = {other: list(count) for other, count in counts.others.items()}
    return {**keys.article_counts(sku).as_item(), "companies": counts.companies, "others": others, "version": version}


def counts_of(item: Item | None) -> ArticleCounts:
    if item is None:
        return ArticleCounts()
    others = {sku: Companion(int(most), int(error)) for sku, (most, error) in item["others"].items()}
    return ArticleCounts(int(item["companies"]), others)


def counts_among(found: Mapping[Key, Item], skus: Iterable[str]) -> dict[str, ArticleCounts]:
    """The counts among these items, by article."""
    return {sku: counts_of(found[keys.article_counts(sku)]) for sku in skus if keys.article_counts(sku) in found}
