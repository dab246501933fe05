"""Rows of sales as they are read from a file, and the original sale of a return. Pure."""

import re
from collections.abc import Set
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from chalicelib.companies import customer_key, inn_is_valid
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.model import words
from chalicelib.sales import Original, WordKind

FIRST_DAY = date(1990, 1, 1)
AHEAD = timedelta(days=1)  # in the east of the country it is tomorrow already


class Customer(NamedTuple):
    """A customer in the file. `ref` is its code in the source, or made of INN and KPP, or of the name."""

    ref: str
    name: str
    inn: str | None
    kpp: str | None


class SaleRow(NamedTuple):
    """A row without faults. Quantity and amount have the sign that they count with. `shown`: the number as the file writes it.

    `cancelled`: its document, or it alone, does not count. The goods come first: the rest is the same in most rows of a document.
    """

    row: int
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
    number: str
    shown: str
    kind: WordKind | None
    returned: bool
    business_date: date
    customer: Customer
    currency: str
    original: tuple[str, date | None] | None = None
    paid_on: date | None = None
    cancelled: bool = False
    contract: str = ""
    warehouse: str = ""  # where rows of a document stand apart by it

    @property
    def goods(self) -> tuple[str, str, str]:
        return self.sku, self.name, self.warehouse

    @property
    def content(self) -> tuple[object, ...]:
        """Goods, quantity, price and amount."""
        return self[1:6]

    @property
    def head(self) -> tuple[object, ...]:
        """The facts of the document and of its customer."""
        return self[6:]


class CellFault(NamedTuple):
    """A wrong cell. Rows count from 1; `field` is empty when the whole row is wrong."""

    row: int
    number: str
    field: FieldName | Literal[""]
    value: str
    code: str


_INN_IN_NAME = re.compile(
    r"\W*\b(?:ИНН|INN)\W{0,3}(?P<inn>\d{12}|\d{10})(?:\W{0,3}(?:КПП\W{0,3})?(?P<kpp>\d{4}[\dA-Z]{2}\d{3}))?\)?(?!\d)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def customer(code: str, name: str, inn: str, kpp: str) -> Customer:
    """The code identifies a customer; without a code INN and KPP, which may stand behind the name; without these the name."""
    if not inn and (found := _INN_IN_NAME.search(name)) and inn_is_valid(found["inn"]):
        name, inn, kpp = _INN_IN_NAME.sub("", name).strip(), found["inn"], kpp or (found["kpp"] or "").upper()
    if len(inn) == 12:
        kpp = ""  # a sole trader has no KPP
    return Customer(customer_key(code, name, inn, kpp), name or code or inn, inn or None, kpp or None)


def original_of_return(number: str, day: date | None, returned_on: date) -> Original:
    """The original sale of a return. A number is unique within its year only (see `DocumentDraft.series`).

    Without a day, the year is that of the return, or else the year before. Few goods come back later, and a number of an older year
    would often match an unrelated sale of a later one.
    """
    if not number:
        return Original("", (), day)
    year = returned_on.year
    return Original(number, (str(day.year),) if day else (str(year), str(year - 1)), day)


# --- rows that do not count -------------------------------------------------------------------------------------------

_OFF = words(
    "отмен; аннулир; удален; не проведен; непроведен; черновик; cancel; void; draft; failed; deleted; провал; проигран; lost; storniert; "
    "annul; anul; entwurf; brouillon; borrador; bozza; скасован; не реализован; отклонен; невыкуп; quotation; rejected; declined; "
    "abandoned; iptal; taslak; жойылған; бас тарт; bekor; qoralama; анулява; скасава; чарнавік; zrušen; stornov; koncept; makulera; "
    "avbrut; utkast; 作废; 取消; 草稿"
)
_UNCLEAR = words(
    "частич; partial; не отгруж; не доставлен; не выполнен; awaiting fulfil; awaiting ship; awaiting pickup; awaiting deliv; unfulfilled; возвра; return; refund; teilweise; частков; zwrot; devol; iade; қайтар; qaytar; вяртан; vrác; retur; 退"
)
# Whole words of what may yet come to nothing.
_OPEN = frozenset(
    words(
        "новый; новая; новое; новые; в работе; переговоры; первичный контакт; принимают решение; согласование договора; на согласовании; "
        "не согласован; ожидает оплаты; ожидает подтверждения; не подтвержден; new; pending; pending payment; negotiation; proposal; "
        "qualified; prospecting; awaiting approval; quote; estimate; подготовка документов; неразобранное; документ редактируется; "
        "отказано в подписи; на подписании; ожидает подписи; не подписан; отклонен"
    )
)


def status_of(text: str, cancelled: Set[str], valid: Set[str]) -> Literal["valid", "cancelled", "unclear"]:
    """`cancelled`, `valid`: words of the profile, folded. A part, or goods that came back, may stand in rows of their own as well."""
    word = text.casefold().replace("ё", "е")
    if word in valid:
        return "valid"
    if word in cancelled:
        return "cancelled"
    if word in _OPEN or any(each in word for each in _UNCLEAR):
        return "unclear"
    return "cancelled" if any(each in word for each in _OFF) else "valid"
