"""Nobody gets a step twice, and nobody is lost: under crashes and lost replies at every call, and second workers."""

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib import mail
from chalicelib.campaigns.series.schemas import SeriesView
from chalicelib.mail import LetterState
from chalicelib.platform.context import Context
from tests.campaigns.sending.steps import Post, post, reader
from tests.campaigns.series.steps import in_series, running, told
from tests.support.crashes import crashes, lost_replies, races, uncounted

PEOPLE = ("mbr_1", "mbr_2")
FIRST, END = "2026-11-24T09:20", "2026-11-24T10:40"
Begin = Callable[[], tuple[Post, SeriesView]]


@pytest.fixture
def begin(context: Context, monkeypatch: pytest.MonkeyPatch) -> Begin:
    def fresh() -> tuple[Post, SeriesView]:
        club = post(context, monkeypatch)
        series = running(club.context)
        for member_id in PEOPLE:
            reader(club, member_id)
            told(club, member_id)
        club.at(FIRST)
        return club, series

    return fresh


def to_the_end(club: Post) -> None:
    """As often as the connection breaks."""
    while True:
        try:
            club.at(END)
        except (ConnectionClosedError, RuntimeError):  # the tick says so of what failed
            continue
        return


def everybody_is_past_the_first_step(club: Post, series: SeriesView, where: object) -> int:
    """The number of letters that nobody can vouch for."""
    copies = club.copies()
    assert all(many == 1 for many in copies.values()), where
    unknown = 0
    for member_id in PEOPLE:
        found = in_series(club, series, member_id)
        assert [each.step_id for each in found.passed] == ["first"], where
        assert found.step_id == "second", where
        letter = mail.letters(club.context.table, [found.passed[0].letter_id])[found.passed[0].letter_id]
        # A worker that dies between claim and call leaves a letter that is not tried again: it is advertising.
        assert letter.state in (LetterState.SENT, LetterState.UNKNOWN), where
        assert (letter.state is LetterState.SENT) == (letter.letter_id in copies), where
        unknown += letter.state is LetterState.UNKNOWN
    return unknown


def test_a_crash_at_any_call_sends_no_second_copy_and_loses_nobody(begin: Begin) -> None:
    rounds = unknown = 0
    for crash in crashes():
        club, series = begin()
        with crash:
            club.at(END)
        to_the_end(club)
        unknown += everybody_is_past_the_first_step(club, series, crash)
        rounds += 1
    assert rounds > 40
    assert unknown <= 2 * len(PEOPLE)  # right before, and in, the call of the mail service


def test_a_lost_reply_to_any_call_sends_no_second_copy_and_loses_nobody(begin: Begin) -> None:
    for lost in lost_replies():
        club, series = begin()
        with lost:
            to_the_end(club)
        to_the_end(club)
        everybody_is_past_the_first_step(club, series, lost)


def test_a_second_worker_at_any_call_sends_no_second_copy(begin: Begin) -> None:
    club: Post
    series: SeriesView
    pairs: list[list[str]] = []

    def other() -> None:
        with uncounted():
            club.deliver_campaign({"messageId": "2", "body": json.dumps({"steps": pairs})})

    for race in races(other):
        club, series = begin()
        pairs = [[member_id, series.series_id] for member_id in PEOPLE]
        with race:
            club.at(END)
        everybody_is_past_the_first_step(club, series, race)


def test_an_event_that_is_told_twice_or_late_starts_nothing_again(begin: Begin) -> None:
    club, series = begin()
    club.at(END)
    before = in_series(club, series)
    told(club)
    told(club, event_id="evt_0", at="2026-11-20T12:00:00.000Z")
    told(club, event_id="evt_2", at="2026-11-24T10:41:00.000Z")
    assert in_series(club, series) == before
