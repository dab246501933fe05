"""The calls and the capacity of the keys of proofs of goods on display, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.pricing.displays import keys as displays_keys
from chalicelib.pricing.displays import store as displays_store
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032d}")


def send(context: Context, number: int = 0) -> str:
    """A proof that waits; the number is its minute."""
    later = replace(context, now=context.now + timedelta(minutes=number))
    item = {
        "proof_id": context.new_id("dsp"),
        "company_id": "cmp_1",
        "promotion": {"promotion_id": "prm_1", "name": "Autumn", "name_ru": "Осень", "last": "2027-02-28"},
        "shop_address": "Moscow, Lesnaya 7",
        "state": "uploading",
        "created_at": later.at,
    }
    for write in (
        lambda tx: displays_store.create(tx, item),
        lambda tx: displays_store.put_waiting(tx, item, "displays/dsp_1/sent/x", later.at),
    ):
        tx = Transaction()
        write(tx)
        context.table.commit(tx)
    return str(item["proof_id"])


@measures(displays_keys.display)
def test_a_proof_is_one_call(context: Context) -> None:
    proof_id = send(context)
    with spent(context.table.client) as cost:
        assert displays_store.read(context.table, "cmp_1", proof_id)
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(displays_keys.display_list)
def test_a_companys_proofs_are_one_call_a_page(context: Context) -> None:
    sent = [send(context, number) for number in range(12)]
    with spent(context.table.client) as cost:
        page = displays_store.page(context.table, "cmp_1", 10, None)
    assert [item["proof_id"] for item in page.items] == sent[:1:-1]
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(displays_keys.displays_waiting)
def test_what_waits_for_a_manager_is_one_call_a_page(context: Context) -> None:
    sent = [send(context, number) for number in range(12)]
    with spent(context.table.client) as cost:
        page = displays_store.waiting(context.table, 10, None)
    assert [item["proof_id"] for item in page.items] == sent[:10]
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(displays_keys.chain_company, displays_keys.chain_granted)
def test_the_companies_of_an_inn_are_one_call_and_so_are_their_deals(context: Context) -> None:
    for number in range(40):
        displays_store.join(context.table, "7707083893", f"cmp_{number:02d}")
    with spent(context.table.client) as cost:
        assert len(list(displays_store.chain(context.table, "7707083893"))) == 40
    assert (cost.calls, cost.read_units) == (["Query"], 1)
    with spent(context.table.client) as deals:
        assert displays_store.chain_granted(context.table, "7707083893") == {}
    assert (deals.calls, deals.read_units) == (["GetItem"], 1)
