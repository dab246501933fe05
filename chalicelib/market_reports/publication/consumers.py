"""Consumers that plan the letter about a report, and cancel it."""

from chalicelib.market_reports.events import PUBLISHED, WITHDRAWN
from chalicelib.market_reports.publication import notices
from chalicelib.platform import Context, Event, consumer


@consumer(PUBLISHED)
def on_published(context: Context, event: Event) -> None:
    notices.plan(context, event.item)


@consumer(WITHDRAWN)
def on_withdrawn(context: Context, event: Event) -> None:
    notices.cancel(context, event.item["report_id"], by=event.item["by"])
