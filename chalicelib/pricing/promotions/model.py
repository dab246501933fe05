"""The form of a promotion, which is also how it is stored."""

from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Sku
from chalicelib.platform import Written
from chalicelib.platform.fields import Currency, Day, Title
from chalicelib.platform.money import Amount
from chalicelib.pricing.model import Code, DiscountPercent, Positive, SelectionForm, in_order
from chalicelib.pricing.rules import Bracket, FreeGoods, FreeGoodsTerms, Limits, Promotion


class BudgetForm(Written):
    """The largest cost of a promotion. A unit costs its price without the promotion less its price with it."""

    amount: Amount = Field(gt=0, max_digits=14, decimal_places=2, examples=["100000.00"])
    currency: Currency


class PromotionLimitsForm(Written):
    """The limits of a promotion. Concurrent orders cannot exceed a limit; an order that is rejected or cancelled gives its part back."""

    uses: int | None = Field(default=None, ge=1, le=1_000_000_000, description="The largest number of orders.")
    units: int | None = Field(
        default=None, ge=1, le=1_000_000_000, description="The largest number of units sold at its price."
    )
    budget: BudgetForm | None = Field(
        default=None, description="The largest cost. The promotion does not hold for goods sold in another currency."
    )
    uses_per_company: int | None = Field(
        default=None, ge=1, le=1_000_000, description="The largest number of orders of one company."
    )

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise PydanticCustomError("limits", "Give at least one limit, or leave out `limits`.")
        return self

    def limits(self) -> Limits:
        amount, currency = (self.budget.amount, self.budget.currency) if self.budget else (None, "")
        return Limits(self.uses, self.units, amount, currency, self.uses_per_company)


MOST_BRACKETS = 10
_NAMED_LATER = "Taken from the catalogue when the promotion is approved."


class BracketForm(Written):
    """From this many units on, this percent off the base price."""

    from_quantity: int = Field(default=1, ge=1, le=1_000_000)
    percent: DiscountPercent


class FreeGoodsForm(Written):
    """Units of an article that cost nothing."""

    sku: Sku
    quantity: int = Field(ge=1, le=1_000_000)
    name: str = Field(default="", max_length=200, description=_NAMED_LATER)
    name_ru: str = Field(default="", max_length=200, description=_NAMED_LATER)
    unit: str = Field(default="", max_length=16, description=_NAMED_LATER)


