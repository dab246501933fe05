"""The formulas and the chart of the club's people, in the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chalicelib.analytics.people.model import PeopleQuarter
from chalicelib.platform import Language
from chalicelib.platform.charts import Chart, Series

FORMULAS: Mapping[Language, dict[str, str]] = {
    "en": {
        "joined": "Members who joined in the quarter, without the staff and the distributors' people.",
        "members": "All members at the end of the quarter.",
        "complete": "Members whose profile opens the closed part of the cabinet.",
        "complete_percent": "complete / members x 100.",
        "active": "Members who used the club on a day of the quarter at least.",
        "visits": "Days on which a member used the club or clicked a link of a letter, by UTC, of all members.",
        "growth_percent": "(the figure - that of the quarter before) / that of the quarter before x 100; both at the end of their quarter.",
    },
    "ru": {
        "joined": "Участники, вступившие в квартале, без сотрудников клуба и дистрибьюторов.",
        "members": "Все участники на конец квартала.",
        "complete": "Участники, чей профиль открывает закрытую часть кабинета.",
        "complete_percent": "complete / members x 100.",
        "active": "Участники, которые пользовались клубом хотя бы в один день квартала.",
        "visits": "Дни, когда участник пользовался клубом или перешёл по ссылке из письма, по UTC, по всем участникам.",
        "growth_percent": "(показатель - показатель прошлого квартала) / показатель прошлого квартала x 100; каждый на конец своего квартала.",
    },
}
_WORDS: Mapping[Language, Sequence[str]] = {
    "en": (
        "The club's people by quarter",
        "Members, those with a complete profile, and those who used the club.",
        "Members",
        "Complete profiles",
        "Active",
    ),
    "ru": (
        "Люди клуба по кварталам",
        "Участники, участники с заполненным профилем и те, кто пользовался клубом.",
        "Участники",
        "Профиль заполнен",
        "Активные",
    ),
}
MOST_COLUMNS = 12  # quarters; more are drawn as lines


def chart_of(quarters: Sequence[PeopleQuarter], language: Language) -> Chart:
    title, description, *names = _WORDS[language]
    values = [[Decimal(getattr(each, name)) for each in quarters] for name in ("members", "complete", "active")]
    series = [Series(name, each) for name, each in zip(names, values, strict=True)]
    return Chart(
        title,
        description,
        "columns" if len(quarters) <= MOST_COLUMNS else "lines",
        [each.quarter for each in quarters],
        series,
        "",
        language,
    )
