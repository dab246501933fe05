"""The surroundings of a letter, for tests: the mail service with its faults, the queue with its delays, time, and the stream."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal

import botocore.session
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.validate import ParamValidator

from chalicelib.auth import keys as auth_keys
from chalicelib.mail import consumers as mail_consumers
from chalicelib.mail import jobs
from chalicelib.mail import keys as mail_keys
from chalicelib.mail import store as mail_store
from chalicelib.mail.model import Letter, LetterClass, Recipient
from chalicelib.mail.service import KEEP_DAYS
from chalicelib.members import keys as members_keys
from chalicelib.platform import aws, clock, keys
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, from_wire
from tests.mail.news import news

# How one call of the mail service goes: whether it has the letter, and what it says of that.
Fate = Literal[
    "accepted",
    "accepted, reply lost",
    "accepted, 503",
    "not accepted, no reply",
    "not accepted, 503",
    "throttled",
    "refused",
]
FATES: tuple[Fate, ...] = Fate.__args__  # type: ignore[attr-defined]

_SEND_EMAIL = botocore.session.get_session().get_service_model("sesv2").operation_model("SendEmail")


def client_error(status: int, code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendEmail")


class NotFoundException(Exception):
    """The mail service does not know it."""


@dataclass
class MailService:
    """SES as far as letters know it. What it accepted lies in `accepted`; the next calls go as `fates` says, then all well.

    `suppressed`: its own list of addresses.
    """

    fates: list[Fate] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    suppressed: set[str] = field(default_factory=set)
    exceptions = SimpleNamespace(NotFoundException=NotFoundException)

    def delete_suppressed_destination(self, *, EmailAddress: str) -> None:  # noqa: N803 (as SES calls it)
        if EmailAddress not in self.suppressed:
            raise NotFoundException
        self.suppressed.remove(EmailAddress)

    def send_email(self, **request: Any) -> dict[str, Any]:
        faults = ParamValidator().validate(request, _SEND_EMAIL.input_shape)
        assert not faults.has_errors(), faults.generate_report()
        self.calls += 1
        fate = self.fates.pop(0) if self.fates else "accepted"
        if fate.startswith("accepted"):
            self.accepted.append({**request, "message_id": f"message-{len(self.accepted) + 1}"})
        if fate.endswith("503"):
            raise client_error(503, "ServiceUnavailableException")
        if fate == "throttled":
            raise client_error(429, "TooManyRequestsException")
        if fate == "refused":
            raise client_error(400, "MessageRejected")
        if fate != "accepted":
            raise ReadTimeoutError(endpoint_url="https://email.example")
        return {"MessageId": self.accepted[-1]["message_id"]}


def report(kind: str, mail: dict[str, Any], at: datetime, **told: Any) -> dict[str, Any]:
    """An event of SES about an accepted mail, in the shape in which it comes through SNS (raw) and SQS."""
    address = mail["Destination"]["ToAddresses"][0]
    stamp = clock.stamp(at)
    about: dict[str, Any] = {} if kind == "Send" else {"timestamp": stamp}
    if kind == "Bounce":
        about |= {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": address}],
        }
    if kind == "Complaint":
        about |= {"complainedRecipients": [{"emailAddress": address}]}
    tags = {tag["Name"]: [tag["Value"]] for tag in mail["EmailTags"]}
    return {
        "eventType": kind,
        "mail": {"timestamp": stamp, "messageId": mail["message_id"], "destination": [address], "tags": tags},
        kind.lower(): about | told,
    }


def message(body: Any) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps(body)}


@dataclass
class Waiting:
    """A message of the letters queue, or of another one."""

    due: datetime
    body: str
    queue: str = "letters"


MOST_STEPS = 5_000
RETRY = timedelta(seconds=120)  # how long the queue keeps a message that failed


@dataclass
class World:
    """Everything around the letters. `run` plays on until nothing is left to do, as often as a crash ends it.

    What was not done to its end stays and is done again: that is what the stream and the queues promise.
    """

    context: Context
    service: MailService
    stream: list[Event] = field(default_factory=list)
    queue: list[Waiting] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    reporting: bool = True  # False: what the mail service has to say is lost
    reported: int = 0

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803 (as SQS calls them)
        queue = QueueUrl.rpartition("/")[2]
        assert queue in ("letters", "codes")
        assert 0 <= DelaySeconds <= 900
        self.queue.append(Waiting(self.context.now + timedelta(seconds=DelaySeconds), MessageBody, queue))

    def send_message_batch(self, *, QueueUrl: str, Entries: Any) -> dict[str, Any]:  # noqa: N803
        for entry in Entries:
            self.send_message(
                QueueUrl=QueueUrl, MessageBody=entry["MessageBody"], DelaySeconds=entry.get("DelaySeconds", 0)
            )
        return {}

    def happens(self, item: Item) -> Event:
        """An event, as the stream will tell it."""
        self.context.table.put(item)
        event = Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item)
        self.stream.append(event)
        return event

    def pass_time(self, seconds: float) -> None:
        self.context = replace(self.context, now=self.context.now + timedelta(seconds=seconds))

    def run(self) -> None:
        """Until nothing is left to do. A letter that can never be composed would keep it busy for ever, so its steps are bounded."""
        for _ in range(MOST_STEPS):
            if not (self.stream or self.queue or self.reports):
                return
            if self.stream:
                self.tell_next()
            elif self.reports:
                self.report_next()
            else:
                waiting = min(self.queue, key=lambda each: each.due)
                self.pass_time(max(0.0, (waiting.due - self.context.now).total_seconds()))
                self.deliver(waiting)
        raise AssertionError(f"not done after {MOST_STEPS} steps; waiting: {self.queue[:3]}")

    def tell_next(self) -> None:
        event = self.stream[0]
        mail_consumers.on_event(self.context, event)
        self.stream.pop(0)

    def report_next(self) -> None:
        jobs.settle_letters(self.context, message(self.reports[0]))
        self.reports.pop(0)

    def work(self, waiting: Waiting) -> None:
        send = jobs.send_codes if waiting.queue == "codes" else jobs.send_letters
        send(self.context, {"messageId": "1", "body": waiting.body})

    def deliver(self, waiting: Waiting) -> None:
        """Hands a message to a worker; it stays, for later, unless the worker is done with it."""
        try:
            self.work(waiting)
        except Exception:
            waiting.due = self.context.now + RETRY
        else:
            self.queue.remove(waiting)
        finally:
            self._report()

    def _report(self) -> None:
        """Accepted mail is reported."""
        for mail in self.service.accepted[self.reported :]:
            self.reported += 1
            if self.reporting:
                self.reports += [report(kind, mail, self.context.now) for kind in ("Send", "Delivery")]


def letter_items(context: Context) -> Iterator[Item]:
    for wired in context.table.client.scan(TableName=context.table.name, ConsistentRead=True)["Items"]:
        item = from_wire(wired)
        if item["sk"] == "LETTER":
            yield item


def all_letters(context: Context) -> list[Letter]:
    found = (mail_store.read(context.table, item["letter_id"]) for item in letter_items(context))
    return [letter for letter in found if letter]


def only_letter(context: Context) -> Letter:
    (letter,) = all_letters(context)
    return letter


def listed(context: Context) -> list[str]:
    """Letters that somebody must look at."""
    return [
        item["letter_id"]
        for state in ("unknown", "rejected")
        for item in context.table.query(mail_keys.letter_list(state, "", "").pk, index="gsi2").items
    ]


# --- what happens to people -------------------------------------------------------------------------------------------


def member(context: Context, member_id: str = "mbr_1", **facts: Any) -> None:
    made = {
        "member_id": member_id,
        "name": "Анна Светлова",
        "email": f"{member_id}@partner.example",
        "language": "ru",
        "joined_at": context.at,
        "version": 1,
    }
    context.table.put({**members_keys.member(member_id).as_item(), **made, **facts})


def email_confirmed(member_id: str = "mbr_1", event_id: str = "evt_1") -> Item:
    key = keys.event(members_keys.member(member_id), "2026-11-20T09:00:00.000Z", event_id)
    return {**key.as_item(), "event": "member.email_confirmed", "member_id": member_id}


def sign_in_requested(context: Context, sign_in_id: str = "sin_1", **facts: Any) -> Item:
    return {
        **auth_keys.sign_in(sign_in_id).as_item(),
        "event": "sign_in.requested",
        "sign_in_id": sign_in_id,
        "email": "anna@partner.example",
        "language": "ru",
        "code_expires_at": context.expiry(minutes=10),
        "tries": 0,
        "tries_allowed": 3,
        "member_id": "mbr_1",
        **facts,
    }


def letter(context: Context, **facts: Any) -> Letter:
    """A welcome letter as `on_event` would write it, or another one; of advertising the one there is."""
    known: dict[str, Any] = {
        "letter_id": "ltr_1",
        "template": news.__name__ if facts.get("letter_class") is LetterClass.ADVERTISING else "welcome",
        "letter_class": LetterClass.SERVICE,
        "recipient": Recipient("member", "mbr_1"),
        "cause": Key("MEMBER#mbr_1", "EVENT#2026-11-20T09:00:00.000Z#evt_1"),
        "written_at": context.at,
        "expires_at": context.expiry(days=KEEP_DAYS),
    }
    return Letter(**known | facts)


def install(monkeypatch: Any, world: World, wrap: Callable[[Any, str], Any]) -> None:
    monkeypatch.setattr(aws, "ses", lambda: wrap(world.service, "sesv2"))
    monkeypatch.setattr(aws, "sqs", lambda: wrap(world, "sqs"))
