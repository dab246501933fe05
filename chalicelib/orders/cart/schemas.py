from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.orders.quoting.schemas import MOST_LINES, LineForm, OrderForm, OrderLineForm, QuoteLineView, QuoteView
from chalicelib.platform import Form, UnitPrice, View


class CartLineForm(OrderLineForm):
    """Without `unit_price` an unchanged line keeps the price at which it was added; any other line is added at today's price."""


class CartForm(Form):
    """The whole cart: its lines replace the former ones."""

    lines: list[CartLineForm] = Field(max_length=MOST_LINES)


class CartLinesForm(Form):
    """Lines to add to the cart. Quantities of an article that the cart holds already are added up."""

    lines: list[LineForm] = Field(min_length=1, max_length=MOST_LINES)


class CartQuery(Form):
    explain: bool = Field(default=False, description="Whether to explain each price by its rules.")


class PlaceForm(OrderForm):
    """Lines, or a version of the member's cart. Without `distributor_id`: the company's own distributor, else the first one of its region."""

    lines: list[OrderLineForm] = Field(
        default=[], max_length=MOST_LINES, examples=[[{"sku": "PN-P", "quantity": 6, "unit_price": "114.00"}]]
    )
    cart_version: int | None = Field(
        default=None,
        ge=1,
        le=10**9,
        description="Instead of `lines`: orders the lines of the cart at the prices at which they were added, and empties the cart.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _lines_or_cart(self) -> Self:
        if bool(self.lines) == (self.cart_version is not None):
            raise PydanticCustomError("one_of", "Give either lines, at least one, or cart_version.")
        return self


class CartLineView(QuoteLineView):
    """A line at today's price, with the price at which it was added."""

    put_in_at: UnitPrice = Field(description="Unit price at which the line was added.")
    price_changed: bool = Field(description="Whether today's price differs. Such a line cannot be ordered.")


class CartView(QuoteView):
    """The member's cart at today's prices."""

    version: int = Field(description="The `cart_version` of an order. 0: the cart was never used.")
    lines: list[CartLineView]  # type: ignore[assignment]  # pydantic narrows the field, which a list in Python does not
    can_be_ordered: bool = Field(
        description="Whether the cart has lines, none of them has an error or a changed price, and the sum before the discounts of promotions reaches the minimum."
    )


class CartAdditionView(View):
    """The added lines, as the cart holds them now."""

    version: int
    line_count: int = Field(description="Of the whole cart.")
    lines: list[CartLineView]
