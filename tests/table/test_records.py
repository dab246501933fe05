"""Records that become items, and items that become records."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import from_wire, to_wire


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Point(NamedTuple):
    name: str
    amount: Decimal
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Every kind of field."""

    leaf_id: str
    count: int
    amount: Decimal
    day: date
    moment: datetime
    colour: Colour
    side: Literal["left", "right"]
    needed: str | None
    by_day: Mapping[date, Decimal]
    points: tuple[Point, ...]
    pair: tuple[str, date]
    names: frozenset[str] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    tries: int = 0
    is_open: bool = False
    note: str = ""
    point: Point | None = None
    children: tuple["Leaf", ...] = ()

    @property
    def left(self) -> int:
        return self.count - self.tries


texts = st.text(max_size=5)
amounts = st.decimals(-1000, 1000, places=2)
points = st.builds(Point, texts, amounts, st.none() | st.dates())


def leaves(children: st.SearchStrategy[Leaf] | None = None) -> st.SearchStrategy[Leaf]:
    return st.builds(
        Leaf,
        leaf_id=texts,
        count=st.integers(-5, 5),
        amount=amounts,
        day=st.dates(),
        moment=st.datetimes(),
        colour=st.sampled_from(Colour),
        side=st.sampled_from(["left", "right"]),
        needed=st.none() | texts,
        by_day=st.dictionaries(st.dates(), amounts, max_size=2),
        points=st.lists(points, max_size=2).map(tuple),
        pair=st.tuples(texts, st.dates()),
        names=st.frozensets(texts, max_size=2),
        facts=st.dictionaries(texts, texts, max_size=2),
        tries=st.integers(0, 2),
        is_open=st.booleans(),
        note=texts,
        point=st.none() | points,
        children=st.lists(children, max_size=2).map(tuple) if children is not None else st.just(()),
    )


@given(leaves(leaves()))
def test_a_record_comes_back_from_the_table_as_it_was(leaf: Leaf) -> None:
    stored = from_wire(to_wire({"pk": "LEAF", "sk": "#", "gsi1pk": "more", **to_item(leaf)}))
    assert from_item(Leaf, stored) == leaf


@given(points)
def test_a_record_comes_back_from_json_as_it_was(point: Point) -> None:
    assert from_item(Point, json.loads(json.dumps(to_item(point), default=str))) == point


def leaf(**more: Any) -> Leaf:
    plain: dict[str, Any] = {
        "leaf_id": "l1",
        "count": 0,
        "amount": Decimal("1.50"),
        "day": date(2026, 11, 20),
        "moment": datetime(2026, 11, 20, 9),
        "colour": Colour.RED,
        "side": "left",
        "needed": None,
        "by_day": {date(2026, 1, 1): Decimal(3)},
        "points": (Point("a", Decimal(0)),),
        "pair": ("p", date(2026, 1, 2)),
    }
    return Leaf(**plain | more)


def test_only_none_and_empty_defaults_are_left_out() -> None:
    assert to_item(leaf()) == {
        "leaf_id": "l1",
        "count": 0,
        "amount": Decimal("1.50"),
        "day": "2026-11-20",
        "moment": "2026-11-20T09:00:00",
        "colour": "red",
        "side": "left",
        "by_day": {"2026-01-01": Decimal(3)},
        "points": [{"name": "a", "amount": Decimal(0)}],
        "pair": ["p", "2026-01-02"],
        "tries": 0,
    }
    assert to_item(leaf(leaf_id="", points=()))["leaf_id"] == ""  # no default, so never left out
    assert to_item(leaf(is_open=True, note="n"))["is_open"] is True


class Name(str):
    """A text with a type of its own."""

    __slots__ = ()


def test_a_text_of_its_own_type_is_stored_as_text() -> None:
    stored = to_item(leaf(note=Name("n")))["note"]
    assert (stored, type(stored)) == ("n", str)


def test_a_field_without_a_default_must_be_there() -> None:
    item = to_item(leaf())
    del item["side"]
    with pytest.raises(KeyError, match="side"):
        from_item(Leaf, item)


def test_an_unknown_value_of_an_enum_is_refused() -> None:
    with pytest.raises(ValueError, match="green"):
        from_item(Leaf, {**to_item(leaf()), "colour": "green"})


class Either(NamedTuple):
    value: Decimal | date


def test_a_field_that_could_be_either_of_two_kinds_is_refused() -> None:
    with pytest.raises(TypeError, match="does not say"):
        from_item(Either, {"value": "1"})


def test_what_has_no_form_in_the_table_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        to_item(Point("a", 1j))  # type: ignore[arg-type]
