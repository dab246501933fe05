"""Files of reports, harmless and hostile, made here."""

import io
import zipfile

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


def pdf(*, action: str = "", attachment: bytes = b"", password: str = "", pages: int = 1) -> bytes:
    """Empty pages. `action`: what opening the file does."""
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(400, 200)
    if action:
        does = {"/S": NameObject(action), "/F": TextStringObject("calc.exe"), "/JS": TextStringObject("app.alert(1)")}
        opened = DictionaryObject({NameObject(name): value for name, value in does.items()})
        writer.root_object[NameObject("/OpenAction")] = opened
    if attachment:
        writer.add_attachment("prices.exe", attachment)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def packed_pdf(action: str) -> bytes:
    """A page, in which all objects are compressed together."""
    document = pydyf.PDF()
    page = {"Type": "/Page", "Parent": document.pages.reference, "MediaBox": pydyf.Array([0, 0, 200, 200])}
    document.add_page(pydyf.Dictionary(page))
    does = pydyf.Dictionary({"S": action, "D": pydyf.Array([0, "/Fit"])})
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
