"""Cells beside the ones that are read which would change a sum: a return, a cancellation, decimals, kopecks, another currency.

A file that holds one is refused with its line; a profile answers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from chalicelib.exchange.columns.cells import currency, currency_in
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.model import TypedMoment
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.places import Place
from chalicelib.exchange.reading.survey import NUMBERS, Example, Survey, is_negative
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.sales import word_kind

_MOST_WORD = 40  # characters; a longer text is a remark
_MOST_CURRENCIES = 20
_RETURN = re.compile(
    r"\W*(?:out_)?(?:возврат(?!н)|возвращ[её]н|сторно|refund|return(?:ed)?\b|credit (?:note|memo)|кредит-?нот|gutschrift|storno|retoure|avoir\b|nota de cr[eé]dito|"
    r"nota di credito|abono\b|devoluci[oó]n|zwrot|korekta|повернення|iade|қайтар|qaytar|вяртанн|dobropis|kredit(?:faktura|nota)|retur\b|(?:销售)?退[货款]|红字)",
    re.IGNORECASE,
)
_OFF = re.compile(
    r"(?<!не )\b(?:отмен[её]?н\w*|отмена|аннулирован\w*|удал[её]н\w*|не провед[её]н\w*|черновик|провал\w*|проигран\w*|отказ\w*|"
    r"cancell?ed|void(?:ed)?|draft|deleted|lost|failed|storniert|annul[ée]e?|anulad[oa]|annullat[oa]|anulowan[ay]|entwurf|brouillon|borrador|bozza|скасован\w*|iptal|taslak|анулявана|zrušeno?|makulerad|作废|已取消)\b",
    re.IGNORECASE,
)
# Of goods: a name may begin with `Return` and be a spring.
_RETURN_OF_GOODS = re.compile(r"\W*(?:возврат[аы]?\b|сторно\b|refund\b|credit (?:note|memo)\b)", re.IGNORECASE)
_BEFORE_OR_AFTER = re.compile(r"\W*(?:(?P<before>до|было|before)|(?P<after>после|стало|after))\b", re.IGNORECASE)
_NO_SALES = ("purchase", "other")
_KOPECKS = re.compile(r"\bкоп(?:\.|еек|ейки)?(?!\w)", re.IGNORECASE)
_OF_PRICE = re.compile(
    r"скидк|наценк|надбавк|discount|markup|surcharge|rebate|rabat|remise|descuento|sconto", re.IGNORECASE
)
# Of pieces in a pack: the price may be that of a piece, and the quantity that of packs.
_FACTOR = re.compile(
    r"коэф|кратност|вложени|в упак|в коробк|units? per|per (?:pack|box|case|carton)|pack size|conversion", re.IGNORECASE
)
_EXCHANGE = re.compile(
    r"\bкурс\b|exchange rate|currency rate|\bfx\b|wechselkurs|taux de change|tipo de cambio|kurs waluty", re.IGNORECASE
)
_ONE = re.compile(r"1(?:[.,]0+)?")
_RATE = re.compile(r"ндс|ставка|скидк|%|проц|vat|tax|rate|disc|mwst|\bust|tva|iva\b|rabat|remise", re.IGNORECASE)
_YES = frozenset(("да", "истина", "yes", "true", "ja", "+", "v", "x", "х", "✓", "✔"))
_NOT_ZERO = re.compile("[1-9]")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}\b")
_LAST_MONTH = 12

Mark = Literal["return", "cancelled"]


@dataclass(slots=True)
class Doubts:
    """The first example of each doubt, over all rows of the file."""

    place: Place
    profile: SalesProfileForm
    marks: dict[Mark, tuple[int, Example]] = field(default_factory=dict)
    kopecks: tuple[int, Example] | None = None
    of_price: tuple[int, Example] | None = None
    exchange: tuple[int, Example] | None = None
    kinds: dict[int, dict[str, Example]] = field(default_factory=dict)  # of documents, in columns that are not read
    turns: dict[int, dict[str, Example]] = field(default_factory=dict)  # states before and after a correction, likewise
    currencies: dict[str, Example] = field(default_factory=dict)
    _beside: list[int] = field(init=False)
    _kopecks: list[int] = field(init=False)
    _of_price: list[int] = field(default_factory=list)
    _factors: list[int] = field(default_factory=list)
    _exchange: list[int] = field(default_factory=list)
    _split: list[int] = field(default_factory=list)  # number columns behind which their decimals may stand
    _split_at: Example | None = None
    _signs: list[int] = field(init=False)
    _flags: list[tuple[int, Mark]] = field(default_factory=list)  # columns whose heading marks the rows with a yes
    _document: int = -1
    _goods: int = -1
    _day: int = -1
    _typed_day: Example | None = None
    _late_text: Example | None = None
    _days_are_sound: bool = False
    _currency: int = -1

    def __post_init__(self) -> None:
        columns, names = self.place.heading.columns, self.place.names
        read = {*columns.values(), *self.place.heading.key} | ({self.place.label} if self.place.levels else set())
        self._beside = [at for at in range(len(names)) if at not in read]
        self._kopecks = [at for at in self._beside if _KOPECKS.search(names[at])]
        if not {"amount", "net_amount"} & columns.keys() and "discount" not in self.profile.columns:
            prices = self.place.heading.others.get("unit_price", ())
            self._of_price = [at for at in self._beside if at not in prices and _OF_PRICE.search(names[at])]
            self._factors = [at for at in self._beside if _FACTOR.search(names[at])]
        if "currency" not in {*columns, *self.profile.columns}:
            self._exchange = [at for at in self._beside if _EXCHANGE.search(names[at])]
        numbers = [columns[each] for each in NUMBERS if each in columns]
        self._signs = numbers
        for at in self._beside:
            if (mark := _mark_of(names[at])) in ("return", "cancelled"):
                self._flags.append((at, mark))
        self._document = columns.get("document", -1)
        self._goods = columns.get("name", -1)
        if self.place.table.delimiter == "," and not self.profile.format.decimal:
            self._split = [at for at in numbers if at + 1 in self._beside and not _RATE.search(names[at + 1])]
        if self.place.table.kind not in ("csv", "html") and not self.profile.format.dates:
            self._day = columns.get("business_date", -1)
        self._currency = columns.get("currency", -1)

    def look(self, line: int, cells: Sequence[str]) -> None:
        for at in self._beside:
            cell = cells[at]
            if cell and not cell[0].isdigit() and len(cell) <= _MOST_WORD:
                if mark := _mark_of(cell):
                    self._look_at_mark(line, at, cell, mark, cells)
                if told := _told_by(cell):
                    several = self.turns if told in ("before", "after") else self.kinds
                    several.setdefault(at, {}).setdefault(told, (line, cell.strip()))
        if self._goods >= 0 and _RETURN_OF_GOODS.match(cells[self._goods]):
            self._look_at_mark(line, self._goods, cells[self._goods], "return", cells)
        for at, told in self._flags:
            if cells[at].strip().casefold() in _YES:
                self._look_at_mark(line, at, cells[at], told, cells)
        if self._document >= 0 and " " in (cell := cells[self._document]) and _mark_of(cell) == "cancelled":
            self._look_at_mark(line, self._document, cell, "cancelled", cells)
        for at in self._kopecks:
            if self.kopecks is None and _NOT_ZERO.search(cells[at]):
                self.kopecks = at, (line, cells[at].strip())
        for at in self._of_price:
            if self.of_price is None and cells[at][:1].isdigit() and _NOT_ZERO.search(cells[at]):
                self.of_price = at, (line, cells[at].strip())
        for at in self._factors:
            if self.of_price is None and _is_factor(cells[at]):
                self.of_price = at, (line, cells[at].strip())
        for at in self._exchange:
            if self.exchange is None and _is_factor(cells[at]):
                self.exchange = at, (line, cells[at].strip())
        if self._split:
            self._look_at_decimals(line, cells)
        if self._day >= 0 and not self._days_are_sound:
            self._look_at_day(line, cells[self._day])
        if self._currency >= 0 and (text := cells[self._currency].strip()) and len(self.currencies) < _MOST_CURRENCIES:
            self.currencies.setdefault(currency(text), (line, text))

    def _look_at_mark(
        self, line: int, at: int, cell: str, mark: Mark | Literal["kopecks"], cells: Sequence[str]
    ) -> None:
        if mark == "kopecks":
            self._kopecks.append(at)
        elif mark not in self.marks and not any(is_negative(cells[number]) for number in self._signs):
            self.marks[mark] = at, (line, cell.strip())

    def _look_at_decimals(self, line: int, cells: Sequence[str]) -> None:
        for at in list(self._split):
            whole, behind = cells[at].strip(), cells[at + 1]
            if not whole:
                continue
            if whole.isdecimal() and behind.isdecimal() and len(behind) == 2:
                self._split_at = self._split_at or (line, f"{whole},{behind}")
            else:
                self._split.remove(at)

    def _look_at_day(self, line: int, cell: str) -> None:
        """A spreadsheet of another country takes the month for the day: it turns days up to the twelfth around and leaves the others as texts."""
        if isinstance(cell, TypedMoment):
            self._typed_day = self._typed_day or (line, cell[:10])
            self._days_are_sound = int(cell[8:10]) > _LAST_MONTH
        elif found := _DAY_AND_MONTH.match(cell.strip()):
            self._late_text = self._late_text or (line, cell.strip())
            self._days_are_sound = max(int(found[1]), int(found[2])) <= _LAST_MONTH

    def refuse(self, survey: Survey, columns: Mapping[FieldName, int]) -> None:
        """Raises Unreadable at the first doubt that the profile does not settle. `columns`: those that are read."""
        given = self.profile.columns
        if (
            "return" in self.marks
            and not ({"kind", "return_flag"} & given.keys())
            and not _tells_kinds(survey, columns)
        ):
            self._refuse("return_beside", *self.marks["return"])
        if "cancelled" in self.marks and not ({"status", "cancelled", "posted"} & {*given, *columns}):
            self._refuse("cancelled_beside", *self.marks["cancelled"])
        self._refuse_kinds(given)
        if self.of_price:
            self._refuse("price_changed", *self.of_price)
        if self.exchange:
            self._refuse("rate_beside", *self.exchange)
        if self.kopecks:
            self._refuse("kopecks_apart", *self.kopecks)
        if self._split and self._split_at:
            self._refuse("decimals_apart", self._split[0] + 1, self._split_at)
        if self._typed_day and self._late_text and not self._days_are_sound:
            line, value = self._late_text
            typed_line, typed = self._typed_day
            raise Unreadable("dates_spoilt", line=line, value=value[:60], typed=typed, typed_line=typed_line)
        self._refuse_two_currencies(columns)

    def _refuse_kinds(self, given: Mapping[FieldName, str]) -> None:
        """Raises Unreadable where a column tells sales from payments and purchases, or states before and after a correction, and is not read."""
        if "kind" in given:
            return
        for at, turns in self.turns.items():
            if len(turns) > 1:
                values = [value[:60] for _, value in turns.values()]
                raise Unreadable("kind_unclear", column=self.place.shown(at), values=values)
        for at, kinds in self.kinds.items():
            other = next((kinds[each] for each in _NO_SALES if each in kinds), None)
            if other and "sale" in kinds:
                self._refuse("kind_beside", at, other)

    def _refuse_two_currencies(self, columns: Mapping[FieldName, int]) -> None:
        """Raises Unreadable where the heading of the sums tells one currency and the column of currencies another."""
        money: tuple[FieldName, ...] = ("amount", "net_amount", "unit_price")
        for heading in (self.place.shown(columns[each]) for each in money if each in columns):
            found = currency_in(heading)
            other = next((code for code in self.currencies if found and code != found), "")
            if other and "currency" in columns:
                line, value = self.currencies[other]
                raise Unreadable(
                    "currency_heading",
                    heading=heading,
                    found=found,
                    column=self.place.shown(columns["currency"]),
                    value=value[:60],
                    line=line,
                )

    def _refuse(self, code: str, at: int, example: Example) -> None:
        line, value = example
        raise Unreadable(code, column=self.place.shown(at), line=line, value=value[:60])


def _is_factor(cell: str) -> bool:
    """True for a number other than 0 and 1."""
    text = cell.strip()
    return text[:1].isdigit() and bool(_NOT_ZERO.search(text)) and not _ONE.fullmatch(text)


@lru_cache(maxsize=16384)
def _mark_of(cell: str) -> Mark | Literal["kopecks"] | None:
    if _RETURN.match(cell):
        return "return"
    if _OFF.search(cell):
        return "cancelled"
    return "kopecks" if _KOPECKS.match(cell) else None


@lru_cache(maxsize=16384)
def _told_by(cell: str) -> str | None:
    """The kind of document that a cell names, or the state before or after a correction."""
    if found := _BEFORE_OR_AFTER.match(cell):
        return found.lastgroup
    return word_kind(cell)


def _tells_kinds(survey: Survey, columns: Mapping[FieldName, int]) -> bool:
    """True where a column or the documents themselves tell sales from returns."""
    by_column = ("kind" in columns and any(map(word_kind, survey.kinds))) or "return_flag" in columns
    return by_column or any(survey.documents)
