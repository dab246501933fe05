"""Letters of the club to people, each sent once. Rooms declare theirs (`declarations`); this one knows no room.

Vocabulary. A *letter* goes to one recipient and tells of one event; its id follows from both, so an event that is delivered again writes
nothing new. A *service* letter is about something the recipient does (a code, an order, a tier); a letter with *advertising* (advertising
itself, or content with it) needs consent and goes rather never than twice. An *attempt* is one call of the mail service. To *settle* a
letter is to learn the fate of an attempt that was not answered.

    an event ──on_event──▶ a letter, PENDING, and a message to the letters queue ──send──▶ the mail service
    a sign-in ──hasten──▶ a message to the codes queue ──send──▶ a letter, and the mail service: past the stream and all other letters

    PENDING ──claim──▶ SENDING      one worker holds it, until its lease is over
    PENDING ─────────▶ PENDING      it keeps to slots, and its reader has none now: the tick of campaigns wakes it
    PENDING ─────────▶ SKIPPED      it must not be sent: suppressed, no consent, expired, nobody there, the contact budget
    SENDING ─────────▶ SENT         the mail service accepted it
    SENDING ─────────▶ REJECTED     the mail service refused it: its address, or its content
    SENDING ─────────▶ PENDING      surely not sent: throttled, no connection, sending paused, no permission
    SENDING ─────────▶ UNKNOWN      no answer, an answer of 5xx, or the lease is over
    UNKNOWN ──claim──▶ SENDING      the settle time is over: a service letter is tried once more
    UNKNOWN ─────────▶ UNKNOWN      with a reason: nobody tries any more
    any     ──settle─▶ SENT         the mail service reports it
    any     ──settle─▶ REJECTED     it reports that it was not delivered

The mail service knows no idempotency token, so whether a letter is out may be known to nobody for a while. Hence:

- One transaction claims the letter for one attempt (its id and a lease) and checks all that allows it: the address is not
  suppressed, and what the letter's declaration asks for holds: consent for advertising, somebody who still waits for a code. Only who
  claimed calls the mail service, once; the SDK makes no attempts of its own. The claim accepts its own attempt again, since its reply
  may have been lost.
- Who finds the letter with another worker, or not settled, leaves a message for when that is over. A worker whose lease is over
  may have died before or after the mail service had the letter, so that is UNKNOWN too. Leases outlast the workers' time limit.
- UNKNOWN is settled by the mail service's own report, which carries the letter's id as a tag and comes within seconds. Without a
  report within the settle time the letter was most likely never accepted.
- A letter that surely was not sent goes back, and its message comes again; what keeps failing ends in the dead-letter queue, with
  its alarm, and can be moved back from there.
- Reports come late, twice and in any order; they note facts, and the facts together give the state.

Guarantees. The mail service accepts a letter once at most, but for one case: it accepted, its answer was lost (or the worker
died before writing it down), *and* no report of it came within the settle time. Then a service letter may go out twice, never three
times, and an advertising letter does not. No letter is lost silently: in the end each is SENT, SKIPPED with its reason, or
listed for somebody to look at (REJECTED, UNKNOWN); or its message lies in the dead-letter queue.

A secret, such as a sign-in code, is drawn when its letter is sent, so that no queue ever holds one. A second attempt draws another one,
and the first is good no longer.

Weakest point: an answer that is lost together with all reports of it (the topic or the queue of the reports is down) for longer than
the settle time.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("notices",)

with opened_when_asked(__name__):
    from chalicelib.mail.config import PortalPages
    from chalicelib.mail.declarations import Secret, letter, room_letter
    from chalicelib.mail.keys import suppression as suppression_key
    from chalicelib.mail.model import (
        Facts,
        Letter,
        LetterClass,
        LetterState,
        Mail,
        Pages,
        ProductBlock,
        Reader,
        Recipient,
        Report,
        Unsendable,
    )
    from chalicelib.mail.notices.rules import letter_id_of
    from chalicelib.mail.notices.store import every as every_notice
    from chalicelib.mail.notices.store import newest as newest_notices
    from chalicelib.mail.service import FAILED, KEEP_DAYS, fail, hasten, look_again, send_now, skip, wake
    from chalicelib.mail.store import read_many as letters
    from chalicelib.mail.suppressions import lift, suppression, suppressions_page
    from chalicelib.mail.templates import fault_of, fill, links_of, skus_of
    from chalicelib.mail.templates import render as render_written
    from chalicelib.mail.transport import letters_per_second
