from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pydantic import Field

from chalicelib.platform import Day, Form, Language, Money, View, round_half_up
from chalicelib.retention.rhythm.orders.rules import OrderDay
from chalicelib.retention.rhythm.rules import Figures
from chalicelib.retention.states.rules import RhythmState, Standing, sentence


class RhythmQuery(Form):
    as_of: Day | None = Field(default=None, description="The day to compute for, YYYY-MM-DD; without it, today.")


class OrderDayView(View):
    """The orders of one day: amount less what came back by the day asked for; 0 where all are in another currency than the company's."""

    day: date
    amount: Money
    documents: list[str] = Field(description="The numbers of the documents that count on the day, returns too.")


class RhythmFiguresView(View):
    """Estimates for the horizon. Probabilities go from 0 to 1."""

    no_order: float = Field(description="Probability of no order within the horizon.")
    early_warning: float = Field(description="Probability that the present silence passes the horizon; 1 where it has.")
    expected_orders: float = Field(description="Orders expected within the horizon.")
    expected_sum: Money = Field(description="Turnover expected within the horizon.")
    order_value: Money = Field(
        description="The company's mean order, drawn to the club's mean in its currency by one order."
    )
    window_from: date = Field(description="First day of the window in which six of ten next orders come, if one comes.")
    window_to: date


class RhythmView(View):
    """The purchase rhythm of a company on a day, and the orders that it follows from."""

    company_id: str
    as_of: date
    state: RhythmState
    since: date = Field(description="First day of the state.")
    below_lowest_step: bool | None = Field(
        description="The plain rule: whether the last 90 days are below the lowest step of the tiers. Null for a day in the past."
    )
    words: str = Field(
        description="The rhythm as a manager reads it aloud, in the reader's language.",
        examples=["Buys every 3 weeks, silent for 7 weeks; 84 of 100 such silences pass 90 days."],
    )
    horizon_days: int
    orders: int = Field(description="Days with an order, cancelled ones left out.")
    last_order: date | None
    mean_gap_days: float | None = Field(description="Mean days between two orders; none before the second.")
    figures: RhythmFiguresView | None = Field(description="None without orders.")
    learned_on: date | None = Field(
        description="Day on which the club last learned its parameters; none while the defaults hold."
    )
    order_days: list[OrderDayView] = Field(description="The latest order days, newest first, at most 100.")


MOST_DAYS = 100


def rhythm_view(
    company_id: str,
    day: date,
    found: Standing,
    orders: list[OrderDay],
    learned: date | None,
    horizon: int,
    currency: str,
    language: Language,
    documents: Mapping[date, list[str]],
    below_lowest_step: bool | None,
) -> RhythmView:
    """`documents`: their numbers by day."""
    return RhythmView(
        company_id=company_id,
        as_of=day,
        state=found.state,
        since=date.fromordinal(found.since),
        below_lowest_step=below_lowest_step,
        words=sentence(found, day.toordinal(), horizon, language, sum(not order.amount for order in orders)),
        horizon_days=horizon,
        orders=found.orders,
        last_order=date.fromordinal(found.last) if found.last else None,
        mean_gap_days=round(found.mean_gap, 1) if found.mean_gap is not None else None,
        figures=_figures_view(found.figures, currency) if found.figures else None,
        learned_on=learned,
        order_days=[
            OrderDayView(day=when, amount=_money(order.amount, currency), documents=documents.get(when, []))
            for order in orders[: -MOST_DAYS - 1 : -1]
            if (when := date.fromordinal(order.day))
        ],
    )


def _figures_view(found: Figures, currency: str) -> RhythmFiguresView:
    return RhythmFiguresView(
        no_order=round(found.no_order, 4),
        early_warning=round(found.early_warning, 4),
        expected_orders=round(found.expected_orders, 2),
        expected_sum=_money(found.expected_sum, currency),
        order_value=_money(found.order_value, currency),
        window_from=date.fromordinal(found.window_from),
        window_to=date.fromordinal(found.window_to),
    )


def _money(amount: float, currency: str) -> Money:
    return Money(amount=round_half_up(Decimal(amount)), currency=currency)
