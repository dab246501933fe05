"""The owner's command, on an account in memory."""

import pytest

from chalicelib import members
from chalicelib.auth.store import read_membership
from chalicelib.catalog import index
from chalicelib.catalog.search import Wanted
from chalicelib.platform.work import Work
from chalicelib.table import keys
from infra.admin import main
from tests.catalog.steps import row, stock

ADD = ["add-staff", "--table", "club", "--name", "Alla Adminova", "--email", "Alla@Example.com"]


def test_the_first_of_the_staff_is_made_by_a_command_that_may_be_repeated(
    work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [main(ADD) for _ in range(2)] == [0, 0]
    member_id = members.owner_of(work, "alla@example.com")
    assert member_id is not None
    membership = read_membership(work.table, member_id) or {}
    assert (membership["kind"], membership["role"], membership["status"]) == ("staff", "admin", "active")
    assert "can sign in with that email" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"), [(["--name", "Alla"], "--name: "), (["--email", "not an address"], "--email: ")]
)
def test_what_is_wrong_is_said_by_its_option(
    work: Work, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert main([*ADD, *given]) == 2
    assert capsys.readouterr().err.startswith(said)
    assert members.owner_of(work, "alla@example.com") is None


def test_the_index_of_a_catalogue_that_had_none_is_made_by_a_command(
    work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    stock(work, row("LMP-1"), row("LMP-2"))
    assert [main(["index-catalogue", "--table", "club"]) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out.startswith("2 products")
    found = index.current(work.table, work.table.get(keys.catalogue_index()))
    assert found.find(Wanted(text="lamps"), "sku", limit=9, after=None) == (["LMP-1", "LMP-2"], None)
