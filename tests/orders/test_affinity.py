"""What goes together, counted in little space; and what follows from it."""

from collections import Counter, defaultdict
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.orders.affinity import CAPACITY, Counts, Other, candidates, counted, suggestions


def test_a_company_more_is_one_more_of_the_article_and_of_each_other():
    once = counted(Counts(), company=True, others=["B", "C"])
    assert once == Counts(1, {"B": Other(1), "C": Other(1)})
    # A company that had counted before buys something new with it.
    assert counted(once, company=False, others=["D"]) == Counts(1, {"B": Other(1), "C": Other(1), "D": Other(1)})
    assert counted(once, company=True, others=["C"]) == Counts(2, {"B": Other(1), "C": Other(2)})


def test_where_there_is_no_room_the_newcomer_takes_the_place_of_the_least_and_is_sure_of_itself_only():
    full = Counts(9, {f"S-{number:02}": Other(number + 3) for number in range(CAPACITY)})
    after = counted(full, company=True, others=["NEW"])
    assert len(after.others) == CAPACITY
    assert "S-00" not in after.others
    assert (after.others["NEW"], after.others["NEW"].sure) == (Other(4, error=3), 1)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([f"S-{number}" for number in range(CAPACITY + 25)]), max_size=400))
def test_what_is_sure_is_never_more_than_the_truth_and_the_frequent_are_kept(bought: list[str]):
    counts = Counts()
    for sku in bought:
        counts = counted(counts, company=True, others=[sku])
    truth = Counter(bought)
    assert len(counts.others) <= CAPACITY
    for sku, other in counts.others.items():
        assert other.sure <= truth[sku] <= other.most
    assert {sku for sku, number in truth.items() if number > len(bought) / CAPACITY} <= counts.others.keys()


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
        sku: Counts(
            len(bought[sku]),
            {other: Other(len(pairs[tuple(sorted((sku, other)))])) for other in "ABCDEF" if other != sku},
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
    own = {"RAIL": Counts(20, {"SPOT": Other(15), "BULB": Other(16)})}
    others = {"SPOT": Counts(18), "BULB": Counts(400)}
    assert [each.sku for each in suggestions(own, others, least=5)] == ["SPOT", "BULB"]


def test_what_goes_with_several_articles_comes_first_and_names_the_one_that_speaks_for_it_most():
    own = {
        "RAIL": Counts(20, {"SPOT": Other(8), "CLIP": Other(9)}),
        "FEED": Counts(20, {"SPOT": Other(9)}),
    }
    first, second = suggestions(own, {"SPOT": Counts(20), "CLIP": Counts(20)}, least=5)
    assert (first.sku, first.because, round(first.score, 3)) == ("SPOT", "FEED", 0.85)
    assert (second.sku, second.because, round(second.score, 3)) == ("CLIP", "RAIL", 0.45)


def test_the_search_goes_on_with_the_likeliest_only():
    own = {"RAIL": Counts(50, {f"S-{number:02}": Other(number) for number in range(40)})}
    assert candidates(own, {"RAIL"}, least=5, most=3) == ["S-39", "S-38", "S-37"]
