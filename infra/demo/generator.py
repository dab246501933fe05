"""A made-up club: products, distributors, and two years of purchases with seasons, growth, loss and silence.

The same seed and day make the same club. Nothing here is anybody's data: names are drawn from lists, INNs are computed.
"""

import csv
import io
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from stdnum.ru import inn as inn_rules

# With the code with which the KPP of a company there begins.
REGIONS = {
    "RU-MOW": "77",
    "RU-MOS": "50",
    "RU-SPE": "78",
    "RU-NIZ": "52",
    "RU-SVE": "66",
    "RU-NVS": "54",
    "RU-KDA": "23",
    "RU-TA": "16",
    "RU-SAM": "63",
    "RU-ROS": "61",
}

# Share of the year's demand by month: lighting and finishing goods sell before summer and before the new year.
SEASON = [0.70, 0.75, 0.95, 1.10, 1.20, 1.05, 0.85, 0.90, 1.15, 1.25, 1.20, 0.90]

_FORMS = ["ООО", "ООО", "ООО", "АО"]
_FIRST = [
    "Свет",
    "Строй",
    "Электро",
    "Тех",
    "Дом",
    "Интер",
    "Пром",
    "Гранд",
    "Луч",
    "Вектор",
    "Север",
    "Юг",
    "Волга",
    "Урал",
]
_SECOND = [
    "Сервис",
    "Снаб",
    "Комплект",
    "Торг",
    "Проект",
    "Монтаж",
    "Дизайн",
    "Лайн",
    "Трейд",
    "Маркет",
    "Группа",
    "Плюс",
]

_KINDS = [
    ("DL", "Светильник точечный", "Downlight", "luminaires", 690, 1),
    ("PN", "Панель светодиодная", "LED panel", "luminaires", 1490, 1),
    ("HB", "Светильник подвесной промышленный", "High bay", "luminaires", 6900, 1),
    ("ST", "Лента светодиодная, 5 м", "LED strip, 5 m", "strips", 890, 5),
    ("PS", "Блок питания", "Power supply", "strips", 1190, 1),
    ("TR", "Светильник трековый", "Track light", "track", 2490, 1),
    ("TK", "Шинопровод, 2 м", "Track, 2 m", "track", 1290, 2),
    ("SW", "Выключатель", "Switch", "wiring", 290, 10),
    ("SO", "Розетка", "Socket", "wiring", 240, 10),
    ("CB", "Автоматический выключатель", "Circuit breaker", "wiring", 410, 6),
]
COST = Decimal("0.7")  # of a product, as a part of its base price
_VARIANTS = [("W", "тёплый", "warm", "1.00"), ("N", "нейтральный", "neutral", "1.00"), ("P", "проф.", "pro", "1.45")]
BRANDS = ["Lumera", "Ostara", "Volten"]
OWN_BRAND = BRANDS[0]
CATEGORIES = [
    ("luminaires", "Luminaires", "Светильники"),
    ("track", "Track systems", "Трековые системы"),
    ("strips", "LED strips", "Светодиодные ленты"),
    ("wiring", "Wiring devices", "Электроустановочные изделия"),
]
# The power of luminaires in watts; a professional one gives more light for it.
_POWER = {"DL": 8, "PN": 36, "HB": 150, "TR": 24}
_LUMENS_OF_A_WATT = {"W": 95, "N": 100, "P": 130}
_KELVIN = {"W": 3000, "N": 4000, "P": 4000}


@dataclass(frozen=True, slots=True)
class Product:
    sku: str
    name: str
    name_ru: str
    brand: str
    category: str
    base_price: Decimal
    pack_multiple: int
    attributes: tuple[tuple[str, int], ...] = ()

    def as_form(self) -> dict[str, object]:
        """One row of `PUT /v1/staff/products`."""
        return {
            "sku": self.sku,
            "name": self.name,
            "name_ru": self.name_ru,
            "brand": self.brand,
            "own_brand": self.brand == OWN_BRAND,
            "attributes": [{"name": name, "number": str(value)} for name, value in self.attributes],
            "category": self.category,
            "unit": "pcs",
            "pack_multiple": self.pack_multiple,
            "base_price": {"amount": f"{self.base_price:.2f}", "currency": "RUB"},
            "cost_price": {"amount": f"{self.base_price * COST:.2f}", "currency": "RUB"},
            "vat_percent": "20",
        }


@dataclass(frozen=True, slots=True)
class Company:
    """A buyer with a rhythm: `monthly` orders a month of about `basket` RUB, until `silent_from` (None: still buying).

    `growth`: the rate of orders at the end of the time divided by that at its beginning; `monthly` is the mean.
    """

    name: str
    inn: str
    kpp: str
    region: str
    monthly: float
    basket: float
    silent_from: date | None
    growth: float = 1.0


def inn_of(number: int) -> str:
    """A valid 10-digit INN made of a number; no tax office has the number 98."""
    body = f"98{number % 10**7:07d}"
    return body + str(inn_rules.calc_company_check_digit(body))


