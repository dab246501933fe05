"""The consumer of sales that marks companies for the nightly count."""

from chalicelib.platform import Context, Event, consumer
from chalicelib.recommendations import service
from chalicelib.sales import SALE_RECORDED


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Marks the company for the next night, once for a batch."""
    memo = ("recommendations", event.item["company_id"])
    if memo not in event.batch:
        service.mark_moved(context, event.item["company_id"])
        event.batch[memo] = True
