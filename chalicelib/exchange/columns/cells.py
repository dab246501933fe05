"""Cells of a sales file other than numbers and days: flags, currencies, INN, KPP, and the document that a cell names. Pure.

Each function takes the text of a cell without surrounding spaces, and raises CellError when the text has no such meaning.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from chalicelib.exchange.columns.model import CellError, words
from chalicelib.sales import DocumentName, document_name

_YES = frozenset(
    words(
        "да; проведен; проведён; проведено; истина; возврат; true; yes; y; 1; +; x; х; v; ✓; ✔; return; returned; refund; ja; oui; sí; sì; si; tak"
    )
)
_NO = frozenset(
    words("нет; не проведен; не проведён; не проведено; ложь; продажа; false; no; n; 0; -; sale; nein; non; nie; nee")
) | {""}


def flag(text: str) -> bool:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError("flag")


_CURRENCIES = {
    "RUB": "РУБ РУБ. РУБЛЬ РУБЛИ РУБЛЯ РУБЛЕЙ РУБЛЯХ Р Р. RUR RUB ₽ 643 810 РОССИЙСКИЙ·РУБЛЬ РОССИЙСКИЕ·РУБЛИ RUBLE RUBLES ROUBLE ROUBLES",
    "USD": "USD $ US$ 840 ДОЛЛ ДОЛЛ. ДОЛЛАР ДОЛЛАРА ДОЛЛАРЫ ДОЛЛАРОВ ДОЛЛАРАХ ДОЛЛАР·США DOLLAR DOLLARS",
    "EUR": "EUR € 978 ЕВРО EURO EUROS",
    "KZT": "KZT ₸ 398 ТЕНГЕ ТГ ТГ.",
    "BYN": "BYN 933 БЕЛОРУССКИЙ·РУБЛЬ БЕЛ.·РУБ. БЕЛ БЕЛ. БЕЛОРУССКИЙ БЕЛОРУССКИЕ БЕЛОРУССКИХ",
    "GBP": "GBP £ 826",
    "CNY": "CNY ¥ 156 ЮАНЬ ЮАНЯ ЮАНИ ЮАНЕЙ ЮАНЯХ",
    "UAH": "UAH ₴ 980 ГРН ГРН. ГРИВНА ГРИВНЫ ГРИВЕН ГРИВНАХ",
    "PLN": "PLN ZŁ 985",
    "CHF": "CHF 756",
    "TRY": "TRY TL ₺ 949",
    "UZS": "UZS 860 СУМ",
    "AMD": "AMD ֏ 051 ДРАМ",
    "GEL": "GEL ₾ 981 ЛАРИ",
    "KGS": "KGS 417 СОМ",
    "INR": "INR ₹ 356",
    "CZK": "CZK KČ 203",
}
CURRENCIES = frozenset((*_CURRENCIES, "RUR"))
_CODE_OF = {name.replace("·", " "): code for code, names in _CURRENCIES.items() for name in names.split()}


def currency(text: str) -> str:
    name = text.upper()
    return _CODE_OF.get(name, name)


_MONEY = re.compile(r"[^\W\d_]+\.?|[$€£¥₽₸₴₺֏₾₹]")


def currency_in(text: str) -> str:
    """The currency that stands in a heading or beside a number, or an empty text."""
    return next((code for word in _MONEY.findall(text) if (code := _CODE_OF.get(word.upper()))), "")


_CURRENCY_TOLD = re.compile(
    r"(?:(?:валюта|currency)\b[^:=]*[:=]|\b(?:суммы|цены|отч[её]т\w*|amounts?|prices?|sales)(?: \w+){0,3} (?:в|in)\b)(?P<money>.{1,20})",
    re.IGNORECASE,
)


def currency_told(title: str) -> str:
    """The currency that a title above the table tells: `Валюта: USD`, `Amounts in EUR`. An empty text where it tells none."""
    found = _CURRENCY_TOLD.search(title)
    return currency_in(found["money"]) if found else ""


_INN = re.compile(r"\d{9,12}", re.ASCII)
_KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}", re.ASCII)


class TaxNumbers(NamedTuple):
    inn: str
    kpp: str


def tax_numbers(text: str, is_valid: Callable[[str], bool]) -> TaxNumbers:
    """INN, and the KPP that may stand behind it: `7707083893/770701001`, `'7707083893`, `7 707 083 893`, `7707083893.0`.

    Restores the leading zero that spreadsheets remove, if the checksum confirms it.
    """
    number, _, behind = text.strip("'").replace(" ", "").replace("\\", "/").partition("/")
    digits = number.removesuffix(".0").removesuffix(",0")
    digits = digits.rjust(len(digits) + len(digits) % 2, "0")
    if not _INN.fullmatch(digits) or not is_valid(digits):
        raise CellError("inn")
    return TaxNumbers(digits, kpp(behind) if behind.strip("-") else "")


def kpp(text: str) -> str:
    code = text.strip("'").replace(" ", "").removesuffix(".0").upper()
    if len(code) == 8 and code.isdecimal():
        code = f"0{code}"
    if not _KPP.fullmatch(code):
        raise CellError("kpp")
    return code


_TOTAL_WORDS = (
    r"итоги?|итого|всего|общий итог|общее итого|промежуточные? итоги?|итого по|оборот(?:ы)?|"
    r"(?:grand |sub)?totals?|summary|sum|"
    r"(?:gesamt|zwischen|end)?summe|gesamt|insgesamt|(?:sous-)?total général|sous-total|totale|razem|suma|ogółem|łącznie|totaal|разом|всього|усього|усяго|"
    r"(?:genel |ara )?toplam|барлығы|жиыны|jami|celkem|summa|合计|总计|小计"
)
_TOTAL = re.compile(rf"\W*(?:{_TOTAL_WORDS})\b.*", re.IGNORECASE | re.DOTALL)
_TOTAL_BEHIND = re.compile(
    r"(?P<of>.*\S)[\s:—–-]+(?:итог|итого|всего|total|subtotal|summe|gesamt|razem|разом)\W*", re.IGNORECASE | re.DOTALL
)
_BARE_TOTAL = re.compile(rf"\W*(?:{_TOTAL_WORDS})\W*(?:(?:по отчету|руб|шт)\W*)?", re.IGNORECASE)


_WITHIN = re.compile(
    r"\W*(?:сумма )?ндс(?:\W*\d{1,2}\W*)?|\W*(?:в том числе|в\s?т\.?\s?ч\.?|средн(?:ее|яя)|максимум|минимум|average|maximum|minimum)(?!\w).*",
    re.IGNORECASE | re.DOTALL,
)


def is_within_total(cells: Sequence[str]) -> bool:
    """True for a row that tells the VAT within a total, `В том числе НДС`, or another figure of the rows above that is no sum of theirs."""
    return bool(_WITHIN.fullmatch(first_words(cells)))


_LETTER = re.compile(r"[^\W\d_]")


def is_total(cells: Sequence[str]) -> bool:
    """True for a row whose first words are a word for a total, or name a group and such a word behind it: `УТ-1 Итог`."""
    first = first_words(cells)
    return bool(first) and bool(_TOTAL.fullmatch(first) or _TOTAL_BEHIND.fullmatch(first))


def first_words(cells: Sequence[str]) -> str:
    """The first cell with a letter in it: numbers may stand before the label of a total."""
    return next((cell for cell in cells if cell and _LETTER.search(cell)), "")


_SUM_TOLD = re.compile(r"на (?:общую )?сумму\W*(?P<sum>\d[\d\s.,']*)", re.IGNORECASE)


# With kopecks or a currency behind it: another number may count rows.
_SUM_BEHIND = re.compile(
    rf"\W*(?:{_TOTAL_WORDS})\b\W*(?:(?:по (?:отч[её]ту|документам?|накладной)|с ндс|сумма|к оплате|amount|due)\b\W*)?(?P<sum>-?\d[\d\s.,']*(?:[.,]\d\d|(?=\s*(?:руб|р\.|₽))))(?:\s*[^\W\d]{{1,6}}\W*)?",
    re.IGNORECASE,
)


def sum_told(cells: Sequence[str]) -> str:
    """The sum within the words of a total: `Всего наименований 2, на сумму 250,00 руб.`, `Итого: 250,00`."""
    first = first_words(cells).strip()
    found = _SUM_TOLD.search(first) or _SUM_BEHIND.fullmatch(first)
    return found["sum"].strip(" .,") if found else ""


def total_of(cells: Sequence[str]) -> str:
    """The group that a row of totals names, or an empty text."""
    first = first_words(cells)
    if _BARE_TOTAL.fullmatch(first):
        return ""
    behind = _TOTAL_BEHIND.fullmatch(first)
    return behind["of"].strip() if behind else first.strip()


# --- original documents -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def named(text: str) -> DocumentName:
    """The document that a text names."""
    return document_name(text)


class Reference(NamedTuple):
    """A document named in a cell: its number in its form for comparison, and the day in the text. An empty number: no sale."""

    number: str
    day: date | None


NO_SALE = Reference("", None)


def read_reference(text: str, day: Callable[[str], date]) -> Reference:
    """The document that a text names. `day` reads the date in it."""
    named = document_name(text)
    if named.kind in ("purchase", "other"):
        return NO_SALE
    return Reference(named.number, day(named.day) if named.day else None)


def original_of_row(named: Reference | None, own_day: date | None) -> tuple[str, date | None] | None:
    """Number and day of the original sale of a row, or None. `own_day`, from a column of its own, comes first."""
    if named is None or not named.number:
        return None if own_day is None else ("", own_day)
    return named.number, own_day or named.day
