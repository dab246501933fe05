"""Cursors: opaque, and of no use to anybody else."""

import pytest

from chalicelib.platform.http.cursors import Cursors
from chalicelib.platform.http.problems import Problem

POSITION = {"pk": "ORDERS#cmp_1", "sk": "2026-11-20T09:00:00.000Z#ord_1"}
MINE = Cursors("secret", "mbr_anna", "/v1/orders", '{"state":"new"}')


def refuses(cursors: Cursors, cursor: str) -> bool:
    with pytest.raises(Problem) as problem:
        cursors.open(cursor)
    [fault] = problem.value.errors
    return (problem.value.status, fault.code, fault.pointer) == (422, "cursor_invalid", "/query/cursor")


def test_a_cursor_opens_to_the_position_it_was_made_of() -> None:
    cursor = MINE.close(POSITION)
    assert cursor
    assert MINE.open(cursor) == POSITION


def test_the_end_has_no_cursor_and_no_cursor_is_the_start() -> None:
    assert MINE.close(None) is None
    assert MINE.open(None) is None


@pytest.mark.parametrize(
    "other",
    [
        Cursors("other secret", "mbr_anna", "/v1/orders", '{"state":"new"}'),
        Cursors("secret", "mbr_boris", "/v1/orders", '{"state":"new"}'),
        Cursors("secret", "mbr_anna", "/v1/reports", '{"state":"new"}'),
        Cursors("secret", "mbr_anna", "/v1/orders", "{}"),
        Cursors("secret", "mbr_anna/v1/orders", '{"state":"new"}', ""),
    ],
)
def test_it_is_bound_to_deployment_caller_list_and_filter(other: Cursors) -> None:
    cursor = MINE.close(POSITION)
    assert cursor
    assert refuses(other, cursor)


def test_a_changed_cursor_is_refused() -> None:
    cursor = MINE.close(POSITION)
    assert cursor
    for changed in (cursor[:-1], cursor[1:], cursor + "x", "x" + cursor, "", ".", "é", "\x00", cursor.replace(".", "")):
        assert refuses(MINE, changed)


def test_it_fits_into_an_address() -> None:
    cursor = MINE.close(POSITION)
    assert cursor
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert len(cursor) < 300
