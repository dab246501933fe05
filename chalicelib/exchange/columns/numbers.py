"""Numbers in the cells of a sales file. Pure.

The decimal mark is decided for the whole file: `1.234` and `1,234` mean different things in different files, and one cell cannot tell.
"""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, NamedTuple

from chalicelib.exchange.columns.model import CellError, DecimalMark, TypedNumber

MOST_NUMBER = Decimal(10) ** 12
MOST_DECIMALS = 12

_SPACES = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f\u2008", " ")
    | dict.fromkeys("\u2212\u2013\u2014\u2012", "-")
    | {"’": "'", "\u066b": ".", "\u066c": ","}
    # Arabic, Persian and wide digits.
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0xFF10) for digit in range(10)}
)
_NO_DECIMALS = re.compile(r"(?<=\d)[.,] ?--?(?=\D*$)")  # `15.-`, as the Swiss write it
_MONEY = r"[$€£¥₽₸₴₺₾₹֏]|руб(?:\.|лей|ль|ля)?|р\.|тг\.?|тенге|грн\.?|zł|kč|RUB|RUR|USD|EUR|GBP|KZT|BYN|UAH|PLN|CZK|CHF|TRY|UZS|TL"
_UNIT = (
    r"шт(?:ук[аи]?)?|кг|гр?|тн?|м|м2|м3|м²|м³|пог\. ?м|мм|см|л|мл|уп(?:ак)?|упаковк[аи]|компл(?:ект)?|набор|пар[аы]?|ед|рул(?:он)?|лист|"
    r"кор(?:об)?|бут|бан|ч|час|усл|pcs?|ea|kg|g|m|l|box|set|pair|units?|nos?|doz|ctn|pkt|bags?|stk|stück|szt|ks"
)
_CELL = re.compile(
    rf"'?(?P<open>\()? ?(?P<sign>[-+])? ?(?:{_MONEY})? ?(?P<sign2>[-+])? ?(?P<digits>\d[\d .,']*|[.,]\d+) ?(?P<tail>-)?"
    rf" ?(?P<unit>%|(?:{_MONEY}|(?:{_UNIT})\.?))? ?(?P<close>\))?",
    re.IGNORECASE,
)
_WHOLE = r"[1-9]\d{0,2}(?:[%s]\d{3})+|[1-9]\d{0,2}(?:'\d{3})+|\d+"
_LAKHS = r"[1-9]\d?(?:,\d{2})+,\d{3}"  # as in India: 1,50,000
_DIGITS: dict[DecimalMark, re.Pattern[str]] = {
    "comma": re.compile(rf"({_WHOLE % ' .'})?(?:,(\d+))?", re.ASCII),
    "point": re.compile(rf"({_LAKHS}|{_WHOLE % ' ,'})?(?:\.(\d+))?", re.ASCII),
}
_ONE_MARK = re.compile(r"(\d*)([.,])(\d+)")
_MARKS: tuple[DecimalMark, ...] = ("comma", "point")
_NOTHING = frozenset({"-", "--", "---"})

Shape = Literal["plain", "comma", "point", "comma?", "point?", "wrong"]


class _Cell(NamedTuple):
    digits: str
    negative: bool
    percent: bool


@lru_cache(maxsize=16384)
def _taken_apart(text: str) -> _Cell | None:
    found = _CELL.fullmatch(_NO_DECIMALS.sub("", text.translate(_SPACES)))
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found["open"], found["sign"] == "-", found["sign2"] == "-", found["tail"]]
    if sum(map(bool, signs)) > 1:
        return None
    return _Cell(found["digits"].strip(), any(signs), found["unit"] == "%")


@lru_cache(maxsize=16384)
def is_nothing(text: str) -> bool:
    """True for a dash, which accountants write for no value."""
    return text.translate(_SPACES) in _NOTHING


@lru_cache(maxsize=16384)
def shape(text: str) -> Shape:
    """The decimal mark that a number shows: by itself, perhaps (`1,234`), or not at all."""
    cell = _taken_apart(text)
    if cell is None:
        return "wrong"
    digits = cell.digits.replace(" ", "").replace("'", "")
    commas, points = digits.count(","), digits.count(".")
    if not commas and not points:
        return "plain"
    if commas and points:
        return "comma" if digits.rfind(",") > digits.rfind(".") else "point"
    if commas > 1 or points > 1:
        return "point" if commas else "comma"  # groups of thousands
    found = _ONE_MARK.fullmatch(digits)
    if found is None:
        return "wrong"
    whole, mark, after = found.groups()
    name: Literal["comma", "point"] = "comma" if mark == "," else "point"
    groups = len(after) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0" and not re.search(r"[ ']", cell.digits)
    return ("comma?" if name == "comma" else "point?") if groups else name


@lru_cache(maxsize=16384)
def number(text: str, mark: DecimalMark) -> Decimal:
    """Reads a number with this decimal mark; the other mark, spaces and apostrophes separate groups of three digits.

    A sign, brackets of a loss, a currency and a unit may stand around it. Raises CellError.
    """
    cell = _taken_apart(text)
    if cell is None or cell.percent:
        raise CellError("number")
    found = _DIGITS[mark].fullmatch(cell.digits)
    if found is None:
        other: DecimalMark = "point" if mark == "comma" else "comma"
        raise CellError("number_mark" if _DIGITS[other].fullmatch(cell.digits) else "number")
    whole = "".join(filter(str.isdigit, found[1] or ""))
    fraction = found[2] or ""
    text = f"{'-' if cell.negative else ''}{whole or 0}{'.' if fraction else ''}{fraction}"
    # Programs write 0.1 + 0.2 as 0.30000000000000004.
    return typed_number(TypedNumber(text)) if len(fraction) > MOST_DECIMALS else _bounded(Decimal(text))


def exact_number(shown: str, kept: str) -> float | None:
    """The number that a program keeps beside the one it shows, such as 150.45 beside `150`; None where it is no other number."""
    try:
        exact = Decimal(kept)
    except InvalidOperation:
        return None
    read = [value for mark in _MARKS if (value := _read(shown, mark)) is not None]
    return float(exact) if read and exact.is_finite() and exact not in read else None


def _read(text: str, mark: DecimalMark) -> Decimal | None:
    try:
        return number(text, mark)
    except CellError:
        return None


def typed_number(cell: TypedNumber) -> Decimal:
    """The number of a workbook's cell, with the fifteen digits that a spreadsheet keeps."""
    return _bounded(Decimal(format(float(cell), ".15g")))


def _bounded(value: Decimal) -> Decimal:
    if abs(value) >= MOST_NUMBER:
        raise CellError("number_too_large")
    return value


def is_percent(text: str) -> bool:
    return text.endswith("%")
