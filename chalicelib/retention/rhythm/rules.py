"""The rhythm of a club's companies: what it learns from all of them, and the figures of each. Pure.

    learn_club(histories, today)      ──▶ ClubRhythm       season, parameters, corrections, mean order; once a month
    figures(club, orders, today)      ──▶ Figures          of one company on one day; when a document arrives, and on its due days

The score is P(no order within the horizon), never P(alive). The early warning is the probability that this silence passes the horizon,
P(no order) with the horizon reaching to that day. Both are corrected by traits that the model does not see; the expected orders follow the
corrected probability. Order value m = (sum + M) / (orders + 1), where M is the mean of the club; expected sum = m · expected orders. If no
mean is known in the currency of a company, m is the mean of its own orders.

Weakest point: the corrections are learned from days whose outcome is known, a horizon and more ago, which was another season.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, Self

from chalicelib.retention.rhythm.correction.rules import MOST_ROWS, Correction, PastDay, Row, learn, traits
from chalicelib.retention.rhythm.fit.rules import fit
from chalicelib.retention.rhythm.model import DEFAULTS, Parameters, Purchases, expected_orders, silence
from chalicelib.retention.rhythm.orders.rules import OrderDay
from chalicelib.retention.rhythm.reminder.model import DEFAULTS as GAP_DEFAULTS
from chalicelib.retention.rhythm.reminder.model import WINDOW, GapParameters, Gaps, expected_gap, fit_gaps, quantile
from chalicelib.retention.rhythm.season.rules import SeasonTime, season_time

HORIZON = 90
LEAST_PAST = 75  # days of history before a day from which a correction learns
LEAST_AHEAD = 30  # days after it: a club that is too young for the whole horizon learns from as many as it knows
APART = 30  # days between such days
MOST_PASTS = 12
WINSORISED = 0.99  # share of the order values that count in full in the mean of the club

Orders = Sequence[OrderDay]


@dataclass(frozen=True)
class ClubRhythm:
    """Parameters learned from a club's companies. `score`, `warning`: their corrections; None before any outcome is known.

    `mean_order`: in the club's currency; 0 where none is known.
    """

    season: SeasonTime
    horizon: int = HORIZON
    model: Parameters = DEFAULTS
    gaps: GapParameters = GAP_DEFAULTS
    mean_order: float = 0.0
    score: Correction | None = None
    warning: Correction | None = None

    def of_days_alone(self) -> Self:
        """For companies in another currency: no mean order, and no corrections, which weigh sums in the club's currency."""
        return replace(self, mean_order=0.0, score=None, warning=None)


class Figures(NamedTuple):
    """The rhythm of a company on a day. Days are ordinals; `expected` is the likeliest day of the next order, `usual_sum` the turnover
    within the horizon at the company's mean gap; both are None after a single order.
    """

    no_order: float
    early_warning: float
    expected_orders: float
    expected_sum: float
    order_value: float
    window_from: int
    window_to: int
    expected: int | None
    usual_sum: float | None


def learn_club(histories: Iterable[Orders], today: int, horizon: int = HORIZON) -> ClubRhythm:
    """The rhythm of a club from the order days of its companies up to today. Later orders are left out."""
    known = [past for each in histories if (past := until(each, today))]
    season = season_time(Counter(order.day for orders in known for order in orders), today)
    model = fit([purchases(season, orders, today) for orders in known])
    plain = ClubRhythm(
        season=season,
        horizon=horizon,
        model=model,
        gaps=fit_gaps([gaps(season, orders) for orders in known]),
        mean_order=mean_order(known),
    )
    first = min((orders[0].day for orders in known), default=today)
    ahead = min(horizon, max(today - first - LEAST_PAST, LEAST_AHEAD))
    days = range(today - ahead, first + LEAST_PAST - 1, -APART)[:MOST_PASTS]
    periods = 1 + (len(days) - 1) * min(1.0, APART / ahead)
    scores, warnings = _cases(plain, known, days, ahead)
    return replace(plain, score=learn(scores, periods), warning=learn(warnings, periods))


