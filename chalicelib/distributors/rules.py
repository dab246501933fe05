"""How much of an article a distributor has, as the figures of its warehouses say. Pure.

A figure is what was counted at a moment. Where the distributor's stock is binding, orders reserve it (`reservations`); else it is a hint.
"""

from typing import NamedTuple

from chalicelib.catalog import Stock, StockFigure


class DeliversFrom(NamedTuple):
    """The warehouses of a distributor, and whether orders are bound by what they have. None named: any warehouse, as a hint."""

    warehouses: frozenset[str] = frozenset()
    binding: bool = False

    def figures(self, stock: Stock) -> list[StockFigure]:
        return [each for each in stock.values() if not self.warehouses or each.warehouse in self.warehouses]


class Deliverer(NamedTuple):
    distributor_id: str
    name: str
    delivers_from: DeliversFrom
