"""Rows whose cells may stand in columns that are not theirs, and the documents that they may belong to. Pure.

A document is recorded whole or not at all, so each of them is left out: those whose numbers stand in a cell of the row, or else those of
the rows beside it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.exchange.columns.cells import named
from chalicelib.exchange.reading.rules import CellFault, SaleRow

_MOST_LOOKED_AT = 2000  # rows
_FEWEST_DIGITS = 4  # of a number without a letter: shorter ones are quantities as well
_DIGITS = re.compile(r"\d+")

_Read = SaleRow | list[CellFault]


@dataclass(slots=True)
class Named:
    """The shapes of the numbers of a file's documents: `УТ-9` for `УТ-263`, and as many nines as digits without a letter."""

    _shapes: set[str] = field(default_factory=set)
    _looked_at: int = 0

    def look(self, cell: str) -> None:
        if self._looked_at < _MOST_LOOKED_AT:
            self._looked_at += 1
            self._shapes.add(_shape(named(cell).number))

    def numbers_in(self, cells: Sequence[str], in_place: str) -> list[str]:
        """The numbers of documents that stand in cells of a row, each once. `in_place`: the number in the column of documents."""
        found = dict.fromkeys(named(cell.replace('"', "")).number for cell in cells if cell and not cell.isspace())
        found = {number: None for number in found if _may_be_number(number)} | {in_place: None}
        return [number for number in found if number and _shape(number) in self._shapes]


@dataclass(slots=True)
class TornRows:
    """The rows of a file, of which torn ones leave out the documents that they may belong to.

    `carries`: rows leave their document to the row above, so that no row belongs to the document that begins below it.
    """

    named: Named
    carries: bool
    _above: _Read | None = None
    # Of the last torn row, for the rows that leave their document to it.
    _numbers: list[str] = field(default_factory=list)
    _is_beside: bool = False  # the row above is torn, and its document is not known

    def looked_at(
        self, cells: Sequence[str], beyond: Sequence[str], faults: list[CellFault], torn: bool
    ) -> Iterator[_Read]:
        """The faults of a wrong row, for each document that it may belong to; those of no document where others may be meant.

        `torn`: the number in the faults is not certain.
        """
        if faults[0].code == "row_above":
            numbers = self._numbers
        elif not torn:
            numbers = self._numbers = [faults[0].number]
        else:
            numbers = self._numbers = self.named.numbers_in([*cells, *beyond], faults[0].number)
            if not any(map(self._is_sure, numbers)):
                self._leave_out_above()
                self._is_beside = not self.carries
                # The number in its place is left out, too, even where no other row shows that numbers look so.
                numbers = list(dict.fromkeys(["", faults[0].number, *numbers]))
            elif self.carries and not faults[0].number:
                # It leaves its document to the row above, and the row below has run into it.
                self._leave_out_above()
        for number in numbers or [""]:
            yield [fault._replace(number=number) for fault in faults]

    def followed_by(self, read: _Read) -> _Read | None:
        """The row before this one, if any, which is kept until the next torn row can no longer stand below it."""
        above = self.end()
        if self._is_beside and isinstance(read, SaleRow):
            read = _left_out(read)
        self._is_beside = False
        self._above = read
        return above

    def end(self) -> _Read | None:
        above, self._above = self._above, None
        return above

    def _is_sure(self, number: str) -> bool:
        """True for a number that is no quantity or sum: it has a letter, or the row above has it too."""
        return _may_be_number(number) and (
            _has_letter(number) or (isinstance(self._above, SaleRow) and number == self._above.number)
        )

    def _leave_out_above(self) -> None:
        if isinstance(self._above, SaleRow):
            self._above = _left_out(self._above)


def _left_out(row: SaleRow) -> list[CellFault]:
    return [CellFault(row.row, row.number, "", "", "row_beside")]


def _shape(number: str) -> str:
    return _DIGITS.sub("9" if _has_letter(number) else lambda found: "9" * len(found[0]), number)


def _has_letter(number: str) -> bool:
    return any(map(str.isalpha, number))


def _may_be_number(number: str) -> bool:
    digits = sum(map(str.isdecimal, number))
    return digits >= (1 if _has_letter(number) else _FEWEST_DIGITS)
