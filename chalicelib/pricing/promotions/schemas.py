"""How far a promotion goes, as it is written and shown."""

from datetime import date
from typing import Literal, Self, get_args

from pydantic import ConfigDict, Field

from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.money import Amount, Money
from chalicelib.pricing.model import SelectionForm, Status
from chalicelib.pricing.promotions.model import BracketForm, OnTopForm, PromotionForm
from chalicelib.pricing.rules import Miss, Promotion
from chalicelib.pricing.schemas import explain


class UsedAnswer(Shown):
    """What orders took of a promotion with limits. What was rejected, cancelled or accepted with less counts no more; returns do."""

    uses: int = Field(description="Orders.")
    units: int
    cost: Money | None = Field(description="Of those that are sold in the budget's currency; null without a budget.")
    exhausted: bool = Field(description="Whether a limit is reached: prices are made without it.")


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
