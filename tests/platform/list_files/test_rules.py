"""Rows of a list as cells and columns."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.http.forms import View
from chalicelib.platform.list_files.rules import NAME_OF, columns, columns_of, flat, named, on_the_clock, sums
from chalicelib.platform.money import Money


class Firm(View):
    name: str
    since: date


class Row(View):
    row_id: str
    firm: Firm | None
    total: Money | None
    steps: list[Firm]
    tags: list[str]
    open: bool


def row(firm: Firm | None = None, total: str | None = None, currency: str = "RUB") -> Row:
    money = Money(amount=Decimal(total), currency=currency) if total is not None else None
    return Row(row_id="1", firm=firm, total=money, steps=[FIRM, FIRM], tags=["a", "b"], open=True)


FIRM = Firm(name="Luch", since=date(2026, 1, 2))


def test_a_field_of_a_field_and_a_currency_are_columns_of_their_own() -> None:
    assert flat(row(FIRM, "5.50"), "en") == {
        ("row_id",): "1",
        ("firm", "name"): "Luch",
        ("firm", "since"): date(2026, 1, 2),
        ("total",): Decimal("5.50"),
        ("total", "currency"): "RUB",
        ("steps",): "Luch 2026-01-02; Luch 2026-01-02",
        ("tags",): "a; b",
        ("open",): "yes",
    }


def test_columns_stand_in_the_order_of_the_fields_whatever_is_null_in_the_first_row() -> None:
    rows = [flat(each, "en") for each in (row(), row(FIRM, "5.50"))]
    assert columns(rows) == [
        ("row_id",),
        ("firm", "name"),
        ("firm", "since"),
        ("total",),
        ("total", "currency"),
        ("steps",),
        ("tags",),
        ("open",),
    ]


def test_a_text_that_a_workbook_does_not_take_shows_that_it_goes_on() -> None:
    cell = flat(Firm(name="a" * 40_000, since=date(2026, 1, 2)), "en")[("name",)]
    assert isinstance(cell, str) and len(cell) < 32_767 and cell.endswith("…")


@given(st.lists(st.tuples(st.decimals("-9999", "9999", places=2), st.sampled_from(["RUB", "EUR"]))))
def test_the_control_totals_are_the_sums_by_currency(amounts: list[tuple[Decimal, str]]) -> None:
    found = sums([flat(row(FIRM, str(amount), currency), "en") for amount, currency in amounts])
    for currency in ("RUB", "EUR"):
        expected = sum((amount for amount, its in amounts if its == currency), Decimal(0))
        assert found.get((("total",), currency), Decimal(0)) == expected


def test_a_column_of_ids_has_a_second_one_with_the_names_unless_they_stand_there_already() -> None:
    rows = [
        {("company_id",): "com_1", ("company_name",): "Luch", ("by",): "mbr_1", ("note",): "mbr_1 called"},
        {("company_id",): "com_2", ("company_name",): "Zarya", ("by",): "mbr_left", ("note",): None},
    ]
    shown = named(rows, {"com_1": "Luch", "com_2": "Zarya", "mbr_1": "Anna"})
    assert columns(shown) == [("company_id",), ("company_name",), ("by",), ("by", NAME_OF), ("note",)]
    assert [row["by", NAME_OF] for row in shown] == ["Anna", None]


class Link(View):
    url: str
    expires_at: str


class Work(View):
    work_id: str
    rows: Link | None


def test_a_link_that_ends_is_no_column() -> None:
    works = [
        Work(work_id="1", rows=Link(url="https://files.example/1", expires_at="2026-11-20")),
        Work(work_id="2", rows=None),
    ]
    assert [flat(each, "en") for each in works] == [{("work_id",): "1"}, {("work_id",): "2"}]
    assert flat(Link(url="https://files.example/1", expires_at="2026-11-20"), "en") == {}
    assert [*columns_of(Work)] == [("work_id",)]


def test_a_list_without_rows_has_the_columns_of_its_fields() -> None:
    assert [*columns_of(Row)] == columns([flat(row(FIRM, "5.50"), "en")])


class Parcel(View):
    state: Literal["placed", "partly_shipped"]
    kinds: list[Literal["goods", "gift"]]
    parts: list[dict[Literal["goods", "gift"], int]]
    name: str


def test_codes_are_words_of_the_reader_and_free_texts_stay() -> None:
    parcel = Parcel(state="partly_shipped", kinds=["goods", "gift"], parts=[{"goods": 2}], name="placed")
    assert [*flat(parcel, "ru").values()] == ["отгружено частично", "товары; подарок", "товары: 2", "placed"]
    assert [*flat(parcel, "en").values()] == ["partly shipped", "goods; gift", "goods: 2", "placed"]


def test_a_moment_is_a_time_of_the_clubs_clocks_and_nothing_else_is() -> None:
    class Call(View):
        at: str
        until: datetime
        day: date
        order_number: str

    call = Call(
        at="2026-11-30T22:07:29.396Z",
        until=datetime(2026, 11, 30, 22, 8, tzinfo=UTC),
        day=date(2026, 11, 30),
        order_number="2026-11-30",
    )
    cells = [on_the_clock(cell, ZoneInfo("Europe/Moscow")) for cell in flat(call, "en").values()]
    assert cells == [
        datetime(2026, 12, 1, 1, 7),
        datetime(2026, 12, 1, 1, 8),
        date(2026, 11, 30),
        "2026-11-30",
    ]  # a wall's clock
