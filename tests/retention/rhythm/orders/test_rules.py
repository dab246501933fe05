from math import log

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.rhythm.orders.rules import POPULAR, Line, OrderDay, order_days, popularity

lines = st.lists(
    st.builds(
        Line,
        day=st.integers(1, 40),
        sku=st.sampled_from(["", "A", "B"]),
        amount=st.integers(-30, 60).map(float),
    ),
    max_size=25,
)


def test_documents_of_one_day_are_one_order() -> None:
    assert order_days([Line(5, "A", 10.0), Line(5, "B", 20.0), Line(3, "A", 1.0)]) == [
        OrderDay(3, 1.0, 1),
        OrderDay(5, 30.0, 2),
    ]


def test_an_order_of_which_nine_tenths_came_back_is_no_order() -> None:
    assert order_days([Line(3, "A", 100.0), Line(9, "A", -89.0)]) == [OrderDay(3, 11.0, 1)]
    assert order_days([Line(3, "A", 100.0), Line(9, "A", -90.0)]) == []


def test_a_return_meets_the_latest_earlier_order_that_holds_the_article() -> None:
    bought = [Line(1, "A", 10.0), Line(2, "A", 10.0), Line(3, "B", 10.0), Line(5, "A", 10.0)]
    assert [order.day for order in order_days([*bought, Line(4, "A", -10.0)])] == [1, 3, 5]


def test_what_the_latest_order_cannot_take_lowers_the_one_before() -> None:
    assert order_days([Line(1, "A", 10.0), Line(2, "A", 10.0), Line(3, "A", -15.0)]) == [OrderDay(1, 5.0, 1)]


def test_without_articles_a_return_meets_the_order_of_the_same_amount() -> None:
    bought = [Line(1, "", 70.0), Line(2, "", 100.0)]
    assert order_days([*bought, Line(3, "", -70.0)]) == [OrderDay(2, 100.0, 1)]


def test_a_return_of_what_was_never_bought_changes_nothing() -> None:
    assert order_days([Line(1, "A", 10.0), Line(2, "B", -10.0)]) == [OrderDay(1, 10.0, 1)]


def test_an_article_is_as_popular_as_the_share_of_the_latest_order_days_that_hold_it() -> None:
    today = 500
    one = [Line(today, "A", 5.0), Line(today, "A", 7.0), Line(today, "B", 1.0), Line(today - 1, "B", -1.0)]
    two = [Line(today - POPULAR + 1, "A", 5.0), Line(today - POPULAR, "B", 5.0), Line(today + 1, "B", 5.0)]
    known = popularity([one, two], today)
    assert [known(sku) for sku in "ABC"] == [log(3 / 3), log(2 / 3), log(1 / 3)]
    assert order_days(one, known)[0].popularity == (log(3 / 3) + log(2 / 3)) / 2


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_says_nothing(found: list[Line], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order_days(shuffled) == order_days(found)


@given(lines)
def test_no_order_is_worth_less_than_a_tenth_of_what_was_bought(found: list[Line]) -> None:
    for order in order_days(found):
        bought = sum(line.amount for line in found if line.day == order.day and line.amount > 0)
        assert 0.1 * bought - 1e-9 < order.amount <= bought
