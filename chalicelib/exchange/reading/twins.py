"""Rows that stand in a file under two kinds of documents: one sale as its order, as its waybill and as its invoice. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from chalicelib.exchange.columns.fields import FieldName
from chalicelib.platform import spelled
from chalicelib.sales import WordKind, word_kind

_MOST_ROWS = 3000
_MOST_KINDS = 20
_FEW = 5  # one in so many rows of the rarer kind that another kind has too is no chance
_NUMBER = re.compile(r"\S*\d")
# Made of a sale, and perhaps listed beside it; a receipt or a report of a commissioner is a sale of its own.
_PAPER = re.compile(
    r"\b(?:накладн|упд\b|укд\b|сч[её]т-фактур|акт\b|торг-?12|invoice|fa[ck]tur|fattura|rechnung)", re.IGNORECASE
)
_CONTENT: tuple[FieldName, ...] = (
    "customer",
    "customer_name",
    "inn",
    "sku",
    "name",
    "quantity",
    "unit_price",
    "amount",
    "net_amount",
)


@dataclass(slots=True)
class Twins:
    """The rows of each kind of document, as far as they tell customer, goods and sums: day and number may differ."""

    columns: Mapping[FieldName, int]
    _rows: dict[str, Counter[tuple[str, ...]]] = field(default_factory=dict)
    _left: int = _MOST_ROWS
    _places: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._places = [self.columns[wanted] for wanted in _CONTENT if wanted in self.columns]

    def look(self, document: str, cells: Sequence[str]) -> None:
        if self._left <= 0:
            return
        kind = cells[self.columns["kind"]] if "kind" in self.columns else _words_before(document)
        if not kind or (kind not in self._rows and len(self._rows) >= _MOST_KINDS):
            return
        self._left -= 1
        self._rows.setdefault(kind, Counter())[tuple(cells[at].strip() for at in self._places)] += 1

    def of(self, first: WordKind, second: WordKind) -> tuple[str, str] | None:
        """Words for the two kinds of documents that have rows in common."""
        for one, other in permutations(self._rows, 2):
            same = spelled(one).casefold() == spelled(other).casefold()
            if same or (word_kind(one), word_kind(other)) != (first, second):
                continue
            if first != second or _PAPER.search(one):
                common = (self._rows[one] & self._rows[other]).total()
                if common * _FEW > min(self._rows[one].total(), self._rows[other].total()):
                    return spelled(one), spelled(other)
        return None


def _words_before(document: str) -> str:
    """The words before the number, as 1C shows a document."""
    found = _NUMBER.search(document) if " " in document else None
    return document[: found.start()].strip(" №#") if found else ""
