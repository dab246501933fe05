"""Letters are written, handed to a worker, sent and settled; `chalicelib.mail` describes the protocol."""

import json
import secrets
from dataclasses import replace
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError

from chalicelib.mail import declarations, rules, store, transport
from chalicelib.mail.config import Letters, PortalPages
from chalicelib.mail.declarations import Below, Declaration
from chalicelib.mail.model import Accepted, Facts, Letter, LetterClass, Mail, Unsendable
from chalicelib.mail.notices import service as notices
from chalicelib.mail.notices.rules import about_of
from chalicelib.mail.rendering import preview, render
from chalicelib.platform import Club, Context, Event, aws, clock, derived_id, jobs
from chalicelib.platform.delivery.stream import event_of
from chalicelib.platform.log import log
from chalicelib.platform.settings import queue_url, settings
from chalicelib.table import Key, Refused, Transaction, from_item, is_passing, to_item

LONGEST_DELAY = 900  # seconds that SQS can hold a message back
FAILED = "failed"  # the reason of a letter that cannot be made or sent, whatever is tried
KEEP_DAYS = 400  # as long as the events that letters tell of


class ComesAgain(Exception):
    """The letter can still be sent, but not now: its message comes again."""


# --- from the stream --------------------------------------------------------------------------------------------------


def letters_of(context: Context, event: Event) -> list[Letter]:
    """The letters of an event. Each delivery of the event gives the same letters, with the same ids."""
    return [
        Letter(
            letter_id=derived_id("ltr", event.id, name, recipient.kind, recipient.id),
            template=name,
            letter_class=declarations.declaration(name).letter_class,
            recipient=recipient,
            cause=Key(event.item["pk"], event.item["sk"]),
            written_at=context.at,
            expires_at=context.expiry(days=KEEP_DAYS),
        )
        for name, recipients in sorted(declarations.asked_by(event.name).items())
        for recipient in recipients(context, event.item)
    ]


def written(context: Context, event: Event) -> list[Letter]:
    """The letters of an event; one that is there already stays as it is."""
    return [store.create(context.table, letter) for letter in letters_of(context, event)]


def hasten(cause: Key) -> None:
    """Asks at once for the letters with a secret that the event of this item asks for, without waiting for the stream.

    The stream asks for them too, so a process that dies before this call loses nothing but time.
    """
    _put(queue_url("codes"), {"cause": cause.as_item()})


# --- from the queues --------------------------------------------------------------------------------------------------


def send(context: Context, message: dict[str, Any], *, below: Below = secrets.randbelow) -> None:
    """One step of the letters in the message. `below` draws their secrets.

    Returns when nothing is left to do for this message, raises when it should come again.
    """
    for letter in _named(context, message):
        _send(context, letter, below)


def wake(context: Context) -> int:
    """Sends a message for each letter whose slot has come; returns their number. It stays listed until it is claimed, so a lost message is made up for.

    One call where there is none.
    """
    return jobs.send_bodies(queue_url("letters"), ({"letter_id": each} for each in store.due(context)))


def _named(context: Context, message: dict[str, Any]) -> list[Letter]:
    """The letter that a message names, or the letters of the event that it names."""
    body = json.loads(message["body"])
    if "letter" in body and int(message.get("attributes", {}).get("ApproximateReceiveCount", 1)) == 1:
        return [from_item(Letter, body["letter"])]
    if "cause" in body:
        item = context.table.get(Key(**body["cause"]), consistent=True)
        return written(context, event_of(item)) if item else []
    letter = store.read(context.table, body["letter_id"])
    if letter is None:
        log.warning("no such letter", extra={"letter_id": body["letter_id"]})
    return [letter] if letter else []


def _send(context: Context, letter: Letter, below: Below) -> None:
    declared = declarations.declaration(letter.template)
    now = clock.epoch(context.now)
    settle_seconds = _settle_seconds(context, declared)
    comes_again = declared.facts is not None
    later = partial(rules.after_time, now=now, settle_seconds=settle_seconds, comes_again=comes_again)
    letter = store.change(context, letter, later)
    if not comes_again:
        look_again(context, letter)  # its room sends it, and here it is only settled
        return
    if rules.may_be_claimed(letter, now):
        letter = _attempt(context, letter, declared, below)
    if rules.waits_for_slot(letter, context.at):
        return  # it is listed: `wake` finds it
    # However it went, and whoever did it: the queue may have given this very message to two workers, and the first one that
    # returns takes it away from both. So what is not over needs another message.
    if rules.may_be_claimed(letter, now):
        raise ComesAgain(letter.letter_id)
    look_again(context, letter)


