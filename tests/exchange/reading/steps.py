"""Words of the tests of sales files: a file of any bytes, read as an import and as the command read it."""

import tempfile
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from stdnum.ru import inn as stdnum_inn

from chalicelib.exchange.reading.model import Found, SalesProfileForm
from chalicelib.exchange.reading.parts import found_in
from chalicelib.exchange.reading.reader import open_sales_file
from chalicelib.exchange.reading.rows import Terms
from chalicelib.exchange.reading.rules import CellFault, SaleRow
from chalicelib.exchange.tables.model import Unreadable

MOSCOW = ZoneInfo("Europe/Moscow")
TERMS = Terms(
    currency="RUB",
    currencies=frozenset({"RUB", "GBP"}),
    latest=date(2026, 12, 20),
    zone=MOSCOW,
    inn_is_valid=stdnum_inn.is_valid,
)


@dataclass
class Read:
    """A file as it was understood."""

    found: Found
    rows: list[SaleRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    @property
    def documents(self) -> dict[str, Decimal]:
        """The sum of each document, rounded line by line; a document with a wrong row is left out, as everywhere."""
        wrong = {fault.number for fault in self.faults}
        sums: dict[str, Decimal] = {}
        for row in self.rows:
            if row.number not in wrong:
                name = f"{row.number}-return" if row.returned or (row.quantity < 0) else row.number
                sums[name] = sums.get(name, Decimal(0)) + rounded(row)
        return sums

    @property
    def total(self) -> Decimal:
        return sum(self.documents.values(), Decimal(0))

    @property
    def customers(self) -> set[str]:
        return {row.customer.ref for row in self.rows}

    @property
    def quantity(self) -> Decimal:
        return sum((row.quantity for row in self.rows), Decimal(0))

    @property
    def notes(self) -> dict[str, dict[str, Any]]:
        return dict(self.found.notes)


def rounded(row: SaleRow) -> Decimal:
    amount = row.amount if row.amount is not None else row.quantity * (row.unit_price or 0)
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def read_file(content: str | bytes | Path, profile: dict[str, Any] | None = None, terms: Terms = TERMS) -> Read:
    """Reads the file as it is, with the profile in its form of JSON. Raises Unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(content, Path):
            path = content
        else:
            path = Path(folder, "file")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        unpacked = Path(folder, "unpacked")
        unpacked.mkdir()
        file = open_sales_file(path, unpacked, SalesProfileForm.model_validate(profile or {}), terms)
        rows, faults = [], []
        for _, read in file.rows():
            if isinstance(read, SaleRow):
                rows += [] if read.cancelled else [read]
            else:
                faults += read
        return Read(found_in(file), rows, faults)


def why(content: str | bytes | Path, profile: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """The code and the facts with which a file is refused."""
    with pytest.raises(Unreadable) as refused:
        read_file(content, profile)
    return refused.value.code, refused.value.facts
