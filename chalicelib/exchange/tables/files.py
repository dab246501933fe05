"""The tables of a file, whatever it is."""

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chalicelib.exchange.tables.archives import check_workbook, kind_of_archive, unpack
from chalicelib.exchange.tables.encodings import encodings_of
from chalicelib.exchange.tables.formats import format_of, ole_kind
from chalicelib.exchange.tables.model import DELIMITERS, Delimiter, Encoding, Kind, Table, Unreadable
from chalicelib.exchange.tables.spool import SpooledTable
from chalicelib.exchange.tables.text import Quoting, TextTable
from chalicelib.exchange.tables.web_pages import read_page
from chalicelib.exchange.tables.workbooks import read_workbook
from chalicelib.exchange.tables.xml_workbooks import read_xml_workbook

_HEAD = 64 * 1024
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Readings:
    """One table and the ways to read it: a text is a table for each delimiter."""

    ways: tuple[Table, ...]

    @property
    def name(self) -> str:
        return self.ways[0].name


def tables_of(
    path: Path, folder: Path, encoding: Encoding | None = None, delimiter: Delimiter | None = None, name: str = ""
) -> list[Readings]:
    """Every table of a file. `folder`: an empty one for what must be unpacked. Raises Unreadable."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Unreadable("empty_file")
    shown = format_of(head)
    if shown == "zip":
        return _of_archive(path, folder, encoding, delimiter, name)
    if shown == "ole":
        with path.open("rb") as file:
            kind = ole_kind(iter(partial(file.read, _BLOCK), b""))
        if kind != "xls":
            raise Unreadable("not_a_table", kind=kind)
        return _each(read_workbook(path, "xls", folder))
    if shown == "html":
        tables = read_page(path, folder)
        if not tables:
            raise Unreadable("not_a_table", kind="html")
        return _each(tables)
    if shown == "xml_spreadsheet":
        return _each(read_xml_workbook(path, folder))
    if shown != "text":
        raise Unreadable("not_a_table", kind=shown)
    encodings = [encoding] if encoding else encodings_of(path)
    delimiters = [delimiter] if delimiter else _delimiters(head)
    return [
        Readings(
            tuple(
                TextTable(path, name, told, mark, quoting=quoting)
                for quoting in _quotings(head, delimiters)
                for told in encodings
                for mark in delimiters
            )
        )
    ]


def _of_archive(
    path: Path, folder: Path, encoding: Encoding | None, delimiter: Delimiter | None, name: str
) -> list[Readings]:
    kind = kind_of_archive(path)
    workbook: Kind
    for workbook in ("xlsx", "xlsb", "ods"):
        if kind == workbook:
            check_workbook(path)
            return _each(read_workbook(path, workbook, folder))
    if kind != "zip":
        raise Unreadable("not_a_table", kind=kind)
    if name:
        raise Unreadable("archive_nested", name=name)
    found: list[Readings] = []
    for number, (member, file) in enumerate(unpack(path, folder)):
        inner = folder / f"inner-{number:03d}"
        inner.mkdir()
        found += tables_of(file, inner, encoding, delimiter, member)
    return found


def _each(tables: list[SpooledTable]) -> list[Readings]:
    if not tables:
        raise Unreadable("empty_file")
    return [Readings((table,)) for table in tables]


def _quotings(head: bytes, delimiters: Sequence[Delimiter]) -> list[Quoting]:
    """Those that the beginning of the text may have, the usual one first."""
    found: list[Quoting] = ["cells"]
    if any(f"'{mark}'".encode() in head for mark in delimiters):
        found.append("apostrophes")
    if head.removeprefix(BOM_UTF8).startswith(b'"'):
        found.append("lines")
    return found


def _delimiters(head: bytes) -> tuple[Delimiter, ...]:
    """Those that the beginning of the text holds."""
    return tuple(each for each in DELIMITERS if each.encode() in head) or DELIMITERS[:1]
