"""Any list as a file, over HTTP: rights and filters are those of the list, rows and sums the same in each format."""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
import requests
from pydantic import BaseModel
from python_calamine import CalamineWorkbook

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.context import Context
from chalicelib.platform.http.routes import ROUTES
from chalicelib.platform.list_files import service
from chalicelib.platform.list_files.headings import heading
from chalicelib.platform.list_files.rules import codes_in
from chalicelib.platform.registry.names import models_in
from chalicelib.platform.words.codes import word
from tests.support import partners
from tests.support.api import Api, Caller

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")
FORM = {"brackets": [{"from_quantity": 1, "percent": "10"}], "from": "2026-12-01", "to": "2027-03-31"}
PATH = "/v1/list-files"


@pytest.fixture
def marketing(api: Api, context: Context) -> Caller:
    partners.staff(context, "mbr_marketing", "marketing")
    for name in ("=Panels", "Lamps"):
        budget = {"limits": {"budget": {"amount": "1000.50", "currency": "RUB"}}} if name == "Lamps" else {}
        made = api.call("POST", "/v1/staff/promotions", MARKETING, {**FORM, "name": name, "name_ru": name, **budget})
        assert made.status == 201, made.text
    return MARKETING


def downloaded(api: Api, caller: Caller, address: str, kind: str, language: str = "en") -> bytes:
    form = {"list": address, "format": kind}
    made = api.call("POST", PATH, caller, form, headers={"accept-language": language})
    assert made.status == 200, made.text
    answer = requests.get(made.json["url"], timeout=10)
    assert len(answer.content) == made.json["bytes"]
    return answer.content


def test_a_list_is_downloaded_with_its_filters_and_headings_of_the_reader(api: Api, marketing: Caller) -> None:
    content = downloaded(api, marketing, "/v1/staff/promotions?q=lamps&limit=1", "csv", "ru").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content), delimiter=";"))
    shown = dict(zip(rows[0], rows[1], strict=True))
    assert (shown["название"], shown["состояние"], shown["с"]) == ("Lamps", "черновик", "2026-12-01")
    assert ["Строк", "1"] in rows


def test_a_time_is_that_of_the_clubs_clocks(api: Api, marketing: Caller) -> None:
    content = downloaded(api, marketing, "/v1/staff/promotions", "csv").decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(content), delimiter=";")
    (place,) = (number for number, name in enumerate(heading) if name == "created at")
    assert [row[place] for row in rows if len(row) == len(heading)] == ["2026-11-20 12:00"] * 2


def test_a_list_without_rows_has_its_headings(api: Api, marketing: Caller) -> None:
    address = "/v1/staff/promotions"
    filled, empty = (
        downloaded(api, marketing, f"{address}{query}", "csv", "ru").decode("utf-8-sig").splitlines()
        for query in ("", "?q=nothing-like-this")
    )
    columns, known = empty[0].split(";"), filled[0].split(";")
    assert [each for each in known if each in columns] == [each for each in columns if each in known]
    # What is null in all rows is one column, and has its own fields where no row says so.
    assert all(each in columns or any(other.startswith(f"{each}: ") for other in columns) for each in known)
    assert any(line.startswith("Строк;0") for line in empty)


def test_both_formats_have_the_same_rows_and_no_formula(api: Api, marketing: Caller) -> None:
    address = "/v1/staff/promotions"
    rows = list(csv.reader(io.StringIO(downloaded(api, marketing, address, "csv").decode("utf-8-sig")), delimiter=";"))
    workbook = io.BytesIO(downloaded(api, marketing, address, "xlsx"))
    cells = CalamineWorkbook.from_filelike(workbook).get_sheet_by_index(0).to_python(skip_empty_area=False)
    [heading] = [number for number, line in enumerate(cells) if line[0] == rows[0][0]]
    place = rows[0].index("name")
    assert {row[place] for row in rows[1:3]} == {"'=Panels", "Lamps"}
    assert {line[place] for line in cells[heading + 1 :]} == {"=Panels", "Lamps"}
    assert b"<f" not in zipfile.ZipFile(workbook).read("xl/worksheets/sheet1.xml").replace(b"<font", b"")


