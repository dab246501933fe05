"""Rows and documents of a sales file. Pure.

A document is recorded whole or not at all: when one of its rows is wrong, all of its rows are left out and reported.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from chalicelib.companies import customer_key
from chalicelib.exchange.columns.fields import FIELDS, REQUIRED, FieldName
from chalicelib.exchange.columns.rules import (
    CellError,
    DateOrder,
    DecimalMark,
    currency,
    day,
    flag,
    inn,
    kpp,
    number,
    original_of_return,
)
from chalicelib.platform.spelling import is_spoilt
from chalicelib.sales import DocumentName, Original, SaleLine, WordKind, document_name

# Faults of a row, in English and in Russian.
REASONS: dict[str, tuple[str, str]] = {
    "missing": ("A value is needed here", "Здесь нужно значение"),
    "number": ("This is not a number", "Это не число"),
    "number_too_large": ("This number is too large", "Слишком большое число"),
    "date": ("This is not a date in any of the expected forms", "Это не дата в ожидаемом виде"),
    "date_out_of_range": ("This date is too early or in the future", "Слишком ранняя дата или дата в будущем"),
    "inn": ("An INN has 10 or 12 digits and a right checksum", "В ИНН 10 или 12 цифр и верная контрольная сумма"),
    "kpp": ("A KPP has nine characters", "В КПП девять знаков"),
    "currency": ("The club keeps no accounts in this currency", "В этой валюте клуб не ведёт учёт"),
    "flag": ("Expected yes or no", "Ожидается да или нет"),
    "sign_differs": ("Quantity and amount have different signs", "У количества и суммы разные знаки"),
    "spoilt": (
        "A spreadsheet has spoilt this code; export it as text",
        "Этот код испорчен таблицей; выгрузите его как текст",
    ),
    "too_long": ("This text is too long", "Слишком длинный текст"),
    "too_many_cells": (
        "The row has more cells than the heading: is a delimiter inside a text that is not quoted?",
        "В строке больше ячеек, чем в заголовке: нет ли разделителя внутри текста без кавычек?",
    ),
    "date_differs": ("Rows of this document have different dates", "У строк документа разные даты"),
    "customer_differs": ("Rows of this document name different customers", "В строках документа разные покупатели"),
    "currency_differs": ("Rows of this document have different currencies", "В строках документа разные валюты"),
    "mark_differs": (
        "Only some rows of this return are marked as one",
        "Не все строки этого возврата отмечены как возврат",
    ),
    "original_differs": (
        "Rows of this return name different original documents",
        "В строках возврата разные исходные документы",
    ),
    "original_after_return": (
        "The original document is dated after the return",
        "Исходный документ датирован позже возврата",
    ),
    "payment_differs": (
        "Rows of this document have different payment dates",
        "У строк документа разные даты оплаты",
    ),
    "too_many_lines": ("The document has too many lines", "В документе слишком много строк"),
    "document_too_large": ("The document has too much text", "В документе слишком много текста"),
    "shipment_unclear": (
        "Several shipments of orders have this number, and none alone this sum: which of them is it?",
        "Этот номер у нескольких отгрузок по заказам, и ни у одной сумма не совпадает: какая из них это?",
    ),
    "customer_unknown": ("The club does not know this customer", "Клуб не знает этого покупателя"),
    "customer_unclear": (
        "Several companies have this INN; give the KPP, or a code for the customer",
        "Этот ИНН есть у нескольких компаний; укажите КПП или код покупателя",
    ),
    "inn_differs": (
        "The club knows this customer under another INN",
        "Клуб знает этого покупателя с другим ИНН",
    ),
    "company_currency": (
        "The company's account is in another currency",
        "Учёт с этой компанией ведётся в другой валюте",
    ),
    "document_unclear": (
        "The club has another document of this number that this may be; bring both in one file, or tell whether it is a return",
        "У клуба есть другой документ с этим номером, и это может быть он; загрузите оба одним файлом или отметьте, возврат ли это",
    ),
    "document_left_out": ("Another row of this document is wrong", "В другой строке этого документа ошибка"),
}

FIRST_DAY = date(1990, 1, 1)
AHEAD = timedelta(days=31)  # documents are sometimes dated to the end of the month
MOST_CHARACTERS: dict[FieldName, int] = {
    "document": 100,
    "customer": 100,
    "customer_name": 300,
    "sku": 100,
    "name": 300,
    "original": 150,
}
MOST_OTHER_CHARACTERS = 60

# --- rows -------------------------------------------------------------------------------------------------------------


class Customer(NamedTuple):
    """A customer in the file. `ref` is its code in the source, or made of INN and KPP, or of the name."""

    ref: str
    name: str
    inn: str | None
    kpp: str | None


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A row without faults."""

    row: int
    number: str
    shown: str
    kind: WordKind | None
    returned: bool
    business_date: date
    customer: Customer
    currency: str
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal | None
    original: tuple[str, date | None] | None = None
    paid_on: date | None = None


