"""The simulation of a ladder: the last 12 months of a company under the real ladders and under another one. Pure.

The other ladder counts as if it had always been in force. Purchases stay as they were: the simulation does not predict that people buy more
to reach a nearer step, or that net sums fall as a discount grows.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from chalicelib.platform import round_half_up
from chalicelib.sales import DayTotals
from chalicelib.tiers.ladders.rules import Ladder, LadderStep, always
from chalicelib.tiers.standing.rules import DAY, Facts, ManualTier, Spell, first_relevant_day, year_before

Move = Literal["up", "down", "unchanged"]

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Outcome(NamedTuple):
    """The result for one company: today's tier under both ladders, net purchases of 12 months, and the discount on them."""

    before: LadderStep
    after: LadderStep
    purchases: Decimal
    discount_before: Decimal
    discount_after: Decimal

    @property
    def move(self) -> Move:
        """The direction by discount: a tier of another name with the same discount is no move."""
        if self.after.discount_percent == self.before.discount_percent:
            return "unchanged"
        return "up" if self.after.discount_percent > self.before.discount_percent else "down"


def months(today: date) -> tuple[date, date]:
    """First and last day of the simulated 12 months."""
    return year_before(today) + DAY, today


def reads_from(real: Sequence[Ladder], other: Ladder, today: date) -> date:
    """The first day whose purchases a simulation needs."""
    return first_relevant_day([*real, other], months(today)[0])


def simulate(
    totals: DayTotals,
    real: Sequence[Ladder],
    other: Ladder,
    grants: Sequence[ManualTier],
    first_purchase: date | None,
    today: date,
) -> Outcome:
    """Compare one company under both ladders. Manual tiers hold under both; the totals must reach back to `reads_from`.

    The discount is summed over the days d of the 12 months and rounded half up to hundredths once per company and ladder:

        gross(d)  = net(d) / (1 - p(d)/100)      the price of the goods without a discount
        before    = Σ gross(d) · p(d)/100        after = Σ gross(d) · q(d)/100

    net(d) are the net purchases that count on d, p(d) the percent in force on d, q(d) that of the other ladder. Sales documents
    have the sums that were paid, so the discount is added back first.
    """
    first, last = months(today)
    before = Facts(totals, real, grants, first_purchase).timeline(first, last)
    after = Facts(totals, (always(other),), grants, first_purchase).timeline(first, last)
    purchases = given_before = given_after = ZERO
    for day, net in totals.net.items():
        if first <= day <= last:
            percent = _on(before, day).discount_percent
            per_percent = net / (HUNDRED - percent)
            purchases += net
            given_before += per_percent * percent
            given_after += per_percent * _on(after, day).discount_percent
    return Outcome(
        _on(before, today), _on(after, today), purchases, round_half_up(given_before), round_half_up(given_after)
    )


def _on(timeline: Sequence[Spell], day: date) -> LadderStep:
    return timeline[bisect_right(timeline, day, key=lambda spell: spell.first) - 1].step


# --- of many companies ------------------------------------------------------------------------------------------------
# Counts are flat, a name for each number, so that parts add up in any order.


def counts_of(outcomes: Iterable[Outcome]) -> dict[str, int | Decimal]:
    """The sums of some companies, in the form that `totals_of` reads."""
    counts: Counter[str] = Counter()
    sums = {"purchases": ZERO, "discount_before": ZERO, "discount_after": ZERO}
    for outcome in outcomes:
        counts["companies"] += 1
        counts[f"{outcome.move}:{outcome.before.tier}"] += 1
        counts[f"moved:{outcome.before.tier}:{outcome.after.tier}"] += 1
        sums["purchases"] += outcome.purchases
        sums["discount_before"] += outcome.discount_before
        sums["discount_after"] += outcome.discount_after
    return {**counts, **sums}


class StepTotals(NamedTuple):
    """The companies on a step today, by the change of their discount under the other ladder."""

    tier: str
    companies: int
    up: int
    down: int
    unchanged: int


class TierMove(NamedTuple):
    from_tier: str
    to_tier: str
    companies: int


class SimulationTotals(NamedTuple):
    companies: int
    purchases: Decimal
    discount_before: Decimal
    discount_after: Decimal
    steps: list[StepTotals]
    moves: list[TierMove]


def totals_of(counts: Mapping[str, Any], tiers: Sequence[str]) -> SimulationTotals:
    """The totals of all companies, from the sums of their `counts_of` values.

    Steps come in the order of `tiers`; tiers that no ladder has come last.
    """
    found = {name.partition(":")[2] for name in counts if name.startswith(("up:", "down:", "unchanged:"))}
    order = [*tiers, *sorted(found - set(tiers))]

    def count(name: str) -> int:
        return int(counts.get(name, 0))

    steps = [
        StepTotals(tier, sum(by), *by)
        for tier in order
        for by in [(count(f"up:{tier}"), count(f"down:{tier}"), count(f"unchanged:{tier}"))]
    ]
    moves = []
    for name, number in counts.items():
        if name.startswith("moved:"):
            _, from_tier, to_tier = name.split(":")
            moves.append(TierMove(from_tier, to_tier, int(number)))
    moves.sort(key=lambda move: (-move.companies, move))
    return SimulationTotals(
        companies=count("companies"),
        purchases=Decimal(counts.get("purchases", ZERO)),
        discount_before=Decimal(counts.get("discount_before", ZERO)),
        discount_after=Decimal(counts.get("discount_after", ZERO)),
        steps=steps,
        moves=moves,
    )
