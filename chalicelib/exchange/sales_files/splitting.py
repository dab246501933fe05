"""Splitting of an uploaded file into parts: bytes to rows, and rows to files on disk by document.

A file of any size passes through a few megabytes of memory. Only the file as a whole is judged here: text, encoding, delimiter and
columns. Cells are read later, part by part.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from chalicelib.exchange.columns.fields import FIELDS, FieldName, Heading, headings_of, read_heading
from chalicelib.exchange.columns.rules import is_skipped
from chalicelib.exchange.sales_files.model import DELIMITERS, ENCODINGS, Delimiter, Encoding, SplitFile, part_file
from chalicelib.sales import document_name

HEAD_BYTES = 64 * 1024  # the heading must be within
PREAMBLE_ROWS = 30
MOST_LINE_BYTES = 1024 * 1024
SPILL_BYTES = 2 * 1024 * 1024  # in memory before they are written to disk
PART_BYTES = 1024 * 1024  # of the upload; about 10,000 rows
MOST_PARTS = 512

# First bytes of files that are not text.
_SIGNATURES = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "pdf",
    b"\xff\xfe": "utf16",
    b"\xfe\xff": "utf16",
    b"{\\rtf": "rtf",
}
_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = ("utf-8", "cp1251", "cp866", "koi8-r")


class Unreadable(Exception):
    """The file as a whole cannot be read, with a code of the reasons in `reports` and the facts for its text."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class ExpectedFormat:
    """The format that the caller gave; None: to be detected."""

    mapping: Mapping[FieldName, str]
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None


