from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.platform import Day, Form, ListPage, NameOf, View, narrowed
from chalicelib.tiers.ladders.store import tier_codes
from chalicelib.tiers.standing.rules import ManualTier

ManualTierState = Literal["waiting", "coming", "in_force", "ended", "withdrawn"]


class ManualTierForm(Form):
    """A tier granted by a manager. It never lowers the tier that purchases give."""

    model_config = ConfigDict(serialize_by_alias=True)

    tier: str = Field(
        min_length=1, max_length=32, description="The code of a tier of the company's ladder.", examples=["gold"]
    )
    first: Day | None = Field(
        default=None, alias="from", description="The first day, today or later; without it, today."
    )
    last: Day = Field(alias="until", description="The last day.")
    reason: str = Field(min_length=3, max_length=500, description="The reason, which is kept with the manual tier.")


class ManualTierWithdrawalForm(Form):
    """The reason why a manual tier ends early."""

    reason: str = Field(min_length=3, max_length=500)


class ManualTierView(View):
    """A manual tier with its state."""

    grant_id: str = Field(description="Id of the manual tier.")
    company_id: str
    company_name: Annotated[str | None, NameOf("company_id")] = None
    tier: str
    first: date = Field(validation_alias="from", serialization_alias="from")
    last: date = Field(validation_alias="until", serialization_alias="until")
    state: ManualTierState
    reason: str
    author: str = Field(description="The member who granted it.")
    author_name: Annotated[str | None, NameOf("author")] = None
    approved_by: str | None = Field(description="The second person, of a tier above the club's bounds.")
    approved_by_name: Annotated[str | None, NameOf("approved_by")] = None
    recorded_at: str
    withdrawn_on: date | None = Field(description="The first day without it; null unless it was withdrawn.")
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_by_name: Annotated[str | None, NameOf("withdrawn_by")] = None
    withdrawn_because: str | None = Field(description="Null unless withdrawn.")

    model_config = ConfigDict(serialize_by_alias=True)

    @classmethod
    def of(cls, grant: ManualTier, company_id: str, today: date) -> "ManualTierView":
        return cls(company_id=company_id, state=_state(grant, today), **grant._asdict())


ManualTiersQuery = narrowed(
    ManualTierView, same=("state", "tier", "company_id", "author"), day=("first", "last"), known={"tier": tier_codes}
)


class ManualTierPage(ListPage[ManualTierView]):
    """Latest first."""


def _state(grant: ManualTier, today: date) -> ManualTierState:
    if grant.withdrawn_on is not None:
        return "withdrawn"
    if today < grant.first:
        return "coming"
    return "in_force" if today <= grant.last else "ended"