def send_now(context: Context, letter: Letter, mail: Mail) -> Letter:
    """One attempt of a letter that its room composed. It may be a new one, of version 0. The letter as it is then.

    One that is PENDING still was surely not sent: its room tries again.
    """
    letter = _try(context, letter, declarations.declaration(letter.template), mail)
    look_again(context, letter)
    return letter


def look_again(context: Context, letter: Letter) -> None:
    """Sends a message for when another worker's hold on the letter, or the wait for a report of it, is over."""
    until = rules.waits_until(letter)
    if until is not None:
        # A new message, since each return of the old one would count as a failure.
        call_again(letter, until - clock.epoch(context.now))


def skip(context: Context, letter: Letter, reason: str, address: str = "") -> Letter:
    """A letter that its room cannot compose, or will not send. `address`: of its reader, whose budget an attempt may have spent."""
    return _skip(context, letter, declarations.declaration(letter.template), reason, address=address)


def fail(context: Context, letter: Letter, error: Exception) -> Letter:
    """A letter of a room that cannot be made or sent: skipped, or settled where it was claimed before. Raises the error where it may pass."""
    if is_passing(error):
        raise error
    log.error("a letter fails", extra={"letter_id": letter.letter_id}, exc_info=error)
    letter = skip(context, letter, FAILED)
    look_again(context, letter)
    return letter


def _attempt(context: Context, letter: Letter, declared: Declaration, below: Below) -> Letter:
    """Claims the letter and sends it, if that is allowed. The letter as it is then."""
    code = declared.secret.draw(below) if declared.secret else ""
    try:
        # Before the claim: what cannot be written is a failure like any other, and not half a send.
        mail = compose(context, letter, code)
    except Unsendable as unsendable:
        return _skip(context, letter, declared, str(unsendable))
    if declared.in_slot and declared.guard:
        day, moment = declared.guard.slot(context, mail)
        if moment > context.now:
            return store.change(context, letter, partial(rules.put_off, due_at=clock.stamp(moment)))
        mail = replace(mail, day=day)  # also of a slot that goes on after midnight
    if mail.member_id:
        # Whatever becomes of the letter: an address that bounced is the best reason for a notification.
        notices.notify(context, letter, mail)
    return _try(context, letter, declared, mail, code)


def _try(context: Context, letter: Letter, declared: Declaration, mail: Mail, code: str = "") -> Letter:
    now = clock.epoch(context.now)
    claimed = rules.claimed(letter, context.new_id("try"), now + context.config[Letters].lease_seconds)
    try:
        claimed = _claim(context, letter, declared, claimed, mail, code)
    except Refused as refused:
        if "letter" in refused:
            return store.found(refused, "letter")
        first = next(iter(refused.items))
        reason, next_day = declared.guard.skip(context, letter, mail, refused) if declared.guard else (first, "")
        return _skip(context, letter, declared, reason, next_day, mail.address)
    answer = transport.send(mail, letter.letter_id)
    if not isinstance(answer, Accepted):
        facts = {"letter_id": letter.letter_id, "answer": type(answer).__name__, "why": answer.why}
        log.warning("the mail service did not take a letter", extra=facts)
    settle_at = now + _settle_seconds(context, declared)
    letter = store.change(
        context,
        claimed,
        partial(rules.answered, attempt=claimed.attempt, answer=answer, at=context.at, settle_at=settle_at),
    )
    return _give_back(context, letter, declared, mail.address)


