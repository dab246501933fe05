"""The consumer that erases whoever has left."""

from chalicelib.members import LEFT
from chalicelib.own_data import service
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer


@consumer(LEFT)
def erase_leaver(context: Context, event: Event) -> None:
    service.erase(context, event.item["member_id"])
