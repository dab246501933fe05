"""A wave of winning back: the companies that are quiet on its first day or become so in the weeks after. Pure.

A random share of them is held out: nobody calls them, and they get no offer and no letter to win them back, for `HELD_DAYS` from their own
first day in the wave. The result compares both arms, each company by its own days, and is looked at on days that are set before the start.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from chalicelib.platform.text import Language, count_en, count_ru, day_en, day_ru
from chalicelib.retention.waves.rules import is_held_out, smallest_effect

HELD_DAYS = 180
OUTCOME_DAYS = 90
LEAST_APART = 14  # days between two looks
COARSE = Decimal(15)  # points: a wave that notices nothing below them waits for more companies

Arm = Literal["called", "held"]


class WaveState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Forecast(NamedTuple):
    """Expected before the start: companies; percent of them that come back without a call; smallest effect that is noticed, in points.

    None where even the return of all would not be noticed.
    """

    companies: int
    base_percent: Decimal
    smallest_effect: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """`first`, `last`: days on which companies enter; `looks`: days of the result."""

    wave_id: str
    name: str
    first: date
    last: date
    held_out_percent: int
    looks: tuple[date, ...]
    forecast: Forecast
    planned_at: str
    planned_by: str
    changed_by: str = ""
    cancelled_at: str = ""
    version: int = 1

    def state(self, today: date) -> WaveState:
        if self.cancelled_at:
            return WaveState.CANCELLED
        if today < self.first:
            return WaveState.PLANNED
        return WaveState.RUNNING if today <= self.looks[-1] else WaveState.CLOSED

    def takes_in(self, day: date) -> bool:
        return not self.cancelled_at and self.first <= day <= self.last

    def holds(self, day: date) -> bool:
        """True while a company of the wave may be held out."""
        return not self.cancelled_at and self.first <= day < self.last + timedelta(days=HELD_DAYS)

    @property
    def intake_days(self) -> int:
        return (self.last - self.first).days + 1


class Assignment(NamedTuple):
    """The arm of a company in a wave, for ever. `unit`: the INN, or the company's id without one; companies of one unit share the arm.

    `joined`: the company that was drawn and then joined into this one; empty for one that was drawn itself. `manager_id`: the company's manager on
    that day, to whom its outcome counts in spite of later changes.
    """

    wave_id: str
    company_id: str
    unit: str
    arm: Arm
    day: date
    joined: str = ""
    manager_id: str | None = None

    def is_held(self, today: date) -> bool:
        return self.arm == "held" and today < self.until

    @property
    def until(self) -> date:
        return self.day + timedelta(days=HELD_DAYS)


def assignment(wave: Wave, company_id: str, inn: str | None, day: date, manager_id: str | None = None) -> Assignment:
    unit = inn or company_id
    held = is_held_out(wave.wave_id, unit, wave.held_out_percent)
    return Assignment(wave.wave_id, company_id, unit, "held" if held else "called", day, manager_id=manager_id)


def look_days(first: date, last: date, most: int) -> tuple[date, ...]:
    """The days of at most `most` looks: the last one when all outcomes are known, the others evenly before, from the first outcomes on."""
    opens, closes = first + timedelta(days=OUTCOME_DAYS), last + timedelta(days=OUTCOME_DAYS)
    looks = max(1, min(most, (closes - opens).days // LEAST_APART + 1))
    if looks == 1:
        return (closes,)
    step = (closes - opens) / (looks - 1)
    return tuple(opens + step * number for number in range(looks))


def forecast(companies: int, base: float, held_out_percent: int) -> Forecast:
    noticed = smallest_effect(companies, held_out_percent / 100, base)
    points = Decimal(100 * noticed).quantize(Decimal("0.1")) if base + noticed <= 1 else None
    return Forecast(companies, Decimal(100 * base).quantize(Decimal("0.1")), points)


def is_coarse(expected: Forecast) -> bool:
    """True for a wave that should wait for more companies."""
    return expected.smallest_effect is None or expected.smallest_effect > COARSE


# --- in words ---------------------------------------------------------------------------------------------------------


def plan_in_words(wave: Wave, language: Language) -> str:
    """The plan as a head of sales reads it before the start."""
    return (_plan_ru if language == "ru" else _plan_en)(wave)


def _plan_ru(wave: Wave) -> str:
    expected, held = wave.forecast, wave.held_out_percent
    days = ", ".join(day_ru(day) for day in wave.looks)
    told = (
        f"Ожидается {count_ru(expected.companies, 'компания', 'компании', 'компаний')}, из каждых 100 случайные {held} не обзванивает никто. "
        f"Без звонков вернулись бы около {expected.base_percent:.0f} из 100. "
    )
    if expected.smallest_effect is None:
        told += "Компаний слишком мало: никакой разницы мы не заметим. "
    else:
        told += f"Мы заметим разницу, только если вернутся хотя бы на {expected.smallest_effect:.0f} из 100 больше. "
    told += f"Результат смотрим только в назначенные дни: {days}."
    return f"{told} Этого мало: лучше объединить волну со следующей." if is_coarse(expected) else told


def _plan_en(wave: Wave) -> str:
    expected, held = wave.forecast, wave.held_out_percent
    days = ", ".join(day_en(day) for day in wave.looks)
    told = (
        f"{count_en(expected.companies, 'company is', 'companies are')} expected; of each 100 a random {held} are called by nobody. "
        f"Without calls about {expected.base_percent:.0f} of 100 would come back. "
    )
    if expected.smallest_effect is None:
        told += "There are too few companies: we would notice no difference. "
    else:
        told += f"We will notice a difference only if at least {expected.smallest_effect:.0f} of 100 more come back. "
    told += f"The result is looked at only on the planned days: {days}."
    return f"{told} That is coarse: better pool this wave with the next one." if is_coarse(expected) else told
