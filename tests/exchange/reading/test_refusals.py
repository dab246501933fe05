"""Files that are no sales files, or would take too much memory: each is refused with its own true reason."""

import io
import re
import struct
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from chalicelib.exchange.answers.reasons import BLOCKERS, FAILURES, KINDS, NOTES, REASONS, failure_text
from chalicelib.exchange.tables import workbook_rows
from chalicelib.exchange.tables.model import MOST_CELL, MOST_LINE, Unreadable
from tests.exchange.reading.steps import TERMS, read_file, why
from tests.exchange.sales_files.steps import row, table

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
XML = '<?xml version="1.0"?>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "pdf"),
        (b"{\\rtf1 text}", "rtf"),
        (b"MOXCEL\0\x08\0\x01", "mxl"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"Rar!\x1a\x07\0", "archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "picture"),
        (b"SQLite format 3\0", "database"),
        (b"\x03\x7e\x01\x0c" + bytes(60), "dbf"),
        (b'[{"number": 1}]', "json"),
        (f"{XML}<a><b/></a>".encode(), "xml"),
        (f'{XML}<office:document xmlns:office="urn:oasis"><office:spreadsheet/></office:document>'.encode(), "xml"),
        (f"{XML}<КоммерческаяИнформация/>".encode(), "commerceml"),
        (b"<html><body>no table</body></html>", "html"),
        (b"MIME-Version: 1.0\n", "mhtml"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected"),
        (OLE + "WordDocument".encode("utf-16-le"), "word"),
        (b"text\n\0\1\2 and bytes\n" * 9, "binary"),
    ],
)
def test_what_is_no_table_is_named_for_what_it_is(content: bytes, kind: str) -> None:
    code, facts = why(content)
    assert (code, facts["kind"]) == ("not_a_table", kind)
    for language in ("ru", "en"):
        assert KINDS[kind][language == "ru"] in failure_text(code, facts, language)


def test_every_text_is_there_in_both_languages() -> None:
    for texts in (FAILURES, KINDS, NOTES):
        assert all(english and russian and english != russian for english, russian in texts.values())


@pytest.mark.parametrize("page", ["sales-files.md", "sales-files.ru.md"])
def test_the_page_for_the_clerk_tells_each_reason_and_no_other(page: str) -> None:
    text = Path("infra/docs", page).read_text(encoding="utf-8")
    refusals = text[text.index("\n### ") :]
    cells = (line.split("|")[1] for line in refusals.splitlines() if line.startswith("| `"))
    told = {code for cell in cells for code in re.findall(r"`(\w+)`", cell)}
    assert told == {*REASONS, *FAILURES, *BLOCKERS}


# --- text -------------------------------------------------------------------------------------------------------------


def test_a_cell_a_line_and_a_row_have_their_limits() -> None:
    assert why(table(row(name="я" * (MOST_CELL + 1))))[0] == "cell_too_long"
    assert why(table(row(name="я" * (MOST_LINE + 1))))[0] == "line_too_long"
    assert why(table(row(), [*row(), *["x"] * 10_000]))[0] == "too_many_columns"


