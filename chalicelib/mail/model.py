"""A letter, its recipient and reader; the answers and the reports of the mail service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from chalicelib.platform import Language
from chalicelib.table import Key

Facts = dict[str, Any]


class LetterState(StrEnum):
    """The state of a letter. UNKNOWN with a reason is final: nobody tries again, somebody should look."""

    PENDING = "pending"  # written, not on its way
    SENDING = "sending"  # one worker holds it, until `lease_until`
    SENT = "sent"  # the mail service has it
    REJECTED = "rejected"  # the mail service, or the recipient's, did not take it
    UNKNOWN = "unknown"  # handed over, without a report
    SKIPPED = "skipped"  # it was not to be sent


class LetterClass(StrEnum):
    SERVICE = "service"  # about something the recipient does: a code, an order
    CONTENT = "content"  # content with advertising: as advertising, but it may come more often
    ADVERTISING = "advertising"  # only with consent, and rather never than twice


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient by the room's own kind and id. The address is looked up when the letter is sent."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The recipient at the moment of sending. The letter speaks to `name`, where it speaks to anybody.

    `time_zone` is an IANA name, None for the club's own. `agreed_at`: when the reader agreed to advertising in person; empty for never.
    `member_id` is empty for a reader who is no member: they have no notifications. `company_id`: whom the reader acts for; empty for no company.
    """

    address: str
    language: Language
    name: str
    time_zone: str | None = None
    agreed_at: str = ""
    member_id: str = ""
    company_id: str = ""


class Unsendable(Exception):
    """The letter has no recipient, or no subject any more. The message is the reason that the letter keeps."""


class TooMuchMarkup(Exception):
    """A text with so many links and marks that it would take seconds to read."""


class Pages(NamedTuple):
    """The addresses of the pages on which a reader leaves, and chooses what to get."""

    unsubscribe: str
    preferences: str


class ProductBlock(NamedTuple):
    """A product as a letter shows it, in the reader's language. `picture` is its address; `why` tells the price's rule. Both may be empty."""

    name: str
    sku: str
    price: str
    why: str
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter to one recipient. Times are stored stamps, deadlines epoch seconds."""

    letter_id: str
    template: str
    letter_class: LetterClass
    recipient: Recipient
    cause: Key  # the item of its event
    written_at: str
    expires_at: int
    topic: str = ""
    state: LetterState = LetterState.PENDING
    reason: str = ""
    due_at: str = ""  # of one that waits for its reader's slot
    next_day: str = ""  # of a skipped letter: the first day on which another one like it may come
    version: int = 1  # 0: it is written with its claim
    attempts: int = 0  # that may have left a copy
    attempt: str = ""  # the last one
    lease_until: int = 0
    settle_at: int = 0
    # from the reports of the mail service on any copy
    message_id: str = ""
    sent_at: str = ""
    delivered_at: str = ""
    bounced_at: str = ""
    bounce: str = ""  # type/subtype
    complained_at: str = ""
    refused_at: str = ""
    delayed_at: str = ""  # the recipient's mail service let it wait

    @property
    def bounced_for_good(self) -> bool:
        return self.bounce.startswith("Permanent/")


# --- the answer to a send ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    message_id: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not sent, for a cause outside the letter: throttled, no connection, sending paused, no permission."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not sent, because of the letter's address or content."""

    why: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Perhaps sent."""

    why: str


Answer = Accepted | NotSent | Refused | Unanswered

# --- reports of the mail service ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """One event of the mail service. `letter_id` is empty for mail that is not a letter of ours."""

    kind: Literal["send", "delivery", "delay", "bounce", "complaint", "reject", "open", "click"]
    at: str
    letter_id: str
    bounce: str = ""
    addresses: tuple[str, ...] = ()
    agent: str = ""  # of an opening or a click: what the reader's program calls itself
    link: str = ""  # of a click

    @property
    def suppresses(self) -> str:
        """The reason for sending these addresses no more letters; empty if they get letters."""
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
    # of its reader
    time_zone: str | None = None
    agreed_at: str = ""
    company_id: str = ""
    pages: Pages | None = None
    day: date | None = None  # of its slot, on which it spends the budget; None: the reader's day as it is sent
    # of the notification beside it; without a member there is none
    member_id: str = ""
    preview: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    page_url: str = ""
