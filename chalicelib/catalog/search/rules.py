"""Finding products: what is written down of each, and which of them a question means. Pure.

A product is found by how its article number begins, or by words. Words are compared by their stems (Snowball's Russian and English
stemmers), so that any inflected form finds any other; the last word of a question may be unfinished. All words must be there.

The whole of the catalogue's entries is held in memory and looked through in the order that was asked for, from where the page before
ended. Weakest point: memory, and the time that the next reader needs after a change, grow with the catalogue; what that means is
measured in tests/benchmarks/bench_catalogue.py.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from heapq import merge
from itertools import accumulate, chain, islice
from operator import attrgetter
from typing import Literal, NamedTuple

from chalicelib.catalog.rules import Product, ProductStatus

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
    status: ProductStatus | None = None
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
    """Says of an entry whether it is meant."""
    tests: list[Callable[[Entry], bool]] = []
    if (categories := wanted.categories) is not None:
        tests.append(lambda entry: entry.category in categories)
    if wanted.brand is not None:
        tests.append(lambda entry: entry.brand == wanted.brand)
    if wanted.status is not None:
        tests.append(lambda entry: entry.status == wanted.status)
    if wanted.own_brand is not None:
        tests.append(lambda entry: entry.own_brand is wanted.own_brand)
    if wanted.text is not None:
        tests.append(_Text(wanted.text).means)
    return lambda entry: all(test(entry) for test in tests)


class _Text:
    """What somebody typed, as it is looked for."""

    def __init__(self, text: str) -> None:
        self.code = fold(text.strip())
        words = _WORD.findall(self.code)
        whole = [f" {_stem(word)} " for word in words]
        self._before, self._last = whole[:-1], whole[-1:]
        self._unfinished = f" {words[-1]}" if words else ""
        # What every entry that is meant by its words has in it. None: no entry is.
        self.clues = [*self._before, _shared(whole[-1], self._unfinished)] if words else []

    def means(self, entry: Entry) -> bool:
        has = entry.words
        if (
            self._last
            and (self._last[0] in has or self._unfinished in has)
            and all(each in has for each in self._before)
        ):
            return True
        return entry.code.startswith(self.code)


class Index:
    """All entries, in each order that was asked for so far."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._orders: dict[Order, _Ordered] = {}

    def find(
        self, wanted: Wanted, order: Order, *, limit: int, after: Position | None
    ) -> tuple[list[str], Position | None]:
        """The next article numbers, and where to go on from; None at the end."""
        if order not in self._orders:
            self._orders[order] = _Ordered(self._entries, order)
        ordered, means = self._orders[order], matcher(wanted)
        meant = (place for place in ordered.candidates(wanted, ordered.behind(after)) if means(ordered.entries[place]))
        found = [ordered.entries[place] for place in islice(meant, limit + 1)]
        last = ordered.position(found[limit - 1]) if len(found) > limit else None
        return [entry.sku for entry in found[:limit]], last


FEW = 500  # entries that are looked at sooner than their words are searched
SAMPLE = 50_000  # letters of all words, those of some 500 products


class _Ordered:
    """The entries in one order, and what makes it quick to find the next one that may be meant; each part made when it is needed.

    All words lie in one text, in this order, and so do all codes: the next entry with a word is where that text has it next.
    """

    def __init__(self, entries: Iterable[Entry], order: Order) -> None:
        self._key: Callable[[Entry], str] = attrgetter(order)
        self.entries = sorted(entries, key=attrgetter(order, "sku"))
        self._having: dict[str, dict[object, list[int]]] = {}

    def position(self, entry: Entry) -> Position:
        return Position(self._key(entry), entry.sku)

    def behind(self, after: Position | None) -> int:
        """The place where the next page begins."""
        return bisect_right(self.entries, after, key=self.position) if after else 0

    def candidates(self, wanted: Wanted, start: int) -> Iterable[int]:
        """The places from `start` on, in order, of all entries that are meant, and of as few others as is quickly told."""
        asked = (("brand", wanted.brand), ("status", wanted.status), ("own_brand", wanted.own_brand))
        lists = [self._places(name).get(value, []) for name, value in asked if value is not None]
        if wanted.categories is not None:
            places = self._places("category")
            lists.append(sorted(chain(*(places.get(each, []) for each in wanted.categories))))
        shortest = min(lists, key=len, default=None)
        if wanted.text is not None and (shortest is None or len(shortest) > FEW):
            text = _Text(wanted.text)
            by_words = self._words.having(self._words.rarest(text.clues), start) if text.clues else ()
            return _once(merge(by_words, self._codes.having(f"\n{text.code}", start)))
        if shortest is None:
            return range(start, len(self.entries))
        return islice(shortest, bisect_left(shortest, start), None)

    def _places(self, name: str) -> dict[object, list[int]]:
        """By each value that this attribute has: where."""
        if name not in self._having:
            having = self._having.setdefault(name, {})
            for place, value in enumerate(map(attrgetter(name), self.entries)):
                having.setdefault(value, []).append(place)
        return self._having[name]

    @cached_property
    def _words(self) -> "_Lines":
        return _Lines([entry.words for entry in self.entries])

    @cached_property
    def _codes(self) -> "_Lines":
        return _Lines([entry.code for entry in self.entries])


class _Lines:
    """Many short texts as one, each behind a line feed, which none of them has."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n".join(["", *lines])
        self._begins = list(accumulate((len(line) + 1 for line in lines), initial=0))

    def rarest(self, clues: Sequence[str]) -> str:
        """By a sample; of those that it does not tell apart the longest."""
        return min(clues, key=lambda clue: (self._text.count(clue, 0, SAMPLE), -len(clue)))

    def having(self, clue: str, start: int) -> Iterator[int]:
        """The numbers of the lines from `start` on that have this in them, or that begin with what follows its line feed."""
        found = self._text.find(clue, self._begins[start])
        while found >= 0:
            line = bisect_right(self._begins, found) - 1
            yield line
            found = self._text.find(clue, self._begins[line + 1])


def _shared(one: str, other: str) -> str:
    """How both begin."""
    return one[: next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(other))]


def _once(places: Iterable[int]) -> Iterator[int]:
    """Rising numbers without their repetitions."""
    before = -1
    for place in places:
        if place != before:
            yield place
        before = place
