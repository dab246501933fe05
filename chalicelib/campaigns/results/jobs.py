"""The nightly count of results, and its worker."""

import json
from typing import Any

from chalicelib.campaigns.results import service
from chalicelib.platform import jobs
from chalicelib.platform.context import Context
from chalicelib.platform.registry.functions import READ, items, queue_worker, scheduled, table
from chalicelib.platform.settings import queue_url


@scheduled(
    "cron(15 5 * * ? *)",
    parameter="LetterResultsSchedule",
    description="When the results of the last weeks' letters are counted.",
    may=(table(*READ),),
)
def nightly_letter_results(context: Context, event: dict[str, Any]) -> dict[str, int]:
    """Send the issues whose results may have changed to the queue."""
    bodies = ({"issue_id": each} for each in service.due(context))
    return {"issues": jobs.send_bodies(queue_url("letter-results"), bodies)}


@queue_worker(
    "letter-results",
    workers=2,
    memory=1024,
    filled_by=("nightly_letter_results",),
    may=(table(*READ), items("put", prefix="ISSUE#")),
)
def count_letter_results(context: Context, message: dict[str, Any]) -> None:
    """Count the results of an issue."""
    service.count(context, json.loads(message["body"])["issue_id"])
