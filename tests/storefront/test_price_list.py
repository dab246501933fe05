"""The catalogue at a company's own prices, for download."""

import csv
import io

import pytest
import requests
from python_calamine import CalamineWorkbook

from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.http import answers
from chalicelib.storefront import price_list
from tests.catalog.steps import listed, row
from tests.pricing.steps import Office, errors
from tests.support.api import Api, Caller
from tests.support.partners import partner


@pytest.fixture
def buyer(context: Context) -> Caller:
    listed(
        context,
        row("LMP-1", "120.00", brand="Luma", category="lamps"),
        row("LMP-2", "10.05", pack_multiple=6, brand="Ostara", category="strips"),
        row("LMP-3", "999.99", name="=HYPERLINK(1)", brand="Luma", category="lamps"),
    )
    return partner(context)


def rows(api: Api, caller: Caller, query: str = "", language: str = "en") -> list[dict[str, str]]:
    answer = api.call("GET", f"/v1/price-list{query}", caller, headers={"accept-language": language})
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows, _, proof = answer.text.removeprefix("\ufeff").partition("\r\n\r\n")
    found = list(csv.DictReader(io.StringIO(rows), delimiter=";"))
    count, total = ("строк", "контрольная сумма") if language == "ru" else ("rows", "control total")
    assert proof.startswith(f"{count};{len(found)}\r\n{total}, RUB;")
    return found


def test_it_has_the_prices_that_the_catalogue_shows(api: Api, context: Context, buyer: Caller):
    office = Office(api, context)
    office.agree({"prices": [{"sku": "LMP-1", "price": "99.00"}], "discounts": [{"goods": {}, "percent": "5"}]})
    shown = office.prices(buyer)
    assert {each["sku"]: each["price"] for each in rows(api, buyer)} == {
        sku: price for sku, (price, _) in shown.items()
    }


def test_it_has_a_row_for_each_quantity_from_which_on_a_unit_costs_less(api: Api, context: Context, buyer: Caller):
    Office(api, context).run((6, "10"), (16, "20"), goods={"skus": ["LMP-1", "LMP-2"]})
    found = [(each["sku"], each["from quantity"], each["price"]) for each in rows(api, buyer)]
    assert found == [
        ("LMP-1", "1", "120.00"),
        ("LMP-1", "6", "108.00"),
        ("LMP-1", "16", "96.00"),
        ("LMP-2", "6", "9.045"),  # in whole packs
        ("LMP-2", "18", "8.04"),
        ("LMP-3", "1", "999.99"),
    ]


def test_it_can_be_of_a_part_and_speaks_the_readers_language(api: Api, buyer: Caller):
    assert [each["sku"] for each in rows(api, buyer, "?brand=Ostara")] == ["LMP-2"]
    assert [each["sku"] for each in rows(api, buyer, "?category=lamps")] == ["LMP-1", "LMP-3"]
    russian = rows(api, buyer, "?brand=Ostara", "ru")[0]
    assert (russian["наименование"], russian["цена"]) == ("Лампа LMP-2", "10,05")


def test_a_name_is_no_formula(api: Api, buyer: Caller):
    assert rows(api, buyer)[-1]["name"] == "'=HYPERLINK(1)"


def test_too_many_products_are_refused(api: Api, buyer: Caller, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(price_list, "MOST_PRODUCTS", 3)
    assert len(rows(api, buyer)) == 3
    monkeypatch.setattr(price_list, "MOST_PRODUCTS", 2)
    answer = api.call("GET", "/v1/price-list", buyer)
    assert errors(answer) == [("/category", "too_many")]


def test_a_list_that_does_not_fit_into_an_answer_is_refused(api: Api, buyer: Caller, monkeypatch: pytest.MonkeyPatch):
    weight = answers.weight(api.call("GET", "/v1/price-list", buyer, headers={"accept-language": "ru"}).text)
    monkeypatch.setattr(answers, "MOST_BYTES", weight)
    assert len(rows(api, buyer, language="ru")) == 3
    monkeypatch.setattr(answers, "MOST_BYTES", weight - 1)
    answer = api.call("GET", "/v1/price-list", buyer, headers={"accept-language": "ru"})
    assert errors(answer) == [("/category", "too_many")]
    assert len(rows(api, buyer, "?brand=Luma", "ru")) == 2


@pytest.mark.parametrize(("language", "heading"), [("en", "price"), ("ru", "цена")])
def test_as_a_workbook_it_has_the_same_rows_with_numbers_as_numbers(
    api: Api, context: Context, buyer: Caller, language: str, heading: str
) -> None:
    Office(api, context).run((6, "10"), goods={"skus": ["LMP-2"]})
    answer = api.call("GET", "/v1/price-list/file", buyer, headers={"accept-language": language})
    assert answer.status == 200, answer.text
    content = requests.get(answer.json["url"], timeout=10).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    [made] = [row[1] for row in sheet if row[0] in ("Made", "Составлен")]
    assert made == context.now.astimezone(context.config[Club].zone).replace(tzinfo=None, second=0, microsecond=0)
    [top] = [place for place, row in enumerate(sheet) if heading in row]
    told = [dict(zip(sheet[top], row, strict=True)) for row in sheet[top + 1 :]]
    plain = rows(api, buyer, language=language)
    assert len(told) == len(plain) == answer.json["row_count"]
    assert [each[heading] for each in told] == [float(each[heading].replace(",", ".")) for each in plain]
