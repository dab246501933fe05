"""Consumers that let the companies of a chain share their display deals."""

from datetime import date

from chalicelib.companies import REGISTERED
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer
from chalicelib.pricing.displays import store
from chalicelib.pricing.displays.events import APPROVED
from chalicelib.pricing.displays.service import join
from chalicelib.pricing.offers import store as offers_store


@consumer(APPROVED)
def on_display_approved(context: Context, event: Event) -> None:
    """What one company of a chain may, all may."""
    told = event.item
    if told["inn"]:
        deal = {told["promotion"]["promotion_id"]: date.fromisoformat(told["promotion"]["last"])}
        for company_id in store.chain(context.table, told["inn"]):
            offers_store.copy_displays(context.table, company_id, deal)


@consumer(REGISTERED)
def on_company_registered(context: Context, event: Event) -> None:
    """The company is one of the chain of its INN."""
    join(context, event.item["company_id"], event.item.get("inn"))
