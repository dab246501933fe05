from typing import Any

from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, items, queue_worker
from chalicelib.webhooks import delivery


@queue_worker(
    "webhooks",
    workers=20,  # they mostly wait for other systems
    filled_by=("write_letters", "deliver_events"),
    loop="A message is tried again after a pause, and its lane goes on with the next one; each is given up after its last try.",
    may=(items(*READ), items("put", "update", "delete", prefix="WEBHOOK#")),
)
def deliver_webhooks(context: Context, message: dict[str, Any]) -> None:
    """Deliver one message to a distributor's system."""
    delivery.deliver(context, message)
