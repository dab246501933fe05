"""Columns and rows of exports."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from chalicelib.platform import Language

Cell = str | date | Decimal | int | None
ColumnKind = Literal["text", "day", "amount", "count"]
ExportFormat = Literal["csv", "xlsx"]


class ExportSource(StrEnum):
    COMPANIES = "companies"
    ORDERS = "orders"
    DOCUMENTS = "documents"
    ENTRIES = "entries"
    LETTERS = "letters"
    CASES = "cases"


class ExportColumn(NamedTuple):
    """A column by its name in the API, and its Russian title."""

    name: str
    title_ru: str
    kind: ColumnKind = "text"

    def title_in(self, language: Language) -> str:
        return self.title_ru if language == "ru" else self.name


class Description(NamedTuple):
    """A source: its title, the scope that its reader needs, its columns, and the column that the control totals sum, each with its `currency`; empty for none."""

    title: str
    title_ru: str
    scope: str
    columns: tuple[ExportColumn, ...]
    control: str = ""

    def title_in(self, language: Language) -> str:
        return self.title_ru if language == "ru" else self.title
