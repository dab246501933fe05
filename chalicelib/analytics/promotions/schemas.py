"""The query and the views of the effect of promotions."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.platform import Form, Month, View
from chalicelib.sales import Exact


class PromotionEffectsQuery(Form):
    first: Month | None = Field(
        default=None, alias="from", description="First month of first days; by default the eleventh before."
    )
    last: Month | None = Field(default=None, alias="to", description="Last month; by default the running one.")


class PromotionEffectView(View):
    """Amounts are in `currency`."""

    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    until: date = Field(description="The last day that is counted.")
    days: int = Field(description="Days counted.")
    mature: bool = Field(description="Whether all its days are counted.")
    currency: str
    as_of: str
    net: Exact
    expected: Exact
    change_percent: Exact | None
    year_before: Exact
    year_change_percent: Exact | None
    basis: Literal["hold_out", "earlier_periods"] = Field(
        description="By companies that are held out, or by earlier periods."
    )
    told: int = Field(description="Companies that are not held out from letters.")
    held_out: int
    difference: Exact | None
    low: Exact | None
    high: Exact | None


class PromotionEffectsView(View):
    """The effect of promotions, the earliest first; measured every night until 35 days after the last day."""

    formulas: dict[str, str] = Field(description="The formula of each field.")
    row_count: int
    rows: list[PromotionEffectView] = Field(description="A row for each promotion.")
