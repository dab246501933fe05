"""Workers of the rollups.

the rollups queue  ──▶ fold_months      folds the months that a message names
03:40              ──▶ nightly_rollups  asks for the folds that no message led to
the rebuilds queue ──▶ rebuild_rollups  builds the companies of a part
"""

import json
from datetime import date
from typing import Any

from chalicelib.analytics.rollups import service
from chalicelib.platform import Context, jobs
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, WRITE, files, items, queue_worker, scheduled, table

JOB = "rollups"


@queue_worker(
    "rollups",
    memory=1024,
    filled_by=("deliver_events", "deliver_bulk", "redeliver_events", "nightly_rollups"),
    may=(table(*READ), items(*WRITE, prefix="COMPANY#")),
)
def fold_months(context: Context, message: dict[str, Any]) -> None:
    """Folds the months of a company that the message names, where they are stale."""
    body = json.loads(message["body"])
    service.follow(context, body["company_id"], map(date.fromisoformat, body["months"]))


@scheduled(
    "cron(40 3 * * ? *)",
    parameter="RollupsSchedule",
    description="When months are folded that no message led to.",
    may=(table("query", "put"),),
)
def nightly_rollups(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Asks for the folds that no message led to; returns the figures of the run and records them."""
    facts = {"day": context.today.isoformat(), "months": service.send_stale(context)}
    jobs.record_run(context, JOB, facts)
    log.info("nightly rollups", extra=facts)
    return facts


@queue_worker(
    "rebuilds",
    workers=5,
    memory=1024,
    filled_by=("deliver_events",),
    loop="Each part of the companies asks for the next one; the last one asks for none.",
    may=(
        table(*READ),
        items(*WRITE, prefix="COMPANY#"),
        items("put", "update", prefix="REBUILD#"),
        files("rebuilds/", "get", "put"),
    ),
)
def rebuild_rollups(context: Context, message: dict[str, Any]) -> None:
    """Builds the rollups of one part of the companies."""
    service.rebuild_part(context, message)
