"""The calls and the capacity of the keys of proofs of goods on display, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.platform.context import Work
from chalicelib.pricing.displays import keys as displays_keys
from chalicelib.pricing.displays import store as displays_store
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = count(1)
    return Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032d}")


def send(work: Work, number: int = 0) -> str:
    """A proof that waits; the number is its minute."""
    later = replace(work, now=work.now + timedelta(minutes=number))
    item = {
        "proof_id": work.new_id("dsp"),
        "company_id": "cmp_1",
        "promotion": {"promotion_id": "prm_1", "name": "Autumn", "name_ru": "Осень", "last": "2027-02-28"},
        "shop_address": "Moscow, Lesnaya 7",
        "state": "uploading",
        "created_at": later.at,
    }
    for write in (
        lambda tx: displays_store.create(tx, item),
        lambda tx: displays_store.put_waiting(tx, item, later.at),
    ):
        tx = Transaction()
        write(tx)
        work.table.commit(tx)
    return str(item["proof_id"])


@measures(displays_keys.display)
def test_a_proof_is_one_call(work: Work) -> None:
    proof_id = send(work)
    with spent(work.table.client) as cost:
        assert displays_store.read(work.table, "cmp_1", proof_id)
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(displays_keys.display_list)
def test_a_companys_proofs_are_one_call_a_page(work: Work) -> None:
    sent = [send(work, number) for number in range(12)]
    with spent(work.table.client) as cost:
        page = displays_store.page(work.table, "cmp_1", 10, None)
    assert [item["proof_id"] for item in page.items] == sent[:1:-1]
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(displays_keys.displays_waiting)
def test_what_waits_for_a_manager_is_one_call_a_page(work: Work) -> None:
    sent = [send(work, number) for number in range(12)]
    with spent(work.table.client) as cost:
        page = displays_store.waiting(work.table, 10, None)
    assert [item["proof_id"] for item in page.items] == sent[:10]
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(displays_keys.chain_company, displays_keys.chain_granted)
def test_the_companies_of_an_inn_are_one_call_and_so_are_their_deals(work: Work) -> None:
    for number in range(40):
        displays_store.join(work.table, "7707083893", f"cmp_{number:02d}")
    with spent(work.table.client) as cost:
        assert len(list(displays_store.chain(work.table, "7707083893"))) == 40
    assert (cost.calls, cost.read_units) == (["Query"], 1)
    with spent(work.table.client) as deals:
        assert displays_store.chain_granted(work.table, "7707083893") == {}
    assert (deals.calls, deals.read_units) == (["GetItem"], 1)
