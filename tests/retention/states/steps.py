"""Events around the rhythm, for tests: sales are delivered, nights pass, and a rhythm is computed from scratch."""

import json
from typing import Any

from chalicelib.companies import keys as companies_keys
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.settings import queue_url
from chalicelib.retention.learning import service as learning
from chalicelib.retention.states import consumers, jobs, service, store
from chalicelib.retention.states.rules import RhythmState, standing_on
from chalicelib.retention.states.store import Rhythm
from tests.tiers.steps import sale_events


def heard(context: Context, event: Event) -> None:
    """In a batch of its own, as each time that the stream tells of it."""
    consumers.on_sale_recorded(context, Event(event.name, event.id, event.item))


def hear_all(context: Context, company_id: str) -> None:
    for event in sale_events(context, company_id):
        heard(context, event)


def stored(context: Context, company_id: str) -> Rhythm | None:
    return store.load(context, company_id)


def fresh(context: Context, company_id: str, version: int) -> Rhythm:
    """The rhythm as one computation from the facts finds it."""
    orders, currency = learning.history(context, company_id, context.today)
    found = standing_on(
        learning.rhythm_in(context, currency), orders, context.today.toordinal(), service.limits(context)
    )
    return store.rhythm_of(company_id, found, context.today, version)


def alarms(context: Context, company_id: str) -> list[dict[str, Any]]:
    items = context.table.query_all(companies_keys.company(company_id).pk)
    return [each for each in items if each.get("event") == "big_client.quiet"]


def told(context: Context, company_id: str) -> list[tuple[RhythmState, RhythmState]]:
    """The changes of state that were recorded, in their order: before and after."""
    items = context.table.query_all(companies_keys.company(company_id).pk)
    return [
        (RhythmState(each["was"]), RhythmState(each["state"]))
        for each in items
        if each.get("event") == "rhythm.changed"
    ]


def night(context: Context) -> dict[str, Any]:
    """The nightly run, and its queue worked off."""
    facts = jobs.nightly_rhythm(context, {})
    work_off(context)
    return facts


def learn(context: Context) -> None:
    """The club learns, if it is due, and the queue is worked off."""
    learning.start(context)
    work_off(context)


def work_off(context: Context) -> None:
    url = queue_url("rhythm")
    while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            context.memo.clear()
            jobs.decide_rhythm(context, {"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def message(*company_ids: str) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps({"companies": list(company_ids)})}
