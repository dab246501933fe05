"""Shapes of tables as accounts write them: sums with or without VAT, returns told in six ways, totals of documents and customers, days above."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any, Literal

from hypothesis import strategies as st

from tests.exchange.reading.writers import Document, Line

Sums = Literal["gross", "net and gross", "net and vat", "net and rate", "within", "after discount", "price", "discount"]
Returns = Literal["signed", "kind", "presentation", "negative amount", "negative quantity", "mark"]
Groups = Literal["none", "documents", "customers", "customer above", "day above"]
Cells = dict[str, str]

_COLUMNS: dict[Sums, tuple[str, ...]] = {
    "gross": ("Сумма",),
    "net and gross": ("Сумма без НДС", "НДС", "Сумма с НДС"),
    "net and vat": ("Сумма без НДС", "НДС"),
    "net and rate": ("Сумма без НДС", "НДС"),
    "within": ("Сумма", "в т.ч. НДС"),
    "after discount": ("Цена", "Сумма", "Сумма со скидкой"),
    "price": ("Цена",),
    "discount": ("Цена", "Скидка, %"),
}
_NOT_TOTALLED = ("Цена", "Скидка, %")
_RATE, _DISCOUNT, _CENT = Decimal("0.2"), Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class Shape:
    sums: Sums
    returns: Returns
    groups: Groups
    total: Literal["none", "above", "below"]
    carried: bool
    cancelled: int  # every so manieth document is cancelled; 0: there is no column of states
    beside: tuple[str, ...]

    @property
    def headings(self) -> list[str]:
        kind = ["Вид документа"] if self.returns == "kind" else []
        state = ["Статус"] if self.cancelled else []
        mark = ["Возврат"] if self.returns == "mark" else []
        head = ["Дата", "Номер", *kind, "Контрагент", "Номенклатура", "Количество"]
        return [*head, *_COLUMNS[self.sums], *self.beside, *state, *mark]


@st.composite
def shapes(draw: Any) -> Shape:
    sums = draw(st.sampled_from(list(_COLUMNS)))
    returns: list[Returns] = ["signed", "kind", "presentation", "mark"]
    if sums not in ("price", "discount"):  # where a sum is written, it alone may have the minus
        returns += ["negative amount", "negative quantity"]
    groups = draw(st.sampled_from(["none", "documents", "customers", "customer above", "day above"]))
    return Shape(
        sums=sums,
        returns=draw(st.sampled_from(returns)),
        groups=groups,
        total=draw(st.sampled_from(["none", "above", "below"])),
        carried=groups in ("none", "documents") and draw(st.booleans()),
        cancelled=draw(st.sampled_from([0, 0, 2, 3])),
        beside=tuple(draw(st.lists(st.sampled_from(["Склад", "Менеджер", "Себестоимость"]), unique=True))),
    )


def is_cancelled(shape: Shape, place: int) -> bool:
    return bool(shape.cancelled) and place % shape.cancelled == 0


def paid(line: Line, sums: Sums) -> tuple[dict[str, Decimal], Decimal]:
    """The numbers of a line by their headings, and the sum that counts."""
    whole = line.amount
    vat = _rounded(whole * _RATE)
    if sums == "net and gross":
        return {"Сумма без НДС": whole, "НДС": vat, "Сумма с НДС": whole + vat}, whole + vat
    if sums == "net and vat":
        return {"Сумма без НДС": whole, "НДС": vat}, whole + vat
    if sums == "net and rate":
        return {"Сумма без НДС": whole}, whole + vat
    if sums == "within":
        return {"Сумма": whole, "в т.ч. НДС": _rounded(whole * _RATE / (1 + _RATE))}, whole
    less = _rounded(whole * (1 - _DISCOUNT))
    if sums == "after discount":
        return {"Сумма": whole, "Сумма со скидкой": less}, less
    if sums == "discount":
        return {}, less
    return ({"Сумма": whole} if sums == "gross" else {}), whole


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def sum_of(document: Document, sums: Sums) -> Decimal:
    return document.sign * sum((paid(line, sums)[1] for line in document.lines), Decimal(0))


def as_table(several: Sequence[Document], shape: Shape) -> str:
    ordered = in_order(several, shape)
    states = {document.number: is_cancelled(shape, place) for place, document in enumerate(ordered)}
    rows = list(_rows(ordered, shape, states))
    total = _total("Итого", ordered, shape, "Дата")
    rows = [total, *rows] if shape.total == "above" else [*rows, total] if shape.total == "below" else rows
    text = io.StringIO()
    writer = csv.DictWriter(text, shape.headings, delimiter=";", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def in_order(several: Sequence[Document], shape: Shape) -> list[Document]:
    if shape.groups == "day above":
        return sorted(several, key=lambda document: document.day)
    return sorted(several, key=lambda document: document.customer) if "customer" in shape.groups else list(several)


def _rows(ordered: Sequence[Document], shape: Shape, states: dict[str, bool]) -> Iterator[Cells]:
    if shape.groups == "day above":
        for day, theirs in groupby(ordered, key=lambda document: document.day):
            yield {"Дата": f"{day:%d.%m.%Y}"}
            for document in theirs:
                yield from _document(document, shape, states)
        return
    for customer, theirs in groupby(ordered, key=lambda document: document.customer):
        documents = list(theirs)
        if shape.groups == "customer above":
            yield {"Контрагент": customer}
        for document in documents:
            yield from _document(document, shape, states)
            if shape.groups == "documents":
                yield _total(f"{document.number} Итог", [document], shape, "Номер")
        if shape.groups == "customers":
            yield _total(f"Итого по {customer}", documents, shape, "Контрагент")


def _document(document: Document, shape: Shape, states: dict[str, bool]) -> Iterator[Cells]:
    presented = shape.returns == "presentation"
    head = {"Номер": document.presentation if presented else document.number}
    if shape.groups != "day above":
        head["Дата"] = f"{document.day:%d.%m.%Y}"
    if shape.groups != "customer above":
        head["Контрагент"] = document.customer
    if shape.returns == "kind":
        head["Вид документа"] = "Возврат товаров от покупателя" if document.returned else "Реализация товаров"
    for at, line in enumerate(document.lines):
        row = dict(head) if at == 0 or not shape.carried else {}
        row |= {"Номенклатура": line.name, "Количество": _shown(_signs(document, shape)[0] * line.quantity)}
        row |= {name: _shown(_signs(document, shape)[1] * value) for name, value in paid(line, shape.sums)[0].items()}
        if "Цена" in shape.headings:
            row["Цена"] = _shown(line.price)
        row |= {"Скидка, %": "10"} if shape.sums == "discount" else {}
        row |= {"НДС": "20%"} if shape.sums == "net and rate" else {}
        row |= {"Статус": "Отменён" if states[document.number] else "Отгружен"} if shape.cancelled else {}
        row |= {"Возврат": "да"} if shape.returns == "mark" and document.returned else {}
        row |= dict.fromkeys(shape.beside, "")
        yield row


def _signs(document: Document, shape: Shape) -> tuple[int, int]:
    """Of quantities and of sums, as they are written."""
    if not document.returned:
        return 1, 1
    return {"signed": (-1, -1), "negative amount": (1, -1), "negative quantity": (-1, 1)}.get(shape.returns, (1, 1))


def _total(label: str, several: Sequence[Document], shape: Shape, column: str) -> Cells:
    sums: dict[str, Decimal] = {}
    for document in several:
        of_quantity, of_sums = _signs(document, shape)
        for line in document.lines:
            sums["Количество"] = sums.get("Количество", Decimal(0)) + of_quantity * line.quantity
            for name, value in paid(line, shape.sums)[0].items():
                sums[name] = sums.get(name, Decimal(0)) + of_sums * value
    return {column: label} | {name: _shown(value) for name, value in sums.items() if name not in _NOT_TOTALLED}


def _shown(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",")
