"""False alarms and coverage of waves: 2,000 without an effect and 2,000 with eight points, each from the draw of its arms to the results that a
head of sales sees, who may ask every day.

Careless beside it: whoever looks every week at all orders so far, and takes each look for the only one.
"""

from datetime import date, timedelta
from decimal import Decimal
from math import log
from random import Random
from statistics import fmean

import pytest

from chalicelib.retention.results.model import CompanyResult
from chalicelib.retention.results.rules import result_on, turnover_effect
from chalicelib.retention.waves.model import OUTCOME_DAYS, Forecast, Wave, assignment, look_days
from chalicelib.retention.waves.rules import Arm, effect
from tests.benchmarks.report import report

WAVES, COMPANIES, INTAKE, LOOKS = 2000, 400, 28, 3
FIRST = date(2027, 1, 11)
MEAN_ORDER, BASE = 30_000, 0.4
PAIRS = 20  # companies that share the INN of another one
UNITS = COMPANIES - PAIRS
DAILY = 50  # waves of which somebody asks every day; of the others, on the days of the looks


def wave(number: int) -> Wave:
    last = FIRST + timedelta(days=INTAKE - 1)
    return Wave(
        wave_id=f"wav_{number}",
        name="January",
        first=FIRST,
        last=last,
        held_out_percent=25,
        looks=look_days(FIRST, last, LOOKS),
        forecast=Forecast(COMPANIES, Decimal(40), Decimal(15)),
        planned_at="2026-12-01T00:00:00Z",
        planned_by="mbr_head",
    )


def outcomes(made: Wave, random: Random, lift: float) -> tuple[list[CompanyResult], dict[str, date]]:
    """Companies that enter on any day of the intake, some of them two of one INN; and the days of those that ordered."""
    found, ordered = [], {}
    for number in range(COMPANIES):
        inn = str(7_700_000_000 + (number - 1 if number % 20 == 1 else number))
        day = FIRST + timedelta(days=random.randrange(INTAKE))
        arm = assignment(made, f"cmp_{number}", inn, day)
        chance = random.betavariate(5 * BASE, 5 * (1 - BASE))
        bought = random.random() < chance + (lift if arm.arm == "called" else 0)
        before = Decimal(random.randrange(1, 400_000))
        if bought:
            ordered[arm.company_id] = day + timedelta(days=random.randint(1, OUTCOME_DAYS))
        found.append(
            CompanyResult(
                wave_id=made.wave_id,
                company_id=arm.company_id,
                unit=arm.unit,
                arm=arm.arm,
                day=day,
                ordered_90=bought,
                turnover=Decimal(round(random.lognormvariate(log(MEAN_ORDER) - 0.5, 1))) if bought else Decimal(0),
                before=before,
                expected_sum=before / 4,
                chance=Decimal(round(chance, 4)),
            )
        )
    return found, ordered


def careless_alarm(several: list[CompanyResult], ordered: dict[str, date]) -> bool:
    """Whether one of thirteen weekly looks at all orders so far takes the arms for different."""
    arms = {name: [each.company_id for each in several if each.arm == name] for name in ("called", "held")}
    for week in range(1, 14):
        today = FIRST + timedelta(days=INTAKE + 7 * week)
        called, held = (
            Arm(len(of), sum(each in ordered and ordered[each] <= today for each in of)) for of in arms.values()
        )
        if effect(called, held, 1.96).is_shown:
            return True
    return False


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lift", [0.0, 0.08])
def test_what_waves_promise_of_their_alarms_holds(lift: float) -> None:
    random = Random(11)
    of_pair = (1 - BASE) ** 2 - (1 - BASE - lift) ** 2  # one of two companies orders
    of_units = (lift * (UNITS - PAIRS) + of_pair * PAIRS) / UNITS
    alarms = covered = money = suspect = careless = compared = 0
    differences: list[float] = []
    for number in range(WAVES):
        made = wave(number)
        several, ordered = outcomes(made, random, lift)
        every = [FIRST + timedelta(days=offset) for offset in range((made.looks[-1] - FIRST).days + 8)]
        asked = [result_on(made, several, today) for today in (every if number < DAILY else made.looks)]
        if number < DAILY:
            on_looks = [result_on(made, several, today).comparison for today in made.looks]
            assert {each.comparison for each in asked} == {None, *on_looks}  # who asks daily sees no more
        shown = any(each.comparison is not None and each.comparison.ordered_90.effect.is_shown for each in asked)
        found = asked[-1]
        last = found.comparison
        suspect += found.suspect
        alarms += shown
        careless += careless_alarm(several, ordered)
        if last is None:
            continue
        compared += 1
        covered += last.ordered_90.effect.low <= of_units <= last.ordered_90.effect.high
        assert found.look
        spent = turnover_effect(found.units, found.look, random)
        assert spent
        money += spent.effect.low <= lift * MEAN_ORDER * COMPANIES / UNITS <= spent.effect.high
        differences.append(last.ordered_90.effect.difference)
    name = f"{WAVES} waves of {COMPANIES} companies, {100 * lift:.0f} points"
    report(f"{name}: an alarm on some look", f"{100 * alarms / WAVES:.1f} %", "4-6 % without an effect")
    report(f"{name}: the same, careless weekly looks", f"{100 * careless / WAVES:.1f} %")
    report(f"{name}: intervals of orders that hold the truth", f"{100 * covered / compared:.1f} %", "94-96 %")
    report(f"{name}: intervals of money that hold the truth", f"{100 * money / compared:.1f} %", "94-96 %")
    report(f"{name}: mean difference found", f"{100 * fmean(differences):.2f} points")
    report(f"{name}: arms out of their ratio", f"{suspect} waves", "about 2")
    if not lift:
        assert 0.04 <= alarms / WAVES <= 0.06
        assert careless / WAVES > 0.12
    assert 0.94 <= covered / compared <= 0.96 and 0.94 <= money / compared <= 0.96
