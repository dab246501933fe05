"""The rows that were left out, given back as a file of their kind, to mend and to bring again."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.reader import open_sales_file
from chalicelib.exchange.runs.bad_file import write_bad_file
from tests.exchange.reading.steps import TERMS, Read, read_file
from tests.exchange.reading.test_refusals import workbook

HEADING = ["Дата", "Номер", "Контрагент", "Номенклатура", "Количество", "Сумма"]


def given_back(content: bytes, profile: dict[str, Any] | None = None) -> tuple[str, bytes]:
    """The name and the bytes of the file of bad rows of this file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "upload").write_bytes(content)
        (folder / "unpacked").mkdir()
        reasons: dict[int, list[str]] = {}
        for fault in read_file(content, profile).faults:
            reasons.setdefault(fault.row, []).append(fault.code)
        form = SalesProfileForm.model_validate(profile or {})
        file = open_sales_file(folder / "upload", folder / "unpacked", form, TERMS)
        made = write_bad_file(file, reasons, folder)
        return made.name, made.read_bytes()


def faults(read: Read) -> list[tuple[str, str, str]]:
    return [(fault.number, fault.value, fault.code) for fault in read.faults]


TEXT = "\r\n".join(
    [
        "Продажи за январь;;;;;",
        ";".join(HEADING),
        "12.01.2026;УТ-1;К;Лампа;1;100,50",
        '13.01.2026;УТ-2;К;"Лампа; ""люкс""";много;50,00',
        "32.01.2026;УТ-3;К;Лампа;1;70,00",
        "Итого;;;;;220,50",
    ]
)


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-16", "cp866"])
def test_a_text_keeps_its_delimiter_and_its_encoding(encoding: str) -> None:
    name, content = given_back(TEXT.encode(encoding))
    assert name == "bad-rows.csv"
    text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    heading, *rows = text.splitlines()
    assert heading == ";".join([*HEADING, "Причина", "Reason"])
    assert rows[0] == '13.01.2026;УТ-2;К;"Лампа; ""люкс""";много;50,00;Это не число;This is not a number'
    assert [row.split(";")[1] for row in rows] == ["УТ-2", "УТ-3"]
    assert faults(read_file(content)) == faults(read_file(TEXT.encode(encoding)))


def test_mended_rows_are_brought_as_they_are() -> None:
    _, content = given_back(TEXT.encode("cp1251"))
    mended = content.decode("cp1251").replace("много", "2").replace("32.01", "30.01")
    read = read_file(mended.encode("cp1251"))
    assert (read.documents, read.faults) == ({"УТ-2": Decimal("50.00"), "УТ-3": Decimal("70.00")}, [])


def test_a_workbook_stays_a_workbook_with_its_sheet_its_numbers_and_its_days() -> None:
    rows = [
        ["Отчёт"],
        HEADING,
        ["12.01.2026", "УТ-1", "К", "Лампа", 1, 100.5],
        ["13.01.2026", "УТ-2", "К", "Лампа", "много", 50.25],
    ]

    def write(sheet: Any) -> None:
        for line, cells in enumerate(rows):
            sheet.write_row(line, 0, cells)

    name, content = given_back(workbook(write), {"sheet": "Sheet1", "heading_row": 2})
    assert name == "bad-rows.xlsx"
    read = read_file(content, {"sheet": "Sheet1", "heading_row": 2})
    assert faults(read) == [("УТ-2", "много", "number")]
    assert read.found.heading_line == 2


def test_cells_that_stand_above_are_filled_in() -> None:
    content = (
        ";".join(HEADING)
        + "\n12.01.2026;УТ-1;К;Лампа;1;100\n;;;Кисть;много;50\n13.01.2026;УТ-2;К;Лампа;1;10\n;;;Кисть;1;5\n"
    )
    _, text = given_back(content.encode())
    assert text.decode("utf-8-sig").splitlines()[1].startswith("12.01.2026;УТ-1;К;Кисть;много;50;")


def test_a_row_with_too_many_cells_keeps_them_all() -> None:
    content = ";".join(HEADING) + "\n12.01.2026;УТ-1;К;Лампа; люкс;1;100\n"
    _, text = given_back(content.encode())
    assert text.decode("utf-8-sig").splitlines()[1].startswith("12.01.2026;УТ-1;К;Лампа; люкс;1;")
    assert text.decode("utf-8-sig").splitlines()[1].endswith(";100")


def test_rows_of_a_grouped_report_stand_side_by_side() -> None:
    content = "\n".join(
        [
            "Контрагент;Количество;Сумма",
            "Документ;;",
            "Номенклатура;;",
            "ООО А;3;150",
            "Реализация УТ-1 от 12.01.2026;3;150",
            "Лампа;2;100",
            "Кисть;1;50",
            "Итого;3;150",
        ]
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "upload").write_bytes(content.encode())
        (folder / "unpacked").mkdir()
        file = open_sales_file(folder / "upload", folder / "unpacked", SalesProfileForm(), TERMS)
        made = write_bad_file(file, {6: ["customer_unclear"], 7: ["document_left_out"]}, folder)
        read = read_file(made)
    assert read.documents == {"УТ-1": Decimal("150.00")}
    assert read.customers == {"name:а, ооо"}
