"""Rules of a hand-over of many companies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

FIRST_NAMES = 20  # of companies that a letter lists


class Outcome(StrEnum):
    """The end of one company's hand-over. `CHANGED`: it keeps its manager, and has another region or distributor."""

    HANDED_OVER = "handed_over"
    CHANGED = "changed"
    NO_MANAGER_OF_REGION = "no_manager_of_region"
    HAS_ANOTHER_MANAGER = "has_another_manager"
    CHANGED_MEANWHILE = "changed_meanwhile"
    RECEIVER_LEFT = "receiver_left"


class Row(NamedTuple):
    """A company of a hand-over, as the list shows it. Empty: it keeps what it has. `was`: what a file changes, as it was when the file came."""

    company_id: str
    name: str
    inn: str
    region: str
    to_manager: str
    outcome: str
    distributor_id: str = ""
    was: Mapping[str, str | None] | None = None

    @property
    def changes(self) -> dict[str, str]:
        given = {"manager_id": self.to_manager, "region": self.region, "distributor_id": self.distributor_id}
        return {name: value for name, value in given.items() if value}


@dataclass(slots=True)
class Received:
    """The companies that one manager received."""

    companies: int = 0
    names: list[str] = field(default_factory=list)


def received(rows: Iterable[Row]) -> dict[str, Received]:
    """The companies by the manager who received them."""
    found: dict[str, Received] = {}
    for row in rows:
        if row.outcome == Outcome.HANDED_OVER:
            each = found.setdefault(row.to_manager, Received())
            each.companies += 1
            if len(each.names) < FIRST_NAMES:
                each.names.append(row.name)
    return found
