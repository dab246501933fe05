"""The nightly fold of the club's figures, and its workers."""

from typing import Any

from chalicelib.analytics.club import service
from chalicelib.platform import Context, derived_id
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, files, items, queue_worker, scheduled, table


@scheduled(
    "cron(0 5 * * ? *)",
    parameter="ClubFiguresSchedule",
    description="When the club's figures are folded from those of its companies.",
    may=(items("put"),),
)
def nightly_club(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Starts the fold of the night; returns its id. A try after one that died has the same event, and goes on with its fold."""
    fold_id = derived_id("fld", event["id"]) if "id" in event else context.new_id("fld")
    service.start(context, fold_id, "nightly_club")
    facts = {"fold_id": fold_id}
    log.info("nightly club figures", extra=facts)
    return facts


@queue_worker(
    "club-folds",
    workers=5,
    memory=1024,
    filled_by=("nightly_club",),
    loop="Each part of the companies asks for the next one; the last one asks for none.",
    may=(
        table(*READ),
        items("put", "update", prefix="CLUBFOLD#"),
        items("put", "delete", prefix="CLUBFIGURES#"),
        items("put", "delete", prefix="CLUBDISTRIBUTORS"),
        items("put", prefix="CLUBPROMOTIONS"),
        files("club-folds/", "get", "put"),
    ),
)
def fold_club(context: Context, message: dict[str, Any]) -> None:
    """Reads one part of the companies; the last part writes the club's months."""
    service.fold_part(context, message)
