"""Shipments as a file names them."""

from dataclasses import dataclass, field

MOST_SHIPMENTS = 100  # of a file


@dataclass
class FileShipment:
    """The rows of one order with one document. `line`: of the first of them in the file. `goods`: line, article, quantity; empty: all that is left."""

    line: int
    order: str
    document: str
    cells: dict[str, str]
    goods: list[tuple[int, str, str]] = field(default_factory=list)
