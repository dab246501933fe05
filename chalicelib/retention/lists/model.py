"""The list of a manager's calls for one day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.platform import Language
from chalicelib.retention.cases.model import CallAnswer, CallKind, SilenceReason

ListedState = Literal["open", "later", "skipped", "done"]


class Purchase(NamedTuple):
    day: date
    amount: Decimal


class OpenOrder(NamedTuple):
    """An order that is not closed, or has a request that waits."""

    order_id: str
    number: str
    state: str
    placed_at: str
    total: Decimal
    problem: str = ""


class Article(NamedTuple):
    """An article to speak about; `quantity` of the usual order."""

    sku: str
    names: Mapping[Language, str]
    quantity: int | None = None


class Acting(NamedTuple):
    """The part of a person in the company. `influence`: 1 decides, 2 supports, 3 influences."""

    role: str | None = None
    influence: int | None = None


class Talk(NamedTuple):
    """The last talk with the company: what it said, and what the club answered."""

    day: date
    reason: SilenceReason | None = None
    answer: CallAnswer | None = None
    note: str = ""
    offer_id: str | None = None


class Wish(NamedTuple):
    """Goods that the company asked for, and the answer: a text, an article that fits, or both."""

    sku: str
    text: str
    answer: str
    answer_sku: str


class TierToKeep(NamedTuple):
    """The tier in force; `falls_on` and the smallest purchase that averts it, where it will fall."""

    names: Mapping[Language, str]
    falls_on: date | None = None
    to_keep: Decimal | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """A company on the list, with what was known as the list was made. `people`: members to call, the first one first; `acting`: by member.

    `place`: by rank, from 1; `words`: the rhythm in a sentence. Articles: the usual order, its lines that cannot be ordered now, and the
    articles that are new for the company. `news`, `wish`: what the call is about, if it is about news, or about goods that were wished.
    """

    case_id: str
    company_id: str
    kind: CallKind
    place: int
    rank: Decimal
    due: date
    state: ListedState = "open"
    people: tuple[str, ...] = ()
    acting: Mapping[str, Acting] = field(default_factory=dict)
    words: Mapping[str, str]
    currency: str
    purchases: tuple[Purchase, ...] = ()
    orders: tuple[OpenOrder, ...] = ()
    tier: TierToKeep | None = None
    usual: tuple[Article, ...] = ()
    missing: tuple[Article, ...] = ()
    new: tuple[Article, ...] = ()
    news: Mapping[Language, str] | None = None
    below_lowest_step: bool = False
    talk: Talk | None = None
    wish: Wish | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallList:
    """`size`: how many calls it was made for; `ready`: the manager's ready cases, counted to a hundred; `oldest`: the earliest day of one."""

    manager_id: str
    day: date
    size: int
    calls: tuple[ListedCall, ...] = ()
    ready: int = 0
    oldest: date | None = None
    made_at: str
    version: int = 1

    @property
    def unfinished(self) -> int:
        return sum(call.state != "done" for call in self.calls)
