"""Letters: what the club writes to people, each once.

Vocabulary. A *letter* goes to one recipient and tells of one event; its id follows from both, so an event that is delivered again
writes nothing new. A *service* letter is about something the recipient does (a code, an order, a tier); an *advertising* letter
needs consent and goes rather never than twice. An *attempt* is one call of the mail service. To *settle* a letter is to learn what
became of an attempt that was not answered.

    event ──on_event──▶ PENDING ──on_letter_written──▶ message to the letters queue ──send──▶ …

                 claim                        accepted
      PENDING ───────────▶ SENDING ──────────────────────────────▶ SENT ◀─┐
       ▲  │                 │ │ │ └─ refused: its address, content ▶ REJECTED
       │  └─▶ SKIPPED       │ │ └─── no answer, 5xx, lease over ───▶ UNKNOWN ──a report of the mail service──▶ SENT, REJECTED
       └──── surely not sent┘ └                                        │
                                 settle time over, a service letter: one more attempt (SENDING)
                                 else: UNKNOWN with a reason, nobody tries again

The mail service knows no idempotency token, so whether a letter is out may be known to nobody for a while. Hence:

- One transaction claims the letter for one attempt (its id and a lease) and checks all that allows it: the address is not
  suppressed, consent is there for advertising, the sign-in still waits for its code. Only who claimed calls the mail service, once;
  the SDK makes no attempts of its own. The claim accepts its own attempt again, since its reply may have been lost.
- Whoever finds the letter held by another worker, or not settled, leaves a message for when that is over. Who held it beyond the lease
  may have died before or after the mail service: that is UNKNOWN, too.
- UNKNOWN is settled by the mail service's own report (it carries the letter's id as a tag, and comes within seconds). The passing of
  the settle time without one means that the letter was most likely never accepted.
- "Surely not sent" (throttled, no connection, sending paused, no permission) gives the letter back and lets the message come again;
  what keeps failing ends in the dead-letter queue, with its alarm.
- Reports come late, twice and in any order; they note facts, and the facts together give the state.

What this guarantees. The mail service accepts a letter once at most, but for one case: it accepted, its answer was lost (or the worker
died before writing it down), *and* no report of it came within the settle time. Then a service letter may go out twice, never three
times, and an advertising letter does not. No letter is lost silently: in the end each is SENT, SKIPPED with its reason, or
listed for somebody to look at (REJECTED, UNKNOWN: K36 of the table's map); or its message lies in the dead-letter queue.

A sign-in code is drawn when its letter is sent and kept only as a keyed hash, so neither a queue nor the table ever holds one. A
second attempt draws another code, and the first one is good no longer.

Weakest point: an answer that is lost together with all reports of it (the topic or the queue of the reports is down) for longer than
the settle time.
"""

from chalicelib.letters.service import on_event, on_letter_written, send, settle

__all__ = ["on_event", "on_letter_written", "send", "settle"]
