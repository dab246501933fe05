"""Readings of a letter, one by one and together."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

ReadingKind = Literal["open", "click"]
Machine = Literal["hidden_link", "head", "network", "program", "too_soon", "burst"]


class Reading(NamedTuple):
    """One opening or click. `link`: the number of the link, 0 for the hidden one, -1 where there is none. `agent`: what the program calls itself.

    `is_head`: only the headers were asked for, as browsers never do. `from_scanner`: it came from a network of such programs; the address is not kept.
    """

    kind: ReadingKind
    at: str
    link: int
    agent: str
    is_head: bool = False
    from_scanner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The readings of a letter, judged. Times are those of the first ones by people; `links` are those that people clicked."""

    seen: int
    opens: int
    clicks: int
    machine_opens: int
    machine_clicks: int
    opened_at: str = ""
    clicked_at: str = ""
    links: tuple[int, ...] = ()
