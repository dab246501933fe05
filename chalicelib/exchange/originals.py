"""How a row of a return names the sale that it takes back. Pure.

Either by its number, or as 1C shows a document in a cell: `Реализация товаров и услуг УТ-000123 от 12.01.2026 10:00:00`. A number is compared with
the numbers of documents as this file writes them: where its own column of numbers holds whole presentations, so does the key of every
document, and the original's presentation is taken whole.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from chalicelib.sales import Original

_PRESENTED = re.compile(
    r"(?P<words>.*?)(?:(?:^|\s)(?:№|N|NO\.)\s*)?(?P<number>\S+) (?:ОТ|FROM|DATED|OF) (?P<day>[\d./-]+)"
    r"(?: \d{1,2}:\d{2}(?::\d{2})?)?(?: ?Г\.?)?"
)
# What a return may also rest on, and is no sale: an order, a request, a contract.
_NO_SALE = re.compile(r"\b(?:ЗАКАЗ|ЗАЯВКА|ДОГОВОР|СОГЛАШЕНИЕ|ORDER|REQUEST|CONTRACT)\b")


class Reference(NamedTuple):
    """A cell that names a document: its bare number, the cell as a whole, and the day in it. No number: it names no sale."""

    number: str
    whole: str
    day: date | None


NO_SALE = Reference("", "", None)


def reference(text: str, day: Callable[[str], date]) -> Reference:
    """The document that the text names, in capitals and with single spaces. Raises what `day` raises for a bad date in it."""
    if _NO_SALE.search(text):
        return NO_SALE
    found = _PRESENTED.fullmatch(text)
    if found is None:
        return Reference(text.removeprefix("№").strip(), text, None)
    return Reference(found["number"].removeprefix("№"), text, day(found["day"]))


def original(named: Reference | None, told: date | None, own_number: str) -> tuple[str, date | None] | None:
    """Number and day of the original that a row names; None: it names none. `told`: from a column of its own, and so the surer one."""
    if named is None or not named.number:
        return None if told is None else ("", told)
    number = named.whole if _PRESENTED.fullmatch(own_number) else named.number
    return number, told or named.day


def of_return(number: str, day: date | None, returned_on: date) -> Original:
    """The original where a return looks for it. A number is unique in its year only (see `Draft.series`).

    Without the sale's day that is the year of the return or else the year before: few goods come back later, and the number of a
    year long past would often be found in a nearer one that has nothing to do with it.
    """
    if not number:
        return Original("", (), day)
    year = returned_on.year
    return Original(number, (str(day.year),) if day else (str(year), str(year - 1)), day)
