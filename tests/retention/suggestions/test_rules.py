from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.rhythm.orders.rules import Line
from chalicelib.retention.suggestions.rules import Assortment, suggest

TODAY = 400
lines = st.lists(
    st.builds(
        Line, day=st.integers(300, TODAY), sku=st.sampled_from(["", *"ABCDEFGH"]), amount=st.sampled_from([-5.0, 5.0])
    ),
    max_size=30,
)


def order(day: int, skus: str) -> list[Line]:
    return [Line(day, sku, 10.0) for sku in skus]


def test_the_usual_order_counts_orders_and_then_prefers_the_latest() -> None:
    own = [*order(310, "ABC"), *order(320, "AB"), *order(330, "D"), *order(330, "A")]
    usual, _ = suggest(Assortment([own], TODAY), own, TODAY, 10)
    assert usual == ["A", "B", "D", "C"]


def test_what_the_club_hardly_orders_any_more_falls_back_in_the_usual_order() -> None:
    own = [*order(310, "AB"), *order(320, "AB"), *order(330, "A")]
    others = [order(day, "B") for day in range(380, 395)]
    assert suggest(Assortment([own, *others], TODAY), own, TODAY, 10)[0] == ["B", "A"]
    assert suggest(Assortment([own], TODAY), own, TODAY, 10)[0] == ["A", "B"]


def test_of_two_equal_ties_the_article_that_is_still_ordered_is_new() -> None:
    own = order(390, "A")
    others = [order(310, "AX"), order(311, "AX"), order(396, "AY"), order(397, "AY")]
    assert suggest(Assortment([own, *others], TODAY), own, TODAY, 1)[1] == ["Y"]


def test_new_articles_stand_in_orders_with_the_company_s_own() -> None:
    own = order(390, "A")
    others = [order(day, "AX") for day in (310, 311, 312)] + [order(day, "BY") for day in range(350, 360)]
    assert suggest(Assortment([own, *others], TODAY), own, TODAY, 1)[1] == ["X"]


def test_the_popular_articles_of_90_days_follow() -> None:
    own = order(390, "A")
    others = [order(380, "BY"), order(381, "B"), order(305, "Z"), order(304, "Z"), order(303, "Z")]
    assert suggest(Assortment([own, *others], TODAY), own, TODAY, 10)[1] == ["B", "Y"]


def test_returned_goods_and_lines_without_an_article_suggest_nothing() -> None:
    own = [Line(390, "A", -10.0), Line(390, "", 10.0)]
    assert suggest(Assortment([own], TODAY), own, TODAY, 10) == ([], [])


@given(st.lists(lines, min_size=1, max_size=6), st.integers(0, 10))
def test_usual_articles_were_bought_and_new_ones_were_not(companies: list[list[Line]], most: int) -> None:
    usual, new = suggest(Assortment(companies, TODAY), companies[0], TODAY, most)
    bought = {line.sku for line in companies[0] if line.amount > 0 and line.sku}
    assert set(usual) <= bought and not bought & set(new)
    assert len(set(usual)) == len(usual) <= most and len(set(new)) == len(new) <= most
