"""Consumers that settle accruals when sales, payments or tiers change."""

from datetime import date, timedelta

from chalicelib import sales
from chalicelib.bonuses.accruals import service, store
from chalicelib.bonuses.accruals.rules import any_rate, any_rate_since
from chalicelib.bonuses.accruals.service import LOOK_BACK_DAYS
from chalicelib.bonuses.config import Bonuses
from chalicelib.platform import Club, Context, Event, consumer, local_day, moment
from chalicelib.sales import PAYMENT_RECORDED, SALE_RECORDED
from chalicelib.tiers import TIER_CHANGED, TIER_GRANTED, TIER_WITHDRAWN


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Settles the document's case. Documents after the last day of all rates cost no call.

    A document of a day without a rate earns nothing, but it moves the tier of later days, which may have one.
    """
    sale = event.item
    company_id, source = sale["company_id"], sale["source"]
    days = [date.fromisoformat(day) for day in sale["deltas"]]
    days += [date.fromisoformat(sale[name]) for name in ("business_date", "counts_on") if name in sale]
    rates = service.rates_of(context.config[Bonuses])
    if not any_rate_since(rates, min(days)):
        return
    original = sale.get("original")
    ref = (source, f"{sale['series']}/{sale['document']}")
    case = store.load(context.table, company_id, ref)
    if case.version or case.within or any(any_rate(rates, day) for day in days):
        home = None
        if original:
            home = (original.get("source", source), f"{original['series']}/{original['number']}")
        service.settle(context, case, home)
    done = ("rated", company_id)
    if min(days) < event.batch.get(done, date.max):
        service.rerate(context, company_id, min(days), settled=ref)
        event.batch[done] = min(days)


@consumer(PAYMENT_RECORDED)
def on_payment_recorded(context: Context, event: Event) -> None:
    """Settles the case of the paid document; a payment that came before its document has none yet."""
    ref = (event.item["source"], event.item["document"])
    head = sales.heads(context, [ref]).get(ref)
    if head:
        service.settle_case(context, head.company_id, ref)


@consumer(TIER_CHANGED, TIER_GRANTED, TIER_WITHDRAWN)
def on_tier_changed(context: Context, event: Event) -> None:
    """Rates again after a new ladder or a manager's decision moved the tier from a day on."""
    changed_on = local_day(moment(event.item["at"]), context.config[Club].zone)
    service.rerate(context, event.item["company_id"], changed_on - timedelta(days=LOOK_BACK_DAYS))
