"""What the rows of a sales file say, and which of its documents can be recorded. Pure.

A document is recorded whole or not at all: where one of its rows is wrong, all of its rows are left out and reported.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from chalicelib.exchange.columns import rules as columns_rules
from chalicelib.exchange.columns.rules import (
    FIELDS,
    REQUIRED,
    CellError,
    DateOrder,
    DecimalMark,
    FieldName,
    by_name,
    currency,
    day,
    flag,
    inn,
    kpp,
    number,
    numbered,
)
from chalicelib.sales import Original

# What is wrong with a row, in English and in Russian.
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
    "customer_unknown": ("The club does not know this customer", "Клуб не знает этого покупателя"),
    "company_currency": (
        "The company's account is in another currency",
        "Учёт с этой компанией ведётся в другой валюте",
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
    """Who bought, as the file tells it. `ref` is the file's own word for it, or made of what else there is."""

    ref: str
    name: str
    inn: str | None
    kpp: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row in which every cell has a meaning."""

    row: int
    number: str
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


class Fault(NamedTuple):
    """One wrong cell. Rows are counted as a spreadsheet counts them; `field` is empty where the whole row is meant."""

    row: int
    number: str
    field: FieldName | Literal[""]
    value: str
    code: str


class Reader:
    """Reads the rows of one file, each on its own."""

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
        """`fields`: what the file has columns for. `latest`: documents dated after this day are mistakes, payments `AHEAD` before it."""
        self._currency = currency
        self._currencies = frozenset(currencies)
        self._dates = tuple(dates)
        self._latest = latest
        meanings: dict[FieldName, Callable[[str], Any]] = {
            "document": numbered,
            "business_date": self._day,
            "inn": lambda text: inn(text, inn_is_valid),
            "kpp": kpp,
            "quantity": lambda text: number(text, mark),
            "unit_price": lambda text: number(text, mark),
            "amount": lambda text: number(text, mark),
            "currency": self._known_currency,
            "return_flag": flag,
            "original": lambda text: columns_rules.reference(numbered(text), self._day),
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

    def read(self, row: int, cells: Sequence[str], too_many: bool) -> Row | list[Fault]:
        """The row, or all that is wrong with it. `cells` come in the order of `FIELDS`, empty where there is no such column."""
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
    ) -> list[Fault]:
        texts = {wanted: " ".join(cells[place].split()) for place, wanted, _ in self._columns}
        document = numbered(texts["document"])
        return [Fault(row, document, wanted, texts[wanted] if wanted else "", code) for wanted, code in wrong]

    def _row(self, row: int, found: Mapping[FieldName, Any]) -> Row:
        quantity, amount = found["quantity"], found.get("amount")
        returned = found.get("return_flag", False)
        if returned:
            # Whether a return is written with a minus or without, it takes away.
            quantity, amount = -abs(quantity), None if amount is None else -abs(amount)
        return Row(
            row=row,
            number=found["document"],
            returned=returned,
            business_date=found["business_date"],
            customer=customer(*(found.get(wanted, "") for wanted in _CUSTOMER)),
            currency=found.get("currency", self._currency),
            sku=found.get("sku", ""),
            name=found.get("name", ""),
            quantity=quantity,
            unit_price=found.get("unit_price"),
            amount=amount,
            original=columns_rules.original(found.get("original"), found.get("original_date"), found["document"]),
            paid_on=found.get("paid_on"),
        )

    def _day(self, text: str) -> date:
        found = day(text, self._dates)
        if not FIRST_DAY <= found <= self._latest:
            raise CellError("date_out_of_range")
        return found

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
    """Reads cells of one column, which has few different ones: None for an empty cell."""

    @lru_cache(maxsize=4096)
    def read(cell: str) -> Any:
        text = " ".join(cell.split())
        if len(text) > most_characters:
            raise CellError("too_long")
        return meaning(text) if text else None

    return read


_CUSTOMER: tuple[FieldName, ...] = ("customer", "customer_name", "inn", "kpp")


@lru_cache(maxsize=4096)
def customer(code: str, name: str, inn: str, kpp: str) -> Customer:
    """The file's own code names a customer; without one the INN and KPP do; without those, the name."""
    if len(inn) == 12:
        kpp = ""  # a sole trader has none, whatever the cell says
    ref = code or (f"inn:{inn}/{kpp}".rstrip("/") if inn else f"name:{by_name(name)}")
    return Customer(ref, name or code or inn, inn or None, kpp or None)


