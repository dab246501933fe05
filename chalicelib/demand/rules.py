"""The demand of a member for an article that is out of stock, or for goods outside the catalogue. Pure.

    open ──answer──▶ answered       the article is in stock again, or the staff wrote
      │ ◀──repeat──┤
      └───cancel──▶ cancelled       by the member

A member has one demand for one thing, for ever: asking again changes an open demand, and reopens a closed one.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal


class DemandState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class DemandClosed(Exception):
    """The demand is answered or cancelled."""

    def __init__(self, state: DemandState) -> None:
        super().__init__(state)
        self.state = state


@dataclass(frozen=True, slots=True)
class DemandAnswer:
    """By `stock`: the article `sku` is in stock. By `staff`: the text of `member_id`, and the article that fits, if there is one."""

    by: Literal["stock", "staff"]
    at: str
    sku: str = ""
    text: str = ""
    member_id: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """A demand of a member: for an article, or described in `text`. `quantity` 0: not given."""

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
    def contribution(self) -> tuple[int, int]:
        """Demands and units that it adds to the count of its article."""
        return (1, self.quantity) if self.sku and self.state is DemandState.OPEN else (0, 0)


def normalised(text: str) -> str:
    """The text without differences in case and spaces."""
    return " ".join(text.casefold().split())


def ask(present: Demand | None, new: Demand) -> Demand:
    """The demand after the member asked, for the first time or again."""
    if present is None:
        return new
    if present.state is not DemandState.OPEN:
        return replace(new, version=present.version + 1)
    again = replace(present, quantity=new.quantity, note=new.note, text=new.text)
    return present if again == present else replace(again, version=present.version + 1)


def answer(demand: Demand, given: DemandAnswer) -> Demand:
    """Raises DemandClosed."""
    return replace(_close(demand, DemandState.ANSWERED, given.at), answered=given)


def cancel(demand: Demand, at: str) -> Demand:
    """Raises DemandClosed."""
    return _close(demand, DemandState.CANCELLED, at)


def _close(demand: Demand, state: DemandState, at: str) -> Demand:
    if demand.state is not DemandState.OPEN:
        raise DemandClosed(demand.state)
    return replace(demand, state=state, closed_at=at, version=demand.version + 1)


@dataclass(frozen=True, slots=True)
class DemandCount:
    """Open demands for an article, and their units, as far as given."""

    sku: str
    demands: int = 0
    units: int = 0
