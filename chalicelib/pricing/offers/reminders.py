"""The reminder of offers that are about to expire: once for an offer, three days before its last day.

    remind          looks up the companies with an offer that is due
    remind_company  marks the offers of one, and tells of them in the same transaction

An offer is due on its day and looked for on some days more, so a failed night is made up for; who was reminded is not reminded again.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.companies import company_key
from chalicelib.platform import Context, events, jobs
from chalicelib.platform.log import log
from chalicelib.pricing.offers import keys, store
from chalicelib.pricing.offers.events import EXPIRING
from chalicelib.pricing.offers.store import DAYS_BEFORE, DUE, OpenOffer
from chalicelib.table import Transaction, retry

LOOK_BACK = timedelta(days=DAYS_BEFORE)


def remind(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Reminds the companies whose offers are due; returns the figures of the run. A company that fails holds up no other."""
    first = jobs.first_day(context, event, jobs.last_run(context, DUE), look_back_days=LOOK_BACK.days)
    companies = list(dict.fromkeys(jobs.due_between(context, DUE, first, context.today)))
    jobs.each_company(companies, partial(remind_company, context), "not reminded of offers")
    facts = {"day": context.today.isoformat(), "companies": len(companies)}
    jobs.record_run(context, DUE, facts)
    log.info("offers about to expire", extra=facts)
    return facts


@retry("offer")
def remind_company(context: Context, company_id: str) -> None:
    """Two reads; a transaction where there is something to tell. Raises `Busy` while orders keep using the offers."""
    due = expiring(context, company_id)
    items = context.table.get_many([keys.offer(company_id, each.offer_id) for each in due], consistent=True)
    offer_ids = sorted(item["offer_id"] for item in items.values() if "reminded_at" not in item)
    if not offer_ids:
        return
    tx = Transaction()
    unused = Attr("state").eq("open") & Attr("reminded_at").not_exists()
    for offer_id in offer_ids:
        tx.update(keys.offer(company_id, offer_id), put={"reminded_at": context.at}, when=unused, label="offer")
    events.record(tx, context, company_key(company_id), EXPIRING, company_id=company_id, offer_ids=offer_ids)
    context.table.commit(tx)


def expiring(context: Context, company_id: str, among: Sequence[str] | None = None) -> list[OpenOffer]:
    """The offers that no order uses and that end within some days, by their last day; `among`: of these ids only. One read."""
    last = context.today + timedelta(days=DAYS_BEFORE)
    found = store.open_offers(context.table.get(keys.granted(company_id), consistent=True))
    return [
        each
        for each in found
        if each.offer.first <= context.today <= each.form.last <= last and (among is None or each.offer_id in among)
    ]
