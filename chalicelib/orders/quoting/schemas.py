from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from chalicelib.catalog import Sku
from chalicelib.orders.free_goods.schemas import FreeGoodsQuoteView
from chalicelib.orders.order.rules import MOST_UNITS, RequestedLine
from chalicelib.orders.order.schemas import LineStockView
from chalicelib.platform.fields import Identifier
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.http.problems import Fault
from chalicelib.platform.money import Money
from chalicelib.pricing import PriceView

MOST_LINES = 200

# --- what is asked ----------------------------------------------------------------------------------------------------


class LineForm(Form):
    sku: Sku
    quantity: int = Field(ge=1, le=MOST_UNITS)

    def asked(self) -> RequestedLine:
        return RequestedLine(self.sku, self.quantity)


class OrderLineForm(LineForm):
    unit_price: Decimal | None = Field(
        default=None,
        ge=0,
        max_digits=14,
        decimal_places=2,
        description="As it was quoted: where the price is another one by now, nothing is ordered and the new one is told.",
        examples=["114.00"],
    )


Without = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(
        default=[],
        max_length=20,
        description="Ids of promotions that shall make none of the prices: those of which too little is left, for one.",
    ),
]
WithoutOffers = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(default=[], max_length=20, description="Ids of offers that shall be kept for another order."),
]


class OrderForm(Form):
    """A cart. Without `distributor_id`: the company's own distributor, else the first one of its region."""

    lines: list[OrderLineForm] = Field(min_length=1, max_length=MOST_LINES)
    distributor_id: Identifier | None = None
    comment: str = Field(default="", max_length=1000)
    without_promotions: Without
    without_offers: WithoutOffers


class QuoteForm(Form):
    """A cart to be priced. Nothing is kept: the same cart has the same price until something changes."""

    lines: list[LineForm] = Field(min_length=1, max_length=MOST_LINES)
    explain: bool = Field(default=False, description="Whether each price comes with its rules.")
    without_promotions: Without
    without_offers: WithoutOffers


class QuoteLineView(Shown):
    """A line at today's price; or what is wrong with it."""

    sku: str
    quantity: int
    base_price: Money | None
    unit_price: Money | None
    amount: Money | None
    explanation: PriceView | None = Field(
        description="With `explain`: the rule that made the price and those that did not."
    )
    stock: LineStockView | None = Field(description="Null where nothing was counted.")
    warnings: list[Fault] = Field(description="Where there is less than is asked for, as far as is known: a hint.")
    errors: list[Fault] = Field(description="Where the line cannot be ordered like this.")


class QuoteView(Shown):
    """A cart at today's prices. `total` and `minimum_order` speak of the lines that have a price."""

    day: date
    lines: list[QuoteLineView]
    total: Money | None = Field(description="Null without a line that has a price.")
    minimum_order: Money | None = Field(description="Null where any order is large enough.")
    goods_on_top: list[FreeGoodsQuoteView]
    can_be_ordered: bool = Field(description="Whether no line has an error, and the total reaches the minimum.")
