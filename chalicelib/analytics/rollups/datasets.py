"""The tiers of companies, as they were announced, as a table for SQL."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from chalicelib.analytics.rollups.model import AnnouncedTier
from chalicelib.platform.registry.datasets import Column, Dataset, Image, ItemRows, Row, Source
from chalicelib.table import Key, from_item

TIERS = Dataset(
    "tiers",
    "Tiers of companies: each holds from its day until the company's next one",
    (
        Column("company_id", "text", "The company"),
        Column("day", "day", "From this day on"),
        Column("announced", "text", "The moment of the announcement: of two on one day the later one holds"),
        Column("tier", "text", "Code of the tier; empty below the lowest step"),
        Column("discount_percent", "price", "Discount of the tier, in per cent"),
    ),
)


def _tier(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    if not item["sk"].startswith("ROLLUP#TIER#"):
        return
    tier = from_item(AnnouncedTier, item)
    row: Row = {
        "company_id": item["pk"].partition("#")[2],
        "day": tier.day,
        "announced": tier.at,
        "tier": tier.code,
        "discount_percent": tier.discount_percent,
    }
    yield ItemRows(TIERS, Key(item["pk"], item["sk"]), (row,))


SOURCES = (Source("COMPANY", "ROLLUP", (TIERS,), _tier),)
