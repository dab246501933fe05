"""What the cells of a sales file mean, each by itself. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

DateOrder = Literal["dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy"]
DecimalMark = Literal["comma", "point"]

MOST_NUMBER = Decimal(10) ** 12


class Wrong(ValueError):
    """A cell cannot mean what it should. The message is a code of `REASONS`."""


_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | {"\u2212": "-"})
_GROUPED = r"\d{1,3}(?:%s\d{3})+|\d+"
_NUMBERS: dict[DecimalMark, re.Pattern[str]] = {
    # A point is also taken for a decimal mark where a comma is expected; as a group mark only beside a comma.
    "comma": re.compile(rf"([-+]?)(?:({_GROUPED % ' '})?(?:[.,](\d+))?|({_GROUPED % '[.]'}),(\d+))", re.ASCII),
    "point": re.compile(rf"([-+]?)({_GROUPED % '[ ,]'})?(?:\.(\d+))?()()", re.ASCII),
}
_GROUP_MARKS = str.maketrans("", "", " .,")


def number(text: str, mark: DecimalMark) -> Decimal:
    """`1 234,56` with whatever spaces, `1234.56`, `-1`; digits in groups are groups of three."""
    found = _NUMBERS[mark].fullmatch(text.translate(_SPACES))
    if found is None:
        raise Wrong("number")
    sign, whole, decimals, grouped, after = found.groups()
    digits = (whole or grouped or "").translate(_GROUP_MARKS)
    fraction = decimals or after or ""
    if not digits and not fraction:
        raise Wrong("number")
    if len(fraction) > 12:
        raise Wrong("number_too_large")
    value = Decimal(f"{sign}{digits or 0}.{fraction or 0}")
    if abs(value) >= MOST_NUMBER:
        raise Wrong("number_too_large")
    return value


_TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATES: dict[DateOrder, re.Pattern[str]] = {
    "dd.mm.yyyy": re.compile(rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}}){_TIME}", re.ASCII),
    "dd.mm.yy": re.compile(rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{2}}){_TIME}", re.ASCII),
    "yyyy-mm-dd": re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}}){_TIME}", re.ASCII),
    "dd/mm/yyyy": re.compile(rf"(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})/(?P<y>\d{{4}}){_TIME}", re.ASCII),
    "mm/dd/yyyy": re.compile(rf"(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}}){_TIME}", re.ASCII),
}


def day(text: str, orders: tuple[DateOrder, ...]) -> date:
    """The day in the first of these forms that fits, with or without a time."""
    for order in orders:
        found = _DATES[order].fullmatch(text)
        if found:
            year = int(found["y"])
            try:
                return date(year + 2000 if len(found["y"]) == 2 else year, int(found["m"]), int(found["d"]))
            except ValueError:
                continue
    raise Wrong("date")


_YES = frozenset({"да", "истина", "возврат", "true", "yes", "y", "1", "+"})
_NO = frozenset({"", "нет", "ложь", "false", "no", "n", "0", "-"})


def flag(text: str) -> bool:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Wrong("flag")


_ROUBLES = frozenset({"РУБ", "РУБ.", "РУБЛЬ", "RUR", "₽", "643"})


def currency(text: str) -> str:
    code = text.upper()
    return "RUB" if code in _ROUBLES else code


_INN = re.compile(r"\d{9,12}", re.ASCII)
_KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}", re.ASCII)


def inn(text: str, is_valid: Callable[[str], bool]) -> str:
    """Spreadsheets take the leading zero away; the checksum tells whether it belongs there."""
    digits = text.rjust(len(text) + len(text) % 2, "0")
    if not _INN.fullmatch(digits) or not is_valid(digits):
        raise Wrong("inn")
    return digits


def kpp(text: str) -> str:
    code = text.upper()
    if len(code) == 8 and code.isdecimal():
        code = f"0{code}"
    if not _KPP.fullmatch(code):
        raise Wrong("kpp")
    return code


_QUOTES = str.maketrans("", "", "\"'«»„“”`")


def by_name(name: str) -> str:
    """A customer that only has a name: the same whatever quotes it is written with."""
    return " ".join(name.casefold().translate(_QUOTES).split())


def numbered(text: str) -> str:
    """A document's number, as two numbers are compared: in capitals, with single spaces."""
    return " ".join(text.upper().split())


_TOTAL = re.compile(r"\s*(итого|итог|всего|(grand |sub)?total)\b.*", re.IGNORECASE | re.DOTALL)


def is_skipped(cells: Sequence[str], document: str) -> bool:
    """An empty row, or a row of totals: it names no document and begins with the word for a total."""
    if document and not document.isspace() and not _TOTAL.fullmatch(document):
        return False
    first = next((cell for cell in cells if cell and not cell.isspace()), "")
    return not first or bool(_TOTAL.fullmatch(first))
