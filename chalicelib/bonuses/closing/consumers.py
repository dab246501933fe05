"""The consumer that opens the periods of the volume programmes."""

from datetime import date

from chalicelib.bonuses.closing import service
from chalicelib.platform import Context, Event, consumer
from chalicelib.sales import SALE_RECORDED


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Opens the document's period. One read for each company and month of a batch; one write for the first purchase after a close."""
    company_id = event.item["company_id"]
    days = [date.fromisoformat(day) for day, amount in event.item["deltas"].items() if amount]
    # A period is made of whole months: one note covers all days of a month.
    days = [day for day in days if _noted(company_id, day) not in event.batch]
    if days:
        service.note_purchases(context, company_id, days)
        event.batch.update(dict.fromkeys((_noted(company_id, day) for day in days), True))


def _noted(company_id: str, day: date) -> tuple[str, ...]:
    return "periods", company_id, f"{day:%Y-%m}"
