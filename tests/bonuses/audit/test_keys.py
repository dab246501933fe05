"""The calls and the capacity of the keys of the audit that the books balance, counted as AWS counts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib.bonuses.audit import keys as audit_keys
from chalicelib.bonuses.audit import store as audit_store
from chalicelib.bonuses.audit.rules import Checkpoint, Mismatch
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import shards
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def old_checkpoint(company_id: str) -> Checkpoint:
    """Of a company that has had bonuses for five years."""
    lots = [date(2021, 12, 31) + 30 * number * timedelta(days=1) for number in range(60)]
    places = {("expired", lot): Decimal("1234.56") for lot in lots[:48]}
    places |= {("available", lot): Decimal("1234.56") for lot in lots[48:]}
    places |= {("issued", None): Decimal("-74073.60")}
    return Checkpoint(company_id, "RUB", 400, "2026-11-20T09:00:00.000Z", places)  # type: ignore[arg-type]


def keep(context: Context, checkpoint: Checkpoint) -> None:
    tx = Transaction()
    nothing = Checkpoint(checkpoint.company_id, checkpoint.currency)
    audit_store.write_checkpoint(tx, context, nothing, checkpoint)
    audit_store.add_to_totals(tx, context, [(nothing, checkpoint)])
    context.table.commit(tx)


def mismatches(context: Context, company_id: str, *accounts: str) -> None:
    tx = Transaction()
    found = {account: [Mismatch(account, "book_differs", "", Decimal(1), Decimal(2))] for account in accounts}
    audit_store.write_mismatches(tx, context, company_id, (), found, company_id=company_id, currency="RUB")
    context.table.commit(tx)


@measures(audit_keys.checkpoint)
def test_a_checkpoint_is_read_with_one_unit(context: Context) -> None:
    keep(context, old_checkpoint("cmp_1"))
    with spent(context.table.client) as cost:
        item = context.table.get(audit_keys.checkpoint("cmp_1"), consistent=True)
    assert item
    assert audit_store.checkpoint_of(item) == replace(old_checkpoint("cmp_1"), version=1)
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(audit_keys.checkpoint)
def test_a_shard_of_checkpoints_costs_their_size_and_finds_no_others(context: Context) -> None:
    ids = [f"cmp_{number:032x}" for number in range(40)]
    for company_id in ids:
        keep(context, old_checkpoint(company_id))
    found = []
    with spent(context.table.client) as cost:
        for shard in shards():
            found += [checkpoint.company_id for checkpoint in audit_store.checkpoints(context.table, shard)]
    assert sorted(found) == ids
    assert cost.calls == ["Query"] * len(shards())
    assert cost.read_units <= 40


@measures(audit_keys.club_total)
def test_the_clubs_totals_are_one_call_however_many_companies_there_are(context: Context) -> None:
    for number in range(40):
        keep(context, old_checkpoint(f"cmp_{number:032x}"))
    with spent(context.table.client) as cost:
        found = audit_store.totals(context.table)
    assert sum(item["companies"] for item in found.values()) == 40
    assert sum(sum(audit_store.balances_of(item)) for item in found.values()) == 0
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1


@measures(audit_keys.mismatch)
def test_what_did_not_balance_is_found_by_company_and_account(context: Context) -> None:
    mismatches(context, "cmp_1", "available")
    with spent(context.table.client) as cost:
        item = context.table.get(audit_keys.mismatch("cmp_1", "available"))
    assert item
    assert item["faults"] == [{"account": "available", "fault": "book_differs", "where": "", "expected": 1, "found": 2}]
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 0.5


@measures(audit_keys.mismatch_list)
def test_what_does_not_balance_yet_is_listed_oldest_first_a_page_a_call(context: Context) -> None:
    for number in (2, 1, 3):
        mismatches(replace(context, now=NOON + timedelta(days=number)), f"cmp_{number}", "available", "issued")
    with spent(context.table.client) as cost:
        page = audit_store.open_mismatches(context.table, 4, None)
    assert [item["company_id"] for item in page.items] == ["cmp_1", "cmp_1", "cmp_2", "cmp_2"]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
    assert len(audit_store.open_mismatches(context.table, 4, page.last).items) == 2
