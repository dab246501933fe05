from datetime import date
from typing import Self

from pydantic import Field

from chalicelib.platform import Form, Identifier, Money, View
from chalicelib.retention.results.model import Comparison, Look, Shares
from chalicelib.retention.waves.rules import AdjustedEffect, Effect


class ResultsQuery(Form):
    wave_id: Identifier | None = Field(
        default=None, description="The wave; the latest one that has begun if absent.", examples=[None]
    )


class LookView(View):
    """A planned look, counted from 1."""

    number: int
    of: int
    day: date


class SharesView(View):
    """Shares of both arms in percent, and their difference in points with its interval."""

    called_percent: float
    held_percent: float
    difference: float
    low: float
    high: float
    shown: bool = Field(description="Whether the interval leaves zero out.")

    @classmethod
    def of(cls, found: Shares) -> Self:
        return cls.of_effect(found.called.share, found.held.share, found.effect)

    @classmethod
    def of_effect(cls, called: float, held: float, effect: Effect) -> Self:
        difference, low, high = (round(100 * each, 1) for each in effect)
        return cls(
            called_percent=round(100 * called, 1),
            held_percent=round(100 * held, 1),
            difference=difference,
            low=low,
            high=high,
            shown=effect.is_shown,
        )


class WaveMoneyView(View):
    """The difference of a sum of a unit in 90 days, in the club's currency, adjusted by the turnover of the year before."""

    difference: float
    low: float
    high: float
    shown: bool
    explained: float = Field(description="Share of the variance that the year before explains (R²), 0 to 1.")

    @classmethod
    def of(cls, found: AdjustedEffect | None) -> Self | None:
        if found is None:
            return None
        difference, low, high = (round(each, 2) for each in found.effect)
        return cls(
            difference=difference, low=low, high=high, shown=found.effect.is_shown, explained=round(found.explained, 3)
        )


class GroupResultView(View):
    """Some of the units of a wave, called against held out."""

    called: int
    held: int
    ordered_90: SharesView

    @classmethod
    def of(cls, found: Comparison, **facts: object) -> Self:
        return cls.model_validate(
            {"called": found.called, "held": found.held, "ordered_90": SharesView.of(found.ordered_90), **facts}
        )


class ManagerResultView(GroupResultView):
    """A manager's own companies of a wave."""

    manager_id: str
    manager_name: str | None
    stratified: SharesView | None = Field(
        description="Orders within 90 days, as if the manager's companies were worth as much as those of the whole wave: the only figure by which "
        "managers are compared. Null where the manager has too few companies of a stratum."
    )


class RankResultView(GroupResultView):
    """A part of the wave by rank: the turnover that was expected of a unit as it entered, the largest first.

    Of ten parts with their own intervals, one may well be wrong; trust the trend over all of them.
    """

    first_percent: int = Field(description="From 0, the most valuable.")
    last_percent: int
    turnover: WaveMoneyView | None


class TalksResultView(View):
    """The companies that named a reason, or got an answer. Held-out companies name none, so this is an estimate and no comparison."""

    code: str = Field(description="The reason, or the answer.", examples=["price"])
    companies: int
    ordered_90: int = Field(description="Companies that ordered within 90 days.")
    expected_90: float = Field(
        description="Orders to be expected of them without a call: by their rhythm, as far as it held for the held-out companies."
    )


class WaveResultsView(View):
    """The result of a wave, by the arms that were drawn. Until the first look there are counts only."""

    wave_id: str
    look: LookView | None = Field(
        description="The latest planned look, of whose day the result is. Null before the first."
    )
    next_look: date | None
    entered: int = Field(description="Companies that entered the wave so far.")
    compared: int = Field(description="Units whose outcome was known on the look: companies of one INN are one.")
    reached: int = Field(description="Of the compared called ones, those that were reached by telephone.")
    mixed: int = Field(description="Units with companies of both arms.")
    breaches: int = Field(description="Contacts with companies that are held out.")
    suspect: bool = Field(description="Whether the arms are too far from their planned ratio: then there is no result.")
    words: str = Field(description="The result in plain words, in the reader's language.")
    visited: SharesView | None = Field(description="Used the club within 90 days.")
    ordered_30: SharesView | None = Field(description="Ordered within 30 days.")
    ordered_90: SharesView | None = Field(description="Ordered within 90 days.")
    turnover: WaveMoneyView | None = Field(description="Null where nobody ordered.")
    margin: WaveMoneyView | None = Field(
        description="Of all orders of a unit in the portal with a known cost: what the offers won, less what they gave away. Null where no cost is known."
    )
    offers_sum: Money = Field(description="Ordered within 90 days at the prices of offers by the called companies.")
    offers_off: Money = Field(description="The difference from the base prices.")
    offers_margin: Money | None = Field(
        description="Margin of the part of `offers_sum` whose cost is known: that part less the cost when the order was placed. Null where none is known."
    )
    offers_costed_percent: float | None = Field(
        description="Share of `offers_sum` whose cost is known; null where nothing was ordered."
    )
    managers: list[ManagerResultView] = Field(description="Empty where an arm of a manager is too small.")
    ranks: list[RankResultView] = Field(
        description="At most ten, as many as both arms have units for: how far down the list does a call pay?"
    )
    reasons: list[TalksResultView]
    answers: list[TalksResultView]
    managers_comparable: bool = Field(
        description="Whether two managers or more have a stratified result; without it managers are not comparable."
    )


def look_view(look: Look | None) -> LookView | None:
    return LookView.from_record(look) if look else None
