"""Questions to the datasets. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from chalicelib.platform.text import Language

AnswerFormat = Literal["csv", "xlsx"]
Cell = str | date | Decimal | None
CellKind = Literal["text", "company", "day", "number"]


class QuestionName(StrEnum):
    BOUGHT_WITH_BRAND = "bought_with_brand"
    PRICE_BY_TIER = "price_by_tier"
    SECOND_PURCHASE = "second_purchase"
    BRAND_LOST = "brand_lost"
    RETURNED_ARTICLES = "returned_articles"


class AnswerColumn(NamedTuple):
    """A column by its name in SQL, and its Russian title. Beside one of companies' ids the file has their names."""

    name: str
    title_ru: str
    kind: CellKind = "text"

    def title_in(self, language: Language) -> str:
        return self.title_ru if language == "ru" else self.name


class Question(NamedTuple):
    """A question in SQL, with `{first}`, `{last}` and, where it is about a brand, `{brand}` in it."""

    title: str
    title_ru: str
    sql: str
    columns: tuple[AnswerColumn, ...]

    @property
    def asks_brand(self) -> bool:
        return "{brand}" in self.sql

    def title_in(self, language: Language) -> str:
        return self.title_ru if language == "ru" else self.title

    def statement(self, first: date, last: date, brand: str | None) -> str:
        """The SQL about these days, the last one too."""
        values: Mapping[str, str] = {"first": _day(first), "last": _day(last), "brand": _text(brand or "")}
        return self.sql.format(**values)

    def cells(self, row: list[str | None]) -> list[Cell]:
        """A row of the answer, read by the kinds of its columns."""
        return [_cell(text, column.kind) for text, column in zip(row, self.columns, strict=True)]


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _text(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _cell(text: str | None, kind: CellKind) -> Cell:
    if text is None or kind in ("text", "company"):
        return text
    return date.fromisoformat(text) if kind == "day" else Decimal(text)
