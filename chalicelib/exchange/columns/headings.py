"""Columns of a sales file, found by their headings. Pure.

A heading is compared without case, spaces and punctuation, and without a unit at its end: `Сумма, руб.` is `сумма`, `OrderID` is `order id`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from unicodedata import normalize

from chalicelib.exchange.columns.cells import currency_in
from chalicelib.exchange.columns.fields import FIELDS, HEADINGS, REQUIRED, FieldName, headings_below_tables
from chalicelib.exchange.columns.languages import headings_abroad
from chalicelib.exchange.columns.model import words

_WORDS = re.compile(r"[^\W_]+")
_SIGNS = str.maketrans({"№": " номер ", "#": " number ", "%": " процент ", "ё": "е"})
# Of money and of pieces, never of thousands.
_UNITS = frozenset(
    words(
        "руб; рубль; рублей; рублях; рубли; р; бел; белорусских; российских; тенге; тг; долл; доллар; долларов; долларах; евро; юаней; "
        "юанях; гривен; гривнах; грн; rub; rur; byn; kzt; usd; eur; gbp; cny; uah; pln; zł; chf; try; uzs; amd; gel; kgs; inr; czk; шт; "
        "штук; штуках; ед"
    )
)
# A pivot table names its sums so.
_BOOK_OF_SALES = re.compile(r"стоимость продаж .*включая ндс.*\bруб.*")  # of the tax office, which names the sum so
_PIVOT = re.compile(r"(?:сумма по полю|sum of|summe von|somme de|suma de|somma di)\s+")
_IN_CURRENCY = re.compile(r"\bв валюте|foreign|document currency", re.IGNORECASE)
_LINE_NUMBER = re.compile(r"\W*(?:№|#|n|no|номер)?\W*(?:п\W*п|пп|строки|line)?\W*")
_LETTERS = re.compile(r"[A-Z]{1,3}")
# Of the goods in a row, where `Name` is the number of its order.
_LINES = ("lineitemname", "orderlineproductid", "invoicelineidsproductid")
_ODOO_LINES = frozenset(("orderlineproductid", "invoicelineidsproductid"))
_NTH = re.compile(r"(?P<heading>.+)#(?P<nth>\d{1,2})")


@lru_cache(maxsize=4096)
def heading_key(heading: str) -> str:
    text = _PIVOT.sub("", normalize("NFC", heading[:200]).casefold().strip(), count=1)
    text = _BOOK_OF_SALES.sub("стоимость продаж с ндс", " ".join(text.split()))
    if not _WORDS.search(text) or _LINE_NUMBER.fullmatch(text):
        return "".join(text.split())  # a sign alone, as over the numbers of lines
    words = _WORDS.findall(text.translate(_SIGNS))
    while len(words) > 1 and words[-1] in _UNITS:
        words.pop()
        if len(words) > 1 and words[-1] in ("в", "in"):
            words.pop()
    return "".join(words)


@cache
def usual(wanted: FieldName) -> dict[str, int]:
    """The usual headings of a field by their keys, with their places in the list, likeliest first."""
    names = [*HEADINGS[wanted].split("; "), *headings_below_tables(wanted), *headings_abroad(wanted)]
    return {key: place for place, key in enumerate(dict.fromkeys(map(heading_key, names)))}


@cache
def _fields_of() -> dict[str, FieldName]:
    """The first field of each usual heading."""
    found: dict[str, FieldName] = {}
    for wanted in FIELDS:
        for key in usual(wanted):
            found.setdefault(key, wanted)
    return found


def field_of(heading: str) -> FieldName | None:
    return _fields_of().get(heading_key(heading))


@dataclass(frozen=True, slots=True)
class Heading:
    """The places of columns in a row of headings.

    `key`: further columns of the document's number. `others`: columns whose heading also names the field, but a less usual one. `doubles`:
    places that share one heading, so that none of them is taken. `missing`: groups of fields without a column.
    """

    columns: Mapping[FieldName, int]
    missing: Sequence[tuple[FieldName, ...]] = ()
    key: tuple[int, ...] = ()
    others: Mapping[FieldName, Sequence[int]] = field(default_factory=dict)
    doubles: Mapping[FieldName, Sequence[int]] = field(default_factory=dict)


def read_heading(cells: Sequence[str], mapping: Mapping[FieldName, str], constants: Collection[str] = ()) -> Heading:
    """Finds each field by its name in `mapping`, or else by its usual headings. A field mapped to an empty text is not read.

    A name in `mapping` is a heading, the n-th of equal headings (`Сумма#2`), the letter of a column (`F`), or for the document several
    of these with ` + ` between them.
    """
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        if key := heading_key(cell):
            places.setdefault(key, []).append(place)
    columns: dict[FieldName, int] = {}
    doubles: dict[FieldName, Sequence[int]] = {}
    others: dict[FieldName, Sequence[int]] = {}
    missing: list[tuple[FieldName, ...]] = []
    key_places: tuple[int, ...] = ()
    claimed: set[int] = set()
    for wanted in FIELDS:
        if not (name := mapping.get(wanted)):
            continue
        parts = [name] if heading_key(name) in places or " + " not in name else name.split(" + ")
        found = [_named(part, cells, places) for part in parts]
        if any(len(several) > 1 for several in found):
            doubles[wanted] = next(several for several in found if len(several) > 1)
        elif all(found):
            columns[wanted], *rest = (several[0] for several in found)
            if rest and wanted == "document":
                key_places = tuple(rest)  # a day or a customer that is part of the number stays one
            else:
                claimed.add(columns[wanted])
        else:
            missing.append((wanted,))
    for wanted in FIELDS:
        if wanted in mapping:
            continue
        known = usual(wanted)
        found = [places[key] for key in sorted(places.keys() & known.keys(), key=known.__getitem__)]
        free = [kept for several in found if (kept := [place for place in several if place not in claimed])]
        if not free:
            continue
        if len(free[0]) > 1:
            doubles[wanted] = free[0]
            continue
        columns[wanted] = free[0][0]
        claimed.add(free[0][0])
        if rest := [place for several in free[1:] for place in several]:
            others[wanted] = rest
    _read_name(cells, columns, places, mapping, constants)
    # A column that another field took is no choice.
    taken = set(columns.values())
    others = {wanted: kept for wanted, several in others.items() if (kept := [p for p in several if p not in taken])}
    given = columns.keys() | doubles.keys() | set(constants)
    dated = "document" in columns and "business_date" not in mapping
    for several in REQUIRED:
        if not given & set(several) and (several[0],) not in missing and not (several == ("business_date",) and dated):
            missing.append(several)
    return Heading(columns, missing, key_places, others, doubles)


def _named(name: str, cells: Sequence[str], places: Mapping[str, list[int]]) -> list[int]:
    """The places of a column that a mapping names."""
    exact = [place for place, cell in enumerate(cells) if " ".join(cell.split()) == name]
    if exact:
        return exact
    if found := places.get(heading_key(name)):
        return found
    if (nth := _NTH.fullmatch(name)) and (found := places.get(heading_key(nth["heading"]))):
        return found[int(nth["nth"]) - 1 : int(nth["nth"])] if int(nth["nth"]) else []
    if _LETTERS.fullmatch(name) and (place := place_of(name)) < len(cells):
        return [place]
    return []


def _read_name(
    cells: Sequence[str],
    columns: dict[FieldName, int],
    places: Mapping[str, list[int]],
    mapping: Mapping[FieldName, str],
    constants: Collection[str],
) -> None:
    """Headings that mean something else beside others. In the export of a shop, `Name` is the number of an order and `Lineitem name` its goods."""
    goods = next((places[key][0] for key in ("item", "productservice") if key in places), None)
    if "name" in places and (goods is not None or "name" in constants) and "name" not in mapping:
        # In a list of transactions, `Name` is the customer beside `Item`, and `Account` one of the ledger.
        by_account = "account" in places and columns.get("customer_name") == places["account"][0]
        if "customer" not in columns and (by_account or "customer_name" not in columns):
            columns["customer_name"] = places["name"][0]
            columns.pop("name", None)
            if goods is not None:
                columns["name"] = goods
    item_price = places.get("itemprice", [-1])[0]
    if "amazonorderid" in places and columns.get("unit_price") == item_price and "unit_price" not in mapping:
        # There the price of an item is that of all its pieces.
        columns["amount"] = columns.pop("unit_price")
    if "названиесделки" in places and "id" in places and "document" not in {*mapping, *columns}:
        columns["document"] = places["id"][0]  # of the deal
        if not {"sku", "name"} & columns.keys() and "name" not in mapping:
            columns["name"] = places["названиесделки"][0]
    if "state" in places and _ODOO_LINES & places.keys() and "status" not in {*mapping, *columns}:
        columns["status"] = places["state"][0]  # elsewhere it is a part of a country
    in_other = any(_IN_CURRENCY.search(cell) for cell in cells)
    if "amount" in columns and "currency" not in mapping and in_other and currency_in(cells[columns["amount"]]):
        columns.pop("currency", None)  # of the sums in another column
    line = next((places[key][0] for key in _LINES if key in places), None)
    if line is None or "name" not in places:
        return
    if "document" not in mapping and "document" not in columns:
        columns["document"] = places["name"][0]
    if "name" not in mapping:
        columns["name"] = line
    if "amount" not in mapping and "lineitemprice" in places:
        columns.pop("amount", None)  # of the order, not of its line


def letter_of(place: int) -> str:
    """The letters over a column: 0 is `A`, 26 is `AA`."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
