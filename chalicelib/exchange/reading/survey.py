"""The first reading of a file: every number and date of it is looked at, and the conventions are decided for the whole file.

Nothing is decided cell by cell. Where the file does not tell a convention, or contradicts itself, it is refused with examples.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from chalicelib.companies import customer_key
from chalicelib.exchange.columns.cells import currency_in, first_words, is_total, is_within_total, named
from chalicelib.exchange.columns.dates import FORMS, SlashOrder, day, is_serial, slash_order
from chalicelib.exchange.columns.fields import AFTER_DISCOUNT, OF_A_ROW, WITH_VAT, FieldName
from chalicelib.exchange.columns.headings import Heading, field_of, heading_key, letter_of
from chalicelib.exchange.columns.model import CellError, DecimalMark, TypedMoment, TypedNumber
from chalicelib.exchange.columns.numbers import Shape, is_nothing, is_percent, number, shape, typed_number
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.notes import Notes
from chalicelib.exchange.reading.places import Place, refuse_missing
from chalicelib.exchange.reading.rows import AmountSource, Conventions, DiscountKind
from chalicelib.exchange.reading.rules import status_of
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.platform.spelling.words import spelled
from chalicelib.sales import word_kind

NUMBERS: tuple[FieldName, ...] = ("quantity", "unit_price", "amount", "net_amount", "vat", "discount")
_SAMPLE = 3000  # rows whose arithmetic is looked at
_MOST_WORDS = 200
_SIDES = frozenset({"debit", "credit", "дебет", "кредит", "приход", "расход", "in", "out", "плюс", "минус"})
_HEADINGS = 3  # known ones that make a row of headings
_SHORT = len("26-01-12")
_CENT = Decimal("0.011")
_RATES = tuple(Decimal(rate) for rate in ("1.05", "1.07", "1.1", "1.12", "1.18", "1.2", "1.22"))
_VAT = re.compile("ндс|налог|vat|tax|gst", re.IGNORECASE)
_RETURNS = re.compile(r"возвра[тщ]|refund|returned", re.IGNORECASE)
_OF_RETURNS = re.compile(
    r"номер|№|дат[аы]|код|проц|%|срок|дн[ея]|причин|документ|number|\bno\b|date|code|rate|reason|days|policy",
    re.IGNORECASE,
)
_FLAGS = frozenset(
    map(heading_key, ("возврат", "return", "returned"))
)  # that may as well be a number of returned pieces
_MONEY_DISCOUNT = re.compile(r"сумм|руб|amount|lineitem", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_NOT_ZERO = re.compile("[1-9]")
_OF_A_ROW = frozenset(map(heading_key, OF_A_ROW.split("; ")))
_AFTER_DISCOUNT = frozenset(map(heading_key, AFTER_DISCOUNT.split("; ")))
_WITH_VAT = frozenset(map(heading_key, WITH_VAT.split("; ")))

Example = tuple[int, str]


@dataclass(slots=True)
class Column:
    """The shapes of the numbers in one column, with the first example of each."""

    shapes: Counter[Shape] = field(default_factory=Counter)
    examples: dict[Shape, Example] = field(default_factory=dict)

    def look(self, line: int, text: str) -> Shape:
        found = shape(text)
        self.shapes[found] += 1
        if found not in self.examples:
            self.examples[found] = (line, text)
        return found


@dataclass(slots=True)
class Survey:
    """Counts over all rows of the file."""

    place: Place
    columns: dict[FieldName, Column] = field(default_factory=dict)
    others: dict[int, Column] = field(default_factory=dict)
    slashes: dict[str, Example] = field(default_factory=dict)
    days: int = 0
    serial_days: int = 0
    wrong_days: int = 0
    wrong_day: Example | None = None
    opposite: int = 0  # a negative quantity beside a positive amount
    together: int = 0  # both negative
    kinds: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    sample: list[tuple[int, dict[FieldName | int, str]]] = field(default_factory=list)
    rows: int = 0
    same_amounts: int = 0  # rows of one document with other goods and the same sum as the row above
    other_amounts: int = 0
    money: dict[str, Example] = field(default_factory=dict)  # currencies that stand in cells
    returns_apart: tuple[int, Example] | None = None
    short_days: set[str] = field(default_factory=set)  # such as 26-01-12, of which either end may be the year
    names_of: dict[str, dict[str, str]] = field(default_factory=dict)  # of the first codes: names by their keys
    order_discount: int = -1  # the column of discounts of whole orders, beside rows without them
    discount_of_order: Example | None = None
    _apart: tuple[int, ...] = ()
    _above: tuple[str, Sequence[str]] = ("", ())
    _factors: list[int] = field(init=False)
    _numbers: list[tuple[FieldName, int]] = field(init=False)
    _named_codes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        columns = self.place.heading.columns
        self._numbers = [(wanted, columns[wanted]) for wanted in NUMBERS if wanted in columns]
        self._factors = [columns[wanted] for wanted in ("quantity", "unit_price") if wanted in columns]
        read = {*columns.values(), *self.place.heading.key}
        if "customer" in columns and "customer_name" in columns:
            self._named_codes = (columns["customer"], columns["customer_name"])
        keys = list(map(heading_key, self.place.names))
        if "lineitemname" in keys and "discountamount" in keys:
            self.order_discount = keys.index("discountamount")
        names = enumerate(self.place.names)
        self._apart = tuple(
            at
            for at, name in names
            if _RETURNS.search(name) and not _OF_RETURNS.search(name) and (at not in read or self._may_count(at))
        )

    def _may_count(self, at: int) -> bool:
        """True for a mark of returns whose numbers may be returned pieces."""
        return at == self.place.heading.columns.get("return_flag") and heading_key(self.place.names[at]) in _FLAGS

    def look(self, line: int, cells: Sequence[str], document: str, day_text: str) -> None:
        self.rows += 1
        doubtful = False
        columns = self.place.heading.columns
        for wanted, at in self._numbers:
            if not (text := cells[at].strip()) or isinstance(cells[at], TypedNumber):
                continue
            if not is_nothing(text):
                if wanted not in self.columns:
                    self.columns[wanted] = Column()
                doubtful |= self.columns[wanted].look(line, text) in ("comma?", "point?")
                if not text[0].isdigit() or not text[-1].isdigit():
                    self._look_at_money(line, text)
        for at in self._apart:
            if self.returns_apart is None and _NOT_ZERO.search(cells[at]) and shape(cells[at].strip()) != "wrong":
                self.returns_apart = at, (line, cells[at].strip())
        if self.order_discount >= 0 and not self.discount_of_order and _NOT_ZERO.search(cells[self.order_discount]):
            self.discount_of_order = line, cells[self.order_discount].strip()
        if self._named_codes and len(self.names_of) < _MOST_WORDS:
            self._look_at_customer(cells)
        self._look_at_signs(cells, columns)
        self._look_at_amounts(document, cells, columns)
        if len(self.sample) < _SAMPLE or (doubtful and len(self.sample) < 2 * _SAMPLE):
            self._keep(line, cells, columns)
        self._look_at_day(line, day_text, cells)
        if document and " " in document:
            kind = named(document).kind
            self.documents[kind or ""] += 1
        elif document:
            self.documents[""] += 1
        for counter, wanted in ((self.kinds, "kind"), (self.statuses, "status")):
            place = columns.get(wanted)
            if (
                place is not None
                and (word := spelled(cells[place]))
                and (word in counter or len(counter) < _MOST_WORDS)
            ):
                counter[word] += 1

    def _look_at_customer(self, cells: Sequence[str]) -> None:
        code, name = (spelled(cells[at]) for at in self._named_codes)
        if code and name:
            names = self.names_of.setdefault(code, {})
            if len(names) < 3:
                names.setdefault(customer_key("", name, "", ""), name)

    def _look_at_money(self, line: int, text: str) -> None:
        if (found := currency_in(text)) and found not in self.money:
            self.money[found] = (line, text)

    def _keep(self, line: int, cells: Sequence[str], columns: Mapping[FieldName, int]) -> None:
        kept: dict[FieldName | int, str] = {each: cells[columns[each]] for each in NUMBERS if each in columns}
        for wanted in ("amount", "unit_price"):
            for at in self.place.heading.others.get(wanted, ()):
                kept[at] = cells[at]
        self.sample.append((line, kept))

    def _look_at_signs(self, cells: Sequence[str], columns: Mapping[FieldName, int]) -> None:
        at, beside = columns.get("quantity"), columns.get("amount", columns.get("net_amount"))
        if at is None or beside is None or cells[at].isdecimal() or not _is_negative(cells[at]):
            return
        if not cells[beside].strip(" 0,.-"):
            return
        if _is_negative(cells[beside]):
            self.together += 1
        else:
            self.opposite += 1

    def _look_at_amounts(self, document: str, cells: Sequence[str], columns: Mapping[FieldName, int]) -> None:
        at = columns.get("amount")
        if at is None:
            return
        if document and document == self._above[0]:
            above = self._above[1]
            if any(cells[place] != above[place] for place in self._factors):
                if cells[at] == above[at]:
                    self.same_amounts += 1
                else:
                    self.other_amounts += 1
        self._above = (document, cells)

    def _look_at_day(self, line: int, cell: str, cells: Sequence[str]) -> None:
        text = cell.strip()
        if not text or isinstance(cell, TypedMoment):
            return
        self.days += 1
        if isinstance(cell, TypedNumber) or (shown := _day_shape(text)) == "day":
            return
        if shown == "serial":
            self.serial_days += 1
        elif shown == "wrong":
            self.wrong_days += 1
            self.wrong_day = self.wrong_day or (line, text)
            if field_of(text) and sum(1 for each in cells if field_of(each)) >= _HEADINGS:
                raise Unreadable(
                    "heading_changes", line=line, found=[" ".join(each.split())[:60] for each in cells if each.strip()]
                )
        else:
            if len(text) == _SHORT and "-" in text and len(self.short_days) < _MOST_WORDS:
                self.short_days.add(text)
            self.slashes.setdefault(shown, (line, text))


def _is_negative(cell: str) -> bool:
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


# --- decisions --------------------------------------------------------------------------------------------------------


def decide(survey: Survey, profile: SalesProfileForm, notes: Notes) -> tuple[Conventions, dict[FieldName, int]]:
    """The conventions of the file, and the columns that are read. Raises Unreadable."""
    if survey.wrong_day and survey.wrong_days == survey.days:
        line, text = survey.wrong_day
        raise Unreadable("dates_unreadable", line=line, value=text[:60], forms=FORMS)
    if survey.returns_apart and "return_flag" not in profile.columns:
        at, (line, text) = survey.returns_apart
        raise Unreadable("returns_apart", column=survey.place.shown(at), line=line, value=text[:60])
    if survey.discount_of_order and "discount" not in profile.columns:
        line, text = survey.discount_of_order
        raise Unreadable(
            "discount_of_document", column=survey.place.shown(survey.order_discount), line=line, value=text[:60]
        )
    if "customer" not in profile.columns:
        _refuse_shared_code(survey)
    mark = profile.format.decimal or _mark(survey)
    columns = dict(survey.place.heading.columns)
    source = _amounts(survey, mark, columns, profile, notes)
    if _are_before_and_after(survey.kinds):
        raise Unreadable("kind_unclear", column=survey.place.shown(columns["kind"]), values=sorted(survey.kinds)[:10])
    named = _folded_all([*profile.return_words, *profile.sale_words])
    tells_kinds = any(word_kind(word) or _folded(word) in named for word in survey.kinds)
    if "kind" in columns and "kind" not in profile.columns and not tells_kinds:
        _leave_kind(survey, columns.pop("kind"), notes)
    unsigned = bool(survey.opposite) and not survey.together
    if unsigned:
        notes.add("unsigned_returns", count=survey.opposite)
    conventions = Conventions(
        mark=mark,
        slashes=_slashes(survey, profile),
        serials=0 < survey.serial_days == survey.days,
        source=source,
        discount=_discount(survey, mark, columns, source, profile),
        unsigned=unsigned,
        orders_are_sales=_orders_are_sales(survey, columns, notes),
        return_words=frozenset(spelled(word).casefold() for word in profile.return_words),
        sale_words=frozenset(spelled(word).casefold() for word in profile.sale_words),
        cancelled_words=_folded_all(profile.cancelled_words),
        valid_words=_folded_all(profile.valid_words),
    )
    _refuse_unclear_statuses(survey, conventions)
    return conventions, columns


def _are_before_and_after(kinds: Iterable[str]) -> bool:
    """True where rows tell the state before a correction beside the one after it: their sums do not add up."""
    words = [set(_WORD.findall(kind.casefold())) for kind in kinds]
    return any("до" in each for each in words) and any("после" in each for each in words)


def _leave_kind(survey: Survey, at: int, notes: Notes) -> None:
    """Leaves out a column of other kinds, of goods or of customers. Raises Unreadable where its unknown words may be those of documents."""
    values = sorted(survey.kinds)
    heading = heading_key(survey.place.names[at])
    of_documents = any(
        word in heading for word in ("документ", "операц", "регистратор", "document", "transaction", "invoice")
    )
    short = all(len(value) <= 2 or value.casefold() in _SIDES for value in values)
    if len(values) > 1 and (of_documents or short):
        raise Unreadable("kind_unclear", column=survey.place.shown(at), values=[value[:60] for value in values[:10]])
    if values:
        notes.add("kind_left", column=survey.place.shown(at), values=[value[:60] for value in values[:5]])


def _refuse_shared_code(survey: Survey) -> None:
    """Raises Unreadable where one code stands beside the names of several customers: it is the code of something else."""
    for code, names in survey.names_of.items():
        shortest = min(names.values(), key=len).casefold()
        # Names change, and get a mark when they are no longer used.
        others = sum(1 for name in names.values() if shortest not in name.casefold())
        if others > 1 or (others and len(survey.names_of) == 1):
            column = survey.place.shown(survey.place.heading.columns["customer"])
            raise Unreadable(
                "customer_code_shared", column=column, value=code[:60], names=[name[:60] for name in names.values()]
            )


def _folded(word: str) -> str:
    return spelled(word).casefold().replace("ё", "е")


def _folded_all(words: Sequence[str]) -> frozenset[str]:
    return frozenset(map(_folded, words))


def _mark(survey: Survey) -> DecimalMark:
    """The decimal mark that all numbers of the file agree on."""
    seen: dict[Shape, tuple[FieldName, Example]] = {}
    for wanted, column in survey.columns.items():
        for each, example in column.examples.items():
            seen.setdefault(each, (wanted, example))
    if "comma" in seen and "point" in seen:
        (_, comma), (_, point) = seen["comma"], seen["point"]
        raise Unreadable("decimal_mixed", comma=comma[1], comma_line=comma[0], point=point[1], point_line=point[0])
    doubtful = [each for each in ("comma?", "point?") if each in seen]
    if "comma" in seen or "point" in seen:
        mark: DecimalMark = "comma" if "comma" in seen else "point"
        # Groups of thousands that nothing in their own column confirms may be decimals of another hand.
        groups: Shape = "point?" if mark == "comma" else "comma?"
        for wanted, column in survey.columns.items():
            alone = column.shapes[groups] and not (column.shapes["comma"] or column.shapes["point"])
            if alone and not _settled(survey, wanted, groups):
                _doubt(survey, wanted, groups)
        return mark
    if not doubtful:
        return "comma"
    settled = _settled(survey, None, None)
    if settled is None:
        wanted, _ = seen[doubtful[0]]
        _doubt(survey, wanted, doubtful[0])
    return settled or "comma"


def _doubt(survey: Survey, wanted: FieldName, groups: Shape) -> None:
    line, text = survey.columns[wanted].examples[groups]
    raise Unreadable(
        "decimal_unclear", value=text, line=line, column=survey.place.shown(survey.place.heading.columns[wanted])
    )


def _settled(survey: Survey, wanted: FieldName | None, groups: Shape | None) -> DecimalMark | None:
    """The mark under which quantity times price is the amount in every row with a doubtful number; None where none is."""
    right = {"comma": 0, "point": 0}
    looked = 0
    for _, cells in survey.sample:
        texts = [cells.get(each, "").strip() for each in ("quantity", "unit_price", "amount")]
        doubtful = {shape(text) for text in texts if text and not isinstance(text, TypedNumber)} & {"comma?", "point?"}
        if not all(texts) or not doubtful:
            continue
        if wanted and groups and shape(cells.get(wanted, "").strip() or "0") != groups:
            continue
        looked += 1
        for mark in ("comma", "point"):
            values = [_value(text, mark) for text in texts]
            if None in values:
                continue
            quantity, price, amount = (value or Decimal(0) for value in values)
            right[mark] += abs(abs(quantity * price) - abs(amount)) <= max(_CENT, abs(quantity) * _CENT / 2)
    both: tuple[tuple[DecimalMark, DecimalMark], ...] = (("comma", "point"), ("point", "comma"))
    for mark, other in both:
        if looked and right[mark] == looked > right[other]:
            return mark
    return None


def _value(cell: str, mark: DecimalMark) -> Decimal | None:
    try:
        return typed_number(cell) if isinstance(cell, TypedNumber) else number(cell.strip().rstrip("% "), mark)
    except CellError:
        return None


def _slashes(survey: Survey, profile: SalesProfileForm) -> SlashOrder:
    told: dict[str, SlashOrder] = {"dd/mm/yyyy": "dmy", "mm/dd/yyyy": "mdy"}
    for each in profile.format.dates or []:
        if each in told:
            return told[each]
    if "dmy" in survey.slashes and "mdy" in survey.slashes:
        first, second = survey.slashes["dmy"], survey.slashes["mdy"]
        raise Unreadable("dates_mixed", first=first[1], first_line=first[0], second=second[1], second_line=second[0])
    if survey.short_days and _year_may_be_first(survey.short_days):
        value = min(survey.short_days)
        raise Unreadable("dates_unclear", value=value, line=survey.place.last + 1)
    if "either" in survey.slashes and len(survey.slashes) == 1:
        line, text = survey.slashes["either"]
        raise Unreadable("dates_unclear", value=text, line=line)
    return "mdy" if "mdy" in survey.slashes else "dmy"


def _year_may_be_first(days: set[str]) -> bool:
    """True where one year and many days are likelier than one day of many years."""
    ends = [(text[:2], text[-2:]) for text in days]
    firsts, lasts = {first for first, _ in ends}, {last for _, last in ends}
    return len(firsts) == 1 and (len(lasts) > 1 or max(firsts) > max(lasts))


def _amounts(
    survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], profile: SalesProfileForm, notes: Notes
) -> AmountSource:
    """The source of amounts; `columns` gets the column of sums that is chosen among several."""
    others = list(survey.place.heading.others.get("amount", ()))
    if profile.vat == "net_plus_vat":
        if "net_amount" not in columns and "amount" in columns:
            columns["net_amount"] = columns["amount"]
        columns.pop("amount", None)
        _refuse_without(survey, columns, ("net_amount", "vat"), profile)
    if profile.vat == "gross":
        _refuse_without(survey, columns, ("amount",), profile)
    if "amount" in columns:
        for other in others:
            columns["amount"] = _better(survey, mark, columns, other, notes)
        if "net_amount" in columns:
            _tell_choice(survey, columns["amount"], [columns["net_amount"]], notes)
        if not others:
            _refuse_sums_of_documents(survey, mark, columns)
            if "amount" not in profile.columns:
                _refuse_discount_beside(survey, mark, columns)
        if not profile.vat and "amount" not in profile.columns and _is_vat_on_top(survey, mark, columns):
            columns["net_amount"] = columns.pop("amount")
            _tell_vat(survey, columns, notes)
            return "net_plus_vat"
        return "amount"
    if "net_amount" not in columns:
        _choose_price(survey, mark, columns, profile, notes)
    if "net_amount" in columns:
        if "vat" in columns:
            _tell_vat(survey, columns, notes)
            return "net_plus_vat"
        notes.add("without_vat", column=survey.place.shown(columns["net_amount"]))
        return "net"
    return "price"


def _refuse_without(
    survey: Survey, columns: Mapping[FieldName, int], wanted: Sequence[FieldName], profile: SalesProfileForm
) -> None:
    """Raises Unreadable where a column is missing that the profile needs."""
    missing: list[tuple[FieldName, ...]] = [(each,) for each in wanted if each not in columns]
    refuse_missing(replace(survey.place, heading=Heading(columns, missing)), profile)


def _choose_price(
    survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], profile: SalesProfileForm, notes: Notes
) -> None:
    """Of two prices the one less the discount. Raises Unreadable where two others differ."""
    for other in survey.place.heading.others.get("unit_price", ()):
        first, second = columns["unit_price"], other
        mine, yours = (heading_key(survey.place.names[at]) in _AFTER_DISCOUNT for at in (first, second))
        if mine != yours:
            columns["unit_price"] = first if mine else second
            columns.pop("discount", None)
            notes.add("price_chosen", column=survey.place.shown(columns["unit_price"]))
        elif any(
            _value(cells.get("unit_price", ""), mark) != _value(cells.get(other, ""), mark)
            for _, cells in survey.sample
        ):
            raise Unreadable(
                "price_unclear",
                first=survey.place.shown(first),
                first_column=letter_of(first),
                second=survey.place.shown(second),
                second_column=letter_of(second),
            )


def _tell_vat(survey: Survey, columns: Mapping[FieldName, int], notes: Notes) -> None:
    notes.add("net_plus_vat", net=survey.place.shown(columns["net_amount"]), vat=survey.place.shown(columns["vat"]))


def _sampled(survey: Survey, at: int) -> FieldName | int:
    """The key in a sample of this column of sums."""
    return at if at in survey.place.heading.others.get("amount", ()) else "amount"


def _is_vat_on_top(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int]) -> bool:
    """True where the VAT of every row is a rate of its sum: within the sum, it would be a smaller part of it."""
    if "vat" not in columns or "net_amount" in columns or not _VAT.search(survey.place.shown(columns["vat"])):
        return False
    if heading_key(survey.place.names[columns["amount"]]) in _WITH_VAT:
        return False
    proofs = 0
    for _, cells in survey.sample:
        amount, vat = (_value(cells.get(each, ""), mark) for each in (_sampled(survey, columns["amount"]), "vat"))
        if not amount or not vat:
            continue
        if is_percent(cells["vat"].strip()) or not any(abs(amount * (rate - 1) - vat) <= _CENT for rate in _RATES):
            return False
        proofs += all(abs(amount * (rate - 1) / rate - vat) > _CENT for rate in _RATES)
    return proofs > 0


def _refuse_sums_of_documents(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int]) -> None:
    """Raises Unreadable where each row of a document shows the sum of the whole document."""
    if not survey.same_amounts or survey.other_amounts or survey.place.levels:
        return
    right = looked = 0
    for _, cells in survey.sample:
        quantity, price, amount = (_value(cells.get(each, ""), mark) for each in ("quantity", "unit_price", "amount"))
        if quantity is not None and price is not None and amount is not None:
            looked += 1
            right += abs(abs(quantity * price) - abs(amount)) <= _CENT
    if (survey.same_amounts > 1 and not looked) or right < looked:
        raise Unreadable("amount_of_document", column=survey.place.shown(columns["amount"]))


def _refuse_discount_beside(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int]) -> None:
    """Raises Unreadable where rows have a discount and their sum is quantity times price: it may be the sum before the discount or after."""
    if "discount" not in columns:
        return
    suspect: Example | None = None
    for line, cells in survey.sample:
        values = [_value(cells.get(each, ""), mark) for each in ("quantity", "unit_price", "amount")]
        if None in values or not _value(cells.get("discount", ""), mark):
            continue
        quantity, price, amount = (value or Decimal(0) for value in values)
        if abs(abs(quantity * price) - abs(amount)) > _CENT:
            return
        suspect = suspect or (line, cells["discount"].strip())
    if suspect:
        line, value = suspect
        raise Unreadable(
            "discount_beside",
            column=survey.place.shown(columns["discount"]),
            amount=survey.place.shown(columns["amount"]),
            line=line,
            value=value[:60],
        )


def _better(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int], other: int, notes: Notes) -> int:
    """The one of two columns of sums that a partner paid: with VAT. Raises Unreadable where the file does not tell it."""
    chosen = columns["amount"]
    keys = [heading_key(survey.place.names[at]) for at in (chosen, other)]
    for better in (_OF_A_ROW, frozenset() if _WITH_VAT & {*keys} else _AFTER_DISCOUNT):
        first, second = (key in better for key in keys)
        if first != second:
            _tell_choice(survey, chosen if first else other, [other if first else chosen], notes)
            return chosen if first else other
    equal = vat_more = vat_less = rate_more = rate_less = rows = 0
    for _, cells in survey.sample:
        one, two = (_value(cells.get(key, ""), mark) for key in (_sampled(survey, chosen), other))
        if one is None or two is None:
            continue
        rows += 1
        vat = _value(cells.get("vat", ""), mark)
        equal += abs(one - two) <= _CENT
        if vat is not None:
            vat_more += abs(two + vat - one) <= _CENT
            vat_less += abs(one + vat - two) <= _CENT
        rate_more += any(abs(two * rate - one) <= _CENT for rate in _RATES)
        rate_less += any(abs(one * rate - two) <= _CENT for rate in _RATES)
    if not rows or equal == rows:
        return chosen
    if heading_key(survey.place.names[chosen]) in _WITH_VAT or vat_more == rows or rate_more == rows:
        _tell_choice(survey, chosen, [other], notes)
        return chosen
    if vat_less == rows or rate_less == rows:
        _tell_choice(survey, other, [chosen], notes)
        return other
    raise Unreadable(
        "amount_unclear",
        first=survey.place.shown(chosen),
        first_column=letter_of(chosen),
        second=survey.place.shown(other),
        second_column=letter_of(other),
    )


def _tell_choice(survey: Survey, chosen: int, others: Sequence[int], notes: Notes) -> None:
    notes.add(
        "amount_chosen", column=survey.place.shown(chosen), others=[survey.place.shown(other) for other in others]
    )


def _discount(
    survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], source: AmountSource, profile: SalesProfileForm
) -> DiscountKind | None:
    """The meaning of discounts, where amounts are worked out from prices. Raises Unreadable where the file does not tell it."""
    if source != "price" or "discount" not in columns:
        return None
    if profile.discount:
        return profile.discount
    heading = survey.place.shown(columns["discount"])
    values = [
        (cells["discount"], value)
        for _, cells in survey.sample
        if (value := _value(cells.get("discount", ""), mark)) is not None and value
    ]
    if not values:
        return None
    most = max(abs(value) for _, value in values)
    if any(is_percent(text) for text, _ in values) or "%" in heading or "проц" in heading.casefold():
        return "percent"
    if _MONEY_DISCOUNT.search(heading):
        return "sum"
    if most < 1:
        return "share"
    raise Unreadable("discount_unclear", column=heading, value=str(most))


def _refuse_unclear_statuses(survey: Survey, conventions: Conventions) -> None:
    for word, count in survey.statuses.items():
        if status_of(word, conventions.cancelled_words, conventions.valid_words) == "unclear":
            at = survey.place.heading.columns["status"]
            raise Unreadable("status_unclear", column=survey.place.shown(at), value=word[:60], count=count)


def _orders_are_sales(survey: Survey, columns: Mapping[FieldName, int], notes: Notes) -> bool:
    """True for a file of nothing but orders: its maker takes orders for sales, and is told so."""
    words = survey.kinds if "kind" in columns else survey.documents
    kinds = {word_kind(word) if "kind" in columns else word or None for word in words}
    if kinds == {"other"}:
        notes.add("orders", count=sum(words.values()))
        return True
    return False


def is_total_row(cells: Sequence[str], document: str, day_text: str) -> bool:
    """True for a row of totals. A row with a document or a day of its own is none, whatever its text begins with."""
    return is_total(cells) and _is_label_alone(cells, document, day_text)


def is_row_within_total(cells: Sequence[str], document: str, day_text: str) -> bool:
    """True for a row that tells the VAT within a total."""
    return is_within_total(cells) and _is_label_alone(cells, document, day_text)


def _is_label_alone(cells: Sequence[str], document: str, day_text: str) -> bool:
    first = first_words(cells).strip()
    return all(text.strip() in ("", first) for text in (document, day_text))
