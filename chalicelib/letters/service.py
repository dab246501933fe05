"""A letter's way: written, handed to a worker, sent, settled. The protocol is told in `chalicelib.letters`."""

import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError

from chalicelib import members
from chalicelib.auth import code_hash, new_code
from chalicelib.letters import mail, rules, store
from chalicelib.letters.config import Letters
from chalicelib.letters.content import SIGN_IN_CODE, compose
from chalicelib.letters.readers import Unsendable
from chalicelib.letters.schemas import Accepted, Letter, LetterClass, Mail
from chalicelib.platform import aws, clock
from chalicelib.platform.log import log
from chalicelib.platform.settings import queue_url
from chalicelib.platform.work import Work
from chalicelib.table import Refused, Transaction

LONGEST_DELAY = 900  # seconds that SQS can hold a message back

# What a refused claim means, in the order in which it is asked.
_REASONS = {"sign_in": "expired", "suppressed": "suppressed", "consent": "no_consent"}


class ComesAgain(Exception):
    """The letter can still be sent, but not now: its message comes again."""


# --- from the stream --------------------------------------------------------------------------------------------------


# --- from the letters queue -------------------------------------------------------------------------------------------


def send(work: Work, message: dict[str, Any], *, below: Callable[[int], int] = secrets.randbelow) -> None:
    """One step on the way of the letter that the message names; `below` draws the digits of a sign-in code.

    Returns when nothing is left to do for this message, raises when it should come again.
    """
    letter_id: str = json.loads(message["body"])["letter_id"]
    letter = store.read(work.table, letter_id)
    if letter is None:
        log.warning("no such letter", extra={"letter_id": letter_id})
        return
    now = clock.epoch(work.now)
    settle_seconds = _settle_seconds(work, letter)
    letter = store.change(work.table, letter, partial(rules.after_time, now=now, settle_seconds=settle_seconds))
    if rules.may_be_claimed(letter, now):
        letter = _attempt(work, letter, below)
    # However it went, and whoever did it: the queue may have given this very message to two workers, and the first one that
    # returns takes it away from both. So what is not over needs another message.
    if rules.may_be_claimed(letter, now):
        raise ComesAgain(letter_id)
    until = rules.waits_until(letter)
    if until is not None:
        # A new message, since each return of the old one would count as a failure.
        call_again(letter_id, until - now)


def _attempt(work: Work, letter: Letter, below: Callable[[int], int]) -> Letter:
    """Claims the letter and sends it, if that is allowed. The letter as it is then."""
    code = new_code(below) if letter.template == SIGN_IN_CODE else ""
    try:
        # Before the claim: what cannot be written is a failure like any other, and not half a send.
        written = compose(work, letter, code)
    except Unsendable as unsendable:
        return _skip(work, letter, str(unsendable))
    now = clock.epoch(work.now)
    claimed = rules.claimed(letter, work.new_id("try"), now + work.config[Letters].lease_seconds)
    try:
        claimed = _claim(work, letter, claimed, written, code)
    except Refused as refused:
        if "letter" in refused:
            return store.found(refused, "letter")
        return _skip(work, letter, next(reason for label, reason in _REASONS.items() if label in refused))
    answer = mail.send(written, letter.letter_id)
    if not isinstance(answer, Accepted):
        facts = {"letter_id": letter.letter_id, "answer": type(answer).__name__, "why": answer.why}
        log.warning("the mail service did not take a letter", extra=facts)
    settle_at = now + _settle_seconds(work, letter)
    return store.change(
        work.table,
        claimed,
        partial(rules.answered, attempt=claimed.attempt, answer=answer, at=work.at, settle_at=settle_at),
    )


def _claim(work: Work, letter: Letter, claimed: Letter, written: Mail, code: str) -> Letter:
    """Takes the letter, in one transaction with everything that allows it. Raises Refused."""
    tx = Transaction()
    taken = store.claim(tx, letter, claimed)
    store.check_not_suppressed(tx, written.address)
    if code:
        sign_in_id = letter.recipient.id
        store.keep_code(tx, sign_in_id, code_hash(aws.secret(), sign_in_id, code), clock.epoch(work.now))
    if letter.letter_class is LetterClass.ADVERTISING:
        members.check_consent(tx, letter.recipient.id, "advertising")
    try:
        work.table.commit(tx)
    except BotoCoreError:
        # The reply is lost, and perhaps nothing more. As the same attempt it may be asked again; giving up here would leave a
        # letter that nobody sent to wait for its lease and for the mail service.
        work.table.commit(tx)
    return taken


def _settle_seconds(work: Work, letter: Letter) -> int:
    figures = work.config[Letters]
    return 60 * (figures.code_settle_minutes if letter.template == SIGN_IN_CODE else figures.settle_minutes)


def _skip(work: Work, letter: Letter, reason: str) -> Letter:
    return store.change(work.table, letter, partial(rules.skipped, reason=reason))


def call_again(letter_id: str, seconds: int) -> None:
    aws.sqs().send_message(
        QueueUrl=queue_url("letters"),
        MessageBody=json.dumps({"letter_id": letter_id}),
        DelaySeconds=min(max(seconds, 0), LONGEST_DELAY),
    )


# --- from the mail service --------------------------------------------------------------------------------------------


def settle(work: Work, message: dict[str, Any]) -> None:
    """What the mail service reports of a letter. An address that bounces for good, or complains, gets no more letters."""
    report = mail.report_of(message["body"])
    if report is None:
        return
    if report.suppresses:
        for address in report.addresses:
            store.suppress(work.table, address, reason=report.suppresses, at=report.at, letter_id=report.letter_id)
    letter = store.read(work.table, report.letter_id) if report.letter_id else None
    if letter is not None:
        store.change(work.table, letter, partial(rules.reported, report=report))
