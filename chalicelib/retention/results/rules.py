"""The result of a wave on its planned looks. Pure.

On a look the units are compared whose outcome was known by its day, each by its own days. The arms are those that were drawn: whoever was
called in spite of the hold-out, or never reached, counts in the arm of the assignment.

Weakest point: a company that changed its INN after it entered may share a unit with companies of the other arm; the arm of the first counts.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby

from chalicelib.platform.text import Language, day_en, day_ru
from chalicelib.retention.results.model import CompanyResult, Comparison, Look, Shares, Unit
from chalicelib.retention.waves.model import OUTCOME_DAYS, Wave
from chalicelib.retention.waves.rules import SUSPECT, Arm, adjusted_effect, critical_value, effect, ratio_chance

LEAST_OF_ARM = 2  # units: below that there is no interval


def look_on(wave: Wave, today: date) -> Look | None:
    """The latest look that is not after today; None before the first."""
    past = [day for day in wave.looks if day <= today]
    return Look(len(past), len(wave.looks), past[-1]) if past else None


def next_look(wave: Wave, today: date) -> date | None:
    return next((day for day in wave.looks if day > today), None)


def is_known(result: CompanyResult, look: Look) -> bool:
    """True where the outcome was known by the day of the look."""
    return result.day + timedelta(days=OUTCOME_DAYS) <= look.day


def units(results: Iterable[CompanyResult]) -> list[Unit]:
    """The companies of each INN as one."""
    found = []
    for _, group in groupby(
        sorted(results, key=lambda each: (each.unit, each.day, each.company_id)), lambda each: each.unit
    ):
        several = list(group)
        found.append(
            Unit(
                several[0].arm,
                any(each.called for each in several),
                any(each.ordered_30 for each in several),
                any(each.ordered_90 for each in several),
                float(sum(each.turnover for each in several)),
                float(sum(each.before for each in several)),
                len({each.arm for each in several}) > 1,
            )
        )
    return found


def compare(several: Sequence[Unit], look: Look) -> Comparison | None:
    """None while an arm is too small for an interval."""
    called = [each for each in several if each.arm == "called"]
    held = [each for each in several if each.arm == "held"]
    if min(len(called), len(held)) < LEAST_OF_ARM:
        return None
    critical = critical_value(look.number, look.of)

    def shares(name: str) -> Shares:
        arms = [Arm(len(arm), sum(bool(getattr(each, name)) for each in arm)) for arm in (called, held)]
        return Shares(arms[0], arms[1], effect(arms[0], arms[1], critical))

    money = [[(each.turnover, each.before) for each in arm] for arm in (called, held)]
    return Comparison(
        len(called),
        len(held),
        shares("ordered_30"),
        shares("ordered_90"),
        adjusted_effect(money[0], money[1], critical),
    )


def is_suspect(several: Sequence[Unit], held_out_percent: int) -> bool:
    """True where the arms are too far from their planned ratio to be chance: then there is no result, but a cause to find."""
    held = sum(each.arm == "held" for each in several)
    return ratio_chance(len(several) - held, held, held_out_percent / 100) < SUSPECT


# --- in words ---------------------------------------------------------------------------------------------------------


def too_early(wave: Wave, language: Language) -> str:
    """Before the first look."""
    first = wave.looks[0]
    if language == "ru":
        return f"Результат смотрим впервые {day_ru(first)}: раньше он только вводит в заблуждение."
    return f"The result is looked at first on {day_en(first)}: before that it only misleads."


def in_words(found: Comparison | None, suspect: bool, language: Language) -> str:
    """The result as a head of sales reads it."""
    russian = language == "ru"
    if suspect:
        return (
            "Доли групп не те, что были назначены: сначала найдите причину. Проверьте, что волну не меняли в таблице и что объединение компаний их не потеряло."
            if russian
            else "The arms do not have the shares that were drawn: find the cause first. Look for companies that were merged or removed, and for changes of the table by hand."
        )
    if found is None:
        return "Компаний мало, сравнивать нечего." if russian else "There are too few companies to compare."
    shares = found.ordered_90
    difference, low, high = (round(100 * each) for each in shares.effect)
    called, held = round(100 * shares.called.share), round(100 * shares.held.share)
    if russian:
        told = f"За 90 дней заказали {called} из 100 обзвоненных и {held} из 100 остальных: разница {difference} (от {low} до {high}). "
        if not shares.effect.is_shown:
            return f"{told}Пока данных мало, чтобы судить."
        return told + ("Звонки помогли." if difference > 0 else "Звонки повредили.")
    told = f"Within 90 days {called} of 100 called companies ordered, and {held} of 100 held out: a difference of {difference} (from {low} to {high}). "
    if not shares.effect.is_shown:
        return f"{told}Too few to tell."
    return told + ("The calls helped." if difference > 0 else "The calls did harm.")
