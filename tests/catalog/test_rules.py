"""The tree of categories takes what keeps it a tree, and says of the rest what is wrong."""

import json
import random
import zlib
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalog import rules as catalog_rules
from chalicelib.catalog.rules import (
    MOST_CATEGORIES,
    MOST_LEVELS,
    Category,
    Product,
    RowChange,
    change,
    plant,
    subtree,
    walk,
)


def category(code: str, parent: str = "") -> Category:
    return Category(code, code.upper(), code.upper(), parent)


def tree(*pairs: str) -> dict[str, Category]:
    """`b<a` lies in `a`."""
    made = [category(*pair.split("<")) for pair in pairs]
    return {each.code: each for each in made}


def test_rows_come_in_any_order_and_name_each_other():
    planted, refused = plant({}, list(tree("c<b", "b<a", "a").values()))
    assert (set(planted), refused) == ({"a", "b", "c"}, {})


def test_a_row_whose_parent_is_not_there_is_refused_and_those_that_hang_on_it():
    planted, refused = plant(tree("a"), list(tree("b<x", "c<b", "d<a").values()))
    assert set(planted) == {"a", "d"}
    assert refused == {"b": "unknown_parent", "c": "unknown_parent"}


def test_rows_that_would_lie_in_themselves_leave_everything_as_it_was():
    before = tree("a", "b<a", "c<b")
    planted, refused = plant(before, [category("a", "c"), category("d", "d")])
    assert (planted, refused) == (before, {"a": "cycle", "d": "cycle"})


def test_a_category_moves_with_all_that_lies_in_it():
    planted, _ = plant(tree("a", "b", "c<b", "d<c"), [category("b", "a")])
    assert subtree(planted, "a") == {"a", "b", "c", "d"}


def test_nothing_is_moved_so_deep_that_what_lies_in_it_would_be_too_deep():
    chain = [category("l1"), *(category(f"l{level}", f"l{level - 1}") for level in range(2, MOST_LEVELS + 1))]
    deep = {each.code: each for each in chain}
    planted, refused = plant(deep, [category("below", f"l{MOST_LEVELS}"), category("top"), category("l1", "top")])
    assert refused == {"below": "too_deep", "l1": "too_deep"}
    assert set(planted) == {*deep, "top"}


def test_a_tree_has_only_so_many_categories_and_those_that_are_there_can_still_change():
    full = {f"c{number:04}": category(f"c{number:04}") for number in range(MOST_CATEGORIES - 1)}
    moved = category("c0001", "c0000")
    planted, refused = plant(full, [category("new1"), category("new2"), moved])
    assert refused == {"new2": "too_many"}
    assert planted["c0001"] == moved


def test_an_unplanted_category_stands_for_itself():
    assert subtree({}, "lamps") == {"lamps"}


def test_the_tree_is_told_from_the_top_each_category_after_what_it_lies_in():
    told = [(each.code, level) for each, level in walk(tree("b", "a", "z<a", "c<a", "d<c"))]
    assert told == [("a", 1), ("c", 2), ("d", 3), ("z", 2), ("b", 1)]


codes = st.sampled_from("abcdefgh")
rows = st.lists(st.builds(category, codes, codes | st.just("")), max_size=8, unique_by=lambda each: each.code)


@given(st.lists(rows, max_size=5))
def test_whatever_is_offered_it_stays_a_tree_and_every_row_is_taken_or_refused(batches: list[list[Category]]):
    planted: dict[str, Category] = {}
    for offered in batches:
        before = planted
        planted, refused = plant(before, offered)
        assert len(list(walk(planted))) == len(planted)
        for each in offered:
            assert planted.get(each.code) == (before.get(each.code) if each.code in refused else each)
        assert plant(planted, [each for each in offered if each.code not in refused]) == (planted, {})


def test_a_tree_of_the_largest_size_fits_into_an_item():
    letters = random.Random(7)
    word = lambda alphabet, length: "".join(letters.choices(alphabet, k=length))  # noqa: E731
    russian, latin = "абвгдежзийклмнопрстуфхцчшщыьэюя ", "abcdefghijklmnopqrstuvwxyz -"
    worst = [
        Category(word(russian, 40), word(latin, 80), word(russian, 80), word(russian, 40))
        for _ in range(catalog_rules.MOST_CATEGORIES)
    ]
    assert len(zlib.compress(json.dumps(worst, ensure_ascii=False).encode())) < 390_000


LAMP = Product("LMP-1", "Lamp", "Лампа", "", "", "pcs", 1, Decimal("120.00"), "RUB", Decimal(20))


def test_a_row_for_a_new_sku_creates_the_product():
    assert change(None, LAMP) is RowChange.CREATED


def test_the_same_row_again_changes_nothing_however_its_numbers_are_written():
    assert change(LAMP, LAMP._replace(base_price=Decimal("120"))) is RowChange.UNCHANGED


def test_any_other_figure_updates_the_product():
    assert change(LAMP, LAMP._replace(base_price=Decimal("120.01"))) is RowChange.UPDATED
    assert change(LAMP, LAMP._replace(pack_multiple=6)) is RowChange.UPDATED
