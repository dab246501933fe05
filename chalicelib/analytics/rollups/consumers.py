"""Consumers that keep a company's rollups up to date."""

from datetime import date

from chalicelib.analytics.rollups import service, store
from chalicelib.analytics.rollups.events import REBUILD_REQUESTED
from chalicelib.analytics.rollups.rules import month_of
from chalicelib.bonuses import BONUS_POSTED
from chalicelib.platform import Context, Event, consumer
from chalicelib.sales import SALE_RECORDED
from chalicelib.tiers import TIER_CHANGED


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Marks the months in which the document lies and lay, once for a batch."""
    sale = event.item
    days = [date.fromisoformat(sale[name]) for name in ("business_date", "redated_from") if name in sale]
    notes = {month_of(day): ("rollup", sale["company_id"], f"{day:%Y-%m}") for day in days}
    months = [month for month, note in notes.items() if note not in event.batch]
    if months:
        service.mark(context, sale["company_id"], months)
        event.batch.update(dict.fromkeys(notes.values(), True))


@consumer(BONUS_POSTED)
def on_bonus_posted(context: Context, event: Event) -> None:
    service.note_bonuses(context, event.item)


@consumer(TIER_CHANGED)
def on_tier_changed(context: Context, event: Event) -> None:
    service.note_tier(context, event.item)


@consumer(REBUILD_REQUESTED)
def on_rebuild_requested(context: Context, event: Event) -> None:
    store.REBUILD.announce(event.item["rebuild_id"], 1)
