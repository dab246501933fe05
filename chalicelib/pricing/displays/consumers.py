"""Consumers that let the companies of a chain share their display deals."""

from datetime import date

from chalicelib.companies import REGISTERED
from chalicelib.platform.context import Work
from chalicelib.platform.events import Event, consumer
from chalicelib.pricing.displays import store
from chalicelib.pricing.displays.events import APPROVED
from chalicelib.pricing.displays.service import join
from chalicelib.pricing.offers import store as offers_store


@consumer(APPROVED)
def on_display_approved(work: Work, event: Event) -> None:
    """What one company of a chain may, all may."""
    told = event.item
    if told["inn"]:
        deal = {told["promotion"]["promotion_id"]: date.fromisoformat(told["promotion"]["last"])}
        for company_id in store.chain(work.table, told["inn"]):
            offers_store.copy_displays(work.table, company_id, deal)


@consumer(REGISTERED)
def on_company_registered(work: Work, event: Event) -> None:
    """The company is one of the chain of its INN."""
    join(work, event.item["company_id"], event.item.get("inn"))
