"""The consumer that sends the messages of an import's next run."""

from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.events import RUN_BEGAN
from chalicelib.platform import Context, Event, consumer


@consumer(RUN_BEGAN)
def on_run_began(context: Context, event: Event) -> None:
    """Each message is safe to repeat, so a second delivery does no harm."""
    record = store.load(context, event.item["import_id"])
    if record and record.run == int(event.item["run"]):
        store.enqueue_parts(record.import_id, record.run, record.count("parts_total"))