class CellFault(NamedTuple):
    """A wrong cell. Rows count from 1; `field` is empty when the whole row is wrong."""

    row: int
    number: str
    field: FieldName | Literal[""]
    value: str
    code: str


class RowReader:
    """Reads the rows of one file."""

    def __init__(
        self,
        *,
        fields: Iterable[FieldName],
        dates: Sequence[DateOrder],
        mark: DecimalMark,
        currency: str,
        currencies: Iterable[str],
        latest: date,
        inn_is_valid: Callable[[str], bool],
    ) -> None:
        """`fields`: the fields with a column. `latest`: the last valid day of a document; that of a payment is `AHEAD` before it."""
        self._currency = currency
        self._currencies = frozenset(currencies)
        self._dates = tuple(dates)
        self._latest = latest
        meanings: dict[FieldName, Callable[[str], Any]] = {
            "document": _document,
            "customer": _code,
            "business_date": self._day,
            "inn": lambda text: inn(text, inn_is_valid),
            "kpp": kpp,
            "quantity": lambda text: number(text, mark),
            "unit_price": lambda text: number(text, mark),
            "amount": lambda text: number(text, mark),
            "currency": self._known_currency,
            "return_flag": flag,
            "original": self._original,
            "original_date": self._day,
            "paid_on": self._past_day,
        }
        has = frozenset(fields)
        self._columns = [
            (place, wanted, _cell(meanings.get(wanted, str), MOST_CHARACTERS.get(wanted, MOST_OTHER_CHARACTERS)))
            for place, wanted in enumerate(FIELDS)
            if wanted in has
        ]
        self._required = [[wanted for wanted in several if wanted in has] for several in REQUIRED]

    def read(self, row: int, cells: Sequence[str], too_many: bool) -> SaleRow | list[CellFault]:
        """The row, or all its faults. `cells` are in the order of `FIELDS`, empty without a column."""
        wrong: list[tuple[FieldName | Literal[""], str]] = [("", "too_many_cells")] if too_many else []
        found: dict[FieldName, Any] = {}
        for place, wanted, meaning in self._columns:
            if cell := cells[place]:
                try:
                    value = meaning(cell)
                except CellError as reason:
                    wrong.append((wanted, str(reason)))
                else:
                    if value is not None:
                        found[wanted] = value
        if len(found) < len(self._columns):
            given = found.keys() | {wanted for wanted, _ in wrong}
            wrong += [(several[0], "missing") for several in self._required if not given.intersection(several)]
        if not wrong and found["quantity"] * found.get("amount", 0) < 0:
            wrong.append(("amount", "sign_differs"))
        return self._faults(row, cells, wrong) if wrong else self._row(row, found)

    def _faults(
        self, row: int, cells: Sequence[str], wrong: Iterable[tuple[FieldName | Literal[""], str]]
    ) -> list[CellFault]:
        texts = {wanted: " ".join(cells[place].split()) for place, wanted, _ in self._columns}
        document = document_name(texts["document"]).number if "document" in texts else ""
        return [CellFault(row, document, wanted, texts[wanted] if wanted else "", code) for wanted, code in wrong]

    def _row(self, row: int, found: Mapping[FieldName, Any]) -> SaleRow:
        quantity, amount = found["quantity"], found.get("amount")
        document: DocumentName = found["document"]
        returned = found.get("return_flag", document.kind == "return")
        if returned:
            # Some systems write returns with a minus, others without.
            quantity, amount = -abs(quantity), None if amount is None else -abs(amount)
        return SaleRow(
            row=row,
            number=document.number,
            shown=document.shown,
            kind=document.kind,
            returned=returned,
            business_date=found["business_date"],
            customer=customer(*(found.get(wanted, "") for wanted in _CUSTOMER)),
            currency=found.get("currency", self._currency),
            sku=found.get("sku", ""),
            name=found.get("name", ""),
            quantity=quantity,
            unit_price=found.get("unit_price"),
            amount=amount,
            original=_original_of_row(found.get("original"), found.get("original_date")),
            paid_on=found.get("paid_on"),
        )

    def _day(self, text: str) -> date:
        found = day(text, self._dates)
        if not FIRST_DAY <= found <= self._latest:
            raise CellError("date_out_of_range")
        return found

    def _original(self, text: str) -> tuple[str, date | None] | None:
        named = document_name(text)
        if named.kind == "other":  # 1C names orders, requests and contracts too
            return None
        return named.number, self._day(named.day) if named.day else None

    def _past_day(self, text: str) -> date:
        found = self._day(text)
        if found > self._latest - AHEAD:
            raise CellError("date_out_of_range")
        return found

    def _known_currency(self, text: str) -> str:
        found = currency(text)
        if found not in self._currencies:
            raise CellError("currency")
        return found


