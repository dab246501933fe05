"""What the cells of a sales file mean, each by itself. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from chalicelib.sales import Original

DateOrder = Literal["dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy"]
DecimalMark = Literal["comma", "point"]

MOST_NUMBER = Decimal(10) ** 12


class CellError(ValueError):
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
    """The day in the first of these forms that fits, with or without a time."""
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
    """Spreadsheets take the leading zero away; the checksum tells whether it belongs there."""
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


FieldName = Literal[
    "document",
    "business_date",
    "customer",
    "customer_name",
    "inn",
    "kpp",
    "sku",
    "name",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "return_flag",
    "original",
    "original_date",
    "paid_on",
]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)

# Headings under which a column is found where the caller names none: those of 1C's reports, and plain English.
HEADINGS: dict[FieldName, tuple[str, ...]] = {
    "document": (
        "номер",
        "номер документа",
        "№ документа",
        "документ",
        "регистратор",
        "документ движения (регистратор)",
        "document",
        "document number",
        "invoice",
        "invoice number",
        "number",
    ),
    "business_date": ("дата", "дата документа", "период", "date", "business date", "invoice date", "document date"),
    "customer": (
        "код контрагента",
        "контрагент.код",
        "код клиента",
        "код покупателя",
        "код партнера",
        "customer",
        "customer id",
        "customer code",
    ),
    "customer_name": ("контрагент", "покупатель", "клиент", "партнер", "customer name"),
    "inn": ("инн", "контрагент.инн", "инн контрагента", "inn"),
    "kpp": ("кпп", "контрагент.кпп", "кпп контрагента", "kpp"),
    "sku": (
        "артикул",
        "номенклатура.артикул",
        "код номенклатуры",
        "номенклатура.код",
        "код",
        "sku",
        "article",
        "item code",
    ),
    "name": ("номенклатура", "товар", "наименование", "наименование товара", "name", "item", "product", "description"),
    "quantity": ("количество", "кол-во", "количество (в базовых единицах)", "quantity", "qty"),
    "unit_price": ("цена", "цена, руб.", "unit price", "price"),
    "amount": ("сумма", "сумма, руб.", "стоимость", "стоимость, руб.", "amount", "total", "line total"),
    "currency": ("валюта", "currency"),
    "return_flag": ("возврат", "это возврат", "return", "is return", "is cancel"),
    "original": (
        "документ-основание",
        "документ основание",
        "исходный документ",
        "номер исходного документа",
        "документ реализации",
        "документ отгрузки",
        "документ продажи",
        "original document",
        "original document number",
        "original invoice",
        "original",
    ),
    "original_date": (
        "дата документа-основания",
        "дата исходного документа",
        "дата документа реализации",
        "original document date",
        "original date",
    ),
    "paid_on": ("дата оплаты", "оплачено", "дата полной оплаты", "paid on", "payment date", "date paid"),
}
# Of each of these, one at least must be there.
REQUIRED: tuple[tuple[FieldName, ...], ...] = (
    ("document",),
    ("business_date",),
    ("customer", "inn", "customer_name"),
    ("sku", "name"),
    ("quantity",),
    ("unit_price", "amount"),
)
# Where a field has no column, another one of its group stands for it.
STAND_INS: tuple[tuple[FieldName, ...], ...] = (*REQUIRED, ("original_date", "original"))


@dataclass(frozen=True, slots=True)
class Heading:
    """Which column holds which field, and the fields that were asked for and are not there."""

    columns: Mapping[FieldName, int]
    missing: Sequence[tuple[FieldName, ...]]


def read_heading(cells: Sequence[str], mapping: Mapping[FieldName, str]) -> Heading:
    """Finds each field by the heading that `mapping` names, or else by the usual ones. Mapped to nothing: not read."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        places.setdefault(folded(cell), place)
    columns: dict[FieldName, int] = {}
    missing: list[tuple[FieldName, ...]] = []
    for wanted in FIELDS:
        named = mapping.get(wanted)
        names = HEADINGS[wanted] if named is None else (named,) if named else ()
        found = [places[name] for name in map(folded, names) if name in places]
        if found:
            columns[wanted] = found[0]
        elif named:
            missing.append((wanted,))
    missing += [several for several in REQUIRED if not columns.keys() & set(several) and (several[0],) not in missing]
    return Heading(columns, missing)


@lru_cache(maxsize=512)
def folded(heading: str) -> str:
    """As headings are compared: `Дата_документа ` is `дата документа`."""
    return " ".join(heading.casefold().replace("ё", "е").replace("_", " ").split())


def headings_of(several: Iterable[FieldName], mapping: Mapping[FieldName, str]) -> list[str]:
    """What to call a missing column: the caller's own word, or the first of the usual ones in both languages."""
    names = []
    for wanted in several:
        usual = HEADINGS[wanted]
        english = next(name for name in usual if name.isascii())
        names.append(mapping.get(wanted) or f"{usual[0].capitalize()} / {english}")
    return names


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
