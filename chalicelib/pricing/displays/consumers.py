"""Consumers that let the companies of a chain share their display deals."""

from datetime import date

from chalicelib.companies import COMPANY_CHANGED, REGISTERED
from chalicelib.platform import Context, Event, consumer
from chalicelib.pricing.displays import store
from chalicelib.pricing.displays.events import APPROVED
from chalicelib.pricing.displays.service import join
from chalicelib.pricing.offers import store as offers_store


@consumer(APPROVED)
def on_display_approved(context: Context, event: Event) -> None:
    """Copy an approved deal to all companies of the chain."""
    if event.item["inn"]:
        deal = {event.item["promotion"]["promotion_id"]: date.fromisoformat(event.item["promotion"]["last"])}
        for company_id in store.chain(context.table, event.item["inn"]):
            offers_store.copy_displays(context.table, company_id, deal)


@consumer(REGISTERED)
def on_company_registered(context: Context, event: Event) -> None:
    """Add the company to the chain of its INN."""
    join(context, event.item["company_id"], event.item.get("inn"))


@consumer(COMPANY_CHANGED)
def on_company_changed(context: Context, event: Event) -> None:
    """Move the company to the chain of an INN that came later or was corrected. Deals that it has it keeps to their last day."""
    if inn := event.item["changes"].get("inn"):
        if before := event.item.get("before", {}).get("inn"):
            store.leave(context.table, before, event.item["company_id"])
        join(context, event.item["company_id"], inn)
