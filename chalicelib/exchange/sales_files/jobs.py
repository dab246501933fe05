"""Functions that read an uploaded sales file."""

from typing import Any

from chalicelib.exchange.runs import service as runs
from chalicelib.exchange.sales_files import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, WRITE, files, on_event, queue_worker, table

RIGHTS = (table(*READ, *WRITE), files("imports/", "get", "put"))


@on_event(memory=1024, disk=3072, may=RIGHTS)  # an archive of 1 GiB, unpacked, and its parts
def split_import(context: Context, event: dict[str, Any]) -> None:
    """Check the rows of an uploaded sales file and cut it into parts, or give back those that were left out."""
    service.split(context, event)


@queue_worker("imports", memory=1024, filled_by=("split_import", "deliver_events"), may=RIGHTS)
def write_imports(context: Context, message: dict[str, Any]) -> None:
    """Check, record or take back one part of a sales file."""
    runs.work_part(context, message)
