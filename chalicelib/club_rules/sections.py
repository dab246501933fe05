"""The sections of the rules, sentence by sentence; a rule that is switched off has no sentence."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from chalicelib import tiers
from chalicelib.bonuses import Bonuses, BonusExpiry, BonusRate, Bracket, Expiry, VolumeProgramme, expiry
from chalicelib.club_rules.rules import bonus, example
from chalicelib.club_rules.sentences import Speaker
from chalicelib.tiers import Ladder, LadderStep, LadderSteps

MOST_RATES = 5  # of goods; the catalogue shows all
_PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}

# --- the discount -----------------------------------------------------------------------------------------------------


def discount(speaker: Speaker, ladder: Ladder, coming: Ladder | None) -> Iterator[str]:
    yield speaker.say("window", days=speaker.count("day", ladder.window_days))
    if ladder.season and ladder.off_season_steps:
        first, last = (speaker.day_of_year(*day) for day in ladder.season)
        yield speaker.say("season", first=first, last=last)
        yield from _steps(speaker, ladder.steps)
        yield speaker.say("off_season")
        yield from _steps(speaker, ladder.off_season_steps)
    else:
        yield from _steps(speaker, ladder.steps)
    if ladder.personal:
        months, floor = speaker.count("month", ladder.personal.months), speaker.money(ladder.personal.floor)
        coefficient = _coefficient(speaker, ladder.personal.coefficients)
        yield speaker.say("personal", months=months, coefficient=coefficient, floor=floor)
    yield " ".join(_up_and_down(speaker, ladder))
    yield speaker.say("returned", days=speaker.count("day", tiers.UNDONE.days))
    if coming:
        steps = ", ".join(
            speaker.say("coming_step", **_step_facts(speaker, step)) for step in coming.steps_on(coming.valid_from)
        )
        yield speaker.say("coming", day=speaker.day(coming.valid_from), steps=steps)


def _steps(speaker: Speaker, steps: LadderSteps) -> Iterator[str]:
    return (speaker.say("step", **_step_facts(speaker, step)) for step in steps)


def _step_facts(speaker: Speaker, step: LadderStep) -> dict[str, str]:
    return {
        "sum": speaker.money(step.from_sum),
        "name": step.name_in(speaker.language),
        "percent": speaker.percent(step.discount_percent),
    }


def _coefficient(speaker: Speaker, coefficients: Sequence[Decimal]) -> str:
    least, most = speaker.number(min(coefficients)), speaker.number(max(coefficients))
    return least if least == most else speaker.say("coefficient", least=least, most=most)


def _up_and_down(speaker: Speaker, ladder: Ladder) -> Iterator[str]:
    yield speaker.say("up")
    yield (
        speaker.say("hold", days=speaker.count("day", ladder.hold_days)) if ladder.hold_days else speaker.say("no_hold")
    )
    if ladder.warning_days:
        yield speaker.say("warned", days=speaker.count("day", *ladder.warning_days))


# --- orders -----------------------------------------------------------------------------------------------------------


def orders(speaker: Speaker, smallest: Decimal | None) -> Iterator[str]:
    """`smallest`: the least sum of an order in the speaker's currency; none if there is none."""
    if smallest:
        yield speaker.say("smallest", sum=speaker.money(smallest))
    yield speaker.say("by_quantity")
    yield speaker.say("of_a_line")
    yield speaker.say("enlarged")


# --- bonuses ----------------------------------------------------------------------------------------------------------


def bonuses(speaker: Speaker, figures: Bonuses, steps: LadderSteps, today: date) -> Iterator[str]:
    rates = _rates(speaker, figures.rates, steps, today)
    if not rates:
        return
    yield " ".join(
        [
            speaker.say("worth", one=speaker.money(Decimal(1))),
            speaker.say("rates", rates=", ".join(rates)),
            speaker.say("highest"),
        ]
    )
    minimum = speaker.money(figures.limits_in(speaker.currency).redemption_minimum)
    yield " ".join([speaker.say(figures.available_on, minimum=minimum), speaker.say("oldest_first")])
    yield " ".join(_end(speaker, figures))
    yield " ".join([speaker.say("taken_back"), speaker.say("debt" if figures.negative_balance else "no_debt")])
    yield speaker.say("coalition")


