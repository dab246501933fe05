"""Steps of a letter's state machine; `chalicelib.mail` describes the protocol.

Each step takes a letter and returns the next one, or the same if nothing changes. A repeated step has no further effect.
"""

from dataclasses import replace

from chalicelib.mail.model import (
    Accepted,
    Answer,
    Letter,
    LetterClass,
    LetterState,
    NotSent,
    Refused,
    Report,
    Unanswered,
)

MOST_ATTEMPTS = {LetterClass.SERVICE: 2, LetterClass.CONTENT: 1, LetterClass.ADVERTISING: 1}

# Answers below 500 that are about this letter. All others (throttling, a paused account, a missing permission or configuration)
# would meet every letter: the letter waits until that is mended.
_ABOUT_THE_LETTER = {"MessageRejected", "BadRequestException"}
_REQUEST_TIMEOUT = 408

_SEVERITY = ("Transient", "Undetermined", "Permanent")

# --- sending ----------------------------------------------------------------------------------------------------------


def is_over(letter: Letter) -> bool:
    """No further attempt will follow."""
    return letter.state in (LetterState.SENT, LetterState.REJECTED, LetterState.SKIPPED) or bool(letter.reason)


def after_time(letter: Letter, now: int, settle_seconds: int, *, comes_again: bool = True) -> Letter:
    """The letter after its lease or its settle time is over.

    A worker that overstayed its lease may have died before or after the mail service had the letter: that counts as no answer. After
    the settle time without a report the letter may be tried again, or is over. `comes_again`: not a letter that its room sends itself, once.
    """
    if letter.state is LetterState.SENDING and now >= letter.lease_until:
        letter = replace(letter, state=LetterState.UNKNOWN, settle_at=letter.lease_until + settle_seconds)
    exhausted = not comes_again or letter.attempts >= MOST_ATTEMPTS[letter.letter_class]
    if letter.state is LetterState.UNKNOWN and not letter.reason and now >= letter.settle_at and exhausted:
        letter = replace(letter, reason="no_answer")
    return letter


def put_off(letter: Letter, due_at: str) -> Letter:
    """It waits for its reader's slot; one that somebody holds or has sent does not."""
    return replace(letter, due_at=due_at) if letter.state is LetterState.PENDING else letter


def waits_for_slot(letter: Letter, at: str) -> bool:
    return letter.state is LetterState.PENDING and letter.due_at > at


def waits_until(letter: Letter) -> int | None:
    """The moment to look again at a letter that another worker holds, or that the mail service may still report."""
    if is_over(letter):
        return None
    return {LetterState.SENDING: letter.lease_until, LetterState.UNKNOWN: letter.settle_at}.get(letter.state)


def may_be_claimed(letter: Letter, now: int) -> bool:
    if is_over(letter) or letter.state is LetterState.SENDING:
        return False
    return letter.attempts < MOST_ATTEMPTS[letter.letter_class] and now >= (waits_until(letter) or 0)


def claimed(letter: Letter, attempt: str, lease_until: int) -> Letter:
    return replace(
        letter,
        state=LetterState.SENDING,
        attempt=attempt,
        attempts=letter.attempts + 1,
        lease_until=lease_until,
        settle_at=0,
    )


def skipped(letter: Letter, reason: str, next_day: str = "") -> Letter:
    """It is not to be sent. A copy that may be out already cannot be skipped: then nobody tries again."""
    if is_over(letter) or letter.state is LetterState.SENDING:
        return letter
    if letter.attempts:
        return replace(letter, state=LetterState.UNKNOWN, reason=reason)
    return replace(letter, state=LetterState.SKIPPED, reason=reason, next_day=next_day)


def surely_not_sent(letter: Letter) -> bool:
    """No copy is out, and none will be."""
    return letter.state is LetterState.SKIPPED or (letter.state is LetterState.REJECTED and not letter.sent_at)


def answer_to_error(status: int, code: str) -> Answer:
    """The meaning of an error of the mail service."""
    if status >= 500 or status == _REQUEST_TIMEOUT:
        return Unanswered(code)
    return Refused(code) if code in _ABOUT_THE_LETTER else NotSent(code)


def answered(letter: Letter, attempt: str, answer: Answer, at: str, settle_at: int) -> Letter:
    """The answer to this attempt, however late it comes."""
    if isinstance(answer, Accepted):
        return _judged(replace(letter, message_id=answer.message_id, sent_at=_earlier(letter.sent_at, at)))
    if letter.attempt != attempt or letter.state not in (LetterState.SENDING, LetterState.UNKNOWN):
        return letter  # another attempt has begun, or the mail service has reported meanwhile
    if isinstance(answer, Refused):
        return replace(letter, state=LetterState.REJECTED, reason=answer.why)
    if isinstance(answer, Unanswered):
        return (
            replace(letter, state=LetterState.UNKNOWN, settle_at=settle_at)
            if letter.state is LetterState.SENDING
            else letter
        )
    return _given_back(letter)


def _given_back(letter: Letter) -> Letter:
    """As before the attempt; the time to settle an earlier one is over, or there would not have been this one."""
    attempts = letter.attempts - 1
    state = LetterState.UNKNOWN if attempts else LetterState.PENDING
    return replace(letter, state=state, reason="", attempts=attempts, attempt="", lease_until=0, settle_at=0)


# --- reports of the mail service --------------------------------------------------------------------------------------


def reported(letter: Letter, report: Report) -> Letter:
    """Reports come late, twice and in any order: each notes its fact, and the facts together judge.

    Whatever is reported, the mail service must have had the letter.
    """
    noted = replace(letter, sent_at=_earlier(letter.sent_at, report.at))
    if report.kind == "delivery":
        noted = replace(noted, delivered_at=_earlier(letter.delivered_at, report.at))
    elif report.kind == "bounce":
        worst = max(letter.bounce, report.bounce, key=_severity)
        noted = replace(noted, bounced_at=_earlier(letter.bounced_at, report.at), bounce=worst)
    elif report.kind == "complaint":
        noted = replace(noted, complained_at=_earlier(letter.complained_at, report.at))
    elif report.kind == "delay":
        noted = replace(noted, delayed_at=_earlier(letter.delayed_at, report.at))
    elif report.kind == "reject":
        noted = replace(noted, refused_at=_earlier(letter.refused_at, report.at))
    return _judged(noted)


def _judged(letter: Letter) -> Letter:
    """The verdict of all that is known of a letter that the mail service had.

    A transient bounce of a delivered letter does not count: an answering machine wrote it.
    """
    if letter.refused_at:
        return replace(letter, state=LetterState.REJECTED, reason="content")
    if letter.bounced_for_good or (letter.bounce and not letter.delivered_at):
        return replace(letter, state=LetterState.REJECTED, reason=f"bounce: {letter.bounce}")
    return replace(letter, state=LetterState.SENT, reason="")


def _severity(bounce: str) -> tuple[int, str]:
    kind = bounce.split("/")[0]
    return (_SEVERITY.index(kind) if kind in _SEVERITY else -1, bounce)


def _earlier(one: str, other: str) -> str:
    return min(one, other) if one else other
