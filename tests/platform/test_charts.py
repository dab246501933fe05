"""Charts: the bars of the picture are the figures of the specification, whatever the names and values."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.charts import MOST_SERIES, WIDTH, Chart, Kind, Series, short, svg, vega_lite
from chalicelib.platform.files.pages import width_of
from chalicelib.platform.http.forms import ChartView

SPACE = "{http://www.w3.org/2000/svg}"
SALES = (Decimal(218), Decimal(-50), None)
BEFORE = (Decimal(109), Decimal("27.25"), Decimal(0))


def chart(kind: Kind, *values: Any, labels: Any = ("May", "June", "July")) -> Chart:
    series = [Series(f"Year {number}", each) for number, each in enumerate(values)]
    return Chart("Purchases", "Net purchases by month.", kind, labels, series, "RUB", "en")


def bars(picture: str) -> list[dict[str, Any]]:
    """The bars of the picture in the order in which they were drawn."""
    found = []
    for each in ElementTree.fromstring(picture).iter(f"{SPACE}rect"):
        if each.get("class") == "bar":
            numbers = {name: float(each.get(name, "")) for name in ("x", "y", "width", "height")}
            found.append({"series": each.get("data-series"), "told": each.findtext(f"{SPACE}title"), **numbers})
    return found


def figures(of: Chart) -> list[float]:
    return [row["value"] for row in vega_lite(of)["data"]["values"]]


def test_a_column_is_as_high_as_its_figure() -> None:
    found = bars(svg(chart("columns", SALES, BEFORE)))
    assert [bar["told"] for bar in found] == [
        "May, Year 0: 218",
        "June, Year 0: -50",
        "May, Year 1: 109",
        "June, Year 1: 27.25",
        "July, Year 1: 0",
    ]
    assert [round(bar["height"] / found[0]["height"] * 218, 1) for bar in found] == [218, 50, 109, 27.2, 0]
    zero = found[0]["y"] + found[0]["height"]
    assert found[1]["y"] == pytest.approx(zero, abs=0.02)  # a column below zero hangs from it
    assert found[2]["x"] > found[0]["x"] + found[0]["width"] - 0.02


def test_columns_of_a_stack_stand_on_each_other_and_hang_below_zero() -> None:
    first, below, second, on_top, _ = bars(svg(chart("stack", SALES, BEFORE)))
    assert second["y"] + second["height"] == pytest.approx(first["y"], abs=0.02)
    assert below["y"] == pytest.approx(on_top["y"] + on_top["height"], abs=0.02)
    assert second["x"] == first["x"]


def test_bars_under_names_begin_at_one_zero() -> None:
    first, below, *_ = bars(svg(chart("rows", SALES)))
    assert first["width"] / below["width"] == pytest.approx(218 / 50, rel=0.01)
    assert below["x"] + below["width"] == pytest.approx(first["x"], abs=0.02)


def test_a_line_breaks_where_there_is_no_figure() -> None:
    picture = svg(chart("lines", (Decimal(1), None, Decimal(3)), BEFORE))
    lines = [path for path in re.findall(r'<path d="(M[^"]*)" fill="none"', picture) if "h12" not in path]
    assert [path.count("M") for path in lines] == [2, 1]
    assert picture.count("<circle") == 5
    assert picture.count("stroke-dasharray") == 2  # in the key and in the plot: told apart without colours


def test_a_reader_without_eyes_hears_title_sentence_and_figures() -> None:
    whole = ElementTree.fromstring(svg(chart("columns", SALES)))
    ids = {each.get("id"): each.text for each in whole.iter() if each.get("id")}
    told = [ids[name] for name in whole.get("aria-labelledby", "").split()]
    assert told == ["Purchases", "Net purchases by month. May, Year 0: 218; June, Year 0: -50"]


@pytest.mark.parametrize("count", [2, 5, 16])
@pytest.mark.parametrize("length", [7, 40, 200])
def test_names_under_columns_stay_within_the_picture_and_do_not_meet(count: int, length: int) -> None:
    labels = [f"{number}{'Тверская область ' * 20}"[:length] for number in range(count)]
    picture = svg(chart("stack", [Decimal(5)] * count, labels=labels))
    height = float(re.findall(r'viewBox="0 0 360 (\d+)"', picture)[0])
    texts = re.findall(r'<text x="([^"]+)" y="([^"]+)"( text-anchor="middle")?>([^<]+)<', picture)
    placed = sorted(
        (float(y), float(x) - width_of(text, 11) / 2 * bool(middle), width_of(text, 11))
        for x, y, middle, text in texts
        if float(y) > 210
    )
    assert all(x >= 0 and x + width <= WIDTH and y <= height for y, x, width in placed)
    assert all(x + width <= other for (y, x, width), (below, other, _) in pairwise(placed) if y == below)
    assert length != 40 or sum("Твер" in text for *_, text in texts) == count


def test_a_series_with_a_name_stands_in_the_key() -> None:
    named, unnamed = (
        Chart("T", "", "columns", ("May",), (Series(name, SALES[:1]),), "", "en") for name in ("2026", "")
    )
    assert ">2026</text>" in svg(named) and vega_lite(named)["encoding"]["color"]["legend"]
    assert svg(named).count("<text") == svg(unnamed).count("<text") + 1
    assert vega_lite(unnamed)["encoding"]["color"]["legend"] is None


def test_charts_of_one_page_do_not_share_their_hatching() -> None:
    several = [svg(chart("stack", SALES, BEFORE, (Decimal(number),) * 3)) for number in (1, 2)]
    patterns = [set(re.findall(r'<pattern id="([^"]+)"', each)) for each in several]
    assert all(patterns) and not patterns[0] & patterns[1]
    assert all(f"url(#{name})" in each for each, names in zip(several, patterns, strict=True) for name in names)


def test_a_value_for_each_label_and_six_series_at_most() -> None:
    with pytest.raises(ValueError, match="a value for each label"):
        chart("columns", (Decimal(1),))
    with pytest.raises(ValueError, match="up to 6 series"):
        chart("columns", *[SALES] * (MOST_SERIES + 1))


def test_a_short_value_has_three_digits() -> None:
    assert [short(Decimal(value), "en") for value in ("0", "7", "-1234567", "999", "12.5", "98765", "0.05")] == [
        "0",
        "7",
        "\N{MINUS SIGN}1.23M",
        "999",
        "12.5",
        "98.8K",
        "0.05",
    ]
    assert short(Decimal("1234567"), "ru") == "1,23 млн"


values = st.one_of(st.none(), st.just(Decimal(0)), st.decimals("-1000000000", "1000000000", places=2))
letters = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    labels = draw(st.lists(letters, max_size=6))
    series = [
        Series(draw(letters), tuple(draw(values) for _ in labels)) for _ in range(draw(st.integers(1, MOST_SERIES)))
    ]
    kind: Kind = draw(st.sampled_from(["columns", "stack", "lines", "rows"]))
    return Chart(draw(letters), draw(letters), kind, labels, series, "RUB", "ru")


@given(charts())
def test_the_bars_of_the_picture_are_the_figures_of_the_specification(drawn: Chart) -> None:
    view = ChartView.of(drawn)
    found, told = bars(view.svg), figures(drawn)
    assert len(told) == sum(value is not None for series in drawn.series for value in series.values)
    points = view.svg.count("<circle") if drawn.kind == "lines" else len(found)
    assert points == len(told)
    side = "width" if drawn.kind == "rows" else "height"
    pairs = [(bar[side], abs(value)) for bar, value in zip(found, told, strict=False)]
    for (one, first), (other, second) in pairwise(pairs):
        assert one * second == pytest.approx(other * first, rel=0.02, abs=0.03 * max(first, second))
    for bar in found:
        assert bar["x"] >= -0.1 and bar["x"] + bar["width"] <= WIDTH
        assert bar["y"] >= 0


@pytest.mark.parametrize(
    "title",
    [
        "Закупки за вычетом возвратов по месяцам",
        "Закупки за вычетом возвратов по кварталу первой покупки",
        "Purchases less returns by quarter of the first purchase",
        "Широкая Шведская Ярмарка Животноводства и Жилищного хозяйства",
    ],
)
def test_a_title_stays_within_the_picture(title: str) -> None:
    """By the widths of DejaVu Sans, one of the widest fonts; its bold letters are wider by an eighth."""
    picture = svg(Chart(title, "", "columns", ["2026-01"], [Series("", [Decimal(5)])], "RUB", "ru"))
    lines = re.findall(r'font-weight="bold"[^>]*>([^<]+)<', picture)
    assert " ".join(lines) == f"{title}, RUB"
    assert all(width_of(line, 13) * 9 / 8 <= WIDTH - 8 for line in lines)
