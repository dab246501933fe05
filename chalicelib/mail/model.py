"""A letter, its recipient and reader, what the mail service answers, and what it reports later."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from chalicelib.platform.text import Language
from chalicelib.table.key import Key

Facts = dict[str, Any]


class State(StrEnum):
    """Where a letter is. UNKNOWN with a reason is over as well: nobody will try again, somebody should look."""

    PENDING = "pending"  # written, not on its way
    SENDING = "sending"  # one worker holds it, until `lease_until`
    SENT = "sent"  # the mail service has it
    REJECTED = "rejected"  # the mail service, or the recipient's, did not take it
    UNKNOWN = "unknown"  # it was handed over, and nobody said what became of it
    SKIPPED = "skipped"  # it was not to be sent


class LetterClass(StrEnum):
    SERVICE = "service"  # about something the recipient does: a code, an order
    ADVERTISING = "advertising"  # only with consent, and rather never than twice


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets it, as the room that declares the letter tells its recipients apart.

    The address is looked up when the letter is sent, so none is kept here.
    """

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The recipient at the moment of sending. The letter speaks to `name`, where it speaks to anybody."""

    address: str
    language: Language
    name: str


class Unsendable(Exception):
    """There is nobody to send it to, or nothing to tell any more. The message is the reason, as the letter keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one recipient. Times are stored stamps, deadlines epoch seconds."""

    letter_id: str
    template: str
    letter_class: LetterClass
    recipient: Recipient
    cause: Key  # the event item that it tells of
    written_at: str
    expires_at: int
    state: State = State.PENDING
    reason: str = ""
    version: int = 1
    attempts: int = 0  # that may have left a copy
    attempt: str = ""  # the last one
    lease_until: int = 0
    settle_at: int = 0
    # what the mail service said of it, whichever copy and whenever
    message_id: str = ""
    sent_at: str = ""
    delivered_at: str = ""
    bounced_at: str = ""
    bounce: str = ""  # type/subtype
    complained_at: str = ""
    refused_at: str = ""


# --- the answer to a send ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    message_id: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not, and not because of this letter: throttled, no connection, sending paused, no permission."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not, because of this letter: its address or its content."""

    why: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Perhaps."""

    why: str


Answer = Accepted | NotSent | Refused | Unanswered

# --- what the mail service reports ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """One event of the mail service. `letter_id` is empty for mail that is not a letter of ours."""

    kind: Literal["send", "delivery", "bounce", "complaint", "reject"]
    at: str
    letter_id: str
    bounce: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def suppresses(self) -> str:
        """Why these addresses get no more letters; empty if they do."""
        if self.kind == "complaint":
            return "complaint"
        return "bounce" if self.bounce.startswith("Permanent/") else ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as it leaves: one recipient, the same in HTML and in text."""

    address: str
    language: str
    subject: str
    html: str
    text: str
