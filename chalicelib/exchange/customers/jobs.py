from typing import Any

from chalicelib.exchange.customers import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, WRITE, queue_worker, table


@queue_worker(
    "customers",
    workers=2,
    filled_by=("deliver_events",),
    loop="Each page of the company's documents asks for the next one; the last one asks for none.",
    may=(table(*READ, *WRITE),),
)
def move_customers(context: Context, message: dict[str, Any]) -> None:
    """Move a page of a customer's documents to another company."""
    service.move_page(context, message)