def _cell(meaning: Callable[[str], Any], most_characters: int) -> Callable[[str], Any]:
    """A cached reader for the cells of a column; None for an empty cell."""

    @lru_cache(maxsize=4096)
    def read(cell: str) -> Any:
        text = " ".join(cell.split())
        if len(text) > most_characters:
            raise CellError("too_long")
        return meaning(text) if text else None

    return read


def _document(text: str) -> DocumentName:
    found = document_name(text)
    if is_spoilt(found.number):
        raise CellError("spoilt")
    return found


def _code(text: str) -> str:
    if is_spoilt(text):
        raise CellError("spoilt")
    return text


def _original_of_row(named: tuple[str, date | None] | None, own_day: date | None) -> tuple[str, date | None] | None:
    """Number and day of the original sale, or None. `own_day`, from a column of its own, comes first."""
    if named is None:
        return None if own_day is None else ("", own_day)
    number, day = named
    return number, own_day or day


_CUSTOMER: tuple[FieldName, ...] = ("customer", "customer_name", "inn", "kpp")


@lru_cache(maxsize=4096)
def customer(code: str, name: str, inn: str, kpp: str) -> Customer:
    """The code identifies a customer; without a code INN and KPP; without these the name."""
    if len(inn) == 12:
        kpp = ""  # a sole trader has no KPP
    return Customer(customer_key(code, name, inn, kpp), name or code or inn, inn or None, kpp or None)


# --- documents --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class DocumentDraft:
    """The rows of one document. With a `code`, all of them are left out for this reason.

    `placed`: the series in which it is recorded, if that is not its own.
    """

    rows: list[SaleRow] = dataclass_field(default_factory=list)
    code: str = ""
    field: FieldName | Literal[""] = ""
    originals: set[tuple[str, date | None]] = dataclass_field(default_factory=set)
    payments: set[date] = dataclass_field(default_factory=set)
    placed: str = ""

    @property
    def number(self) -> str:
        return self.rows[0].number

    @property
    def title(self) -> str:
        """The number as the file writes it, where that is not its form for comparison."""
        shown = self.rows[0].shown
        return "" if shown == self.number else shown

    @property
    def business_date(self) -> date:
        return self.rows[0].business_date

    @property
    def customer(self) -> Customer:
        return self.rows[0].customer

    @property
    def currency(self) -> str:
        return self.rows[0].currency

    @property
    def is_return(self) -> bool:
        """Marked as a return, or with negative quantities only."""
        if self.rows[0].returned:
            return True
        return all(row.quantity <= 0 for row in self.rows) and any(row.quantity < 0 for row in self.rows)

    @property
    def series(self) -> str:
        """1C restarts the numbers of each kind of document every year."""
        if self.placed:
            return self.placed
        return f"{self.business_date.year}-returns" if self.is_return else str(self.business_date.year)

    @property
    def is_marked(self) -> bool:
        """The file tells whether it is a sale or a return, beside the signs of its sums."""
        return self.rows[0].returned or self.rows[0].kind is not None

    @property
    def lines(self) -> list[SaleLine]:
        return [SaleLine.of(row.sku, row.name, row.quantity, row.unit_price, row.amount) for row in self.rows]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def original(self) -> Original | None:
        """The original sale of a return; a sale has none, whatever its rows name."""
        if not self.originals or not self.is_return:
            return None
        [(number, day)] = self.originals
        return original_of_return(number, day, self.business_date)

    @property
    def paid_on(self) -> date | None:
        """The day of full payment of a sale, or None."""
        return None if self.is_return else next(iter(self.payments), None)

    def leave_out(self, code: str, wanted: FieldName | Literal[""] = "") -> None:
        """Keeps the first reason."""
        if not self.code:
            self.code, self.field = code, wanted


