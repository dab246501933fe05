"""The case of a company: the next contact that the club owes it, and why. Pure.

    waiting ──its day──▶ ready ──reached, not reached──▶ waiting, with a day
       ▲                   │ └──closed down──▶ ended
       └──the state of the company changes───┘   ended ──it orders again──▶ waiting

A company has one case, for ever: so there is always a next day or an end with its reason, and nobody can be on two lists.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from chalicelib.retention.states.rules import RhythmState


class CaseState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    ENDED = "ended"


class CaseCause(StrEnum):
    """The cause of the case's day: by plan, agreed with the company, for a meeting too, wished goods that arrived, a person to find."""

    PLAN = "plan"
    AGREED = "agreed"
    MEETING = "meeting"
    GOODS = "goods"
    PERSON = "person"


class CallKind(StrEnum):
    WIN_BACK = "win_back"
    EARLY_WARNING = "early_warning"
    GOODS_ARRIVED = "goods_arrived"
    FIND_CONTACT = "find_contact"
    FOLLOW_UP = "follow_up"
    MEETING = "meeting"
    REORDER = "reorder"
    NEW_YEAR = "new_year"
    SELL_THROUGH = "sell_through"
    NEWS = "news"
    SURVEY = "survey"
    CHECK_IN = "check_in"


class SilenceReason(StrEnum):
    """The reason for not buying, in the company's own words."""

    OUT_OF_STOCK = "out_of_stock"
    BAD_EXPERIENCE = "bad_experience"
    PRICE = "price"
    PERSON_LEFT = "person_left"
    CLOSED = "closed"
    NO_REASON = "no_reason"


class CallAnswer(StrEnum):
    """An answer of the club to a reason."""

    SOURCING_REQUEST = "sourcing_request"
    OFFER = "offer"
    DISPLAY_DEAL = "display_deal"
    FREE_DELIVERY = "free_delivery"
    FIND_CONTACT = "find_contact"
    BENEFITS_LETTER = "benefits_letter"
    LEAVE_ALONE = "leave_alone"


class NewContact(NamedTuple):
    """A person to speak to who is no member yet, as the company named them."""

    name: str
    phone: str | None = None
    email: str | None = None


Result = Literal["reached", "not_reached", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`due`: day of the next contact. `tries`: calls in a row that reached nobody. `listed_on`, `listed_by`: the last list that had it. `surveyed`: the day
    of the latest survey.

    `demand_id`: a wish whose answer makes the case ready, `answered` one whose answer did. `last_entry`: the latest entry of its history. `contact`: whom to call who is no
    member; until a member of the company is reached. `rank`: what is at stake, in the company's currency. `rank_in_club`: for a company in
    another currency than the club's, the sum in the club's currency by which it stands among the others. `left_out_until`: on no list before this day though ready, since its company is held out.
    """

    case_id: str
    company_id: str
    company_state: RhythmState
    manager_id: str | None = None
    state: CaseState = CaseState.WAITING
    due: date
    because: CaseCause = CaseCause.PLAN
    rank: Decimal = Decimal(0)
    rank_in_club: Decimal | None = None
    tries: int = 0
    reason: SilenceReason | None = None
    demand_id: str | None = None
    answered: str | None = None
    contact: NewContact | None = None
    last_contact: date | None = None
    surveyed: date | None = None
    listed_on: date | None = None
    listed_by: str | None = None
    left_out_until: date | None = None
    last_entry: str | None = None
    opened_on: date
    version: int = 0

    @property
    def is_quiet(self) -> bool:
        return self.company_state in (RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.LOST)

    @property
    def listed_by_sum(self) -> Decimal:
        """In the club's currency: sums in two currencies are not compared."""
        return self.rank if self.rank_in_club is None else self.rank_in_club

    @property
    def closed_down(self) -> bool:
        return self.state is CaseState.ENDED and self.reason is SilenceReason.CLOSED

    @property
    def was_joined(self) -> bool:
        """True where the case ended because the company turned out to be another one, and not because it closed down."""
        return self.state is CaseState.ENDED and self.reason is not SilenceReason.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a case's history, never changed but by the erasure of a person. `next_day` None: the case ended, or the call is tried again the same day.

    `…_before`: of the case, so that a correction begins where this entry began; `contact_before` is the day of its last contact, `person_before`
    whom to call who is no member.
    """

    entry_id: str
    case_id: str
    company_id: str
    by: str
    at: str
    day: date
    kind: CallKind
    result: Result
    reason: SilenceReason | None = None
    answer: CallAnswer | None = None
    note: str = ""
    person_id: str | None = None
    next_day: date | None = None
    offer_id: str | None = None
    demand_id: str | None = None
    promotion_id: str | None = None
    handed_to: str | None = None
    corrects: str | None = None
    tries_before: int = 0
    contact_before: date | None = None
    reason_before: SilenceReason | None = None
    because_before: CaseCause = CaseCause.PLAN
    demand_before: str | None = None
    answered_before: str | None = None
    surveyed_before: date | None = None
    person_before: NewContact | None = None
