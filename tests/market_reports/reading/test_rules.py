"""Reports that are new to a reader, which reports a filter has, and the figures of readers."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.market_reports.publication.model import Content
from chalicelib.market_reports.reading import rules
from chalicelib.market_reports.reading.model import ReportReader, Visit
from chalicelib.market_reports.reading.rules import ReportSearch

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def content(**facts: object) -> Content:
    known = {"report_id": "rep_1", "number": 2, "title": "A", "title_ru": "А", "summary": "S"}
    return Content(**{**known, "segment": "Street Lighting", "languages": ("ru",), **facts})  # type: ignore[arg-type]


def test_a_visit_goes_on_until_it_is_over_and_then_becomes_the_one_before() -> None:
    first = rules.visit(None, "10:00", over_before="08:00")
    assert first == Visit("10:00", "")
    assert rules.visit(first, "11:59", over_before="09:59") == first
    assert rules.visit(first, "12:01", over_before="10:01") == Visit("12:01", "10:00")


def test_what_came_since_the_visit_before_is_new_until_it_is_read() -> None:
    visited = Visit("2026-11-20", "2026-11-10")
    read = ReportReader("rep_1", "mbr_1", 1, "", "")
    assert rules.is_new(content(visible_from="2026-11-12"), visited, None)
    assert rules.is_new(content(visible_from="2026-11-12"), visited, read)  # the version before
    assert not rules.is_new(content(visible_from="2026-11-12"), visited, read._replace(number=2))
    assert not rules.is_new(content(visible_from="2026-11-09"), visited, None)


def test_filters_hold_together() -> None:
    assert ReportSearch().holds(content())
    assert ReportSearch(segment="street lighting", language="ru").holds(content())
    assert not ReportSearch(segment="street lighting", language="en").holds(content())
    assert not ReportSearch(topic="products").holds(content())


@given(first=DAYS, last=DAYS, begins=DAYS, ends=DAYS)
def test_a_period_has_the_reports_that_are_about_one_of_its_days(
    first: date, last: date, begins: date, ends: date
) -> None:
    first, last = sorted((first, last))
    begins, ends = sorted((begins, ends))
    about = content(period_from=begins, period_to=ends)
    both = any(begins.toordinal() <= day <= ends.toordinal() for day in range(first.toordinal(), last.toordinal() + 1))
    assert ReportSearch(first=first, last=last).holds(about) == both
    assert ReportSearch(first=first).holds(about) == (ends >= first)
    assert ReportSearch(last=last).holds(about) == (begins <= last)
    assert not ReportSearch(first=first, last=last).holds(content())


def test_figures_are_sums_over_readers() -> None:
    found = rules.figures(
        [
            ReportReader("rep_1", "mbr_1", 2, "", "", "cmp_1", opened=3, downloaded=1),
            ReportReader("rep_1", "mbr_2", 1, "", "", "cmp_1", opened=1),
        ]
    )
    assert (found.readers, found.opened, found.downloaded) == (2, 4, 1)
    assert (found.companies, dict(found.by_version)) == ({"cmp_1"}, {1: 1, 2: 1})