def products() -> list[Product]:
    made = []
    for number, (code, name_ru, name, category, price, pack) in enumerate(_KINDS):
        for suffix, variant_ru, variant, factor in _VARIANTS:
            made.append(
                Product(
                    sku=f"{code}-{suffix}",
                    name=f"{name}, {variant}",
                    name_ru=f"{name_ru}, {variant_ru}",
                    brand=BRANDS[number % len(BRANDS)],
                    category=category,
                    base_price=(Decimal(price) * Decimal(factor)).quantize(Decimal("0.01")),
                    pack_multiple=pack,
                    attributes=_light(code, suffix),
                )
            )
    return made


def _light(code: str, variant: str) -> tuple[tuple[str, int], ...]:
    """The attributes from which the light of a room is calculated; nothing for what gives none."""
    power = _POWER.get(code, 0)
    if not power:
        return ()
    flux = power * _LUMENS_OF_A_WATT[variant]
    return ("power_w", power), ("luminous_flux_lm", flux), ("colour_temperature_k", _KELVIN[variant])


def companies(count: int, today: date, seed: int = 2026) -> list[Company]:
    random = Random(seed)
    made = []
    for number in range(count):
        name = f"{random.choice(_FORMS)} «{random.choice(_FIRST)}{random.choice(_SECOND)} {number + 1}»"
        region = random.choice(list(REGIONS))
        gone = random.random() < 0.25  # a quarter went quiet at some time in the second year
        grows = not gone and random.random() < 0.25  # and another buys ever more
        made.append(
            Company(
                name=name,
                inn=inn_of(1000 + number),
                kpp=f"{REGIONS[region]}0101001",
                region=region,
                monthly=min(4.0, random.lognormvariate(-0.2, 0.6)),
                basket=random.lognormvariate(math.log(28_000), 0.7),
                silent_from=today - timedelta(days=random.randint(20, 360)) if gone else None,
                growth=2.5 if grows else 1.0,
            )
        )
    return made


class Promoted(NamedTuple):
    """Articles that are promoted since a day: from then on a basket has twice as many of them."""

    skus: Collection[str] = ()
    since: date = date.max


_NOTHING = Promoted()


def sales_file(
    buyers: list[Company],
    goods: list[Product],
    first: date,
    last: date,
    promoted: Promoted = _NOTHING,
    seed: int = 2026,
) -> Iterator[str]:
    """The purchases as 1C users export them: `;`, Russian headers, `1 234,56`, dd.mm.yyyy. Yields the file in pieces."""
    random = Random(seed)
    yield _lines(
        [["Номер", "Дата", "Контрагент", "ИНН", "КПП", "Артикул", "Номенклатура", "Количество", "Цена", "Сумма"]]
    )
    number = 0
    for buyer in buyers:
        for day in _order_days(buyer, first, last, random):
            number += 1
            lines = [
                (product, quantity * 2 if day >= promoted.since and product.sku in promoted.skus else quantity)
                for product, quantity in _basket(buyer.basket * random.lognormvariate(0, 0.35), goods, random)
            ]
            yield document(f"УТ-{number:06d}", day, buyer, lines)
            if random.random() < 0.02:
                back_on = min(last, day + timedelta(days=random.randint(2, 20)))
                product, quantity = lines[0]
                yield document(f"ВЗ-{number:06d}", back_on, buyer, [(product, -max(1, quantity // 2))])


def document(number: str, day: date, buyer: Company, lines: list[tuple[Product, int]]) -> str:
    """One document as lines of the file; a negative quantity is a return."""
    return _lines(
        [
            number,
            f"{day:%d.%m.%Y}",
            buyer.name,
            buyer.inn,
            buyer.kpp,
            product.sku,
            product.name_ru,
            str(quantity),
            russian(product.base_price),
            russian(product.base_price * quantity),
        ]
        for product, quantity in lines
    )


def header() -> str:
    return next(sales_file([], [], date.min, date.min))


def russian(amount: Decimal) -> str:
    """`1 234,56`."""
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",")


def _order_days(buyer: Company, first: date, last: date, random: Random) -> Iterator[date]:
    """Exponential gaps, shorter in season."""
    day, until = first, min(last, buyer.silent_from or last)
    while True:
        grown = (1 + (buyer.growth - 1) * ((day - first) / (last - first))) * 2 / (1 + buyer.growth)
        rate = buyer.monthly * grown * SEASON[day.month - 1] / 30
        day += timedelta(days=1 + int(random.expovariate(rate)))
        if day > until:
            return
        yield day


def _basket(budget: float, goods: list[Product], random: Random) -> Iterator[tuple[Product, int]]:
    chosen = random.sample(goods, k=random.randint(1, 6))
    for product in chosen:
        packs = max(1, round(budget / len(chosen) / float(product.base_price) / product.pack_multiple))
        yield product, packs * product.pack_multiple


def _lines(rows: object) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()
