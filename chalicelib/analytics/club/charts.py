"""Charts of the club's figures, in the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chalicelib.analytics.club.rules import MOVES, Move
from chalicelib.platform import Language
from chalicelib.platform.charts import MOST_SERIES, Chart, Series
from chalicelib.platform.words.texts import Texts

_WORDS = Texts(__file__, "words", "charts")

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
