"""Rows of sales: the cells of a row become one line of a document, or the faults that forbid it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple

from chalicelib.exchange.columns import cells as read
from chalicelib.exchange.columns import dates
from chalicelib.exchange.columns.dates import SlashOrder
from chalicelib.exchange.columns.fields import REQUIRED, FieldName
from chalicelib.exchange.columns.model import CellError, DecimalMark, TypedMoment, TypedNumber
from chalicelib.exchange.columns.numbers import is_nothing, is_percent, number, typed_number
from chalicelib.exchange.reading.rules import FIRST_DAY, CellFault, SaleRow, customer, status_of
from chalicelib.platform.spelling.words import is_spoilt, spelled
from chalicelib.sales import WordKind, document_name, word_kind

MOST_CHARACTERS: dict[FieldName, int] = {
    "document": 200,
    "customer": 100,
    "customer_name": 300,
    "sku": 100,
    "name": 300,
    "original": 250,
    "kind": 200,
    "contract": 1000,
}
MOST_CONTRACT = 100  # that is kept: a longer one is no fault of the sale
MOST_OTHER_CHARACTERS = 100
# Their letters have two bytes: a key with two numbers holds 1,024.
KEYED: AbstractSet[FieldName] = {"document", "customer", "sku"}
MOST_SHOWN = 1000  # characters of a wrong cell
ZERO = Decimal(0)
CENT = Decimal("0.01")

_Meaning = Callable[[str], Any]
AmountSource = Literal["amount", "net", "net_plus_vat", "net_plus_rate", "price", "price_plus_vat"]
DiscountKind = Literal["share", "percent", "sum"]


@dataclass(frozen=True, slots=True)
class Terms:
    """Facts of the club beside the file. `latest`: the last valid day, see `AHEAD`. `is_late`: True once the time for reading is over."""

    currency: str
    currencies: frozenset[str]
    latest: date
    zone: tzinfo
    inn_is_valid: Callable[[str], bool]
    is_late: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Conventions:
    """Decisions for the whole file. `unsigned`: a negative quantity stands beside a positive amount that means its negative.

    `signed_returns`: rows that are told to be returns have a minus. `sums_of_documents`: each row may show the sum of its document.
    `orders_beside`: orders stand beside the sales that came of them, perhaps under one number.
    """

    mark: DecimalMark = "comma"
    slashes: SlashOrder = "dmy"
    serials: bool = False
    source: AmountSource = "price"
    discount: DiscountKind | None = None
    unsigned: bool = False
    signed_returns: bool = False
    orders_are_sales: bool = False
    orders_beside: bool = False
    sums_of_documents: bool = False
    return_words: frozenset[str] = frozenset()
    sale_words: frozenset[str] = frozenset()
    cancelled_words: frozenset[str] = frozenset()
    valid_words: frozenset[str] = frozenset()


class Document(NamedTuple):
    number: str
    shown: str
    kind: WordKind | None
    day: date | None


@dataclass(slots=True)
class Written:
    """The numbers of a row as the file writes them, for its own totals; None where there is none or it cannot be read."""

    quantity: Decimal | None = None
    amount: Decimal | None = None


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one file. `fields`: those with a column, in the order of the cells that `read` takes."""

    fields: Sequence[FieldName]
    constants: Mapping[FieldName, str]
    terms: Terms
    conventions: Conventions
    zone: tzinfo
    ignored_inns: int = 0
    services: int = 0
    _columns: list[tuple[int, FieldName, _Meaning, _Meaning]] = field(default_factory=list)
    _constants: dict[FieldName, Any] = field(default_factory=dict)
    _required: list[list[FieldName]] = field(default_factory=list)
    _all_required: frozenset[FieldName] = frozenset()
    _states: tuple[FieldName, ...] = ()
    _tells_kinds: bool = False

    def __post_init__(self) -> None:
        mark = self.conventions.mark
        numeric = _numeric(mark)
        meanings: dict[FieldName, Callable[[str], Any]] = {
            "document": self._document,
            "business_date": self._day,
            "customer": _key,
            "customer_name": _key,
            "inn": lambda text: read.tax_numbers(text, self.terms.inn_is_valid),
            "kpp": read.kpp,
            "quantity": numeric,
            "unit_price": numeric,
            "amount": numeric,
            "net_amount": numeric,
            "vat": partial(vat_rate, mark=mark) if self.conventions.source == "net_plus_rate" else _vat(mark),
            "discount": self._discount,
            "currency": self._currency,
            "kind": self._kind,
            "return_flag": read.flag,
            "original": lambda text: read.read_reference(text, self._day),
            "original_date": self._day,
            "paid_on": self._day,
            "contract": lambda text: None if is_spoilt(text) else text[:MOST_CONTRACT],
            "status": self._is_off,
            "posted": lambda text: not read.flag(text),
            "cancelled": self._is_cancelled,
        }
        unread: set[FieldName] = {"vat", "net_amount"} if self.conventions.source in ("amount", "price") else set()
        if self.conventions.source not in ("price", "price_plus_vat"):
            unread.add("discount")
        self._columns = [
            (place, wanted, *_cell(wanted, meanings.get(wanted, str)))
            for place, wanted in enumerate(self.fields)
            if wanted not in unread
        ]
        for wanted, text in self.constants.items():
            self._constants[wanted] = Decimal(text) if wanted == "quantity" else meanings.get(wanted, str)(text)
        has = {wanted for _, wanted, *_ in self._columns} | self._constants.keys()
        self._tells_kinds = "kind" in self.fields
        self._required = [
            [wanted for wanted in several if wanted in has]
            for several in REQUIRED
            if several not in (("business_date",), ("quantity",), REQUIRED[-1])
        ]
        self._all_required = frozenset(wanted for several in self._required for wanted in several)
        self._states = tuple(wanted for wanted in _STATES if wanted in has)

    def read(self, row: int, cells: Sequence[str], too_many: bool = False) -> tuple[SaleRow | list[CellFault], Written]:
        """The row, or all its faults, and its numbers as written. `cells` are in the order of `fields`."""
        wrong: list[tuple[FieldName | Literal[""], str]] = [("", "too_many_cells")] if too_many else []
        found: dict[FieldName, Any] = dict(self._constants)
        for place, wanted, of_text, of_typed in self._columns:
            if cell := cells[place]:
                try:
                    value = of_text(cell) if type(cell) is str else of_typed(cell)
                except CellError as reason:
                    if wanted == "inn" and str(reason) == "inn" and self._is_named(cells):
                        self.ignored_inns += 1
                        continue
                    wrong.append((wanted, str(reason)))
                else:
                    if value is not None:
                        found[wanted] = value
        written = Written(found.get("quantity"))
        faulty = {wanted for wanted, _ in wrong} if wrong else _NO_FIELDS
        if not found.keys() >= self._all_required:
            wrong += [
                (several[0], "missing")
                for several in self._required
                if found.keys().isdisjoint(several) and faulty.isdisjoint(several)
            ]
        document: Document | None = found.get("document")
        day = found.get("business_date") or (document.day if document else None)
        if day is None and "business_date" not in faulty and document is not None:
            wrong.append(("business_date", "missing"))
        amount = self._amount(found, faulty, wrong)
        # A file totals what it writes, and it writes rates instead of VAT.
        written.amount = found.get("net_amount") if self.conventions.source == "net_plus_rate" else amount
        returned = self._returned(found, document, amount, wrong)
        quantity = found.get("quantity")
        if quantity is None and "quantity" not in faulty:
            if amount and self.conventions.source not in ("price", "price_plus_vat"):
                quantity = ZERO  # a service
                self.services += 1
            else:
                wrong.append(("quantity", "missing"))
        if self._states and document and day and any(found.get(wanted, False) for wanted in self._states):
            # Nothing of it counts, so nothing of it needs to be right.
            left_out = self._row(row, found, document, day, quantity or ZERO, amount or ZERO, returned)
            return left_out._replace(cancelled=True), written
        if not wrong and amount and quantity and quantity < 0 < amount and not returned:
            if self.conventions.unsigned:
                amount = -amount
            else:
                wrong.append(("amount", "sign_differs"))
        if returned and self.conventions.signed_returns and _is_positive(quantity, amount):
            wrong.append(("quantity", "return_sign"))
        if wrong or document is None or day is None or quantity is None:
            return self._faults(row, cells, wrong), written
        return self._row(row, found, document, day, quantity, amount, returned), written

    def _amount(
        self, found: Mapping[FieldName, Any], faulty: AbstractSet[str], wrong: list[tuple[FieldName | Literal[""], str]]
    ) -> Decimal | None:
        """The amount of the row as the file means it, or None with a fault."""
        source = self.conventions.source
        if source == "amount":
            amount: Decimal | None = found.get("amount")
            if amount is None and "amount" not in faulty:
                if found.get("unit_price") == 0:
                    return ZERO  # goods for nothing
                wrong.append(("amount", "missing"))
            return amount
        if source in ("net", "net_plus_vat", "net_plus_rate"):
            if "net_amount" not in found:
                if "net_amount" not in faulty:
                    wrong.append(("net_amount", "missing"))
                return None
            net: Decimal = found["net_amount"]
            vat: Decimal = ZERO if source == "net" else found.get("vat", ZERO)
            return net + ((net * vat).quantize(CENT, ROUND_HALF_UP) if source == "net_plus_rate" else vat)
        price = self._price(found, faulty, wrong)
        return None if price is None else price + (found.get("vat", ZERO) if source == "price_plus_vat" else ZERO)

    def _price(
        self, found: Mapping[FieldName, Any], faulty: AbstractSet[str], wrong: list[tuple[FieldName | Literal[""], str]]
    ) -> Decimal | None:
        """Quantity times price less the discount, or None with a fault."""
        if "unit_price" not in found:
            if "unit_price" not in faulty:
                wrong.append(("unit_price", "missing"))
            return None
        if "quantity" not in found:
            return None
        total: Decimal = found["quantity"] * found["unit_price"]
        discount: Decimal = found.get("discount", ZERO)
        if not discount:
            return total
        kind = self.conventions.discount
        if total < 0:
            discount = abs(discount)  # some systems write it with the minus of a return
        if discount < 0:
            wrong.append(("discount", "discount_negative"))
            return None
        if discount > (abs(total) if kind == "sum" else 100 if kind == "percent" else 1):
            wrong.append(("discount", "discount_too_large"))
            return None
        if kind == "sum":
            return total - (discount if total >= 0 else -discount)
        return total * (1 - discount / (100 if kind == "percent" else 1))

    def _returned(
        self,
        found: Mapping[FieldName, Any],
        document: Document | None,
        amount: Decimal | None,
        wrong: list[tuple[FieldName | Literal[""], str]],
    ) -> bool:
        kind: WordKind | None = found.get("kind")
        field_name: FieldName = "kind"
        if kind is None and document is not None:
            kind, field_name = document.kind, "document"
        if kind is None and amount and self._tells_kinds and ("kind", "kind") not in wrong:
            wrong.append(("kind", "missing"))  # beside rows that tell it, nobody knows whether this one is a return
        if kind == "purchase" or (kind == "other" and not self.conventions.orders_are_sales):
            wrong.append((field_name, "not_a_sale"))
        return kind == "return" or bool(found.get("return_flag", False))

    def _faults(
        self, row: int, cells: Sequence[str], wrong: Sequence[tuple[FieldName | Literal[""], str]]
    ) -> list[CellFault]:
        texts = {wanted: " ".join(str(cells[place]).split()) for place, wanted in enumerate(self.fields)}
        document = document_name(texts.get("document", "")).number
        if self.conventions.orders_beside and wrong and all(code == "not_a_sale" for _, code in wrong):
            document = spelled(
                f"{texts.get('kind', '')} {texts['document']}"
            )  # the sale of this number is another document
        return [
            CellFault(row, document, wanted, texts.get(wanted, "")[:MOST_SHOWN] if wanted else "", code)
            for wanted, code in wrong
        ]

    def _row(
        self,
        row: int,
        found: Mapping[FieldName, Any],
        document: Document,
        day: date,
        quantity: Decimal,
        amount: Decimal | None,
        returned: bool,
    ) -> SaleRow:
        if returned:
            # Some systems write returns with a minus, others without.
            quantity, amount = -abs(quantity), None if amount is None else -abs(amount)
        tax: read.TaxNumbers = found.get("inn", _NO_TAX)
        get = found.get
        original, original_day = get("original"), get("original_date")
        # By place: it takes a third of the time, and this is done for every row.
        return SaleRow(
            row,
            get("sku", ""),
            get("name", ""),
            quantity,
            get("unit_price"),
            amount,
            document.number,
            document.shown,
            get("kind", document.kind),
            returned,
            day,
            customer(get("customer", ""), get("customer_name", ""), tax.inn, get("kpp", "") or tax.kpp),
            get("currency", self.terms.currency),
            read.original_of_row(original, original_day) if original or original_day else None,
            get("paid_on"),
            False,
            get("contract", ""),
        )

    def _is_named(self, cells: Sequence[str]) -> bool:
        """True where the row tells its customer by a code or a name, so that a wrong INN can be left out."""
        return any(
            wanted in ("customer", "customer_name") and cells[place].strip() for place, wanted in enumerate(self.fields)
        ) or bool({"customer", "customer_name"} & self.constants.keys())

    # --- cells ---

    def _document(self, text: str) -> Document:
        named = document_name(text)
        if isinstance(text, TypedMoment) or is_spoilt(text) or is_spoilt(named.number):
            raise CellError("spoilt")
        return Document(named.number, named.shown, named.kind, self._day(named.day) if named.day else None)

    def _kind(self, text: str) -> WordKind:
        words = spelled(text).casefold()
        if words in self.conventions.return_words:
            return "return"
        if words in self.conventions.sale_words:
            return "sale"
        kind = word_kind(text)
        if kind is None:
            raise CellError("kind")
        return kind

    def _day(self, text: str) -> date:
        if isinstance(text, TypedMoment | TypedNumber):
            found = dates.typed_day(text)
        else:
            found = dates.day(text, self.conventions.slashes, self.zone, self.conventions.serials)
        if not FIRST_DAY <= found <= self.terms.latest:
            raise CellError("date_out_of_range")
        return found

    def _is_off(self, text: str) -> bool:
        found = status_of(text, self.conventions.cancelled_words, self.conventions.valid_words)
        if found == "unclear":
            raise CellError("status")  # one of more than the survey looks at
        return found == "cancelled"

    def _is_cancelled(self, text: str) -> bool:
        try:
            return read.flag(text)
        except CellError:
            return bool(self._day(text))

    def _currency(self, text: str) -> str:
        found = read.currency(text)
        if found not in self.terms.currencies:
            raise CellError("currency")
        return found

    def _discount(self, text: str) -> Decimal | None:
        if not is_percent(text):
            return _numeric(self.conventions.mark)(text)
        value = number(text.rstrip("% "), self.conventions.mark)
        return value / 100 if self.conventions.discount == "share" else value


