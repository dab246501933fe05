"""Distributors with their regions and warehouses."""

from pydantic import Field

from chalicelib.distributors.rules import Deliverer, DeliversFrom
from chalicelib.platform import Language, Record


class DeliveryStock(Record):
    warehouses: list[str] = Field(default=[])
    binding: bool = False

    @property
    def delivers_from(self) -> DeliversFrom:
        return DeliversFrom(frozenset(self.warehouses), self.binding)


class ServedRegion(Record):
    region: str
    priority: int


class Distributor(Record):
    """A distributor. `email` and `language` are those of its letters; `phone` E.164, `hours` in its own words, both may be empty."""

    distributor_id: str
    name: str
    email: str
    language: Language
    phone: str = ""
    hours: str = ""
    regions: list[ServedRegion]
    stock: DeliveryStock = DeliveryStock()
    created_at: str
    version: int

    @property
    def deliverer(self) -> Deliverer:
        return Deliverer(self.distributor_id, self.name, self.stock.delivers_from)
