"""The first reading of a file: every number and date of it is looked at, row by row. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from chalicelib.companies import customer_key
from chalicelib.exchange.columns.cells import currency_in, first_words, is_total, is_within_total, named
from chalicelib.exchange.columns.dates import SlashOrder, day, is_serial, slash_order
from chalicelib.exchange.columns.fields import VAT_RATES, FieldName
from chalicelib.exchange.columns.headings import field_of, heading_key
from chalicelib.exchange.columns.model import CellError, DecimalMark, TypedMoment, TypedNumber
from chalicelib.exchange.columns.numbers import Shape, is_nothing, number, shape, typed_number
from chalicelib.exchange.reading.places import Place
from chalicelib.exchange.reading.twins import Twins
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.platform import spelled
from chalicelib.sales import word_kind

NUMBERS: tuple[FieldName, ...] = ("quantity", "unit_price", "amount", "net_amount", "vat", "discount")
_SAMPLE = 3000  # rows whose arithmetic is looked at
_MOST_WORDS = 200
_HEADINGS = 3  # known ones that make a row of headings
_SHORT = len("26-01-12")
_NUMBERS = re.compile(r"(\d{1,4})[.-](\d{1,2})[.-](\d{1,4})(?:[ T].*)?")
_SHORT_WORD = 3  # letters, as of `от` or `doc`
_RETURNS = re.compile(r"возвра[тщ]|refund|returned", re.IGNORECASE)
_OF_RETURNS = re.compile(
    r"номер|№|дат[аы]|код|проц|%|срок|дн[ея]|причин|документ|number|\bno\b|date|code|rate|reason|days|policy",
    re.IGNORECASE,
)
# Marks of returns that may as well be numbers of returned pieces.
_FLAGS = frozenset(map(heading_key, ("возврат", "return", "returned")))
_A_DAY = re.compile(r"\bдат[аы]\b|\bdate\b|datum\b|\bday\b|\bпериод\b", re.IGNORECASE)
_NOT_ZERO = re.compile("[1-9]")
_RATES = frozenset(map(heading_key, VAT_RATES.split("; ")))
_DISCOUNT = re.compile(
    r"(?<!без )(?<!до )(?<!со )(?<!after )(?<!before )(?:скидк|discount|rabat|remise|descuento|sconto)|"
    r"(?:спис|опла[тч]|использ|потрач)\w*\W+(?:\w+\W+)?(?:бонус|балл)|(?:бонус|балл)\w*\W+(?:спис|использ|потрач)|points? (?:used|spent)|"
    r"\bused (?:loyalty |bonus )?points|\bredeemed|\bredemption|(?:купон|coupon)\w*\W+(?:сумм|руб|amount|value)|сумм\w* (?:по )?купон",
    re.IGNORECASE,
)
_TAX = re.compile(
    r"ндс|пдв|налог|акциз|\b(?:vat|tax|[csi]?gst|tps|tvq|[phq]st|cess|excise|levy|mwst|tva|iva|btw)\b", re.IGNORECASE
)
_NO_TAX = re.compile(
    r"\bбез\b|ставка|\bс ндс\b|вкл|номер|код|инн|rate|excl|\bex\b|without|incl|number|code|\bid\b|total", re.IGNORECASE
)
_PRICE = re.compile(r"\bцена\b|\bprice\b|preis\b|\bprix\b|\brate\b", re.IGNORECASE)
_WITHOUT_VAT = re.compile(
    r"без (?:уч[её]та )?ндс|без налог|excl|\bex\.? (?:vat|tax|gst)\b|before tax|\bnet\b|\bht\b|netto|ohne mwst",
    re.IGNORECASE,
)
_DELIVERY = re.compile(r"shipping|доставк|freight|postage|\bdelivery\b", re.IGNORECASE)
_OF_DELIVERY = re.compile(
    r"дат[аы]|способ|адрес|номер|служб|метод|город|date|method|address|number|status|name|company|city|zip|country|phone|street|province|\bno\b|\bid\b|tax|ндс",
    re.IGNORECASE,
)
_DOCUMENT_SUM = re.compile(
    r"\W*(?:(?:общая )?(?:сумма|стоимость)|итог\w*(?: по)?) (?:отправлени|документ|заказ|накладн|чек)\w*\W*|"
    r"\W*(?:order|shipment|document|invoice|receipt) (?:total|amount|sum|value)\W*",
    re.IGNORECASE,
)
# Of a whole order in a row of its first line: what its lines are worth, delivery, VAT, and what was paid.
_ORDER_SUMS = ("subtotal", "shipping", "taxes", "total")

Example = tuple[int, str]


@dataclass(slots=True)
class Column:
    """The shapes of the numbers in one column, with the first example of each."""

    shapes: Counter[Shape] = field(default_factory=Counter)
    examples: dict[Shape, Example] = field(default_factory=dict)

    def count(self, found: Shape, line: int, text: str) -> None:
        self.shapes[found] += 1
        if found not in self.examples:
            self.examples[found] = (line, text)


class _Number(NamedTuple):
    """A number as its cell writes it. `bare`: it begins and ends with a digit, so it has no sign and no currency."""

    text: str
    shape: Shape
    bare: bool


@lru_cache(maxsize=16384)
def _number_in(cell: str) -> _Number | None:
    """None for a cell without a number."""
    text = cell.strip()
    if not text or is_nothing(text):
        return None
    return _Number(text, shape(text), text[0].isdigit() and text[-1].isdigit())


@lru_cache(maxsize=4096)
def _name_key(name: str) -> str:
    return customer_key("", name, "", "")


class Survey:
    """Counts over all rows of the file."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.columns: dict[FieldName, Column] = {}
        self.slashes: dict[str, Example] = {}
        self.days = 0
        self.serial_days = 0
        self.wrong_days = 0
        self.wrong_day: Example | None = None
        self.turned_day: Example | None = None  # the first that is a day only with day and month the other way round
        self.sound_day: Example | None = None
        self.opposite = 0  # a negative quantity beside a positive amount
        self.opposite_at: Example | None = None
        self.together = 0  # both negative
        self.straight = False  # both positive in some row
        self.positive = False  # a sum is
        self.negative_at: Example | None = None
        self.signed_returns = False  # a row that is told to be a return has a minus
        self.kinds = Counter[str]()
        self.documents = Counter[str]()
        self.invoice = ""  # the first document that is shown as `Счет-фактура`
        self.other_sale = ""  # the first sale that is shown as another document
        self.unknown: set[str] = set()  # kinds of documents, as they are shown, that are not known
        self.statuses = Counter[str]()
        self.sample: list[tuple[int, dict[FieldName | int, str]]] = []
        self.rows = 0
        self.paid = False  # some cell of payments is a day
        self.unpaid = ""  # the first that is none
        self.same_amounts = 0  # rows of one document with other goods and the same sum as the row above
        self.other_amounts = 0
        self.money: dict[str, Example] = {}  # currencies that stand in cells
        self.returns_apart: tuple[int, Example] | None = None
        self.short_days: set[str] = set()  # such as 26-01-12, of which either end may be the year
        self.short_dotted: set[str] = set()  # such as 26.01.12
        self.names_of: dict[str, dict[str, str]] = {}  # of the first codes: names by their keys
        self.discount_of_order: Example | None = None
        self.repeated_sums: set[str] = set()  # of documents whose rows all have one sum
        self.repeated_documents = 0
        self.varied = False  # a document has rows with different sums
        self._above: tuple[str, Sequence[str]] = ("", ())
        self._alike: bool | None = None  # of the document above: all its rows have one sum; None where it has one row
        columns, names = place.heading.columns, place.names
        read = {*columns.values(), *place.heading.key}
        self._numbers = [(wanted, columns[wanted]) for wanted in NUMBERS if wanted in columns]
        self._sum = columns.get("amount", -1)
        factors: tuple[FieldName, ...] = ("quantity", "unit_price")
        self._factors = [columns[wanted] for wanted in factors if wanted in columns]
        words: tuple[tuple[Counter[str], FieldName], ...] = ((self.kinds, "kind"), (self.statuses, "status"))
        self._words = [(counter, columns[wanted]) for counter, wanted in words if wanted in columns]
        self.twins = Twins(columns)
        # Below `Оплачено`, a bare number is money.
        dated = "paid_on" in columns and _A_DAY.search(names[columns["paid_on"]])
        self._no_payment = ("wrong",) if dated else ("wrong", "serial")
        named = {"customer", "customer_name"} <= columns.keys()
        self._named_codes = (columns["customer"], columns["customer_name"]) if named else ()
        keys = list(map(heading_key, names))
        of_shop = "lineitemname" in keys
        # The column of discounts of whole orders, beside rows without them, and those of subtotal, delivery, VAT and total of whole orders.
        self.order_discount = keys.index("discountamount") if of_shop and "discountamount" in keys else -1
        whole = of_shop and all(key in keys for key in _ORDER_SUMS)
        self.order_sums = [keys.index(key) for key in _ORDER_SUMS] if whole else []
        # Of columns that are not read: rates of VAT, discounts, taxes, and a price without VAT.
        beside = [at for at in range(len(keys)) if at not in read]
        self.rates = [at for at in beside if keys[at] in _RATES]
        self.discounts = [at for at in beside if _DISCOUNT.search(names[at])]
        self.net_price = next((at for at in beside if is_net_price(names[at])), -1)
        self.deliveries = [at for at in beside if is_delivery(names[at])]
        self.document_sums = [at for at in beside if _DOCUMENT_SUM.fullmatch(names[at])]
        taxes = [at for at in beside if at not in self.rates and _TAX.search(names[at])]
        self.taxes = [at for at in taxes if not _NO_TAX.search(names[at])]
        sums: tuple[FieldName, ...] = ("amount", "unit_price", "quantity")
        others = [at for wanted in sums for at in place.heading.others.get(wanted, ())]
        others += [*self.rates, *self.discounts, *self.taxes, *self.order_sums, *self.deliveries, *self.document_sums]
        several = {*others, self.net_price} - {-1}
        self._kept: list[tuple[FieldName | int, int]] = [*self._numbers, *((at, at) for at in sorted(several))]
        self._apart = tuple(
            at
            for at, name in enumerate(names)
            if _RETURNS.search(name) and not _OF_RETURNS.search(name) and (at not in read or self._may_count(at))
        )

    def _may_count(self, at: int) -> bool:
        """True for a mark of returns whose numbers may be returned pieces."""
        return at == self.place.heading.columns.get("return_flag") and heading_key(self.place.names[at]) in _FLAGS

    def look(self, line: int, cells: Sequence[str], document: str, day_text: str, *, filtered: bool = False) -> None:
        self.rows += 1
        doubtful = signed = False
        columns = self.place.heading.columns
        for wanted, at in self._numbers:
            cell = cells[at]
            if type(cell) is TypedNumber:
                signed |= cell[0] == "-"
            elif found := _number_in(cell):
                text, mark, bare = found
                if wanted not in self.columns:
                    self.columns[wanted] = Column()
                self.columns[wanted].count(mark, line, text)
                doubtful |= mark == "comma?" or mark == "point?"
                if not bare:
                    signed = True
                    if (told := currency_in(text)) and told not in self.money:
                        self.money[told] = (line, text)
        for at in self._apart:
            if self.returns_apart is None and _NOT_ZERO.search(cells[at]) and shape(cells[at].strip()) != "wrong":
                self.returns_apart = at, (line, cells[at].strip())
        if self.order_discount >= 0 and not self.discount_of_order and _NOT_ZERO.search(cells[self.order_discount]):
            self.discount_of_order = line, cells[self.order_discount].strip()
        if self._named_codes and len(self.names_of) < _MOST_WORDS:
            self._look_at_customer(cells)
        if signed or not self.straight:
            self._look_at_signs(line, cells, columns, document)
        if self._sum >= 0:
            self._look_at_amounts(document, cells)
        if len(self.sample) < _SAMPLE or (doubtful and len(self.sample) < 2 * _SAMPLE):
            self.sample.append((line, {"document": document, **{each: cells[at] for each, at in self._kept}}))
        self.look_at_day(line, day_text, cells)
        if "paid_on" in columns and not self.paid and (text := cells[columns["paid_on"]].strip()):
            self.paid = isinstance(cells[columns["paid_on"]], TypedMoment) or _day_shape(text) not in self._no_payment
            self.unpaid = self.unpaid or text
        if filtered:
            return
        shown = bool(document) and " " in document
        if shown or "kind" in columns:
            self.twins.look(document, cells)
        if shown:
            name = named(document)
            self.documents[name.kind or ""] += 1
            if name.kind == "sale" and not (self.invoice and self.other_sale):
                if is_invoice(document):
                    self.invoice = self.invoice or document
                else:
                    self.other_sale = self.other_sale or document
            if name.kind is None and name.day and len(self.unknown) < _MOST_WORDS:
                self._look_at_words(document, name.shown)
        elif document:
            self.documents[""] += 1
        for counter, at in self._words:
            if (word := spelled(cells[at])) and (word in counter or len(counter) < _MOST_WORDS):
                counter[word] += 1

    def _look_at_words(self, document: str, number: str) -> None:
        words = spelled(document)
        words = words[: words.upper().replace("Ё", "Е").find(number)].strip(" №#")
        if len(words) > _SHORT_WORD:
            self.unknown.add(words[:60])

    def _look_at_customer(self, cells: Sequence[str]) -> None:
        code, name = (spelled(cells[at]) for at in self._named_codes)
        if code and name:
            names = self.names_of.setdefault(code, {})
            if len(names) < 3:
                names.setdefault(_name_key(name), name)

    def _look_at_signs(self, line: int, cells: Sequence[str], columns: Mapping[FieldName, int], document: str) -> None:
        at, beside = columns.get("quantity"), columns.get("amount", columns.get("net_amount"))
        if beside is not None and _is_sum(cells[beside]):
            if not is_negative(cells[beside]):
                self.positive = True
            elif not self.negative_at:
                self.negative_at = line, cells[beside].strip()
        if at is None:
            return
        negative = not cells[at].isdecimal() and is_negative(cells[at])
        negative_beside = beside is not None and is_negative(cells[beside])
        if (negative or negative_beside) and not self.signed_returns:
            self.signed_returns = self._is_return(cells, columns, document)
        if beside is None or (self.straight and not negative) or not (_is_sum(cells[at]) and _is_sum(cells[beside])):
            return
        if not negative:
            self.straight = not negative_beside
        elif negative_beside:
            self.together += 1
        else:
            self.opposite += 1
            self.opposite_at = self.opposite_at or (line, f"{cells[at].strip()}; {cells[beside].strip()}")

    @staticmethod
    def _is_return(cells: Sequence[str], columns: Mapping[FieldName, int], document: str) -> bool:
        told = cells[columns["kind"]] if "kind" in columns else ""
        return (word_kind(told) if told else named(document).kind) == "return"

    def _look_at_amounts(self, document: str, cells: Sequence[str]) -> None:
        at = self._sum
        if document != self._above[0]:
            self.end_document()
        elif document:
            above = self._above[1]
            self._alike = self._alike is not False and cells[at] == above[at]
            for place in self._factors:
                if cells[place] != above[place]:
                    if cells[at] == above[at]:
                        self.same_amounts += 1
                    else:
                        self.other_amounts += 1
                    break
        self._above = (document, cells)

    def end_document(self) -> None:
        """Counts the document above by whether its rows have one sum."""
        if self._alike and _is_sum(shown := self._above[1][self._sum]):
            self.repeated_documents += 1
            if len(self.repeated_sums) < _MOST_WORDS:
                self.repeated_sums.add(shown.strip())
        elif self._alike is False:
            self.varied = True
        self._alike = None

    def look_at_group(self, line: int, cells: Sequence[str], day_text: str) -> None:
        """A row that names a group: its rows may leave the day to it, and its sums show the decimal mark."""
        self.look_at_day(line, day_text, cells)
        for wanted, at in self._numbers:
            if type(cells[at]) is not TypedNumber and (found := _number_in(cells[at])):
                self.columns.setdefault(wanted, Column()).count(found.shape, line, found.text)

    def look_at_day(self, line: int, cell: str, cells: Sequence[str]) -> None:
        """`cells`: of its row. Raises Unreadable where the row is another heading."""
        text = cell.strip()
        if not text:
            return
        self.days += 1
        if isinstance(cell, TypedMoment):
            return
        if len(text) == _SHORT and text[2] == "." and len(self.short_dotted) < _MOST_WORDS:
            self.short_dotted.add(text)
        if isinstance(cell, TypedNumber):
            return
        if (shown := _day_shape(text)) == "day":
            self.sound_day = self.sound_day or (line, text)
            return
        if shown == "serial":
            self.serial_days += 1
        elif shown == "wrong":
            self.wrong_days += 1
            self.wrong_day = self.wrong_day or (line, text)
            if self.turned_day is None and _is_turned(text):
                self.turned_day = line, text
            if field_of(text) and sum(1 for each in cells if field_of(each)) >= _HEADINGS:
                raise Unreadable(
                    "heading_changes", line=line, found=[" ".join(each.split())[:60] for each in cells if each.strip()]
                )
        else:
            if len(text) == _SHORT and "-" in text and len(self.short_days) < _MOST_WORDS:
                self.short_days.add(text)
            self.slashes.setdefault(shown, (line, text))


