"""The surroundings of an issue's letters: ticks, queues with their delays, the stream, the mail service and its reports, and time."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeVar

import pytest

from chalicelib import mail as mail_room
from chalicelib.campaigns.plan import service as plan
from chalicelib.campaigns.plan.model import Issue
from chalicelib.campaigns.plan.schemas import IssueForm
from chalicelib.campaigns.segments import consumers as segment_consumers
from chalicelib.campaigns.segments import jobs as segments_jobs
from chalicelib.campaigns.segments import rules
from chalicelib.campaigns.segments import service as segments
from chalicelib.campaigns.segments.events import REQUESTED, SHARD_FROZEN
from chalicelib.campaigns.segments.schemas import SegmentForm
from chalicelib.campaigns.sending import consumers, delivery, jobs, store
from chalicelib.campaigns.sending.events import TEST_REQUESTED
from chalicelib.campaigns.sending.model import Sending, letter_id
from chalicelib.campaigns.sending.pace import Pace
from chalicelib.campaigns.series import consumers as series_consumers
from chalicelib.campaigns.series.events import APPROVED
from chalicelib.mail import Letter
from chalicelib.mail import jobs as mail_jobs
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import event_of
from tests.mail.steps import MailService, report
from tests.support.crashes import uncounted, watched
from tests.support.partners import member
from tests.support.rights import running
from tests.support.table import everything
from tests.tiers.steps import in_memory

AGREED = {"advertising": {"agreed": True, "version": "1", "at": "2026-11-19T09:00:00.000Z", "source": "cabinet"}}
TEXTS = {
    language: {"subject": "New lamps", "preview": "", "body": "# {{ name }}\n\nSee them."} for language in ("en", "ru")
}
SLOT = "2026-11-24T12:30"  # a Tuesday
CONSUMERS = {
    REQUESTED: segment_consumers.on_requested,
    SHARD_FROZEN: consumers.on_shard_frozen,
    TEST_REQUESTED: consumers.on_test_requested,
    APPROVED: series_consumers.on_approved,
}
QUARTER = timedelta(minutes=15)
RETRY = timedelta(seconds=120)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Waiting:
    due: datetime
    queue: str
    body: str


@dataclass
class Post:
    """Plays on to a moment: what is due is done in order, and what a crash ends comes again.

    `alive`: False stops the ticks. `rate`: of the mail service, in letters a second.
    """

    context: Context
    ses: MailService = field(default_factory=MailService)
    waiting: list[Waiting] = field(default_factory=list)
    reports: list[tuple[datetime, int, dict[str, Any]]] = field(default_factory=list)  # a heap, by when they are due
    ticked_at: datetime | None = None
    alive: bool = True
    rate: float = 1000.0
    pace: Pace | None = None
    told: set[str] = field(default_factory=set)
    answered: dict[str, datetime] = field(default_factory=dict)  # by letter id: when the mail service took it
    handled: int = 0
    numbers: Iterator[int] = field(default_factory=count)

    # --- the queues, as SQS ---

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:  # noqa: N803
        due = self.context.now + timedelta(seconds=DelaySeconds)
        self.waiting.append(Waiting(due, QueueUrl.rpartition("/")[2], MessageBody))

    def send_message_batch(self, *, QueueUrl: str, Entries: Any) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            later = entry.get("DelaySeconds", 0)
            self.send_message(QueueUrl=QueueUrl, MessageBody=entry["MessageBody"], DelaySeconds=later)
        return {}

    # --- time ---

    def pass_time(self, seconds: float) -> None:
        self.context = replace(self.context, now=self.context.now + timedelta(seconds=seconds))

    def until(self, moment: datetime) -> None:
        """Does all that is due until then."""
        while True:
            with uncounted():
                self._take_reports()
            at = min([each.due for each in self.waiting] + [due for due, _, _ in self.reports[:1]], default=NEVER)
            tick = ((self.ticked_at + QUARTER) if self.ticked_at else self.context.now) if self.alive else NEVER
            due = min(at, tick)
            if due > moment:
                break
            self.pass_time(max(0.0, (due - self.context.now).total_seconds()))
            if due == tick:
                self.ticked_at = tick
                self.tick()
            else:
                self._one()
        self.pass_time(max(0.0, (moment - self.context.now).total_seconds()))

    def at(self, text: str) -> None:
        """Until this moment in UTC, as `2026-11-24T09:30`."""
        self.until(datetime.fromisoformat(text).replace(tzinfo=UTC))

    def tick(self) -> None:
        jobs.start_campaigns(self.context, {})
        self._tell()

    def _one(self) -> None:
        """The message or report that is due first."""
        if self.reports and (not self.waiting or self.reports[0][0] <= min(each.due for each in self.waiting)):
            self._settle()
            return
        first = min(self.waiting, key=lambda each: each.due)
        self.deliver(first)

    def deliver(self, first: Waiting) -> None:
        """It stays, for later, unless the worker is done with it."""
        message = {"messageId": "1", "body": first.body}
        try:
            if first.queue == "audiences":
                segments_jobs.count_audience(self.context, message)
                self._tell()
            elif first.queue == "campaigns":
                self.deliver_campaign(message)
            else:
                mail_jobs.send_letters(self.context, message)
        except BaseException:
            first.due = self.context.now + RETRY
            raise
        self.waiting.remove(first)

    def deliver_campaign(self, message: dict[str, Any]) -> None:
        if self.pace is None:
            self.pace = Pace(self.rate, clock=self.seconds, sleep=self.pass_time)
        with running("send_campaigns"):
            delivery.deliver(self.context, message, self.pace, monotonic=self.seconds)

    def seconds(self) -> float:
        return self.context.now.timestamp()

    def _tell(self) -> None:
        """The events of campaigns that nobody was told of yet."""
        with uncounted():
            memory: Any = self.context.table.client
            items = memory.items if hasattr(memory, "items") else everything(self.context)
            found = [item for item in items.values() if item.get("event") in CONSUMERS]
        for item in found:
            if item["sk"] not in self.told:
                CONSUMERS[item["event"]](self.context, event_of(item))
                self.told.add(item["sk"])

    def _take_reports(self) -> None:
        """Reports all letters that the mail service accepted."""
        for mail in self.ses.accepted[self.handled :]:
            self.answered[mail["EmailTags"][0]["Value"]] = self.context.now
            for kind in self.kinds_of_reports(mail):
                self.report(report(kind, mail, self.context.now + timedelta(seconds=1)))
        self.handled = len(self.ses.accepted)

    def kinds_of_reports(self, mail: dict[str, Any]) -> tuple[str, ...]:
        """The reports of the mail service on a letter."""
        return ("Send", "Delivery")

    def report(self, event: dict[str, Any], seconds: float = 1) -> None:
        heappush(self.reports, (self.context.now + timedelta(seconds=seconds), next(self.numbers), event))

    def _settle(self) -> None:
        mail_jobs.settle_letters(self.context, {"messageId": "1", "body": json.dumps(self.reports[0][2])})
        heappop(self.reports)

    def complain(self, member_id: str, kind: str = "Complaint") -> None:
        """The mail service reports of the member's letter."""
        mail = next(each for each in self.ses.accepted if member_id in each["Destination"]["ToAddresses"][0])
        body = json.dumps(report(kind, mail, self.context.now))
        mail_jobs.settle_letters(self.context, {"messageId": "1", "body": body})

    # --- what there is ---

    def sending(self, issue: Issue) -> Sending:
        found = store.read(self.context.table, issue.issue_id)
        assert found
        return found

    def letter(self, issue: Issue, member_id: str) -> Letter | None:
        wanted = letter_id(issue.issue_id, member_id)
        return mail_room.letters(self.context.table, [wanted]).get(wanted)

    def copies(self) -> Counter[str]:
        """By letter id."""
        return Counter(mail["EmailTags"][0]["Value"] for mail in self.ses.accepted)

    def took(self, issue: Issue, member_id: str) -> str:
        """When the mail service took the member's letter."""
        return f"{self.answered[letter_id(issue.issue_id, member_id)]:%Y-%m-%dT%H:%M}"


