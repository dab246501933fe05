"""Prices as they are shown; personal terms and promotions as they are written and shown; quotes."""

from datetime import date
from typing import Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.money import Amount, Money
from chalicelib.pricing.limit_schemas import UsedAnswer
from chalicelib.pricing.model import SelectionForm, Status
from chalicelib.pricing.promotion_model import BracketForm, OnTopForm, PromotionForm
from chalicelib.pricing.rules import Miss, Price, Promotion, Ruling
from chalicelib.pricing.terms_model import ContractForm
from chalicelib.pricing.wording import explain

MOST_CONTRACTS = 20

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
    def of(cls, ruling: Ruling, language: str) -> Self:
        return cls(name=ruling.rule, reason=explain(ruling, language))


class PriceAnswer(Shown):
    """The caller's own price of one unit, with the rule that made it and those that did not."""

    unit_price: Money
    rule: RuleAnswer
    rejected: list[RuleAnswer]

    @classmethod
    def of(cls, price: Price, language: str) -> Self:
        return cls(
            unit_price=Money(amount=price.unit_price, currency=price.currency),
            rule=RuleAnswer.of(price.chosen, language),
            rejected=[RuleAnswer.of(ruling, language) for ruling in price.rejected],
        )


# --- which goods, and from when until when ----------------------------------------------------------------------------


# --- personal terms ---------------------------------------------------------------------------------------------------


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
    def of(cls, promotion: Promotion, miss: Miss | None, language: str) -> Self:
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
            why_not=explain(promotion.refused(miss), language) if miss else None,
        )


class RunningPromotions(Shown):
    items: list[RunningPromotion]