def _rates(speaker: Speaker, rates: Iterable[BonusRate], steps: LadderSteps, today: date) -> list[str]:
    """The rates of today: of the ladder's tiers, then of goods."""
    now = [rate for rate in rates if rate.first <= today <= rate.last and rate.percent]
    percents = {rate.tier: rate.percent for rate in sorted(now, key=lambda rate: rate.percent) if rate.tier}
    texts = [
        speaker.say("rate_tier", name=step.name_in(speaker.language), percent=speaker.percent(percents[step.tier]))
        for step in steps
        if step.tier in percents
    ]
    goods = [_rate_of_goods(speaker, rate) for rate in now if not rate.tier]
    texts += goods[:MOST_RATES]
    if len(goods) > MOST_RATES:
        texts.append(speaker.say("rates_more", number=len(goods) - MOST_RATES))
    return texts


def _rate_of_goods(speaker: Speaker, rate: BonusRate) -> str:
    goods = rate.brand or rate.category or rate.sku or speaker.say("rate_all")
    name = speaker.pick(rate.name, rate.name_ru) or goods
    until = "" if rate.last == date.max else speaker.say("until", day=speaker.day(rate.last))
    return speaker.say("rate_goods", name=name, percent=speaker.percent(rate.percent), until=until)


def _end(speaker: Speaker, figures: Bonuses) -> Iterator[str]:
    policy = figures.expiry
    if policy.date:
        month, day = map(int, policy.date.split("-"))
        yield speaker.say("lasts_to", day=speaker.day_of_year(month, day))
    elif policy.count:
        count = speaker.count(policy.every, policy.count)
        yield speaker.say("lasts", count=count, period=speaker.of_period(policy.every))
    else:
        yield speaker.say("lasts_this", period=speaker.of_period(policy.every))
    if figures.reminders.warning_days:
        yield speaker.say("expiring", days=speaker.count("day", *figures.reminders.warning_days))


# --- volume -----------------------------------------------------------------------------------------------------------


def volume(speaker: Speaker, programmes: Iterable[VolumeProgramme]) -> Iterator[str]:
    for programme in programmes:
        own = programme.brackets.get(speaker.currency)
        if own:
            yield " ".join(_programme(speaker, programme, own, programme.off_season_brackets.get(speaker.currency)))


def _programme(
    speaker: Speaker, programme: VolumeProgramme, own: Sequence[Bracket], off_season: Sequence[Bracket] | None
) -> Iterator[str]:
    period = speaker.period(programme.every)
    yield speaker.say(
        "programme",
        name=speaker.pick(programme.name, programme.name_ru),
        brackets=_brackets(speaker, own),
        mode=speaker.say(programme.mode, period=period),
        pays=speaker.say(programme.pays, period=period, choose=speaker.count("day", programme.choose_days)),
    )
    if off_season:
        begins = range(1, 13, _PERIOD_MONTHS[programme.every])
        months = speaker.listed(speaker.month(month) for month in begins if month not in programme.season_months)
        yield speaker.say("off_season_volume", months=months, brackets=_brackets(speaker, off_season))
    yield speaker.say("grace", days=speaker.count("day", programme.grace_days))


def _brackets(speaker: Speaker, brackets: Iterable[Bracket]) -> str:
    return ", ".join(
        speaker.say("bracket", sum=speaker.money(bracket.from_sum), percent=speaker.percent(bracket.percent))
        for bracket in brackets
    )


# --- the example ------------------------------------------------------------------------------------------------------


def worked_example(speaker: Speaker, ladder: Ladder, figures: Bonuses, today: date) -> Iterator[str]:
    """Two purchases, what the rules make of them, and what the first one earns."""
    events = example(ladder, today)
    for event in events:
        tier = speaker.say("tier", **_step_facts(speaker, event.step)) if event.step.tier else speaker.say("no_tier")
        sentence = "bought" if event.bought else "fell"
        yield speaker.say(sentence, day=speaker.day(event.day), sum=speaker.money(event.bought), tier=tier)
    first = events[0]
    rates = [rate for rate in figures.rates if rate.tier == first.step.tier and rate.first <= today <= rate.last]
    if first.step.tier and rates:
        earned = bonus(first.bought, max(rate.percent for rate in rates))
        yield speaker.say(
            "earned", bonus=speaker.money(earned), day=speaker.day(today), end=speaker.day(_ends(figures.expiry, today))
        )


def _ends(policy: BonusExpiry, day: date) -> date:
    month, on_day = map(int, policy.date.split("-")) if policy.date else (0, 0)
    return expiry(Expiry(policy.every, policy.count, month, on_day), day)
