"""Charts of purchases: by time beside the year before, and by name, the largest first."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.analytics.rollups.rules import REST, ZERO
from chalicelib.platform import Language
from chalicelib.platform.charts import Chart, Series
from chalicelib.platform.words.texts import Texts

MOST_COLUMNS = 24  # labels; more are drawn as lines
MOST_BARS = 15  # names; the others are one bar

_WORDS = Texts(__file__, "words", "charts")


class Bar(NamedTuple):
    """A row of figures as a chart shows it."""

    name: str
    net: Decimal
    year_before: Decimal = ZERO


def by_time(by: str, bars: Sequence[Bar], currency: str, language: Language) -> Chart:
    """A column for each month or quarter beside its year before; lines where they are many."""
    words = _WORDS[language]
    return Chart(
        title=f"{words['net']} {words[by]}",
        description=words["by_time"],
        kind="columns" if len(bars) <= MOST_COLUMNS else "lines",
        labels=[bar.name for bar in bars],
        series=[
            Series(words["net"], [bar.net for bar in bars]),
            Series(words["year_before"], [bar.year_before for bar in bars]),
        ],
        unit=currency,
        language=language,
    )


def by_name(title: str, bars: Sequence[Bar], unit: str, language: Language, description: str = "") -> Chart:
    """The first `MOST_BARS` names, and one bar for all others. `description`: of other figures than purchases."""
    words = _WORDS[language]
    shown = [bar for bar in bars if bar.name != REST][:MOST_BARS]
    rest = sum((bar.net for bar in bars), ZERO) - sum((bar.net for bar in shown), ZERO)
    shown += [Bar(words[REST], rest)] if len(shown) < len(bars) else []
    return Chart(
        title=title,
        description=description or words["by_name"],
        kind="rows",
        labels=[bar.name or words[""] for bar in shown],
        series=[Series("", [bar.net for bar in shown])],
        unit=unit,
        language=language,
    )


def title_by(by: str, language: Language) -> str:
    return f"{_WORDS[language]['net']} {words_of(by, language)}"


def words_of(by: str, language: Language) -> str:
    """A grouping in words: `by region`."""
    return _WORDS[language][by]
