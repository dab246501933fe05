"""The steps of a letter, without a table or a mail service."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail import rules as mail_rules
from chalicelib.mail.model import (
    Accepted,
    Letter,
    LetterClass,
    LetterState,
    NotSent,
    Recipient,
    Refused,
    Report,
    Unanswered,
)
from chalicelib.table.key import Key

NOW = 1_000_000
SETTLE = 900
AT = "2026-11-20T09:00:00.000Z"
LATER = "2026-11-20T09:00:05.000Z"


def letter(**facts: Any) -> Letter:
    known: dict[str, Any] = {
        "letter_id": "ltr_1",
        "template": "welcome",
        "letter_class": LetterClass.SERVICE,
        "recipient": Recipient("member", "mbr_1"),
        "cause": Key("MEMBER#mbr_1", "EVENT#1"),
        "written_at": AT,
        "expires_at": NOW,
    }
    return Letter(**known | facts)


def sending(**facts: Any) -> Letter:
    return replace(mail_rules.claimed(letter(**facts), "try_1", NOW + 60), version=2)


def unknown(**facts: Any) -> Letter:
    return replace(mail_rules.answered(sending(**facts), "try_1", Unanswered("no reply"), AT, NOW + SETTLE), version=3)


# --- may it be sent now ------------------------------------------------------------------------------------------------


def test_a_written_letter_may_be_claimed() -> None:
    assert mail_rules.may_be_claimed(letter(), NOW)


def test_a_letter_in_a_workers_hands_may_not_be_claimed_and_waits_for_the_lease() -> None:
    assert not mail_rules.may_be_claimed(sending(), NOW)
    assert mail_rules.waits_until(sending()) == NOW + 60


def test_a_lease_that_is_over_is_as_good_as_no_answer() -> None:
    held = sending()
    assert mail_rules.after_time(held, NOW + 59, SETTLE) == held
    lapsed = mail_rules.after_time(held, NOW + 60, SETTLE)
    assert (lapsed.state, lapsed.settle_at) == (LetterState.UNKNOWN, NOW + 60 + SETTLE)


def test_an_unanswered_service_letter_may_be_claimed_once_more_when_the_time_to_settle_is_over() -> None:
    assert not mail_rules.may_be_claimed(unknown(), NOW + SETTLE - 1)
    assert mail_rules.may_be_claimed(unknown(), NOW + SETTLE)
    twice = replace(unknown(), attempts=2)
    assert not mail_rules.may_be_claimed(twice, NOW + SETTLE)
    assert mail_rules.after_time(twice, NOW + SETTLE, SETTLE).reason == "no_answer"


def test_an_unanswered_advertising_letter_is_given_up() -> None:
    unanswered = unknown(letter_class=LetterClass.ADVERTISING)
    assert mail_rules.after_time(unanswered, NOW + SETTLE - 1, SETTLE) == unanswered
    given_up = mail_rules.after_time(unanswered, NOW + SETTLE, SETTLE)
    assert (given_up.state, given_up.reason) == (LetterState.UNKNOWN, "no_answer")
    assert not mail_rules.may_be_claimed(given_up, NOW + SETTLE)
    assert mail_rules.waits_until(given_up) is None


def test_a_service_letter_that_its_room_sends_is_given_up_after_its_one_attempt() -> None:
    given_up = mail_rules.after_time(unknown(), NOW + SETTLE, SETTLE, comes_again=False)
    assert (given_up.state, given_up.reason) == (LetterState.UNKNOWN, "no_answer")
    assert mail_rules.waits_until(given_up) is None, "or its message would come again for ever"


def test_a_lease_that_was_over_long_ago_need_not_be_waited_for_again() -> None:
    lapsed = mail_rules.after_time(sending(), NOW + 60 + SETTLE, SETTLE)
    assert mail_rules.may_be_claimed(lapsed, NOW + 60 + SETTLE)


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.REJECTED, LetterState.SKIPPED])
def test_a_letter_that_is_over_waits_for_nothing(state: LetterState) -> None:
    over = letter(state=state, reason="for a reason")
    assert not mail_rules.may_be_claimed(over, NOW)
    assert mail_rules.waits_until(over) is None
    assert mail_rules.after_time(over, NOW + SETTLE, SETTLE) == over
    assert mail_rules.skipped(over, "another") == over


# --- what an answer means ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (429, "TooManyRequestsException", NotSent),
        (400, "LimitExceededException", NotSent),
        (400, "SendingPausedException", NotSent),
        (400, "AccountSuspendedException", NotSent),
        (400, "MailFromDomainNotVerifiedException", NotSent),
        (404, "NotFoundException", NotSent),
        (403, "AccessDeniedException", NotSent),
        (400, "MessageRejected", Refused),
        (400, "BadRequestException", Refused),
        (408, "RequestTimeoutException", Unanswered),
        (500, "InternalFailure", Unanswered),
        (503, "ServiceUnavailable", Unanswered),
        (502, "MessageRejected", Unanswered),
    ],
)
def test_an_error_is_about_the_letter_or_about_the_service_or_says_nothing(
    status: int, code: str, meaning: type
) -> None:
    assert mail_rules.answer_to_error(status, code) == meaning(code)


def test_an_accepted_letter_is_sent() -> None:
    sent = mail_rules.answered(sending(), "try_1", Accepted("message-1"), AT, 0)
    assert (sent.state, sent.message_id, sent.sent_at) == (LetterState.SENT, "message-1", AT)


def test_a_letter_that_surely_was_not_sent_is_as_before_the_attempt() -> None:
    back = mail_rules.answered(sending(), "try_1", NotSent("throttled"), AT, 0)
    assert replace(back, version=1) == letter()


def test_a_second_attempt_that_surely_was_not_sent_leaves_the_first_one_unknown() -> None:
    second = mail_rules.claimed(unknown(), "try_2", NOW + 2 * SETTLE)
    back = mail_rules.answered(second, "try_2", NotSent("throttled"), AT, 0)
    assert (back.state, back.attempts) == (LetterState.UNKNOWN, 1)
    assert mail_rules.may_be_claimed(back, NOW + SETTLE)


def test_an_answer_to_another_attempt_says_nothing_but_that_it_was_accepted() -> None:
    second = mail_rules.claimed(unknown(), "try_2", NOW + 2 * SETTLE)
    for answer in (NotSent("late"), Refused("late"), Unanswered("late")):
        assert mail_rules.answered(second, "try_1", answer, AT, 0) == second
    assert mail_rules.answered(second, "try_1", Accepted("message-1"), AT, 0).state is LetterState.SENT


def test_an_answer_that_comes_after_the_lease_still_counts() -> None:
    lapsed = mail_rules.after_time(sending(), NOW + 60, SETTLE)
    assert mail_rules.answered(lapsed, "try_1", Refused("MessageRejected"), AT, 0).state is LetterState.REJECTED
    assert mail_rules.answered(lapsed, "try_1", NotSent("throttled"), AT, 0).state is LetterState.PENDING
    assert mail_rules.answered(lapsed, "try_1", Unanswered("no reply"), AT, 0) == lapsed


def test_no_answer_takes_back_what_was_reported() -> None:
    reported = mail_rules.reported(sending(), Report(kind="send", at=AT, letter_id="ltr_1"))
    for answer in (NotSent("late"), Refused("late"), Unanswered("late")):
        assert mail_rules.answered(reported, "try_1", answer, AT, 0) == reported


ANSWERS = st.sampled_from([Accepted("message-1"), NotSent("n"), Refused("r"), Unanswered("u")])


@given(
    answer=ANSWERS, start=st.sampled_from([sending(), unknown(), letter(), letter(state=LetterState.SENT, sent_at=AT)])
)
def test_an_answer_noted_twice_is_noted_once(answer: Any, start: Letter) -> None:
    once = mail_rules.answered(start, "try_1", answer, AT, NOW + SETTLE)
    assert mail_rules.answered(once, "try_1", answer, AT, NOW + SETTLE) == once


# --- what is not to be sent --------------------------------------------------------------------------------------------


def test_a_letter_nobody_tried_to_send_can_be_skipped() -> None:
    skipped = mail_rules.skipped(letter(), "suppressed")
    assert (skipped.state, skipped.reason) == (LetterState.SKIPPED, "suppressed")


def test_a_letter_that_may_be_out_can_only_be_given_up() -> None:
    given_up = mail_rules.skipped(unknown(), "expired")
    assert (given_up.state, given_up.reason) == (LetterState.UNKNOWN, "expired")


def test_a_letter_in_a_workers_hands_is_not_skipped_by_another() -> None:
    assert mail_rules.skipped(sending(), "suppressed") == sending()


# --- what is reported --------------------------------------------------------------------------------------------------


def told(kind: Any, bounce: str = "", at: str = AT) -> Report:
    return Report(kind=kind, at=at, letter_id="ltr_1", bounce=bounce)


@pytest.mark.parametrize("start", [letter(), sending(), unknown(), replace(unknown(), reason="no_answer")])
def test_whatever_is_reported_the_mail_service_had_the_letter(start: Letter) -> None:
    for kind in ("send", "delivery", "complaint"):
        after = mail_rules.reported(start, told(kind))
        assert (after.state, after.reason, after.sent_at) == (LetterState.SENT, "", AT)


@pytest.mark.parametrize(
    ("reports", "state", "reason"),
    [
        ([told("send"), told("delivery")], LetterState.SENT, ""),
        ([told("send"), told("delivery"), told("complaint")], LetterState.SENT, ""),
        ([told("send"), told("reject")], LetterState.REJECTED, "content"),
        ([told("send"), told("bounce", "Permanent/General")], LetterState.REJECTED, "bounce: Permanent/General"),
        # a server that takes the letter and finds out later that nobody is there
        ([told("delivery"), told("bounce", "Permanent/General")], LetterState.REJECTED, "bounce: Permanent/General"),
        (
            [told("send"), told("bounce", "Transient/MailboxFull")],
            LetterState.REJECTED,
            "bounce: Transient/MailboxFull",
        ),
        # an answering machine
        ([told("send"), told("delivery"), told("bounce", "Transient/General")], LetterState.SENT, ""),
        (
            [told("bounce", "Transient/General"), told("bounce", "Permanent/NoEmail"), told("delivery")],
            LetterState.REJECTED,
            "bounce: Permanent/NoEmail",
        ),
    ],
)
def test_reports_in_any_order_come_to_the_same(reports: list[Report], state: LetterState, reason: str) -> None:
    for order in permutations(reports):
        after = unknown()
        for each in order:
            after = mail_rules.reported(after, each)
        assert (after.state, after.reason) == (state, reason), order


REPORTS = st.builds(
    Report,
    kind=st.sampled_from(["send", "delivery", "complaint", "reject"]),
    at=st.sampled_from([AT, LATER]),
    letter_id=st.just("ltr_1"),
) | st.builds(
    Report,
    kind=st.just("bounce"),
    at=st.sampled_from([AT, LATER]),
    letter_id=st.just("ltr_1"),
    bounce=st.sampled_from(
        ["Transient/General", "Undetermined/Undetermined", "Permanent/General", "Permanent/NoEmail"]
    ),
)


@given(reports=st.lists(REPORTS, max_size=6), data=st.data())
def test_what_is_known_in_the_end_depends_on_no_order_and_no_repetition(
    reports: list[Report], data: st.DataObject
) -> None:
    """The answer to the send is one of the things that come in any order."""
    steps = [
        *reports,
        *data.draw(st.lists(st.sampled_from(reports or [told("send")]), max_size=3)),
        Accepted("message-1"),
    ]
    if not reports:
        steps = [told("send"), Accepted("message-1")]

    def play(order: list[Any]) -> Letter:
        after = sending()
        for step in order:
            if isinstance(step, Report):
                after = mail_rules.reported(after, step)
            else:
                after = mail_rules.answered(after, "try_1", step, AT, 0)
        return after

    assert play(data.draw(st.permutations(steps))) == play(steps)


def test_a_complaint_and_a_permanent_bounce_suppress_and_nothing_else_does() -> None:
    assert told("complaint").suppresses == "complaint"
    assert told("bounce", "Permanent/Suppressed").suppresses == "bounce"
    for other in (told("send"), told("delivery"), told("reject"), told("bounce", "Transient/General")):
        assert other.suppresses == ""