def _is_positive(quantity: Decimal | None, amount: Decimal | None) -> bool:
    numbers = [value for value in (quantity, amount) if value]
    return bool(numbers) and min(numbers) > 0


_STATES: tuple[FieldName, ...] = ("status", "posted", "cancelled")
_NO_TAX = read.TaxNumbers("", "")
_NO_FIELDS: frozenset[str] = frozenset()


def _key(text: str) -> str:
    if isinstance(text, TypedMoment) or is_spoilt(text):
        raise CellError("spoilt")
    return spelled(text)


def _numeric(mark: DecimalMark) -> Callable[[str], Decimal | None]:
    def value(text: str) -> Decimal | None:
        if isinstance(text, TypedNumber):
            return typed_number(text)
        return None if is_nothing(text) else number(text, mark)

    return value


_NO_VAT = frozenset({"без ндс", "не облагается", "ндс не облагается", "exempt", "none", "нет"})


def _vat(mark: DecimalMark) -> Callable[[str], Decimal | None]:
    numeric = _numeric(mark)
    return lambda text: ZERO if text.casefold() in _NO_VAT else numeric(text)


_RATE = re.compile(r"(?:ндс|vat)?\W*(?P<rate>\d{1,2}(?:[.,]\d+)?)\s*%", re.IGNORECASE)


def vat_rate(text: str, mark: DecimalMark) -> Decimal | None:
    """A rate of VAT as a share: `20%`, `НДС 20%`, 20 or 0.2; None for an empty cell. Raises CellError."""
    if text.casefold() in _NO_VAT:
        return ZERO
    if found := _RATE.fullmatch(text):
        return Decimal(found["rate"].replace(",", ".")) / 100
    value = _numeric(mark)(text)
    return value / 100 if value and value >= 1 else value


def _cell(wanted: FieldName, meaning: _Meaning) -> tuple[_Meaning, _Meaning]:
    """A cached reader for the texts of a column, and one for typed cells, of which equal texts may differ; None for an empty cell."""
    most_characters = MOST_CHARACTERS.get(wanted, MOST_OTHER_CHARACTERS)
    most_bytes = most_characters * (2 if wanted in KEYED else 4)

    def plain(cell: str) -> Any:
        typed = type(cell)
        text = typed(" ".join(cell.split()))
        if len(text) > most_characters or len(text.encode()) > most_bytes:
            raise CellError("too_long")
        return meaning(text) if text else None

    return lru_cache(maxsize=4096)(plain), plain
