"""The nightly count of results, and its worker."""

import json
from typing import Any

from chalicelib.campaigns.results import series, service
from chalicelib.platform import Context, jobs, queue_url
from chalicelib.platform.registry.functions import READ, items, queue_worker, scheduled, table


@scheduled(
    "cron(15 5 * * ? *)",
    parameter="LetterResultsSchedule",
    description="When the results of the last weeks' letters and of series are counted.",
    may=(table(*READ),),
)
def nightly_letter_results(context: Context, event: dict[str, Any]) -> dict[str, int]:
    """Send the issues whose results may have changed to the queue, and the series."""
    issues = [{"issue_id": each} for each in service.due(context)]
    all_series = [{"series_id": each} for each in series.due(context)]
    jobs.send_bodies(queue_url("letter-results"), [*issues, *all_series])
    return {"issues": len(issues), "series": len(all_series)}


@queue_worker(
    "letter-results",
    workers=2,
    memory=1024,
    filled_by=("nightly_letter_results",),
    may=(table(*READ), items("put", prefix="ISSUE#"), items("put", prefix="SERIES#")),
)
def count_letter_results(context: Context, message: dict[str, Any]) -> None:
    """Count the results of an issue or a series."""
    body = json.loads(message["body"])
    if "series_id" in body:
        series.count(context, body["series_id"])
    else:
        service.count(context, body["issue_id"])
