"""How a standing is shown."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from chalicelib.platform.club import Club
from chalicelib.platform.http import Day, Form
from chalicelib.platform.money import Money
from chalicelib.tiers.outlook import DAY, NO_STEP, Outlook, Standing, Step, fall_outs, tonight

CALENDAR_DAYS = 90  # how far the fall-out calendar looks ahead

_NO_TIER = {"ru": "Без уровня", "en": "No tier"}

Percent = Annotated[
    Decimal,
    PlainSerializer(lambda percent: f"{percent.normalize():f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?$", "examples": ["5", "7.5"]}),
]


class StandingQuery(Form):
    as_of: Annotated[Day, Field(ge=date(1970, 1, 1), le=date(2199, 12, 31))] | None = Field(
        default=None, description="The day to compute for, YYYY-MM-DD; without it, where the company stands today."
    )


class Tier(BaseModel):
    """A tier. The code of no tier is empty."""

    code: str
    name: str = Field(description="In the reader's language.")
    discount_percent: Percent


class TierTonight(Tier):
    """The tier that the coming night puts in force."""

    order_to_keep: Money | None = Field(
        description="The smallest purchase today that keeps the tier in force; null where none helps."
    )


class TierWindow(BaseModel):
    """The days whose purchases count, both included, and their net sum."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    sum: Money


class NextStep(BaseModel):
    """The step above the one that the window sum gives."""

    tier: Tier
    from_sum: Money
    missing: Money


class FallOut(BaseModel):
    """A day on which purchases leave the window, and what follows if nothing more is bought."""

    day: date
    amount: Money = Field(description="What leaves; negative where returns leave.")
    window_sum: Money = Field(description="What is left in the window.")
    tier: Tier = Field(description="What this sum gives.")
    order_to_keep: Money | None = Field(
        description="The smallest purchase that keeps the tier in force over this day; null where none is needed, or none helps."
    )
    order_by: date = Field(description="The last day to make it.")


class LadderStep(BaseModel):
    """A step of the ladder: from this window sum on."""

    tier: Tier
    from_sum: Money


class Ladder(BaseModel):
    """The steps, lowest first; the last one is open."""

    version: str
    window_days: int
    steps: list[LadderStep]


class StandingAnswer(BaseModel):
    """Where a company stands: the tier in force, and what moves it."""

    company_id: str
    as_of: date
    tier: Tier = Field(description="The tier in force.")
    since: date | None = Field(description="Null without a tier, and for a day in the past.")
    window: TierWindow
    next_step: NextStep | None = Field(description="Null on the last step.")
    tonight: TierTonight | None = Field(description="Null unless the coming night changes the tier.")
    falls_out: list[FallOut] = Field(description=f"The next {CALENDAR_DAYS} days.")
    ladder: Ladder

    @classmethod
    def of(cls, standing: Standing, language: str, club: Club) -> "StandingAnswer":
        names = _names(club, standing.currency, language)

        def money(amount: Decimal) -> Money:
            return Money(amount=amount, currency=standing.currency)

        def order_to_keep(outlook: Outlook) -> Money | None:
            return None if outlook.order_to_keep is None else money(outlook.order_to_keep)

        def tier_of(step: Step) -> Tier:
            return Tier(code=step.tier, name=names.get(step.tier, step.tier), discount_percent=step.discount_percent)

        in_force = Step(standing.tier, Decimal(0), standing.discount_percent)
        tiers = {step: tier_of(step) for step in (NO_STEP, *standing.ladder.steps)}  # shown many times
        first, last = standing.window
        above, missing, coming = standing.next_step, standing.missing, tonight(standing)
        return cls(
            company_id=standing.company_id,
            as_of=standing.as_of,
            tier=tier_of(in_force),
            since=standing.since if standing.tier else None,
            window=TierWindow(first=first, last=last, sum=money(standing.window_sum)),
            next_step=(
                NextStep(tier=tiers[above], from_sum=money(above.from_sum), missing=money(missing))
                if above and missing is not None
                else None
            ),
            tonight=TierTonight(**dict(tiers[coming.step]), order_to_keep=order_to_keep(coming)) if coming else None,
            falls_out=[
                FallOut(
                    day=each.day,
                    amount=money(each.leaves),
                    window_sum=money(each.window_sum),
                    tier=tiers[each.step],
                    order_to_keep=order_to_keep(each),
                    order_by=each.day - DAY,
                )
                for each in fall_outs(standing, CALENDAR_DAYS)
            ],
            ladder=Ladder(
                version=standing.ladder.version,
                window_days=standing.ladder.window_days,
                steps=[LadderStep(tier=tiers[step], from_sum=money(step.from_sum)) for step in standing.ladder.steps],
            ),
        )


def tier_name(club: Club, currency: str, code: str, language: str) -> str:
    """The tier's name for a reader; its code, if the club has it no more."""
    return _names(club, currency, language).get(code, code)


def _names(club: Club, currency: str, language: str) -> dict[str, str]:
    steps = club.tiers.ladders.get(currency, [])
    return {"": _NO_TIER[language]} | {step.tier: step.name_ru if language == "ru" else step.name for step in steps}