def figures(club: ClubRhythm, orders: Orders, today: int) -> Figures:
    """The figures of a company with these order days, as of today. At least one order day is not after today."""
    past = until(orders, today)
    seen, last = purchases(club.season, past, today), past[-1].day
    row = traits(past, today)
    plain = silence(club.model, seen, _ahead(club.season, today, club.horizon))
    no_order = club.score.apply(plain, row) if club.score else plain
    wanted = expected_orders(club.model, seen, _ahead(club.season, today, club.horizon))
    wanted *= (1 - no_order) / max(1 - plain, 1e-9)
    value = order_value(club, past)
    begins, ends = window(club, past, today)
    gap = expected_gap(later.day - earlier.day for earlier, later in pairwise(past))
    return Figures(
        no_order,
        early_warning(club, past, today),
        wanted,
        value * wanted,
        value,
        begins,
        ends,
        None if gap is None else last + round(gap),
        value * club.horizon * (len(past) - 1) / (last - past[0].day) if len(past) > 1 else None,
    )


def order_value(club: ClubRhythm, past: Orders) -> float:
    """The mean order of a company, drawn to the mean of the club by one order; without such a mean, the company's own."""
    own = sum(order.amount for order in past)
    return (own + club.mean_order) / (len(past) + 1) if club.mean_order else own / len(past)


def early_warning(club: ClubRhythm, past: Orders, today: int) -> float:
    """The probability that the present silence passes the horizon; 1 where it has."""
    left = past[-1].day + club.horizon - today
    if left <= 0:
        return 1.0
    plain = silence(club.model, purchases(club.season, past, today), _ahead(club.season, today, left))
    return club.warning.apply(plain, traits(past, today)) if club.warning else plain


def window(club: ClubRhythm, past: Orders, today: int) -> tuple[int, int]:
    """The days between which the next order is due, if it comes: six of ten do, given the silence until today."""
    start = club.season.at(past[-1].day)
    silent = club.season.at(today) - start
    seen = gaps(club.season, past)
    begins, ends = (club.season.day(start + quantile(club.gaps, seen, share, silent)) for share in WINDOW)
    return max(begins, today + 1), max(ends, today + 1)


def until(orders: Orders, today: int) -> Orders:
    """The order days that are not after today."""
    return orders if not orders or orders[-1].day <= today else [order for order in orders if order.day <= today]


def purchases(season: SeasonTime, orders: Orders, today: int) -> Purchases:
    first = season.at(orders[0].day)
    return Purchases(len(orders) - 1, season.at(orders[-1].day) - first, season.at(today) - first)


def gaps(season: SeasonTime, orders: Orders) -> Gaps:
    return Gaps(len(orders) - 1, season.at(orders[-1].day) - season.at(orders[0].day))


def mean_order(histories: Sequence[Orders]) -> float:
    """The mean order value of companies; the largest hundredth counts as the value below it."""
    values = sorted(sum(order.amount for order in orders) / len(orders) for orders in histories)
    if not values:
        return 0.0
    cap = values[int(WINSORISED * (len(values) - 1))]
    return sum(min(value, cap) for value in values) / len(values)


def _ahead(season: SeasonTime, today: int, days: int) -> float:
    return season.at(today + days) - season.at(today)


def _cases(
    club: ClubRhythm, histories: Sequence[Orders], days: Sequence[int], known: int
) -> tuple[list[PastDay], list[PastDay]]:
    """Cases of the score and of the early warning: companies as they stood on earlier days, whose `known` days after them are over."""
    every = -(-len(days) * len(histories) // MOST_ROWS) or 1
    scores, warnings = [], []
    for orders in histories[::every]:
        for day in days:
            past = until(orders, day)
            if not past:
                continue
            seen, row = purchases(club.season, past, day), traits(past, day)
            following = orders[len(past)].day if len(past) < len(orders) else None
            ahead = _ahead(club.season, day, known)
            scores.append(_case(club, seen, row, ahead, following is None or following > day + known))
            left = past[-1].day + club.horizon - day
            if 0 < left <= days[0] + known - day:
                ahead = _ahead(club.season, day, left)
                warnings.append(_case(club, seen, row, ahead, following is None or following > day + left))
    return scores, warnings


def _case(club: ClubRhythm, seen: Purchases, row: Row, ahead: float, silent: bool) -> PastDay:
    return PastDay(silence(club.model, seen, ahead), row, silent)
