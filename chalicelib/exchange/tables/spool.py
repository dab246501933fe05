"""Tables that were written row by row into a file beside the one they came in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.exchange.columns.model import TypedMoment, TypedNumber
from chalicelib.exchange.tables.model import MOMENT, Kind, Row

_MOMENT_ESCAPED = json.dumps(MOMENT)[1:-1]
_DECODER = json.JSONDecoder(parse_float=TypedNumber, parse_int=TypedNumber)


@dataclass(frozen=True, slots=True)
class SpooledTable:
    """Rows in a file of JSON, one list of line number and cells on each line; empty rows and cells at the end are left out.

    `money`: by column, the currencies that the formats of its cells show, each with its first line. `hidden`: rows that are hidden or
    struck out. `cut_off`: the file ends within its last row.
    """

    path: Path
    name: str
    kind: Kind
    encoding: str = ""
    delimiter: str = ""
    money: Mapping[int, Sequence[tuple[int, str]]] = field(default_factory=dict)
    hidden: int = 0
    cut_off: bool = False

    def is_cut_off(self) -> bool:
        return self.cut_off

    def rows(self, width: int = 0) -> Iterator[Row]:
        with self.path.open(encoding="ascii") as lines:
            for text in lines:
                line, cells = _DECODER.decode(text)
                if _MOMENT_ESCAPED in text:
                    cells = [TypedMoment(cell[1:]) if cell[:1] == MOMENT else cell for cell in cells]
                yield Row(int(line), cells)
