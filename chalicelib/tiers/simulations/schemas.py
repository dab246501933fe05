from datetime import date, datetime
from decimal import Decimal
from typing import Self

from pydantic import ConfigDict, Field

from chalicelib.platform import ListPage, Money, View, WorkView, narrowed
from chalicelib.tiers.simulations.rules import SimulationTotals


class SimulationStepView(View):
    """The companies on a step today, by the change of their discount under the ladder."""

    tier: str = Field(description="Empty: no tier.")
    companies: int
    up: int
    down: int
    unchanged: int


class SimulationMoveView(View):
    """The number of companies that would move from one tier to another."""

    from_tier: str
    to_tier: str
    companies: int


class SimulationResultView(View):
    """The changes that the ladder would have made had it always been in force.

    The discount is summed over the days of the 12 months: the price of the day's purchases without the discount in force, times the percent
    of the day. The simulation does not predict that partners buy differently under another ladder.
    """

    companies: int
    up: int = Field(description="Companies with a higher discount today.")
    down: int
    unchanged: int
    purchases: Money = Field(description="Net purchases of the 12 months.")
    discount_before: Money
    discount_after: Money
    steps: list[SimulationStepView]
    moves: list[SimulationMoveView] = Field(description="The most frequent first.")

    @classmethod
    def of(cls, totals: SimulationTotals, currency: str) -> Self:
        def money(amount: Decimal) -> Money:
            return Money(amount=amount, currency=currency)

        return cls(
            companies=totals.companies,
            up=sum(step.up for step in totals.steps),
            down=sum(step.down for step in totals.steps),
            unchanged=sum(step.unchanged for step in totals.steps),
            purchases=money(totals.purchases),
            discount_before=money(totals.discount_before),
            discount_after=money(totals.discount_after),
            steps=[SimulationStepView(**step._asdict()) for step in totals.steps],
            moves=[SimulationMoveView(**moved._asdict()) for moved in totals.moves],
        )


class SimulationListView(View):
    """Every company with its tier, purchases and discount before and after, for download as CSV. The address works until `expires_at`."""

    url: str
    expires_at: datetime


class SimulationView(WorkView):
    model_config = ConfigDict(serialize_by_alias=True)

    simulation_id: str
    ladder_id: str
    version: str
    currency: str
    first: date = Field(
        validation_alias="from", serialization_alias="from", description="The first day of the 12 months."
    )
    last: date = Field(validation_alias="to", serialization_alias="to")
    result: SimulationResultView | None = Field(description="Null until it is done.")
    companies: SimulationListView | None = Field(description="Null until it is done.")


SimulationsQuery = narrowed(SimulationView, same=("state", "ladder_id", "created_by"), day=("created_at",))


class SimulationPage(ListPage[SimulationView]):
    """Newest first."""