def test_a_list_is_read_with_the_rights_of_the_caller(api: Api, context: Context, marketing: Caller) -> None:
    partner = partners.partner(context)
    refused = api.call("POST", PATH, partner, {"list": "/v1/staff/promotions"})
    assert (refused.status, refused.json["code"]) == (403, "scope_missing")
    assert api.call("POST", PATH, partner, {"list": "/v1/orders"}).json["row_count"] == 0


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/v1/staff/nothing", "not_a_list"),
        ("/v1/me", "not_a_list"),
        ("/v1/staff/promotions?colour=red", "unknown_field"),
        ("/v1/staff/promotions?state=gone", "choice"),
        ("https://elsewhere.example/v1/orders", "pattern"),
    ],
)
def test_what_is_no_list_is_refused(api: Api, marketing: Caller, address: str, code: str) -> None:
    refused = api.call("POST", PATH, marketing, {"list": address})
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, code)


def test_a_list_that_is_too_long_is_refused_and_not_cut(
    api: Api, marketing: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PAGE", 1)
    assert api.call("POST", PATH, marketing, {"list": "/v1/staff/promotions"}).json["row_count"] == 2
    monkeypatch.setattr(service, "MOST_ROWS", 1)
    refused = api.call("POST", PATH, marketing, {"list": "/v1/staff/promotions"})
    [error] = refused.json["errors"]
    assert (refused.status, error["code"], error["pointer"]) == (422, "too_many", "/list")
    assert "POST /v1/staff/exports" in error["detail"]


def fields(row: type[BaseModel]) -> dict[str, Any]:
    """The type of each field by its name in JSON."""
    return {
        told.serialization_alias or told.alias or field: told.annotation for field, told in row.model_fields.items()
    }


def groups(kind: Any) -> list[type[BaseModel]]:
    """The models that a value of this type may be, but not those of a list."""
    return [
        each
        for each in (kind, *(() if get_origin(kind) is list else get_args(kind)))
        if isinstance(each, type) and issubclass(each, BaseModel)
    ]


def rows_of_lists() -> Iterator[type[BaseModel]]:
    for route in ROUTES:
        if route.query and route.answer and "cursor" in route.query.model_fields and "items" in fields(route.answer):
            yield get_args(fields(route.answer)["items"])[0]


def test_columns_of_all_lists_have_russian_headings() -> None:
    """A new column gets its heading with the view that brings it."""
    named = set()
    for row in rows_of_lists():
        for name, kind in fields(row).items():
            named |= {name, *(inner for group in groups(kind) for inner in fields(group))}
    assert len(named) > 200
    assert {name for name in named if heading((name,), "ru").isascii()} == set()


# Notations have no words: a program and a person read `cp1251` alike.
NOTATIONS = {"content_type", "dates", "delimiter", "encoding", "format"}


def codes_by_field(row: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[tuple[str, str]]:
    """Each code that a row of a list may hold, however deep."""
    if row in seen:
        return
    seen.add(row)
    for name, kind in fields(row).items():
        yield from ((name, code) for code in codes_in(kind))
        for group in models_in(kind):
            yield from codes_by_field(group, seen)


def test_codes_of_all_lists_have_russian_words() -> None:
    """A new state gets its word with the enumeration that brings it."""
    found = {each for row in rows_of_lists() for each in codes_by_field(row, set())}
    assert len(found) > 200
    plain = {(field, code) for field, code in found if field not in NOTATIONS and word(field, code, "ru").isascii()}
    assert plain == set()
    assert word("state", "partly_shipped", "en") == "partly shipped"


def test_a_persons_name_is_no_firms_name_in_russian() -> None:
    people = [("name",), ("member_id",), ("company", "name"), ("company", "company_id")]
    assert [heading(path, "ru", people) for path in people if path[-1] == "name"] == ["имя", "компания: название"]
    assert heading(("changed_by_name",), "ru") == "кто изменил: имя"


def test_names_stand_beside_ids_in_files_of_the_staff(api: Api, marketing: Caller) -> None:
    made = api.call(
        "POST",
        "/v1/staff/segments",
        marketing,
        {"name": "All", "conditions": {"stages": ["active"]}},
        headers={"idempotency-key": "all"},
    )
    assert made.status == 201, made.text
    content = downloaded(api, marketing, "/v1/staff/segments", "csv", "ru").decode("utf-8-sig")
    heading, row, *_ = csv.reader(io.StringIO(content), delimiter=";")
    shown = dict(zip(heading, row, strict=True))
    [(column, author)] = [(name, cell) for name, cell in shown.items() if cell == "mbr_marketing"]
    member = api.call("GET", "/v1/me", marketing).json
    assert shown[f"{column}: имя"] == member["name"] and author == member["member_id"]
