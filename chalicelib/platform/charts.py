"""Charts: one series of figures as a Vega-Lite specification, and as an SVG picture of the club's own.

    chart = Chart("Purchases by month", "Net purchases beside those of the year before.", "columns", ("2026-09", "2026-10"),
                  (Series("2026", (Decimal(218), Decimal(220))), Series("2025", (Decimal(100), None))), "RUB", "en")
    vega_lite(chart)   a dict, with the figures inside: for pages that let readers ask further
    svg(chart)         a text: for a report, a letter's attachment, and a page's first view; it needs no script and no font of its own

    columns   a column for each label and series: the parts of a year, up to some forty labels. Names too long for it are numbered, and told below
    stack     the columns of a label stand on each other, those below zero under it: what a sum is made of
    lines     a line for each series: many labels
    rows      a bar for each label, under its name: names of goods, regions, people. Some twenty at most

The picture is drawn 360 wide, so that its letters can be read on a phone, and grows with the page. It is read in grey: series differ in
lightness and hatching, lines in dashes. Its title and its description with all values are inside, for a screen reader. `ChartView` of
`platform/http/forms.py` carries both forms in an answer.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from html import escape
from typing import Any, Literal, NamedTuple

from chalicelib.platform.text import Language

Kind = Literal["columns", "stack", "lines", "rows"]
MOST_SERIES = 6

WIDTH = 360
_LEFT, _RIGHT, _PLOT, _LINE, _SIZE = 8, 352, 180, 16, 11
_INK, _PALE = "#222", "#ddd"
_TONES = ("#174a7c", "#9ec9ee", "#c96a1b", "#f3d19c", "#5d5d5d", "#c4c4c4")
_STROKES = (
    "#174a7c",
    "#3f86c6",
    "#b3560f",
    "#8a6d1f",
    "#222222",
    "#7d7d7d",
)  # of lines, which are thin: darker than the tones
_HATCHED = (False, False, True, True, False, True)
_DASHES = ("", "6 3", "2 3", "9 3 2 3", "1 2", "12 4")
_LETTER = 0.58  # the mean width of a letter, of its size; names are cut by it
_MOST_NUMBERED = 24  # names that are told below a plot
_CUT = 70  # the width of a label in a plot of more
_TIME = re.compile(r"[\dQ.:/ -]*")  # a label of which some may be left out, where they are many
_BOLD = 0.75  # the same of bold letters, of a wide font: a title that is too wide loses its end
_UNITS: dict[Language, Sequence[tuple[int, str]]] = {
    "en": ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")),
    "ru": ((1_000_000_000, " млрд"), (1_000_000, " млн"), (1_000, " тыс.")),
}


class Series(NamedTuple):
    """A value for each label of the chart; None where there is none. Without a name, it stands in no key."""

    name: str
    values: Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """`description`: a sentence on what is shown. `unit`: of the values. Raises ValueError for series that do not fit the labels."""

    title: str
    description: str
    kind: Kind
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str
    language: Language

    def __post_init__(self) -> None:
        if not 0 < len(self.series) <= MOST_SERIES or any(len(each.values) != len(self.labels) for each in self.series):
            raise ValueError(f"a chart has up to {MOST_SERIES} series, with a value for each label")


# --- Vega-Lite --------------------------------------------------------------------------------------------------------


def vega_lite(chart: Chart) -> dict[str, Any]:
    """The specification for Vega-Lite 6, with the figures in it."""
    rows = [
        {"label": label, "series": series.name, "value": float(value)}
        for series in chart.series
        for label, value in zip(chart.labels, series.values, strict=True)
        if value is not None
    ]
    names = [series.name for series in chart.series]
    of_label = {"field": "label", "type": "nominal", "sort": list(chart.labels), "title": None}
    of_value = {"field": "value", "type": "quantitative", "title": chart.unit, "stack": chart.kind == "stack"}
    across, upward = ("y", "x") if chart.kind == "rows" else ("x", "y")
    encoding: dict[str, Any] = {
        across: of_label,
        upward: of_value,
        "color": {
            "field": "series",
            "type": "nominal",
            "title": None,
            "scale": {"domain": names, "range": list(_TONES[: len(names)])},
            "legend": {"orient": "top"} if any(names) else None,
        },
        "tooltip": [{"field": name} for name in ("label", "series", "value")],
    }
    if chart.kind in ("columns", "rows"):
        encoding[f"{across}Offset"] = {"field": "series", "sort": names}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": chart.title,
        "description": chart.description,
        "width": "container",
        "data": {"values": rows},
        "mark": {"type": "line", "point": True} if chart.kind == "lines" else "bar",
        "encoding": encoding,
    }


# --- SVG --------------------------------------------------------------------------------------------------------------


def svg(chart: Chart) -> str:
    """The picture, as the text of an `<svg>` element."""
    return _Picture(chart).drawn()


class _Picture:
    """The picture while it is drawn from above. `y`: of the next thing's upper edge. `name`: of its parts, unlike those of other charts."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.parts: list[str] = []
        self.y = 8.0
        self.name = "c" + sha256(repr(chart).encode()).hexdigest()[:8]

    def drawn(self) -> str:
        chart = self.chart
        for line in _wrapped(f"{chart.title}, {chart.unit}" if chart.unit else chart.title, 13):
            self._text(_LEFT, self.y + 13, line, size=13, weight="bold")
            self.y += 18
        if any(series.name for series in chart.series):
            self._legend()
        if chart.kind == "rows":
            self._rows()
        else:
            self._plot()
        height = round(self.y + 8)
        told = escape(f"{chart.description} {'; '.join(_told(chart))}".strip())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%" style="max-width:{2 * WIDTH}px" '
            f'role="img" aria-labelledby="{self.name}t {self.name}d" font-family="sans-serif" font-size="{_SIZE}" fill="{_INK}">'
            f'<title id="{self.name}t">{escape(chart.title)}</title><desc id="{self.name}d">{told}</desc>'
            f'<defs>{"".join(self._patterns())}</defs><rect width="{WIDTH}" height="{height}" fill="#fff"/>'
            f"{''.join(self.parts)}</svg>"
        )

    def _patterns(self) -> Iterator[str]:
        for place in range(len(self.chart.series)):
            if _HATCHED[place] and self.chart.kind != "lines":
                yield (
                    f'<pattern id="{self.name}p{place}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
                    f'<rect width="5" height="5" fill="{_TONES[place]}"/><path d="M0 0V5" stroke="{_INK}" stroke-width="1.6"/></pattern>'
                )

    def _fill(self, place: int) -> str:
        return f"url(#{self.name}p{place})" if _HATCHED[place] else _TONES[place]

    def _text(self, x: float, y: float, text: str, *, size: int = _SIZE, weight: str = "", anchor: str = "") -> None:
        styles = "".join(
            f' {name}="{value}"'
            for name, value in (("font-weight", weight), ("text-anchor", anchor), ("font-size", size))
            if value and value != _SIZE
        )
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}"{styles}>{escape(text)}</text>')

    def _bar(self, place: int, x: float, y: float, width: float, height: float, told: str) -> None:
        self.parts.append(
            f'<rect class="bar" data-series="{escape(self.chart.series[place].name)}" x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" '
            f'height="{height:.2f}" fill="{self._fill(place)}" stroke="{_INK}" stroke-width=".4"><title>{escape(told)}</title></rect>'
        )

    def _legend(self) -> None:
        x = float(_LEFT)
        for place, series in enumerate(self.chart.series):
            text = _cut(series.name, WIDTH - 40)
            width = 22 + len(text) * _SIZE * _LETTER
            if x > _LEFT and x + width > _RIGHT:
                x, self.y = float(_LEFT), self.y + _LINE
            self._key(place, x)
            self._text(x + 16, self.y + 11, text)
            x += width + 8
        self.y += _LINE + 4

    def _key(self, place: int, x: float) -> None:
        if self.chart.kind == "lines":
            self.parts.append(f'<path d="M{x:.1f} {self.y + 7:.1f}h12"{_stroke(place)}/>')
        else:
            self.parts.append(
                f'<rect x="{x:.1f}" y="{self.y + 2:.1f}" width="11" height="10" fill="{self._fill(place)}" stroke="{_INK}" stroke-width=".4"/>'
            )

    # --- bars under names ---

    def _rows(self) -> None:
        chart = self.chart
        values = [float(value) for series in chart.series for value in series.values if value is not None]
        low, high = min([0.0, *values]), max([0.0, *values])
        scale = (_RIGHT - _LEFT) / ((high - low) or 1.0)
        top, step = self.y, _LINE + 10 * len(chart.series) + 5
        for number, label in enumerate(chart.labels):
            first = chart.series[0].values[number]
            value = "" if first is None else short(first, chart.language)
            self._text(_RIGHT, top + step * number + 12, value, anchor="end")
            self._text(_LEFT, top + step * number + 12, _cut(label, WIDTH - 90))
        for place, series in enumerate(chart.series):
            for number, found in enumerate(series.values):
                if found is not None:
                    start, end = sorted((0.0, float(found)))
                    x, y = _LEFT + (start - low) * scale, top + step * number + _LINE + 10 * place
                    self._bar(place, x, y, (end - start) * scale, 9, _point(chart.labels[number], series.name, found))
        self.y += step * len(chart.labels)

    # --- a plot with an axis ---

    def _plot(self) -> None:
        chart = self.chart
        ticks = _ticks(*_range(chart))
        top, low, high = self.y + 14, float(ticks[0]), float(ticks[-1])
        scale = _PLOT / (high - low)

        def height_of(value: float) -> float:
            return top + (high - value) * scale

        for tick in ticks:
            y = height_of(float(tick))
            self.parts.append(f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="{_INK if tick == 0 else _PALE}"/>')
            self._text(_LEFT, y - 3, short(tick, chart.language))
        slot = (_RIGHT - _LEFT - 44) / max(len(chart.labels), 1)
        draw = {"columns": self._columns, "stack": self._stack, "lines": self._lines}[chart.kind]
        draw(_LEFT + 44, slot, height_of)
        self.y = top + _PLOT
        widest = max((len(label) for label in chart.labels), default=0) * _SIZE * _LETTER + 4
        if widest > slot and len(chart.labels) <= _MOST_NUMBERED and not all(map(_TIME.fullmatch, chart.labels)):
            self._numbered(slot)
            return
        widest = min(widest, _CUT)
        every = math.ceil(widest / slot)
        for number, label in enumerate(chart.labels):
            if number % every == 0:
                x = min(_LEFT + 44 + slot * (number + 0.5), _RIGHT - widest / 2)
                self._text(x, self.y + 14, _cut(label, _CUT), anchor="middle")
        self.y += _LINE

    def _numbered(self, slot: float) -> None:
        """Names that are too long for their columns: a number under each column, and the names below."""
        for number, label in enumerate(self.chart.labels):
            self._text(_LEFT + 44 + slot * (number + 0.5), self.y + 14, f"{number + 1}", anchor="middle")
            self._text(_LEFT, self.y + 18 + _LINE * (number + 1), _cut(f"{number + 1}. {label}", WIDTH - 2 * _LEFT))
        self.y += 4 + _LINE * (len(self.chart.labels) + 1)

    def _columns(self, left: float, slot: float, height_of: Any) -> None:
        chart = self.chart
        width = slot * 0.84 / len(chart.series)
        for place, series in enumerate(chart.series):
            for number, value in enumerate(series.values):
                if value is not None:
                    x = left + slot * (number + 0.08) + width * place
                    self._column(place, x, width, (0.0, float(value)), height_of, chart.labels[number], value)

    def _stack(self, left: float, slot: float, height_of: Any) -> None:
        chart = self.chart
        above, below = [0.0] * len(chart.labels), [0.0] * len(chart.labels)
        for place, series in enumerate(chart.series):
            for number, value in enumerate(series.values):
                if value is not None:
                    ends = above if value > 0 else below
                    start, ends[number] = ends[number], ends[number] + float(value)
                    x = left + slot * (number + 0.12)
                    self._column(place, x, slot * 0.76, (start, ends[number]), height_of, chart.labels[number], value)

    def _column(
        self, place: int, x: float, width: float, ends: tuple[float, float], height_of: Any, label: str, value: Decimal
    ) -> None:
        y, foot = sorted(map(height_of, ends))
        self._bar(place, x, y, width, foot - y, _point(label, self.chart.series[place].name, value))

    def _lines(self, left: float, slot: float, height_of: Any) -> None:
        radius = 2.4 if slot > 6 else 1.4
        for place, series in enumerate(self.chart.series):
            path, pen = [], "M"
            for number, value in enumerate(series.values):
                if value is None:
                    pen = "M"
                    continue
                x, y = left + slot * (number + 0.5), height_of(float(value))
                path.append(f"{pen}{x:.2f} {y:.2f}")
                pen = "L"
                told = _point(self.chart.labels[number], series.name, value)
                self.parts.append(
                    f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="{_STROKES[place]}"><title>{escape(told)}</title></circle>'
                )
            self.parts.append(f'<path d="{"".join(path)}"{_stroke(place)}/>')


def _stroke(place: int) -> str:
    dashes = f' stroke-dasharray="{_DASHES[place]}"' if _DASHES[place] else ""
    return f' fill="none" stroke="{_STROKES[place]}" stroke-width="2"{dashes}'


def _range(chart: Chart) -> tuple[Decimal, Decimal]:
    """The lowest and highest end of what is drawn; zero is always among them."""
    ends = [Decimal(0)]
    for values in zip(*(series.values for series in chart.series), strict=True):
        known = [value for value in values if value is not None]
        if chart.kind == "stack":
            ends.append(sum((value for value in known if value > 0), Decimal(0)))
            ends.append(sum((value for value in known if value < 0), Decimal(0)))
        else:
            ends += known
    return min(ends), max(ends)


def _ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """Round numbers at equal distances, from at or below `low` to at or above `high`; four to eight of them."""
    rough = (high - low) / 4 or Decimal(1)
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def short(value: Decimal, language: Language) -> str:
    """A value as three digits and a unit: `1.23M`, `1,23 млн`."""
    size, unit = next(((size, unit) for size, unit in _UNITS[language] if abs(value) >= size), (1, ""))
    part = value / size
    digits = max(0, 2 - max(part.adjusted(), 0)) if part else 0
    text = f"{part.quantize(Decimal(1).scaleb(-digits)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = text.replace("-", "\N{MINUS SIGN}")
    return (text.replace(".", ",") if language == "ru" else text) + unit


def _point(label: str, series: str, value: Decimal) -> str:
    return f"{label}, {series}: {value:f}" if series else f"{label}: {value:f}"


def _told(chart: Chart) -> Iterator[str]:
    """All values in words."""
    for series in chart.series:
        for label, value in zip(chart.labels, series.values, strict=True):
            if value is not None:
                yield _point(label, series.name, value)


def _cut(text: str, width: float) -> str:
    most = int(width / (_SIZE * _LETTER))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _wrapped(text: str, size: int) -> Iterator[str]:
    """Lines of a bold title."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and len(longer) * size * _BOLD > _RIGHT - _LEFT:
            yield line
            longer = word
        line = longer
    yield line
