"""Nobody gets an issue twice, and nobody is lost: under crashes and lost replies at every call, second workers, and parallel claims."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib import mail
from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.campaigns.sending import delivery
from chalicelib.campaigns.sending.pace import Pace
from chalicelib.mail import LetterState
from chalicelib.platform.context import Context
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.support.crashes import Died, crashes, lost_replies, races, uncounted
from tests.support.parallel import at_once
from tests.support.rights import running

END = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
PEOPLE = {"mbr_1": None, "mbr_omsk": "Asia/Omsk"}


@pytest.fixture
def begin(context: Context, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[Post, Issue]]:
    def fresh() -> tuple[Post, Issue]:
        club = post(context, monkeypatch)
        for member_id, zone in PEOPLE.items():
            reader(club, member_id, zone)
        issue = approved(club)
        club.until(datetime(2026, 11, 23, 12, 20, tzinfo=UTC))
        return club, issue

    return fresh


def to_the_end(club: Post) -> None:
    """As often as the connection breaks."""
    while True:
        try:
            club.until(END)
        except (ConnectionClosedError, RuntimeError):  # the tick says so of what failed
            continue
        return


def everybody_has_it(club: Post, issue: Issue, where: object) -> None:
    copies = club.copies()
    assert all(many == 1 for many in copies.values()), where
    for member_id in PEOPLE:
        letter = club.letter(issue, member_id)
        assert letter, (member_id, where)
        # A worker that dies between claim and call leaves a letter that nobody can vouch for, and advertising is not tried again.
        assert (letter.state, letter.reason) in ((LetterState.SENT, ""), (LetterState.UNKNOWN, "no_answer")), where
        assert (letter.state is LetterState.SENT) == (letter.letter_id in copies), where
    sending = club.sending(issue)
    assert sending.issue.state is IssueState.SENT, where
    assert sending.states.total() == len(PEOPLE), where


def test_a_crash_at_any_call_sends_no_second_copy_and_loses_nobody(begin: Callable[[], tuple[Post, Issue]]) -> None:
    rounds = unknown = 0
    for crash in crashes():
        club, issue = begin()
        with crash:
            club.until(END)
        to_the_end(club)
        everybody_has_it(club, issue, crash)
        rounds += 1
        unknown += sum(club.letter(issue, each).state is LetterState.UNKNOWN for each in PEOPLE)  # type: ignore[union-attr]
    assert rounds > 100
    assert unknown <= 2 * len(PEOPLE)  # right before, and in, the call of the mail service


def test_a_lost_reply_to_any_call_sends_no_second_copy_and_loses_nobody(
    begin: Callable[[], tuple[Post, Issue]],
) -> None:
    for lost in lost_replies():
        club, issue = begin()
        with lost:
            to_the_end(club)
        to_the_end(club)
        everybody_has_it(club, issue, lost)


def test_a_second_worker_at_any_call_sends_no_second_copy(begin: Callable[[], tuple[Post, Issue]]) -> None:
    """The other worker has every message that the first one has."""
    club: Post
    issue: Issue

    def other() -> None:
        for each in list(club.waiting):
            if each.queue == "campaigns":
                club.deliver_campaign({"messageId": "1", "body": each.body})

    for race in races(other):
        club, issue = begin()
        club.until(datetime(2026, 11, 24, 6, 29, tzinfo=UTC))
        with race:
            club.until(datetime(2026, 11, 24, 9, 50, tzinfo=UTC))
        to_the_end(club)
        everybody_has_it(club, issue, race)


def test_two_issues_claimed_for_one_person_by_sixteen_workers_at_once_send_one_letter(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = post(context, monkeypatch)
    reader(club, "mbr_1")
    first = approved(club)
    second = approved(club, issue_class="content")
    club.until(datetime(2026, 11, 24, 9, 20, tzinfo=UTC))
    now = replace(club.context, now=datetime(2026, 11, 24, 9, 31, tzinfo=UTC))
    shards = club.sending(first).runs["Europe/Moscow"].shards

    def work(number: int) -> None:
        issue = (first, second)[number % 2]
        body = f'{{"shard": {shards[0]}, "runs": [["{issue.issue_id}", "Europe/Moscow"]]}}'
        with running("send_campaigns"):
            delivery.deliver(now, {"messageId": "1", "body": body}, Pace(1000.0))

    at_once(16, work)
    states = {
        letter.state: (letter.reason, letter.next_day)
        for issue in (first, second)
        if (letter := club.letter(issue, "mbr_1"))
    }
    assert len(club.ses.accepted) == 1
    assert set(states) == {LetterState.SENT, LetterState.SKIPPED}
    reason, next_day = states[LetterState.SKIPPED]
    assert (reason, next_day >= "2026-12-01") == ("contact_budget", True)


def test_a_worker_that_dies_with_a_claim_leaves_a_letter_that_is_settled(
    begin: Callable[[], tuple[Post, Issue]], monkeypatch: pytest.MonkeyPatch
) -> None:
    club, issue = begin()
    club.until(datetime(2026, 11, 24, 9, 20, tzinfo=UTC))

    def die(*args: object, **kwargs: object) -> None:
        raise Died

    with uncounted(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(club.ses, "send_email", die)
        with pytest.raises(Died):
            club.until(END)
    club.until(END)
    lost = [club.letter(issue, each) for each in PEOPLE]
    assert sorted(each.state for each in lost if each) == ["sent", "unknown"]
    assert mail.LetterState.UNKNOWN in {each.state for each in lost if each and each.reason == "no_answer"}
