"""Steps of the tests of nightly runs: companies with bonuses, runs and their queue messages."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.bonuses import jobs as bonuses_jobs
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger.rules import Posting
from chalicelib.companies import keys as companies_keys
from chalicelib.companies.model import CustomerRef
from chalicelib.platform import aws
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_url
from chalicelib.table.records import from_item
from chalicelib.table.transactions import Item
from tests.support.customers import customer_companies


def company(context: Context, name: str = "Luch") -> str:
    ref = CustomerRef(customer=name, name=name, inn=None, kpp=None, currency="RUB")
    return customer_companies(context, "1c", [ref])[ref]


def at(context: Context, moment: str) -> Context:
    """`2027-01-01T01:30`, in the club's zone."""
    return replace(context, now=datetime.fromisoformat(moment).replace(tzinfo=context.config[Club].zone))


def days_later(context: Context, days: int) -> Context:
    return replace(context, now=context.now + timedelta(days=days))


def queued() -> list[dict[str, Any]]:
    """Takes the messages out of the bonuses queue, as the records that the worker gets."""
    found: list[dict[str, Any]] = []
    url = queue_url("bonuses")
    while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append({"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def a_night(context: Context, event: dict[str, Any] | None = None) -> dict[str, Any]:
    """The nightly run and all that its messages bring about."""
    counts = bonuses_jobs.nightly_bonuses(context, event or {})
    for message in queued():
        bonuses_jobs.decide_bonuses(context, message)
    return counts


def run_audit(context: Context, event: dict[str, Any] | None = None) -> dict[str, Any]:
    """The nightly audit and all that its messages bring about."""
    counts = bonuses_jobs.audit_bonuses(context, event or {})
    for message in queued():
        bonuses_jobs.decide_bonuses(context, message)
    return counts


def book_item(context: Context, company_id: str) -> Item:
    item = context.table.get(ledger_keys.bonuses(company_id), consistent=True)
    assert item
    return item


def posted(context: Context, company_id: str) -> list[tuple[str, str, str]]:
    """Day, cause, and what moved on `available`, oldest first."""
    items = [from_item(Posting, item) for item in context.table.query_all(f"LEDGER#{company_id}", starts="POSTING#")]
    return [
        (
            each.day.isoformat(),
            each.cause.kind,
            f"{sum(entry.amount for entry in each.entries if entry.account == 'available')}",
        )
        for each in items
    ]


def told(context: Context, company_id: str) -> list[Item]:
    """The events of letters on this company's bonuses, oldest first."""
    found = context.table.query_all(companies_keys.company(company_id).pk, starts="EVENT#")
    return [item for item in found if item["event"].startswith("bonus.")]
