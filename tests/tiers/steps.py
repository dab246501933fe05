"""What happens around the tiers, for tests: companies buy, the stream delivers, nights pass."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chalicelib import companies, sales, tiers
from chalicelib.companies import CustomerRef
from chalicelib.platform import aws
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.platform.settings import settings
from chalicelib.platform.work import Work
from chalicelib.table import Key, keys
from chalicelib.table.transactions import Item, from_wire, to_wire


def company(work: Work, name: str = "Luch", currency: str = "RUB") -> str:
    ref = CustomerRef(customer=name, name=name, inn=None, kpp=None, currency=currency)
    return companies.customers(work, "1c", [ref])[ref]


def days_later(work: Work, days: int) -> Work:
    return replace(work, now=work.now + timedelta(days=days))


def buy(work: Work, company_id: str, offset: int, amount: str | int | Decimal, number: str | None = None) -> Event:
    """One document, dated so many days from today; the same number again is its correction. Returns what the stream tells of it."""
    document = sales.SaleDocument(
        source="1c",
        number=number or work.new_id("doc"),
        company_id=company_id,
        business_date=work.today + timedelta(days=offset),
        currency="RUB",
        lines=[sales.SaleLine.of("SKU-1", "Lamp", Decimal(1), amount=Decimal(amount))],
    )
    sales.record(work, [document])
    found = (event for event in sale_events(work, company_id) if event.item.get("document") == document.number)
    return max(found, key=lambda event: event.item["revision"])


def sale_events(work: Work, *company_ids: str) -> list[Event]:
    """Every `sale.recorded` of these companies, as the stream would deliver it."""
    return [
        Event("sale.recorded", derived_id("evt", item["pk"], item["sk"]), item)
        for company_id in company_ids
        for item in work.table.query_all(keys.company(company_id).pk)
        if item.get("event") == "sale.recorded"
    ]


def deliver(work: Work, *company_ids: str) -> None:
    for event in sale_events(work, *company_ids):
        tiers.on_sale_recorded(work, event)


def bought(work: Work, days: dict[int, int | str], name: str = "Luch") -> str:
    """A company that bought this, by days from today, and whose sales were delivered only then."""
    company_id = company(work, name)
    for offset, amount in days.items():
        buy(work, company_id, offset, amount)
    deliver(work, company_id)
    return company_id


def queued(work: Work) -> list[dict[str, Any]]:
    """Takes the messages out of the tiers queue, as the records that the worker gets."""
    found: list[dict[str, Any]] = []
    while (
        messages := aws.sqs()
        .receive_message(QueueUrl=settings().tiers_queue_url, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        for message in messages:
            found.append({"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=settings().tiers_queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found


def message_for(*company_ids: str) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps({"companies": list(company_ids)})}


def night(work: Work, event: dict[str, Any] | None = None) -> dict[str, Any]:
    """The nightly run and all that its messages bring about."""
    counts = tiers.nightly(work, event or {})
    for message in queued(work):
        tiers.decide(work, message)
    return counts


def standing_item(work: Work, company_id: str) -> Item | None:
    return work.table.get(keys.standing(company_id), consistent=True)


def kept(work: Work, company_id: str) -> Item | None:
    """The standing item without what counts the writes."""
    item = standing_item(work, company_id)
    return {name: value for name, value in item.items() if name not in ("version", "at")} if item else None


def due(work: Work, company_id: str, offset: int) -> dict[str, str]:
    """How an item says that it is due so many days from today."""
    return keys.due("tiers", work.today + timedelta(days=offset), company_id).as_gsi2()


def changes(work: Work, company_id: str) -> list[Item]:
    """The `tier.changed` of this company, oldest first."""
    prefix = Key(keys.company(company_id).pk, "EVENT#")
    return [item for item in work.table.query_all(prefix.pk, starts=prefix.sk) if item["event"] == "tier.changed"]


def everything(work: Work) -> dict[Key, Item]:
    """All that lies in the table."""
    pages = work.table.client.get_paginator("scan").paginate(TableName=work.table.name)
    return {Key(item["pk"], item["sk"]): item for page in pages for item in map(from_wire, page["Items"])}


def put_back(work: Work, before: dict[Key, Item]) -> None:
    """The table as it was, and an empty tiers queue."""
    now = everything(work)
    for key in now.keys() - before.keys():
        work.table.client.delete_item(TableName=work.table.name, Key=to_wire(key.as_item()))
    for key, item in before.items():
        if now.get(key) != item:
            work.table.put(item)
    aws.sqs().delete_queue(QueueUrl=settings().tiers_queue_url)
    aws.sqs().create_queue(QueueName="tiers")
