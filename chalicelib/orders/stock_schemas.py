"""Where a distributor delivers from, and what there is of a line, as they are asked for and shown."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Warehouse
from chalicelib.orders.stock import Available
from chalicelib.platform import clock
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.http.problems import Fault

MOST_WAREHOUSES = 20


class DeliveryStockForm(Form):
    """Where the distributor delivers from. Binding: an order reserves what it asks for, and is refused where there is too little."""

    warehouses: list[Warehouse] = Field(default=[], max_length=MOST_WAREHOUSES)
    binding: bool = Field(
        default=False, description="Else stock is a hint. A warehouse whose stock is binding is one distributor's."
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if len(set(self.warehouses)) < len(self.warehouses):
            raise PydanticCustomError("repeated", "Each one once.")
        if self.binding and not self.warehouses:
            raise PydanticCustomError("warehouses", "Name the warehouses whose stock is binding.")
        return self


class LineStock(Shown):
    """What there is of a line's goods, where they are delivered from."""

    available: int = Field(description="Whole units; less what other orders reserve, where stock is binding.")
    at: str | None = Field(description="When it was counted; null where it never was.")
    binding: bool = Field(
        description="Whether an order reserves it. Else it is a hint, and no order is refused for it."
    )

    @classmethod
    def of(cls, available: Available, *, binding: bool) -> Self:
        at = clock.stamp(available.at) if available.at else None
        return cls(available=available.units, at=at, binding=binding)


def too_little(place: int, quantity: int, available: Available | None) -> list[Fault]:
    """What is to be said of a line of which there is less than is asked for."""
    if available is None or quantity <= available.units:
        return []
    counted = f", as of {clock.stamp(available.at)}" if available.at else ""
    detail = f"There are {available.units} of it{counted}."
    return [Fault(pointer=f"/lines/{place}/quantity", code="out_of_stock", detail=detail)]
