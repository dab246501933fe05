"""Questions to the datasets. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NamedTuple

from chalicelib.platform import Language

AnswerFormat = Literal["csv", "xlsx"]
Cell = str | date | Decimal | None
CellKind = Literal["text", "company", "day", "number", "sum"]


class QuestionName(StrEnum):
    BOUGHT_WITH_BRAND = "bought_with_brand"
    PRICE_BY_TIER = "price_by_tier"
    SECOND_PURCHASE = "second_purchase"
    BRAND_LOST = "brand_lost"
    RETURNED_ARTICLES = "returned_articles"


class AnswerColumn(NamedTuple):
    """A column by its name in SQL, and its Russian title. Beside one of companies' ids the file has their names; a `sum` has control totals."""

    name: str
    title_ru: str
    kind: CellKind = "text"

    def title_in(self, language: Language) -> str:
        return self.title_ru if language == "ru" else self.name


class ControlTotal(NamedTuple):
    """The sum of a column, by currency where the answer has one."""

    column: str
    currency: str
    total: Decimal


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

    def totals(self, rows: Iterable[list[Cell]]) -> list[ControlTotal]:
        """The control totals of an answer, in the order of its columns."""
        names = [column.name for column in self.columns]
        summed = [name for name in names if self.columns[names.index(name)].kind == "sum"]
        found: dict[tuple[str, str], Decimal] = {}
        for row in rows:
            cells = dict(zip(names, row, strict=True))
            for name in summed:
                place, amount = (name, str(cells.get("currency") or "")), cells[name]
                found[place] = found.get(place, Decimal(0)) + (amount if isinstance(amount, Decimal) else 0)
        return [
            ControlTotal(*place, found[place]) for place in sorted(found, key=lambda each: (names.index(each[0]), each))
        ]


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _text(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _cell(text: str | None, kind: CellKind) -> Cell:
    if text is None or kind in ("text", "company"):
        return text
    return date.fromisoformat(text) if kind == "day" else Decimal(text)
