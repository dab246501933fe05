"""A transaction: what it says to DynamoDB, and what it says when it is refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr

from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import MOST_OPERATIONS, Guard, Refused, Transaction, at_version

ANNA = Key("MEMBER#anna", "PROFILE")
BORIS = Key("MEMBER#boris", "PROFILE")


@pytest.fixture
def table(context: Context) -> Table:
    return context.table


def commit(table: Table, **operation: Any) -> None:
    """One update of Anna, in a transaction of its own."""
    tx = Transaction()
    tx.update(ANNA, **operation)
    table.commit(tx)


def test_nothing_to_do_is_done(table: Table) -> None:
    table.commit(Transaction())


def test_an_item_is_created_once(table: Table) -> None:
    for name in ("Anna", "Another"):
        tx = Transaction()
        tx.create(ANNA.as_item() | {"name": name}, label="member")
        if name == "Anna":
            table.commit(tx)
        else:
            with pytest.raises(Refused) as refused:
                table.commit(tx)
    assert "member" in refused.value
    assert refused.value.items["member"] == {**ANNA.as_item(), "name": "Anna"}


def test_one_refusal_refuses_all(table: Table) -> None:
    tx = Transaction()
    tx.put(BORIS.as_item(), label="boris")
    tx.check(ANNA, Attr("status").eq("active"), label="anna")
    with pytest.raises(Refused) as refused:
        table.commit(tx)
    assert refused.value.items == {"anna": None}
    assert "boris" not in refused.value
    assert table.get(BORIS) is None


def test_a_check_may_say_what_is_raised_in_place_of_a_refusal(table: Table) -> None:
    tx = Transaction()
    tx.check(BORIS, Attr("pk").exists(), label="boris")
    tx.check(ANNA, Attr("pk").exists(), label="anna", instead=LookupError("no Anna"))
    with pytest.raises(LookupError, match="no Anna"):
        table.commit(tx)
    table.put(ANNA.as_item())
    with pytest.raises(Refused) as refused:
        table.commit(tx)
    assert set(refused.value.items) == {"boris"}


def test_a_commit_may_say_what_is_raised_unless_the_refusing_label_says_it(table: Table) -> None:
    tx = Transaction()
    tx.check(BORIS, Attr("pk").exists(), label="boris")
    with pytest.raises(ValueError, match="changed"):
        table.commit(tx, refusal=ValueError("changed"))
    tx.instead["boris"] = LookupError("no Boris")
    with pytest.raises(LookupError, match="no Boris"):
        table.commit(tx, refusal=ValueError("changed"))


def test_an_item_is_at_a_version_or_not_there_at_version_0(table: Table) -> None:
    for version in (0, 1):
        table.put(ANNA.as_item() | {"version": version + 1}, when=at_version(version))
        with pytest.raises(Refused):
            table.put(ANNA.as_item() | {"version": 9}, when=at_version(version))


def test_put_replaces_and_delete_removes(table: Table) -> None:
    for item in ({"name": "Anna", "old": True}, {"name": "Anna"}):
        tx = Transaction()
        tx.put(ANNA.as_item() | item)
        table.commit(tx)
    assert table.get(ANNA) == ANNA.as_item() | {"name": "Anna"}
    tx = Transaction()
    tx.delete(ANNA, when=Attr("name").eq("Anna"))
    table.commit(tx)
    assert table.get(ANNA) is None


def test_an_update_sets_defaults_adds_and_removes_at_once(table: Table) -> None:
    commit(table, put={"name": "Anna", "gone": 1}, add={"count": 2}, default={"since": "2026"})
    commit(table, put={"name": "Anna O."}, add={"count": -5}, default={"since": "2027"}, remove=["gone"])
    assert table.get(ANNA) == ANNA.as_item() | {"name": "Anna O.", "count": -3, "since": "2026"}


def test_an_updates_condition_and_its_change_may_name_the_same_attribute(table: Table) -> None:
    commit(table, put={"version": 1})
    commit(table, put={"version": 2}, when=Attr("version").eq(1))
    with pytest.raises(Refused):
        commit(table, put={"version": 3}, when=Attr("version").eq(1))
    found = table.get(ANNA)
    assert found
    assert found["version"] == 2


def test_reserved_words_and_dots_are_plain_attribute_names(table: Table) -> None:
    commit(table, put={"name": "x", "status": "y", "a.b": "z"}, when=Attr("size").not_exists())
    found = table.get(ANNA)
    assert found
    assert found["a.b"] == "z"


def test_sums_stay_exact(table: Table) -> None:
    for _ in range(10):
        commit(table, add={"total": Decimal("0.1")})
    found = table.get(ANNA)
    assert found
    assert found["total"] == Decimal("1.0")


def test_a_float_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(TypeError):
        Transaction().put(ANNA.as_item() | {"total": 0.1})


def test_an_item_is_touched_once_only() -> None:
    tx = Transaction()
    tx.put(ANNA.as_item())
    assert ANNA in tx
    assert BORIS not in tx
    with pytest.raises(ValueError, match="once only"):
        tx.check(ANNA, Attr("pk").exists())
    assert len(tx) == 1


def test_it_holds_ninety_eight_operations_and_a_guard_with_its_entry() -> None:
    tx = Transaction()
    for number in range(98):
        tx.put(Key("P", str(number)).as_item())
    with pytest.raises(ValueError, match="at most 98"):
        tx.put(Key("P", "100").as_item())
    assert len(tx) == 98


def test_a_change_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="changes nothing"):
        Transaction().update(ANNA)


def test_what_may_be_created_only_is_neither_replaced_nor_changed_nor_deleted(table: Table) -> None:
    posting = ledger_keys.posting("cmp_1", "2026-11-20T09:00:00.000Z", 1)
    changes: list[Callable[[Transaction], None]] = [
        lambda tx: tx.put(posting.as_item()),
        lambda tx: tx.put(posting.as_item(), when=Attr("pk").not_exists()),
        lambda tx: tx.update(posting, put={"amount": 1}),
        lambda tx: tx.delete(posting),
    ]
    for change in changes:
        with pytest.raises(ValueError, match="may be created"):
            change(Transaction())
    with pytest.raises(ValueError, match="may be created"):
        table.put(posting.as_item())
    with pytest.raises(ValueError, match="may be created"):
        table.update(posting, put={"amount": 1})
    tx = Transaction()
    tx.create(posting.as_item())
    tx.check(ledger_keys.posting_cause("cmp_1", "pst_1"), Attr("pk").not_exists())
    table.commit(tx)
    assert table.get(posting) == posting.as_item()


# --- a guard ----------------------------------------------------------------------------------------------------------


class Lost(Exception):
    """The right is gone."""


RIGHT = Key("MEMBER#anna", "MEMBERSHIP")
GUARD = Guard(RIGHT, Attr("role").eq("admin"), Lost())


@pytest.fixture
def guarded(table: Table) -> Table:
    return table.guarded_by(GUARD)


def give(table: Table, role: str) -> None:
    table.put({**RIGHT.as_item(), "role": role})


WRITES: dict[str, Callable[[Table], Any]] = {
    "a transaction": lambda table: commit(table, put={"name": "Anna"}),
    "an item put alone": lambda table: table.put({**ANNA.as_item(), "name": "Anna"}),
    "an item changed alone": lambda table: table.update(ANNA, put={"name": "Anna"}),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_every_write_of_a_guarded_table_holds_to_the_guard(
    table: Table, guarded: Table, write: Callable[[Table], Any]
) -> None:
    with pytest.raises(Lost):
        write(guarded)
    give(table, "buyer")
    with pytest.raises(Lost):
        write(guarded)
    assert table.get(ANNA) is None
    give(table, "admin")
    write(guarded)
    assert (table.get(ANNA) or {})["name"] == "Anna"


def test_a_change_alone_tells_the_item_as_it_is_then(table: Table, guarded: Table) -> None:
    give(table, "admin")
    assert guarded.update(ANNA, add={"visits": 2}) == {**ANNA.as_item(), "visits": 2}
    with pytest.raises(Refused):
        guarded.update(ANNA, put={"visits": 9}, when=Attr("visits").eq(1))


def test_a_write_of_the_guarded_item_has_both_conditions(table: Table, guarded: Table) -> None:
    def leave(role: str) -> None:
        tx = Transaction()
        tx.delete(RIGHT, when=Attr("since").eq(2026), label="own")
        table.put({**RIGHT.as_item(), "role": role, "since": 2026})
        guarded.commit(tx)

    with pytest.raises(Refused, match="own"):
        leave("buyer")
    assert table.get(RIGHT)
    leave("admin")
    assert table.get(RIGHT) is None


def test_the_entry_of_a_guard_is_written_once_with_the_first_change(table: Table) -> None:
    entry = Key("JOURNAL", "1")
    guarded = table.guarded_by(GUARD._replace(entry=entry.as_item()))

    def change(sk: str) -> None:
        tx = Transaction()
        tx.create(Key("P", sk).as_item())
        guarded.commit(tx)

    with pytest.raises(Lost):
        change("1")
    assert table.get(entry) is None
    give(table, "admin")
    table.put(Key("P", "1").as_item())
    with pytest.raises(Refused):
        change("1")
    assert table.get(entry) is None
    change("2")
    assert table.get(entry)
    table.put({**entry.as_item(), "at": "the first change"})
    change("3")
    assert table.get(entry) != entry.as_item()


def test_the_largest_transaction_has_room_for_the_guard_and_its_entry(table: Table) -> None:
    guarded = table.guarded_by(GUARD._replace(entry=Key("JOURNAL", "1").as_item()))
    give(table, "admin")
    tx = Transaction()
    for number in range(MOST_OPERATIONS):
        tx.put(Key("P", str(number)).as_item())
    guarded.commit(tx)
    assert len(table.query("P").items) == MOST_OPERATIONS == 98
