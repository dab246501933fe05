"""The club learns in parts: whatever dies, it learns the same as a run that nothing disturbed."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_url
from chalicelib.retention.learning import service, store
from chalicelib.retention.states.jobs import decide_rhythm
from tests.retention.states.steps import learn, night
from tests.support.crashes import crashes, uncounted
from tests.support.table import everything, restore
from tests.tiers.steps import buy, company, days_later, in_memory


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Five companies with orders, one without, and one in another currency: four companies in a part."""
    monkeypatch.setattr(service, "COMPANIES", 4)
    monkeypatch.setattr("chalicelib.table.key.SHARDS", 1)
    made = in_memory(context)
    for number in range(5):
        company_id = company(made, f"Luch {number}")
        for offset in range(-200, -20, 15 + 5 * number):
            buy(made, company_id, offset, 60_000 + number)
    company(made, "Without orders")
    buy(made, company(made, "Another currency", "KZT"), -10, 60_000, currency="KZT")
    return made


def learned(context: Context) -> str:
    """All that the club learned; empty before the first time."""
    found = store.load_club(context)
    return f"{found.day} {found.turnover} {found.companies} {store.club_text(found.club)}" if found else ""


def messages() -> list[dict[str, Any]]:
    """Those that wait, taken out of the queue."""
    sqs, queue = aws.sqs(), queue_url("rhythm")
    with uncounted():
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for each in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
    return [{"body": each["Body"]} for each in found]


def test_the_club_learns_once_in_four_weeks(club: Context) -> None:
    assert night(club)["learning"]
    assert night(days_later(club, 27))["learning"] is None
    assert night(days_later(club, 28))["learning"]
    found = service.club_rhythm(days_later(club, 29))
    assert (found.day, found.companies) == (club.today + timedelta(days=28), 5)
    assert 60_000 < found.club.mean_order < 60_005
    assert found.turnover == sum((60_000 + number) * len(range(-200, -20, 15 + 5 * number)) for number in range(5))


def test_a_club_without_companies_learns_on_the_first_night_that_has_one(context: Context) -> None:
    empty = in_memory(context)
    assert night(empty)["learning"] is None
    buy(empty, company(empty), -10, 60_000)
    assert night(days_later(empty, 1))["learning"]


def test_what_the_club_learned_is_stored_whole(club: Context) -> None:
    learn(club)
    found = service.club_rhythm(club).club
    assert store.club_text(store.club_of(store.club_text(found))) == store.club_text(found)
    assert found.score is not None and found.warning is not None


def test_a_large_club_learns_from_some_of_its_companies(club: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_COMPANIES", 3)
    learning_id = service.start(club)
    while several := messages():
        for message in several:
            decide_rhythm(club, message)
    found = store.WORK.load(club, learning_id or "")
    assert found and found.done and (found.count("companies"), found.count("companies_found")) == (6, 3)
    club.memo.clear()
    assert service.club_rhythm(club).companies in (
        4,
        6,
    )  # two or three of the three have orders; there are twice as many


def test_an_older_run_that_ends_late_replaces_nothing(club: Context) -> None:
    service.start(club)
    [late] = messages()
    learn(days_later(club, 1))
    newer = learned(days_later(club, 1))
    decide_rhythm(club, late)
    while several := messages():
        for message in several:
            decide_rhythm(club, message)
    assert learned(days_later(club, 1)) == newer


def test_a_run_that_dies_anywhere_and_goes_on_the_next_day_learns_the_same(club: Context) -> None:
    later, before = days_later(club, 1), everything(club)
    learn(club)
    wanted = learned(club)
    for crash in crashes():
        restore(club, before)
        waiting: list[dict[str, Any]] = []
        with crash:
            service.start(club)
            while waiting := waiting or messages():
                decide_rhythm(club, waiting[0])
                del waiting[0]
        waiting += messages()
        if not waiting and not learned(club):
            service.start(club)  # Lambda starts a failed run of a schedule again
        while waiting := waiting or messages():
            decide_rhythm(later, waiting[0])
            del waiting[0]
        assert learned(later) == wanted, crash
        if not crash.happened:
            break
