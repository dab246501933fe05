"""Parts of a file: its rows, read, in files on disk, all rows of a document in the same part.

A file of any size passes through a few megabytes of memory. A part is read as a whole.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from chalicelib.exchange.reading.model import Found, SalesProfileForm, SplitFile, part_name
from chalicelib.exchange.reading.reader import SalesFile, open_sales_file
from chalicelib.exchange.reading.rows import Terms
from chalicelib.exchange.reading.rules import CellFault, Customer, SaleRow

SPILL_ROWS = 4_000  # in memory before they are written to disk
PART_BYTES = 1024 * 1024  # of the upload; about 10,000 rows
MOST_PARTS = 512


def parts_for(size: int) -> int:
    """The number of parts for a file of this size."""
    return max(1, min(MOST_PARTS, -(-size // PART_BYTES)))


def cut(path: Path, profile: SalesProfileForm, terms: Terms, count: int, folder: Path) -> SplitFile:
    """Writes the rows of the file into at most `count` files. `folder`: an empty one. Raises Unreadable."""
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    file = open_sales_file(path, unpacked, profile, terms)
    buckets = _Buckets(count, folder)
    for document, read in file.rows():
        buckets.add(document or str(read.row if isinstance(read, SaleRow) else read[0].row), read)
    return SplitFile(file.counted.rows, file.counted.skipped, buckets.close(), found_in(file))


def found_in(file: SalesFile) -> Found:
    """The result of a reading, after all rows."""
    total = file.own_total
    table = file.place.table
    return Found(
        kind=table.kind,
        sheet=table.name,
        encoding=table.encoding,
        delimiter=table.delimiter,
        heading_line=file.place.line,
        columns=file.column_names,
        letters=file.column_letters,
        decimal=file.conventions.mark,
        own_total=None
        if total is None
        else {"line": total.line, "quantity": _text(total.quantity), "amount": _text(total.amount)},
        notes=[(note.code, note.facts) for note in file.notes.all()],
        fingerprint=file.place.fingerprint,
    )


def read_part(content: bytes) -> Iterator[SaleRow | list[CellFault]]:
    with gzip.open(io.BytesIO(content)) as lines:
        for line in lines:
            yield from _unpacked(*json.loads(line))


def packed(several: Iterable[SaleRow | list[CellFault]]) -> bytes:
    """Rows as one line of a part: each head of a document once, then each row with the place of its head."""
    heads: dict[tuple[object, ...], int] = {}
    rows: list[Any] = []
    head: tuple[object, ...] = ()
    at = 0
    for read in several:
        if isinstance(read, SaleRow):
            if read.head != head:  # a hash of it takes longer
                head = read.head
                at = heads.setdefault(head, len(heads))
            rows.append((at, *read[:6]))
        else:
            rows.append([read])
    content = [list(heads), rows]
    try:
        return to_json(content) + b"\n"
    except ValueError:  # a cell may hold half a sign, as a program cut it
        return f"{json.dumps(content, default=str)}\n".encode()


def _unpacked(heads: list[Any], rows: list[Any]) -> Iterator[SaleRow | list[CellFault]]:
    heads = list(map(_head, heads))
    for cells in rows:
        if len(cells) == 1:
            yield [CellFault(*fault) for fault in cells[0]]
            continue
        head, row, sku, name, quantity, price, amount = cells
        numbers = Decimal(quantity), price and Decimal(price), amount and Decimal(amount)
        yield tuple.__new__(SaleRow, (row, sku, name, *numbers, *heads[head]))  # in half the time


def _head(cells: list[Any]) -> Sequence[Any]:
    number, shown, kind, returned, day, customer, currency, original, paid_on, cancelled, contract, warehouse = cells
    return (
        number,
        shown,
        kind,
        returned,
        date.fromisoformat(day),
        Customer(*customer),
        currency,
        original and (original[0], original[1] and date.fromisoformat(original[1])),
        paid_on and date.fromisoformat(paid_on),
        cancelled,
        contract,
        warehouse,
    )


def _text(value: Any) -> str | None:
    return None if value is None else f"{value:f}"


class _Buckets:
    """Rows in files by the checksum of a key. Gzip members are appended, and read as one file."""

    def __init__(self, count: int, folder: Path) -> None:
        self._rows: list[list[SaleRow | list[CellFault]]] = [[] for _ in range(count)]
        self._files = [folder / f"bucket-{number:06d}" for number in range(count)]
        self._held = 0
        self._together, self._at = "", 0  # the last key, and its file
        self._folder = folder

    def add(self, together: str, read: SaleRow | list[CellFault]) -> None:
        if together != self._together:
            self._together, self._at = together, zlib.crc32(together.encode()) % len(self._rows)
        self._rows[self._at].append(read)
        self._held += 1
        if self._held == SPILL_ROWS:
            self._spill()

    def close(self) -> int:
        """Names the files that hold anything 1, 2, 3 … and returns how many there are."""
        self._spill()
        filled = [file for file in self._files if file.exists()]
        for number, file in enumerate(filled, 1):
            file.rename(self._folder / part_name(number))
        return len(filled)

    def _spill(self) -> None:
        for rows, file in zip(self._rows, self._files, strict=True):
            if rows:
                with file.open("ab") as out:
                    # Without a time the same rows are the same bytes.
                    out.write(gzip.compress(packed(rows), compresslevel=1, mtime=0))
                rows.clear()
        self._held = 0
