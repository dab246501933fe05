"""Articles to suggest to a company: its usual order, and what is new for it. Pure.

The usual order ranks the company's articles by the number of its orders that hold them, times the root of what the whole club ordered of
the article in the last 30 days: an article that goes out of season or out of range falls back. The new articles come from the orders of
all companies: an article that stands in the same orders as the company's own ones gets the cosine of the two sets of orders (G. Linden,
B. Smith, J. York, "Amazon.com recommendations: item-to-item collaborative filtering", 2003), summed over the own articles, each as often
and as lately as it was bought, times the root of the share of its orders that is of the last 30 days. If too few are found, the most
popular articles of the last 90 days follow.

Weakest point: an article that left the range yesterday is still listed; the reader of the list knows what can be bought.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest, nsmallest
from itertools import chain, islice
from math import sqrt

from chalicelib.retention.rhythm.orders.rules import Line

POPULAR = 90  # days whose orders make an article popular
CURRENT = 30  # days whose orders show that an article is still sold
HALF_LIFE = 90.0  # days, after which a purchase says half as much
NEIGHBOURS = 100  # of an article: those with the strongest ties
MOST_LINES = 200  # of an order whose articles are paired: longer ones tie everything to everything


class Assortment:
    """The articles of a club and how often they stand in one order."""

    def __init__(self, lines: Iterable[Iterable[Line]], today: int) -> None:
        """`lines`: of each company, up to today."""
        self._orders: list[list[str]] = []
        self._orders_of: dict[str, list[int]] = defaultdict(list)
        self._ties: dict[str, list[tuple[str, float]]] = {}
        self._current: Counter[str] = Counter()
        popular: Counter[str] = Counter()
        for company in lines:
            for day, skus in baskets(company).items():
                if today - day < POPULAR:
                    popular.update(skus)
                if today - day < CURRENT:
                    self._current.update(skus)
                for sku in skus:
                    self._orders_of[sku].append(len(self._orders))
                self._orders.append(list(skus))
        self.popular = [sku for sku, _ in sorted(popular.items(), key=lambda each: (-each[1], each[0]))]

    def demand(self, sku: str) -> float:
        """The weight of what the club ordered lately of an article."""
        return sqrt(self._current[sku] + 3)

    def life(self, sku: str) -> float:
        """The weight of the part of an article's orders that is late."""
        return sqrt((self._current[sku] + 1) / (len(self._orders_of[sku]) + 5))

    def ties(self, sku: str) -> list[tuple[str, float]]:
        """The articles that stand in the same orders, with the cosine."""
        if sku not in self._ties:
            together: Counter[str] = Counter()
            for number in self._orders_of[sku]:
                if len(self._orders[number]) <= MOST_LINES:
                    together.update(self._orders[number])
            together.pop(sku, None)
            own = len(self._orders_of[sku])
            cosines = ((other, both / sqrt(own * len(self._orders_of[other]))) for other, both in together.items())
            self._ties[sku] = nlargest(NEIGHBOURS, cosines, key=lambda each: (each[1], each[0]))
        return self._ties[sku]


def baskets(lines: Iterable[Line]) -> dict[int, set[str]]:
    """The articles of each order day of a company, returns left out."""
    found: dict[int, set[str]] = defaultdict(set)
    for line in lines:
        if line.amount > 0 and line.sku:
            found[line.day].add(line.sku)
    return found


def suggest(assortment: Assortment, lines: Iterable[Line], today: int, most: int) -> tuple[list[str], list[str]]:
    """The usual order and the new articles of a company, at most `most` each, the likeliest first."""
    times: Counter[str] = Counter()
    latest: dict[str, int] = {}
    weight: dict[str, float] = defaultdict(float)
    for day, skus in sorted(baskets(lines).items()):
        times.update(skus)
        for sku in sorted(skus):  # sums depend on their order, and that of a set differs between processes
            latest[sku] = day
            weight[sku] += 0.5 ** ((today - day) / HALF_LIFE)
    usual = sorted(times, key=lambda sku: (-times[sku] * assortment.demand(sku), -latest[sku], sku))[:most]
    return usual, list(islice(_new(assortment, weight, most), most))


def _new(assortment: Assortment, weight: Mapping[str, float], most: int) -> Iterator[str]:
    score: dict[str, float] = defaultdict(float)
    for sku, times in weight.items():
        for other, tie in assortment.ties(sku):
            score[other] += times * tie
    tied = nsmallest(
        most, (sku for sku in score if sku not in weight), key=lambda sku: (-score[sku] * assortment.life(sku), sku)
    )
    known = set(tied)
    return chain(tied, (sku for sku in assortment.popular if sku not in weight and sku not in known))