# --- documents --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Draft:
    """The rows that a file has of one document. Where `code` is set, all of them are left out for this reason."""

    rows: list[Row] = dataclass_field(default_factory=list)
    code: str = ""
    field: FieldName | Literal[""] = ""
    originals: set[tuple[str, date | None]] = dataclass_field(default_factory=set)
    payments: set[date] = dataclass_field(default_factory=set)

    @property
    def number(self) -> str:
        return self.rows[0].number

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
        """Marked as one, or with nothing in it but what was taken back."""
        if self.rows[0].returned:
            return True
        return all(row.quantity <= 0 for row in self.rows) and any(row.quantity < 0 for row in self.rows)

    @property
    def series(self) -> str:
        """1C numbers each kind of document anew every year: the same number is another document then."""
        return f"{self.business_date.year}-returns" if self.is_return else str(self.business_date.year)

    @property
    def original(self) -> Original | None:
        """The sale that it takes back; what a sale rests on, an order or a contract, is of no interest."""
        if not self.originals or not self.is_return:
            return None
        [(number, day)] = self.originals
        return columns_rules.of_return(number, day, self.business_date)

    @property
    def paid_on(self) -> date | None:
        """The day on which a sale was paid in full; where no row names one, nothing is said of it."""
        return None if self.is_return else next(iter(self.payments), None)

    def leave_out(self, code: str, wanted: FieldName | Literal[""] = "") -> None:
        """The first reason stays."""
        if not self.code:
            self.code, self.field = code, wanted


class Drafts:
    """Documents as their rows come in, in any order."""

    def __init__(self, most_lines: int) -> None:
        self._most_lines = most_lines
        self._drafts: dict[tuple[str, bool, int], Draft] = {}
        self._wrong: set[str] = set()

    def add(self, row: Row) -> None:
        draft = self._drafts.setdefault(self._key(row), Draft())
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
        """A row of this number is wrong, perhaps in its date: no document of this number is recorded."""
        if number:
            self._wrong.add(number)

    def settle(self) -> None:
        """All rows were added."""
        seen: dict[tuple[str, str], Draft] = {}
        for draft in self._drafts.values():
            if draft.number in self._wrong:
                draft.leave_out("document_left_out")
            other = seen.setdefault((draft.series, draft.number), draft)
            if other is not draft:
                # One half is marked as a return, the other has nothing but negative quantities.
                draft.leave_out("mark_differs", "return_flag")
                other.leave_out("mark_differs", "return_flag")
            if draft.originals and draft.is_return:
                _settle_original(draft)
            if len(draft.payments) > 1 and not draft.is_return:
                draft.leave_out("payment_differs", "paid_on")

    def good(self) -> Iterator[Draft]:
        return (draft for draft in self._drafts.values() if not draft.code)

    def of(self, row: Row) -> Draft:
        """The document that this row belongs to."""
        return self._drafts[self._key(row)]

    def left_out(self) -> int:
        """How many documents are not recorded."""
        unread = self._wrong - {draft.number for draft in self._drafts.values()}
        return len(unread) + sum(1 for draft in self._drafts.values() if draft.code)

    def _key(self, row: Row) -> tuple[str, bool, int]:
        return row.number, row.returned, row.business_date.year


def _settle_original(draft: Draft) -> None:
    if len(draft.originals) > 1:
        draft.leave_out("original_differs", "original")
    elif any(day and day > draft.business_date for _, day in draft.originals):
        draft.leave_out("original_after_return", "original_date")


# --- the import -------------------------------------------------------------------------------------------------------

ImportState = Literal["waiting_for_upload", "expired", "splitting", "writing", "done", "failed"]
STALLED_AFTER = timedelta(hours=1)


def shown_state(state: ImportState, upload_until: datetime, now: datetime) -> ImportState:
    return "expired" if state == "waiting_for_upload" and now > upload_until else state


def is_stalled(state: ImportState, progress_at: datetime, now: datetime) -> bool:
    """Nothing moved for longer than any step may take: its message lies in the dead-letter queue, for the operators."""
    return state in ("splitting", "writing") and now - progress_at > STALLED_AFTER
