"""The consumer that plans the runs of an issue."""

from chalicelib.campaigns.segments.events import SHARD_FROZEN
from chalicelib.campaigns.sending import service
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer


@consumer(SHARD_FROZEN)
def on_shard_frozen(context: Context, event: Event) -> None:
    service.plan_runs(context, event.item["issue_id"], event.item["audience_id"])
