from typing import Any

from chalicelib.exports import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, files, items, queue_worker, table


@queue_worker(
    "exports",
    workers=4,
    memory=1024,
    timeout=900,
    disk=2048,  # a workbook's sheet before it is packed: 500 MB of a million rows
    retry="ExportRetrySeconds",
    filled_by=("deliver_events",),
    loop="Each part of the companies asks for the next one; the last one asks for none.",
    may=(table(*READ), items("put", "update", prefix="EXPORT#"), files("exports/", "get", "put")),
)
def export_tables(context: Context, message: dict[str, Any]) -> None:
    """Keep the rows of a part of the companies; the last part writes the file."""
    service.export_part(context, message)
