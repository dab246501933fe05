"""The consumer that keeps standings up to date."""

from datetime import date

from chalicelib.platform import Context, Event, consumer
from chalicelib.sales import SALE_RECORDED
from chalicelib.tiers.standing import service as standing


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Recalculate the standing of the company, once per batch. Sales too old to matter cost no call."""
    company_id, currency = event.item["company_id"], event.item.get("currency")
    days = [date.fromisoformat(day) for day in event.item["deltas"]]
    done = ("standing", company_id)
    if (
        days
        and done not in event.batch
        and (currency is None or standing.is_relevant(context, company_id, currency, days))
    ):
        standing.follow(context, company_id)
        event.batch[done] = True
