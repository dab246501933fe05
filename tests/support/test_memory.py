"""The dictionary answers as moto does, for what the table asks."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Refused, Transaction
from tests.support.memory import MemoryDynamo

HERE, THERE = Key("A#1", "ROW"), Key("A#2", "ROW")
ITEM = {
    **HERE.as_item(),
    "state": "sent",
    "tries": 2,
    "most": 3,
    "deep": {"down": True},
    "event": "x",
    "names": {"a", "b"},
}


@pytest.fixture(params=["moto", "memory"])
def table(request: pytest.FixtureRequest, context: Context) -> Table:
    return context.table if request.param == "moto" else Table(MemoryDynamo(), "club")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Attr("state").eq("sent"), True),
        (Attr("state").ne("sent"), False),
        (Attr("state").is_in(["sent"]), True),
        (Attr("tries").lt(Attr("most")), True),
        (Attr("tries").gte(3), False),
        (Attr("tries").between(1, 2), True),
        (Attr("state").is_in(["new", "old"]), False),
        (Attr("deep.down").eq(True), True),
        (Attr("deep.up").eq(True), False),
        (Attr("nothing").eq("sent"), False),
        (Attr("nothing").lt(1), False),
        (Attr("nothing").not_exists() & Attr("state").exists(), True),
        (Attr("nothing").exists() | Attr("state").begins_with("se"), True),
        (~Attr("state").eq("sent"), False),
        (Attr("names").size().eq(2), True),
        (Attr("names").contains("a"), True),
        (Attr("names").contains("c"), False),
    ],
)
def test_a_condition_holds_or_refuses_with_the_item_in_its_way(
    table: Table, condition: ConditionBase, holds: bool
) -> None:
    table.put(ITEM)
    checked = Transaction()
    checked.check(HERE, condition, label="it")
    checked.put(THERE.as_item())
    assert [
        refusal_of(lambda: table.commit(checked)),
        refusal_of(lambda: table.put(ITEM, when=condition)),
    ] == ([None, None] if holds else [{"it": ITEM}, {"": ITEM}])
    assert (table.get(THERE) is not None) is holds


def refusal_of(write: Callable[[], None]) -> dict[str, Item | None] | None:
    try:
        write()
    except Refused as refused:
        return refused.items
    return None


def test_an_update_sets_defaults_adds_and_removes(table: Table) -> None:
    table.put(ITEM)
    change: dict[str, Any] = {
        "put": {"state": "new"},
        "default": {"tries": 9, "first": "now"},
        "add": {"most": 4, "n": 1, "names": {"b", "c"}, "others": {"d"}},
    }
    after = table.update(HERE, **change, remove=("event", "deep"))
    assert after == {**HERE.as_item(), "state": "new", "tries": 2, "first": "now", "most": 7, "n": Decimal(1)} | {
        "names": {"a", "b", "c"},
        "others": {"d"},
    }
    assert table.get(HERE) == after


def test_an_update_makes_an_item_and_a_refused_one_does_not(table: Table) -> None:
    assert table.update(HERE, put={"n": 1}) == {**HERE.as_item(), "n": 1}
    with pytest.raises(Refused):
        table.update(THERE, put={"n": 1}, when=Attr("pk").exists())
    assert table.get(THERE) is None


def test_a_transaction_deletes_creates_and_is_all_or_nothing(table: Table) -> None:
    table.put(ITEM)
    tx = Transaction()
    tx.delete(HERE, when=Attr("state").eq("sent"))
    tx.create(THERE.as_item())
    table.commit(tx)
    assert table.get_many([HERE, THERE]) == {THERE: THERE.as_item()}
    again = Transaction()
    again.put(ITEM)
    again.create(THERE.as_item(), label="there")
    with pytest.raises(Refused) as refused:
        table.commit(again)
    assert refused.value.items == {"there": THERE.as_item()}
    assert table.get(HERE) is None


def test_a_query_finds_by_prefix_in_order(table: Table) -> None:
    for sk in ("B", "A1", "A2"):
        table.put({**Key("P", sk).as_item(), "gsi1pk": "L", "gsi1sk": sk[::-1]})
    assert [item["sk"] for item in table.query("P", starts="A").items] == ["A1", "A2"]
    assert [item["sk"] for item in table.query("P", between=("A2", "B")).items] == ["A2", "B"]
    assert [item["sk"] for item in table.query("P", newest_first=True).items] == ["B", "A2", "A1"]
    assert [item["sk"] for item in table.query("L", index="gsi1").items] == ["A1", "A2", "B"]


def test_a_query_goes_page_by_page_and_drops_what_is_not_wanted(table: Table) -> None:
    for number in range(5):
        table.put({**Key("P", f"A{number}").as_item(), "gsi2pk": "L", "gsi2sk": "same", "odd": number % 2})
    page = table.query("P", starts="A", limit=2)
    assert ([item["sk"] for item in page.items], page.last) == (["A0", "A1"], {"pk": "P", "sk": "A1"})
    rest = table.query("P", starts="A", after=page.last, where=Attr("odd").eq(0))
    assert ([item["sk"] for item in rest.items], rest.last) == (["A2", "A4"], None)
    assert [item["sk"] for item in table.query_all("P", newest_first=True)] == ["A4", "A3", "A2", "A1", "A0"]
    assert len(list(table.query_all("L", index="gsi2"))) == 5


def test_an_item_leaves_an_index_with_its_attributes(table: Table) -> None:
    table.put({**HERE.as_item(), "gsi1pk": "L", "gsi1sk": "1"})
    table.update(HERE, put={"gsi1sk": "2"})
    assert [item["gsi1sk"] for item in table.query("L", index="gsi1").items] == ["2"]
    table.update(HERE, remove=("gsi1pk", "gsi1sk"), put={"n": 1})
    assert table.query("L", index="gsi1").items == []
    assert len(table.query(HERE.pk).items) == 1
