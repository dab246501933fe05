"""The types of a report's files, and the judgement of a file's content.

    PDF     no scripts, no actions but links and jumps, no files inside, no forms of XFA, no password
    XLSX    no macros, no controls, no objects or connections of other programs, no links into other workbooks, no formula that asks outside
    HTML    the elements and attributes of a text, its tables and its pictures; styles; nothing that runs or that is loaded from elsewhere

Weakest point: a file that attacks a fault of the reader's own program is not recognised.
"""

from chalicelib.market_reports.contents.model import FileType, Unfit
from chalicelib.market_reports.contents.page import check_page, without_rights
from chalicelib.market_reports.contents.pdf import check_pdf
from chalicelib.market_reports.contents.workbook import check_workbook

ENDINGS: dict[FileType, str] = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "text/html": ".html",
}
_CHECKS = dict(zip(ENDINGS, (check_pdf, check_workbook, check_page), strict=True))


def check(content_type: FileType, content: bytes) -> None:
    """Raises Unfit with the reason."""
    if not content:
        raise Unfit("The file is empty.")
    _CHECKS[content_type](content)


def harmless(content_type: FileType, content: bytes) -> bytes:
    """A checked file as it is kept: a page also tells the browser to run and load nothing."""
    return without_rights(content) if content_type == "text/html" else content


def download_name(name: str, content_type: FileType) -> str:
    """The name with the ending of its type: `prices.exe` that was sent as a PDF is saved as `prices.exe.pdf`."""
    ending = ENDINGS[content_type]
    others = (".html", ".htm") if ending == ".html" else (ending,)
    return name if name.lower().endswith(others) else name + ending
