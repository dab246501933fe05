"""The datasets of all rooms, and the rows of an image in them."""

from collections.abc import Iterable
from itertools import chain
from zoneinfo import ZoneInfo

from chalicelib import analytics, bonuses, catalog, companies, orders, sales
from chalicelib.platform.registry.datasets import Dataset, Image, ItemRows, Source
from chalicelib.table import Key

_SOURCES: dict[tuple[str, str], Source] = {
    (source.partition, source.sort): source
    for source in chain(
        sales.SALE_SOURCES,
        orders.ORDER_SOURCES,
        bonuses.BONUS_SOURCES,
        companies.COMPANY_SOURCES,
        catalog.PRODUCT_SOURCES,
        analytics.TIER_SOURCES,
    )
}

DATASETS: tuple[Dataset, ...] = tuple(
    dict.fromkeys(dataset for source in _SOURCES.values() for dataset in source.datasets)
)


def source_of(key: Key) -> Source | None:
    """None for an item that is in no dataset."""
    partition, sort = key.pk.partition("#")[0], key.sk.partition("#")[0]
    return _SOURCES.get((partition, sort)) or _SOURCES.get((partition, ""))


def rows_of(source: Source, key: Key, image: Image | None, zone: ZoneInfo) -> Iterable[ItemRows]:
    """The rows of an item by its newest image; None for one that was deleted."""
    if image is None:
        return [ItemRows(dataset, key, ()) for dataset in source.datasets]
    return source.rows(image, zone)
