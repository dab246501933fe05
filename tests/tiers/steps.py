"""Steps around the tiers, for tests: companies buy, the stream delivers, nights pass."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chalicelib import members, sales, tiers
from chalicelib.companies import keys as companies_keys
from chalicelib.companies.model import CustomerRef
from chalicelib.platform import aws, keys
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.platform.settings import queue_url
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Transaction, from_wire, to_wire
from chalicelib.tiers import consumers as tiers_consumers
from chalicelib.tiers import jobs
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.ladders.rules import LadderStep
from chalicelib.tiers.manual_tiers import service as manual_tiers_service
from chalicelib.tiers.manual_tiers.schemas import ManualTierForm, ManualTierView, ManualTierWithdrawalForm
from chalicelib.tiers.standing import service as standing_service
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.model import Standing, known_since, standing_on_day
from chalicelib.tiers.standing.schemas import standing_json
from tests.support.crashes import watched
from tests.support.customers import customer_companies
from tests.support.memory import MemoryDynamo


def in_memory(context: Context) -> Context:
    """The same work on an empty table in memory, for what makes thousands of calls."""
    return replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))


def company(context: Context, name: str = "Luch", currency: str = "RUB") -> str:
    """A company that bought in 1C, and a manager who may grant it tiers."""
    tx = Transaction()
    members.appoint(tx, "mbr_manager", kind="staff", owner=STAFF_OWNER, role="manager", status="active")
    context.table.commit(tx)
    ref = CustomerRef(customer=name, name=name, inn=None, kpp=None, currency=currency)
    return customer_companies(context, "1c", [ref])[ref]


def days_later(context: Context, days: int) -> Context:
    return replace(context, now=context.now + timedelta(days=days))


def buy(
    context: Context,
    company_id: str,
    offset: int,
    amount: str | int | Decimal,
    number: str | None = None,
    currency: str = "RUB",
    *,
    other_currency: bool = False,
) -> Event:
    """One document, dated so many days from today; the same number again is its correction. Returns what the stream tells of it."""
    document = sales.SaleDocument(
        source="1c",
        number=number or context.new_id("doc"),
        company_id=company_id,
        business_date=context.today + timedelta(days=offset),
        currency=currency,
        lines=[sales.SaleLine.of("SKU-1", "Lamp", Decimal(1), amount=Decimal(amount))],
        other_currency=other_currency,
    )
    sales.record(context, [document])
    found = (event for event in sale_events(context, company_id) if event.item.get("document") == document.number)
    return max(found, key=lambda event: event.item["revision"])


def give_back(
    context: Context,
    company_id: str,
    offset: int,
    amount: str | int | Decimal,
    original: str = "",
    on: int | None = None,
) -> Event:
    """A return of so many days from today, of a sale known by its number or its day; without either, of its own day."""
    day = None if on is None else context.today + timedelta(days=on)
    named = sales.Original(original, ("",) if original else (), day) if original or day else None
    document = sales.SaleDocument(
        source="1c",
        number=context.new_id("ret"),
        company_id=company_id,
        business_date=context.today + timedelta(days=offset),
        currency="RUB",
        lines=[sales.SaleLine.of("SKU-1", "Lamp", Decimal(-1), amount=-Decimal(amount))],
        kind="return",
        original=named,
    )
    sales.record(context, [document])
    return next(event for event in sale_events(context, company_id) if event.item.get("document") == document.number)


def sale_events(context: Context, *company_ids: str) -> list[Event]:
    """Every `sale.recorded` of these companies, as the stream would deliver it."""
    return [
        Event("sale.recorded", derived_id("evt", item["pk"], item["sk"]), item)
        for company_id in company_ids
        for item in context.table.query_all(companies_keys.company(company_id).pk)
        if item.get("event") == "sale.recorded"
    ]


def delivered(context: Context, event: Event) -> None:
    """By itself, in a batch of its own, as each time that the stream tells of it."""
    tiers_consumers.on_sale_recorded(context, Event(event.name, event.id, event.item))


def deliver(context: Context, *company_ids: str) -> None:
    for event in sale_events(context, *company_ids):
        tiers_consumers.on_sale_recorded(context, event)


def grant(context: Context, company_id: str, tier: str, first: int, last: int) -> ManualTierView:
    """By days from today."""
    days = {"from": context.today + timedelta(days=first), "until": context.today + timedelta(days=last)}
    form = ManualTierForm.model_validate({"tier": tier, "reason": "A new shop", **days})
    return manual_tiers_service.grant(context, company_id, "mbr_manager", form)


def withdraw(context: Context, company_id: str, grant_id: str) -> ManualTierView:
    form = ManualTierWithdrawalForm(reason="The shop closed")
    return manual_tiers_service.withdraw(context, company_id, grant_id, "mbr_manager", form)


def bought(context: Context, days: dict[int, int | str], name: str = "Luch") -> str:
    """A company that bought this, by days from today, and whose sales were delivered only then."""
    company_id = company(context, name)
    for offset, amount in days.items():
        buy(context, company_id, offset, amount)
    deliver(context, company_id)
    return company_id


def queued(context: Context) -> list[dict[str, Any]]:
    """Takes the messages out of the tiers queue, as the records that the worker gets."""
    found: list[dict[str, Any]] = []
    while messages := aws.sqs().receive_message(QueueUrl=queue_url("tiers"), MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append({"messageId": message["MessageId"], "body": message["Body"]})
            aws.sqs().delete_message(QueueUrl=queue_url("tiers"), ReceiptHandle=message["ReceiptHandle"])
    return found


def message_for(*company_ids: str) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps({"companies": list(company_ids)})}


def night(context: Context, event: dict[str, Any] | None = None) -> dict[str, Any]:
    """The nightly run and all that its messages bring about."""
    counts = jobs.nightly_tiers(context, event or {})
    for message in queued(context):
        jobs.decide_tiers(context, message)
    return counts


def tier_now(context: Context, company_id: str) -> LadderStep:
    """The tier in force today, as prices find it."""
    return tiers.tier_in_force(standing_item(context, company_id), context.today)


def standing_item(context: Context, company_id: str) -> Item | None:
    return context.table.get(tiers_keys.standing(company_id), consistent=True)


def kept(context: Context, company_id: str) -> Item | None:
    """The standing item without what counts the writes."""
    item = standing_item(context, company_id)
    return {name: value for name, value in item.items() if name not in ("version", "at")} if item else None


def fresh(context: Context, company_id: str) -> Standing:
    """The standing as it would be made today from the facts alone, as if none had been kept."""
    _, grants = standing_store.load_with_grants(context, company_id)
    facts = standing_service.facts_of(context, company_id, "RUB", grants, known_since(context.today))
    return standing_on_day(company_id, "RUB", context.today, facts)


def shown(standing: Standing) -> dict[str, Any]:
    """All that a reader is told of it."""
    return json.loads(standing_json(standing, "en"))  # type: ignore[no-any-return]


def due(context: Context, company_id: str, offset: int) -> dict[str, str]:
    """The attributes of an item that is due so many days from today."""
    return keys.due("tiers", context.today + timedelta(days=offset), company_id).as_gsi2()


def told(context: Context, company_id: str, name: str = "tier.changed") -> list[Item]:
    """The events of this company, oldest first."""
    prefix = Key(companies_keys.company(company_id).pk, "EVENT#")
    return [item for item in context.table.query_all(prefix.pk, starts=prefix.sk) if item["event"] == name]


def moves(context: Context, company_id: str) -> list[tuple[str, str, str]]:
    """Every change of tier: from which, to which, and why."""
    return [(item["from_tier"], item["to_tier"], item["reason"]) for item in told(context, company_id)]


def warnings(context: Context, company_id: str) -> list[tuple[str, int]]:
    """Every warning: the day of the fall, and the distance."""
    return [(item["falls_on"], int(item["stage"])) for item in told(context, company_id, "tier.warning")]


def everything(context: Context) -> dict[Key, Item]:
    """All that lies in the table."""
    pages = context.table.client.get_paginator("scan").paginate(TableName=context.table.name)
    return {Key(item["pk"], item["sk"]): item for page in pages for item in map(from_wire, page["Items"])}


def put_back(context: Context, before: dict[Key, Item]) -> None:
    """The table as it was, and an empty tiers queue."""
    now = everything(context)
    for key in now.keys() - before.keys():
        context.table.client.delete_item(TableName=context.table.name, Key=to_wire(key.as_item()))
    for key, item in before.items():
        if now.get(key) != item:
            context.table.put(item)
    aws.sqs().delete_queue(QueueUrl=queue_url("tiers"))
    aws.sqs().create_queue(QueueName="tiers")
