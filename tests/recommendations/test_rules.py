"""Counts of articles bought together, kept in little space, and the suggestions they give."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.recommendations import rules as recommendations_rules
from chalicelib.recommendations.rules import (
    CAPACITY,
    ArticleCounts,
    Companion,
    CountChange,
    candidates,
    changed_counts,
    count_changes,
    pairs_of,
    suggestions,
    transitions,
)
from chalicelib.sales.rules import DocumentLines, SaleLine


def one_more(*others: str, companies: int = 1) -> CountChange:
    return CountChange(companies, gained=list(others), lost=[])


def one_less(*others: str, companies: int = -1) -> CountChange:
    return CountChange(companies, gained=[], lost=list(others))


def test_a_company_more_is_one_more_of_the_article_and_of_each_other():
    once = changed_counts(ArticleCounts(), one_more("B", "C"))
    assert once == ArticleCounts(1, {"B": Companion(1), "C": Companion(1)})
    # A company that had counted before buys something new with it.
    assert changed_counts(once, one_more("D", companies=0)) == ArticleCounts(
        1, {"B": Companion(1), "C": Companion(1), "D": Companion(1)}
    )
    assert changed_counts(once, one_more("C")) == ArticleCounts(2, {"B": Companion(1), "C": Companion(2)})


def test_a_company_less_is_one_less_and_of_what_nothing_is_sure_nothing_is_kept():
    counts = ArticleCounts(3, {"B": Companion(3), "C": Companion(1), "D": Companion(5, error=4)})
    assert changed_counts(counts, one_less("B", "C", "D", "UNKNOWN")) == ArticleCounts(2, {"B": Companion(2)})
    assert changed_counts(counts, one_less("B", companies=0)).companies == 3


def test_where_there_is_no_room_the_newcomer_takes_the_place_of_the_least_and_is_sure_of_itself_only():
    full = ArticleCounts(9, {f"S-{number:02}": Companion(number + 3) for number in range(CAPACITY)})
    after = changed_counts(full, one_more("NEW"))
    assert len(after.others) == CAPACITY
    assert "S-00" not in after.others
    assert (after.others["NEW"], after.others["NEW"].sure) == (Companion(4, error=3), 1)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([f"S-{number}" for number in range(CAPACITY + 25)]), max_size=400))
def test_what_is_sure_is_never_more_than_the_truth_and_the_frequent_are_kept(bought: list[str]):
    counts = ArticleCounts()
    for sku in bought:
        counts = changed_counts(counts, one_more(sku))
    truth = Counter(bought)
    assert len(counts.others) <= CAPACITY
    for sku, other in counts.others.items():
        assert other.sure <= truth[sku] <= other.most
    assert {sku for sku, number in truth.items() if number > len(bought) / CAPACITY} <= counts.others.keys()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([f"S-{n}" for n in range(8)]), st.booleans()), max_size=200))
def test_what_is_sure_is_never_more_than_the_truth_whatever_is_taken_back(told: list[tuple[str, bool]]):
    with pytest.MonkeyPatch.context() as small:
        small.setattr(recommendations_rules, "CAPACITY", 4)
        counts, truth = ArticleCounts(), Counter[str]()
        for sku, gained in told:
            if gained:
                truth[sku] += 1
                counts = changed_counts(counts, one_more(sku))
            elif truth[sku]:
                truth[sku] -= 1
                counts = changed_counts(counts, one_less(sku))
            assert all(0 < other.sure <= truth[other_sku] for other_sku, other in counts.others.items())
            assert counts.companies == truth.total()


articles = st.sampled_from("ABCDEFGH")
some_pairs = st.frozensets(st.tuples(articles, articles).filter(lambda pair: pair[0] < pair[1]), max_size=12)


@given(before=some_pairs, after=some_pairs)
def test_the_steps_from_one_to_the_other_touch_few_articles_each_and_their_gains_add_up(
    before: frozenset[tuple[str, str]], after: frozenset[tuple[str, str]]
):
    with pytest.MonkeyPatch.context() as small:
        small.setattr(recommendations_rules, "MOST_ARTICLES", 3)
        reached = [before, *transitions(before, after)]
    assert reached[-1] == after
    companies, others = Counter[str](), Counter[tuple[str, str]]()
    for one, next_one in pairwise(reached):
        found = count_changes(one, next_one)
        assert 2 <= len(found) <= 3
        for sku, gain in found.items():
            companies[sku] += gain.companies
            others.update((sku, other) for other in gain.gained)
            others.subtract((sku, other) for other in gain.lost)
    whole = count_changes(before, after)
    assert {sku: number for sku, number in companies.items() if number} == {
        sku: gain.companies for sku, gain in whole.items() if gain.companies
    }
    assert {pair: number for pair, number in others.items() if number} == {
        **{(sku, other): 1 for sku, gain in whole.items() for other in gain.gained},
        **{(sku, other): -1 for sku, gain in whole.items() for other in gain.lost},
    }


def bought(day: int, *skus: str) -> DocumentLines:
    return DocumentLines(date(2026, 11, day), [SaleLine(sku, "", Decimal(1), None, Decimal(100)) for sku in skus])


def test_the_pairs_of_a_buyer_are_those_of_its_documents_each_once():
    assert pairs_of([bought(1, "B", "A"), bought(2, "A", "B", "C"), bought(3, "D")]) == {
        ("A", "B"),
        ("A", "C"),
        ("B", "C"),
    }


def test_where_there_are_too_many_pairs_the_newest_documents_come_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recommendations_rules, "MOST_PAIRS", 3)
    documents = [bought(1, "X", "Y"), bought(2, "A", "B", "C", "D"), bought(3, "A", "B", "C")]
    assert pairs_of(documents) == {("A", "B"), ("A", "C"), ("B", "C")}


buyers = st.dictionaries(
    st.integers(0, 9), st.lists(st.frozensets(st.sampled_from("ABCDEF"), min_size=2), max_size=4), max_size=10
)


@settings(max_examples=60)
@given(buyers=buyers, mine=st.frozensets(st.sampled_from("ABCDEF")), least=st.integers(1, 5))
def test_nothing_is_suggested_that_is_bought_already_or_that_too_few_bought_with_it(
    buyers: dict[int, list[frozenset[str]]], mine: frozenset[str], least: int
):
    bought, pairs = defaultdict(set), defaultdict(set)  # of each article and each pair: who bought it
    for buyer, documents in buyers.items():
        for document in documents:
            for sku in document:
                bought[sku].add(buyer)
            for pair in combinations(sorted(document), 2):
                pairs[pair].add(buyer)
    counts = {
        sku: ArticleCounts(
            len(bought[sku]),
            {other: Companion(len(pairs[tuple(sorted((sku, other)))])) for other in "ABCDEF" if other != sku},
        )
        for sku in bought
    }
    own = {sku: counts[sku] for sku in mine if sku in counts}
    others = {sku: counts[sku] for sku in candidates(own, mine, least=least, most=45)}
    found = suggestions(own, others, least=least)
    assert {each.sku for each in found} == {
        other
        for other in "ABCDEF"
        if other not in mine and any(len(pairs[tuple(sorted((sku, other)))]) >= least for sku in mine)
    }
    for each in found:
        assert each.because in mine
        assert len(pairs[tuple(sorted((each.because, each.sku)))]) >= least
        assert 0 < each.score <= len(own) + 1e-9
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_what_goes_with_one_article_comes_before_what_everybody_buys_with_everything():
    own = {"RAIL": ArticleCounts(20, {"SPOT": Companion(15), "BULB": Companion(16)})}
    others = {"SPOT": ArticleCounts(18), "BULB": ArticleCounts(400)}
    assert [each.sku for each in suggestions(own, others, least=5)] == ["SPOT", "BULB"]


def test_what_goes_with_several_articles_comes_first_and_names_the_one_that_speaks_for_it_most():
    own = {
        "RAIL": ArticleCounts(20, {"SPOT": Companion(8), "CLIP": Companion(9)}),
        "FEED": ArticleCounts(20, {"SPOT": Companion(9)}),
    }
    first, second = suggestions(own, {"SPOT": ArticleCounts(20), "CLIP": ArticleCounts(20)}, least=5)
    assert (first.sku, first.because, round(first.score, 3)) == ("SPOT", "FEED", 0.85)
    assert (second.sku, second.because, round(second.score, 3)) == ("CLIP", "RAIL", 0.45)


def test_the_search_goes_on_with_the_likeliest_only():
    own = {"RAIL": ArticleCounts(50, {f"S-{number:02}": Companion(number) for number in range(40)})}
    assert candidates(own, {"RAIL"}, least=5, most=3) == ["S-39", "S-38", "S-37"]
