"""A night names each buyer whose sales moved since the last one, and nobody else."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.companies import keys as companies_keys
from chalicelib.platform import aws, jobs
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.settings import queue_url
from chalicelib.recommendations import consumers as recommendations_consumers
from chalicelib.recommendations import jobs as recommendations_jobs
from chalicelib.recommendations import keys as recommendations_keys
from chalicelib.table import key
from chalicelib.table.key import shards
from tests.support import partners
from tests.support.crashes import crashes, empty_account, lost_replies
from tests.support.spent import calls_counted


def moved(context: Context, *company_ids: str) -> None:
    """Sales of these companies moved."""
    for company_id in company_ids:
        recommendations_consumers.on_sale_recorded(
            context, Event("sale.recorded", f"evt_{company_id}", {"company_id": company_id})
        )


def later(context: Context, **time: float) -> Context:
    return replace(context, now=context.now + timedelta(**time))


def named(context: Context, event: dict[str, Any] | None = None) -> list[str]:
    """A night, and the companies whose messages it sent."""
    facts = recommendations_jobs.nightly_recommendations(context, event or {})
    found = queued()
    assert facts["companies"] == len(found)
    return sorted(found)


def queued() -> list[str]:
    url, found = queue_url("recommendations"), []
    while messages := aws.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found += json.loads(message["Body"])["companies"]
            aws.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_a_night_names_whose_sales_moved_since_the_last_one(context: Context) -> None:
    moved(context, "cmp_1", "cmp_2", "cmp_1")
    assert named(later(context, hours=3)) == ["cmp_1", "cmp_2"]
    moved(later(context, hours=5), "cmp_2", "cmp_3")
    assert named(later(context, hours=27)) == ["cmp_2", "cmp_3"]
    assert named(later(context, hours=51)) == []


def test_who_moved_while_a_night_ran_is_named_by_the_next(context: Context) -> None:
    """The consumer took its time before the night took its own, and wrote after it had looked."""
    night = later(context, minutes=1)
    assert named(night) == []
    moved(context, "cmp_1")
    assert named(later(night, days=1)) == ["cmp_1"]


def test_a_chain_is_named_once_by_a_shop_that_moved(context: Context) -> None:
    for shop in ("cmp_1", "cmp_2", "cmp_3"):
        partners.company(context, shop, inn="7707083893")
    moved(context, "cmp_1", "cmp_3")
    assert named(later(context, hours=3)) == ["cmp_3"]


def test_nights_that_were_missed_are_made_up_for(context: Context) -> None:
    assert named(context) == []
    moved(later(context, days=1), "cmp_1")
    moved(later(context, days=9), "cmp_2")
    assert named(later(context, days=10)) == ["cmp_1", "cmp_2"]


def test_the_first_night_names_whoever_moved_before_it(context: Context) -> None:
    moved(context, "cmp_1")
    moved(later(context, days=4), "cmp_2")
    assert named(later(context, days=5)) == ["cmp_1", "cmp_2"]


def test_asked_for_everybody_a_night_names_everybody(context: Context) -> None:
    for company_id, inn in (("cmp_1", "7707083893"), ("cmp_2", "500100732259")):
        made = partners.company(context, company_id, inn=inn)
        listed = companies_keys.company_list(made.name, company_id).as_gsi1()
        context.table.update(companies_keys.company(company_id), put=listed)
    assert named(context) == []
    assert named(context, {"full": True}) == ["cmp_1", "cmp_2"]


def test_a_night_that_dies_names_everybody_when_it_is_run_again(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key, "SHARDS", 2)
    for rounds in (crashes, lost_replies):
        for interruption in rounds():
            empty_account()
            jobs.record_run(later(context, hours=-21), recommendations_jobs.JOB, {})
            moved(context, "cmp_1", "cmp_2")
            night = later(context, hours=3)
            with interruption:
                recommendations_jobs.nightly_recommendations(night, {})
            sent = set(queued())
            run = jobs.last_run(context, recommendations_jobs.JOB)
            assert run
            # Whoever was not named is named by the run that comes again; and one that was recorded had named everybody.
            assert sent == {"cmp_1", "cmp_2"} if run["at"] == night.at else named(night) == ["cmp_1", "cmp_2"], (
                interruption
            )


def test_a_night_asks_for_days_not_for_companies(context: Context) -> None:
    moved(context, *(f"cmp_{number:03}" for number in range(60)))
    with calls_counted(context.table.client) as made:
        assert len(named(later(context, hours=3))) == 60
    first = made.count("Query")
    with calls_counted(context.table.client) as made:
        named(later(context, hours=27))
    assert made.count("Query") <= first == 1 + 31 * len(shards())
    assert set(made) == {"Query", "PutItem"}


@pytest.mark.parametrize("body", [{"companies": ["cmp_1"]}, {"companies": []}])
def test_a_message_about_who_never_bought_changes_nothing(context: Context, body: dict[str, Any]) -> None:
    recommendations_jobs.count_recommendations(context, {"messageId": "1", "body": json.dumps(body)})
    assert context.table.get(recommendations_keys.buyer("cmp_1")) is None
