"""Money, days, percentages, units and counts as texts, in Russian and in English."""

from datetime import date
from decimal import Decimal
from typing import Literal

from chalicelib.platform.money import round_half_up, unit_price_text

Language = Literal["ru", "en"]  # of pages, letters and problems

_NBSP = "\N{NO-BREAK SPACE}"
_SIGNS = {"RUB": "₽"}  # currencies that a Russian reader knows by their sign
_MONTHS_RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


# Units of goods by the codes that catalogues have for them. Any other unit is shown as the catalogue writes it.
_UNITS_RU = {
    "pcs": "шт.",
    "pc": "шт.",
    "set": "компл.",
    "pack": "упак.",
    "box": "кор.",
    "pair": "пара",
    "m": "м",
    "m2": "м²",
    "m3": "м³",
    "kg": "кг",
    "l": "л",
}
_UNITS = {
    "шт": "pcs",
    "компл": "set",
    "упак": "pack",
    "кор": "box",
    "пара": "pair",
    "м": "m",
    "м2": "m2",
    "кг": "kg",
    "л": "l",
}


def money_ru(amount: Decimal, currency: str, whole: bool = False) -> str:
    """`1 234 567,50 ₽`, with spaces that do not break."""
    digits = _digits(amount, whole).replace(",", _NBSP).replace(".", ",")
    return f"{digits}{_NBSP}{_sign(currency)}"


def money_en(amount: Decimal, currency: str, whole: bool = False) -> str:
    """`1,234,567.50 RUB`."""
    return f"{_digits(amount, whole)}{_NBSP}{currency}"


def unit_price_ru(unit_price: Decimal, currency: str) -> str:
    """`0,0356 ₽`."""
    return f"{unit_price_text(unit_price, ',').replace(',', _NBSP).replace('.', ',')}{_NBSP}{_sign(currency)}"


def unit_price_en(unit_price: Decimal, currency: str) -> str:
    """`0.0356 RUB`."""
    return f"{unit_price_text(unit_price, ',')}{_NBSP}{currency}"


def _sign(currency: str) -> str:
    return _SIGNS.get(currency, currency)


def _digits(amount: Decimal, whole: bool) -> str:
    """`whole`: for sums that are round by nature, such as the steps of a ladder; hundredths are left out if there are none."""
    digits = f"{round_half_up(amount):,f}"
    return digits.removesuffix(".00") if whole else digits


def day_ru(day: date) -> str:
    return f"{day.day}{_NBSP}{_MONTHS_RU[day.month - 1]} {day.year}"


def day_en(day: date) -> str:
    return f"{day.day}{_NBSP}{_MONTHS[day.month - 1]} {day.year}"


def percent_ru(share: Decimal) -> str:
    return f"{share.normalize():f}".replace(".", ",") + f"{_NBSP}%"


def percent_en(share: Decimal) -> str:
    return f"{share.normalize():f}%"


def count_ru(number: int, one: str, few: str, many: str) -> str:
    """`21 день`, `22 дня`, `25 дней`, `41 221 строка`."""
    word = many
    if number % 100 not in range(11, 15):
        word = {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)
    return f"{number:,}{_NBSP}{word}".replace(",", _NBSP)


def count_en(number: int, one: str, many: str) -> str:
    return f"{number:,}{_NBSP}{one if number == 1 else many}"


def unit_ru(unit: str) -> str:
    """`pcs` is `шт.`; a unit without a Russian word stays as it is."""
    return _UNITS_RU.get(unit.casefold(), unit)


def unit_en(unit: str) -> str:
    """`шт.` is `pcs`; a unit without an English word stays as it is."""
    return _UNITS.get(unit.casefold().rstrip("."), unit)
