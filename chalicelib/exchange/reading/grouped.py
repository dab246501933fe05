"""Grouped reports: customer, document and goods stand in one column, each with its sum over the rows below it.

A text does not show the depth of its rows, and a workbook shows it in a way that few programs write. So the sums tell it: the rows of a
document are those that make its sum, and what stands between them and the next document are the groups above that. A row that makes no
sum refuses the file.

Weakest point: the rows of a report are held in memory, so their number is limited.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from chalicelib.exchange.columns.cells import is_total, named
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.model import CellError, DecimalMark, TypedNumber
from chalicelib.exchange.columns.numbers import is_nothing, number, typed_number
from chalicelib.exchange.reading.flat import FlatRow
from chalicelib.exchange.reading.places import Place
from chalicelib.exchange.tables.model import Unreadable

MOST_ROWS = 500_000
_TOLERANCE = Decimal("0.005")
_ZERO = Decimal(0)


class Line(NamedTuple):
    """A row of the report below its heading. `quantity` and `amount` are None where the cell is empty. `cells`: those of columns that are read."""

    line: int
    label: str
    quantity: Decimal | None
    amount: Decimal | None
    cells: tuple[str, ...]

    @property
    def is_document(self) -> bool:
        return named(self.label).day is not None


class Leaf(NamedTuple):
    """A row of goods with the labels of its groups, outermost first."""

    line: Line
    groups: tuple[str, ...]


@dataclass(slots=True)
class Tree:
    """The leaves of a report, and its own total."""

    leaves: list[Leaf] = field(default_factory=list)
    total: Line | None = None


@dataclass(slots=True)
class _Group:
    line: Line
    quantity: Decimal = _ZERO
    amount: Decimal = _ZERO


def tree_of(lines: Sequence[Line], above: int, below: int, names: tuple[str, str]) -> Tree:
    """The leaves of the report. `above`: groups above a document; `below`: 1 where rows of goods stand below it, 2 where its customer
    stands between, else 0.

    `names`: headings of quantity and sum. Raises Unreadable at the first group that its rows do not make.
    """
    tree = Tree()
    body = list(lines)
    open_groups: list[_Group] = []
    at = 0
    while at < len(body):
        line = body[at]
        if is_total([line.label]) and not line.is_document:
            _close(open_groups, 0, names)
            tree.total = line
            at += 1
        elif line.is_document:
            at = _document(body, at, open_groups, above, below, tree, names)
        else:
            at = _open(body, at, open_groups, above, names)
    _close(open_groups, 0, names)
    return tree


def _open(body: Sequence[Line], at: int, open_groups: list[_Group], above: int, names: tuple[str, str]) -> int:
    """Opens the groups that stand before the next document, the innermost last."""
    end = at
    while end < len(body) and not body[end].is_document and not is_total([body[end].label]):
        end += 1
    count = end - at
    if count > above:
        raise Unreadable("group_unclear", line=body[at].line, label=body[at].label[:100])
    _close(open_groups, above - count, names)
    if len(open_groups) != above - count:
        raise Unreadable("group_unclear", line=body[at].line, label=body[at].label[:100])
    open_groups += [_Group(line) for line in body[at:end]]
    return end


def _document(
    body: Sequence[Line], at: int, open_groups: list[_Group], above: int, below: int, tree: Tree, names: tuple[str, str]
) -> int:
    """Takes the rows of a document. The rows after them are groups of the next document."""
    document = body[at]
    if len(open_groups) != above:
        raise Unreadable("group_unclear", line=document.line, label=document.label[:100])
    end = at + 1
    while end < len(body) and not body[end].is_document and not (is_total([body[end].label])):
        end += 1
    groups = (*(group.line.label for group in open_groups), document.label)
    if not below:
        rows, after = [document], at + 1
    else:
        first = at + below
        if below > 1 and first < end:
            # The only customer of the document makes its sum alone, and so do the goods.
            if not _makes(document, body[at + 1 : first]):
                _differ(document, *_sums(body[at + 1 : first]), names)
            groups = (*groups, body[at + 1].label)
        after = _end_of_rows(body, at, first, end, above, names)
        rows = list(body[first:after])
    tree.leaves += [Leaf(row, groups) for row in rows]
    quantity, amount = _sums(rows)
    for group in open_groups:
        group.quantity += quantity
        group.amount += amount
    return after


def _end_of_rows(body: Sequence[Line], at: int, first: int, end: int, above: int, names: tuple[str, str]) -> int:
    """The end of the rows that make the sum of the document. The last rows before the next document may be its groups."""
    document = body[at]
    most = above if end < len(body) and body[end].is_document else 0
    fits = []
    for groups in range(most + 1):
        rows = body[first : end - groups]
        if rows and _makes(document, rows):
            fits.append(end - groups)
    if not fits:
        _differ(document, *_sums(body[first:end]), names)
    # If several fit, the last rows make nothing: groups whose sales and returns cancel out. Their own sums are checked as they close.
    return fits[-1]


def _sums(rows: Sequence[Line]) -> tuple[Decimal, Decimal]:
    """Quantity and sum of the rows."""
    return sum((row.quantity or _ZERO for row in rows), _ZERO), sum((row.amount or _ZERO for row in rows), _ZERO)


def _makes(group: Line, rows: Sequence[Line]) -> bool:
    quantity, amount = _sums(rows)
    return _near(group.quantity, quantity) and _near(group.amount, amount)


def _near(said: Decimal | None, found: Decimal) -> bool:
    return said is None or abs(said - found) <= _TOLERANCE


def _close(open_groups: list[_Group], depth: int, names: tuple[str, str]) -> None:
    """Closes the groups deeper than this, each of which must be the sum of its documents."""
    while len(open_groups) > depth:
        group = open_groups.pop()
        if not (_near(group.line.quantity, group.quantity) and _near(group.line.amount, group.amount)):
            _differ(group.line, group.quantity, group.amount, names)


def _differ(
    line: Line, quantity: Decimal, amount: Decimal, names: tuple[str, str], code: str = "group_differs"
) -> None:
    wrong = 1 if not _near(line.amount, amount) else 0
    said, found = ((line.quantity, quantity), (line.amount, amount))[wrong]
    told = {"said": f"{said or 0:f}", "found": f"{found:f}"}
    raise Unreadable(code, line=line.line, label=line.label[:100], column=names[wrong], **told)


def check_total(tree: Tree, names: tuple[str, str]) -> None:
    """The report's own total must be the sum of its leaves. Raises Unreadable."""
    rows = [leaf.line for leaf in tree.leaves]
    if tree.total is not None and not _makes(tree.total, rows):
        _differ(tree.total, *_sums(rows), names, "total_differs")


