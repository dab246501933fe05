"""A member's cart as it is asked for and shown."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.orders.quoting.schemas import MOST_LINES, LineForm, OrderForm, OrderLineForm, QuoteLineView, QuoteView
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.money import Money


class CartLineForm(OrderLineForm):
    """Without `unit_price`: a line that stays as it was keeps the price that it was put in at, any other one is put in at today's."""


class CartForm(Form):
    """The cart, whole: it replaces what lay in it."""

    lines: list[CartLineForm] = Field(max_length=MOST_LINES)


class CartLinesForm(Form):
    """What is put into the cart beside what lies in it; more of what lies in it already is added up."""

    lines: list[LineForm] = Field(min_length=1, max_length=MOST_LINES)


class CartQuery(Form):
    explain: bool = Field(default=False, description="Whether each price comes with its rules.")


class PlaceForm(OrderForm):
    """Lines, or the member's cart as it was seen. Without `distributor_id`: the company's own, else the first one of its region."""

    lines: list[OrderLineForm] = Field(
        default=[], max_length=MOST_LINES, examples=[[{"sku": "LMP-0042", "quantity": 6, "unit_price": "114.00"}]]
    )
    cart_version: int | None = Field(
        default=None,
        ge=1,
        le=10**9,
        description="Instead of `lines`: orders what lies in the cart, at the prices it was put in at, and empties it.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _lines_or_cart(self) -> Self:
        if bool(self.lines) == (self.cart_version is not None):
            raise PydanticCustomError("one_of", "Give either lines or cart_version.")
        return self


class CartLineView(QuoteLineView):
    """A line at today's price, and the price that it was put in at."""

    put_in_at: Money = Field(description="Unit price.")
    price_changed: bool = Field(description="Whether today's price is another one. Such a line is not ordered.")


class CartView(QuoteView):
    """The member's cart at today's prices."""

    version: int = Field(description="`cart_version` of an order. 0: nothing was ever put in.")
    lines: list[CartLineView]  # type: ignore[assignment]  # pydantic narrows the field, which a list in Python does not
    can_be_ordered: bool = Field(
        description="Whether there are lines, none has an error or another price, and the total reaches the minimum."
    )


class CartAdditionView(Shown):
    """What was put in, as it lies in the cart now."""

    version: int
    line_count: int = Field(description="Of the whole cart.")
    lines: list[CartLineView]
