"""Workbooks in the binary forms of Excel, and workbooks under a password: each built byte by byte, as the published formats say."""

import io
import struct
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from tests.exchange.reading.steps import read_file, why

HEADING = ["Дата", "Номер", "Контрагент", "Номенклатура", "Количество", "Сумма"]
ROWS: list[list[Any]] = [
    HEADING,
    [46034, "УТ-1", "ООО А", "Лампа", 2, 100.5],
    [46035, "УТ-2", "ООО Б", "Кисть", 1, 50.0],
]

# --- XLSB: records of a number, a length and a body (MS-XLSB) ---


def varint(number: int) -> bytes:
    made = bytearray()
    while True:
        number, seven = number >> 7, number & 0x7F
        made.append(seven | (0x80 if number else 0))
        if not number:
            return bytes(made)


def record(kind: int, body: bytes = b"") -> bytes:
    return (bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])) + varint(len(body)) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_workbook(rows: list[list[Any]], states: Mapping[int, int] = MappingProxyType({})) -> bytes:
    """`states`: by line, the byte of a row that tells its outline and whether it is hidden."""
    sheet = record(129) + record(148, struct.pack("<4I", 0, len(rows) - 1, 0, len(HEADING) - 1)) + record(145)
    for line, cells in enumerate(rows):
        sheet += record(0, struct.pack("<I", line) + bytes(7) + bytes([states.get(line, 0)]) + bytes(13))
        for column, cell in enumerate(cells):
            place = struct.pack("<II", column, 0)
            sheet += (
                record(6, place + wide(cell)) if isinstance(cell, str) else record(5, place + struct.pack("<d", cell))
            )
    sheet += record(146) + record(130)
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("TDSheet"))
    book += record(144) + record(132)
    relations = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        archive.writestr(
            "_rels/.rels",
            relations.format(f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.bin"/>'),
        )
        archive.writestr("xl/workbook.bin", book)
        link = f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.bin"/>'
        archive.writestr("xl/_rels/workbook.bin.rels", relations.format(link))
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return content.getvalue()


def test_a_binary_workbook_is_read() -> None:
    read = read_file(binary_workbook(ROWS))
    assert (read.found.kind, read.found.sheet) == ("xlsb", "TDSheet")
    assert read.documents == {"УТ-1": Decimal("100.50"), "УТ-2": Decimal("50.00")}
    assert [str(row.business_date) for row in read.rows] == ["2026-01-12", "2026-01-13"]


def test_a_damaged_binary_workbook_is_refused() -> None:
    content = binary_workbook(ROWS)
    assert why(content[: len(content) // 2])[0] in ("archive_broken", "workbook_broken")


# --- under a password ---


def old_workbook() -> Any:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("TDSheet")
    for line, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            sheet.write(line, column, cell)
    return book


def compound(stream: bytes) -> bytes:
    content = io.BytesIO()
    XlsDoc().save(content, stream)
    return content.getvalue()


def encrypted_package() -> bytes:
    """An XLSX under a password: a compound file whose stream is named `EncryptedPackage` (MS-OFFCRYPTO)."""
    content = compound(bytes(8192))
    name, secret = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    at = content.index(name)
    return content[:at] + secret.ljust(64, b"\0") + struct.pack("<H", len(secret) + 2) + content[at + 66 :]


def old_workbook_with_password() -> bytes:
    """An XLS whose records are encrypted: the record FilePass stands behind the first one (MS-XLS 2.4.117)."""
    stream: bytes = old_workbook().get_biff_data()
    first = 4 + struct.unpack("<H", stream[2:4])[0]
    password = struct.pack("<HH", 0x2F, 54) + struct.pack("<HHH", 1, 1, 1) + bytes(range(48))
    return compound(stream[:first] + password + stream[first:])


def archive_with_password() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("sales.csv", "secret")
    made = bytearray(content.getvalue())
    made[6] |= 1  # of the file
    made[made.index(b"PK\x01\x02") + 8] |= 1  # and of the directory
    return bytes(made)


def protected_sheet_of_open_document() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>")
        archive.writestr("content.xml", bytes(range(200)))
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(encrypted_package(), id="XLSX"),
        pytest.param(old_workbook_with_password(), id="XLS"),
        pytest.param(protected_sheet_of_open_document(), id="ODS"),
        pytest.param(archive_with_password(), id="ZIP"),
    ],
)
def test_a_file_under_a_password_is_told_so(content: bytes) -> None:
    code, facts = why(content)
    assert (code, facts["kind"]) == ("not_a_table", "protected")


@pytest.mark.parametrize(("rows", "columns"), [(0, 0), (3, 0), (0, 2), (3, 2)])
def test_lines_and_letters_are_those_of_the_spreadsheet_wherever_the_table_begins(rows: int, columns: int) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate(ROWS, rows):
            sheet.write_row(line, columns, cells)
    read = read_file(content.getvalue(), {"heading_row": rows + 1})
    assert (read.found.heading_line, [row.row for row in read.rows]) == (rows + 1, [rows + 2, rows + 3])
    assert read.found.letters["business_date"] == "ABC"[columns]


def test_an_old_workbook_is_read() -> None:
    read = read_file(compound(old_workbook().get_biff_data()))
    assert (read.found.kind, read.total) == ("xls", Decimal("150.50"))
