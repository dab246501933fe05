"""Pairs of articles bought together: the pairs of one buyer, the counts of all buyers, and the suggestions that follow. Pure.

The pairs of a buyer follow from its sales documents alone: of each document the ten articles on which most was spent, two by two. They are
worked out anew whenever the buyer's sales move; the counts change by the difference to the pairs that the buyer had before (`steps`, `gains`).

Counts are of buyers, each once: `companies` bought the article together with another one, `others` say how many of them bought this other
article in the same document. Of the others the most frequent are kept, by the Space-Saving algorithm (A. Metwally, D. Agrawal,
A. El Abbadi, "Efficient computation of frequent and top-k elements in data streams", 2005): a new one takes the place and the count of the
least frequent, and remembers that count as its possible error. What is sure is the count less the error, never more than the truth: a pair
that is taken back lowers it by one where the article is kept, and an article of which nothing is sure any more loses its place.

How strongly two articles go together is the cosine of the two sets of companies (G. Linden, B. Smith, J. York, "Amazon.com
recommendations: item-to-item collaborative filtering", 2003), which is the geometric mean of the confidences of both directions:

    cosine(A, B) = sure(A, B) / √(companies(A) · companies(B))

Unlike the confidence alone it does not name what everybody buys anyway; unlike the lift it needs no count of all companies, and does not
prefer what hardly anybody buys.
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
MOST_SKU = 64  # letters: what sales files call by a longer name is no article of ours
MOST_PAIRS = 1000  # of a buyer: about 6 KB
MOST_ARTICLES = 90  # whose counts one transaction changes

Pair = tuple[str, str]  # two articles, in the order of their names
Pairs = frozenset[Pair]


class Companion(NamedTuple):
    """How many companies bought the other article together with this one: `most` at most, and not fewer by more than `error`."""

    most: int
    error: int = 0

    @property
    def sure(self) -> int:
        return self.most - self.error


class ArticleCounts(NamedTuple):
    companies: int = 0
    others: Mapping[str, Companion] = {}


class Suggestion(NamedTuple):
    """An article, how strongly it goes with what the company buys, and the one of these that speaks for it most."""

    sku: str
    score: float
    because: str


class CountChange(NamedTuple):
    """How one buyer changes the counts of one article. `companies`: 1, 0 or -1."""

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
    """The articles on which most was spent, in the order of their names."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if 1 <= len(line.sku) <= MOST_SKU:
            amounts[line.sku] += line.amount
    bought = [sku for sku, amount in amounts.items() if amount > 0]
    return sorted(sorted(bought, key=lambda sku: (-amounts[sku], sku))[:MOST_LINES])


# --- the counts -------------------------------------------------------------------------------------------------------


def steps(before: Pairs, after: Pairs) -> Iterator[Pairs]:
    """The buyer's pairs after each of the transactions that lead from the one to the other; none where nothing differs."""
    reached, touched = before, set[str]()
    for pair in sorted(before ^ after):
        if len(touched.union(pair)) > MOST_ARTICLES:
            yield reached
            touched = set()
        touched.update(pair)
        reached ^= {pair}
    if touched:
        yield reached


def gains(before: Pairs, after: Pairs) -> dict[str, CountChange]:
    """How the counts of each article change when a buyer that had the one has the other."""
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


def counted(counts: ArticleCounts, gain: CountChange) -> ArticleCounts:
    """The counts with this gain."""
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
    """Articles that surely so many companies bought with one of these, and this one did not: the likeliest, as far as that is known."""
    likely: dict[str, float] = defaultdict(float)
    for counts in own.values():
        for sku, other in counts.others.items():
            if sku not in bought and other.sure >= least:
                likely[sku] += other.sure / counts.companies
    return sorted(likely, key=lambda sku: (-likely[sku], sku))[:most]


def suggestions(
    own: Mapping[str, ArticleCounts], others: Mapping[str, ArticleCounts], *, least: int
) -> list[Suggestion]:
    """These others by the sum of their cosines with one's own articles, the best first."""
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
