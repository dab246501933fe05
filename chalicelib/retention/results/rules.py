"""The result of a wave on its planned looks. Pure.

On a look the units are compared whose outcome was known by its day, each by its own days. The arms are those that were drawn: companies
called in spite of the hold-out, or never reached, count in the arm of their assignment.

Weakest point: a company that changed its INN after it entered may share a unit with companies of the other arm; the arm of the first counts.
"""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from math import sqrt
from random import Random

from chalicelib.orders import OrderLine
from chalicelib.platform import line_sum
from chalicelib.platform.text import Language, day_en, day_ru, money_en, money_ru, percent_en, percent_ru
from chalicelib.pricing import offers_of
from chalicelib.retention.results.model import (
    CompanyResult,
    Comparison,
    Look,
    OfferSums,
    RankGroup,
    Shares,
    Stratified,
    Talks,
    Unit,
    WaveResult,
)
from chalicelib.retention.waves.model import OUTCOME_DAYS, Wave
from chalicelib.retention.waves.rules import (
    SUSPECT,
    AdjustedEffect,
    Arm,
    Effect,
    adjusted_effect,
    critical_value,
    effect,
    ratio_chance,
)

MOST_GROUPS = 10  # by rank
STRATA = 3  # by value, within which managers are compared
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


def result_on(wave: Wave, results: Iterable[CompanyResult], today: date) -> WaveResult:
    """The result of the wave on this day, which is that of its latest look."""
    look = look_on(wave, today)
    known = [each for each in results if is_known(each, look)] if look else []
    several = units(known)
    suspect = is_suspect(several, wave.held_out_percent)
    found = compare(several, look) if look and not suspect else None
    return WaveResult(look, known, several, suspect, found)


def offer_sums(lines: Iterable[OrderLine]) -> OfferSums:
    """Of lines in one currency."""
    of_offers = [line for line in lines if offers_of(line.chosen)]
    total = sum((line.amount for line in of_offers), Decimal(0))
    base = sum((line_sum(line.base_price, line.agreed) for line in of_offers), Decimal(0))
    costs = [(line.amount, line_sum(line.cost_price, line.agreed)) for line in of_offers if line.cost_price is not None]
    costed = sum((amount for amount, _ in costs), Decimal(0))
    return OfferSums(total, base - total, costed, costed - sum((cost for _, cost in costs), Decimal(0)))


def margin_of(lines: Iterable[OrderLine]) -> Decimal | None:
    """Of the lines in one currency whose cost is known; None without any."""
    known = [line.amount - line_sum(line.cost_price, line.agreed) for line in lines if line.cost_price is not None]
    return sum(known, Decimal(0)) if known else None


def offer_sums_of(results: Iterable[CompanyResult]) -> OfferSums:
    """Of these companies together."""
    several = list(results)
    return OfferSums(
        sum((each.offers_sum for each in several), Decimal(0)),
        sum((each.offers_off for each in several), Decimal(0)),
        sum((each.offers_costed for each in several), Decimal(0)),
        sum((each.offers_margin for each in several), Decimal(0)),
    )


