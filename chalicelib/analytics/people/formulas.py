"""The formulas and the chart of the club's people, in the reader's language."""

from collections.abc import Sequence
from decimal import Decimal

from chalicelib.analytics.people.model import PeopleQuarter
from chalicelib.platform import Language
from chalicelib.platform.charts import Chart, Series
from chalicelib.platform.words.texts import Texts

FORMULAS, _CHART = Texts(__file__, "words", "formulas"), Texts(__file__, "words", "chart")

MOST_COLUMNS = 12  # quarters; more are drawn as lines


def chart_of(quarters: Sequence[PeopleQuarter], language: Language) -> Chart:
    words = _CHART[language]
    series = [
        Series(words[name], [Decimal(getattr(each, name)) for each in quarters])
        for name in ("members", "complete", "active")
    ]
    return Chart(
        words["title"],
        words["description"],
        "columns" if len(quarters) <= MOST_COLUMNS else "lines",
        [each.quarter for each in quarters],
        series,
        "",
        language,
    )
