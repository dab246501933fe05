"""Currencies that an XLSX workbook shows by the formats of its cells alone: 100 in the cell, `$100.00` on the screen."""

import re
import zipfile
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from chalicelib.exchange.columns.cells import currency_in
from chalicelib.exchange.columns.headings import place_of

Money = dict[int, tuple[int, str]]  # by column: the line of the first such cell, and its currency as shown
_MOST_PART = 16 * 1024 * 1024
_SHOWN = re.compile(r'\[\$([^\]-]*)[^\]]*\]|"([^"]*)"|([$€£¥₽₸₴])')
_CELL = re.compile(rb"<(?:\w+:)?c ([^>]*)>")
_ATTRIBUTE = re.compile(rb'\b([rst])="([^"]*)"')
_PLACE = re.compile(rb"([A-Z]{1,3})(\d+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def money_of(archive: zipfile.ZipFile, blocks: Callable[[zipfile.ZipFile, str], Iterator[bytes]]) -> dict[str, Money]:
    """By sheet, the columns of numbers that are formatted as money. `blocks` reads a part in blocks that end between cells."""
    formats = _formats(archive)
    if not any(formats):
        return {}
    return {name: _columns(blocks(archive, part), formats) for name, part in _sheets(archive)}


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


def _columns(blocks: Iterator[bytes], formats: list[str]) -> Money:
    found: Money = {}
    for block in blocks:
        for cell in _CELL.finditer(block):
            told = dict(_ATTRIBUTE.findall(cell[1]))
            style = int(told.get(b"s", b"0")) if told.get(b"s", b"0").isdigit() else 0
            shown = formats[style] if style < len(formats) else ""
            if shown and told.get(b"t", b"n") == b"n" and (place := _PLACE.fullmatch(told.get(b"r", b""))):
                found.setdefault(place_of(place[1].decode()), (int(place[2]), shown))
    return found


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
