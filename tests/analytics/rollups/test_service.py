"""Bonuses and tiers beside the months, the first message of a company, the change of a definition, and a rebuild over HTTP."""

from datetime import date
from decimal import Decimal

import boto3
import pytest

from chalicelib import sales
from chalicelib.analytics.rollups import consumers, jobs, keys, service, store
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.settings import queue_url
from tests.analytics import steps
from tests.bonuses.steps import credit
from tests.sales.steps import invoice, items
from tests.support import partners
from tests.support.api import Api
from tests.support.nights import Queue
from tests.tiers.steps import in_memory

MAY = date(2026, 5, 1)


def test_the_first_message_of_a_company_builds_all_its_months(quick: Context, queue: Queue) -> None:
    """As on the day on which a club with a history gets this code: of the older sales nobody ever told."""
    sales.record(quick, [invoice(f"A-{month}", f"{month}.00", day=date(2026, month, 5)) for month in range(1, 6)])
    service.mark(quick, steps.COMPANY, [MAY])
    steps.work_off(quick, queue)
    assert steps.sums(quick) == steps.fresh_sums(quick)
    assert len(steps.sums(quick)) == 5
    history = store.read_history(quick.table, steps.COMPANY)
    assert history.built is not None
    assert (history.as_of, [each.month.month for each in history.months]) == (None, [1, 2, 3, 4, 5])


def test_a_month_whose_facts_moved_says_of_when_its_sums_are(quick: Context, queue: Queue) -> None:
    sales.record(quick, [invoice(day=MAY)])
    steps.deliver_all(quick)
    steps.work_off(quick, queue)
    service.mark(quick, steps.COMPANY, [MAY])
    assert store.read_history(quick.table, steps.COMPANY).as_of == quick.at


def test_a_new_definition_is_built_beside_the_old_one_which_answers_until_then(
    quick: Context, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales.record(quick, [invoice("A-1", "10.00", day=MAY)])
    steps.deliver_all(quick)
    steps.work_off(quick, queue)
    # The code of the next release: its keys name the next definition.
    old_month, old_rows, old_built = keys.month, keys.rows, keys.built
    monkeypatch.setattr(keys, "month", lambda company, month, definition=5: old_month(company, month, definition))
    monkeypatch.setattr(keys, "rows", lambda company, month, definition=5: old_rows(company, month, definition))
    monkeypatch.setattr(keys, "built", lambda company, definition=5: old_built(company, definition))
    monkeypatch.setattr(store, "DEFINITION", 5)
    store.mark(quick.table, steps.COMPANY, MAY)
    answered = store.read_history(quick.table, steps.COMPANY)
    assert (answered.definition, answered.sums("RUB")[MAY].net) == (4, Decimal(10))
    service.build(quick, steps.COMPANY)
    answered = store.read_history(quick.table, steps.COMPANY)
    assert (answered.definition, answered.sums("RUB")[MAY].net) == (5, Decimal(10))
    prefix = keys.history(steps.COMPANY).sk
    assert {item["sk"].split("#")[2] for item in items(quick, prefix)} == {"05"}
    assert {item["sk"].split("#")[1] for item in items(quick, "ROLLUPROWS#")} == {"05"}


def test_the_balances_of_a_month_are_those_of_its_newest_posting_in_whatever_order_they_come(context: Context) -> None:
    quick = in_memory(context)
    company_id = partners.company(quick).company_id
    for number in range(3):
        credit(quick, company_id, f"{number + 1}0.00")
    postings = [item for item in items(quick, "POSTING#") if item["event"] == "bonus.posted"]
    for item in [*postings[1:], postings[0], postings[0]]:
        consumers.on_bonus_posted(quick, Event("bonus.posted", "evt_1", item))
    (told,) = store.read_history(quick.table, company_id).bonuses
    last = postings[-1]["balances"]
    assert (told.issued, told.available, told.pending) == (-last["issued"], last["available"], last["pending"])
    quick.table.client.delete_item(TableName="club", Key=_wired(keys.bonuses(company_id, date(2026, 11, 1))))
    service.build(quick, company_id)
    assert store.read_history(quick.table, company_id).bonuses == (told,)


def _wired(key: keys.Key) -> dict[str, dict[str, str]]:
    return {name: {"S": value} for name, value in key.as_item().items()}


def test_an_announced_tier_is_kept_once(quick: Context) -> None:
    tier = {"code": "silver", "name": "Silver", "name_ru": "Серебро", "discount_percent": Decimal(5)}
    event = Event("tier.changed", "evt_1", {"company_id": "cmp_1", "day": "2026-05-04", "at": quick.at, "tier": tier})
    for _ in range(2):
        consumers.on_tier_changed(quick, event)
    (told,) = store.read_history(quick.table, "cmp_1").tiers
    assert (told.day, told.code, told.discount_percent) == (date(2026, 5, 4), "silver", Decimal(5))


def test_a_rebuild_shows_its_progress_and_ends_with_all_companies_built(api: Api, context: Context) -> None:
    for number in range(3):
        partners.company(context, f"cmp_{number}", name=f"Luch {number}")
        listed(context, f"cmp_{number}", f"Luch {number}")
        sales.record(context, [invoice(f"A-{number}", "10.00", company=f"cmp_{number}", day=MAY)])
    started = api.call("POST", "/v1/staff/analytics/rebuilds", partners.OPERATIONS, key="k")
    assert started.status == 202, started.text
    address = started.headers["location"]
    assert api.call("GET", address, partners.OPERATIONS).json["state"] == "running"
    (event,) = (item for item in items(context) if item.get("event") == "rollups.rebuild_requested")
    consumers.on_rebuild_requested(context, Event(event["event"], "evt_1", event))
    sqs, address_of_queue = boto3.client("sqs"), queue_url("rebuilds")
    while found := sqs.receive_message(QueueUrl=address_of_queue).get("Messages"):
        sqs.delete_message(QueueUrl=address_of_queue, ReceiptHandle=found[0]["ReceiptHandle"])
        jobs.rebuild_rollups(context, {"body": found[0]["Body"]})
    done = api.call("GET", address, partners.OPERATIONS).json
    assert (done["state"], done["progress"]["companies_done"]) == ("done", 3)
    assert [steps.sums(context, f"cmp_{number}") for number in range(3)] == [
        {("2026-05", "RUB"): (Decimal(10), Decimal(1), 1)}
    ] * 3
    assert api.call("GET", "/v1/staff/analytics/rebuilds/reb_none", partners.OPERATIONS).status == 404
    finished = api.call("GET", "/v1/staff/analytics/rebuilds?state=done&count=true", partners.OPERATIONS).json
    assert [each["rebuild_id"] for each in finished["items"]] == [started.json["rebuild_id"]]
    assert api.call("GET", "/v1/staff/analytics/rebuilds?state=running", partners.OPERATIONS).json["items"] == []


def listed(context: Context, company_id: str, name: str) -> None:
    """In the list of all companies, as the room of companies writes it."""
    from chalicelib.companies import keys as companies_keys

    place = companies_keys.company_list(name, company_id).as_gsi1()
    context.table.update(companies_keys.company(company_id), put=place)
