"""Letters of campaigns: what one costs beside its bare mail call, what an audience of 100,000 members costs, and a tick with nothing due.

Letters are sent on the local cloud, whose table and mail service are processes of their own: CPU of this process is that of a worker with the
SDK's clients. The members of the large audience lie in memory, in a table that counts calls and capacity as AWS does.
"""

import time
import tracemalloc
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median
from typing import Any

import pytest

from chalicelib import members
from chalicelib.campaigns.segments import audience
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.model import Conditions
from chalicelib.campaigns.sending import service
from chalicelib.platform import aws
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_variable
from chalicelib.table.client import Table
from chalicelib.table.key import SHARDS, shards
from chalicelib.table.transactions import Transaction
from infra.local.cloud import LOCAL_CREDENTIALS, Cloud
from tests.benchmarks.report import report
from tests.campaigns.sending.steps import AGREED, Post, approved
from tests.conftest import NOON
from tests.mail.steps import MailService
from tests.support.memory import MemoryDynamo
from tests.support.metered import MeteredDynamo, metered
from tests.support.partners import member
from tests.support.spent import READS, Spent, spent

READERS = 400
SLOTS = ("2026-11-24", "2026-12-08", "2026-12-22")  # Tuesdays as far apart as two advertising letters must be
MEMBERS = 100_000


@dataclass
class Calls(MailService):
    """The mail service of the local cloud; keeps the requests, and the CPU of their calls."""

    client: Any = None
    seconds: float = 0

    def send_email(self, **request: Any) -> dict[str, Any]:
        start = time.process_time()
        answer: dict[str, Any] = self.client.send_email(**request)
        self.seconds += time.process_time() - start
        self.accepted.append({**request, "message_id": answer["MessageId"]})
        return answer


@dataclass
class Worker(Post):
    """Sums the CPU and the cost of the messages of `send_campaigns`, and the messages that they send."""

    cpu: float = 0
    cost: Spent = field(default_factory=Spent)
    messages: int = 0

    def deliver_campaign(self, message: dict[str, Any]) -> None:
        before = len(self.waiting)
        with spent(self.context.table.client) as cost:
            start = time.process_time()
            super().deliver_campaign(message)
            self.cpu += time.process_time() - start
        self.cost.calls += cost.calls
        self.cost.read_units += cost.read_units
        self.cost.write_units += cost.write_units
        self.messages += len(self.waiting) - before


@pytest.fixture
def nobody_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_rules, "is_held_out", lambda salt, unit, percent: False)
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    for queue in ("audiences", "campaigns", "letters"):
        monkeypatch.setenv(queue_variable(queue), f"https://sqs.example/{queue}")


@pytest.mark.timeout(1200)
def test_a_letter_costs_little_beside_its_mail_call(
    local_table: Table, bare_cloud: Cloud, nobody_held_out: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"AWS_ENDPOINT_URL": bare_cloud.endpoint, **LOCAL_CREDENTIALS}.items():
        monkeypatch.setenv(name, value)  # for the club's own clients
    ses = Calls(client=aws.ses.__wrapped__())
    club = Worker(Context(table=Table(aws.dynamodb.__wrapped__(), local_table.name), now=NOON), ses)
    monkeypatch.setattr(aws, "ses", lambda: ses)
    monkeypatch.setattr(aws, "sqs", lambda: club)
    for number in range(READERS):
        member(club.context, f"mbr_{number}", consents=AGREED)
    own, bare = [], []
    for day in SLOTS:
        club.context = replace(club.context, now=datetime.fromisoformat(f"{day}T08:00:00Z"))
        club.ticked_at = None
        approved(club, slot=f"{day}T12:30")
        club.at(f"{day}T09:20")
        club.cpu, club.cost, club.messages, ses.seconds = 0, Spent(), 0, 0
        before = len(ses.accepted)
        club.at(f"{day}T09:40")
        assert len(ses.accepted) == before + READERS
        own.append((club.cpu - ses.seconds) / READERS)
        bare.append(again(ses, ses.accepted[before:]) / READERS)
        club.handled = len(ses.accepted)  # what was sent again is no letter of the club
    letter, call = median(own), median(bare)
    told = f"{1 / letter:.0f} a second and core; bare mail calls {1 / call:.0f}: {letter / call:.2f} of such a call"
    report("a letter of an issue, up to the mail call: CPU", told)
    calls = Counter("read" if each in READS else "write" for each in club.cost.calls)
    for what, most in (("read", 2), ("write", 3)):
        report(f"a reader of an issue: {what}s of the table", f"{calls[what] / READERS:.2f}", f"at most {most}")
        assert calls[what] <= most * READERS
    units = f"{club.cost.read_units / READERS:.2f} and {club.cost.write_units / READERS:.2f}"
    report("a reader of an issue: read and write units", units, "at most 3 and 20")
    report("a reader of an issue: mail calls, queue requests", f"1, {club.messages / READERS:.2f}")
    assert club.cost.read_units <= 3 * READERS
    assert club.cost.write_units <= 20 * READERS


