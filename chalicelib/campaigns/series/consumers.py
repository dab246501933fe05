"""Consumers that start series, each for some of the event's people; and one that continues those who waited for an approval."""

from chalicelib.bonuses import BONUSES_EXPIRING
from chalicelib.campaigns.series import delivery, enrolment
from chalicelib.campaigns.series.events import APPROVED
from chalicelib.campaigns.series.model import Start
from chalicelib.companies import PERSON_CONFIRMED, who_buys
from chalicelib.members import EMAIL_CONFIRMED, who_joined
from chalicelib.platform import Context, Event, EventType, consumer
from chalicelib.retention import BENEFITS_PROMISED, NOT_REACHED, STATE_CHANGED, RhythmState
from chalicelib.tiers import TIER_WARNING

_OF_BUYERS: dict[EventType, Start] = {
    BONUSES_EXPIRING: "bonuses_expiring",
    TIER_WARNING: "tier_warning",
    STATE_CHANGED: "quiet",
    BENEFITS_PROMISED: "benefits_promised",
    NOT_REACHED: "not_reached",
}


@consumer(EMAIL_CONFIRMED)
def on_email_confirmed(context: Context, event: Event) -> None:
    enrolment.begin(context, event, "joined", [each.id for each in who_joined(context, event.item)])


@consumer(PERSON_CONFIRMED)
def on_person_confirmed(context: Context, event: Event) -> None:
    enrolment.begin(context, event, "confirmed", [event.item["member_id"]], event.item["company_id"])


@consumer(*_OF_BUYERS)
def on_news_of_a_company(context: Context, event: Event) -> None:
    """Those who buy for the company begin. Of the states of a company, only the dormant one starts a series."""
    if event.name == STATE_CHANGED and event.item["state"] != RhythmState.DORMANT:
        return
    buyers = [each.id for each in who_buys(context, event.item)]
    start = _OF_BUYERS[EventType(event.name)]
    enrolment.begin(context, event, start, buyers, event.item["company_id"])


@consumer(APPROVED)
def on_approved(context: Context, event: Event) -> None:
    delivery.ask_to_resume(event.item["series_id"], None, delivery.WORKER_SECONDS)
