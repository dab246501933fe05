from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field

from chalicelib.platform import Day, Form, Money, Percent, View
from chalicelib.tiers.ladders.rules import LadderStep
from chalicelib.tiers.standing.model import (
    CALENDAR_DAYS,
    NO_ORDER,
    SINCE_DAYS,
    CalendarRow,
    SmallestOrder,
    Standing,
    calendar_today,
    is_same_tier,
    missing_sum,
    order_to_keep,
    order_to_lift,
)
from chalicelib.tiers.standing.rules import DAY


class StandingQuery(Form):
    as_of: Day | None = Field(
        default=None, description="The day to compute for, YYYY-MM-DD; without it, where the company stands today."
    )


class TierView(View):
    """A tier. The code of no tier is empty."""

    code: str
    name: str = Field(description="In the reader's language.")
    discount_percent: Percent


class TierTonightView(TierView):
    """The tier that the coming night puts in force."""

    order_to_keep: Money | None = Field(
        description="The smallest purchase today that keeps the tier in force; null where none helps."
    )


class TierWindowView(View):
    """The days whose purchases count, both included, and their net sum."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    sum: Money


class NextStepView(View):
    """The step above the one that the window sum gives."""

    tier: TierView
    from_sum: Money
    missing: Money


class FallOutView(View):
    """A day on which purchases leave the window. The figures hold if the company buys nothing more."""

    day: date
    amount: Money = Field(description="The sum that leaves the window; negative where returns leave.")
    window_sum: Money = Field(description="The sum left in the window.")
    tier: TierView = Field(description="The tier that this sum gives.")
    in_force: TierView = Field(
        description="The tier in force on this day: a step that was reached is held for a while."
    )
    order_to_keep: Money | None = Field(
        description="The smallest purchase that keeps the tier in force over this day; null where none is needed, or none helps."
    )
    order_to_lift: Money | None = Field(
        description="The smallest purchase that lifts the tier above today's; null where none is needed, or none helps."
    )
    order_by: date = Field(
        description="The last day to make them. Made earlier, they are enough as long as they still count on that day."
    )


class LadderStepView(View):
    """A step of the ladder: from this window sum on."""

    tier: TierView
    from_sum: Money


class LadderView(View):
    """The steps of this day, lowest first; the last one is open."""

    version: str
    window_days: int = Field(description="Days whose purchases count, today included.")
    hold_days: int = Field(
        description="For how many days a step that was reached is held after the window has left it."
    )
    personal_first_step: bool = Field(description="Whether the first step follows the company's own last year.")
    steps: list[LadderStepView] = Field(description="The lowest first.")


class StandingView(View):
    """The tier of a company, the purchases behind it, and the orders that keep or lift it."""

    company_id: str
    as_of: date
    tier: TierView = Field(description="The tier in force.")
    since: date | None = Field(
        description=f"The day on which the tier came into force; null without a tier, and where that is more than {SINCE_DAYS} days ago."
    )
    safe_until: date | None = Field(
        description="The last day of the tier in force if the company buys nothing more; null without a tier."
    )
    falls_to: TierView | None = Field(description="The tier of the day after `safe_until`; null without a tier.")
    order_to_keep: Money | None = Field(
        description="The smallest purchase that keeps the tier, made on `safe_until` at the latest; null where none helps, for example where "
        "the tier itself gives less from then on."
    )
    order_to_lift: Money | None = Field(
        description="The smallest purchase today that lifts the tier at once; null on the last step."
    )
    window: TierWindowView
    next_step: NextStepView | None = Field(description="Null on the last step.")
    tonight: TierTonightView | None = Field(description="Null unless the coming night changes the tier.")
    falls_out: list[FallOutView] = Field(description=f"The next {CALENDAR_DAYS} days.")
    ladder: LadderView


def standing_json(standing: Standing, language: str) -> str:
    """A `StandingView` as JSON.

    Ninety calendar rows as models would take longer than the rest of the request. So the model leaves the calendar empty, and its rows are
    written here as text.
    """
    known: dict[tuple[str, Decimal], TierView] = {}  # a few tiers occur many times

    def tier(step: LadderStep) -> TierView:
        found = known.get((step.tier, step.discount_percent))
        if found is None:
            found = TierView(code=step.tier, name=step.name_in(language), discount_percent=step.discount_percent)
            known[step.tier, step.discount_percent] = found
        return found

    head = _head(standing, tier).model_dump_json()
    calendar = calendar_today(standing)
    tiers = {str(place): tier(step).model_dump_json() for place, step in enumerate(calendar.steps)}
    rows = ",".join(_row_json(row, tiers, standing.currency) for row in calendar.rows)
    before, empty, after = head.partition('"falls_out":[]')
    return f"{before}{empty[:-1]}{rows}]{after}"


def _row_json(row: CalendarRow, tiers: Mapping[str, str], currency: str) -> str:
    """A `FallOutView` as it goes out."""
    day, leaves, window_sum, step, in_force, to_keep, to_lift, order_by = row
    money = f'","currency":"{currency}"}}'
    keep = "null" if to_keep == NO_ORDER else f'{{"amount":"{to_keep}{money}'
    lift = "null" if to_lift == NO_ORDER else f'{{"amount":"{to_lift}{money}'
    return (
        f'{{"day":"{day}","amount":{{"amount":"{leaves}{money},"window_sum":{{"amount":"{window_sum}{money},'
        f'"tier":{tiers[step]},"in_force":{tiers[in_force]},'
        f'"order_to_keep":{keep},"order_to_lift":{lift},"order_by":"{order_by}"}}'
    )


def _head(standing: Standing, tier: Callable[[LadderStep], TierView]) -> StandingView:
    """The view without the rows of the calendar."""

    def money(amount: Decimal) -> dict[str, Any]:
        return {"amount": amount, "currency": standing.currency}

    def sum_of(order: SmallestOrder | None) -> dict[str, Any] | None:
        return money(order.amount) if order else None

    reached, above, fall, tomorrow = standing.window_result, standing.next_step, standing.fall, standing.as_of + DAY
    first, last = standing.window
    tonight = standing.tier_on(tomorrow)
    # One validation of the whole: a model for each part would take three times as long.
    return StandingView.model_validate(
        {
            "company_id": standing.company_id,
            "as_of": standing.as_of,
            "tier": tier(standing.tier),
            "since": standing.since,
            "safe_until": standing.safe_until,
            "falls_to": tier(fall.step) if fall else None,
            "order_to_keep": sum_of(order_to_keep(standing, fall.first)) if fall else None,
            "order_to_lift": sum_of(order_to_lift(standing, standing.as_of)),
            "window": {"first": first, "last": last, "sum": money(reached.window_sum)},
            "next_step": (
                {
                    "tier": tier(above),
                    "from_sum": money(above.from_sum),
                    "missing": money(missing_sum(reached.window_sum, above)),
                }
                if above
                else None
            ),
            "tonight": (
                None
                if is_same_tier(tonight, standing.tier)
                else {**dict(tier(tonight)), "order_to_keep": sum_of(order_to_keep(standing, tomorrow))}
            ),
            "falls_out": [],
            "ladder": {
                "version": standing.ladder.version,
                "window_days": standing.ladder.window_days,
                "hold_days": standing.ladder.hold_days,
                "personal_first_step": reached.last_year is not None,
                "steps": [{"tier": tier(step), "from_sum": money(step.from_sum)} for step in reached.steps],
            },
        }
    )
