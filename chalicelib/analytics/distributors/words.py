"""The formulas and the chart of the service of distributors, in the reader's language."""

from collections.abc import Sequence
from decimal import Decimal

from chalicelib.analytics.company.charts import MOST_BARS, Bar, by_name
from chalicelib.analytics.company.rules import share
from chalicelib.analytics.distributors.rules import DistributorMonth
from chalicelib.platform import Language
from chalicelib.platform.charts import Chart
from chalicelib.platform.words.texts import Texts

FORMULAS, _CHART = Texts(__file__, "words", "formulas"), Texts(__file__, "words", "chart")


def chart_of(month: str, rows: Sequence[DistributorMonth], language: Language) -> Chart:
    """The share in time of each distributor in the month, the best first; shares have no sum, so the rest is left out."""
    bars = [
        Bar(each.name, percent)
        for each in rows
        if each.month == month and (percent := share(Decimal(each.in_time), Decimal(each.due))) is not None
    ]
    bars.sort(key=lambda bar: (-bar.net, bar.name))
    words = _CHART[language]
    return by_name(words["title"].format(month), bars[:MOST_BARS], "%", language, words["description"])
