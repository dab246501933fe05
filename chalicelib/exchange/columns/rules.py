"""Reading of single cells: numbers, dates, flags, currencies, INN, KPP, document numbers and references to a sale. Pure.

Each function takes the text of a cell without surrounding spaces, and raises CellError when the text has no such meaning.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.sales import Original

DateOrder = Literal["dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy"]
DecimalMark = Literal["comma", "point"]

MOST_NUMBER = Decimal(10) ** 12


class CellError(ValueError):
    """A wrong cell. The message is a code of `REASONS` in sales_files/rules."""


_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | {"\u2212": "-"})
_GROUPED = r"\d{1,3}(?:%s\d{3})+|\d+"
_NUMBERS: dict[DecimalMark, re.Pattern[str]] = {
    # With a decimal comma, a point also counts as a decimal mark; beside a comma it separates groups.
    "comma": re.compile(rf"([-+]?)(?:({_GROUPED % ' '})?(?:[.,](\d+))?|({_GROUPED % '[.]'}),(\d+))", re.ASCII),
    "point": re.compile(rf"([-+]?)({_GROUPED % '[ ,]'})?(?:\.(\d+))?()()", re.ASCII),
}
_GROUP_MARKS = str.maketrans("", "", " .,")


def number(text: str, mark: DecimalMark) -> Decimal:
    """Reads `1 234,56` with any spaces, `1234.56`, `-1`. Digits may stand in groups of three."""
    found = _NUMBERS[mark].fullmatch(text.translate(_SPACES))
    if found is None:
        raise CellError("number")
    sign, whole, decimals, grouped, after = found.groups()
    digits = (whole or grouped or "").translate(_GROUP_MARKS)
    fraction = decimals or after or ""
    if not digits and not fraction:
        raise CellError("number")
    if len(fraction) > 12:
        raise CellError("number_too_large")
    value = Decimal(f"{sign}{digits or 0}.{fraction or 0}")
    if abs(value) >= MOST_NUMBER:
        raise CellError("number_too_large")
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
    """Reads the day by the first matching form, with or without a time."""
    for order in orders:
        found = _DATES[order].fullmatch(text)
        if found:
            year = int(found["y"])
            try:
                return date(year + 2000 if len(found["y"]) == 2 else year, int(found["m"]), int(found["d"]))
            except ValueError:
                continue
    raise CellError("date")


_YES = frozenset({"да", "истина", "возврат", "true", "yes", "y", "1", "+"})
_NO = frozenset({"", "нет", "ложь", "false", "no", "n", "0", "-"})


def flag(text: str) -> bool:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError("flag")


_ROUBLES = frozenset({"РУБ", "РУБ.", "РУБЛЬ", "RUR", "₽", "643"})


def currency(text: str) -> str:
    code = text.upper()
    return "RUB" if code in _ROUBLES else code


_INN = re.compile(r"\d{9,12}", re.ASCII)
_KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}", re.ASCII)


def inn(text: str, is_valid: Callable[[str], bool]) -> str:
    """Restores the leading zero that spreadsheets remove, if the checksum confirms it."""
    digits = text.rjust(len(text) + len(text) % 2, "0")
    if not _INN.fullmatch(digits) or not is_valid(digits):
        raise CellError("inn")
    return digits


def kpp(text: str) -> str:
    code = text.upper()
    if len(code) == 8 and code.isdecimal():
        code = f"0{code}"
    if not _KPP.fullmatch(code):
        raise CellError("kpp")
    return code


_QUOTES = str.maketrans("", "", "\"'«»„“”`")


def name_key(name: str) -> str:
    """The key of a customer with only a name: without case, quotes and extra spaces."""
    return " ".join(name.casefold().translate(_QUOTES).split())


def document_number(text: str) -> str:
    """The number of a document in its form for comparison: in capitals, with single spaces."""
    return " ".join(text.upper().split())


_TOTAL = re.compile(r"\s*(итого|итог|всего|(grand |sub)?total)\b.*", re.IGNORECASE | re.DOTALL)


def is_skipped(cells: Sequence[str], document: str) -> bool:
    """True for an empty row, and for a row of totals, which names no document and begins with a word for a total."""
    if document and not document.isspace() and not _TOTAL.fullmatch(document):
        return False
    first = next((cell for cell in cells if cell and not cell.isspace()), "")
    return not first or bool(_TOTAL.fullmatch(first))


# --- original documents -----------------------------------------------------------------------------------------------

_PRESENTED = re.compile(
    r"(?P<words>.*?)(?:(?:^|\s)(?:№|N|NO\.)\s*)?(?P<number>\S+) (?:ОТ|FROM|DATED|OF) (?P<day>[\d./-]+)"
    r"(?: \d{1,2}:\d{2}(?::\d{2})?)?(?: ?Г\.?)?"
)
# Other documents that a return may name: an order, a request, a contract.
_NO_SALE = re.compile(r"\b(?:ЗАКАЗ|ЗАЯВКА|ДОГОВОР|СОГЛАШЕНИЕ|ORDER|REQUEST|CONTRACT)\b")


class Reference(NamedTuple):
    """A document named in a cell: its bare number, the whole text, and the day in it. An empty number: no sale."""

    number: str
    whole: str
    day: date | None


NO_SALE = Reference("", "", None)


def read_reference(text: str, day: Callable[[str], date]) -> Reference:
    """Reads the document that a text in capitals names. `day` reads the date in it."""
    if _NO_SALE.search(text):
        return NO_SALE
    found = _PRESENTED.fullmatch(text)
    if found is None:
        return Reference(text.removeprefix("№").strip(), text, None)
    return Reference(found["number"].removeprefix("№"), text, day(found["day"]))


def original_of_row(named: Reference | None, own_day: date | None, own_number: str) -> tuple[str, date | None] | None:
    """Number and day of the original sale of a row, or None. `own_day`, from a column of its own, comes first."""
    if named is None or not named.number:
        return None if own_day is None else ("", own_day)
    number = named.whole if _PRESENTED.fullmatch(own_number) else named.number
    return number, own_day or named.day


def original_of_return(number: str, day: date | None, returned_on: date) -> Original:
    """The original sale of a return. A number is unique within its year only (see `DocumentDraft.series`).

    Without a day, the year is that of the return, or else the year before. Few goods come back later, and a number of an older year
    would often match an unrelated sale of a later one.
    """
    if not number:
        return Original("", (), day)
    year = returned_on.year
    return Original(number, (str(day.year),) if day else (str(year), str(year - 1)), day)
