"""The usual order, decided from the documents alone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.orders.reorder.rules import Habit, habits, in_packs
from chalicelib.sales.rules import DocumentLines, SaleLine

TODAY = date(2026, 11, 20)


def bought(days_ago: int, **quantities: int | str) -> DocumentLines:
    lines = [
        SaleLine(sku, f"Lamp {sku}", Decimal(quantity), None, Decimal(quantity) * 10)
        for sku, quantity in quantities.items()
    ]
    return DocumentLines(TODAY - timedelta(days=days_ago), lines)


def usual(*documents: DocumentLines, least_days: int = 3, silent_days: int = 180) -> dict[str, Habit]:
    found = habits(documents, today=TODAY, least_days=least_days, silent_days=silent_days)
    return {habit.sku: habit for habit in found}


def test_what_was_bought_on_three_days_is_usual_and_what_was_bought_on_two_is_not():
    found = usual(bought(30, A=5, B=1), bought(20, A=7), bought(10, A=6, B=1))
    assert set(found) == {"A"}
    assert found["A"] == Habit("A", "Lamp A", 3, Decimal(6), 10, TODAY - timedelta(days=10), Decimal(180))


def test_several_documents_of_a_day_are_one_purchase():
    assert usual(bought(20, A=5), bought(20, A=5), bought(10, A=5)) == {}
    assert usual(bought(20, A=5), bought(20, A=5), bought(10, A=10), bought(1, A=10))["A"].quantity == 10


def test_one_large_order_and_one_long_pause_change_neither_quantity_nor_rhythm():
    found = usual(bought(330, A=10), bought(60, A=10), bought(50, A=1000), bought(40, A=10), bought(30, A=10))
    assert (found["A"].quantity, found["A"].every_days) == (10, 10)


def test_a_day_on_which_all_came_back_is_none():
    assert usual(bought(30, A=5), bought(20, A=5), bought(10, A=5), bought(10, A=-5)) == {}


def test_what_was_last_bought_long_ago_is_not_usual_any_more():
    documents = [bought(days, A=5) for days in (220, 210, 181)]
    assert usual(*documents) == {}
    assert set(usual(*documents, silent_days=181)) == {"A"}


def test_what_is_bought_most_often_comes_first_and_then_what_costs_most():
    documents = [bought(days, A=1, B=1, C=2) for days in (30, 20, 10)] + [bought(5, A=1)]
    assert list(usual(*documents)) == ["A", "C", "B"]


def test_a_sum_in_another_currency_is_not_added_and_makes_no_article_dearer():
    foreign = [bought(days, A=9)._replace(other_currency=True) for days in (30, 20, 10)]
    found = usual(*foreign, *(bought(days, B=1) for days in (30, 20, 10)))
    assert list(found) == ["B", "A"]
    assert found["A"].amount == 0


def test_the_name_is_the_latest_one():
    renamed = DocumentLines(TODAY, [SaleLine("A", "Lamp A mk2", Decimal(1), None, Decimal(10))])
    assert usual(renamed, bought(20, A=1), bought(10, A=1))["A"].name == "Lamp A mk2"


@pytest.mark.parametrize(
    ("quantity", "multiple", "packs"),
    [("7", 6, 6), ("9", 6, 12), ("2", 6, 6), ("0.5", 1, 1), ("2.5", 1, 3), ("1000001", 6, 999_996), ("12", 12, 12)],
)
def test_a_usual_quantity_is_made_of_whole_packs(quantity: str, multiple: int, packs: int):
    assert in_packs(Decimal(quantity), multiple) == packs


documents = st.lists(
    st.builds(
        lambda days, sku, quantity: bought(days, **{sku: quantity}),
        st.integers(0, 40),
        st.sampled_from("ABC"),
        st.integers(-3, 20).filter(bool),
    ),
    max_size=30,
)


@settings(max_examples=60)
@given(documents=documents, shuffled=st.randoms(use_true_random=False), multiple=st.integers(1, 20))
def test_the_usual_is_within_what_was_bought_and_follows_from_the_documents_in_any_order(
    documents: list[DocumentLines], shuffled, multiple: int
):
    found = usual(*documents)
    again = documents.copy()
    shuffled.shuffle(again)
    assert usual(*again) == found
    for sku, habit in found.items():
        days: dict[date, Decimal] = {}
        for document in documents:
            for line in document.lines:
                if line.sku == sku:
                    days[document.day] = days.get(document.day, Decimal(0)) + line.quantity
        net = {day: quantity for day, quantity in days.items() if quantity > 0}
        assert habit.days == len(net) >= 3
        assert habit.last == max(net)
        assert min(net.values()) <= habit.quantity <= max(net.values())
        assert 1 <= habit.every_days <= (max(net) - min(net)).days
        ordered = in_packs(habit.quantity, multiple)
        assert ordered % multiple == 0
        assert ordered == multiple or abs(ordered - habit.quantity) * 2 <= multiple
