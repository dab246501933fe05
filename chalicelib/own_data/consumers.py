"""The consumer that erases people who have left."""

from chalicelib.members import LEFT
from chalicelib.own_data import service
from chalicelib.platform import Context, Event, consumer


@consumer(LEFT)
def erase_leaver(context: Context, event: Event) -> None:
    service.erase(context, event.item["member_id"])
