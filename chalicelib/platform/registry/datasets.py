"""Tables of facts for SQL. A room declares beside its items which tables their images fill, and with which rows.

    DOCUMENTS = Dataset("documents", "Sales documents that count", (Column("document", "text", "…"), …))

    SOURCES = (Source("COMPANY", "SALE", (DOCUMENTS,), rows_of_sale),)

Rows hold facts of business: no name, address or number of a person, and nothing that a company of one person is called by.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.table.key import Key

ColumnKind = Literal["text", "day", "amount", "price", "quantity", "count", "flag"]
Value = str | date | Decimal | int | bool | None
Row = Mapping[str, Value]
Image = dict[str, Any]  # of an item of the table


class Column(NamedTuple):
    """A column. Amounts are in the row's `currency`, to the hundredth; prices to the ten-thousandth, quantities to the thousandth."""

    name: str
    kind: ColumnKind
    description: str


class Dataset(NamedTuple):
    """A table for SQL."""

    name: str
    description: str
    columns: tuple[Column, ...]


class ItemRows(NamedTuple):
    """All rows that an item has in a dataset; none where it counts for nothing."""

    dataset: Dataset
    key: Key
    rows: Sequence[Row]


class Source(NamedTuple):
    """The items whose partition and sort key begin with these words, up to the first `#`; any sort key where `sort` is empty.

    `rows` gives the rows of an image in each of the datasets, with days in the club's time zone. An item that was deleted has none.
    """

    partition: str
    sort: str
    datasets: tuple[Dataset, ...]
    rows: Callable[[Image, ZoneInfo], Iterable[ItemRows]]