class DocumentDrafts:
    """The documents of a part, collected from rows in any order."""

    def __init__(self, most_lines: int) -> None:
        self._most_lines = most_lines
        self._drafts: dict[tuple[str, bool, int], DocumentDraft] = {}
        self._wrong: set[str] = set()

    def add(self, row: SaleRow) -> None:
        draft = self._drafts.setdefault(self._key(row), DocumentDraft())
        if len(draft.rows) == self._most_lines:
            draft.leave_out("too_many_lines")
            return
        draft.rows.append(row)
        if row.original:
            draft.originals.add(row.original)
        if row.paid_on:
            draft.payments.add(row.paid_on)
        if row.business_date != draft.business_date:
            draft.leave_out("date_differs", "business_date")
        elif row.customer.ref != draft.customer.ref:
            draft.leave_out("customer_differs", "customer")
        elif row.currency != draft.currency:
            draft.leave_out("currency_differs", "currency")

    def spoil(self, number: str) -> None:
        """Leaves out every document of this number, since the date of a wrong row may be wrong too."""
        if number:
            self._wrong.add(number)

    def settle(self) -> None:
        """Judges the documents after the last row."""
        seen: dict[tuple[str, str], DocumentDraft] = {}
        for draft in self._drafts.values():
            if draft.number in self._wrong:
                draft.leave_out("document_left_out")
            other = seen.setdefault((draft.series, draft.number), draft)
            if other is not draft:
                # One draft is marked as a return, the other has negative quantities only.
                draft.leave_out("mark_differs", "return_flag")
                other.leave_out("mark_differs", "return_flag")
            if draft.originals and draft.is_return:
                _settle_original(draft)
            if len(draft.payments) > 1 and not draft.is_return:
                draft.leave_out("payment_differs", "paid_on")

    def good(self) -> Iterator[DocumentDraft]:
        return (draft for draft in self._drafts.values() if not draft.code)

    def of(self, row: SaleRow) -> DocumentDraft:
        return self._drafts[self._key(row)]

    def left_out(self) -> int:
        """The number of documents that are not recorded."""
        unread = self._wrong - {draft.number for draft in self._drafts.values()}
        return len(unread) + sum(1 for draft in self._drafts.values() if draft.code)

    def _key(self, row: SaleRow) -> tuple[str, bool, int]:
        return row.number, row.returned, row.business_date.year


def _settle_original(draft: DocumentDraft) -> None:
    if len(draft.originals) > 1:
        draft.leave_out("original_differs", "original")
    elif any(day and day > draft.business_date for _, day in draft.originals):
        draft.leave_out("original_after_return", "original_date")


# --- the recorded document --------------------------------------------------------------------------------------------

NEAR_NEW_YEAR = timedelta(days=45)
Likeness = Literal["same", "unclear", "other"]


def series_beside(draft: DocumentDraft) -> list[str]:
    """The series in which the document may be recorded, beside its own.

    That of the other sign, unless the file tells whether it is a sale or a return; and that of the next year, near New Year.
    """
    year, _, kind = draft.series.partition("-")
    found = []
    if not draft.is_marked:
        found.append(year if kind else f"{year}-returns")
    for near in (draft.business_date - NEAR_NEW_YEAR, draft.business_date + NEAR_NEW_YEAR):
        if near.year != draft.business_date.year:
            found.append(f"{near.year}-{kind}" if kind else str(near.year))
    return found


def moved_across_new_year(draft: DocumentDraft, recorded_on: date, total: Decimal) -> Likeness:
    """Numbers begin anew with the year, so one number on both sides of New Year is one document, if its sum is one."""
    if abs(recorded_on - draft.business_date) > NEAR_NEW_YEAR:
        return "other"
    return "same" if total == draft.total else "unclear"


def turned(draft: DocumentDraft, recorded_on: date, amounts: Sequence[Decimal]) -> Likeness:
    """Whether a document whose sum has the other sign is a correction of the recorded one of that day.

    A sale that was nothing but a sale is no correction of a return: either may have the number.
    """
    if recorded_on != draft.business_date:
        return "other"
    mine, recorded = (
        {amount > 0 for amount in several if amount} for several in ((line.amount for line in draft.lines), amounts)
    )
    return "unclear" if mine and recorded and mine.isdisjoint(recorded) else "same"


# --- the import -------------------------------------------------------------------------------------------------------

ImportState = Literal["waiting_for_upload", "expired", "splitting", "writing", "done", "failed"]
STALLED_AFTER = timedelta(hours=1)


def visible_state(state: ImportState, upload_until: datetime, now: datetime) -> ImportState:
    return "expired" if state == "waiting_for_upload" and now > upload_until else state


def is_stalled(state: ImportState, progress_at: datetime, now: datetime) -> bool:
    """True when nothing moved for longer than any step takes: its message is in the dead-letter queue."""
    return state in ("splitting", "writing") and now - progress_at > STALLED_AFTER
