"""How much of an article a distributor has, as the figures of its warehouses say. Pure.

A figure is what was counted at a moment. Where the distributor's stock is binding, orders reserve it (`reservations`); else it is a hint.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from chalicelib.catalog import Figure, Stock


class DeliversFrom(NamedTuple):
    """The warehouses of a distributor, and whether orders are bound by what they have. None named: any warehouse, as a hint."""

    warehouses: frozenset[str] = frozenset()
    binding: bool = False

    def figures(self, stock: Stock) -> list[Figure]:
        return [each for each in stock.values() if not self.warehouses or each.warehouse in self.warehouses]


class Deliverer(NamedTuple):
    distributor_id: str
    name: str
    delivers_from: DeliversFrom


class Available(NamedTuple):
    """So many units, as of a moment; without one nothing was ever counted."""

    units: int
    at: datetime | None


def counted(figures: Iterable[Figure]) -> Available:
    """Whole units of all figures together, as of when they all hold: the oldest.

    An empty warehouse does not hold the others back: nothing can have left it since. Where all are empty, the newest.
    """
    every = list(figures)
    if not every:
        return Available(0, None)
    filled = [each.at for each in every if each.quantity > 0]
    return Available(
        int(sum((each.quantity for each in every), Decimal(0))),
        min(filled) if filled else max(each.at for each in every),
    )
