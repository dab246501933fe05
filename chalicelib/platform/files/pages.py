"""Tables as PDF pages, with the club's own part of a font: Cyrillic is searchable and copies as text.

The source of the PDF's structure is ISO 32000-1: 9.7.4 (CIDFonts), 9.10.3 (ToUnicode). Lengths are points, 1/72 inch.
"""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pydyf

from chalicelib.platform.files.tables import Cell, Table
from chalicelib.platform.text import Language

WIDTH, HEIGHT, MARGIN = 595, 842, 42  # A4
SIZE, LEADING, GAP = 8, 11, 4
_FOLDER = Path(__file__).parent / "font"
_UNKNOWN = "□"


# --- the font ---------------------------------------------------------------------------------------------------------


@cache
def _font() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / "sans.json").read_text(encoding="utf-8"))
    return found


def known(text: str) -> str:
    glyphs = _font()["glyphs"]
    return "".join(each if each in glyphs else _UNKNOWN for each in text)


def width_of(text: str, size: float) -> float:
    font = _font()
    return float(sum(font["glyphs"][each][1] for each in text) * size / font["units"])


def _glyphs(text: str) -> bytes:
    glyphs = _font()["glyphs"]
    return b"<" + "".join(f"{glyphs[each][0]:04x}" for each in text).encode() + b"> Tj"


def _add_font(document: pydyf.PDF) -> pydyf.Dictionary:
    font = _font()
    scale = 1000 / font["units"]
    content = (_FOLDER / "sans.ttf").read_bytes()
    file = pydyf.Stream([content], {"Length1": len(content)}, compress=True)
    document.add_object(file)
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": "/CLUBAA+DejaVuSans",
            "Flags": 4,
            "FontBBox": pydyf.Array([round(each * scale) for each in font["box"]]),
            "ItalicAngle": 0,
            "Ascent": round(font["ascent"] * scale),
            "Descent": round(font["descent"] * scale),
            "CapHeight": 729,
            "StemV": 80,
            "FontFile2": file.reference,
        }
    )
    document.add_object(descriptor)
    widths = sorted({(number, round(width * scale)) for number, width in font["glyphs"].values()})
    of_glyphs = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": "/CLUBAA+DejaVuSans",
            "CIDSystemInfo": pydyf.Dictionary(
                {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
            ),
            "FontDescriptor": descriptor.reference,
            "CIDToGIDMap": "/Identity",
            "W": pydyf.Array([part for number, width in widths for part in (number, pydyf.Array([width]))]),
        }
    )
    document.add_object(of_glyphs)
    meanings = pydyf.Stream([_meanings()], compress=True)
    document.add_object(meanings)
    whole = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": "/CLUBAA+DejaVuSans",
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([of_glyphs.reference]),
            "ToUnicode": meanings.reference,
        }
    )
    document.add_object(whole)
    return whole


def _meanings() -> bytes:
    """The characters of the glyphs, so that text can be searched and copied."""
    of_glyph = {number: ord(each) for each, (number, _) in _font()["glyphs"].items()}
    pairs = [f"<{number:04x}> <{code:04x}>" for number, code in sorted(of_glyph.items())]
    parts = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    maps = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def "
        "/CMapName /Club def 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{maps}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


# --- the pages --------------------------------------------------------------------------------------------------------


class _Page:
    """One page while it is filled from above. `y`: of the next line's foot."""

    def __init__(self) -> None:
        self.stream = pydyf.Stream(compress=True)
        self.y = float(HEIGHT - MARGIN)

    def text(self, x: float, y: float, text: str, size: float = SIZE) -> None:
        stream = self.stream
        stream.begin_text()
        stream.set_font_size("F", size)
        stream.set_text_matrix(1, 0, 0, 1, round(x, 2), round(y, 2))
        stream.stream.append(_glyphs(text))
        stream.end_text()

    def line(self, y: float, grey: float = 0.6) -> None:
        stream = self.stream
        stream.set_color_rgb(grey, grey, grey, stroke=True)
        stream.set_line_width(0.5)
        stream.move_to(MARGIN, round(y, 2))
        stream.line_to(WIDTH - MARGIN, round(y, 2))
        stream.stroke()


