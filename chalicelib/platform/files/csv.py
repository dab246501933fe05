"""Lists for download, as spreadsheets open them in either language: CSV with semicolons, UTF-8 with its mark."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def listing(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    content = io.BytesIO()
    write_listing(content, heading, rows)
    return content.getvalue()


def write_listing(file: BinaryIO, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes the rows as they come, and holds none of them."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    text.detach()


def harmless(cell: str) -> str:
    """A spreadsheet must not take a stranger's words for a formula. Numbers stay as they are."""
    if cell.startswith(_FORMULA) and not cell[1:].replace(",", "").replace(".", "").replace(" ", "").isdecimal():
        return f"'{cell}"
    return cell
