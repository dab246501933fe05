"""Consumers that write letters and send them on their way."""

from chalicelib.mail import service, store
from chalicelib.mail.declarations import asking_events
from chalicelib.mail.events import LETTER_WRITTEN
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer


@consumer(*asking_events(), lane="messages")
def on_event(context: Context, event: Event) -> None:
    """Writes the letters that the event asks for. A letter that is there already stays as it is."""
    for letter in service.letters_of(context, event):
        store.create(context.table, letter)


@consumer(LETTER_WRITTEN, lane="messages")
def on_letter_written(context: Context, event: Event) -> None:
    """A message for a worker. More than one does no harm."""
    service.call_again(event.item["letter_id"], 0)
