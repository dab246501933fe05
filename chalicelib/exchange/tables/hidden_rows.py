"""Rows that a workbook hides by hand or by a filter, counted from its own records: XLS, XLSB and ODS (an XLSX: money_formats).

Rows of an outline that is folded are not counted, nor rows without a cell: a report of 1C folds its outline, and programs hide the
empty rest of a sheet.

Sources: MS-XLS 2.4.221 Row and 2.4.28 BoundSheet8; MS-XLSB 2.4.726 BrtRowHdr and 2.4.310 BrtBundleSh; OpenDocument 1.3 part 3, 19.774
table:visibility.
"""

import html
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from chalicelib.exchange.tables.package_parts import blocks, linked_parts

_BLOCK = 1024 * 1024


def hidden_rows(workbook: Path, sheets: Sequence[str]) -> dict[str, int]:
    """By sheet. `sheets`: those with cells, in the order of the workbook."""
    if not zipfile.is_zipfile(workbook):
        return dict(zip(sheets, _of_xls(workbook.read_bytes()), strict=False))
    with zipfile.ZipFile(workbook) as archive:
        if _ODS in archive.namelist():
            return _of_ods(archive)
        return {name: _of_xlsb(archive, part) for name, part in _sheets_of_xlsb(archive)}


# --- XLS: records of a number, a length and a body; a sheet begins with BOF, and each of its rows has a record -------

_SHEET_BEGINS = re.compile(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x10\x00")
_ROW = re.compile(rb"\x08\x02\x10\x00..(..)(..)......(.)", re.DOTALL)


def _of_xls(content: bytes) -> list[int]:
    return [
        sum(
            int.from_bytes(first, "little") < int.from_bytes(behind, "little") and _is_hidden(state[0], 0x20)
            for first, behind, state in _ROW.findall(sheet)
        )
        for sheet in _SHEET_BEGINS.split(content)[1:]
    ]


def _is_hidden(state: int, mark: int) -> bool:
    """True for a row that is hidden and of no outline; `state` has the depth of the outline in its lowest bits."""
    return bool(state & mark) and not state & 7


# --- XLSB ------------------------------------------------------------------------------------------------------------

_ROW_BEGINS, _SHEET, _CELLS = 0, 156, range(2, 12)


def _sheets_of_xlsb(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = linked_parts(archive, "workbook.bin")
    for kind, body in _records(archive, "xl/workbook.bin"):
        if kind == _SHEET:
            link, behind = _wide(body, 8)
            if part := targets.get(link):
                yield _wide(body, behind)[0], part


def _of_xlsb(archive: zipfile.ZipFile, part: str) -> int:
    hidden = 0
    waits = False  # for the first value of a hidden row
    for kind, body in _records(archive, part):
        if kind == _ROW_BEGINS:
            waits = len(body) > 11 and _is_hidden(body[11], 0x10)
        elif waits and kind in _CELLS:
            hidden += 1
            waits = False
    return hidden


def _records(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, bytes]]:
    """Numbers and bodies; number and length take seven bits of each byte. Ends where the part is cut off."""
    with archive.open(part) as file:
        rest, at = b"", 0
        while block := file.read(_BLOCK):
            rest, at = rest[at:] + block, 0
            while found := _record(rest, at):
                kind, begins, at = found
                yield kind, rest[begins:at]


def _record(content: bytes, at: int) -> tuple[int, int, int] | None:
    """Number, begin and end of the record at a place; None where it does not end within the content."""
    end = len(content)
    if at + 1 >= end:
        return None
    kind = content[at]
    at += 1
    if kind & 0x80:
        kind = kind & 0x7F | content[at] << 7
        at += 1
    length = shift = 0
    while at < end and shift < 28:
        byte = content[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return (kind, at, at + length) if at + length <= end else None
    return None


def _wide(body: bytes, at: int) -> tuple[str, int]:
    """The text at a place, and the place behind it."""
    behind = at + 4 + 2 * int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : behind].decode("utf-16-le", errors="replace"), behind


# --- ODS -------------------------------------------------------------------------------------------------------------

_ODS = "content.xml"
_TOKEN = re.compile(
    rb'<table:table (?:[^>]*?\s)?table:name="(?P<sheet>[^"]*)"|<(?P<ends>/)?table:table-row-group\b'
    rb'|<table:table-row\b(?P<row>[^>]*)>|(?P<value>office:value-type=")'
)
_HIDDEN = re.compile(rb'\btable:visibility="(?:collapse|filter)"')


def _of_ods(archive: zipfile.ZipFile) -> dict[str, int]:
    found: dict[str, int] = {}
    # Most workbooks hide no row, and then nothing else is looked for.
    if not any(b"table:visibility=" in block for block in blocks(archive, _ODS, b"<")):
        return found
    sheet, depth, waits = "", 0, False
    for block in blocks(archive, _ODS, b"<"):
        for token in _TOKEN.finditer(block):
            if token["value"]:
                found[sheet] = found.get(sheet, 0) + waits
                waits = False
            elif token["row"] is not None:
                waits = not depth and bool(_HIDDEN.search(token["row"]))
            elif token["sheet"] is not None:
                sheet, depth, waits = html.unescape(token["sheet"].decode(errors="replace")), 0, False
            else:
                depth += -1 if token["ends"] else 1
    return found
