"""The count of an audience, as its queue delivers it."""

import pytest

from chalicelib.campaigns.segments import audience, jobs, rules
from chalicelib.campaigns.segments import consumers as segment_consumers
from chalicelib.campaigns.segments.events import REQUESTED
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import event_of
from tests.support.table import everything

AGREED = {"advertising": {"agreed": True, "version": "1", "at": "2026-11-19T09:00:00.000Z", "source": "cabinet"}}


class Counting:
    """Delivers the events and the messages of audiences, in order; what a crash leaves comes again."""

    def __init__(self, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        self.context = context
        self.twice = False
        self.messages: list[str] = []
        self._told: set[str] = set()
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(aws, "sqs", lambda: self)

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 (as SQS calls them)
        self.messages += [MessageBody] * (2 if self.twice else 1)

    def no_holdout(self) -> None:
        self.hold_out()

    def hold_out(self, *company_ids: str) -> None:
        self._monkeypatch.setattr(rules, "is_held_out", lambda salt, company_id, percent: company_id in company_ids)

    def ask(self, audience_id: str) -> None:
        self.messages.clear()
        audience.ask_for_count(audience_id)

    def run(self) -> None:
        """Tells the events of new audiences, and delivers all messages."""
        requested = [item for item in everything(self.context).values() if item.get("event") == REQUESTED]
        for item in requested:
            if item["sk"] not in self._told:
                self._told.add(item["sk"])
                segment_consumers.on_requested(self.context, event_of(item))
        self.deliver()

    def deliver(self) -> None:
        while self.messages:
            jobs.count_audience(self.context, {"messageId": "1", "body": self.messages[0]})
            self.messages.pop(0)
