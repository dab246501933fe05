"""The look of cells in an XLSX workbook: currencies by their formats, 100 in the cell and `$100.00` on the screen; and rows that it hides or
strikes out.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from chalicelib.exchange.columns.cells import currency_in
from chalicelib.exchange.columns.headings import place_of
from chalicelib.exchange.tables.package_parts import blocks, linked_parts, small_part

Money = dict[int, list[tuple[int, str]]]  # by column: each currency as shown, with the line of its first cell
_SHOWN = re.compile(r'\[\$([^\]-]*)[^\]]*\]|"([^"]*)"|([$€£¥₽₸₴])')
_CELL = re.compile(rb"<(?:\w+:)?c ([^>]*)>")
_ATTRIBUTE = re.compile(rb'\b([rst])="([^"]*)"')
_PLACE = re.compile(rb"([A-Z]{1,3})(\d+)")
# Not of an outline that is folded.
_HIDDEN = re.compile(rb"<(?:\w+:)?row (?![^>]*\boutlineLevel=)[^>]*\bhidden=\"(?:1|true)\"[^>/]*>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Looks(NamedTuple):
    """The looks of a sheet: columns of numbers that are formatted as money, and the number of rows that are hidden or struck out."""

    money: Money = {}  # noqa: RUF012  # nobody changes it
    hidden: int = 0


class _Style(NamedTuple):
    """The looks of a cell: the currency that it shows, or an empty text, and whether it is struck out."""

    money: str
    struck: bool


_PLAIN = _Style("", False)


def looks_of(archive: zipfile.ZipFile) -> dict[str, Looks]:
    """By sheet."""
    styles = _styles(archive)
    return {name: _looks(blocks(archive, part, b"<c "), styles) for name, part in _sheets(archive)}


def _styles(archive: zipfile.ZipFile) -> list[_Style]:
    root = small_part(archive, "xl/styles.xml")
    if root is None:
        return []
    codes = {each.get("numFmtId"): _currency_of(each.get("formatCode", "")) for each in _all(root, "numFmt")}
    fonts, cells = (next(_all(root, name), ()) for name in ("fonts", "cellXfs"))
    struck = {str(at) for at, font in enumerate(fonts) if any(line.get("val") != "0" for line in _all(font, "strike"))}
    return [_Style(codes.get(each.get("numFmtId"), ""), each.get("fontId") in struck) for each in cells]


def _currency_of(code: str) -> str:
    texts = ("".join(filter(None, found.groups())) for found in _SHOWN.finditer(code.replace("\\", "")))
    return next((text for text in texts if currency_in(text)), "")


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names of sheets and of their parts."""
    book = small_part(archive, "xl/workbook.xml")
    parts = linked_parts(archive, "workbook.xml")
    for sheet in _all(book, "sheet") if book is not None else ():
        if part := parts.get(sheet.get(_RELATION, "")):
            yield sheet.get("name", ""), part


def _looks(several: Iterator[bytes], styles: Sequence[_Style]) -> Looks:
    found: Money = {}
    hidden = 0
    struck: set[bytes] = set()  # lines with cells that are struck out
    plain: set[bytes] = set()
    styled = any(style != _PLAIN for style in styles)
    for block in several:
        hidden += len(_HIDDEN.findall(block))
        for cell in _CELL.finditer(block) if styled else ():
            told = dict(_ATTRIBUTE.findall(cell[1]))
            at = int(told.get(b"s", b"0")) if told.get(b"s", b"0").isdigit() else 0
            style = styles[at] if at < len(styles) else _PLAIN
            place = _PLACE.fullmatch(told.get(b"r", b""))
            if place is None or cell[1].endswith(b"/"):
                continue
            (struck if style.struck else plain).add(place[2])
            if style.money and told.get(b"t", b"n") == b"n":
                known = found.setdefault(place_of(place[1].decode()), [])
                if all(style.money != each for _, each in known):
                    known.append((int(place[2]), style.money))
    return Looks(found, hidden + len(struck - plain))


def _all(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in root.iter() if each.tag.rpartition("}")[2] == name)
