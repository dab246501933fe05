"""Tables that were written row by row into a file beside the one they came in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


def stacked(tables: Sequence[SpooledTable]) -> SpooledTable:
    """The tables as one, each below the one before it; lines count on from table to table."""
    path = tables[0].path.with_suffix(".stacked")
    money: dict[int, list[tuple[int, str]]] = {}
    last = 0
    with path.open("w", encoding="ascii") as out:
        for table in tables:
            above = last
            for at, several in table.money.items():
                money.setdefault(at, []).extend((line + above, code) for line, code in several)
            with table.path.open(encoding="ascii") as rows:
                for text in rows:
                    line, _, cells = text.partition(",")
                    last = above + int(line.lstrip("["))
                    out.write(f"[{last},{cells}")
    name, hidden = ", ".join(table.name for table in tables), sum(table.hidden for table in tables)
    return replace(tables[0], path=path, name=name, money=money, hidden=hidden)
