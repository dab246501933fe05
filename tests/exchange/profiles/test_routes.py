"""Profiles: kept by an import, looked at, mended and deleted by the staff; and each setting changes what a file means."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.platform.context import Context
from tests.exchange.reading.steps import read_file, why
from tests.exchange.sales_files.steps import OPERATOR, bring, row, table
from tests.support import partners
from tests.support.api import Answer, Api

PATH = "/v1/staff/sources/1c-main/profiles"
ODD = ["Когда", "Бумага", "Код контрагента", "Контрагент", "Номенклатура", "Артикул", "Количество", "Цена", "Сумма"]
MAPPING = {"business_date": "Когда", "document": "Бумага"}


@pytest.fixture(autouse=True)
def operator(context: Context) -> None:
    partners.staff(context, "mbr_staff", "operations")


def ask(api: Api, method: str, path: str, body: Any = None, match: str | None = None) -> Answer:
    return api.call(method, path, OPERATOR, body, headers={"if-match": match} if match else {})


def test_a_profile_is_listed_mended_and_deleted(api: Api, context: Context) -> None:
    first = bring(api, context, table(row(), heading=ODD), key="first", mapping=MAPPING)
    [kept] = ask(api, "GET", PATH).json["items"]
    assert (kept["import_id"], kept["changed_by"], kept["version"]) == (first["import_id"], "mbr_staff", 1)
    assert (kept["profile"]["mapping"]["document"], kept["columns"]["document"]) == ("Бумага", "Бумага")
    place = f"{PATH}/{kept['profile_id']}"
    assert ask(api, "GET", place).json == kept
    changed = {
        "mapping": MAPPING,
        "constants": {"customer": "К-99"},
        "only": [{"column": "Бумага", "values": ["УТ-2"]}],
    }
    assert ask(api, "PUT", place, changed).status == 428
    assert ask(api, "PUT", place, changed, '"7"').status == 412
    assert ask(api, "PUT", place, {**changed, "colour": "red"}, '"1"').status == 422
    mended = ask(api, "PUT", place, changed, '"1"')
    assert (mended.status, mended.json["version"], mended.json["profile"]["only"][0]["values"]) == (200, 2, ["УТ-2"])
    second = bring(api, context, table(row("УТ-2"), row("УТ-3"), heading=ODD), key="second")
    assert (second["profile_kept"], second["documents"]["created"]) == (True, 1)
    assert second["profile"]["only"][0]["values"] == ["УТ-2"]
    assert ask(api, "DELETE", place).status == 204
    assert (ask(api, "GET", place).status, ask(api, "DELETE", place).status, ask(api, "GET", PATH).json["items"]) == (
        404,
        404,
        [],
    )
    assert ask(api, "PUT", place, changed, '"2"').status == 404
    third = bring(api, context, table(row("УТ-4"), heading=ODD), key="third")
    assert third["reason"]["code"] == "column_missing"


def test_a_file_is_compared_with_so_many_profiles(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ["Счёт №" if heading == "Бумага" else heading for heading in ODD]
    bring(api, context, table(row(), heading=ODD), key="first", mapping=MAPPING)
    bring(api, context, table(row("УТ-2"), heading=other), key="second", mapping={**MAPPING, "document": "Счёт №"})

    def read(number: int) -> list[bool]:
        """Whether a file of each of the two headings is read without settings."""
        files = {f"{number}-{place}": headings for place, headings in enumerate((ODD, other))}
        brought = [bring(api, context, table(row(f"УТ-{key}"), heading=files[key]), key=key) for key in files]
        return [done["state"] == "done" for done in brought]

    monkeypatch.setattr("chalicelib.exchange.imports.store.MOST_PROFILES", 2)
    assert read(3) == [True, True]
    monkeypatch.setattr("chalicelib.exchange.imports.store.MOST_PROFILES", 1)
    assert sorted(read(4)) == [False, True]


def test_a_profile_of_another_source_is_not_found(api: Api, context: Context) -> None:
    bring(api, context, table(row(), heading=ODD), mapping=MAPPING)
    [kept] = ask(api, "GET", PATH).json["items"]
    elsewhere = f"/v1/staff/sources/shop/profiles/{kept['profile_id']}"
    assert ask(api, "GET", elsewhere).status == 404
    assert ask(api, "PUT", elsewhere, {}, '"1"').status == 404


EVERYTHING = """Отчёт;;;;;;;;;
Когда;Серия;№ бумаги;Вид бумаги;Товар;Кол-во;Деньги;Деньги;Налог;Состояние бумаги
01/02/2026 23:30;А;1;Отпуск;Лампа;2;1.000;100,50;20,10;В архиве
01/02/2026;А;2;Назад;Лампа;1;1.000;50,25;10,05;В архиве
01/02/2026;Б;1;Отпуск;Лампа;1;1.000;10,00;2,00;Пробный
01/02/2026;Б;2;Отпуск;Лампа;1;1.000;10,00;2,00;Закрыт без отгрузки
"""
SETTINGS: dict[str, Any] = {
    "heading_row": 2,
    "mapping": {
        "business_date": "A",
        "document": "Серия + № бумаги",
        "kind": "Вид бумаги",
        "name": "Товар",
        "net_amount": "Деньги#2",
        "vat": "Налог",
        "status": "Состояние бумаги",
    },
    "constants": {"customer": "К-7"},
    "format": {
        "decimal": "comma",
        "dates": ["mm/dd/yyyy"],
        "time_zone": "America/New_York",
        "delimiter": ";",
        "encoding": "cp1251",
    },
    "only": [{"column": "Состояние бумаги", "values": ["Пробный"], "leave_out": True}],
    "return_words": ["Назад"],
    "sale_words": ["Отпуск"],
    "cancelled_words": ["Закрыт без отгрузки"],
    "vat": "net_plus_vat",
}


def test_every_setting_together_makes_a_strange_file_understood(api: Api, context: Context) -> None:
    checked = bring(api, context, EVERYTHING.encode("cp1251"), dry_run=True, **SETTINGS)
    assert checked["totals"]["amounts"] == [{"amount": "60.30", "currency": "RUB"}]
    assert [each["document"] for each in checked["first_documents"]] == ["А-1", "А-2"]
    assert [each["kind"] for each in checked["first_documents"]] == ["sale", "return"]
    assert checked["totals"]["first"] == "2026-01-02"
    assert checked["bad_rows"] is None


def zipped(**members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
    return content.getvalue()


PLAIN = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма{more}\n12.01.2026;1;К;Л;1;100{cells}\n"


@pytest.mark.parametrize(
    ("content", "profile", "total"),
    [
        pytest.param(
            PLAIN.format(more=";Сумма", cells=";70"), {"mapping": {"amount": "Сумма#2"}}, 70, id="the n-th column"
        ),
        pytest.param(PLAIN.format(more=";Сумма", cells=";70"), {"mapping": {"amount": "F"}}, 100, id="a letter"),
        pytest.param(
            PLAIN.format(more=";Итог без скидки", cells=";70"),
            {"mapping": {"amount": "Итог без скидки"}},
            70,
            id="a heading",
        ),
        pytest.param(PLAIN.format(more=";НДС", cells=";20"), {"vat": "gross"}, 100, id="VAT within"),
        pytest.param(PLAIN.format(more=";НДС", cells=";20"), {"vat": "net_plus_vat"}, 120, id="VAT on top"),
        pytest.param(PLAIN.format(more=";Вид", cells=";Р"), {"return_words": ["Р"]}, -100, id="a word for returns"),
        pytest.param(
            PLAIN.format(more=";Статус", cells=";Проба"), {"cancelled_words": ["проба"]}, 0, id="a word for cancelled"
        ),
        pytest.param(
            PLAIN.format(more=";Статус", cells=";Отменён"), {"valid_words": ["отменен"]}, 100, id="a word for valid"
        ),
        pytest.param(
            PLAIN.format(more=";Город", cells=";Омск"),
            {"only": [{"column": "Город", "values": ["Омск"], "leave_out": True}]},
            0,
            id="a filter",
        ),
        pytest.param(
            "Дата;Номер;Контрагент;Номенклатура;Сумма\n12.01.2026;1;К;Л;100\n",
            {"constants": {"quantity": "1"}},
            100,
            id="a constant",
        ),
        pytest.param(
            PLAIN.format(more="", cells=".500"), {"format": {"decimal": "point"}}, "100.5", id="a decimal mark"
        ),
        pytest.param(
            PLAIN.format(more="", cells=".500"), {"format": {"decimal": "comma"}}, 100500, id="the other mark"
        ),
        pytest.param(
            "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Скидка\n12.01.2026;1;К;Л;1;100;10\n",
            {"discount": "percent"},
            90,
            id="a discount",
        ),
        pytest.param(
            zipped(one=PLAIN.format(more="", cells=""), two=PLAIN.format(more="", cells="0")),
            {"sheet": "two.csv"},
            1000,
            id="a file of an archive",
        ),
        pytest.param(
            f"Дата;Номер;Сумма\n{PLAIN.format(more='', cells='')}", {"heading_row": 2}, 100, id="a row of headings"
        ),
    ],
)
def test_each_setting_changes_what_a_file_means(
    content: str | bytes, profile: dict[str, Any], total: str | int
) -> None:
    assert read_file(content, profile).total == Decimal(total)


@pytest.mark.parametrize(("order", "day"), [("dd/mm/yyyy", 3), ("mm/dd/yyyy", 4)])
def test_the_order_of_a_date_may_be_named(order: str, day: int) -> None:
    content = PLAIN.format(more="", cells="").replace("12.01.2026", "03/04/2026")
    assert why(content)[0] == "dates_unclear"
    [read] = read_file(content, {"format": {"dates": [order]}}).rows
    assert read.business_date.day == day


def test_a_setting_of_vat_needs_its_columns() -> None:
    assert why(PLAIN.format(more="", cells=""), {"vat": "net_plus_vat"})[0] == "column_missing"
    net = PLAIN.format(more="", cells="").replace("Сумма", "Сумма без НДС")
    assert why(net, {"vat": "gross"})[0] == "column_missing"
