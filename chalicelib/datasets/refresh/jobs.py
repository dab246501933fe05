"""The nightly refresh of the datasets, and its workers."""

from typing import Any

from chalicelib.datasets.refresh import service
from chalicelib.platform import Context
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import (
    LAKE,
    LAKE_TABLES,
    TABLE_EXPORT,
    files,
    items,
    queue_worker,
    scheduled,
)

_OWN_ITEMS = items("get", "batch_get", "query", "put", "update", prefix="DATASETS")


@scheduled(
    "cron(10 0 * * ? *)",
    parameter="DatasetsSchedule",
    description="When the datasets for SQL are brought up to date.",
    may=(_OWN_ITEMS,),
)
def nightly_datasets(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Starts the refresh of the night; returns its id."""
    facts = {"refresh_id": service.start(context, "nightly_datasets")}
    log.info("nightly datasets", extra=facts)
    return facts


@queue_worker(
    "datasets",
    workers=4,
    memory=1024,
    timeout=900,
    retry="ExportRetrySeconds",
    filled_by=("nightly_datasets",),
    loop="A refresh asks for its next file, and again while DynamoDB or the engine is at work; it ends with the last dataset.",
    may=(
        _OWN_ITEMS,
        TABLE_EXPORT,
        LAKE,
        LAKE_TABLES,
        files("datasets/exports/", "get"),
        files("datasets/waiting/", "put"),
        files("datasets/parts/", "get", "put"),
    ),
)
def refresh_datasets(context: Context, message: dict[str, Any]) -> None:
    """Do the next step of a refresh, or read a file of the table's export."""
    service.advance(context, message)
