from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from chalicelib.platform import Day, Form, Language, ListPage, Name, NameOf, Percent, View, narrowed
from chalicelib.retention.waves.model import Wave, WaveState, is_coarse, plan_in_words
from chalicelib.retention.waves.rules import MOST_LOOKS


class WaveForm(Form):
    """A wave to come."""

    name: Name = Field(examples=["Winter 2027"])
    first: Day = Field(
        description="First day of the intake, tomorrow at the earliest and after the intake of the wave before.",
        examples=["2027-01-11"],
    )
    intake_days: int = Field(default=28, ge=14, le=180, description="Days on which companies enter the wave.")
    held_out_percent: int | None = Field(
        default=None, ge=5, le=50, description="Share that nobody calls; the club's own share if absent.", examples=[25]
    )
    looks: int = Field(
        default=3, ge=1, le=MOST_LOOKS, description="The largest number of days on which the result is looked at."
    )


class WaveView(View):
    """A wave: its days, and what it was expected to notice before it began."""

    wave_id: str
    name: str
    state: WaveState
    first: date = Field(description="First day of the intake.")
    last: date = Field(description="Last day of the intake.")
    held_out_percent: int
    looks: list[date] = Field(description="Days on which the result is looked at; the last one closes the wave.")
    plan: str = Field(description="The plan in plain words, in the reader's language.")
    expected_companies: int
    base_percent: Percent = Field(
        description="Percent of these companies that come back without a call, by their rhythm."
    )
    smallest_effect: Decimal | None = Field(
        description="The smallest difference that is noticed with a power of 80 %, in points; none where too few companies are expected to notice any."
    )
    pool: bool = Field(description="Whether the wave should be pooled with the next one, since it notices too little.")
    planned_at: str
    planned_by: str
    planned_by_name: Annotated[str | None, NameOf("planned_by")] = None
    changed_by: str | None
    changed_by_name: Annotated[str | None, NameOf("changed_by")] = None
    cancelled_at: str | None

    @classmethod
    def of(cls, wave: Wave, today: date, language: Language) -> Self:
        expected = wave.forecast
        return cls.from_record(
            wave,
            state=wave.state(today),
            looks=list(wave.looks),
            plan=plan_in_words(wave, language),
            expected_companies=expected.companies,
            base_percent=expected.base_percent,
            smallest_effect=expected.smallest_effect,
            pool=is_coarse(expected),
        )


WavesQuery = narrowed(WaveView, same=("state",), words=("name",), day=("first", "last"))


class WavePage(ListPage[WaveView]):
    """Newest first."""
