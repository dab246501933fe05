"""The calls and the capacity of series, counted as AWS counts."""

from collections import Counter

import pytest

from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.sending import service as sending
from chalicelib.campaigns.series import keys, service, store
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_variable
from chalicelib.table.client import Table
from tests.campaigns.sending.steps import AGREED, Post
from tests.campaigns.series.steps import came, in_series, running, told
from tests.conftest import NOON
from tests.support.partners import member
from tests.support.spent import READS, measures, spent

READERS = 25


@pytest.fixture
def club(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Post:
    for queue in ("campaigns", "letters"):
        monkeypatch.setenv(queue_variable(queue), f"https://sqs.example/{queue}")
    made = Post(Context(table=local_table, now=NOON))
    monkeypatch.setattr(aws, "ses", lambda: made.ses)
    monkeypatch.setattr(aws, "sqs", lambda: made)
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    monkeypatch.setattr(segment_rules, "is_held_out", lambda salt, company_id, percent: False)
    return made


@measures(keys.steps_due, keys.enrolment, keys.series, keys.series_texts)
def test_a_reader_of_a_step_costs_three_writes_and_less_than_two_reads(club: Post) -> None:
    series = running(club.context)
    for number in range(READERS):
        member(club.context, f"mbr_{number}", consents=AGREED)
        told(club, f"mbr_{number}")
    club.at("2026-11-24T09:20")
    with spent(club.context.table.client) as cost:
        club.at("2026-11-24T09:30")
    calls = Counter("read" if call in READS else "write" for call in cost.calls)
    assert len(club.ses.accepted) == READERS
    assert came(club, series, "mbr_7") == ["2026-11-24T09:30"]
    # The claim, the answer, and the enrolment past its step.
    assert calls["write"] == 3 * READERS
    assert calls["read"] <= 2 * READERS
    with spent(club.context.table.client) as cost:
        sending.tick(club.context)
    assert cost.calls == ["Query"] * 3  # of letters, series and issues
    assert in_series(club, series).step_id == "second"


@measures(keys.series_members)
def test_a_page_of_the_members_and_a_count_are_one_call_each(club: Post) -> None:
    series = running(club.context)
    for number in range(READERS):
        member(club.context, f"mbr_{number}", consents=AGREED)
        told(club, f"mbr_{number}")
    with spent(club.context.table.client) as cost:
        assert store.count_inside(club.context.table, series.series_id) == {"first": READERS}
    assert cost.calls == ["Query"]
    with spent(club.context.table.client) as cost:
        items, _ = service.members_page(club.context, series.series_id, 10, None)
    assert (len(items), cost.calls) == (10, ["BatchGetItem", "BatchGetItem", "Query"])
