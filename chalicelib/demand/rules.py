"""A partner's wish for what cannot be ordered: an article that is not there, or something that the club does not sell. Pure.

    open ──answer──▶ answered       the article is in stock again, or the staff wrote
      │ ◀──wish again──┤
      └───cancel──▶ cancelled       by the member

A member's wish for one thing is one, for ever: the same wish again changes it while it is open, and opens it again after that.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


class DemandState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class DemandClosed(Exception):
    """Nobody waits for an answer any more."""

    def __init__(self, state: DemandState) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class DemandAnswer:
    """By `stock`: the article `sku` is there. By `staff`: what `member_id` wrote, and perhaps the article that fits."""

    by: Literal["stock", "staff"]
    at: str
    sku: str = ""
    text: str = ""
    member_id: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a member wishes for: an article, or without `sku` something in words. `quantity` 0: not said."""

    demand_id: str
    company_id: str
    member_id: str
    sku: str
    text: str
    quantity: int
    note: str
    opened_at: str
    state: DemandState = DemandState.OPEN
    answered: DemandAnswer | None = None
    closed_at: str = ""
    version: int = 1

    @property
    def counted(self) -> tuple[int, int]:
        """What it adds to the count of its article: demands and units."""
        return (1, self.quantity) if self.sku and self.state is DemandState.OPEN else (0, 0)


def normalised(text: str) -> str:
    """The same words are the same wish, however they are spaced and capitalised."""
    return " ".join(text.casefold().split())


def wished(known: Demand | None, wish: Demand) -> Demand:
    """What becomes of the member's wish when they say it (again)."""
    if known is None:
        return wish
    if known.state is not DemandState.OPEN:
        return replace(wish, version=known.version + 1)
    again = replace(known, quantity=wish.quantity, note=wish.note, text=wish.text)
    return known if again == known else replace(again, version=known.version + 1)


def answered(demand: Demand, answer: DemandAnswer) -> Demand:
    """Raises NotOpen."""
    return replace(_closed(demand, DemandState.ANSWERED, answer.at), answered=answer)


def cancelled(demand: Demand, at: str) -> Demand:
    """Raises NotOpen."""
    return _closed(demand, DemandState.CANCELLED, at)


def _closed(demand: Demand, state: DemandState, at: str) -> Demand:
    if demand.state is not DemandState.OPEN:
        raise DemandClosed(demand.state)
    return replace(demand, state=state, closed_at=at, version=demand.version + 1)


@dataclass(frozen=True, slots=True)
class DemandCount:
    """How many wait for an article, and for how many units of it (as far as they said)."""

    sku: str
    demands: int = 0
    units: int = 0
