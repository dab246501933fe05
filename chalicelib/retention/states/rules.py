"""The state of a company by its rhythm, on any day. Pure.

    lost       no order for `lost_days`
    dormant    no order for the horizon (90 days)
    new        the first order is not older than the horizon
    at_risk    the silence passes the horizon with the probability of the limit, or more
    won_back   came back from a silence of the horizon, not longer ago than the horizon
    active     all others with an order
    no_orders  none, or all cancelled

The first that holds is the state. It follows from the order days, the day and what the club learned; so it can be computed for any day.

Weakest point: a state that follows from what the club learned may change when the club learns again, without any order.
"""

from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from chalicelib.platform.text import Language, count_en, count_ru
from chalicelib.retention.rhythm.rules import ClubRhythm, Figures, Orders, early_warning, figures, until

REMINDS = ("new", "active", "won_back")  # states in which a company is reminded of its next order
LEAST_TO_REMIND = 3  # order days: fewer have no usual gap
LATE_REMINDER = 7  # days after the day of the next order, until which a reminder still makes sense
LOOK_AHEAD = 30  # days: a company is looked at again after so many, whatever its state


class RhythmState(StrEnum):
    NO_ORDERS = "no_orders"
    NEW = "new"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    DORMANT = "dormant"
    LOST = "lost"
    WON_BACK = "won_back"


class Limits(NamedTuple):
    """`at_risk`: probability from which a silence is a risk; `lost`: days.

    `remind_before`: days before the next order is due; `remind_gap`: days between orders, below which nobody is reminded.
    """

    at_risk: float
    lost: int
    remind_before: int = 3
    remind_gap: int = 14


class Standing(NamedTuple):
    """The state of a company on a day, since when, and when to look again; figures unless it has no orders.

    `remind`: the first and the last day for a reminder of the next order, where one makes sense.
    """

    state: RhythmState
    since: int
    look_again: int | None
    orders: int = 0
    last: int | None = None
    mean_gap: float | None = None
    figures: Figures | None = None
    remind: tuple[int, int] | None = None

    def is_to_remind(self, today: int) -> bool:
        return self.remind is not None and self.remind[0] <= today <= self.remind[1]


def standing_on(club: ClubRhythm, orders: Orders, today: int, limits: Limits) -> Standing:
    """The standing of a company with these order days; later ones are left out."""
    past = until(orders, today)
    if not past:
        return Standing(RhythmState.NO_ORDERS, today, None)
    state = state_on(club, past, today, limits)
    first, last = past[0].day, past[-1].day
    known = figures(club, past, today)
    remind = _reminder(past, known.expected, state, limits)
    look_again = None if state is RhythmState.LOST else _change(club, past, today, limits, state)
    if look_again and remind and today < remind[0]:
        look_again = min(look_again, remind[0])
    return Standing(
        state,
        _since(club, past, today, limits, state),
        look_again,
        len(past),
        last,
        (last - first) / (len(past) - 1) if len(past) > 1 else None,
        known,
        remind,
    )


def _reminder(past: Orders, expected: int | None, state: RhythmState, limits: Limits) -> tuple[int, int] | None:
    """The days for a reminder: from some days before the likeliest day of the next order. A frequent buyer needs none; a company at risk is
    called.
    """
    if expected is None or state not in REMINDS or len(past) < LEAST_TO_REMIND:
        return None
    if expected - past[-1].day < limits.remind_gap:
        return None
    return expected - limits.remind_before, expected + LATE_REMINDER


def state_on(club: ClubRhythm, past: Orders, today: int, limits: Limits) -> RhythmState:
    """The state on a day, of at least one order day up to it."""
    silent = today - past[-1].day
    if silent >= max(limits.lost, club.horizon):
        return RhythmState.LOST
    if silent >= club.horizon:
        return RhythmState.DORMANT
    if today - past[0].day < club.horizon:
        return RhythmState.NEW
    if early_warning(club, past, today) >= limits.at_risk:
        return RhythmState.AT_RISK
    returned = [later.day for earlier, later in pairwise(past) if later.day - earlier.day >= club.horizon]
    return RhythmState.WON_BACK if returned and today - returned[-1] < club.horizon else RhythmState.ACTIVE


def _since(club: ClubRhythm, past: Orders, today: int, limits: Limits, state: RhythmState) -> int:
    """The first day of the state, no earlier than the last order."""
    last = past[-1].day
    if state in (RhythmState.DORMANT, RhythmState.LOST):
        return last + (club.horizon if state is RhythmState.DORMANT else max(limits.lost, club.horizon))
    since = today
    while since > last and state_on(club, past, since - 1, limits) is state:
        since -= 1
    return since


def _change(club: ClubRhythm, past: Orders, today: int, limits: Limits, state: RhythmState) -> int:
    """The first day on which the state is another if nothing is ordered, or the day of the next look."""
    days = range(today + 1, today + LOOK_AHEAD)
    return next((day for day in days if state_on(club, past, day, limits) is not state), today + LOOK_AHEAD)


# --- in words ---------------------------------------------------------------------------------------------------------


def sentence(standing: Standing, today: int, horizon: int, language: Language, other_currency: int = 0) -> str:
    """The rhythm as a manager reads it aloud: "Buys every 3 weeks, silent for 7 weeks; 84 of 100 such silences pass 90 days.".

    `other_currency`: order days without an order in the company's own.
    """
    told = _silence(standing, today, horizon, language)
    if not other_currency:
        return told
    if language == "ru":
        return f"{told} {count_ru(other_currency, 'день', 'дня', 'дней')} с заказами в другой валюте: в ритм входят, в суммы нет."
    return f"{told} {count_en(other_currency, 'day', 'days')} with orders in another currency: part of the rhythm, not of the sums."


def _silence(standing: Standing, today: int, horizon: int, language: Language) -> str:
    if standing.last is None or standing.figures is None:
        return "Заказов нет." if language == "ru" else "No orders."
    silent, chance = today - standing.last, round(100 * standing.figures.early_warning)
    if language == "ru":
        buys = f"Покупает раз в {_each(_span_ru(standing.mean_gap))}" if standing.mean_gap else "Заказ был один"
        told = f"{buys}, молчит {_span_ru(silent)}" if silent else f"{buys}, последний — сегодня"
        if silent >= horizon:
            return f"{told}."
        return f"{told}; из 100 таких пауз {count_ru(chance, 'длится', 'длятся', 'длятся')} дольше {count_ru(horizon, 'дня', 'дней', 'дней')}."
    buys = f"Buys every {_each(_span_en(standing.mean_gap))}" if standing.mean_gap else "Bought once"
    told = f"{buys}, silent for {_span_en(silent)}" if silent else f"{buys}, ordered today"
    if silent >= horizon:
        return f"{told}."
    return f"{told}; {chance} of 100 such silences pass {count_en(horizon, 'day', 'days')}."


def _each(span: str) -> str:
    """Once a week, and not once in 1 week."""
    return span.removeprefix("1\N{NO-BREAK SPACE}")


def _span_ru(days: float) -> str:
    """Days up to two weeks, then weeks, then months."""
    if days < 14:
        return count_ru(max(1, round(days)), "день", "дня", "дней")
    if days < 90:
        return count_ru(round(days / 7), "неделю", "недели", "недель")
    return count_ru(round(days / 30.4), "месяц", "месяца", "месяцев")


def _span_en(days: float) -> str:
    if days < 14:
        return count_en(max(1, round(days)), "day", "days")
    if days < 90:
        return count_en(round(days / 7), "week", "weeks")
    return count_en(round(days / 30.4), "month", "months")
