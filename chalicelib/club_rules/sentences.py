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

# By name: in English, in Russian.
_SENTENCES: dict[str, tuple[str, str]] = {
    "title": ("{club}: the rules", "{club}: правила"),
    "discount": ("Your discount", "Ваша скидка"),
    "orders": ("Your orders", "Ваши заказы"),
    "bonuses": ("Your bonuses", "Ваши бонусы"),
    "volume": ("Bonuses for volume", "Бонусы за объём"),
    "example": ("An example", "Пример"),
    # --- the discount ---
    "window": (
        "What you bought in the last {days} gives your discount. A purchase counts from the date of its invoice.",
        "Скидку даёт сумма покупок за последние {days}. Покупка считается с даты накладной.",
    ),
    "step": ("From {sum}: {name}, {percent}", "От {sum} — «{name}», {percent}"),
    "season": ("From {first} to {last} these steps hold:", "С {first} по {last} действуют ступени:"),
    "off_season": ("In the rest of the year:", "В остальное время года:"),
    "personal": (
        "If you have been buying for {months} or longer, your first step is what you bought in the same days a year ago, times "
        "{coefficient}, but at least {floor} and at most the second step.",
        "Если вы покупаете {months} или дольше, ваша первая ступень — покупки за те же дни год назад, умноженные на "
        "{coefficient}, но не ниже {floor} и не выше второй ступени.",
    ),
    "coefficient": ("the month's coefficient ({least} to {most})", "коэффициент месяца (от {least} до {most})"),
    "up": (
        "A higher step is yours on the day on which your purchases reach it.",
        "Более высокая ступень ваша в тот же день, когда покупки её достигли.",
    ),
    "hold": (
        "A step that you no longer reach stays yours for {days} more.",
        "Ступень, которой покупок уже не хватает, остаётся вашей ещё {days}.",
    ),
    "no_hold": (
        "A step that you no longer reach ends on the same day.",
        "Ступень, которой покупок уже не хватает, кончается в тот же день.",
    ),
    "warned": (
        "{days} before it ends we write to you how much keeps it, and until when to buy.",
        "За {days} до конца мы напишем, сколько и до какого дня купить, чтобы её сохранить.",
    ),
    "returned": (
        "A return is taken off the day of its purchase: within {days} as if that had never been, later from the day on which you "
        "give the goods back. Spending bonuses takes nothing off.",
        "Возврат вычитается из дня своей покупки: за {days} — как будто её не было, позже — начиная с дня, когда вы вернули товар. "
        "Трата бонусов сумму не уменьшает.",
    ),
    "coming": ("From {day} on other steps hold: {steps}.", "С {day} действуют другие ступени: {steps}."),
    "coming_step": ("{name} from {sum} ({percent})", "«{name}» от {sum} ({percent})"),
    # --- orders ---
    "smallest": (
        "The smallest order is {sum}, before the discounts of promotions.",
        "Наименьший заказ — {sum}, без вычета скидок по акциям.",
    ),
    "by_quantity": (
        "A discount by quantity counts the units of each line or, where the promotion says so, of all its goods in the order.",
        "Скидка за количество считает единицы каждой строки или, если так сказано в акции, всех её товаров в заказе.",
    ),
    "of_a_line": (
        "A percent is taken off the sum of a line: the price of a cheap unit may have four decimals.",
        "Процент вычитается из суммы строки: цена дешёвой единицы может иметь четыре знака после запятой.",
    ),
    "enlarged": (
        "If the distributor offers more than you ordered, the order is priced anew where that is cheaper for you.",
        "Если дистрибьютор предложит больше, чем вы заказали, заказ пересчитают по новым ценам, когда так дешевле для вас.",
    ),
    # --- bonuses ---
    "worth": ("1 bonus is worth {one}.", "1 бонус — это {one}."),
    "rates": ("A purchase earns: {rates}.", "Покупка приносит: {rates}."),
    "rate_tier": ("{name} {percent}", "«{name}» — {percent}"),
    "rate_goods": ("{name} {percent}{until}", "{name} — {percent}{until}"),
    "until": (" until {day}", " до {day}"),
    "rate_all": ("any goods", "любой товар"),
    "rates_more": ("and {number} more", "и ещё {number}"),
    "highest": (
        "Of several rates for one article the highest counts.",
        "Если на товар есть несколько ставок, считается высшая.",
    ),
    "shipped_and_paid": (
        "They can be spent when the goods are shipped and paid for, {minimum} or more at once.",
        "Потратить их можно, когда товар отгружен и оплачен, — от {minimum} за раз.",
    ),
    "shipped": (
        "They can be spent when the goods are shipped, {minimum} or more at once.",
        "Потратить их можно, когда товар отгружен, — от {minimum} за раз.",
    ),
    "lasts": (
        "They last for {count} after the {period} in which they can first be spent, to the last day.",
        "Они действуют {count} после {period}, в котором их стало можно тратить, — до последнего дня.",
    ),
    "lasts_this": (
        "They last to the end of the {period} in which they can first be spent.",
        "Они действуют до конца {period}, в котором их стало можно тратить.",
    ),
    "lasts_to": ("They last until the next {day}.", "Они действуют до ближайшего {day}."),
    "oldest_first": (
        "Those that end first are spent first; a cancelled redemption gives them back with their old end.",
        "Первыми тратятся те, что раньше кончаются; при отмене они возвращаются с прежним сроком.",
    ),
    "expiring": ("{days} before they end we write to you.", "За {days} до конца мы напишем вам."),
    "taken_back": ("A return takes back what its purchase earned.", "Возврат забирает то, что принесла покупка."),
    "debt": (
        "If that is spent already, your balance goes below zero, and what you earn next pays it.",
        "Если это уже потрачено, баланс уходит ниже нуля, и его покроют следующие бонусы.",
    ),
    "no_debt": (
        "If that is spent already, the club bears it: your balance never goes below zero.",
        "Если это уже потрачено, расход берёт на себя клуб: ниже нуля баланс не уходит.",
    ),
    "coalition": (
        "Partner companies of the club may grant you bonuses, too.",
        "Бонусы могут начислять и компании — партнёры клуба.",
    ),
    # --- volume ---
    "programme": ("{name}: {brackets}, {mode}; {pays}.", "{name}: {brackets}, {mode}; {pays}."),
    "bracket": ("from {sum} {percent}", "от {sum} — {percent}"),
    "whole": ("of all purchases of the {period}", "от всех покупок за {period}"),
    "stepped": (
        "of the part of the {period}'s purchases above each sum",
        "от части покупок за {period} сверх каждой суммы",
    ),
    "goods_next_period": (
        "in goods in the next {period}, to be chosen within {choose}",
        "товаром в следующем периоде, выбрать его нужно за {choose}",
    ),
    "goods_monthly_next_year": (
        "in goods, in 12 monthly parts over the next year, each to be chosen within {choose}",
        "товаром, 12 частями по месяцам следующего года, каждую нужно выбрать за {choose}",
    ),
    "gift": ("as a gift", "подарком"),
    "off_season_volume": (
        "Periods that begin in {months}: {brackets}.",
        "Если период начинается в другом месяце ({months}): {brackets}.",
    ),
    "grace": (
        "We wait {days} for late documents; what comes later counts in the next period.",
        "Опоздавшие документы ждём {days}; что придёт позже, войдёт в следующий период.",
    ),
    # --- the example ---
    "bought": ("{day}: you buy for {sum} — {tier}.", "{day}: вы покупаете на {sum} — {tier}."),
    "fell": ("{day}: nothing more was bought — {tier}.", "{day}: больше ничего не куплено — {tier}."),
    "tier": ("{name}, {percent} off", "«{name}», скидка {percent}"),
    "no_tier": ("no discount", "без скидки"),
    "earned": (
        "The first purchase earns bonuses worth {bonus}; if they can be spent on {day}, they last until {end}.",
        "Первая покупка принесёт бонусов на {bonus}; если их можно тратить с {day}, они действуют до {end}.",
    ),
}

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
        return _SENTENCES[sentence][self._russian].format(**facts)

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
