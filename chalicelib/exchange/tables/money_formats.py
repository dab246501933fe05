"""What an XLSX workbook shows beside the values of its cells: currencies by their formats, 100 in the cell and `$100.00` on the screen; and rows
that it hides.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from chalicelib.exchange.columns.cells import currency_in
from chalicelib.exchange.columns.headings import place_of

Money = dict[int, list[tuple[int, str]]]  # by column: each currency as shown, with the line of its first cell
_MOST_PART = 16 * 1024 * 1024
_SHOWN = re.compile(r'\[\$([^\]-]*)[^\]]*\]|"([^"]*)"|([$€£¥₽₸₴])')
_CELL = re.compile(rb"<(?:\w+:)?c ([^>]*)>")
_ATTRIBUTE = re.compile(rb'\b([rst])="([^"]*)"')
_PLACE = re.compile(rb"([A-Z]{1,3})(\d+)")
# Not of an outline that is folded.
_HIDDEN = re.compile(rb"<(?:\w+:)?row (?![^>]*\boutlineLevel=)[^>]*\bhidden=\"(?:1|true)\"[^>/]*>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Looks(NamedTuple):
    """The looks of a sheet: columns of numbers that are formatted as money, and the number of hidden rows."""

    money: Money
    hidden: int


def looks_of(archive: zipfile.ZipFile, blocks: Callable[[zipfile.ZipFile, str], Iterator[bytes]]) -> dict[str, Looks]:
    """By sheet. `blocks` reads a part in blocks that end between cells."""
    formats = _formats(archive)
    return {name: _looks(blocks(archive, part), formats) for name, part in _sheets(archive)}


def _formats(archive: zipfile.ZipFile) -> list[str]:
    """The currency that each style shows, or an empty text."""
    root = _part(archive, "xl/styles.xml")
    if root is None:
        return []
    codes = {each.get("numFmtId"): _currency_of(each.get("formatCode", "")) for each in _all(root, "numFmt")}
    styles = next(_all(root, "cellXfs"), None)
    return [codes.get(each.get("numFmtId"), "") for each in styles] if styles is not None else []


def _currency_of(code: str) -> str:
    texts = ("".join(filter(None, found.groups())) for found in _SHOWN.finditer(code.replace("\\", "")))
    return next((text for text in texts if currency_in(text)), "")


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names of sheets and of their parts."""
    book, links = _part(archive, "xl/workbook.xml"), _part(archive, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return
    targets = {each.get("Id"): each.get("Target", "") for each in links}
    parts = set(archive.namelist())
    for sheet in _all(book, "sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in parts:
            yield sheet.get("name", ""), part


def _looks(blocks: Iterator[bytes], formats: list[str]) -> Looks:
    found: Money = {}
    hidden = 0
    for block in blocks:
        hidden += len(_HIDDEN.findall(block))
        for cell in _CELL.finditer(block) if any(formats) else ():
            told = dict(_ATTRIBUTE.findall(cell[1]))
            style = int(told.get(b"s", b"0")) if told.get(b"s", b"0").isdigit() else 0
            shown = formats[style] if style < len(formats) else ""
            if shown and told.get(b"t", b"n") == b"n" and (place := _PLACE.fullmatch(told.get(b"r", b""))):
                several = found.setdefault(place_of(place[1].decode()), [])
                if all(shown != known for _, known in several):
                    several.append((int(place[2]), shown))
    return Looks(found, hidden)


def _part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    """A small part of the workbook; None where it is missing, too large or broken."""
    try:
        with archive.open(name) as part:
            content = part.read(_MOST_PART + 1)
        # Declarations of entities were refused before, and this process has bounds of its own.
        return ElementTree.fromstring(content) if len(content) <= _MOST_PART else None  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return None


def _all(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in root.iter() if each.tag.rpartition("}")[2] == name)
