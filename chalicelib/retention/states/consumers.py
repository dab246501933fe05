"""The consumer that keeps the rhythm of companies up to date."""

from chalicelib.platform import Context, Event, consumer
from chalicelib.retention.states import service
from chalicelib.sales import SALE_RECORDED


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Computes the rhythm of the company, once for a batch. A document that moved no day moves no rhythm; one in another currency may move a day."""
    company_id = event.item["company_id"]
    done = ("rhythm", company_id)
    if (event.item["deltas"] or "other_currency" in event.item) and done not in event.batch:
        service.follow(context, company_id)
        event.batch[done] = True
