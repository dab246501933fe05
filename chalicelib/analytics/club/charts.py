"""Charts of the club's figures, in the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chalicelib.analytics.club.rules import MOVES, Move
from chalicelib.platform import Language
from chalicelib.platform.charts import MOST_SERIES, Chart, Series

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "new": "New",
        "kept": "Kept",
        "grown": "Grown",
        "shrunk": "Shrunk",
        "lost": "Lost",
        "won_back": "Won back",
        "bridge": "Why the turnover changed",
        "of_bridge": "Six moves of companies, which add up to the change.",
        "customers": "Customers",
        "of_customers": "Companies that left, came back, bought again, and bought of several categories, and the share of wallet, in percent.",
        "churn_percent": "Left",
        "reactivation_percent": "Came back",
        "repeat_percent": "Bought again",
        "cross_sale_percent": "Several categories",
        "wallet_percent": "Share of wallet",
        "cohorts": "Cohorts, companies that buy",
        "of_cohorts": "Of the companies that bought first in a quarter, those that bought in each quarter since, in percent.",
        "concentration": "The ten largest companies",
        "of_concentration": "Their share of the turnover of twelve months, in percent.",
    },
    "ru": {
        "new": "Новые",
        "kept": "Без изменений",
        "grown": "Выросли",
        "shrunk": "Снизились",
        "lost": "Ушли",
        "won_back": "Вернулись",
        "bridge": "Почему изменился оборот",
        "of_bridge": "Шесть движений компаний, которые в сумме дают изменение.",
        "customers": "Клиенты",
        "of_customers": "Компании, которые ушли, вернулись, купили повторно и купили товары нескольких категорий, и доля в закупках клиента, в процентах.",
        "churn_percent": "Ушли",
        "reactivation_percent": "Вернулись",
        "repeat_percent": "Купили повторно",
        "cross_sale_percent": "Несколько категорий",
        "wallet_percent": "Доля в закупках клиента",
        "cohorts": "Когорты, доля покупающих",
        "of_cohorts": "Из компаний, впервые купивших в квартале, — покупавшие в каждом квартале с тех пор, в процентах.",
        "concentration": "Десять крупнейших компаний",
        "of_concentration": "Их доля в обороте двенадцати месяцев, в процентах.",
    },
}

Values = Sequence[Decimal | None]


def bridge(
    labels: Sequence[str], changes: Mapping[Move, Values], currency: str, language: Language, *, part: str = ""
) -> Chart:
    """`labels`: months, or names of a split in one month, which `part` tells. `changes`: by move."""
    words = _WORDS[language]
    series = [Series(words[move], changes[move]) for move in MOVES]
    title = " ".join(filter(None, (words["bridge"], part)))
    return Chart(title, words["of_bridge"], "stack", labels, series, currency, language)


def percentages(figure: str, labels: Sequence[str], lines: Mapping[str, Values], language: Language) -> Chart:
    """The last `MOST_SERIES` lines, by name."""
    words = _WORDS[language]
    series = [Series(words.get(name, name), values) for name, values in lines.items()][-MOST_SERIES:]
    return Chart(words[figure], words[f"of_{figure}"], "lines", labels, series, "%", language)
