"""Prices as they are shown; personal terms and promotions as they are written and shown; quotes."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, ConfigDict, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform.config import Config
from chalicelib.platform.http import Day, Form, Shown
from chalicelib.platform.money import Amount, Money
from chalicelib.pricing.limit_schemas import PromotionLimits, UsedAnswer
from chalicelib.pricing.rules import (
    Bracket,
    Contract,
    Discount,
    FreeGoods,
    Miss,
    OnTop,
    Price,
    Promotion,
    Ruling,
    Selection,
    plain,
)
from chalicelib.pricing.wording import explain

MOST_CONTRACTS = 20
MOST_AGREED = 500  # prices and discounts of one contract
MOST_NAMED = 500  # articles, categories or brands of one selection
MOST_BRACKETS = 10

_NAMED_LATER = "As the catalogue has it: filled in when the promotion is approved."
Sku = Annotated[str, Field(min_length=1, max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
Percent = Annotated[
    Decimal,
    Field(gt=0, lt=100, max_digits=4, decimal_places=2, examples=["10"]),
    PlainSerializer(plain, return_type=str, when_used="json"),
]
Positive = Annotated[Amount, Field(ge=0, max_digits=14, decimal_places=2, examples=["1234.50"])]


# --- a price ----------------------------------------------------------------------------------------------------------


class RuleAnswer(Shown):
    """A price rule and what it said."""

    name: str = Field(
        description="base_price, tier_price, tier_discount, personal_discount, personal_price, promotion, offer; or stack: "
        "discounts taken off one after the other.",
        examples=["tier_discount"],
    )
    reason: str = Field(description="In the reader's language.", examples=["Tier Silver: 5 % off the base price."])

    @classmethod
    def of(cls, ruling: Ruling, language: str, config: Config) -> Self:
        return cls(name=ruling.rule, reason=explain(ruling, language, config))


class PriceAnswer(Shown):
    """The caller's own price of one unit, with the rule that made it and those that did not."""

    unit_price: Money
    rule: RuleAnswer
    rejected: list[RuleAnswer]

    @classmethod
    def of(cls, price: Price, language: str, config: Config) -> Self:
        return cls(
            unit_price=Money(amount=price.unit_price, currency=price.currency),
            rule=RuleAnswer.of(price.chosen, language, config),
            rejected=[RuleAnswer.of(ruling, language, config) for ruling in price.rejected],
        )


# --- which goods, and from when until when ----------------------------------------------------------------------------


def _unique(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise PydanticCustomError("repeated", "Each one once.")
    return names


Names = Annotated[list[Code], AfterValidator(_unique), Field(max_length=MOST_NAMED)]


Status = Literal["normal", "overstock", "modernised"]


class SelectionForm(Form):
    """Which goods: those that are named in any of the three ways, or all where none is; then only those of the statuses or the own
    brand, where that is asked for. A category includes those below it."""

    skus: Names = Field(default=[])
    categories: Names = Field(default=[])
    brands: Names = Field(default=[])
    statuses: list[Status] = Field(default=[], max_length=3)
    own_brand: bool = False

    def selection(self) -> Selection:
        return Selection(
            skus=frozenset(self.skus),
            categories=frozenset(self.categories),
            brands=frozenset(self.brands),
            statuses=frozenset(self.statuses),
            own_brand=self.own_brand,
        )


def _in_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise PydanticCustomError("range", "The last day is before the first.")


# --- personal terms ---------------------------------------------------------------------------------------------------


class AgreedPrice(Form):
    sku: Sku
    price: Positive = Field(description="Of one unit, VAT included, in the company's currency.")


class AgreedDiscount(Form):
    """Of several that name the same goods, the one that names them most closely counts: article, category, brand, everything."""

    goods: SelectionForm = SelectionForm()
    percent: Percent


class ContractForm(Form):
    """What was agreed with a company under one contract."""

    model_config = ConfigDict(serialize_by_alias=True)

    number: str = Field(min_length=1, max_length=64, examples=["K-2026/17"])
    first: Day = Field(alias="from", description="The first day on which it holds.")
    last: Day | None = Field(default=None, alias="to", description="The last day; open without it.")
    prices: list[AgreedPrice] = Field(default=[], max_length=MOST_AGREED)
    discounts: list[AgreedDiscount] = Field(default=[], max_length=MOST_AGREED)
    minimum_order: Positive | None = Field(default=None, description="Instead of the club's own.")
    deferral_days: int | None = Field(default=None, ge=0, le=365, description="Days to pay after a shipment.")
    credit_limit: Positive | None = Field(default=None, description="Of what may be owed at any time.")

    @model_validator(mode="after")
    def _holds(self) -> Self:
        _in_order(self.first, self.last)
        if len({each.sku for each in self.prices}) < len(self.prices):
            raise PydanticCustomError("repeated", "Each article has one price in a contract.")
        return self

    def contract(self) -> Contract:
        return Contract(
            number=self.number,
            first=self.first,
            last=self.last,
            prices={each.sku: each.price for each in self.prices},
            discounts=tuple(Discount(each.goods.selection(), each.percent) for each in self.discounts),
            minimum_order=self.minimum_order,
            deferral_days=self.deferral_days,
            credit_limit=self.credit_limit,
        )


class TermsForm(Form):
    """All contracts of a company, as a whole."""

    contracts: list[ContractForm] = Field(max_length=MOST_CONTRACTS)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.number for each in self.contracts}) < len(self.contracts):
            raise PydanticCustomError("repeated", "Each contract once.")
        return self


