from random import Random

import pytest

from chalicelib.retention.rhythm.correction.rules import MOST_ROWS, PastDay, learn, logit, sigmoid, traits
from chalicelib.retention.rhythm.orders.rules import OrderDay


def cases(number: int, *, pull: float, seed: int = 1) -> list[PastDay]:
    """Companies whose silence depends on a trait as strongly as `pull` says."""
    random = Random(seed)
    found = []
    for _ in range(number):
        said, trait = random.uniform(0.2, 0.8), random.gauss(5, 2)
        found.append(PastDay(said, [trait, 0.0], random.random() < sigmoid(logit(said) + pull * (trait - 5) / 2)))
    return found


def test_nothing_is_learned_from_nothing() -> None:
    assert learn([], 1) is None


def test_a_trait_that_tells_something_is_weighed() -> None:
    found = learn(cases(5000, pull=1.0), 99)
    assert found is not None
    assert 0.7 < found.weights[1] < 1.1  # the ridge holds a little back
    assert found.apply(0.5, [9.0, 0.0]) > 0.8 > 0.2 > found.apply(0.5, [1.0, 0.0])


def test_a_trait_that_tells_nothing_weighs_nothing() -> None:
    found = learn(cases(5000, pull=0.0), 99)
    assert found is not None
    assert max(map(abs, found.weights)) < 0.1
    assert found.apply(0.3, [5.0, 0.0]) == pytest.approx(0.3, abs=0.03)


def test_thirty_companies_hardly_move_the_model() -> None:
    found = learn(cases(30, pull=1.0), 99)
    assert found is not None
    assert max(map(abs, found.weights)) < 0.1


def test_a_correction_is_calibrated() -> None:
    past = cases(4000, pull=0.5)
    found = learn(past, 99)
    assert found is not None
    mean = sum(found.apply(each.probability, each.traits) for each in past) / len(past)
    assert mean == pytest.approx(sum(each.silent for each in past) / len(past), abs=0.01)


def test_the_level_of_a_single_season_counts_for_a_fifth() -> None:
    season = [each._replace(silent=True) if number % 3 else each for number, each in enumerate(cases(4000, pull=0.0))]
    one, four = learn(season, 1), learn(season, 4)
    assert one and four
    assert one.level == pytest.approx(0.4 * four.level) and four.level > 0.3
    assert one.weights == four.weights


def test_of_too_many_cases_a_part_is_taken() -> None:
    few = learn(cases(40, pull=1.0) * (MOST_ROWS // 20), 99)
    assert few is not None and len(few.weights) == 3


def test_the_traits_of_a_company() -> None:
    seen = traits([OrderDay(10, 100.0, 3, -1.0), OrderDay(20, 300.0, 7, -4.0)], 50)
    silent, age, value, articles, spread, over, recent, popularity = seen
    assert (silent, age) == pytest.approx((3.4339872, 3.7135721))
    assert value == pytest.approx(5.2983174)  # of 200
    assert articles == pytest.approx(1.9459101)  # of 7
    assert (spread, over) == (1.0, 1.0)
    assert recent == pytest.approx(5.6529, abs=1e-3)  # of 63 and 212 that are left, and 10
    assert popularity == -2.5  # each order alike, whatever the number of its articles


def test_a_trait_that_is_newer_than_what_the_club_learned_says_nothing() -> None:
    found = learn(cases(500, pull=1.0), 99)
    assert found is not None
    assert found.apply(0.5, [9.0, 0.0, 7.0]) == found.apply(0.5, [9.0, 0.0])