def compose(context: Context, letter: Letter, code: str) -> Mail:
    """The letter in its reader's language. `code` is its secret, if any. Raises Unsendable."""
    cause = context.table.get_fresh(letter.cause)
    if cause is None:
        raise Unsendable("cause_gone")
    declared = declarations.declaration(letter.template)
    if declared.facts is None:
        raise TypeError(f"{letter.template} is composed by its room")
    reader, facts = declared.facts(context, letter.recipient, cause)
    club, about = context.config[Club], about_of(cause)
    page_url = context.config[PortalPages].address(settings().portal_url, declared.page_of(letter.recipient), about)
    shared: Facts = {
        "club_name": club.name_ru if reader.language == "ru" else club.name,
        "portal_url": settings().portal_url,
        "page_url": page_url,
        "name": reader.name,
    }
    pages = declared.guard.pages(letter) if declared.guard else None
    shared["pages"] = pages
    secret = {"code": code} if code else {}
    every = shared | facts | secret
    subject, html, text = render(declared.texts, letter.template, reader.language, every)
    notified = bool(reader.member_id) and declared.letter_class is LetterClass.SERVICE and declared.secret is None
    return Mail(
        address=reader.address,
        language=reader.language,
        subject=subject,
        html=html,
        text=text,
        time_zone=reader.time_zone,
        agreed_at=reader.agreed_at,
        company_id=reader.company_id,
        pages=pages,
        member_id=reader.member_id if notified else "",
        preview=preview(declared.texts, letter.template, reader.language, every) if notified else "",
        about=about if notified else {},
        page_url=page_url if notified else "",
    )


def _claim(context: Context, letter: Letter, declared: Declaration, claimed: Letter, mail: Mail, code: str) -> Letter:
    """Takes the letter, in one transaction with everything that allows it.

    Raises Refused; all labels but `letter` are reasons, and the first one counts.
    """
    tx = Transaction()
    taken = store.claim(tx, letter, claimed)
    if declared.secret:
        declared.secret.keep(context, tx, letter.recipient, code)
    # A letter with a secret was asked for by its reader this very moment.
    store.check_not_suppressed(tx, mail.address, despite_complaint=declared.secret is not None)
    if declared.guard:
        declared.guard.check(context, tx, letter, mail)
    try:
        context.table.commit(tx)
    except BotoCoreError:
        # The reply is lost, and perhaps nothing more. As the same attempt it may be asked again; giving up here would leave a
        # letter that nobody sent to wait for its lease and for the mail service.
        context.table.commit(tx)
    return taken


def _settle_seconds(context: Context, declared: Declaration) -> int:
    letters = context.config[Letters]
    return 60 * (letters.code_settle_minutes if declared.secret else letters.settle_minutes)


def _skip(
    context: Context, letter: Letter, declared: Declaration, reason: str, next_day: str = "", address: str = ""
) -> Letter:
    never_claimed = letter.version <= 1
    letter = store.change(context, letter, partial(rules.skipped, reason=reason, next_day=next_day))
    return letter if never_claimed else _give_back(context, letter, declared, address)


def _give_back(context: Context, letter: Letter, declared: Declaration, address: str) -> Letter:
    """Undoes what the claim of a letter wrote that is never sent. A crash before this leaves it: rather a letter less than one too many."""
    if declared.guard and rules.surely_not_sent(letter):
        declared.guard.give_back(context, letter, address)
    return letter


def hand_over(letter: Letter) -> None:
    """The message carries the letter as it was just found: if it has changed since, its claim is refused."""
    _put(_lane(letter), {"letter_id": letter.letter_id, "letter": to_item(letter)})


def call_again(letter: Letter, seconds: int) -> None:
    _put(_lane(letter), {"letter_id": letter.letter_id}, min(max(seconds, 0), LONGEST_DELAY))


def _lane(letter: Letter) -> str:
    """A letter with a secret has a lane of its own."""
    return queue_url("codes") if declarations.declaration(letter.template).secret else queue_url("letters")


def _put(lane: str, body: dict[str, Any], seconds: int = 0) -> None:
    aws.sqs().send_message(QueueUrl=lane, MessageBody=json.dumps(body), DelaySeconds=seconds)


# --- from the mail service --------------------------------------------------------------------------------------------


def settle(context: Context, message: dict[str, Any]) -> None:
    """Records a report of the mail service. An address with a permanent bounce or a complaint gets no more letters."""
    report = transport.report_of(message["body"])
    if report is None:
        return
    if report.suppresses:
        for address in report.addresses:
            store.suppress(context.table, address, reason=report.suppresses, at=report.at, letter_id=report.letter_id)
    letter = store.read(context.table, report.letter_id) if report.letter_id else None
    if letter is None:
        log.warning("a report on no letter of ours", extra={"kind": report.kind, "letter_id": report.letter_id})
    else:
        if report.kind in ("open", "click"):
            if on_reading := declarations.declaration(letter.template).on_reading:
                on_reading(context, letter, report)
            return
        on_report = declarations.declaration(letter.template).on_report
        also = partial(on_report, context) if on_report else None
        store.change(context, letter, partial(rules.reported, report=report), also)
