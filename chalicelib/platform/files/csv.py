"""Lists for download, as spreadsheets open them in either language: CSV with semicolons, UTF-8 with its mark."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from chalicelib.platform.money import totals_of
from chalicelib.platform.text import Language

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # spreadsheets take the full-width forms for the same signs
_WITHOUT_MARKS = str.maketrans("", "", ",. ")  # of decimals and thousands


# Under a list: its rows, all that there are of which it is a part, and its control total.
_PROOF: dict[Language | None, tuple[str, str, str]] = {
    "en": ("rows", "of", "control total"),
    "ru": ("строк", "из", "контрольная сумма"),
    None: ("rows / строк", "of / из", "control total / контрольная сумма"),
}


class Control(NamedTuple):
    """The place of the column that is summed, and the place of its currency."""

    amount: int
    currency: int


def listing(
    heading: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    control: Control | None = None,
    of: int = 0,
    language: Language | None = None,
) -> bytes:
    """The list and, after an empty line, the number of its rows and the control total of each currency.

    A total has a decimal comma where the amounts have one. `of`: how many rows there are, where the list is a part of them.
    Without the reader's language the list tells its proof in both.
    """
    content = io.BytesIO()
    write_listing(content, heading, _proven(rows, control, of, _PROOF[language]))
    return content.getvalue()


def _proven(
    rows: Iterable[Sequence[object]], control: Control | None, of: int, words: tuple[str, str, str]
) -> Iterator[Sequence[object]]:
    count, sums, comma = 0, dict[str, Decimal](), False
    for row in rows:
        count += 1
        if control and row[control.amount] not in ("", None):
            written = str(row[control.amount])
            comma = comma or "," in written
            sums = totals_of([*sums.items(), (str(row[control.currency]), Decimal(written.replace(",", ".")))])
        yield row
    yield []
    yield [words[0], count]
    if of:
        yield [words[1], of]
    for currency, total in sums.items():
        told = f"{total:f}"
        yield [f"{words[2]}, {currency}", told.replace(".", ",") if comma else told]


def write_listing(file: BinaryIO, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes the rows as they come, and holds none of them."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    text.detach()


def harmless(cell: str) -> str:
    """A spreadsheet must not take a stranger's words for a formula. A number with a plus or a minus stays as it is."""
    if cell.startswith(_FORMULA) and not _is_signed_number(cell):
        return f"'{cell}"
    return cell


def _is_signed_number(cell: str) -> bool:
    return cell.startswith(("+", "-")) and cell[1:].translate(_WITHOUT_MARKS).isdecimal()
