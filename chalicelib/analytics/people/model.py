"""A quarter of the club's people. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeopleQuarter:
    """The people of partners in a quarter, up to the day `until`. The staff and the distributors' people are in no figure.

    `joined`: members who joined in it; `members`: all members; `complete`: those whose profile opens the cabinet; `active`: who used the club;
    `visits`: days of a member on which they did; `as_of`: the moment of the count.
    """

    quarter: str
    until: str
    joined: int
    members: int
    complete: int
    active: int
    visits: int
    as_of: str = ""
