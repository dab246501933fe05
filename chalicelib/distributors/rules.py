"""The stock of a distributor: figures of its warehouses. Pure.

A figure is the result of a count at a moment. Orders reserve binding stock; other stock is a hint.
"""

from typing import NamedTuple

from chalicelib.catalog import Stock, StockFigure


class DeliversFrom(NamedTuple):
    """The warehouses of a distributor, and whether their stock is binding. Without names: any warehouse, as a hint."""

    warehouses: frozenset[str] = frozenset()
    binding: bool = False

    def figures(self, stock: Stock) -> list[StockFigure]:
        return [each for each in stock.values() if not self.warehouses or each.warehouse in self.warehouses]


class Deliverer(NamedTuple):
    distributor_id: str
    name: str
    delivers_from: DeliversFrom
