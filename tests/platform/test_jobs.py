"""The common part of nightly jobs: their look back, the companies that are due, the messages to the queue."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.platform import aws, jobs, keys
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_url
from tests.support.spent import calls_counted


@pytest.mark.parametrize(
    ("event", "last", "first"),
    [
        ({}, None, "2026-11-13"),
        ({}, "2026-11-19", "2026-11-13"),
        ({}, "2026-11-01", "2026-11-01"),
        ({"day": "2026-10-20"}, "2026-11-01", "2026-10-20"),
        ({"day": "2026-11-20"}, None, "2026-11-13"),
    ],
)
def test_a_night_begins_with_the_earliest_day_that_may_hold_something(
    context: Context, event: dict[str, Any], last: str | None, first: str
) -> None:
    run = {"day": last} if last else None
    assert jobs.first_day(context, event, run, look_back_days=7) == date.fromisoformat(first)


def test_a_day_that_is_still_to_come_is_refused(context: Context) -> None:
    with pytest.raises(ValueError, match="in the future"):
        jobs.first_day(context, {"day": "2026-11-21"}, None, look_back_days=7)


def due(context: Context, day: date, company_id: str, what: str = "") -> None:
    own = {"pk": f"COMPANY#{company_id}", "sk": f"{what}{day}", "company_id": company_id}
    context.table.put({**own, **keys.due("work", day, company_id).as_gsi2()})


def test_who_is_due_is_named_once_a_day_and_the_oldest_day_first(context: Context) -> None:
    yesterday = context.today - timedelta(days=1)
    due(context, context.today, "co_1")
    due(context, context.today, "co_1", "another thing")
    due(context, yesterday, "co_2")
    due(context, context.today + timedelta(days=1), "co_3")
    assert list(jobs.due_between(context, "work", yesterday, context.today)) == ["co_2", "co_1"]
    assert list(jobs.due_between(context, "other work", yesterday, context.today)) == []


def test_names_go_out_in_few_calls_with_what_is_to_be_said_about_them(context: Context) -> None:
    ids = [f"co_{number:03d}" for number in range(260)]
    with calls_counted(aws.sqs()) as made:
        counts = jobs.send_companies(queue_url("bonuses"), iter(ids), do="something")
    assert made == ["SendMessageBatch"] * 2
    assert counts == (260, 11)
    bodies = []
    while messages := aws.sqs().receive_message(QueueUrl=queue_url("bonuses"), MaxNumberOfMessages=10):
        if "Messages" not in messages:
            break
        bodies += [json.loads(message["Body"]) for message in messages["Messages"]]
    assert sorted(company_id for body in bodies for company_id in body["companies"]) == ids
    assert {body["do"] for body in bodies} == {"something"}


class Queue:
    """Stands for SQS: refuses the first entry of each of the first few calls."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.taken: list[str] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        refused, taken = (entries[:1], entries[1:]) if self.refusals else ([], entries)
        self.refusals -= bool(refused)
        self.taken += [entry["MessageBody"] for entry in taken]
        return {"Successful": [], "Failed": [{"Id": entry["Id"]} for entry in refused]}


def test_what_the_queue_did_not_take_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(refusals=2)
    monkeypatch.setattr(aws, "sqs", lambda: queue)
    jobs.send_companies("queue", [f"co_{number}" for number in range(60)])
    assert len([company_id for body in queue.taken for company_id in json.loads(body)["companies"]]) == 60


def test_a_queue_that_takes_nothing_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "sqs", lambda: Queue(refusals=100))
    with pytest.raises(RuntimeError, match="refused 1 messages"):
        jobs.send_companies("queue", ["co_1"])


def test_the_last_run_is_the_newest_of_its_job(context: Context) -> None:
    assert jobs.last_run(context, "job") is None
    jobs.record_run(context, "job", {"day": "2026-11-20"})
    jobs.record_run(context, "other job", {"day": "2026-11-21"})
    run = jobs.last_run(context, "job")
    assert run
    assert (run["day"], run["at"]) == ("2026-11-20", context.at)


def test_a_company_that_fails_holds_up_no_other_and_is_named_at_the_end() -> None:
    done: list[str] = []

    def act(company_id: str) -> None:
        if company_id == "cmp_2":
            raise ValueError("broken")
        done.append(company_id)

    with pytest.raises(RuntimeError, match=r"^not counted: cmp_2$"):
        jobs.each_company(["cmp_1", "cmp_2", "cmp_3"], act, "not counted")
    assert done == ["cmp_1", "cmp_3"]
    jobs.each_company(["cmp_1"], act, "not counted")
