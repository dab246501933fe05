"""Lists for download, as spreadsheets open them in either language: CSV with semicolons, UTF-8 with its mark."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def listing(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A spreadsheet must not take a stranger's words for a formula. Numbers stay as they are."""
    if cell.startswith(_FORMULA) and not cell[1:].replace(",", "").replace(".", "").replace(" ", "").isdecimal():
        return f"'{cell}"
    return cell
