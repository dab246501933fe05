from itertools import pairwise
from random import Random

import pytest

from chalicelib.retention.rhythm.orders.rules import OrderDay
from chalicelib.retention.rhythm.rules import ClubRhythm, figures, learn_club
from chalicelib.retention.rhythm.season.rules import season_time

TODAY = 738_000


def club(companies: int = 120, seed: int = 5) -> list[list[OrderDay]]:
    """A year of companies that order each in its own time; the larger the orders, the longer they stay."""
    random, found = Random(seed), []
    for _ in range(companies):
        gap, size, day = random.uniform(8, 60), random.uniform(50, 500), TODAY - 365 + random.randrange(200)
        orders = []
        while day <= TODAY:
            orders.append(OrderDay(day, size * random.uniform(0.5, 1.5), random.randrange(1, 9)))
            if random.random() < 30 / size:
                break
            day += max(1, int(random.expovariate(1 / gap)))
        found.append(orders)
    return found


def plain() -> ClubRhythm:
    return ClubRhythm(season_time({TODAY - 100: 1}, TODAY), mean_order=100.0)


def test_orders_after_the_day_say_nothing() -> None:
    known = club()
    earlier = [[order for order in orders if order.day <= TODAY - 60] for orders in known]
    then = learn_club(known, TODAY - 60)
    assert (then.model, then.gaps, then.score) == (
        (again := learn_club(earlier, TODAY - 60)).model,
        again.gaps,
        again.score,
    )
    for now, before in zip(known, earlier, strict=True):
        if before:
            assert figures(then, now, TODAY - 60) == figures(then, before, TODAY - 60)


@pytest.mark.parametrize("age", [110, 145, 180])
def test_no_order_in_a_longer_time_is_never_likelier_than_in_a_shorter_one(age: int) -> None:
    """A young club knows the outcome of a day for some horizons, and for longer ones not yet."""
    today, several = TODAY - 365 + age, club()
    told = []
    for horizon in (30, 60, 90, 180):
        learned = learn_club(several, today, horizon)
        told.append([figures(learned, each, today).no_order for each in several if each[0].day <= today])
    for shorter, longer in pairwise(told):
        assert max(after - before for before, after in zip(shorter, longer, strict=True)) < 0.01


def test_figures_of_every_company_are_probabilities_days_and_money() -> None:
    known = club()
    learned = learn_club(known, TODAY)
    for orders in known:
        found = figures(learned, orders, TODAY)
        assert 0 < found.no_order < 1
        assert 0 < found.early_warning <= 1
        assert found.expected_orders > 0
        assert found.expected_sum == pytest.approx(found.expected_orders * found.order_value)
        assert TODAY < found.window_from <= found.window_to


def test_a_silence_of_the_whole_horizon_has_passed_it() -> None:
    assert figures(plain(), [OrderDay(TODAY - 90, 10.0, 1)], TODAY).early_warning == 1
    assert figures(plain(), [OrderDay(TODAY - 89, 10.0, 1)], TODAY).early_warning < 1


def test_the_longer_the_silence_the_surer_the_warning() -> None:
    bought = [OrderDay(TODAY - 100 + 7 * week, 10.0, 1) for week in range(8)]
    told = [figures(plain(), bought, bought[-1].day + days).early_warning for days in range(1, 91)]
    assert told == sorted(told)


def test_the_window_of_a_regular_buyer_holds_its_gap() -> None:
    bought = [OrderDay(TODAY - 21 * week, 10.0, 1) for week in reversed(range(15))]
    found = figures(plain(), bought, TODAY)
    assert found.window_from <= TODAY + 21 <= found.window_to
    assert found.expected == TODAY + 21


def test_a_window_that_went_by_begins_tomorrow_at_the_earliest() -> None:
    bought = [OrderDay(TODAY - 200 - 21 * week, 10.0, 1) for week in reversed(range(15))]
    assert figures(plain(), bought, TODAY).window_from > TODAY


def test_the_order_value_is_drawn_to_the_mean_of_the_club_by_one_order() -> None:
    assert figures(plain(), [OrderDay(TODAY - 3, 400.0, 1)], TODAY).order_value == pytest.approx(250)


def test_in_another_currency_figures_follow_the_company_s_own_orders_whatever_the_unit_of_its_money() -> None:
    learned = learn_club(club(), TODAY)
    assert learned.mean_order > 0 and learned.score and learned.warning
    other = learned.of_days_alone()
    bought = [OrderDay(TODAY - 90, 400.0, 2), OrderDay(TODAY - 30, 600.0, 2)]
    found = figures(other, bought, TODAY)
    assert found.order_value == 500 and found.usual_sum == 500 * 90 / 60
    minor = figures(other, [order._replace(amount=100 * order.amount) for order in bought], TODAY)
    assert minor.expected_sum == pytest.approx(100 * found.expected_sum)
    assert (minor.no_order, minor.early_warning) == (found.no_order, found.early_warning)


def test_a_club_without_past_outcomes_keeps_the_model_s_own_figures() -> None:
    young = [[OrderDay(TODAY - 20, 10.0, 1), OrderDay(TODAY - 5, 10.0, 1)], [OrderDay(TODAY - 8, 5.0, 1)]]
    learned = learn_club(young, TODAY)
    assert learned.score is None and learned.warning is None
    assert 0 < figures(learned, young[0], TODAY).no_order < figures(learned, young[1], TODAY).no_order < 1


def test_the_correction_learns_that_large_orders_stay() -> None:
    learned = learn_club(club(900), TODAY)
    assert learned.score is not None
    assert learned.score.weights[3] < 0  # the order value


def test_an_empty_club_has_its_defaults() -> None:
    learned = learn_club([], TODAY)
    assert learned.mean_order == 0 and learned.score is None
