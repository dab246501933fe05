"""The table of a small file, that is read within a request: found by its heading, its rows held."""

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from chalicelib.exchange.columns.model import TypedMoment, TypedNumber
from chalicelib.exchange.tables.files import tables_of
from chalicelib.exchange.tables.model import Row

WITHIN = 20  # rows in which the heading is looked for


class SmallTable(NamedTuple):
    """The cells of the heading, and the rows below it that have any."""

    heading: list[str]
    rows: list[Row]


def table_below(content: bytes, is_heading: Callable[[Sequence[str]], bool], most: int) -> SmallTable | None:
    """The first table with such a heading in its first `WITHIN` rows, and `most` rows of it; None: there is none. Raises Unreadable."""
    with TemporaryDirectory() as folder:
        path, unpacked = Path(folder, "file"), Path(folder, "unpacked")
        path.write_bytes(content)
        unpacked.mkdir()
        for readings in tables_of(path, unpacked):
            for table in readings.ways:
                for row in islice(table.rows(), WITHIN):
                    if is_heading(row.cells):
                        below = (each for each in table.rows(len(row.cells)) if each.line > row.line)
                        filled = (each for each in below if any(map(str.strip, each.cells)))
                        return SmallTable(row.cells, list(islice(filled, most)))
    return None


def text_of(cell: str) -> str:
    """A workbook keeps moments as such, and 123 as 123.0."""
    if isinstance(cell, TypedMoment):
        return cell
    return cell.removesuffix(".0") if isinstance(cell, TypedNumber) else cell.strip()
