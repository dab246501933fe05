"""Pairs of articles bought together: the pairs of one buyer, the counts of all buyers, and the suggestions. Pure.

The pairs of a buyer follow from its sales documents: the ten largest articles of each document by amount, two by two. They are computed
again when the buyer's sales move; the counts change by the difference to the pairs before (`transitions`, `count_changes`).

A buyer counts once: `companies` is the number of buyers of the article together with another one, `others` the number of them for each
other article of the same document. The most frequent others are kept, by the Space-Saving algorithm (A. Metwally, D. Agrawal,
A. El Abbadi, "Efficient computation of frequent and top-k elements in data streams", 2005): a new one takes the place and the count of the
least frequent, and keeps that count as its possible error. The sure count is the count less the error, never more than the truth. A lost
pair lowers it by one if the article is kept; an article without a sure count loses its place.

The strength of a pair is the cosine of the two sets of companies (G. Linden, B. Smith, J. York, "Amazon.com
recommendations: item-to-item collaborative filtering", 2003), which is the geometric mean of the confidences of both directions:

    cosine(A, B) = sure(A, B) / √(companies(A) · companies(B))

Unlike the confidence alone it does not favour articles that everybody buys; unlike the lift it needs no count of all companies, and does
not favour articles that hardly anybody buys.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from math import sqrt
from typing import NamedTuple

from chalicelib.sales import DocumentLines, SaleLine

CAPACITY = 40  # others that are kept of an article
MOST_LINES = 10  # of a document, by amount
MOST_SKU = 64  # characters; sales files may have longer names, the catalogue has none
MOST_PAIRS = 1000  # of a buyer: about 6 KB
MOST_ARTICLES = 90  # whose counts one transaction changes

Pair = tuple[str, str]  # two articles, in the order of their names
Pairs = frozenset[Pair]


class Companion(NamedTuple):
    """The number of buyers of both articles: between `most - error` and `most`."""

    most: int
    error: int = 0

    @property
    def sure(self) -> int:
        return self.most - self.error


class ArticleCounts(NamedTuple):
    companies: int = 0
    others: Mapping[str, Companion] = {}


class Suggestion(NamedTuple):
    """An article, its score, and the company's own article with the largest part in the score."""

    sku: str
    score: float
    because: str


class CountChange(NamedTuple):
    """The change of an article's counts by one buyer. `companies`: 1, 0 or -1."""

    companies: int
    gained: list[str]
    lost: list[str]


# --- the pairs of a buyer ---------------------------------------------------------------------------------------------


def pairs_of(documents: Iterable[DocumentLines]) -> Pairs:
    """Every pair once, the newest documents first; a document whose pairs do not fit any more is left out."""
    found: set[Pair] = set()
    for document in sorted(documents, key=lambda each: each.day, reverse=True):
        pairs = found.union(combinations(largest(document.lines), 2))
        if len(pairs) <= MOST_PAIRS:
            found = pairs
    return frozenset(found)


def largest(lines: Iterable[SaleLine]) -> list[str]:
    """The articles with the largest amounts, in the order of their names."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if 1 <= len(line.sku) <= MOST_SKU:
            amounts[line.sku] += line.amount
    bought = [sku for sku, amount in amounts.items() if amount > 0]
    return sorted(sorted(bought, key=lambda sku: (-amounts[sku], sku))[:MOST_LINES])


# --- the counts -------------------------------------------------------------------------------------------------------


def transitions(before: Pairs, after: Pairs) -> Iterator[Pairs]:
    """The buyer's pairs after each transaction on the way from `before` to `after`; none if they are equal."""
    reached, touched = before, set[str]()
    for pair in sorted(before ^ after):
        if len(touched.union(pair)) > MOST_ARTICLES:
            yield reached
            touched = set()
        touched.update(pair)
        reached ^= {pair}
    if touched:
        yield reached


def count_changes(before: Pairs, after: Pairs) -> dict[str, CountChange]:
    """The change of each article's counts when a buyer's pairs go from `before` to `after`."""
    had, has = _articles(before), _articles(after)
    found: dict[str, CountChange] = defaultdict(lambda: CountChange(0, [], []))
    for pair in sorted(before ^ after):
        for sku, other in (pair, pair[::-1]):
            gain = found[sku]._replace(companies=(sku in has) - (sku in had))
            (gain.gained if pair in after else gain.lost).append(other)
            found[sku] = gain
    return found


def _articles(pairs: Pairs) -> set[str]:
    return {sku for pair in pairs for sku in pair}


def changed_counts(counts: ArticleCounts, gain: CountChange) -> ArticleCounts:
    """The counts after this change."""
    kept = dict(counts.others)
    for sku in gain.lost:
        if sku in kept:
            if kept[sku].sure <= 1:
                del kept[sku]
            else:
                kept[sku] = kept[sku]._replace(most=kept[sku].most - 1)
    for sku in gain.gained:
        if sku in kept:
            kept[sku] = kept[sku]._replace(most=kept[sku].most + 1)
        elif len(kept) < CAPACITY:
            kept[sku] = Companion(1)
        else:
            least = min(kept, key=lambda each: (kept[each].most, each))
            before = kept.pop(least)
            kept[sku] = Companion(before.most + 1, error=before.most)
    return ArticleCounts(counts.companies + gain.companies, kept)


# --- suggestions ------------------------------------------------------------------------------------------------------


def candidates(own: Mapping[str, ArticleCounts], bought: Collection[str], *, least: int, most: int) -> list[str]:
    """Articles outside `bought` with at least `least` sure buyers for one of the company's own articles, the likeliest first."""
    likely: dict[str, float] = defaultdict(float)
    for counts in own.values():
        for sku, other in counts.others.items():
            if sku not in bought and other.sure >= least:
                likely[sku] += other.sure / counts.companies
    return sorted(likely, key=lambda sku: (-likely[sku], sku))[:most]


def suggestions(
    own: Mapping[str, ArticleCounts], others: Mapping[str, ArticleCounts], *, least: int
) -> list[Suggestion]:
    """The candidates by the sum of their cosines with the company's own articles, the best first."""
    found = []
    for sku, counts in others.items():
        cosines = {
            mine: seen.others[sku].sure / sqrt(seen.companies * counts.companies)
            for mine, seen in own.items()
            if sku in seen.others and seen.others[sku].sure >= least
        }
        if cosines:
            because = max(cosines, key=lambda mine: (cosines[mine], mine))
            found.append(Suggestion(sku, sum(cosines.values()), because))
    return sorted(found, key=lambda each: (-each.score, each.sku))
