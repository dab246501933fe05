"""A disputed line of a statement, as it is kept. Pure."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Dispute:
    """The sum that the company has in its books for a line. `by`: the member who said so last."""

    line_id: str
    claimed: Decimal
    note: str
    by: str
    at: str
