"""Lists that are narrowed and counted by fields of their rows."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.platform.context import Context
from chalicelib.platform.http.forms import View
from chalicelib.platform.http.lists import (
    COUNTED,
    SORTED,
    ListQuery,
    Position,
    count_of,
    narrowed,
    page_of,
    sorted_page_of,
)
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.validation import faults
from chalicelib.platform.money import Money

MOSCOW = ZoneInfo("Europe/Moscow")


class Firm(View):
    firm_id: str
    name: str | None


class Row(View):
    state: Literal["open", "done"]
    at: str
    first: date
    last: date | None
    total: Money
    firm: Firm | None
    tags: list[str]


def row(**more: Any) -> Row:
    usual = {
        "state": "open",
        "at": "2026-03-01T10:00:00.000Z",
        "first": date(2026, 3, 1),
        "last": date(2026, 3, 31),
        "total": Money(amount=Decimal(100), currency="RUB"),
        "firm": Firm(firm_id="1", name="Свет и тёплый дом"),
        "tags": ["a"],
    }
    return Row(**{**usual, **more})


Query = narrowed(
    Row, same=("state", "firm.firm_id", "tags"), words=("firm.name",), day=("first", "last"), amount="total"
)


def kept(asked: dict[str, Any], *rows: Row, query: type[ListQuery] = Query) -> int:
    made = query.model_validate(asked)
    return sum(made.narrowing.holds(made, each, MOSCOW) for each in rows)


def test_a_row_is_kept_that_has_all_that_is_asked_for() -> None:
    rows = [row(), row(state="done", tags=["a", "b"]), row(firm=None)]
    assert kept({}, *rows) == 3
    assert kept({"state": "done"}, *rows) == 1
    assert kept({"firm_id": "1"}, *rows) == 2
    assert kept({"tags": "b"}, *rows) == 1
    assert kept({"state": "open", "tags": "b"}, *rows) == 0


def test_words_are_found_in_any_case_and_without_the_dots_of_yo() -> None:
    rows = [row(), row(firm=Firm(firm_id="2", name=None)), row(firm=None)]
    assert kept({"q": "ТЕПЛЫЙ"}, *rows) == kept({"q": "тёплый"}, *rows) == 1


def test_a_period_of_the_row_is_kept_when_a_day_of_it_is_asked_for() -> None:
    rows = [row(), row(last=None), row(first=date(2026, 5, 1), last=date(2026, 5, 1))]
    assert kept({"from": "2026-03-31", "to": "2026-04-30"}, *rows) == 2
    assert kept({"from": "2026-04-01", "to": "2026-04-30"}, *rows) == 1
    assert kept({"to": "2026-02-28"}, *rows) == 0


def test_a_moment_has_the_day_of_the_clubs_calendar() -> None:
    by_moment = narrowed(Row, day=("at",))
    late = row(at="2026-03-01T21:00:00.000Z")  # midnight has passed in Moscow
    assert kept({"from": "2026-03-02"}, late, query=by_moment) == 1
    assert kept({"to": "2026-03-01"}, late, query=by_moment) == 0


def test_sums_are_bounded_on_both_sides() -> None:
    rows = [row(), row(total=Money(amount=Decimal("100.01"), currency="RUB"))]
    assert kept({"min_total": "100"}, *rows) == 2
    assert kept({"max_total": "100"}, *rows) == 1
    assert kept({"min_total": "100.01", "max_total": "100.01"}, *rows) == 1


@pytest.mark.parametrize("asked", [{"state": "gone"}, {"colour": "red"}, {"min_total": "-1"}, {"count": "maybe"}])
def test_what_no_row_can_have_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Query.model_validate(asked)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"min_total": "10", "max_total": "9.99"}, ("/query/max_total", "range", None)),
        ({"name": "Mars"}, ("/query/name", "unknown_name", ["Luch", "Svet"])),
    ],
)
def test_a_range_and_a_name_that_no_row_can_have_are_told(
    context: Context, asked: dict[str, str], fault: tuple[str, str, list[str] | None]
) -> None:
    named = narrowed(Row, same=("firm.name",), amount="total", known={"name": lambda _: ["Luch", "Svet"]})
    with pytest.raises(Problem) as refused:
        named.model_validate(asked).check(context, "/query")
    [told] = refused.value.errors
    assert (told.pointer, told.code, getattr(told, "allowed", None)) == fault
    named.model_validate({"min_total": "10", "max_total": "10", "name": "Luch"}).check(context, "/query")


def test_a_field_that_cannot_be_compared_is_found_when_the_list_is_declared() -> None:
    with pytest.raises(TypeError, match=r"Row\.total is not str"):
        narrowed(Row, words=("total",))
    with pytest.raises(TypeError, match=r"Row\.total is not str or date"):
        narrowed(Row, day=("total",))
    with pytest.raises(TypeError, match=r"Row\.firm is not"):
        narrowed(Row, amount="firm")


class Stored:
    """Rows behind a reader that gives at most three of them, and counts its reads."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.reads = 0

    def read(self, limit: int, after: Position) -> tuple[list[Row], Position]:
        self.reads += 1
        first = int(after["at"]) if after else 0
        last = min(first + min(limit, 3), len(self.rows))
        return self.rows[first:last], {"at": str(last)} if last < len(self.rows) else None