class Terms(Shown):
    """The personal terms of a company."""

    currency: str
    contracts: list[ContractForm]


# --- promotions -------------------------------------------------------------------------------------------------------

State = Literal["draft", "approved", "running", "ended"]


class BracketForm(Form):
    """From this many units of a line on, this percent off the base price."""

    from_quantity: int = Field(default=1, ge=1, le=1_000_000)
    percent: Percent


class FreeGoodsForm(Form):
    """So many units of an article that cost nothing."""

    sku: Sku
    quantity: int = Field(ge=1, le=1_000_000)
    name: str = Field(default="", max_length=200, description=_NAMED_LATER)
    name_ru: str = Field(default="", max_length=200, description=_NAMED_LATER)
    unit: str = Field(default="", max_length=16, description=_NAMED_LATER)


class OnTopForm(Form):
    """Goods on top instead of a lower price: for `buy` units of the promotion's goods in one order, once they are shipped and paid in time."""

    buy: int = Field(ge=1, le=1_000_000, examples=[100])
    free: FreeGoodsForm
    pay_by: Day | None = Field(default=None, description="The last day on which a payment is in time.")
    pay_within_days: int | None = Field(
        default=None, ge=0, le=365, description="Instead of `pay_by`: so many days after each shipment.", examples=[14]
    )
    repeat: bool = Field(default=False, description="For each `buy` units again; once an order without it.")

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if (self.pay_by is None) == (self.pay_within_days is None):
            raise PydanticCustomError("payment", "Give a day to pay by, or so many days after a shipment.")
        return self

    @classmethod
    def of(cls, on_top: OnTop) -> Self:
        return cls.model_validate({**on_top._asdict(), "free": on_top.free._asdict()})

    def on_top(self) -> OnTop:
        free = FreeGoods(**self.free.model_dump())
        return OnTop(self.buy, free, self.pay_by, self.pay_within_days, self.repeat)


class PromotionForm(Form):
    """A promotion, with brackets or with goods on top. Brackets rise: more units, more percent."""

    model_config = ConfigDict(serialize_by_alias=True)

    name: str = Field(min_length=1, max_length=200, examples=["Autumn of LED panels"])
    name_ru: str = Field(min_length=1, max_length=200, examples=["Осень панелей"])
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
    on_top: OnTopForm | None = Field(
        default=None, description="Instead of brackets: goods that come on top.", examples=[None]
    )
    first: Day = Field(alias="from")
    last: Day = Field(alias="to", description="The last day.", examples=["2027-02-28"])
    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(
        default=[], max_length=12, description="Only in these months of the year (a season); all of them without it."
    )
    least_window_sum: Positive | None = Field(
        default=None,
        description="For large clients: purchases in the tier's window from this sum on.",
        examples=["50000.00"],
    )
    most_window_sum: Positive | None = Field(
        default=None,
        description="For small clients: purchases in the tier's window below this sum.",
        examples=["400000.00"],
    )
    tiers: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        default=[], max_length=10, description="Only for these tiers."
    )
    limits: PromotionLimits | None = None
    display: bool = Field(
        default=False,
        description="A display deal: for companies that display the goods in a shop, once their photo is approved, and for all "
        "companies of their INN.",
    )
    best_sellers: Code | None = Field(
        default=None,
        description="A list of best sellers, which is done: with the approval, the articles on it are the promotion's goods too.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        _in_order(self.first, self.last)
        if bool(self.brackets) == (self.on_top is not None):
            raise PydanticCustomError("brackets", "A promotion has brackets, or goods on top.")
        if self.on_top and self.on_top.pay_by and self.on_top.pay_by < self.last:
            raise PydanticCustomError("payment", "Who orders on the last day must be able to pay in time.")
        if self.on_top and self.limits:
            raise PydanticCustomError("limits", "Goods on top are promised without a limit.")
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
            goods=self.goods.selection(),
            brackets=tuple(Bracket(each.from_quantity, each.percent) for each in self.brackets),
            first=self.first,
            last=self.last,
            months=frozenset(self.months),
            least_sum=self.least_window_sum,
            most_sum=self.most_window_sum,
            tiers=frozenset(self.tiers),
            on_top=self.on_top.on_top() if self.on_top else None,
            limits=self.limits.limits() if self.limits else None,
            display=self.display,
        )