def pdf(table: Table) -> bytes:
    """All rows of the table, on as many pages as they need."""
    pages = list(_pages(table))
    document = pydyf.PDF()
    font = _add_font(document)
    for number, page in enumerate(pages, start=1):
        _foot(page, table, number, len(pages))
        document.add_object(page.stream)
        document.add_page(
            pydyf.Dictionary(
                {
                    "Type": "/Page",
                    "Parent": document.pages.reference,
                    "MediaBox": pydyf.Array([0, 0, WIDTH, HEIGHT]),
                    "Contents": page.stream.reference,
                    "Resources": pydyf.Dictionary({"Font": pydyf.Dictionary({"F": font.reference})}),
                }
            )
        )
    document.info["Title"] = pydyf.String(table.title)
    document.info["Author"] = pydyf.String(table.sender)
    content = io.BytesIO()
    document.write(content, compress=True)
    return content.getvalue()


def _pages(table: Table) -> Iterator[_Page]:
    lefts, widths = _places(table)
    page = _Page()
    page.text(MARGIN, page.y - 12, known(table.title), 13)
    page.y -= 24
    for label, value in table.notes:
        for text in wrapped(f"{label}: {_shown(value, table.language)}", WIDTH - 2 * MARGIN):
            page.text(MARGIN, page.y - SIZE, text)
            page.y -= LEADING
    page.y -= GAP
    _heading(page, table, lefts, widths)
    for rows, strong in ((table.rows, False), (table.sums, True)):
        for row in rows:
            cells = [wrapped(_shown(cell, table.language), width) for cell, width in zip(row, widths, strict=True)]
            height = max(map(len, cells)) * LEADING
            if page.y - height < MARGIN + LEADING:
                yield page
                page = _Page()
                _heading(page, table, lefts, widths)
            if strong:
                page.line(page.y, 0)
            _row(page, table, cells, lefts, widths)
    yield page


def _places(table: Table) -> tuple[list[float], list[float]]:
    """The left edge and the width of each column."""
    whole = WIDTH - 2 * MARGIN - GAP * (len(table.columns) - 1)
    shares = sum(column.share for column in table.columns)
    widths = [whole * column.share / shares for column in table.columns]
    lefts = [MARGIN + sum(widths[:place]) + GAP * place for place in range(len(widths))]
    return lefts, widths


def _heading(page: _Page, table: Table, lefts: Sequence[float], widths: Sequence[float]) -> None:
    cells = [wrapped(column.title, width) for column, width in zip(table.columns, widths, strict=True)]
    page.line(page.y, 0)
    _row(page, table, cells, lefts, widths)
    page.line(page.y, 0)


def _row(
    page: _Page, table: Table, cells: Sequence[Sequence[str]], lefts: Sequence[float], widths: Sequence[float]
) -> None:
    for column, lines, left, width in zip(table.columns, cells, lefts, widths, strict=True):
        for number, text in enumerate(lines if any(lines) else ()):
            x = left + width - width_of(text, SIZE) if column.numeric else left
            page.text(x, page.y - LEADING * number - SIZE - 1, text)
    page.y -= max(map(len, cells)) * LEADING + 2
    page.line(page.y, 0.85)


def _foot(page: _Page, table: Table, number: int, of: int) -> None:
    told = f"стр. {number} из {of}" if table.language == "ru" else f"page {number} of {of}"
    page.text(MARGIN, MARGIN - LEADING, known(table.sender), 7)
    page.text(WIDTH - MARGIN - width_of(told, 7), MARGIN - LEADING, told, 7)


def _shown(cell: Cell, language: Language) -> str:
    if isinstance(cell, date):
        time = f" {cell:%H:%M}" if isinstance(cell, datetime) else ""
        return f"{cell:{'%d.%m.%Y' if language == 'ru' else '%Y-%m-%d'}}{time}"
    if isinstance(cell, Decimal):
        text = f"{cell:,.2f}"
        return text.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",") if language == "ru" else text
    return "" if cell is None else str(cell)


def wrapped(text: str, width: float) -> list[str]:
    """The text in lines of at most this width: broken between words, and within a word that is longer than a line."""
    text = known(text)
    if width_of(text, SIZE) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, SIZE) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for each in word:
            if line and width_of(line + each, SIZE) > width:
                lines.append(line)
                line = ""
            line += each
    return [*lines, line]
