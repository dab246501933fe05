from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Sku
from chalicelib.orders.free_goods.schemas import FreeGoodsQuoteView
from chalicelib.orders.order.model import DeliveryMethod
from chalicelib.orders.order.rules import MOST_UNITS, RequestedLine
from chalicelib.orders.order.schemas import LineStockView
from chalicelib.platform import ONE_LINE_OR_NONE, Day, Fault, Form, Identifier, Money, UnitPrice, View
from chalicelib.pricing import PriceView

MOST_LINES = 200


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
        decimal_places=4,
        description="The quoted price. The order is refused with the new price if it changed since.",
        examples=["114.00"],
    )


Without = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(
        default=[],
        max_length=20,
        description="Ids of promotions to leave out of the prices, such as those whose limits leave no room.",
    ),
]
WithoutOffers = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(default=[], max_length=20, description="Ids of offers to keep for another order."),
]


class OrderDeliveryForm(Form):
    """The delivery that the company wishes for. The distributor reads it; it is no condition of the order."""

    method: DeliveryMethod = Field(
        description="`carrier`: brought to the address. `pickup`: fetched at the distributor's warehouse."
    )
    address_id: Annotated[Identifier | None, Field(validate_default=True)] = Field(
        default=None, description="A delivery address of the company; needed for `carrier`."
    )
    wished_on: Day | None = Field(default=None, description="Wished day; null: as soon as possible.", examples=[None])
    partial_shipment: bool = Field(default=True, description="Whether the goods may come in parts.")

    @field_validator("address_id")
    @classmethod
    def _fits_the_method(cls, address_id: str | None, info: ValidationInfo) -> str | None:
        method = info.data.get("method")
        if method is DeliveryMethod.CARRIER and address_id is None:
            raise PydanticCustomError("address_required", "A carrier needs a delivery address.")
        if method is DeliveryMethod.PICKUP and address_id is not None:
            raise PydanticCustomError("address_not_expected", "A pick-up has no delivery address.")
        return address_id


BuyerOrderNumber = Annotated[
    str,
    Field(
        max_length=64,
        pattern=ONE_LINE_OR_NONE,
        description="The company's own number of the order, for the distributor's documents.",
        examples=["PO-2026-118"],
    ),
]


class OrderForm(Form):
    """A cart. Without `distributor_id`: the company's own distributor, else the first one of its region."""

    lines: list[OrderLineForm] = Field(description="Each article once.", min_length=1, max_length=MOST_LINES)
    distributor_id: Identifier | None = None
    comment: str = Field(default="", max_length=1000)
    buyer_order_number: BuyerOrderNumber = ""
    delivery: OrderDeliveryForm | None = Field(
        default=None, description="The wished delivery; null: no wishes.", examples=[{"method": "pickup"}]
    )
    without_promotions: Without
    without_offers: WithoutOffers


class QuoteForm(Form):
    """A cart to price. Nothing is stored."""

    lines: list[LineForm] = Field(description="Each article once.", min_length=1, max_length=MOST_LINES)
    explain: bool = Field(default=False, description="Whether to explain each price by its rules.")
    without_promotions: Without
    without_offers: WithoutOffers


class QuoteLineView(View):
    """A line at today's price, with its faults."""

    sku: str
    quantity: int
    base_price: Money | None
    unit_price: UnitPrice | None
    amount: Money | None
    explanation: PriceView | None = Field(
        description="With `explain`: the rule that made the price and the rejected rules."
    )
    stock: LineStockView | None = Field(description="Null without a stock count.")
    warnings: list[Fault] = Field(
        description="Given where stock is lower than the quantity. A hint: the line can be ordered."
    )
    errors: list[Fault] = Field(description="Faults for which the line cannot be ordered.")


class QuoteView(View):
    """A cart at today's prices. `total` and `minimum_order` cover the lines that have a price."""

    day: date
    lines: list[QuoteLineView] = Field(description="In the order of the request.")
    total: Money | None = Field(description="Null if no line has a price.")
    minimum_order: Money | None = Field(description="Smallest order of the company; null if there is none.")
    goods_on_top: list[FreeGoodsQuoteView] = Field(description="Free goods that the cart brings, or nearly brings.")
    free_delivery: bool = Field(description="Whether an offer makes the delivery by carrier free.")
    can_be_ordered: bool = Field(
        description="Whether no line has an error and the sum before the discounts of promotions reaches the minimum."
    )