def parts_for(size: int) -> int:
    """The number of parts for a file of this size."""
    return max(1, min(MOST_PARTS, -(-size // PART_BYTES)))


def cut(chunks: Iterable[bytes], expected: ExpectedFormat, count: int, folder: Path) -> SplitFile:
    """Writes the rows into at most `count` files, all rows of a document into the same file. Raises Unreadable."""
    text = _Text(chunks, expected.encoding)
    head = text.head()
    delimiter, start, names, heading = _find_heading(head, text, expected)
    buckets = _Buckets(count, folder)
    rows = skipped = number = 0
    width = len(names)
    document_of = itemgetter(heading.columns["document"])
    # The extra last cell stands for missing columns.
    chosen = itemgetter(*(heading.columns.get(wanted, width) for wanted in FIELDS))
    reader = csv.reader(chain(io.StringIO(head, newline="\n"), text), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, 1):
            if number <= start:
                continue
            rows += 1
            too_many = ""
            if len(cells) != width:
                too_many = "1" if any(map(str.strip, cells[width:])) else ""
                cells[width:] = [""] * (width - len(cells))
            cells.append("")
            document = document_of(cells)
            if is_skipped(cells, document):
                skipped += 1
                continue
            buckets.add(document_name(document).number or str(number), (str(number), too_many, *chosen(cells)))
    except csv.Error as error:
        raise Unreadable("row_broken", row=number + 1, detail=str(error)) from None
    return SplitFile(
        rows=rows,
        skipped=skipped,
        parts=buckets.close(),
        encoding=text.encoding or ENCODINGS[0],
        delimiter=delimiter,
        columns={wanted: names[place] for wanted, place in heading.columns.items()},
    )


def read_part(content: bytes) -> Iterator[tuple[int, bool, list[str]]]:
    """Row number, whether it has too many cells, and the cells in the order of `FIELDS`."""
    with gzip.open(io.BytesIO(content), "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            row, too_many, *cells = line[:-1].split(_BETWEEN)
            yield int(row), bool(too_many), cells


_BETWEEN = "\x1f"  # the unit separator, which no text of a spreadsheet needs


class _Buckets:
    """Rows in files by the checksum of a key. Gzip members are appended, and read as one file."""

    def __init__(self, count: int, folder: Path) -> None:
        self._rows: list[list[bytes]] = [[] for _ in range(count)]
        self._files = [folder / f"bucket-{number:06d}" for number in range(count)]
        self._held = 0
        self._folder = folder

    def add(self, together: str, cells: Iterable[str]) -> None:
        line = _BETWEEN.join(cells)
        if "\n" in line:
            line = line.replace("\n", " ")
        encoded = f"{line}\n".encode()
        self._rows[zlib.crc32(together.encode()) % len(self._rows)].append(encoded)
        self._held += len(encoded)
        if self._held > SPILL_BYTES:
            self._spill()

    def close(self) -> int:
        """Names the files that hold anything 1, 2, 3 … and returns how many there are."""
        self._spill()
        filled = [file for file in self._files if file.exists()]
        for number, file in enumerate(filled, 1):
            file.rename(part_file(self._folder, number))
        return len(filled)

    def _spill(self) -> None:
        for rows, file in zip(self._rows, self._files, strict=True):
            if rows:
                with file.open("ab") as out:
                    # Without a time the same rows are the same bytes.
                    out.write(gzip.compress(b"".join(rows), compresslevel=1, mtime=0))
                rows.clear()
        self._held = 0


class _Text:
    """Lines of a file, decoded block by block at line ends.

    The first block that is not ASCII decides between UTF-8 and Windows-1251.
    """

    def __init__(self, chunks: Iterable[bytes], encoding: Encoding | None) -> None:
        self.encoding = encoding
        self.first = b""
        self._chunks = iter(chunks)
        self._rest = b""

    def head(self) -> str:
        """The beginning of the file, up to the end of a line."""
        begin = b""
        for chunk in self._chunks:
            begin += chunk
            if len(begin) >= HEAD_BYTES:
                break
        for signature, kind in _SIGNATURES.items():
            if begin.startswith(signature):
                raise Unreadable("not_csv", kind=kind)
        if begin.startswith(_UTF8_MARK):
            begin = begin.removeprefix(_UTF8_MARK)
            self.encoding = "utf-8"
        if not begin.strip():
            raise Unreadable("empty_file")
        end = begin.rfind(b"\n") + 1
        if len(begin) >= HEAD_BYTES and not end:
            raise Unreadable("not_csv", kind="unknown")
        self.first, self._rest = (begin[:end], begin[end:]) if len(begin) >= HEAD_BYTES else (begin, b"")
        return self._decoded(self.first)

    def __iter__(self) -> Iterator[str]:
        for chunk in self._chunks:
            block = self._rest + chunk
            end = block.rfind(b"\n") + 1
            self._rest = block[end:]
            if len(self._rest) > MOST_LINE_BYTES:
                raise Unreadable("not_csv", kind="unknown")
            if end:
                yield from io.StringIO(self._decoded(block[:end]), newline="\n")
        if self._rest:
            yield self._decoded(self._rest)

    def _decoded(self, block: bytes) -> str:
        if b"\0" in block:
            raise Unreadable("not_csv", kind="unknown")
        if self.encoding is None and not block.isascii():
            self.encoding = "utf-8" if _decodes(block, "utf-8") else "cp1251"
        try:
            return block.decode(self.encoding or "ascii").replace(_BETWEEN, " ")
        except UnicodeDecodeError as error:
            line = block[: error.start].count(b"\n")
            sample = block.split(b"\n")[line][:100].decode(self.encoding or "ascii", "replace")
            raise Unreadable("encoding", encoding=self.encoding, sample=sample) from None


def _decodes(block: bytes, encoding: str) -> bool:
    with suppress(UnicodeDecodeError):
        block.decode(encoding)
        return True
    return False


def _find_heading(head: str, text: _Text, expected: ExpectedFormat) -> tuple[Delimiter, int, list[str], Heading]:
    """Delimiter, row and cells of the heading, and its columns. Raises Unreadable."""
    found = _best_heading(head, expected)
    if found is None:
        raise Unreadable("not_csv", kind="unknown")
    _, row, names, heading = found
    if not heading.missing:
        return found
    for encoding in _OTHER_ENCODINGS:
        if encoding != text.encoding and _decodes(text.first, encoding):
            other = _best_heading(text.first.decode(encoding), expected)
            if other and not other[3].missing:
                raise Unreadable("encoding", encoding=text.encoding, meant=encoding)
    if len(names) == 1:
        raise Unreadable("not_csv", kind="unknown")
    raise Unreadable(
        "column_missing",
        row=row,
        found=[name.strip()[:100] for name in names][:50],
        missing=[{"field": several[0], "names": headings_of(several, expected.mapping)} for several in heading.missing],
    )


def _best_heading(head: str, expected: ExpectedFormat) -> tuple[Delimiter, int, list[str], Heading] | None:
    """The best heading among the first rows, over all delimiters: fewest missing fields, then most columns."""
    candidates = [
        (delimiter, row, names, read_heading(names, expected.mapping))
        for delimiter in ([expected.delimiter] if expected.delimiter else DELIMITERS)
        for row, names in enumerate(_first_rows(head, delimiter), 1)
    ]
    return max(
        candidates,
        key=lambda each: (-len(each[3].missing), len(each[3].columns), -each[1]),
        default=None,
    )


def _first_rows(head: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with suppress(csv.Error):
        for row in csv.reader(io.StringIO(head, newline="\n"), delimiter=delimiter):
            rows.append(row)
            if len(rows) == PREAMBLE_ROWS:
                break
    return rows