class FreeGoodsTermsForm(Written):
    """Free goods for `buy` units of the promotion's goods in one order, once these are shipped and paid in time."""

    buy: int = Field(ge=1, le=1_000_000, examples=[100])
    free: FreeGoodsForm
    pay_by: Day | None = Field(default=None, description="The last day on which a payment is in time.")
    pay_within_days: int | None = Field(
        default=None,
        ge=0,
        le=365,
        description="Instead of `pay_by`: the number of days after each shipment.",
        examples=[14],
    )
    repeat: bool = Field(
        default=False, description="Whether the goods are given for each `buy` units; otherwise once per order."
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if (self.pay_by is None) == (self.pay_within_days is None):
            raise PydanticCustomError(
                "payment", "Give either a last day of payment or a number of days after a shipment."
            )
        return self

    def terms(self) -> FreeGoodsTerms:
        free = FreeGoods(**self.free.model_dump())
        return FreeGoodsTerms(self.buy, free, self.pay_by, self.pay_within_days, self.repeat)


class PromotionTerms(Written):
    """The goods of a promotion, its reward (brackets or free goods), and its conditions. A new kind of promotion adds its fields here."""

    model_config = ConfigDict(serialize_by_alias=True)

    goods: SelectionForm = SelectionForm()
    brackets: list[BracketForm] = Field(
        default=[],
        max_length=MOST_BRACKETS,
        examples=[
            [
                {"from_quantity": 6, "percent": "10"},
                {"from_quantity": 16, "percent": "20"},
                {"from_quantity": 31, "percent": "30"},
            ]
        ],
    )
    across_articles: bool = Field(
        default=False,
        description="Whether brackets count the units of all goods of the promotion in one order; otherwise those of each line by itself.",
    )
    on_top: FreeGoodsTermsForm | None = Field(
        default=None, description="Free goods instead of brackets.", examples=[None]
    )
    first: Day = Field(alias="from")
    last: Day = Field(alias="to", description="The last day.", examples=["2027-02-28"])
    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(
        default=[], max_length=12, description="The months of the year in which it holds (a season); all if empty."
    )
    least_window_sum: Positive | None = Field(
        default=None,
        description="For large clients: the lowest sum of purchases in the tier's window, in the club's currency. It "
        "holds for nobody whose account is in another.",
        examples=["50000.00"],
    )
    most_window_sum: Positive | None = Field(
        default=None,
        description="For small clients: the sum of purchases in the tier's window below which it holds, in the club's "
        "currency.",
        examples=["400000.00"],
    )
    tiers: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        default=[], max_length=10, description="The tiers for which it holds; all if empty."
    )
    display: bool = Field(
        default=False,
        description="A display deal: it holds for companies that display the goods in a shop, once their photo is approved, and for all "
        "companies of their INN.",
    )

    def terms(self) -> dict[str, Any]:
        """The terms as arguments of a `Promotion`."""
        return {
            "goods": self.goods.selection(),
            "brackets": tuple(Bracket(each.from_quantity, each.percent) for each in self.brackets),
            "across_articles": self.across_articles,
            "free_goods": self.on_top.terms() if self.on_top else None,
            "first": self.first,
            "last": self.last,
            "months": frozenset(self.months),
            "least_sum": self.least_window_sum,
            "most_sum": self.most_window_sum,
            "tiers": frozenset(self.tiers),
            "display": self.display,
        }

    @staticmethod
    def fields_of(promotion: Promotion) -> dict[str, Any]:
        """The fields, by name, that `terms` made the promotion from."""
        free_goods = promotion.free_goods
        return {
            "goods": SelectionForm.of(promotion.goods),
            "brackets": [each._asdict() for each in promotion.brackets],
            "across_articles": promotion.across_articles,
            "on_top": {**free_goods._asdict(), "free": free_goods.free._asdict()} if free_goods else None,
            "first": promotion.first,
            "last": promotion.last,
            "months": sorted(promotion.months),
            "least_window_sum": promotion.least_sum,
            "most_window_sum": promotion.most_sum,
            "tiers": sorted(promotion.tiers),
            "display": promotion.display,
        }


class PromotionForm(PromotionTerms):
    """A promotion with brackets or with free goods. Brackets rise in quantity and percent."""

    name: Title = Field(examples=["Autumn of LED panels"])
    name_ru: Title = Field(examples=["Осень панелей"])
    limits: PromotionLimitsForm | None = None
    best_sellers: Code | None = Field(
        default=None,
        description="The id of a finished list of best sellers. The approval adds its articles to the promotion's goods.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        in_order(self.first, self.last)
        if bool(self.brackets) == (self.on_top is not None):
            raise PydanticCustomError("brackets", "A promotion has either brackets or free goods.")
        if self.across_articles and not self.brackets:
            raise PydanticCustomError("brackets", "Free goods count all goods of the promotion as they are.")
        if self.on_top and self.on_top.pay_by and self.on_top.pay_by < self.last:
            raise PydanticCustomError("payment", "A company that orders on the last day must be able to pay in time.")
        if self.on_top and self.limits:
            raise PydanticCustomError("limits", "A promotion with free goods has no limits.")
        pairs = [(each.from_quantity, each.percent) for each in self.brackets]
        rising = all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pairs))
        if not rising:
            raise PydanticCustomError("brackets", "Quantities and percents of the brackets must rise.")
        if (
            self.least_window_sum is not None
            and self.most_window_sum is not None
            and self.most_window_sum <= self.least_window_sum
        ):
            raise PydanticCustomError("range", "No company has purchases in this range.")
        return self

    def promotion(self, promotion_id: str) -> Promotion:
        return Promotion(
            promotion_id=promotion_id,
            name=self.name,
            name_ru=self.name_ru,
            limits=self.limits.limits() if self.limits else None,
            **self.terms(),
        )
