"""Companies that go quiet, and the waves that take them in, for tests."""

import json
from datetime import timedelta
from typing import Any

from chalicelib.companies import keys as companies_keys
from chalicelib.companies import store as companies_store
from chalicelib.companies.model import FirmMember
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.platform.settings import queue_url
from chalicelib.retention.states import service as states
from chalicelib.retention.waves import consumers, jobs, service, store
from chalicelib.retention.waves.model import Assignment
from chalicelib.retention.waves.schemas import WaveForm, WaveView
from chalicelib.table.transactions import Transaction
from tests.support import partners
from tests.tiers.steps import buy, company

HEAD = "mbr_head"


def dormant(context: Context, name: str, silent: int = 120, currency: str = "RUB") -> str:
    """A company that bought every three weeks, and has been silent for so many days."""
    company_id = company(context, name, currency)
    for offset in range(-silent - 84, -silent + 1, 21):
        buy(context, company_id, offset, 60_000, currency=currency)
    states.follow(context, company_id)
    return company_id


def branch(context: Context, company_id: str, inn: str, kpp: str) -> None:
    """A company of this INN, whatever it was before."""
    partners.company(context, company_id, inn=inn, kpp=kpp)
    others = companies_store.firms(context.table, [inn]).get(inn, [])
    tx = Transaction()
    companies_store.join_firm(tx, inn, FirmMember(kpp, company_id, "RUB"), others)
    context.table.commit(tx)


def planned(context: Context, *, first: int = 1, **form: Any) -> WaveView:
    """A wave whose intake begins so many days from today."""
    given = {"name": "Winter", "first": context.today + timedelta(days=first), **form}
    return service.plan(context, WaveForm.model_validate(given), "en", by=HEAD)


def night(context: Context) -> dict[str, Any]:
    """The nightly intake, and its queue worked off."""
    context.memo.clear()
    facts = jobs.nightly_intake(context, {})
    url = queue_url("waves")
    while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            jobs.assign_companies(context, {"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return facts


def entered(context: Context, wave_id: str) -> dict[str, Assignment]:
    return {each.company_id: each for each in store.members(context, wave_id)}


def heard(context: Context, company_id: str) -> None:
    """Every change of the company's state, as the stream tells of it."""
    for item in context.table.query_all(companies_keys.company(company_id).pk):
        if item.get("event") == "rhythm.changed":
            consumers.on_state_changed(context, Event("rhythm.changed", derived_id("evt", item["sk"]), item))


def message(*company_ids: str) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps({"companies": list(company_ids)})}
