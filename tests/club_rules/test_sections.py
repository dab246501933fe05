"""The rules in words: what holds is said, what does not is not, in both languages, on one screen."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any, get_args

import pytest

from chalicelib.bonuses.config import Bonuses
from chalicelib.bonuses.volume.config import VolumeBonuses, VolumeProgramme
from chalicelib.club_rules import sections, sentences
from chalicelib.club_rules.sentences import Speaker
from chalicelib.orders.config import Orders
from chalicelib.platform.config import Config
from chalicelib.platform.context import Context
from chalicelib.platform.text import Language
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders.rules import Ladder, PersonalStep
from chalicelib.tiers.ladders.store import founding_ladder

TODAY = date(2026, 11, 20)
ENGLISH, RUSSIAN = Speaker("en", "RUB"), Speaker("ru", "RUB")


@pytest.fixture
def founding(context: Context) -> Ladder:
    return founding_ladder(context.config[Tiers], "RUB")


def plain(lines: Iterator[str]) -> list[str]:
    """With spaces that a test can be typed with."""
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def figures(config: Config, **changes: Any) -> Bonuses:
    return Bonuses.model_validate({**config[Bonuses].model_dump(by_alias=True), **changes})


def half(ladder: Ladder) -> Ladder:
    """With half the sums off season."""
    off_season = tuple(step._replace(from_sum=step.from_sum / 2) for step in ladder.steps)
    return ladder._replace(season=((4, 1), (9, 30)), off_season_steps=off_season)


def personal(ladder: Ladder, *coefficients: str) -> Ladder:
    twelve = tuple(Decimal(each) for each in coefficients) * (12 // len(coefficients))
    return ladder._replace(personal=PersonalStep(Decimal(30_000), twelve))


# --- the discount -------------------------------------------------------------------------------------------------------


def test_the_ladder_is_told_step_by_step(founding: Ladder) -> None:
    told = plain(sections.discount(ENGLISH, founding, None))
    assert told[1:5] == [
        "From 50,000 RUB: Bronze, 3%",
        "From 150,000 RUB: Silver, 5%",
        "From 400,000 RUB: Gold, 7%",
        "From 1,000,000 RUB: Platinum, 10%",
    ]
    assert "stays yours for 30 days more. 14 and 3 days before it ends" in told[5]
    russian = plain(sections.discount(RUSSIAN, founding, None))
    assert russian[0].startswith("Скидку даёт сумма покупок за последние 90 дней.")
    assert russian[1] == "От 50 000 ₽ — «Бронза», 3 %"
    assert "ещё 30 дней. За 14 и 3 дня до конца" in russian[5]


def test_without_hold_and_warnings_none_are_promised(founding: Ladder) -> None:
    told = " ".join(plain(sections.discount(ENGLISH, founding._replace(hold_days=0, warning_days=()), None)))
    assert "ends on the same day" in told
    assert "we write" not in told


def test_each_season_has_its_steps(founding: Ladder) -> None:
    told = plain(sections.discount(ENGLISH, half(founding), None))
    assert told[1:3] == ["From 1 April to 30 September these steps hold:", "From 50,000 RUB: Bronze, 3%"]
    assert told[6:8] == ["In the rest of the year:", "From 25,000 RUB: Bronze, 3%"]
    russian = plain(sections.discount(RUSSIAN, half(founding), None))
    assert russian[1] == "С 1 апреля по 30 сентября действуют ступени:"


@pytest.mark.parametrize(
    ("coefficients", "english", "russian"),
    [
        (["1"], "times 1,", "умноженные на 1,"),
        (["0.8", "1.25"], "times the month's coefficient (0.8 to 1.25),", "на коэффициент месяца (от 0,8 до 1,25),"),
    ],
)
def test_the_personal_first_step_is_explained(
    founding: Ladder, coefficients: list[str], english: str, russian: str
) -> None:
    ladder = personal(founding, *coefficients)
    (told,) = (line for line in plain(sections.discount(ENGLISH, ladder, None)) if "a year ago" in line)
    assert told.startswith("If you have been buying for 18 months or longer")
    assert english in told
    assert "at least 30,000 RUB" in told
    assert russian in " ".join(plain(sections.discount(RUSSIAN, ladder, None)))


def test_a_return_within_two_weeks_is_told_to_undo_its_purchase(founding: Ladder) -> None:
    assert "within 14 days as if that had never been" in " ".join(plain(sections.discount(ENGLISH, founding, None)))
    assert "за 14 дней после неё — так, будто её не было" in " ".join(plain(sections.discount(RUSSIAN, founding, None)))


def test_a_ladder_to_come_is_announced(founding: Ladder) -> None:
    coming = founding._replace(valid_from=date(2027, 1, 1), steps=founding.steps[:3])
    told = plain(sections.discount(ENGLISH, founding, coming))
    assert told[-1] == (
        "From 1 January 2027 on other steps hold: "
        "Bronze from 50,000 RUB (3%), Silver from 150,000 RUB (5%), Gold from 400,000 RUB (7%)."
    )


# --- orders -------------------------------------------------------------------------------------------------------------


def test_the_rules_of_orders_are_told_and_the_smallest_order_where_there_is_one() -> None:
    told = plain(sections.orders(ENGLISH, Decimal(5000)))
    assert told[0] == "The smallest order is 5,000 RUB, before the discounts of promotions."
    assert plain(sections.orders(ENGLISH, None)) == told[1:]
    assert (
        plain(sections.orders(RUSSIAN, Decimal(5000)))[0] == "Наименьший заказ — 5 000 ₽, без вычета скидок по акциям."
    )


# --- bonuses ------------------------------------------------------------------------------------------------------------


def told_of(config: Config, founding: Ladder, speaker: Speaker = ENGLISH, **changes: Any) -> str:
    return "\n".join(plain(sections.bonuses(speaker, figures(config, **changes), founding.steps, TODAY)))


def test_the_rates_of_tiers_and_goods_that_hold_today_are_told(context: Context, founding: Ladder) -> None:
    rates = [
        {"tier": "silver", "percent": "1"},
        {"tier": "gold", "percent": "2", "to": "2026-11-19"},
        {"brand": "Luch", "percent": "5", "to": "2026-11-30"},
        {"percent": "0.5"},
        {"category": "cables", "percent": "3", "promotion": "nov", "name": "Cables", "name_ru": "Кабели"}
        | {"from": "2026-11-01", "to": "2026-11-20"},
    ]
    told = told_of(context.config, founding, rates=rates)
    assert (
        "A purchase earns: Silver 1%, Luch 5% until 30 November 2026, any goods 0.5%, Cables 3% until 20 November 2026."
    ) in told
    assert "«Серебро» — 1 %, Luch — 5 % до 30 ноября 2026" in told_of(context.config, founding, RUSSIAN, rates=rates)


def test_of_many_rates_of_goods_the_first_few_are_told(context: Context, founding: Ladder) -> None:
    rates = [{"brand": f"B{number}", "percent": "1"} for number in range(8)]
    assert "B4 1%, and 3 more." in told_of(context.config, founding, rates=rates)


def test_a_club_without_rates_tells_nothing_of_bonuses(context: Context, founding: Ladder) -> None:
    assert told_of(context.config, founding, rates=[]) == ""


@pytest.mark.parametrize(
    ("changes", "english", "russian"),
    [
        ({"negative_balance": True}, "goes below zero, and what you earn next pays it", "уходит ниже нуля"),
        (
            {"negative_balance": False},
            "the club bears it: your balance never goes below zero",
            "ниже нуля баланс не уходит",
        ),
        (
            {"available_on": "shipped_and_paid"},
            "shipped and paid for, 100 RUB or more",
            "отгружен и оплачен, — от 100 ₽",
        ),
        ({"available_on": "shipped"}, "when the goods are shipped, 100 RUB", "когда товар отгружен, — от 100 ₽"),
        ({"expiry": {"every": "month", "count": 12}}, "for 12 months after the month", "12 месяцев после месяца"),
        ({"expiry": {"every": "quarter", "count": 1}}, "for 1 quarter after the quarter", "1 квартал после квартала"),
        ({"expiry": {"every": "year", "count": 0}}, "to the end of the year in which", "до конца года, в котором"),
        ({"expiry": {"every": "date", "date": "03-31"}}, "until the next 31 March.", "до ближайшего 31 марта."),
        ({"reminders": {"warning_days": [30, 7]}}, "30 and 7 days before they end", "За 30 и 7 дней до конца"),
    ],
)
def test_each_policy_is_told_as_it_is(
    context: Context, founding: Ladder, changes: dict[str, Any], english: str, russian: str
) -> None:
    assert english in told_of(context.config, founding, **changes)
    assert russian in told_of(context.config, founding, RUSSIAN, **changes)


def test_without_warnings_no_letters_are_promised(context: Context, founding: Ladder) -> None:
    assert "we write" not in told_of(context.config, founding, reminders={"warning_days": []})


# --- volume -------------------------------------------------------------------------------------------------------------


def programme(**changes: Any) -> VolumeProgramme:
    given = {
        "code": "q",
        "name": "Quarter bonus",
        "name_ru": "Квартальный бонус",
        "every": "quarter",
        "since": "2026-01-01",
        "mode": "whole",
        "grace_days": 10,
        "pays": "goods_next_period",
        "brackets": {"RUB": [{"from": "300000", "percent": "1"}, {"from": "600000", "percent": "2.5"}]},
    }
    return VolumeProgramme.model_validate({**given, **changes})


def test_a_volume_programme_is_told_in_one_line() -> None:
    (told,) = plain(sections.volume(ENGLISH, [programme()]))
    assert told == (
        "Quarter bonus: from 300,000 RUB 1%, from 600,000 RUB 2.5%, of all purchases of the quarter; in goods in the next quarter, "
        "to be chosen within 90 days. We wait 10 days for late documents; what comes later counts in the next period."
    )


@pytest.mark.parametrize(
    ("changes", "english", "russian"),
    [
        ({"mode": "stepped"}, "of the part of the quarter's purchases above each sum", "за квартал сверх каждой суммы"),
        ({"pays": "gift"}, "; as a gift.", "; подарком."),
        ({"pays": "goods_monthly_next_year"}, "in 12 monthly parts over the next year", "12 частями по месяцам"),
        ({"choose_days": 1}, "to be chosen within 1 day.", "выбрать его нужно за 1 день."),
        (
            {"pays": "goods_monthly_next_year", "choose_days": 31},
            "each to be chosen within 31 days.",
            "каждую нужно выбрать за 31 день.",
        ),
        (
            {
                "season_months": [4, 5, 6, 7, 8, 9],
                "off_season_brackets": {"RUB": [{"from": "100000", "percent": "1"}]},
            },
            "Periods that begin in January and October: from 100,000 RUB 1%.",
            "Если период начинается в другом месяце (январь и октябрь): от 100 000 ₽ — 1 %.",
        ),
    ],
)
def test_each_way_of_a_programme_is_told(changes: dict[str, Any], english: str, russian: str) -> None:
    assert english in plain(sections.volume(ENGLISH, [programme(**changes)]))[0]
    assert russian in plain(sections.volume(RUSSIAN, [programme(**changes)]))[0]


def test_a_programme_in_another_currency_is_not_told() -> None:
    assert plain(sections.volume(Speaker("en", "GBP"), [programme()])) == []


# --- the example and the whole ------------------------------------------------------------------------------------------


def test_the_example_says_what_the_rules_make_of_it(context: Context, founding: Ladder) -> None:
    assert plain(sections.worked_example(ENGLISH, founding, context.config[Bonuses], TODAY)) == [
        "20 November 2026: you buy for 60,000 RUB — Bronze, 3% off.",
        "30 November 2026: you buy for 100,000 RUB — Silver, 5% off.",
        "20 March 2027: nothing more was bought — Bronze, 3% off.",
        "30 March 2027: nothing more was bought — no discount.",
        "The first purchase earns bonuses worth 600 RUB; if they can be spent on 20 November 2026, they last until 30 November 2027.",
    ]


def test_without_a_rate_the_example_earns_nothing(context: Context, founding: Ladder) -> None:
    assert len(plain(sections.worked_example(ENGLISH, founding, figures(context.config, rates=[]), TODAY))) == 4


def everything(speaker: Speaker, config: Config, founding: Ladder) -> list[str]:
    """Of a club that has all there is to have."""
    rates = [{"tier": step.tier, "percent": str(number + 1)} for number, step in enumerate(founding.steps)]
    rates += [{"brand": f"Brand {number}", "percent": "5", "to": "2026-12-31"} for number in range(9)]
    ladder = personal(half(founding), "0.8", "1.2")
    coming = founding._replace(valid_from=date(2027, 1, 1))
    return [
        *sections.discount(speaker, ladder, coming),
        *sections.orders(speaker, Decimal(5000)),
        *sections.bonuses(speaker, figures(config, rates=rates), founding.steps, TODAY),
        *sections.volume(speaker, config[VolumeBonuses].periods),
        *sections.worked_example(speaker, ladder, figures(config, rates=rates), TODAY),
    ]


@pytest.mark.parametrize("speaker", [ENGLISH, RUSSIAN], ids=["en", "ru"])
def test_even_the_richest_programme_stays_short(context: Context, founding: Ladder, speaker: Speaker) -> None:
    lines = everything(speaker, context.config, founding)
    assert len(lines) <= 32
    assert len(" ".join(lines)) <= 3_600
    assert not [line for line in lines if "{" in line or "  " in line]


@pytest.mark.parametrize("speaker", [ENGLISH, RUSSIAN], ids=["en", "ru"])
def test_the_clubs_own_rules_fit_on_one_screen(context: Context, founding: Ladder, speaker: Speaker) -> None:
    bonuses = context.config[Bonuses]
    lines = [
        *sections.discount(speaker, founding, None),
        *sections.orders(speaker, context.config[Orders].minimum.get("RUB")),
        *sections.bonuses(speaker, bonuses, founding.steps, TODAY),
        *sections.volume(speaker, context.config[VolumeBonuses].periods),
        *sections.worked_example(speaker, founding, bonuses, TODAY),
    ]
    assert len(lines) <= 22
    assert len(" ".join(lines)) <= 2_600


def test_both_languages_say_everything_with_the_same_facts() -> None:
    assert set(get_args(Language)) == {"en", "ru"}
    said = sentences._SENTENCES
    assert said["en"].keys() == said["ru"].keys()
    for name, english in said["en"].items():
        russian = said["ru"][name]
        asked = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in (english, russian)]
        # Only the name of a period may be in the sentence itself.
        assert asked[0] ^ asked[1] <= {"period"}, name
        assert not re.search("[а-яё]", english), name
