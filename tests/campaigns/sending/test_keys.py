"""The calls and the capacity of sending, counted as AWS counts."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.campaigns.plan import keys as plan_keys
from chalicelib.campaigns.plan.model import Issue
from chalicelib.campaigns.segments import keys as segment_keys
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.sending import jobs, keys, store
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_variable
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.campaigns.sending.steps import AGREED, Post, approved
from tests.conftest import NOON
from tests.support.partners import member
from tests.support.spent import READS, measures, spent

READERS = 40


@pytest.fixture
def club(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Post:
    for queue in ("audiences", "campaigns", "letters"):
        monkeypatch.setenv(queue_variable(queue), f"https://sqs.example/{queue}")
    made = Post(Context(table=local_table, now=NOON))
    monkeypatch.setattr(aws, "ses", lambda: made.ses)
    monkeypatch.setattr(aws, "sqs", lambda: made)
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    monkeypatch.setattr(segment_rules, "is_held_out", lambda salt, company_id, percent: False)
    return made


def queued(club: Post) -> Issue:
    """An issue to some readers, an hour before its slot."""
    for number in range(READERS):
        member(club.context, f"mbr_{number}", consents=AGREED)
    issue = approved(club)
    club.at("2026-11-24T08:45")
    return club.sending(issue).issue


@measures(plan_keys.campaign_work)
def test_a_tick_with_nothing_due_is_three_calls(club: Post) -> None:
    issue = queued(club)
    with spent(club.context.table.client) as cost:
        assert jobs.start_campaigns(club.context, {}) == {"letters": 0, "steps": 0, "runs": 0}
    assert (cost.calls, cost.read_units <= 1.5) == (["Query"] * 3, True)  # letters, series, issues
    assert club.sending(issue).runs


@measures(keys.run, keys.run_part, keys.reports, segment_keys.audience_people)
def test_a_reader_costs_two_writes_and_less_than_a_read(club: Post) -> None:
    issue = queued(club)
    table: Any = club.context.table
    tx = Transaction()
    store.count_report(tx, plan_keys.issue(issue.issue_id), bounced=True, complained=False)
    table.commit(tx)
    with spent(table.client) as cost:
        club.at("2026-11-24T09:30")  # the reports of the mail service come later
    calls = Counter("read" if call in READS else "write" for call in cost.calls)
    assert len(club.ses.accepted) == READERS
    # For a run of 40 in 8 shards: the claim and the answer of each letter; the parts, the run and the issue besides.
    assert calls["write"] <= 2 * READERS + 8 + 8
    assert calls["read"] <= 2 * READERS
    assert cost.write_units / READERS <= 20
    with spent(table.client) as cost:
        found = store.read(table, issue.issue_id)
    assert found
    assert (cost.calls, found.bounced, len(found.parts), cost.read_units <= 2) == (
        ["Query"],
        1,
        2 * 8,
        True,
    )  # of the rehearsal, and of the run
    with spent(table.client) as cost:
        page = segments_store.next_people(table, issue.audience_id, 0, 1)
    assert page
    assert (cost.calls, cost.read_units <= 1) == (["Query"], True)
