"""A join of two companies.

moving ──▶ done ──▶ undoing ──▶ undone
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chalicelib.bonuses import Redemption


class JoinState(StrEnum):
    MOVING = "moving"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class CompanyJoin:
    """`company_id` turned out to be `into`.

    `customers`: of files, by source and key; `kpps`: under which the company was known; `people`: who acted for it; `took_inn`: the other one
    got its INN. `bonuses`: by lot, that no document explains; None before they go over. `waits_for`: a sentence, empty where all has followed.
    """

    join_id: str
    company_id: str
    into: str
    currency: str
    reason: str
    by: str
    at: str
    progress_at: str
    customers: tuple[tuple[str, str], ...]
    kpps: tuple[str, ...]
    people: tuple[str, ...]
    took_inn: bool = False
    state: JoinState = JoinState.MOVING
    bonuses: Mapping[date, Decimal] | None = None
    undone_by: str = ""
    undone_at: str = ""
    waits_for: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class OrderOfJoin:
    """An order that a join moved, with the company as the order named it. `waits`: its redemption and documents have yet to follow.

    `back`: it goes back, since the join is undone. `redemption`, `returning`: the one that pays for it, as it was on its way there and back.
    """

    join_id: str
    order_id: str
    distributor_id: str
    company_name: str
    company_inn: str = ""
    waits: bool = True
    back: bool = False
    redemption: Redemption | None = None
    returning: Redemption | None = None
