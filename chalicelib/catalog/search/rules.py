"""Search of products: the index entries, and the filters over them. Pure.

A text matches the beginning of an article number, whose letters may be those of the other alphabet that look alike, or words. Words are compared by their stems (Snowball's Russian and English stemmers),
so any inflected form matches any other. All words must occur; the last one may be unfinished. The article whose number is typed whole comes first.

All entries are in memory and are scanned in the requested order, from the end of the page before.

Weakest point: memory, and the time of the first read after a change, grow with the catalogue (tests/benchmarks/bench_catalogue.py
measures it).
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from heapq import merge
from itertools import accumulate, chain, islice
from operator import attrgetter
from typing import Literal, NamedTuple

from chalicelib.catalog.rules import Product, ProductStatus
from chalicelib.platform.spelling.words import code_key, one_alphabet

Order = Literal["sku", "name", "name_ru", "price"]

_WORD = re.compile("[0-9a-zа-я]+")
_CYRILLIC = re.compile("[а-я]")


class IndexEntry(NamedTuple):
    """The searchable facts of a product. `code` is the folded article number; `words` are stems, each between two spaces."""

    sku: str
    code: str
    name: str
    name_ru: str
    price: str  # the base price as a text that sorts like the price, currency by currency
    brand: str
    category: str
    status: str
    own_brand: bool
    words: str


class PagePosition(NamedTuple):
    """The sort key of the last product of a page."""

    text: str
    sku: str


class ProductFilter(NamedTuple):
    """The conditions of a search; None is no condition. `categories` holds the whole subtree."""

    text: str | None = None
    categories: Collection[str] | None = None
    brand: str | None = None
    status: ProductStatus | None = None
    own_brand: bool | None = None


class Facets(NamedTuple):
    """Counts of matching products. Each of the three by value, under all conditions but its own; categories without those below."""

    total: int
    brands: Mapping[str, int]
    categories: Mapping[str, int]
    statuses: Mapping[str, int]


def fold(text: str) -> str:
    """Lower case, with е for ё."""
    return text.casefold().replace("ё", "е")


def stems(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    russian, english = _stemmers()
    return russian(word) if _CYRILLIC.search(word) else english(word)


@cache
def _stemmers() -> tuple[Callable[[str], str], Callable[[str], str]]:
    # Imported at first use: most requests need none. The package carries these two languages alone (infra/build.py).
    from snowballstemmer.english_stemmer import EnglishStemmer
    from snowballstemmer.russian_stemmer import RussianStemmer

    return RussianStemmer().stemWord, EnglishStemmer().stemWord


def entry_of(product: Product) -> IndexEntry:
    words = dict.fromkeys(stems(f"{product.name} {product.name_ru} {product.brand} {product.sku}"))
    return IndexEntry(
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


def matcher(wanted: ProductFilter) -> Callable[[IndexEntry], bool]:
    """A function that tests an entry against the filter."""
    tests: list[Callable[[IndexEntry], bool]] = []
    if (categories := wanted.categories) is not None:
        tests.append(lambda entry: entry.category in categories)
    if wanted.brand is not None:
        tests.append(lambda entry: entry.brand == wanted.brand)
    if wanted.status is not None:
        tests.append(lambda entry: entry.status == wanted.status)
    if wanted.own_brand is not None:
        tests.append(lambda entry: entry.own_brand is wanted.own_brand)
    if wanted.text is not None:
        tests.append(_TextQuery(wanted.text).matches)
    return lambda entry: all(test(entry) for test in tests)


class _TextQuery:
    """A search text, prepared for matching."""

    def __init__(self, text: str) -> None:
        self.code = one_alphabet(text.strip())
        words = _WORD.findall(fold(text))
        whole = [f" {_stem(word)} " for word in words]
        self._before, self._last = whole[:-1], whole[-1:]
        self._unfinished = f" {words[-1]}" if words else ""
        # Texts that occur in every entry with these words; empty for a text without words.
        self.clues = [*self._before, _common_prefix(whole[-1], self._unfinished)] if words else []

    def matches(self, entry: IndexEntry) -> bool:
        has = entry.words
        if (
            self._last
            and (self._last[0] in has or self._unfinished in has)
            and all(each in has for each in self._before)
        ):
            return True
        return one_alphabet(entry.code).startswith(self.code)


class Index:
    """All entries, sorted at the first use of each order."""

    def __init__(self, entries: Iterable[IndexEntry]) -> None:
        self._entries = list(entries)
        self._orders: dict[Order, _OrderedEntries] = {}

    def find(
        self, wanted: ProductFilter, order: Order, *, limit: int, after: PagePosition | None
    ) -> tuple[list[str], PagePosition | None]:
        """The next article numbers, and the position of the last one, or None at the end."""
        if order not in self._orders:
            self._orders[order] = _OrderedEntries(self._entries, order)
        ordered, matches = self._orders[order], matcher(wanted)
        typed = ordered.with_code(wanted.text) if wanted.text else []
        others = (place for place in ordered.candidates(wanted, ordered.place_after(after)) if place not in typed)
        places = chain([] if after else typed, others)
        found = list(islice((place for place in places if matches(ordered.entries[place])), limit + 1))
        last = None
        if len(found) > limit:
            # After a page of nothing but what was typed the others begin.
            last = (
                PagePosition("", "")
                if found[limit - 1] in typed
                else ordered.position(ordered.entries[found[limit - 1]])
            )
        return [ordered.entries[place].sku for place in found[:limit]], last

    def spelled_like(self, typed: str) -> list[str]:
        """The article numbers with the same `code_key`, in their order. The first call of an index takes the keys of all."""
        return sorted(self._by_key.get(code_key(typed), ()))

    @cached_property
    def _by_key(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for entry in self._entries:
            found.setdefault(code_key(entry.sku), []).append(entry.sku)
        return found

    def facets(self, wanted: ProductFilter) -> Facets:
        """One look at each entry of the text and the kind of brand."""
        within = matcher(wanted._replace(brand=None, categories=None, status=None))
        brands, categories, statuses, total = Counter[str](), Counter[str](), Counter[str](), 0
        for entry in filter(within, self._entries):
            of_brand = wanted.brand in (None, entry.brand)
            of_category = wanted.categories is None or entry.category in wanted.categories
            of_status = wanted.status in (None, entry.status)
            brands[entry.brand] += of_category and of_status
            categories[entry.category] += of_brand and of_status
            statuses[entry.status] += of_brand and of_category
            total += of_brand and of_category and of_status
        return Facets(total, +brands, +categories, +statuses)


FEW = 500  # entries that are faster to test one by one than to search for words
SAMPLE = 50_000  # letters of all words, those of some 500 products


class _OrderedEntries:
    """The entries in one order, with lookup structures that are built at first use.

    The words of all entries form one text in this order, and so do the codes: a text search finds the next entry with a word.
    """

    def __init__(self, entries: Iterable[IndexEntry], order: Order) -> None:
        self._key: Callable[[IndexEntry], str] = attrgetter(order)
        self.entries = sorted(entries, key=attrgetter(order, "sku"))
        self._having: dict[str, dict[object, list[int]]] = {}

    def position(self, entry: IndexEntry) -> PagePosition:
        return PagePosition(self._key(entry), entry.sku)

    def place_after(self, after: PagePosition | None) -> int:
        """The first place of the next page."""
        return bisect_right(self.entries, after, key=self.position) if after else 0

    def with_code(self, text: str) -> list[int]:
        """The places of the articles whose number is this text."""
        return list(self._codes.lines_with(f"\n{one_alphabet(text.strip())}\n", 0))

    def candidates(self, wanted: ProductFilter, start: int) -> Iterable[int]:
        """The places from `start` on, in order, of all matching entries, and of few others."""
        asked = (("brand", wanted.brand), ("status", wanted.status), ("own_brand", wanted.own_brand))
        lists = [self._places(name).get(value, []) for name, value in asked if value is not None]
        if wanted.categories is not None:
            places = self._places("category")
            lists.append(sorted(chain(*(places.get(each, []) for each in wanted.categories))))
        shortest = min(lists, key=len, default=None)
        if wanted.text is not None and (shortest is None or len(shortest) > FEW):
            text = _TextQuery(wanted.text)
            by_words = self._words.lines_with(self._words.rarest(text.clues), start) if text.clues else ()
            return _distinct(merge(by_words, self._codes.lines_with(f"\n{text.code}", start)))
        if shortest is None:
            return range(start, len(self.entries))
        return islice(shortest, bisect_left(shortest, start), None)

    def _places(self, name: str) -> dict[object, list[int]]:
        """The places of the entries, by the value of this attribute."""
        if name not in self._having:
            having = self._having.setdefault(name, {})
            for place, value in enumerate(map(attrgetter(name), self.entries)):
                having.setdefault(value, []).append(place)
        return self._having[name]

    @cached_property
    def _words(self) -> "_LineText":
        return _LineText([entry.words for entry in self.entries])

    @cached_property
    def _codes(self) -> "_LineText":
        return _LineText([one_alphabet(entry.code) for entry in self.entries])


class _LineText:
    """Short texts joined into one, each after a line feed; none of them has a line feed."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n".join(["", *lines, ""])
        self._begins = list(accumulate((len(line) + 1 for line in lines), initial=0))

    def rarest(self, clues: Sequence[str]) -> str:
        """The clue that is rarest in a sample; among equals the longest."""
        return min(clues, key=lambda clue: (self._text.count(clue, 0, SAMPLE), -len(clue)))

    def lines_with(self, clue: str, start: int) -> Iterator[int]:
        """The numbers of the lines from `start` on that contain the clue. A clue with a line feed in front matches the beginning of a line."""
        found = self._text.find(clue, self._begins[start])
        while found >= 0:
            line = bisect_right(self._begins, found) - 1
            yield line
            found = self._text.find(clue, self._begins[line + 1])


def _common_prefix(one: str, other: str) -> str:
    """The common beginning of both texts."""
    return one[: next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(other))]


def _distinct(places: Iterable[int]) -> Iterator[int]:
    """Ascending numbers without repetitions."""
    before = -1
    for place in places:
        if place != before:
            yield place
        before = place
