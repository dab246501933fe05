"""The sentences of the rules in both languages, with numbers and dates in the style of each language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.platform.text import (
    Language,
    count_en,
    count_ru,
    day_en,
    day_ru,
    money_en,
    money_ru,
    percent_en,
    percent_ru,
)
from chalicelib.platform.words.texts import Texts

_SENTENCES = Texts(__file__, "rules")

_PERIODS = {
    "month": ("month", "месяц", "месяца"),
    "quarter": ("quarter", "квартал", "квартала"),
    "year": ("year", "год", "года"),
}
_UNITS = {
    "day": (("day", "days"), ("день", "дня", "дней")),
    "month": (("month", "months"), ("месяц", "месяца", "месяцев")),
    "quarter": (("quarter", "quarters"), ("квартал", "квартала", "кварталов")),
    "year": (("year", "years"), ("год", "года", "лет")),
}
_MONTHS_RU = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Sentences in one language, with sums in one currency."""

    language: Language
    currency: str

    @property
    def _russian(self) -> bool:
        return self.language == "ru"

    def say(self, sentence: str, **facts: object) -> str:
        """Raises KeyError for a missing fact."""
        return _SENTENCES[self.language][sentence].format(**facts)

    def pick(self, english: str, russian: str) -> str:
        return russian if self._russian else english

    def money(self, amount: Decimal) -> str:
        return (money_ru if self._russian else money_en)(amount, self.currency, whole=True)

    def percent(self, share: Decimal) -> str:
        return percent_ru(share) if self._russian else percent_en(share)

    def number(self, number: Decimal) -> str:
        return self.percent(number).removesuffix("%").rstrip()

    def day(self, day: date) -> str:
        return day_ru(day) if self._russian else day_en(day)

    def day_of_year(self, month: int, day: int) -> str:
        """Day and month, from a leap year, which has a 29 February."""
        return self.day(date(2000, month, day)).rsplit(" ", 1)[0]

    def month(self, number: int) -> str:
        return _MONTHS_RU[number - 1] if self._russian else day_en(date(2000, number, 1)).split()[1]

    def count(self, unit: str, *numbers: int) -> str:
        """`14 and 3 days`: the unit goes with the last number."""
        *others, last = numbers
        english, russian = _UNITS[unit]
        counted = count_ru(last, *russian) if self._russian else count_en(last, *english)
        return self.listed([*map(str, others), counted])

    def period(self, every: str) -> str:
        return _PERIODS[every][self._russian]

    def of_period(self, every: str) -> str:
        """The period in the genitive, for Russian `до конца`."""
        return _PERIODS[every][2 * self._russian]

    def listed(self, words: Iterable[str]) -> str:
        *others, last = words
        return f"{', '.join(others)} {self.pick('and', 'и')} {last}" if others else last
