"""Cells beside the ones that are read which would change a sum: a return, a cancellation, another document, decimals, kopecks, another currency.

A file that holds one is refused with its line; a profile answers.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chalicelib.exchange.answers.notes import Notes
from chalicelib.exchange.columns.cells import CURRENCIES, currency, currency_in
from chalicelib.exchange.columns.fields import SUMS, FieldName
from chalicelib.exchange.columns.headings import heading_key
from chalicelib.exchange.columns.model import TypedMoment
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.places import Place
from chalicelib.exchange.reading.survey import NUMBERS, Example, Survey, is_delivery, is_negative
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
    r"сторнирован\w*|cancell?ed|reversed|void(?:ed)?|draft|deleted|lost|failed|storniert|annul[ée]e?|anulad[oa]|annullat[oa]|anulowan[ay]|entwurf|brouillon|borrador|bozza|скасован\w*|iptal|taslak|анулявана|zrušeno?|makulerad|作废|已取消)\b",
    re.IGNORECASE,
)
# Of goods: a name may begin with `Return` and be a spring. A discount is no sale where it has no minus, and what a dash sets apart is a part of the row above.
_GOODS = re.compile(
    r"(?P<less>\W*(?:скидка\b(?! карт)|discount\b(?! card)|rabatt?\b|remise\b))|(?P<part>\s*[-–—•·]\s+(?=\w))|\W*(?:(?P<back>возврат[аы]?\b|сторно\b|refund\b|credit (?:note|memo)\b)|(?:(?:входящ|исходящ|начальн)\w+ (?:сальдо|остат)|сальдо\b|предоплат|"
    r"аванс(?:ов\w+ плат[её]ж)?\b(?! за)|зач[её]т (?:аванс|предоплат)|(?:opening|closing) balance|balance (?:b/f|c/f|forward)|(?:brought|carried) forward|"
    r"(?:payment|оплата)\s*[-:–—]|(?:сдача|change due)\W*$|(?:в\s?т\.?\s?ч|в том числе)(?!\w)|incl\w*\.? (?:vat|tax)\b|prepayment|advance payment|down ?payment|payment received|anzahlung|acompte|anticipo|zaliczka))",
    re.IGNORECASE,
)
# Of a number of a return among numbers of sales.
_BACK_NUMBER = re.compile(
    r"(?:crn?|cn|cm|scn|rtn|rma|ret(?:urn)?|refund|gs|nc|av|kor|kfv|вз|взв|вн|возв\w*|сторно)(?=[-/_. №]*\d)",
    re.IGNORECASE,
)
_SIDES = tuple(map(frozenset, (("debit", "credit"), ("дебет", "кредит"), ("dr", "cr"), ("дт", "кт"))))
_SHORT_SIDES = tuple(map(frozenset, (("d", "c"), ("д", "к"), ("+", "-"), ("s", "h"))))
_OF_SIDES = re.compile(
    r"\bd ?/ ?[ck]\b|\bд ?/ ?к\b|\bs ?/ ?h\b|\+ ?/ ?-|±|знак|\bsign\b|debit|дебет|soll", re.IGNORECASE
)
_OF_REMARKS = re.compile(r"коммент|примеч|замеч|remark|\bnotes?\b|comment|\bmemo\b", re.IGNORECASE)
_SPEAKS_OF_RETURN = re.compile(r"\bвозвра[тщ](?!н)|\bсторн|\brefund|\breturned\b|credit note", re.IGNORECASE)
# Below such a heading, any value cancels its row, such as the number of the document that does.
_TAKES_BACK = re.compile(r"отмен|аннулир|сторн|cancel|\bvoid|revers|annul", re.IGNORECASE)
_NO = frozenset(("нет", "ложь", "no", "false", "n", "nein", "null", "none"))
_MEANS = re.compile(r"[^\W0_]")
# Numbers of documents begin again in each.
_OF_NUMBERS = re.compile(
    r"\bорганизаци|юр\.? ?лиц|магазин|торгов\w+ точк|филиал|\bкасс[аы]\b|\bсмен[аы]\b|company code|legal entity|\bstore\b|\bshop\b|\bbranch\b|"
    r"\boutlet\b|\btill\b|\bshift\b|\bterminal\b",
    re.IGNORECASE,
)
# Beside the number: goods have series too.
_SERIES = re.compile(r"\W*(?:серия|префикс|series|prefix)\W*", re.IGNORECASE)
# One document may stand in the file in several states.
_OF_STATES = re.compile(
    r"\bверси[яи]|\bисправлени|ревизи|редакци|\bversion\b|\brevision\b|updated|modified|\bизменен|is.?current|is.?latest|актуальн",
    re.IGNORECASE,
)
_OF_WAREHOUSES = re.compile(r"\bсклад|\bместо хранения|\bwarehouse|\bstorage location|\blager\b", re.IGNORECASE)
_MEANS_GOODS = re.compile(r"\w")
# Rows that name the kit or the order which they are a part of, and whose sum that has in it.
_OF_KITS = re.compile(
    r"в составе|состав комплект|\bкомплект\b|parent (?:item|line|sku|product|order|invoice|document)|(?:родительск|головн|основн)\w+ (?:заказ|документ)|\bbundle|\bkit (?:item|name|sku|parent)",
    re.IGNORECASE,
)
_PART = re.compile(r"(?:kit |bundle |assembly )?component\b|комплектующая\b|часть комплекта", re.IGNORECASE)
# Columns that tell rows of goods from rows of other sums of a document.
_OF_ROWS = re.compile(
    r"\b(?:line|row|item|record|entry|detail|charge|amount)[ :_-]*type\b|\bamount[ -]description\b|^\W*type\W*$|^\W*(?:тип|вид)(?: строк\w*| позици\w*| записи)?\W*$",
    re.IGNORECASE,
)
# Codes of the tax office: sales, advances, returns and corrections.
_OF_CODES = re.compile(r"код\w* вида операц|\bкво\b", re.IGNORECASE)
_ADVANCES = frozenset(("02", "2"))
_MOST_DOCUMENTS = 50_000
_BEFORE_OR_AFTER = re.compile(r"\W*(?:(?P<before>до|было|before)|(?P<after>после|стало|after))\b", re.IGNORECASE)
_NO_SALES = ("purchase", "other")
_KOPECKS = re.compile(r"\bкоп(?:\.|еек|ейки)?(?!\w)", re.IGNORECASE)
_OF_PRICE = re.compile(
    r"скидк|наценк|надбавк|discount|markup|surcharge|rebate|rabat|remise|descuento|sconto", re.IGNORECASE
)
# Of pieces in a pack: the price may be that of a piece, and the quantity that of packs.
_FACTOR = re.compile(
    r"коэф|кратност|вложени|в упак|в коробк|units? per|per (?:pack|box|case|carton)|pack size|conversion|price unit|preiseinheit|единиц\w* цены",
    re.IGNORECASE,
)
_EXCHANGE = re.compile(
    r"\bкурс\b|exchange rate|currency rate|\bfx\b|wechselkurs|taux de change|tipo de cambio|kurs waluty", re.IGNORECASE
)
_ONE = re.compile(r"1(?:[.,]0+)?")
_RATE = re.compile(
    r"cost|margin|profit|paid|balance|weight|stock|fee\b|себест|прибыл|марж|оплач|долг|вес\b|остат|ндс|ставка|скидк|%|проц|vat|tax|rate|disc|mwst|\bust|tva|iva\b|rabat|remise",
    re.IGNORECASE,
)
_YES = frozenset(("да", "истина", "yes", "true", "ja", "+", "v", "x", "х", "✓", "✔"))
_NOT_ZERO = re.compile("[1-9]")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}\b")
_LAST_MONTH = 12

_ALL_SIDES = frozenset().union(*_SIDES)

Mark = Literal["return", "cancelled"]


@dataclass(slots=True)
class _Watch:
    """Columns of which a cell with such a value refuses the file. `found`: the first column and example."""

    code: str
    places: list[int]
    refuses: Callable[[str], bool]
    found: tuple[int, Example] | None = None

    def look(self, line: int, cells: Sequence[str]) -> None:
        if self.found is None:
            for at in self.places:
                if self.refuses(cells[at]):
                    self.found = at, (line, cells[at].strip())
                    return


class Doubts:
    """The first example of each doubt, over all rows of the file."""

    def __init__(self, place: Place, profile: SalesProfileForm, notes: Notes) -> None:
        self.place, self.profile, self.notes = place, profile, notes
        self.warehouse = -1  # the column by which goods of one document stand in several rows
        self._marks: dict[Mark, tuple[int, Example]] = {}
        # By columns that are not read: kinds of documents and states before and after a correction, sides of an account, codes and types of rows,
        # and currencies below headings of something else.
        self._kinds: defaultdict[int, dict[str, Example]] = defaultdict(dict)
        self._sides: defaultdict[int, dict[str, Example]] = defaultdict(dict)
        self._values: defaultdict[int, set[str]] = defaultdict(set)
        self._money: defaultdict[int, dict[str, Example]] = defaultdict(dict)
        self._currencies: dict[str, Example] = {}
        self._back_number: Example | None = None
        self._other_number = False  # a document with a number of another kind
        self._not_goods: tuple[int, Example] | None = None
        self._discount: Example | None = None  # without a minus
        self._signs_discounts = False
        # Column, document, its value in the first row and in another.
        self._parts: tuple[int, str, str, Example] | None = None
        self._split_at: Example | None = None
        self._typed_day: Example | None = None
        self._late_text: Example | None = None
        self._days_are_sound = False
        self._seen: dict[tuple[int, str, str], str] = {}  # values by column, document and goods
        columns, names = place.heading.columns, place.names
        read = {*columns.values(), *place.heading.key} | ({place.label} if place.levels else set())
        self._beside = [at for at in range(len(names)) if at not in read]
        self._watches: list[_Watch] = []
        if not {"amount", "net_amount"} & columns.keys() and "discount" not in profile.columns:
            prices = place.heading.others.get("unit_price", ())
            of_price = [at for at in self._below(_OF_PRICE) if at not in prices]
            self._watches.append(_Watch("price_changed", of_price, _is_sum))
            self._watches.append(_Watch("price_changed", self._below(_FACTOR), _is_factor))
        if "currency" not in {*columns, *profile.columns} and not any(map(currency_in, self._heads(columns))):
            self._watches.append(_Watch("rate_beside", self._below(_EXCHANGE), _is_factor))
        self._kopecks = _Watch("kopecks_apart", self._below(_KOPECKS), _is_not_zero)
        self._watches.append(self._kopecks)
        self._numbers = [columns[each] for each in NUMBERS if each in columns]
        returns = self._below(_RETURN)
        # A yes below such a heading marks its row.
        self._flags: list[tuple[int, Mark]] = [(at, "return") for at in returns]
        self._flags += [(at, "cancelled") for at in self._beside if at not in returns and _may_cancel(names[at])]
        self._document = columns.get("document", -1)
        self._goods = columns.get("name", -1)
        self._goods_alone = self._goods >= 0 and "sku" not in columns  # no column of articles stands beside it
        self._kits = self._below(_OF_KITS)
        self._warehouses = self._below(_OF_WAREHOUSES)
        chosen = {heading_key(each.column) for each in profile.only}
        self._codes = self._below(_OF_CODES)
        self._of_rows = [at for at in self._below(_OF_ROWS) if heading_key(names[at]) not in chosen]
        self._delivery = [at for at in self._beside if is_delivery(names[at])]
        # Columns that hold nothing but currencies so far.
        self._coins = [] if "currency" in {*columns, *profile.columns} else list(self._beside)
        self._sums = [columns[each] for each in SUMS if each in columns]
        self._short_sides = self._below(_OF_SIDES)
        self._remarks = [] if {"kind", "return_flag"} & columns.keys() else self._below(_OF_REMARKS)
        self._part_of: list[int] = []
        self._states: list[int] = []
        if self._document >= 0 and "document" not in profile.columns:
            beside = {self._document - 1, self._document + 1} & {*self._beside}
            self._part_of = [*self._below(_OF_NUMBERS), *(at for at in sorted(beside) if _SERIES.fullmatch(names[at]))]
            self._states = self._below(_OF_STATES)
        # Columns of numbers behind which their decimals may stand.
        pairs = [at for at in self._numbers if at + 1 in self._beside and not _RATE.search(names[at + 1])]
        self._split = pairs if place.table.delimiter == "," and not profile.format.decimal else []
        typed = place.table.kind not in ("csv", "html") and not profile.format.dates
        self._day = columns.get("business_date", -1) if typed else -1
        self._currency = columns.get("currency", -1)

    def _heads(self, columns: Mapping[FieldName, int]) -> list[str]:
        """The headings of sums and prices."""
        return [self.place.shown(columns[each]) for each in SUMS if each in columns]

    def _below(self, headings: re.Pattern[str]) -> list[int]:
        """The columns that are not read, below such headings."""
        return [at for at in self._beside if headings.search(self.place.names[at])]

    def look(self, line: int, cells: Sequence[str]) -> None:
        for at in self._beside:
            cell = cells[at]
            if cell and not cell[0].isdigit() and len(cell) <= _MOST_WORD:
                if mark := _mark_of(cell):
                    self._look_at_mark(line, at, cell, mark, cells)
                if (side := cell.strip().casefold()) in _ALL_SIDES or at in self._short_sides:
                    self._look_at_side(line, at, side, cells)
                told = _told_by(cell)
                if told == "part":
                    self._keep_not_goods(line, at, cells)
                elif told:
                    self._kinds[at].setdefault(told, (line, cell.strip()))
        if self._goods >= 0 and (found := _told_of_goods(cells[self._goods])):
            if found["back"]:
                self._look_at_mark(line, self._goods, cells[self._goods], "return", cells)
            elif found["less"]:
                self._look_at_discount(line, cells)
            elif not found["part"] or not self._adds_nothing(cells):
                self._keep_not_goods(line, self._goods, cells)
        for at, told in self._flags:
            word = cells[at].strip().casefold()
            if word in _YES or (word and told == "cancelled" and word not in _NO and self._takes_back(at, word)):
                self._look_at_mark(line, at, cells[at], told, cells)
        if self._goods_alone and cells[self._goods] and not _MEANS_GOODS.search(cells[self._goods]):
            self._keep_not_goods(line, self._goods, cells)
        for at in self._kits:
            if _MEANS.search(cells[at]):
                self._keep_not_goods(line, at, cells)
        for at in (*self._of_rows, *self._codes):
            if len(self._values[at]) < _MOST_CURRENCIES:
                self._values[at].add(cells[at].strip())
        for at in self._coins:
            if code := cells[at].strip():
                if code in CURRENCIES:
                    self._money[at].setdefault(code, (line, code))
                else:
                    self._coins = [each for each in self._coins if each != at]
        for at in self._delivery:
            if _is_sum(cells[at]):
                self.notes.count("delivery_left", line, f"{self.place.shown(at)}: {cells[at].strip()}")
        for at in self._remarks:
            if _SPEAKS_OF_RETURN.search(cells[at]) and not self._is_signed(cells):
                self.notes.count("remarks", line, " ".join(cells[at].split())[:60])
        if self._document >= 0 and cells[self._document]:
            self._look_at_number(line, cells)
        if self._document >= 0 and " " in (cell := cells[self._document]) and _mark_of(cell) == "cancelled":
            self._look_at_mark(line, self._document, cell, "cancelled", cells)
        for watch in self._watches:
            if watch.places:
                watch.look(line, cells)
        if self._split:
            self._look_at_decimals(line, cells)
        if self._day >= 0 and not self._days_are_sound:
            self._look_at_day(line, cells[self._day])
        if self._currency >= 0 and (text := cells[self._currency].strip()) and len(self._currencies) < _MOST_CURRENCIES:
            self._currencies.setdefault(currency(text), (line, text))

    def _keep_not_goods(self, line: int, at: int, cells: Sequence[str]) -> None:
        """Keeps the first cell that tells a row which is no sale."""
        if not self._not_goods:
            self._not_goods = at, (line, cells[at].strip())

    def _look_at_discount(self, line: int, cells: Sequence[str]) -> None:
        if self._is_signed(cells):
            self._signs_discounts = True
        elif not self._adds_nothing(cells):
            self._discount = self._discount or (line, cells[self._goods].strip())

    def _adds_nothing(self, cells: Sequence[str]) -> bool:
        """True for a row with a minus or without a sum."""
        return self._is_signed(cells) or not any(_NOT_ZERO.search(cells[at]) for at in self._sums)

    def _is_signed(self, cells: Sequence[str]) -> bool:
        return any(is_negative(cells[number]) for number in self._numbers)

    def _takes_back(self, at: int, word: str) -> bool:
        return bool(_TAKES_BACK.search(self.place.names[at]) and _MEANS.search(word)) and not word.startswith("не ")

    def _look_at_side(self, line: int, at: int, side: str, cells: Sequence[str]) -> None:
        if not self._is_signed(cells) and len(self._sides[at]) < _MOST_CURRENCIES:
            self._sides[at].setdefault(side, (line, side))

    def _look_at_number(self, line: int, cells: Sequence[str]) -> None:
        """Keeps numbers that returns have, and documents whose rows differ where the rows of one document do not."""
        document = cells[self._document]
        if not document[:1].isalpha() or not _BACK_NUMBER.match(document):
            self._other_number = True
        elif not self._back_number and not self._is_signed(cells):
            self._back_number = line, document.strip()
        if not (self._part_of or self._states or self._warehouses) or len(self._seen) > _MOST_DOCUMENTS:
            return
        goods = cells[self._goods] if self._goods >= 0 else ""
        for at in self._warehouses:
            if self._seen.setdefault((at, document, goods), cells[at]) != cells[at]:
                self.warehouse, self._warehouses = at, []
        if self._parts:
            return
        for at, of in (*((at, "") for at in self._part_of), *((at, goods) for at in self._states)):
            if (value := cells[at].strip()) or at in self._states:
                first = self._seen.setdefault((at, document, of), value)
                if first != value:
                    self._parts = at, document.strip(), first, (line, value)

    def _look_at_mark(
        self, line: int, at: int, cell: str, mark: Mark | Literal["kopecks"], cells: Sequence[str]
    ) -> None:
        if mark == "kopecks":
            self._kopecks.places.append(at)
        elif mark not in self._marks and not self._is_signed(cells):
            self._marks[mark] = at, (line, cell.strip())

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

    def refuse(self, survey: Survey, columns: Mapping[FieldName, int], expected: str) -> None:
        """Raises Unreadable at the first doubt that the profile does not settle. `columns`: those that are read. `expected`: the currency of rows without one."""
        given = self.profile.columns
        if not ({"kind", "return_flag"} & given.keys()) and not _tells_kinds(survey, columns):
            self._refuse_returns()
        # Beside discounts with a minus, one without it takes such a discount back.
        if self._discount and not self._signs_discounts and not self._not_goods:
            self._not_goods = self._goods, self._discount
        if self._not_goods and "kind" not in given:
            self._refuse("not_goods", *self._not_goods)
        if "kind" not in given:
            for at in self._of_rows:
                refuse_rows_of_sums(self.place.shown(at), self._values[at])
        if self._parts:
            at, number, first, (line, second) = self._parts
            raise Unreadable(
                "document_parts",
                column=self.place.shown(at),
                document=self.place.shown(self._document),
                number=number[:60],
                first=first[:60],
                second=second[:60],
                line=line,
            )
        if "cancelled" in self._marks and not ({"status", "cancelled", "posted"} & {*given, *columns}):
            self._refuse("cancelled_beside", *self._marks["cancelled"])
        self._refuse_kinds(given)
        for watch in self._watches:
            if watch.found:
                self._refuse(watch.code, *watch.found)
        if self._split and self._split_at:
            self._refuse("decimals_apart", self._split[0] + 1, self._split_at)
        if self._typed_day and self._late_text and not self._days_are_sound:
            line, value = self._late_text
            typed_line, typed = self._typed_day
            raise Unreadable("dates_spoilt", line=line, value=value[:60], typed=typed, typed_line=typed_line)
        self._refuse_two_currencies(columns)
        self._refuse_currency_beside(columns, expected)

    def _refuse_returns(self) -> None:
        """Raises Unreadable where a row that counts as a sale may be a return."""
        if "return" in self._marks:
            self._refuse("return_beside", *self._marks["return"])
        if self._back_number and self._other_number:
            self._refuse("return_beside", self._document, self._back_number)
        for at, several in self._sides.items():
            if any(pair <= several.keys() for pair in (*_SIDES, *_SHORT_SIDES)):
                self._refuse("return_beside", at, list(several.values())[1])

    def _refuse_kinds(self, given: Mapping[FieldName, str]) -> None:
        """Raises Unreadable where a column tells sales from payments and purchases, or states before and after a correction, and is not read."""
        if "kind" in given:
            return
        for at in self._codes:
            if len(codes := self._values[at] - {""}) > 1 or codes & _ADVANCES:
                raise Unreadable("kind_unclear", column=self.place.shown(at), values=sorted(codes)[:10])
        for at, kinds in self._kinds.items():
            if kinds.keys() >= {"before", "after"}:
                values = [kinds[turn][1][:60] for turn in ("before", "after")]
                raise Unreadable("kind_unclear", column=self.place.shown(at), values=values)
            other = next((kinds[each] for each in _NO_SALES if each in kinds), None)
            if other and "sale" in kinds:
                self._refuse("kind_beside", at, other)

    def _refuse_two_currencies(self, columns: Mapping[FieldName, int]) -> None:
        """Raises Unreadable where the heading of the sums tells one currency and the column of currencies another."""
        for heading in self._heads(columns):
            found = currency_in(heading)
            other = next((code for code in self._currencies if found and code != found), "")
            if other and "currency" in columns:
                line, value = self._currencies[other]
                raise Unreadable(
                    "currency_heading",
                    heading=heading,
                    found=found,
                    column=self.place.shown(columns["currency"]),
                    value=value[:60],
                    line=line,
                )

    def _refuse_currency_beside(self, columns: Mapping[FieldName, int], expected: str) -> None:
        """Raises Unreadable where a column of another heading holds nothing but currencies, and another than the sums count in."""
        if expected in map(currency_in, self._heads(columns)):
            return
        for at in self._coins:
            for code, (line, shown) in self._money.get(at, {}).items():
                if currency(code) != expected:
                    raise Unreadable("currency_shown", found=code, shown=shown, line=line, expected=expected)

    def _refuse(self, code: str, at: int, example: Example) -> None:
        line, value = example
        raise Unreadable(code, column=self.place.shown(at), line=line, value=value[:60])


_SUMS_BESIDE = re.compile(
    r"\W*(?:(?P<tax>(?:sales )?tax\b|vat\b|gst\b|ндс\b|налог)|shipping|delivery|freight|postage|доставк|discount|coupon|promo|скидк|payment|tender|transaction|оплат|"
    r"gift ?card|tip\b|(?:item)?fees?\b|commission|комисси|handling|surcharge|rounding|округл|deposit|сервисн|component|комплектующ)",
    re.IGNORECASE,
)
_GOODS_BESIDE = re.compile(
    r"\W*(?:(?:line )?item|product|goods|inventory|stock|sku\b|material|article|principal|kit\b|bundle|товар|позици|номенклатур|комплект\b|набор|$)",
    re.IGNORECASE,
)


def refuse_rows_of_sums(column: str, types: Collection[str]) -> None:
    """Raises Unreadable where a column tells rows of tax, delivery, discount or payment from those of goods: nothing says which of them the sum of the document
    has in it.
    """
    for each in sorted(types):
        if (found := _SUMS_BESIDE.match(each)) and (found["tax"] or any(map(_GOODS_BESIDE.match, types))):
            raise Unreadable("rows_of_sums", column=column, value=each[:60])


def _may_cancel(heading: str) -> bool:
    return _mark_of(heading) == "cancelled" or bool(_TAKES_BACK.search(heading))


def _is_not_zero(cell: str) -> bool:
    return bool(_NOT_ZERO.search(cell))


def _is_sum(cell: str) -> bool:
    return cell[:1].isdigit() and _is_not_zero(cell)


def _is_factor(cell: str) -> bool:
    """True for a number other than 0 and 1."""
    text = cell.strip()
    return text[:1].isdigit() and bool(_NOT_ZERO.search(text)) and not _ONE.fullmatch(text)


@lru_cache(maxsize=4096)
def _told_of_goods(cell: str) -> re.Match[str] | None:
    return _GOODS.match(cell)


@lru_cache(maxsize=16384)
def _mark_of(cell: str) -> Mark | Literal["kopecks"] | None:
    if _RETURN.match(cell):
        return "return"
    if _OFF.search(cell):
        return "cancelled"
    return "kopecks" if _KOPECKS.match(cell) else None


@lru_cache(maxsize=16384)
def _told_by(cell: str) -> str | None:
    """The kind of document that a cell names, the state before or after a correction, or a part of a kit."""
    if found := _BEFORE_OR_AFTER.match(cell):
        return found.lastgroup
    return "part" if _PART.match(cell) else word_kind(cell)


def _tells_kinds(survey: Survey, columns: Mapping[FieldName, int]) -> bool:
    """True where a column or the documents themselves tell sales from returns."""
    by_column = ("kind" in columns and any(map(word_kind, survey.kinds))) or "return_flag" in columns
    return by_column or any(survey.documents)
