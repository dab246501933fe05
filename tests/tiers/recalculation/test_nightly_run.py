"""The nightly run: whom it names, how far it looks back, and what it keeps of itself."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.platform import aws, jobs
from chalicelib.platform.context import Context
from chalicelib.table.key import shards
from chalicelib.tiers import jobs as tiers_jobs
from chalicelib.tiers import keys as tiers_keys
from tests.support.spent import calls_counted
from tests.tiers.steps import days_later, due, queued


def due_on(context: Context, offset: int, *company_ids: str) -> None:
    """Standings that are due, without the purchases that would make them so."""
    for company_id in company_ids:
        key = tiers_keys.standing(company_id)
        context.table.put({**key.as_item(), **due(context, company_id, offset), "company_id": company_id})


def named(context: Context) -> list[str]:
    return [company_id for message in queued(context) for company_id in json.loads(message["body"])["companies"]]


def test_the_run_names_who_is_due_today_and_who_was_left_over_from_a_week(context: Context):
    for offset in range(-8, 2):
        due_on(context, offset, f"co_{offset}")
    counts = tiers_jobs.nightly_tiers(context, {})
    assert sorted(named(context)) == sorted(f"co_{offset}" for offset in range(-7, 1))
    assert counts["companies"] == 8


def test_the_run_looks_into_every_shard(context: Context):
    ids = [f"co_{letter}" for letter in "0123456789abcdef"]
    due_on(context, 0, *ids)
    tiers_jobs.nightly_tiers(context, {})
    assert sorted(named(context)) == ids


def test_the_run_looks_back_to_the_last_one(context: Context):
    tiers_jobs.nightly_tiers(context, {})
    due_on(context, 3, "co_1")
    counts = tiers_jobs.nightly_tiers(days_later(context, 20), {})
    assert named(context) == ["co_1"]
    assert counts["first_day"] == context.today.isoformat()


def test_the_run_can_be_told_how_far_to_look_back(context: Context):
    due_on(context, -30, "co_1")
    assert (
        tiers_jobs.nightly_tiers(context, {"day": (context.today - timedelta(days=30)).isoformat()})["companies"] == 1
    )
    assert named(context) == ["co_1"]


def test_the_run_ignores_what_the_scheduler_tells_about_itself(context: Context):
    event = {"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"}
    assert tiers_jobs.nightly_tiers(context, event)["companies"] == 0


@pytest.mark.parametrize("day", ["2026-11-21", "yesterday", 7])
def test_the_run_refuses_a_day_that_is_none_or_still_to_come(context: Context, day: Any):
    with pytest.raises((ValueError, TypeError)):
        tiers_jobs.nightly_tiers(context, {"day": day})
    assert jobs.last_run(context, "tiers") is None


def test_the_run_packs_many_companies_into_few_calls(context: Context):
    due_on(context, 0, *(f"co_{number:03d}" for number in range(260)))
    with calls_counted(aws.sqs()) as made:
        counts = tiers_jobs.nightly_tiers(context, {})
    assert made == ["SendMessageBatch"] * 2
    assert (counts["companies"], counts["messages"]) == (260, 11)
    assert len(set(named(context))) == 260


def test_a_run_without_anybody_due_reads_the_days_shards_and_sends_nothing(context: Context):
    tiers_jobs.nightly_tiers(context, {})
    tomorrow = days_later(context, 1)
    with calls_counted(context.table.client, aws.sqs()) as made:
        tiers_jobs.nightly_tiers(tomorrow, {})
    assert made.count("Query") == 1 + 8 * len(shards())
    assert {call for call in made if call != "Query"} == {
        "BatchGetItem",
        "PutItem",
    }  # the founding ladders, and the run


def test_a_run_is_kept_with_what_it_counted(context: Context):
    due_on(context, 0, "co_1")
    counts = tiers_jobs.nightly_tiers(context, {})
    run = jobs.last_run(context, "tiers")
    assert run is not None
    assert counts.items() <= run.items()
    assert run["at"] == context.at
