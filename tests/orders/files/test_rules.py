"""Files of an order, without a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.orders.files import rules
from chalicelib.orders.files.model import OrderFile, OrderFileKind, OrderFiles

PDF = "application/pdf"
MOMENTS = st.sampled_from(["2026-11-18", "2026-11-19", "2026-11-20"])


def file(file_id: str = "ofl_1", at: str = "2026-11-20", **more: str) -> OrderFile:
    return OrderFile(
        file_id, OrderFileKind.INVOICE, more.get("name", "a.pdf"), PDF, "mbr_1", at, more.get("object", "")
    )


@given(st.lists(st.tuples(MOMENTS, st.booleans()), max_size=8), st.integers(1, 6))
def test_an_order_never_has_more_files_than_allowed_and_loses_none_that_arrived(
    uploads: list[tuple[str, bool]], most: int
) -> None:
    files = OrderFiles()
    for number, (at, arrives) in enumerate(uploads):
        try:
            files = rules.add(files, file(f"ofl_{number}", at), abandoned_before="2026-11-19", most=most)
        except rules.TooManyFiles:
            continue
        before = rules.arrived(files)
        if arrives:
            files = rules.arrive(files, f"ofl_{number}", "orders/x")
            assert len(rules.arrived(files)) == len(before) + 1
    assert len(files.files) <= most


def test_an_abandoned_upload_makes_room() -> None:
    full = OrderFiles((file("ofl_old", "2026-11-18"),), 1)
    after = rules.add(full, file("ofl_new"), abandoned_before="2026-11-19", most=1)
    assert [each.file_id for each in after.files] == ["ofl_new"] and after.version == 2


@pytest.mark.parametrize(("content_type", "known"), sorted(rules.TYPES.items()))
def test_a_file_begins_as_its_type_does(content_type: str, known: tuple[str, bytes]) -> None:
    assert rules.is_what_it_says(content_type, known[1] + b"rest")
    for hostile in (b"<html><script>", b"<svg xmlns", b"MZ\x90\x00", b"#!/bin/sh", b""):
        assert not rules.is_what_it_says(content_type, hostile)


@pytest.mark.parametrize(
    ("name", "saved"), [("a.pdf", "a.pdf"), ("A.PDF", "A.PDF"), ("a.exe", "a.exe.pdf"), ("счёт", "счёт.pdf")]
)
def test_a_file_is_saved_with_the_ending_of_its_type(name: str, saved: str) -> None:
    assert rules.download_name(file(name=name)) == saved


def test_each_side_attaches_its_own_kinds() -> None:
    both = [*rules.kinds_of("company"), *rules.kinds_of("distributor")]
    assert sorted(both) == sorted(OrderFileKind)