@given(st.lists(st.sampled_from(["open", "done"]), max_size=30), st.integers(1, 10), st.sampled_from(["open", "done"]))
def test_the_pages_together_are_the_rows_that_were_asked_for(states: list[Any], limit: int, wanted: str) -> None:
    stored = Stored([row(state=state) for state in states])
    query = Query.model_validate({"state": wanted, "limit": limit})
    found: list[Row] = []
    after: Position = None
    for _ in range(len(states) + 1):
        rows, after = page_of(stored.read, query, after, MOSCOW)
        assert len(rows) <= limit
        found += rows
        if after is None:
            break
    assert after is None and found == [each for each in stored.rows if each.state == wanted]
    count = count_of(stored.read, query, MOSCOW)
    assert (count.value, count.more) == (len(found), False)


def test_a_list_that_is_not_narrowed_is_read_once_a_page() -> None:
    stored = Stored([row() for _ in range(9)])
    page_of(stored.read, Query.from_texts({"count": "true"}), None, MOSCOW)
    assert stored.reads == 1


def test_counting_ends_and_says_so() -> None:
    many = [row()] * (COUNTED + 1)

    def read(limit: int, after: Position) -> tuple[list[Row], Position]:
        first = int(after["at"]) if after else 0
        return many[first : first + limit], {"at": str(first + limit)} if first + limit < len(many) else None

    count = count_of(read, Query.model_validate({}), MOSCOW)
    assert (count.value, count.more) == (COUNTED, True)


def in_order(query: ListQuery, rows: list[Row]) -> list[Row]:
    """All pages of the sorted list, one after another."""
    stored = Stored(rows)
    found: list[Row] = []
    after: Position = None
    for _ in range(len(rows) + 1):
        page, after, total = sorted_page_of(stored.read, query, after, MOSCOW)
        assert len(page) <= query.limit
        found += page
        if after is None:
            assert total == len(found)
            return found
    raise AssertionError("the list has no end")


@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=20), st.integers(1, 7), st.booleans())
def test_a_sorted_list_is_its_rows_in_order_and_rows_without_a_value_last(
    numbers: list[int | None], limit: int, descending: bool
) -> None:
    rows = [row(firm=None if each is None else Firm(firm_id=str(each), name=None)) for each in numbers]
    query = Query.model_validate({"sort": "-firm_id" if descending else "firm_id", "limit": limit})
    found = [each.firm.firm_id if each.firm else None for each in in_order(query, rows)]
    valued = sorted((str(each) for each in numbers if each is not None), reverse=descending)
    assert found == [*valued, *[None] * numbers.count(None)]


def test_a_list_is_sorted_by_sums_days_and_names_and_narrowed_at_once() -> None:
    sums = [row(total=Money(amount=Decimal(each), currency="RUB")) for each in (9, 100, 20)]
    assert [each.total.amount for each in in_order(Query.model_validate({"sort": "-total"}), sums)] == [100, 20, 9]
    days = [row(first=date(2026, month, 1)) for month in (5, 1, 3)]
    assert [each.first.month for each in in_order(Query.model_validate({"sort": "first"}), days)] == [1, 3, 5]
    names = [row(firm=Firm(firm_id="1", name=each)) for each in ("ёлка", "Дом", "ель")]
    by_name = in_order(Query.model_validate({"sort": "name"}), names)
    assert [each.firm.name for each in by_name if each.firm] == ["Дом", "ёлка", "ель"]
    states = [row(), row(state="done")]
    assert len(in_order(Query.model_validate({"sort": "state", "state": "done"}), states)) == 1


def test_a_sort_that_does_not_fit_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValidationError) as refused:
        Query.model_validate({"sort": "tags"})  # a row has several of them
    [fault] = faults(refused.value, place="/query")
    assert (fault.pointer, fault.code) == ("/query/sort", "choice")
    assert fault.model_dump()["allowed"] == ["firm_id", "first", "last", "name", "state", "total"]


def test_a_list_that_is_too_long_is_not_sorted() -> None:
    many = [row()] * (SORTED + 1)

    def read(limit: int, after: Position) -> tuple[list[Row], Position]:
        first = int(after["at"]) if after else 0
        return many[first : first + limit], {"at": str(first + limit)} if first + limit < len(many) else None

    with pytest.raises(Problem) as refused:
        sorted_page_of(read, Query.model_validate({"sort": "state"}), None, MOSCOW)
    assert refused.value.errors[0].code == "too_many"
