"""Consumers that plan the runs of an issue, and ask for its tests."""

from chalicelib.campaigns.segments.events import SHARD_FROZEN
from chalicelib.campaigns.sending import service
from chalicelib.campaigns.sending.events import TEST_REQUESTED
from chalicelib.platform import Context, Event, consumer


@consumer(SHARD_FROZEN)
def on_shard_frozen(context: Context, event: Event) -> None:
    service.plan_runs(context, event.item["issue_id"], event.item["audience_id"])


@consumer(TEST_REQUESTED)
def on_test_requested(context: Context, event: Event) -> None:
    service.ask_for_test(event)
