"""Finding products: what is written down of each, and which of them a question means. Pure.

A product is found by how its article number begins, or by words. Words are compared by their stems (Snowball's Russian and English
stemmers), so that any inflected form finds any other; the last word of a question may be unfinished. All words must be there.

The whole of the catalogue's entries is held in memory and looked through in the order that was asked for, from where the page before
ended. Weakest point: time and memory grow with the catalogue; see tests/benchmarks/bench_catalogue.py for where that ends.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from chalicelib.catalog.rules import Product, Status

Sort = Literal["sku", "name", "price"]
Order = Literal["sku", "name", "name_ru", "price"]

_WORD = re.compile("[0-9a-zа-я]+")
_CYRILLIC = re.compile("[а-я]")


class Entry(NamedTuple):
    """What is written down of a product. `code` is its article number as a question has it; `words`: its stems, each between two spaces."""

    sku: str
    code: str
    name: str
    name_ru: str
    price: str  # the base price, so written that texts sort as prices do, currency by currency
    brand: str
    category: str
    status: str
    own_brand: bool
    words: str


class Position(NamedTuple):
    """Where a page ended."""

    text: str
    sku: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None asks nothing. `categories` holds the whole subtree."""

    text: str | None = None
    categories: Collection[str] | None = None
    brand: str | None = None
    status: Status | None = None
    own_brand: bool | None = None


def fold(text: str) -> str:
    """Without the differences that a reader does not type."""
    return text.casefold().replace("ё", "е")


def stems(text: str) -> list[str]:
    """The stems of its words, in their order."""
    return [_stem(word) for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    russian, english = _stemmers()
    return russian(word) if _CYRILLIC.search(word) else english(word)


@cache
def _stemmers() -> tuple[Callable[[str], str], Callable[[str], str]]:
    # At first use: it wakes the stemmers of all languages, and most requests look for no word.
    import snowballstemmer

    return snowballstemmer.stemmer("russian").stemWord, snowballstemmer.stemmer("english").stemWord


def entry_of(product: Product) -> Entry:
    words = dict.fromkeys(stems(f"{product.name} {product.name_ru} {product.brand} {product.sku}"))
    return Entry(
        sku=product.sku,
        code=fold(product.sku),
        name=fold(product.name),
        name_ru=fold(product.name_ru),
        price=f"{product.currency}{int(product.base_price * 100):016d}",
        brand=product.brand,
        category=product.category,
        status=product.status.value,
        own_brand=product.own_brand,
        words=f" {' '.join(words)} ",
    )


def matcher(wanted: Wanted) -> Callable[[Entry], bool]:
    """Says of an entry whether it is meant. What is cheapest to look at comes first."""
    tests: list[Callable[[Entry], bool]] = []
    if wanted.categories is not None:
        categories = frozenset(wanted.categories)
        tests.append(lambda entry: entry.category in categories)
    if wanted.brand is not None:
        tests.append(lambda entry: entry.brand == wanted.brand)
    if wanted.status is not None:
        status = wanted.status.value
        tests.append(lambda entry: entry.status == status)
    if wanted.own_brand is not None:
        tests.append(lambda entry: entry.own_brand is wanted.own_brand)
    if wanted.text is not None:
        tests.append(_text(wanted.text))
    if len(tests) == 1:
        return tests[0]
    return lambda entry: all(test(entry) for test in tests)


def _text(text: str) -> Callable[[Entry], bool]:
    typed = fold(text.strip())
    words = _WORD.findall(typed)
    if not words:
        return lambda entry: entry.code.startswith(typed)
    whole = [f" {_stem(word)} " for word in words]
    *before, last = whole
    beginning = f" {words[-1]}"

    def found(entry: Entry) -> bool:
        has = entry.words
        if all(word in has for word in before) and (last in has or beginning in has):
            return True
        return entry.code.startswith(typed)

    return found


class Index:
    """All entries, in each order that was asked for so far."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._orders: dict[Order, tuple[list[Position], list[Entry]]] = {}

    def find(
        self, wanted: Wanted, order: Order, *, limit: int, after: Position | None
    ) -> tuple[list[str], Position | None]:
        """The next article numbers, and where to go on from; None at the end."""
        positions, entries = self._in(order)
        means = matcher(wanted)
        found: list[int] = []
        for place in range(bisect_right(positions, after) if after else 0, len(entries)):
            if means(entries[place]):
                if len(found) == limit:
                    return [entries[each].sku for each in found], positions[found[-1]]
                found.append(place)
        return [entries[each].sku for each in found], None

    def _in(self, order: Order) -> tuple[list[Position], list[Entry]]:
        if order not in self._orders:
            sorted_ = sorted((_position(entry, order), entry) for entry in self._entries)
            self._orders[order] = ([each for each, _ in sorted_], [entry for _, entry in sorted_])
        return self._orders[order]


def _position(entry: Entry, order: Order) -> Position:
    return Position("" if order == "sku" else getattr(entry, order), entry.sku)