def is_delivery(heading: str) -> bool:
    """True for the heading of a sum of delivery."""
    return bool(_DELIVERY.search(heading) and not _OF_DELIVERY.search(heading))


def is_net_price(heading: str) -> bool:
    """True for the heading of a price without VAT."""
    return bool(_PRICE.search(heading) and _WITHOUT_VAT.search(heading))


def is_invoice(words: str) -> bool:
    """True for `Счет-фактура`, which 1C writes beside the sale itself."""
    return words.lstrip().casefold().replace("ё", "е").startswith(("счет-фактур", "счет фактур"))


def _is_sum(cell: str) -> bool:
    return bool(cell.strip(" 0,.-"))


def is_negative(cell: str) -> bool:
    text = cell.strip().lstrip("'")
    return bool(text) and (text[0] in "-\u2212\u2013(" or text[-1] == "-")


@lru_cache(maxsize=8192)
def _day_shape(text: str) -> Literal["day", "serial", "wrong"] | SlashOrder | Literal["either"]:
    """The order between slashes, or whether it is a day at all."""
    if order := slash_order(text):
        return order
    if is_serial(text):
        return "serial"
    try:
        day(" ".join(text.split()), "dmy", UTC)
    except CellError:
        return "wrong"
    return "day"


def _is_turned(text: str) -> bool:
    """True for `01.13.2026` and `2026-13-01`."""
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return False
    first, middle, last = found.groups()
    turned = f"{middle}.{first}.{last}" if len(last) > len(first) else f"{first}-{last}-{middle}"
    return _day_shape(turned) == "day"


def is_day(cell: str) -> bool:
    return isinstance(cell, TypedMoment) or _day_shape(cell.strip()) not in ("wrong", "serial")


def value_of(cell: str, mark: DecimalMark) -> Decimal | None:
    """The number in a cell, a share or a percent as it stands; None where it holds none."""
    try:
        return typed_number(cell) if isinstance(cell, TypedNumber) else number(cell.strip().rstrip("% "), mark)
    except CellError:
        return None


# --- rows of totals ---------------------------------------------------------------------------------------------------


def is_total_row(cells: Sequence[str], document: str, day_text: str) -> bool:
    """True for a row of totals. A row with a document or a day of its own is none, whatever its text begins with."""
    return is_total(cells) and _is_label_alone(cells, document, day_text)


def is_row_within_total(cells: Sequence[str], document: str, day_text: str) -> bool:
    """True for a row that tells the VAT within a total."""
    return is_within_total(cells) and _is_label_alone(cells, document, day_text)


def _is_label_alone(cells: Sequence[str], document: str, day_text: str) -> bool:
    first = first_words(cells).strip()
    return all(text.strip() in ("", first) for text in (document, day_text))
