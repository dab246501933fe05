"""Consumers that keep cases up to date."""

from chalicelib.companies import COMPANY_JOINED, COMPANY_PARTED, MANAGER_CHANGED
from chalicelib.demand import DEMAND_ANSWERED
from chalicelib.platform import Context, Event, consumer
from chalicelib.retention.cases import service
from chalicelib.retention.cases.events import REOPENED
from chalicelib.retention.states.events import STATE_CHANGED


@consumer(STATE_CHANGED, MANAGER_CHANGED, COMPANY_JOINED, COMPANY_PARTED, REOPENED)
def on_company_changed(context: Context, event: Event) -> None:
    """Brings the case of the company up to date, once for a batch."""
    company_id = event.item["company_id"]
    done = ("case", company_id)
    if done not in event.batch:
        service.follow(context, company_id)
        event.batch[done] = True


@consumer(DEMAND_ANSWERED)
def on_demand_answered(context: Context, event: Event) -> None:
    """Reports back to the case that the wish came from."""
    service.goods_arrived(context, event.item["company_id"], event.item["demand_id"])