def test_a_million_empty_rows_are_read_as_nothing(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(table(row()) + ";;;;;;;;\n" * 200_000, encoding="utf-8")
    read = read_file(file)
    assert (len(read.rows), read.total) == (1, 100)


@pytest.mark.parametrize("looks", [0, 2])
def test_a_file_that_takes_too_long_is_told_so(looks: int) -> None:
    """In the first reading, and in the second."""
    passed = iter(range(100))
    content = table(row()) + ";;;;;;;;\n" * 9_000
    with pytest.raises(Unreadable) as refused:
        read_file(content, terms=replace(TERMS, is_late=lambda: next(passed) >= looks))
    assert refused.value.code == "takes_too_long"


def test_a_damaged_text_is_named_with_its_line() -> None:
    content = table(*(row(f"УТ-{n}") for n in range(50))).encode()
    assert why(content.replace("УТ-30;".encode(), b"\xd0-30;"))[1] == {"encoding": "UTF-8", "line": 32}


# --- archives and workbooks -------------------------------------------------------------------------------------------


def packed(**members: bytes | str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name.replace("__", "/"), member)
    return content.getvalue()


def workbook(write: Any) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        write(book.add_worksheet())
    return content.getvalue()


def test_an_archive_may_hold_one_table_and_what_systems_add() -> None:
    content = packed(**{"sales.csv": table(row()), "__MACOSX__._sales.csv": b"\0", "~$sales.xlsx": b"\0"})
    assert read_file(content).total == 100


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (packed(), "not_a_table"),
        (packed(**{"inner.zip": packed(**{"sales.csv": table(row())})}), "archive_nested"),
        (packed(**{f"{n}.csv": table(row()) for n in range(60)}), "archive_members"),
        (packed(**{"1.csv": table(row()), "2.csv": table(row())}), "several_tables"),
        (packed(**{"word__document.xml": "<a/>"}), "not_a_table"),
        (packed(**{"sales.csv": table(row())})[:60], "archive_broken"),
        (packed(**{"xl__workbook.xml": "<a/>", "[Content_Types].xml": "<a/>"}), "workbook_broken"),
        (packed(**{"xl__workbook.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a/>'}), "entities"),
    ],
    ids=["empty", "nested", "many", "several tables", "document", "cut off", "broken workbook", "entities"],
)
def test_an_archive_that_is_no_table_is_refused(content: bytes, code: str) -> None:
    assert why(content)[0] == code


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.exchange.tables.archives.MOST_UNPACKED", 4 * 2**20)
    monkeypatch.setattr("chalicelib.exchange.tables.archives.MOST_WORKBOOK_UNPACKED", 4 * 2**20)
    bomb = b"0" * (16 * 2**20)
    assert why(packed(**{"sales.csv": bomb}))[0] == "archive_unpacked"
    assert why(packed(**{"xl__workbook.xml": "<a/>", "xl__worksheets__sheet1.xml": bomb}))[0] == "workbook_unpacked"


def _list_of(number: int, *, told: int) -> bytes:
    """An archive that is nothing but its list of files, and tells another number of them."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0) + b"n" * 60
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, told, told, number * len(entry), 4, 0)
    return b"PK\3\4" + entry * number + end


@pytest.mark.parametrize("told", [20_000, 3])
def test_an_archive_of_many_files_is_refused_before_its_list_takes_memory(told: int) -> None:
    content = _list_of(30_000, told=told)
    tracemalloc.start()
    try:
        assert why(content)[0] == "archive_members"
        assert tracemalloc.get_traced_memory()[1] < 2 * 2**20
    finally:
        tracemalloc.stop()


def test_a_large_file_of_an_old_program_is_refused_within_memory(tmp_path: Path) -> None:
    large = tmp_path / "large.xls"
    with large.open("wb") as file:
        file.write(OLE)
        file.seek(64 * 2**20)
        file.write("Workbook".encode("utf-16-le"))
    tracemalloc.start()
    try:
        assert why(large)[0] == "workbook_too_large"
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_a_row_of_a_wide_report_takes_no_more_memory_than_the_columns_that_are_read(tmp_path: Path) -> None:
    peaks = []
    more = "".join(f"\tЕщё {at}" for at in range(150))
    for number in (100, 600):
        rows = [f"Товар {at}\t1\t10{more}" for at in range(number)]
        told = f"\t{number}\t{number * 10}{more}"
        head = [f"Контрагент\tКоличество\tСумма{more}", "Документ", "Номенклатура"]
        report = [*head, f"ООО К{told}", f"Реализация УТ-1 от 12.01.2026{told}", *rows, f"Итог{told}"]
        file = tmp_path / f"{number}.txt"
        file.write_text("\n".join(report), encoding="utf-8")
        tracemalloc.start()
        try:
            assert read_file(file).total == number * 10
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] - peaks[0] < 500 * 3000


def test_a_cell_far_away_takes_no_memory_of_the_reader() -> None:
    def write(sheet: Any) -> None:
        sheet.write_string(0, 0, "Дата")
        sheet.write_string(1_048_575, 16_383, "x")

    assert why(workbook(write))[0] in ("workbook_memory", "too_many_columns", "workbook_broken")


def test_a_sheet_has_its_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workbook_rows, "MOST_WORKBOOK_ROWS", 5)
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    file = tmp_path / "sales.xlsx"
    file.write_bytes(workbook(lambda sheet: [sheet.write(n, 0, n) for n in range(9)]))
    assert workbook_rows.main(file, tmp_path) == {"code": "workbook_rows", "facts": {"most": 5}}


def test_formulas_without_values_are_told() -> None:
    def write(sheet: Any) -> None:
        sheet.write_row(0, 0, ["Дата", "Номер", "Контрагент", "Товар", "Количество", "Сумма"])
        sheet.write_row(1, 0, ["12.01.2026", "1", "К", "Л", 2])
        sheet.write_formula(1, 5, "=E2*50", value="" if without else 100)

    for without in (False, True):
        content = workbook(write)
        if without:
            assert why(content) == ("formulas_without_values", {"count": 1})
        else:
            assert read_file(content).total == 100


def test_a_file_that_is_larger_than_the_limits_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.exchange.tables.workbooks.MOST_WORKBOOK_BYTES", 1000)
    assert why(workbook(lambda sheet: sheet.write(0, 0, "x")))[0] == "workbook_too_large"
    monkeypatch.setattr("chalicelib.exchange.tables.web_pages.MOST_PAGE_BYTES", 10)
    assert why("<html><table><tr><td>1</td></tr></table></html>")[0] == "page_too_large"


def test_two_tables_have_so_many_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.exchange.reading.joining.MOST_ORDERS", 2)
    orders = "Номер;Дата;Контрагент\n" + "".join(f"{n};12.01.2026;К\n" for n in (1, 2, 3))
    rows = "Номер;Номенклатура;Количество;Сумма\n1;Л;1;100\n"
    assert read_file(packed(**{"orders.csv": orders.rsplit("3;", 1)[0], "rows.csv": rows})).total == 100
    assert why(packed(**{"orders.csv": orders, "rows.csv": rows}))[0] == "orders_many"
