"""Forms and views of promotions."""

from datetime import date
from typing import Literal, Self, get_args

from pydantic import ConfigDict, Field

from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.money import Amount, Money
from chalicelib.pricing.model import SelectionForm, Status
from chalicelib.pricing.promotions.model import BracketForm, OnTopForm, PromotionForm
from chalicelib.pricing.rules import Miss, Promotion
from chalicelib.pricing.schemas import explain


class PromotionUsageView(Shown):
    """The use of a promotion with limits by orders. Rejected, cancelled and reduced orders give back their part; returns do not."""

    uses: int = Field(description="The number of orders.")
    units: int
    cost: Money | None = Field(description="The cost of units sold in the budget's currency; null without a budget.")
    exhausted: bool = Field(description="Whether a limit is reached: then the promotion makes no more prices.")


# --- promotions -------------------------------------------------------------------------------------------------------

PromotionState = Literal["draft", "approved", "running", "ended"]


class PromotionView(PromotionForm):
    """A promotion with its state."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    promotion_id: str
    state: PromotionState = Field(description="draft; approved, for one that begins later; running; ended.")
    created_at: str
    approved_at: str | None
    ended_on: date | None = Field(description="The first day without it, if it was ended before its last day.")
    used: PromotionUsageView | None = Field(description="The use of its limits; null without limits.")


class PromotionPage(Shown):
    """Latest last day first."""

    items: list[PromotionView]
    next_cursor: str | None


class PromotionApprovalForm(Form):
    confirm_short: bool = Field(
        default=False,
        description="Confirms a promotion shorter than three months, which leaves buyers little time to plan for it.",
    )


class EarlierPromotionView(Shown):
    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")


class PromotionWarningView(Shown):
    """Goods that were on promotion for more than half of the year before. Buyers take such a price for the usual one."""

    code: Literal["often_on_promotion"] = "often_on_promotion"
    detail: str
    skus: list[str] = Field(description="Up to 20 article numbers.")
    product_count: int
    promotions: list[EarlierPromotionView]


class PromotionApprovalView(Shown):
    promotion: PromotionView
    warnings: list[PromotionWarningView]


class RunningPromotionView(Shown):
    """A promotion as a partner sees it."""

    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str = Field(description="In the reader's language.")
    goods: SelectionForm
    brackets: list[BracketForm]
    on_top: OnTopForm | None = Field(description="Free goods instead of brackets.")
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    months: list[int] = Field(description="The months of the year in which it holds; all if empty.")
    tiers: list[str] = Field(description="The tiers for which it holds; all if empty.")
    least_window_sum: Amount | None = Field(description="The lowest sum of purchases in the tier's window.")
    most_window_sum: Amount | None = Field(
        description="The sum of purchases in the tier's window below which it holds."
    )
    display: bool = Field(description="Whether it is a display deal, which needs a photo of the goods in a shop.")
    for_you: bool = Field(
        description="Whether it holds for the company: for its tier and size, in this month, not used up and, for a display deal, with an "
        "approved photo."
    )
    why_not: str | None = Field(
        description="The reason why it does not hold, in the reader's language.",
        examples=["Promotion “Autumn”: is for other tiers."],
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


class RunningPromotionPage(Shown):
    items: list[RunningPromotionView]