class GroupedTable:
    """The rows below the heading of a grouped report, as rows of a flat table: the labels of their groups stand behind their own cells."""

    def __init__(self, place: Place) -> None:
        if "document" not in place.levels:
            raise Unreadable("groups_without_documents")
        self.place = place
        self._above = place.levels.index("document")
        self._below = len(place.levels) - self._above - 1
        if self._below > 1 and place.levels[self._above + 1 :] != ("customer_name", "name"):
            raise Unreadable("group_unclear", line=place.last, label=" / ".join(place.level_names))
        columns = place.heading.columns
        # A report may be wide, and all of its rows are held.
        others = [at for several in place.heading.others.values() for at in several]
        self._read = sorted({*columns.values(), *others})
        self._quantity = columns.get("quantity", -1)
        self._amount = columns.get("amount", columns.get("net_amount", -1))
        self._names = (
            place.shown(self._quantity) if self._quantity >= 0 else "",
            place.shown(self._amount) if self._amount >= 0 else "",
        )
        self.total: Line | None = None
        self._has_unit = self._below > 0 and "," in place.level_names[-1] and "ед" in place.level_names[-1].casefold()

    def columns(self) -> dict[FieldName, int]:
        """The places behind the cells at which `rows` puts the labels of groups."""
        return {level: self.place.width + 1 + at for at, level in enumerate(self.place.levels) if level}

    def rows(self, mark: DecimalMark) -> Iterator[FlatRow]:
        """The rows of goods. Raises Unreadable at the first group that its rows do not make."""
        lines = []
        for row in self.looked_at():
            if row.category != "row":
                continue
            lines.append(
                Line(
                    row.line,
                    sys.intern(self.label_of(row.cells)),
                    self._number(row.cells, self._quantity, mark),
                    self._number(row.cells, self._amount, mark),
                    tuple(
                        sys.intern(cell) if type(cell) is str else cell
                        for cell in map(row.cells.__getitem__, self._read)
                    ),
                )
            )
            if len(lines) > MOST_ROWS:
                raise Unreadable("group_rows", most=MOST_ROWS)
        tree = tree_of(lines, self._above, self._below, self._names)
        check_total(tree, self._names)
        self.total = tree.total
        for leaf in tree.leaves:
            cells = [""] * (self.place.width + 1)
            for at, cell in zip(self._read, leaf.line.cells, strict=True):
                cells[at] = cell
            goods = [self._goods(leaf.line.label)] if self._below else []
            yield FlatRow(leaf.line.line, "row", [*cells, *leaf.groups, *goods])

    def label_of(self, cells: Sequence[str]) -> str:
        return " ".join(cells[self.place.label].split())

    def looked_at(self) -> Iterator[FlatRow]:
        """Every row with a label, for the survey of its numbers; a document tells its day. Raises Unreadable."""
        width = self.place.width
        for row in self.place.table.rows(width):
            if row.line <= self.place.last:
                continue
            cells = [*row.cells[:width], *[""] * (width - len(row.cells)), ""]
            too_many = any(map(str.strip, row.cells[width:]))
            if not any(map(str.strip, cells)):
                yield FlatRow(row.line, "empty", cells)
            elif row.fault == "quote" or too_many:
                raise Unreadable("group_row_broken", line=row.line)
            elif not any(cells[at].strip() for at in (self._quantity, self._amount) if at >= 0):
                yield FlatRow(row.line, "note", cells)
            elif not cells[self.place.label].strip():
                raise Unreadable("group_without_label", line=row.line)
            else:
                yield FlatRow(row.line, "row", cells, fault=row.fault)

    def _number(self, cells: Sequence[str], at: int, mark: DecimalMark) -> Decimal | None:
        if at < 0 or not (text := " ".join(cells[at].split())):
            return None
        try:
            if isinstance(cells[at], TypedNumber):
                return typed_number(TypedNumber(text))
            return None if is_nothing(text) else number(text, mark)
        except CellError:
            raise Unreadable("group_number", value=text[:60], column=self.place.shown(at)) from None

    def _goods(self, label: str) -> str:
        """The name of goods, without the unit that the report puts behind it."""
        return label.rpartition(", ")[0] or label if self._has_unit else label
