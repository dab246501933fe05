"""A simulation as it is shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Self

from pydantic import ConfigDict, Field

from chalicelib.platform.http.forms import Shown
from chalicelib.platform.money import Money
from chalicelib.tiers.simulations.rules import Totals


class SimulationProgress(Shown):
    companies_done: int
    companies_found: int = Field(description="So far; all of them once `parts_total` is known.")
    parts_done: int
    parts_total: int | None = Field(description="Null while companies are still being found.")


class SimulationStep(Shown):
    """The companies that are on a step today, by what the ladder would do to their discount."""

    tier: str = Field(description="Empty: no tier.")
    companies: int
    up: int
    down: int
    unchanged: int


class SimulationMove(Shown):
    """How many companies would have which tier today instead of which."""

    from_tier: str
    to_tier: str
    companies: int


class SimulationResult(Shown):
    """What the ladder would have changed had it always been in force.

    The discount given is summed over the days of the 12 months: what that day's purchases would have cost without the discount that was
    in force, times the percent of the day. That partners buy otherwise under another ladder is not foretold.
    """

    companies: int
    up: int = Field(description="With a higher discount today.")
    down: int
    unchanged: int
    purchases: Money = Field(description="Net, of the 12 months.")
    discount_before: Money
    discount_after: Money
    steps: list[SimulationStep]
    moves: list[SimulationMove] = Field(description="The most frequent first.")

    @classmethod
    def of(cls, totals: Totals, currency: str) -> Self:
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
            steps=[SimulationStep(**step._asdict()) for step in totals.steps],
            moves=[SimulationMove(**moved._asdict()) for moved in totals.moves],
        )


class SimulationList(Shown):
    """Every company with its tier, purchases and discount before and after, for download (CSV; the address works for a while)."""

    url: str
    expires_at: datetime


class TierSimulation(Shown):
    model_config = ConfigDict(serialize_by_alias=True)

    simulation_id: str
    ladder_id: str
    version: str
    currency: str
    first: date = Field(serialization_alias="from", description="The first day of the 12 months.")
    last: date = Field(serialization_alias="to")
    state: Literal["running", "done"]
    stalled: bool = Field(description="Nothing has moved for an hour: a matter for the operators.")
    created_at: str
    created_by: str
    finished_at: str | None
    progress: SimulationProgress
    result: SimulationResult | None = Field(description="Null until it is done.")
    companies: SimulationList | None = Field(description="Null until it is done.")
