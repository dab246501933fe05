"""After the ladders of a currency have changed, everybody's standing is made anew: each company is named, whatever dies on the way."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib import tiers
from chalicelib.companies.model import CustomerRef
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.settings import queue_url
from chalicelib.tiers import jobs as tiers_jobs
from chalicelib.tiers.recalculation import consumers as recalculation_consumers
from chalicelib.tiers.recalculation import service as recalculation
from tests.support.api import Api
from tests.support.crashes import crashes, empty_account
from tests.support.customers import customer_companies
from tests.tiers.ladders.steps import ADMIN, LADDERS, activate, draw_up
from tests.tiers.steps import bought, days_later, message_for, moves

CHANGED = Event("tier_ladder.activated", "evt_1", {"currency": "RUB"})


def made(context: Context, count: int, currency: str = "RUB") -> set[str]:
    refs = [CustomerRef(f"{currency}-{number}", f"Luch {number:04d}", None, None, currency) for number in range(count)]
    return set(customer_companies(context, "1c", refs).values())


def waiting() -> list[dict[str, Any]]:
    """Takes all messages out of the queue, those that are still to show themselves included."""
    attributes: Any = boto3.client("sqs").get_queue_attributes(
        QueueUrl=queue_url("tiers"), AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )
    found = int(attributes["Attributes"]["ApproximateNumberOfMessagesDelayed"])
    bodies: list[dict[str, Any]] = [{"delayed": True}] * found
    while messages := aws.sqs().receive_message(QueueUrl=queue_url("tiers"), MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            bodies.append(json.loads(message["Body"]))
            aws.sqs().delete_message(QueueUrl=queue_url("tiers"), ReceiptHandle=message["ReceiptHandle"])
    return bodies


def named(context: Context, told: dict[str, Any]) -> tuple[list[str], int]:
    """Whom this message and all that follow from it name, and how many messages named the next ones."""
    ids: list[str] = []
    steps, todo = 0, [told]
    while todo:
        body = todo.pop()
        if "everyone" in body:
            steps += 1
            recalculation.send_page(context, body)
            todo += waiting()
        else:
            ids += body["companies"]
    return ids, steps


BEGIN = {"everyone": "RUB", "after": None}


def test_a_change_waits_until_nobody_works_with_the_ladders_of_before(context: Context) -> None:
    recalculation_consumers.on_ladders_changed(context, CHANGED)
    assert waiting() == [{"delayed": True}]


def test_everybody_of_the_currency_is_named_once_page_by_page(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "COMPANIES", 30)
    wanted = made(context, 70)
    made(context, 5, "GBP")
    ids, steps = named(context, BEGIN)
    assert sorted(ids) == sorted(wanted)
    assert steps == 3


def test_nobody_is_named_where_nobody_is(context: Context) -> None:
    assert named(context, BEGIN) == ([], 1)


def test_a_step_that_died_is_made_good(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalculation, "COMPANIES", 4)
    for crash in crashes():
        empty_account()
        wanted = made(context, 6)
        with crash:
            recalculation.send_page(context, BEGIN)
        before = [body for body in waiting() if "companies" in body]
        ids, _ = named(context, BEGIN)
        assert set(ids) | {each for body in before for each in body["companies"]} == wanted, crash


def test_the_first_night_makes_everybodys_standing_anew_and_no_other(context: Context) -> None:
    for days in range(3):
        tiers_jobs.nightly_tiers(replace(context, now=context.now + timedelta(days=days)), {})
    told = list(context.table.query_all("LADDERS", starts="EVENT#"))
    assert [item["currency"] for item in told] == ["RUB"]


def rebuilt(context: Context) -> None:
    """The effects of changed ladders through stream and queue, without the wait."""
    fresh = replace(context)  # a worker of its own
    for told in context.table.query_all("LADDERS", starts="EVENT#"):
        ids, _ = named(fresh, {"everyone": told["currency"], "after": None})
        tiers_jobs.decide_tiers(fresh, message_for(*ids))


def test_a_ladder_in_force_from_today_changes_todays_tiers(api: Api, context: Context) -> None:
    company_id = bought(context, {-10: 130_000})
    assert tiers.standing_of(context, company_id).tier.tier == "bronze"
    activate(api, draw_up(api).json["ladder_id"], context.today)  # silver from 120,000
    rebuilt(context)
    silver = tiers.standing_of(context, company_id).tier
    assert (silver.tier, silver.discount_percent) == ("silver", 6)
    assert moves(context, company_id)[-1] == ("bronze", "silver", "ladder")


def test_a_ladder_to_come_is_known_to_every_standing_before_its_day(api: Api, context: Context) -> None:
    company_id = bought(context, {-10: 130_000})
    activate(api, draw_up(api).json["ladder_id"], context.today + timedelta(days=5))
    rebuilt(context)
    assert [tiers.standing_of(days_later(context, days), company_id).tier.tier for days in (0, 4, 5)] == [
        "bronze",
        "bronze",
        "silver",
    ]


def test_a_ladder_that_is_withdrawn_is_forgotten_by_every_standing(api: Api, context: Context) -> None:
    company_id = bought(context, {-10: 130_000})
    ladder_id = draw_up(api).json["ladder_id"]
    activate(api, ladder_id, context.today + timedelta(days=5))
    rebuilt(context)
    api.call("POST", f"{LADDERS}/{ladder_id}/withdraw", ADMIN, headers={"if-match": '"2"'})
    rebuilt(context)
    assert tiers.standing_of(days_later(context, 5), company_id).tier.tier == "bronze"
