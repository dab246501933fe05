from typing import Annotated, Self

from pydantic import Field

from chalicelib.bonuses.ledger.schemas import BonusAmount, LotView, lot_views
from chalicelib.bonuses.redemptions.model import Redemption, RedemptionState
from chalicelib.platform import Form, ListPage, Money, NameOf, View, narrowed


class RedemptionForm(Form):
    """An amount of bonuses in the company's currency, for an order or for something agreed with the club."""

    amount: BonusAmount
    order_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = Field(
        default=None, description="An order of the company that is not completed and holds no other redemption."
    )
    note: str = Field(default="", max_length=500)


class CancelRedemptionForm(Form):
    reason: str = Field(min_length=3, max_length=500, description="Shown to the company.")


class RedemptionView(View):
    redemption_id: str = Field(description="Id of the redemption.")
    company_id: str
    state: RedemptionState
    amount: Money
    given_back: Money = Field(
        description="Given back when its order came to less: accepted in part, not shipped whole, or with goods returned."
    )
    lots: list[LotView] = Field(description="The lots it is taken from, oldest expiry first.")
    order_id: str | None
    note: str
    at: str
    ended_at: str | None = Field(description="The moment of its completion or cancellation.")
    posting_id: str = Field(description="The posting that reserved it.")

    @classmethod
    def of(cls, redemption: Redemption) -> Self:
        return cls.from_record(redemption, lots=lot_views(redemption.parts, redemption.currency))


RedemptionsQuery = narrowed(RedemptionView, same=("state",), day=("at",), amount="amount")


class RedemptionPage(ListPage[RedemptionView]):
    """Newest first."""


class WaitingRedemptionView(RedemptionView):
    """A redemption with its company, as the staff sees it."""

    company_name: Annotated[str | None, NameOf("company_id")] = None


WaitingRedemptionsQuery = narrowed(WaitingRedemptionView, same=("company_id",), day=("at",), amount="amount")


class WaitingRedemptionPage(ListPage[WaitingRedemptionView]):
    """Oldest first."""