AnyPost = TypeVar("AnyPost", bound=Post)


def post(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A table in memory, nobody held out, and everything around."""
    return surrounded(Post(in_memory(context)), monkeypatch)


def surrounded(made: AnyPost, monkeypatch: pytest.MonkeyPatch) -> AnyPost:
    """Its mail service and its queues, nobody held out."""
    monkeypatch.setattr(aws, "ses", lambda: watched(made.ses, "sesv2"))
    monkeypatch.setattr(aws, "sqs", lambda: watched(made, "sqs"))
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    monkeypatch.setattr(rules, "is_held_out", lambda salt, company_id, percent: False)
    return made


def reader(made: Post, member_id: str, zone: str | None = None, **facts: Any) -> None:
    member(made.context, member_id, time_zone=zone, **{"consents": AGREED, **facts})


def approved(
    made: Post, slot: str = SLOT, issue_class: str = "advertising", people: Sequence[str] = (), **changes: Any
) -> Issue:
    """An issue to these people, or to everybody, approved by a second person."""
    context = made.context
    conditions = {"members": list(people)}
    form = SegmentForm.model_validate({"name": "All", "conditions": conditions})
    segment = segments.create(context, form, by="mbr_author")
    planned = {
        "title": "Lamps",
        "topic": "products",
        "issue_class": issue_class,
        "slot": slot,
        "segment_id": segment.segment_id,
        "texts": TEXTS,
        "accept_skips": True,
        **changes,
    }
    view = plan.create(context, IssueForm.model_validate(planned), by="mbr_author")
    plan.approve(context, view.issue_id, 1, by="mbr_head")
    found = store.read(context.table, view.issue_id)
    assert found
    return found.issue
