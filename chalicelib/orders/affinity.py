"""What goes together with an article, counted in little space, and what follows from it for somebody who buys it. Pure.

Counted are companies, each once: `companies` bought the article together with something else, `others` say how many of them bought this
other article in the same document. Of the others the most frequent are kept, by the Space-Saving algorithm (A. Metwally, D. Agrawal,
A. El Abbadi, "Efficient computation of frequent and top-k elements in data streams", 2005): a new one takes the place and the count of the
least frequent, and remembers that count as its possible error. What is sure is the count less the error, never more than the truth.

How strongly two articles go together is the cosine of the two sets of companies (G. Linden, B. Smith, J. York, "Amazon.com
recommendations: item-to-item collaborative filtering", 2003), which is the geometric mean of the confidences of both directions:

    cosine(A, B) = sure(A, B) / √(companies(A) · companies(B))

Unlike the confidence alone it does not name what everybody buys anyway; unlike the lift it needs no count of all companies, and does not
prefer what hardly anybody buys.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from math import sqrt
from typing import NamedTuple

CAPACITY = 40  # others that are kept of an article


class Other(NamedTuple):
    """How many companies bought the other article together with this one: `most` at most, and not fewer by more than `error`."""

    most: int
    error: int = 0

    @property
    def sure(self) -> int:
        return self.most - self.error


class Counts(NamedTuple):
    companies: int = 0
    others: Mapping[str, Other] = {}


class Suggestion(NamedTuple):
    """An article, how strongly it goes with what the company buys, and the one of these that speaks for it most."""

    sku: str
    score: float
    because: str


def counted(counts: Counts, *, company: bool, others: Iterable[str]) -> Counts:
    """The counts after one company more: which bought the article for the first time, and these others with it."""
    kept = dict(counts.others)
    for sku in others:
        if sku in kept:
            kept[sku] = kept[sku]._replace(most=kept[sku].most + 1)
        elif len(kept) < CAPACITY:
            kept[sku] = Other(1)
        else:
            least = min(kept, key=lambda each: (kept[each].most, each))
            before = kept.pop(least)
            kept[sku] = Other(before.most + 1, error=before.most)
    return Counts(counts.companies + company, kept)


def candidates(own: Mapping[str, Counts], bought: Collection[str], *, least: int, most: int) -> list[str]:
    """Articles that surely so many companies bought with one of these, and this one did not: the likeliest, as far as that is known."""
    likely: dict[str, float] = defaultdict(float)
    for counts in own.values():
        for sku, other in counts.others.items():
            if sku not in bought and other.sure >= least:
                likely[sku] += other.sure / counts.companies
    return sorted(likely, key=lambda sku: (-likely[sku], sku))[:most]


def suggestions(own: Mapping[str, Counts], others: Mapping[str, Counts], *, least: int) -> list[Suggestion]:
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
