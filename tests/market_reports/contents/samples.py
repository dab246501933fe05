"""Files of reports, harmless and hostile, made here."""

import io
import zipfile
import zlib
from typing import Any

import pydyf
import xlsxwriter

from chalicelib.market_reports.contents.model import FileType

PDF: FileType = "application/pdf"
XLSX: FileType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML: FileType = "text/html"

PAGE = (
    '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>Цены</title><style>td { color: #333 }</style></head>'
    '<body><h1>Цены</h1><table><tr><td colspan="2">−4 %</td></tr></table>'
    '<a href="https://club.example/">Клуб</a><img alt="" src="data:image/png;base64,AAAA"></body></html>'
).encode()


def pdf(action: str = "<< /S /GoTo /D [3 0 R /Fit] >>") -> bytes:
    """One empty page. `action`: what opening the file does."""
    return raw_pdf(action)


def packed_pdf(action: str, **kinds: Any) -> bytes:
    """A page, in which all objects are compressed together. `kinds`: further entries of the action."""
    document = pydyf.PDF()
    page = {"Type": "/Page", "Parent": document.pages.reference, "MediaBox": pydyf.Array([0, 0, 200, 200])}
    document.add_page(pydyf.Dictionary(page))
    does = pydyf.Dictionary({"S": action, "D": pydyf.Array([0, "/Fit"]), **kinds})
    document.add_object(does)
    document.catalog["OpenAction"] = does.reference
    content = io.BytesIO()
    document.write(content, compress=True)
    return content.getvalue()


def raw_pdf(*objects: str) -> bytes:
    """A PDF of one page whose further objects are written as given."""
    every = [
        "<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    ]
    content, places = b"%PDF-1.7\n", []
    for number, each in enumerate(every, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{each}\nendobj\n".encode()
    start = len(content)
    content += f"xref\n0 {len(every) + 1}\n0000000000 65535 f \n".encode()
    content += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return content + f"trailer << /Size {len(every) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def packed_stream(
    inside: str,
    *,
    filters: str = "/FlateDecode",
    first: str = "4",
    keyword: bytes = b"stream\n",
    note: str = "null",
    before: str = "5 0 ",
    after: str = "",
) -> bytes:
    """An object stream with one object. `before`: the number and the place of it, and what else stands before it."""
    described = f"<< /Type /ObjStm /N 1 /First {first} /Filter {filters} /Note {note} >>\n".encode()
    return described + keyword + zlib.compress(f"{before}{inside}{after}".encode()) + b"\nendstream"


def workbook(**parts: bytes) -> bytes:
    """A workbook of one cell and a link, with further parts by their names in the archive."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Цены")
        sheet.write_url(1, 0, "https://club.example/")
    return with_parts(content.getvalue(), parts)


def with_parts(content: bytes, parts: dict[str, bytes]) -> bytes:
    """The archive with these parts instead of those of the same name."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, part in parts.items():
            after.writestr(name, part)
    return changed.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)
