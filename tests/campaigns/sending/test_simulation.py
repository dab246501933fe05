"""Thousands of readers in six time zones across a clock change, four issues in three weeks, and everything that can fail fails.

The mail service loses replies, times out, throttles and refuses; processes die between any two calls, and replies of the table and of the
queues are lost; reports come twice and in any order; people leave in the middle. A sender that marks a letter after it sent it plays
the same weeks as a control, and fails.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib import mail
from chalicelib.campaigns.plan.model import Issue
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.sending import store
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.contacts.preferences import service as preferences
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.mail import Letter, LetterState
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.key import SHARDS, Key
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.mail.steps import FATES, Fate, MailService
from tests.support.crashes import Died, Interruption, watched

ZONES = (None, "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kathmandu", "Asia/Omsk")
CLUB_ZONE = "Europe/Moscow"
BEGIN, END = datetime(2027, 3, 14, 12, tzinfo=UTC), datetime(2027, 4, 3, tzinfo=UTC)
ISSUES = (  # clocks change in New York on the first of these days, in Berlin and London on 28 March
    ("2027-03-16T12:30", "advertising"),
    ("2027-03-23T16:30", "content"),
    ("2027-03-30T12:30", "advertising"),
    ("2027-04-01T12:30", "content"),
)
GAPS = {("advertising", "advertising"): 14}  # any other pair is a week apart
ALIVE = 80  # readers to one whose address is dead: at 4 % of bounces an issue would pause itself
ENDS = {LetterState.SENT, LetterState.SKIPPED, LetterState.UNKNOWN, LetterState.REJECTED}
TROUBLES = (Died, ConnectionClosedError, RuntimeError)


@dataclass
class Weak(MailService):
    """A mail service that fails one call in eight, and says when it took a letter."""

    random: Random = field(default_factory=Random)
    now: Callable[[], datetime] = field(default=lambda: BEGIN)
    taken: list[tuple[str, str, datetime]] = field(default_factory=list)  # letter id, address, moment

    def send_email(self, **request: Any) -> dict[str, Any]:
        fates: list[Fate] = ["accepted"] * 42 + [each for each in FATES if each != "accepted"]
        self.fates = [self.random.choice(fates)]
        before = len(self.accepted)
        try:
            return super().send_email(**request)
        finally:
            for sent in self.accepted[before:]:
                self.taken.append((sent["EmailTags"][0]["Value"], sent["Destination"]["ToAddresses"][0], self.now()))


class Weather(Interruption):
    """Of a thousand calls four are the last ones of their processes, and five lose their replies."""

    def __init__(self, random: Random) -> None:
        super().__init__(0, "before", lambda: None)
        self.random = random
        self.troubles = 0

    def around(self, call: str, effect: Callable[[], Any]) -> Any:
        drawn = self.random.random()
        if drawn < 0.002:
            self.troubles += 1
            raise Died
        answer = effect()
        if drawn > 0.998:
            self.troubles += 1
            raise Died
        if drawn > 0.993 and not call.startswith("sesv2"):
            self.troubles += 1
            raise ConnectionClosedError(endpoint_url="https://aws.example")
        return answer


class Storm(Post):
    """Reports come twice and late, and letters to `dead` addresses bounce. `bounced`: when the club knew it, by address."""

    random: Random
    dead: set[str]
    bounced: dict[str, datetime]

    def kinds_of_reports(self, mail: dict[str, Any]) -> tuple[str, ...]:
        return (
            ("Send", "Bounce") if mail["Destination"]["ToAddresses"][0] in self.dead else super().kinds_of_reports(mail)
        )

    def _settle(self) -> None:
        event = self.reports[0][2]
        super()._settle()
        for each in event.get("bounce", {}).get("bouncedRecipients", []):
            self.bounced.setdefault(each["emailAddress"], self.context.now)

    def report(self, event: dict[str, Any], seconds: float = 1) -> None:
        for _ in range(1 + (self.random.random() < 0.2)):
            super().report(event, self.random.uniform(0, 300))


class Naive(Storm):
    """Looks whether the letter is marked, sends it, again if there is no answer, and marks it."""

    def deliver_campaign(self, message: dict[str, Any]) -> None:
        body = json.loads(message["body"])
        if "rehearsal" in body:
            super().deliver_campaign(message)
            return
        table = self.context.table
        for issue_id, zone in body["runs"]:
            sending = store.read(table, issue_id)
            assert sending
            found = segments_store.next_people(table, sending.issue.audience_id, body["shard"], 1)
            for person in found.people if found else ():
                key = Key(f"NAIVE#{letter_id(issue_id, person.member_id)}", "MARK")
                if person.zone != zone or person.reason or table.get(key, consistent=True):
                    continue
                self._send(person.member_id, letter_id(issue_id, person.member_id))
                table.put({**key.as_item(), "sent": True})

    def _send(self, member_id: str, send_id: str) -> None:
        text = {"Data": "New lamps"}
        request = {
            "Destination": {"ToAddresses": [f"{member_id}@partner.example"]},
            "Content": {"Simple": {"Subject": text, "Body": {"Text": text}}},
            "EmailTags": [{"Name": "letter_id", "Value": send_id}],
        }
        for _ in range(2):
            try:
                self.ses.send_email(**request)
            except Exception:
                continue
            return


def played(context: Context, patch: pytest.MonkeyPatch, kind: type[Storm], readers: int, seed: int) -> Any:
    """The weeks as this sender plays them: the world, its issues, and when who had left."""
    random = Random(seed)
    plain = post(replace(context, now=BEGIN), patch)
    club = kind(plain.context)
    club.random, club.rate, club.bounced = random, 11.2, {}
    club.dead = {f"mbr_{number}@partner.example" for number in range(5, readers, ALIVE)}
    club.ses = Weak(random=random, now=lambda: club.context.now)
    patch.setattr(aws, "ses", lambda: watched(club.ses, "sesv2"))
    patch.setattr(aws, "sqs", lambda: watched(club, "sqs"))
    for number in range(readers):
        # One in ten shares a mailbox with the one before.
        shared = {"email": f"mbr_{number - 1}+too@partner.example"} if number % 10 == 1 else {}
        reader(club, f"mbr_{number}", ZONES[number % len(ZONES)], **shared)
    issues = [approved(club, slot, issue_class) for slot, issue_class in ISSUES]
    leaving = sorted(
        (BEGIN + timedelta(days=2) + random.random() * timedelta(days=17), f"mbr_{number}")
        for number in random.sample(range(readers), readers // 20)
    )
    # And some between the making of an audience and its slot, some in the very minutes of a slot.
    hours, minutes = datetime(2027, 3, 30, 5, tzinfo=UTC), datetime(2027, 3, 30, 10, 30, 20, tzinfo=UTC)
    leaving += [(hours, f"mbr_{number}") for number in (2, 8, 14)]
    leaving += [(minutes, f"mbr_{number}") for number in (1, 7, 13)]
    leaving.sort()
    left: dict[str, datetime] = {}
    weather = Weather(random)
    with weather:
        for moment, member_id in leaving:
            through(lambda: club.until(moment))  # noqa: B023
            through(lambda: unsubscribe(club, member_id))  # noqa: B023
            left.setdefault(member_id, club.context.now)
        through(lambda: club.until(END))
    return club, issues, left, weather


def through(act: Callable[[], None]) -> None:
    """As often as something ends it."""
    while True:
        try:
            act()
        except TROUBLES:
            continue
        return


def unsubscribe(club: Post, member_id: str) -> None:
    token = pages_for(member_id).preferences.rpartition("/")[2]
    preferences.unsubscribe(club.context, token, caller_address="192.0.2.1")


def invited(club: Post, issue: Issue) -> dict[str, str]:
    """Members of the audience who are to get the letter, with their zones."""
    audience_id = club.sending(issue).issue.audience_id
    people: dict[str, str] = {}
    for shard in range(SHARDS):
        page = 1
        while found := segments_store.next_people(club.context.table, audience_id, shard, page):
            people |= {each.member_id: each.zone for each in found.people if not each.reason}
            page = found.page + 1
    return people


def faults(club: Any, issues: list[Issue], left: dict[str, datetime], readers: int) -> dict[str, list[Any]]:
    """Breaches of each promise that a sender makes, by promise."""
    zones = {f"mbr_{number}": ZoneInfo(ZONES[number % len(ZONES)] or CLUB_ZONE) for number in range(readers)}
    of = {letter_id(issue.issue_id, each): (issue, each) for issue in issues for each in zones}
    copies = Counter(taken for taken, _, _ in club.ses.taken)
    got: dict[str, list[tuple[date, str]]] = defaultdict(list)
    at_another_hour, after_leaving, after_bouncing = [], [], []
    for taken, address, moment in club.ses.taken:
        issue, member_id = of[taken]
        local = moment.astimezone(zones[member_id])
        begun = min((local - local.replace(hour=hour, minute=30)) % timedelta(days=1) for hour in (12, 16))
        if begun > timedelta(minutes=62):
            at_another_hour.append((member_id, local))
        if moment > left.get(member_id, END):
            after_leaving.append((member_id, moment))
        if moment > club.bounced.get(address, END):
            after_bouncing.append((address, moment))
        got[member_id].append((local.date(), issue.issue_class))
        got[address.partition("+")[0].partition("@")[0] + "@"].append((local.date(), issue.issue_class))
    too_often = [
        (who, day, later)
        for who, contacts in got.items()
        for (day, before), (later, after) in pairwise(sorted(contacts))
        if (later - day).days < GAPS.get((before, after), 7)
    ]
    return {
        "second copies": [taken for taken, many in copies.items() if many > 1],
        "too often": too_often,
        "at another hour": at_another_hour,
        "after leaving": after_leaving,
        "after bouncing": after_bouncing,
        "without a named end": [each for issue in issues for each in unsettled(club, issue, copies)],
    }


def unsettled(club: Any, issue: Issue, copies: Counter[str]) -> list[str]:
    """Members of the audience whose letter is in no final state, gives no reason, or says something else than the mail service."""
    ids = {letter_id(issue.issue_id, each): each for each in invited(club, issue)}
    letters: dict[str, Letter] = mail.letters(club.context.table, list(ids))
    return [
        member_id
        for each, member_id in ids.items()
        if (letter := letters.get(each)) is None
        or letter.state not in ENDS
        or (letter.state is LetterState.SENT or letter.bounced_for_good) != (each in copies)
        or not (letter.reason or letter.state is LetterState.SENT)
    ]


@pytest.mark.parametrize(
    "readers",
    [
        pytest.param(240, id="some"),
        pytest.param(5000, id="five thousand", marks=[pytest.mark.slow, pytest.mark.timeout(3600)]),
    ],
)
def test_nobody_is_written_to_twice_too_often_or_after_leaving_and_nobody_is_lost(
    context: Context, monkeypatch: pytest.MonkeyPatch, readers: int
) -> None:
    club, issues, left, weather = played(context, monkeypatch, Storm, readers, seed=20270314)
    assert weather.troubles > readers / 8
    assert left and club.bounced
    assert {club.sending(issue).issue.state for issue in issues} == {"sent"}
    assert len(club.ses.taken) > readers
    assert {promise: found for promise, found in faults(club, issues, left, readers).items() if found} == {}


def test_a_sender_that_marks_after_sending_keeps_none_of_these_promises(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the hour: the tick is the same."""
    club, issues, left, _ = played(context, monkeypatch, Naive, 240, seed=20270314)
    broken = {promise for promise, found in faults(club, issues, left, 240).items() if found}
    # The audience leaves suppressed addresses out for it, too.
    assert broken - {"after bouncing"} == {
        "second copies",
        "too often",
        "after leaving",
        "without a named end",
    }
