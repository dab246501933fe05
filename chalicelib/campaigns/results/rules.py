"""Decisions on results: the fate of a letter, whether companies bought more than the held-out ones, and the best group of issues. Pure.

The arms are those who were to get the letter and those who were held out of it, each company once. Members skipped in the slot stay in the
first arm: the hold-out would have been skipped for the same reasons, and to leave them out would compare other companies.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from chalicelib.campaigns.results.model import GroupFigures, MoneyEffect
from chalicelib.campaigns.tracking.model import Readings
from chalicelib.mail import Letter
from chalicelib.retention import SINGLE_LOOK, Arm, Effect, adjusted_effect, effect, share_bounds

PURCHASE_DAYS = 30
BEFORE_DAYS = 90  # whose purchases take off what companies differ in anyway
LEFT_WITHIN = timedelta(days=14)  # of a letter, whoever leaves by a link leaves because of it
FEWEST = 10  # companies of an arm below which nothing is told
FEWEST_LETTERS = 100  # delivered letters of a group below which it is not compared

_CENT = Decimal("0.01")


class Outcome(NamedTuple):
    """Purchases of a company: after the slot, and before it."""

    after: Decimal
    before: Decimal


def reached(letter: Letter, readings: Readings | None, left_at: str) -> Counter[str]:
    """The fate of one letter: each fact once. `left_at`: when the reader left by a link; empty for one who did not."""
    facts: Counter[str] = Counter()
    facts["delivered"] = bool(letter.delivered_at)
    facts["delayed"] = bool(letter.delayed_at)
    facts["bounced"] = letter.bounced_for_good
    facts["complained"] = bool(letter.complained_at)
    if readings:
        facts["opened"] = readings.opens > 0
        facts["opened_by_machines"] = readings.machine_opens > 0
        facts["clicked"] = readings.clicks > 0
        facts["clicked_by_machines"] = readings.machine_clicks > 0
    facts["unsubscribed"] = bool(letter.sent_at) and is_because(letter.sent_at, left_at)
    return facts


def is_because(sent_at: str, left_at: str) -> bool:
    """Whether a reader who left at that time left because of a letter of this time."""
    if not left_at:
        return False
    return timedelta(0) <= datetime.fromisoformat(left_at) - datetime.fromisoformat(sent_at) <= LEFT_WITHIN


def shares(invited: int, invited_bought: int, held: int, held_bought: int) -> Effect | None:
    """The difference of the shares that bought, with 95 %; None where there are too few to tell."""
    if min(invited, held) < FEWEST:
        return None
    return effect(Arm(invited, invited_bought), Arm(held, held_bought), SINGLE_LOOK)


def money(invited: Sequence[Outcome], held: Sequence[Outcome], random: Random) -> MoneyEffect | None:
    """The difference of mean purchases, with 95 %; None where there are too few to tell. The same seed gives the same bounds."""
    if min(len(invited), len(held)) < FEWEST:
        return None
    arms = [[(float(each.after), float(each.before)) for each in arm] for arm in (invited, held)]
    found, _ = adjusted_effect(arms[0], arms[1], SINGLE_LOOK, random)
    return MoneyEffect(*(Decimal(each).quantize(_CENT, ROUND_HALF_UP) for each in found))


def share_interval(successes: int, of: int) -> tuple[float, float]:
    """A share's bounds of 95 %."""
    return share_bounds(Arm(of, successes), SINGLE_LOOK)


def best(groups: Iterable[GroupFigures]) -> tuple[str, Effect] | None:
    """The group with the largest share of clicks, where it surely is above the next one; None where there are too few letters to tell.

    Each pair is compared with 95 % divided by the number of other groups (C. Bonferroni), so that many groups do not make one by chance.
    """
    compared = sorted(
        (each for each in groups if each.delivered >= FEWEST_LETTERS), key=lambda each: -each.clicked / each.delivered
    )
    if len(compared) < 2:
        return None
    first, second, *_ = compared
    critical = NormalDist().inv_cdf(1 - 0.025 / (len(compared) - 1))
    found = effect(Arm(first.delivered, first.clicked), Arm(second.delivered, second.clicked), critical)
    return (first.group, found) if found.is_shown else None
