from datetime import date
from typing import Literal, Self

from pydantic import ConfigDict, Field

from chalicelib.platform import Form, ListPage, Money, View, narrowed
from chalicelib.pricing.promotions.model import PromotionForm, PromotionTerms
from chalicelib.pricing.rules import Obstacle, Promotion
from chalicelib.pricing.schemas import explain


class PromotionUsageView(View):
    """The use of a promotion with limits by orders. Rejected, cancelled and reduced orders give back their part; returns do not."""

    uses: int = Field(description="The number of orders.")
    units: int
    cost: Money | None = Field(description="The cost of units sold in the budget's currency; null without a budget.")
    exhausted: bool = Field(description="Whether a limit is reached: then the promotion makes no more prices.")


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


PromotionsQuery = narrowed(PromotionView, same=("state", "display"), words=("name", "name_ru"), day=("first", "last"))


class PromotionPage(ListPage[PromotionView]):
    """Latest last day first."""


class PromotionApprovalForm(Form):
    confirm_short: bool = Field(
        default=False,
        description="Confirms a promotion shorter than three months, which leaves buyers little time to plan for it.",
    )


class EarlierPromotionView(View):
    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")


class PromotionWarningView(View):
    """Goods that were on promotion for more than half of the year before. Buyers take such a price for the usual one."""

    code: Literal["often_on_promotion"] = "often_on_promotion"
    detail: str
    skus: list[str] = Field(description="Up to 20 article numbers.")
    product_count: int = Field(description="The number of such products.")
    promotions: list[EarlierPromotionView] = Field(description="Those of the year before.")


class PromotionApprovalView(View):
    promotion: PromotionView
    warnings: list[PromotionWarningView]


class RunningPromotionView(PromotionTerms):
    """A promotion as a partner sees it."""

    model_config = ConfigDict(extra="ignore", validate_by_name=True, validate_by_alias=True)

    promotion_id: str
    name: str = Field(description="In the reader's language.")
    for_you: bool = Field(
        description="Whether it holds for the company: for its tier and size, in this month, not used up and, for a display deal, with an "
        "approved photo."
    )
    why_not: str | None = Field(
        description="The reason why it does not hold, in the reader's language.",
        examples=["Promotion “Autumn”: is for other tiers."],
    )

    @classmethod
    def of(cls, promotion: Promotion, obstacle: Obstacle | None, language: str) -> Self:
        return cls(
            promotion_id=promotion.promotion_id,
            name=promotion.name_ru if language == "ru" else promotion.name,
            for_you=obstacle is None,
            why_not=explain(promotion.rejected_by(obstacle), language) if obstacle else None,
            **cls.fields_of(promotion),
        )


class RunningPromotionPage(View):
    items: list[RunningPromotionView]