class PromotionAnswer(PromotionForm):
    """A promotion with what became of it."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    promotion_id: str
    state: State = Field(description="draft; approved: to come; running; ended.")
    created_at: str
    approved_at: str | None
    ended_on: date | None = Field(description="Where it was ended before its last day: the first day without it.")
    used: UsedAnswer | None = Field(description="What orders took of its limits; null without limits.")


class PromotionPage(Shown):
    """Latest last day first."""

    items: list[PromotionAnswer]
    next_cursor: str | None


class ApproveForm(Form):
    confirm_short: bool = Field(
        default=False,
        description="Yes, it shall be shorter than three months: buyers will hardly have time to plan for it.",
    )


class EarlierPromotion(Shown):
    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")


class PromotionWarning(Shown):
    """Goods that were on promotion for more than half of the year before: buyers take such a price for the usual one."""

    code: Literal["often_on_promotion"] = "often_on_promotion"
    detail: str
    skus: list[str] = Field(description="Up to 20 of them.")
    product_count: int
    promotions: list[EarlierPromotion]


class Approval(Shown):
    promotion: PromotionAnswer
    warnings: list[PromotionWarning]


class RunningPromotion(Shown):
    """A promotion as a partner sees it."""

    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str = Field(description="In the reader's language.")
    goods: SelectionForm
    brackets: list[BracketForm]
    on_top: OnTopForm | None = Field(description="Instead of brackets: goods that come on top.")
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    months: list[int] = Field(description="Only in these months of the year; all of them where it names none.")
    tiers: list[str] = Field(description="Only for these tiers; for everybody where it names none.")
    least_window_sum: Amount | None = Field(description="For purchases in the tier's window from this sum on.")
    most_window_sum: Amount | None = Field(description="For purchases in the tier's window below this sum.")
    display: bool = Field(description="A display deal: send a photo of the goods in a shop.")
    for_you: bool = Field(
        description="Whether it makes prices for the company: meant for its tier and size, in this month, granted where it is a display "
        "deal, and not used up."
    )
    why_not: str | None = Field(
        description="In the reader's language.", examples=["Promotion “Autumn”: is for other tiers."]
    )

    @classmethod
    def of(cls, promotion: Promotion, miss: Miss | None, language: str, config: Config) -> Self:
        """`miss`: why it gives the company nothing."""
        goods = promotion.goods
        return cls(
            promotion_id=promotion.promotion_id,
            name=promotion.name_ru if language == "ru" else promotion.name,
            goods=SelectionForm(
                skus=sorted(goods.skus),
                categories=sorted(goods.categories),
                brands=sorted(goods.brands),
                statuses=[status for status in get_args(Status) if status in goods.statuses],
                own_brand=goods.own_brand,
            ),
            brackets=[
                BracketForm(from_quantity=each.from_quantity, percent=each.percent) for each in promotion.brackets
            ],
            on_top=OnTopForm.of(promotion.on_top) if promotion.on_top else None,
            first=promotion.first,
            last=promotion.last,
            months=sorted(promotion.months),
            tiers=sorted(promotion.tiers),
            least_window_sum=promotion.least_sum,
            most_window_sum=promotion.most_sum,
            display=promotion.display,
            for_you=miss is None,
            why_not=explain(promotion.refused(miss), language, config) if miss else None,
        )


class RunningPromotions(Shown):
    items: list[RunningPromotion]