def units(results: Iterable[CompanyResult]) -> list[Unit]:
    """The companies of each INN as one."""
    found = []
    for _, group in groupby(
        sorted(results, key=lambda each: (each.unit, each.day, each.company_id)), lambda each: each.unit
    ):
        several = list(group)
        margins = [each.margin for each in several if each.margin is not None]
        found.append(
            Unit(
                several[0].arm,
                any(each.called for each in several),
                any(each.visited for each in several),
                any(each.ordered_30 for each in several),
                any(each.ordered_90 for each in several),
                float(sum(each.turnover for each in several)),
                float(sum(each.before for each in several)),
                float(sum(each.expected_sum for each in several)),
                float(sum(margins)) if margins else None,
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
        arms = [_arm(arm, name) for arm in (called, held)]
        return Shares(arms[0], arms[1], effect(arms[0], arms[1], critical))

    return Comparison(len(called), len(held), shares("visited"), shares("ordered_30"), shares("ordered_90"))


def turnover_effect(several: Sequence[Unit], look: Look, random: Random) -> AdjustedEffect | None:
    """Of the turnover of a unit within the outcome's days, where the units can be compared; None where nobody ordered: that shows no equality."""
    return _money_effect(several, look, random, lambda each: each.turnover)


def margin_effect(several: Sequence[Unit], look: Look, random: Random) -> AdjustedEffect | None:
    """Of the margin of a unit's orders, the same; None where no cost is known."""
    if all(each.margin is None for each in several):
        return None
    return _money_effect(several, look, random, lambda each: each.margin or 0.0)


def _money_effect(
    several: Sequence[Unit], look: Look, random: Random, sum_of: Callable[[Unit], float]
) -> AdjustedEffect | None:
    if not any(map(sum_of, several)):
        return None
    arms = [[(sum_of(each), each.before) for each in several if each.arm == arm] for arm in ("called", "held")]
    return adjusted_effect(arms[0], arms[1], critical_value(look.number, look.of), random)


def _arm(several: Sequence[Unit], name: str) -> Arm:
    return Arm(len(several), sum(bool(getattr(each, name)) for each in several))


def by_strata(several: Sequence[Unit], of_manager: Sequence[Unit], look: Look) -> Stratified | None:
    """The effect of a manager's calls on orders, as if the manager's companies were worth as much as those of the whole wave.

    Managers do not get companies by chance: one has the large, another the small ones. So the units of the wave are cut into equal strata by the
    turnover that was expected of them, each stratum of a manager is compared by itself, and weighs as much as it does in the wave. None where a
    stratum of the manager has too few units of an arm.

    The bounds of the weighted sum follow from those of its parts (G. Zou, A. Donner, "Construction of confidence limits about effect measures: a
    general approach", 2008).
    """
    ranked = sorted(each.expected_sum for each in several)
    cuts = [ranked[len(ranked) * place // STRATA] for place in range(1, STRATA)]
    critical = critical_value(look.number, look.of)
    weights = Counter(bisect(cuts, each.expected_sum) for each in several)
    called = held = difference = below = above = 0.0
    for stratum, number in weights.items():
        own = [each for each in of_manager if bisect(cuts, each.expected_sum) == stratum]
        arms = [_arm([each for each in own if each.arm == arm], "ordered_90") for arm in ("called", "held")]
        if min(arm.companies for arm in arms) < LEAST_OF_ARM:
            return None
        weight, found = number / len(several), effect(arms[0], arms[1], critical)
        called += weight * arms[0].share
        held += weight * arms[1].share
        difference += weight * found.difference
        below += (weight * (found.difference - found.low)) ** 2
        above += (weight * (found.high - found.difference)) ** 2
    return Stratified(called, held, Effect(difference, difference - sqrt(below), difference + sqrt(above)))


def by_rank(several: Sequence[Unit], look: Look, random: Random) -> list[RankGroup]:
    """Equal groups by the turnover that was expected of the units as they entered, the largest first.

    So it shows how far down the list a call still pays. Ten groups, or as many as have enough units of both arms; none below two.
    """
    ranked = sorted(several, key=lambda each: -each.expected_sum)
    for number in range(MOST_GROUPS, 1, -1):
        cuts = [len(ranked) * place // number for place in range(number + 1)]
        groups = [ranked[first:last] for first, last in pairwise(cuts)]
        found = [compare(group, look) for group in groups]
        if all(found):
            return [
                RankGroup(
                    100 * place // number,
                    100 * (place + 1) // number,
                    each,
                    turnover_effect(groups[place], look, random),
                )
                for place, each in enumerate(found)
                if each
            ]
    return []


def by_code(known: Iterable[CompanyResult], code_of: Callable[[CompanyResult], str | None]) -> list[Talks]:
    """The called companies of each reason or answer, against what was to be expected of them without a call.

    Nobody who is held out names a reason, so there is no arm to compare with. The expectation is the sum of the chances by rhythm, times the
    ratio of orders to chances among the held out: the same season, the same prices. Empty without a held-out company that had a chance.
    """
    known = list(known)
    held = [each for each in known if each.arm == "held"]
    chances = sum(float(each.chance) for each in held)
    if not chances:
        return []
    ratio = sum(each.ordered_90 for each in held) / chances
    groups: dict[str, list[CompanyResult]] = defaultdict(list)
    for each in known:
        code = code_of(each)
        if code and each.arm == "called":
            groups[code].append(each)
    return [
        Talks(
            code,
            len(group),
            sum(each.ordered_90 for each in group),
            sum(min(1.0, ratio * float(each.chance)) for each in group),
        )
        for code, group in sorted(groups.items())
    ]


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
    shown = [f"{100 * each:.1f}" for each in (shares.called.share, shares.held.share, *shares.effect)]
    called, held, difference, low, high = (each.replace(".", ",") if russian else each for each in shown)
    if russian:
        told = f"За 90 дней заказали {called} из 100 обзвоненных и {held} из 100 остальных: разница {difference} (от {low} до {high}). "
        if not shares.effect.is_shown:
            return f"{told}Пока данных мало, чтобы судить."
        return told + ("Звонки помогли." if shares.effect.low > 0 else "Звонки повредили.")
    told = f"Within 90 days {called} of 100 called companies ordered, and {held} of 100 held out: a difference of {difference} (from {low} to {high}). "
    if not shares.effect.is_shown:
        return f"{told}Too few to tell."
    return told + ("The calls helped." if shares.effect.low > 0 else "The calls did harm.")


def margin_in_words(sums: OfferSums, currency: str, language: Language) -> str:
    """The margin of what was ordered at the prices of offers; empty where nothing was."""
    russian, known = language == "ru", sums.costed_percent
    if known is None:
        return ""
    if not sums.costed:
        return (
            "Маржа предложений неизвестна: при заказе себестоимость не была указана."
            if russian
            else "The margin of offers is not known: no product had a cost price when it was ordered."
        )
    if russian:
        margin, part = money_ru(sums.margin, currency), percent_ru(known)
        return f"Маржа заказанного по ценам предложений: {margin}. Себестоимость известна для {part} этой суммы."
    margin, part = money_en(sums.margin, currency), percent_en(known)
    return (
        f"The margin of what was ordered at the prices of offers: {margin}. The cost is known for {part} of that sum."
    )
