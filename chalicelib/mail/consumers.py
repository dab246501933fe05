"""The consumer that writes letters and hands them to the workers."""

from chalicelib.mail import service
from chalicelib.mail.declarations import asking_events
from chalicelib.platform import Context, Event, consumer


@consumer(*asking_events(), lane="messages")
def on_event(context: Context, event: Event) -> None:
    """Writes the letters that the event asks for, each with a message for a worker.

    A letter that is there already stays as it is; more than one message does no harm.
    """
    for letter in service.written(context, event):
        service.hand_over(letter)