def again(ses: Calls, requests: list[dict[str, Any]]) -> float:
    """CPU seconds of the same mail calls alone."""
    wanted = [{name: value for name, value in each.items() if name != "message_id"} for each in requests]
    start = time.process_time()
    for each in wanted:
        ses.client.send_email(**each)
    return time.process_time() - start


# --- an audience ------------------------------------------------------------------------------------------------------


class Queue:
    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message(self, *, MessageBody: str, **_: Any) -> None:  # noqa: N803
        self.bodies.append(MessageBody)


class Unmetered:
    """Puts items into a metered table without counting them, which would take longer than all the rest."""

    def __init__(self, memory: MeteredDynamo) -> None:
        self.memory = memory
        self.exceptions = memory.exceptions

    def put_item(self, **request: Any) -> Any:
        return MemoryDynamo.put_item(self.memory, **request)


@pytest.fixture(scope="module")
def large() -> Context:
    """100,000 members in four time zones, two of each company; one in twenty did not agree to advertising."""
    memory = MeteredDynamo()
    writer = Context(table=Table(Unmetered(memory), "club"), now=NOON)  # type: ignore[arg-type]
    zones = (None, "Asia/Omsk", "Asia/Yekaterinburg", "Europe/Samara")
    for number in range(MEMBERS):
        member_id, company_id = f"mbr_{number:032x}", f"com_{number // 2:032x}"
        member(writer, member_id, consents=AGREED if number % 20 else {}, time_zone=zones[number % 4])
        acts = {"kind": "company", "owner": company_id, "role": "owner", "status": "active", "version": 1}
        writer.table.put({**access_keys.membership(member_id).as_item(), **acts})
    return Context(table=Table(memory, "club"), now=NOON)  # type: ignore[arg-type]


@pytest.fixture
def queue(nobody_held_out: None, monkeypatch: pytest.MonkeyPatch) -> Queue:
    made = Queue()
    monkeypatch.setattr(aws, "sqs", lambda: made)
    return made


def started(context: Context, queue: Queue, audience_id: str, conditions: Conditions) -> None:
    """The audience of an issue, which keeps its people."""
    tx = Transaction()
    made = segments_store.Audience(
        audience_id=audience_id,
        conditions=segments_store.kept(conditions),
        topic="products",
        created_by="mbr_marketing",
        created_at=context.at,
        issue_id="iss_1",
    )
    segments_store.create_audience(tx, context, made)
    context.table.commit(tx)
    queue.bodies.clear()
    audience.ask_for_count(audience_id)


def one_page(context: Context, queue: Queue) -> None:
    audience.count(context, {"messageId": "1", "body": queue.bodies.pop(0)})


def everybody(context: Context) -> None:
    """The floor: reads and unpacks the same members, and whom they act for."""
    for shard in shards():
        after = None
        while True:
            people, after = members.some_members(context, shard, audience.PAGE, after)
            members.memberships(context, [each.member_id for each in people])
            if after is None:
                break


@pytest.mark.timeout(1200)
def test_an_audience_of_100_000_members(large: Context, queue: Queue) -> None:
    started(large, queue, "aud_all", Conditions(languages=["en"]))
    pages = 0
    with metered(large.table.client) as cost:
        begun = time.process_time()
        while queue.bodies:
            one_page(large, queue)
            pages += 1
        seconds = time.process_time() - begun
    begun = time.process_time()
    everybody(large)
    floor = time.process_time() - begun
    found = audience.show(large, "aud_all")
    assert (found.state, found.matched, found.invited) == ("done", MEMBERS, MEMBERS * 19 // 20)
    report(f"audience of {MEMBERS:,} members: CPU", f"{seconds:.0f} s, {seconds / floor:.2f}x of reading them", "")
    report(f"audience of {MEMBERS:,} members: messages, calls", f"{pages}, {len(cost.calls):,}", "at most 9 a page")
    report(
        f"audience of {MEMBERS:,} members: read and write units", f"{cost.read_units:,.0f} and {cost.write_units:,.0f}"
    )
    assert pages <= MEMBERS / audience.PAGE + SHARDS
    assert len(cost.calls) <= 9 * pages


def test_memory_of_an_audience_is_that_of_a_page(large: Context, queue: Queue) -> None:
    def peak() -> int:
        tracemalloc.start()
        try:
            one_page(large, queue)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    started(large, queue, "aud_memory", Conditions())
    first = max(peak() for _ in shards())
    while len(queue.bodies) > 1:
        one_page(large, queue)
    last = peak()
    report("audience: peak memory of a first page, and of the last", f"{first / 1e6:.1f}, {last / 1e6:.1f} MB", "16 MB")
    assert max(first, last) <= 16e6


def test_a_tick_with_nothing_due_costs_the_same_for_any_membership(large: Context, queue: Queue) -> None:
    for issue_class in ("advertising", "content"):
        approved(Post(large), slot="2027-02-02T12:30", issue_class=issue_class)
    with metered(large.table.client) as cost:
        assert service.tick(large) == {"letters": 0, "steps": 0, "runs": 0}
    report(f"tick with nothing due, of {MEMBERS:,} members: calls", len(cost.calls), "at most 3")
    report("tick with nothing due: read and write units", f"{cost.read_units:g} and {cost.write_units:g}")
    assert len(cost.calls) <= 3
    assert queue.bodies == []
