"""The calls and the capacity of a company's addresses, counted as AWS counts."""

import pytest

from chalicelib.companies.addresses import keys as addresses_keys
from chalicelib.companies.addresses import service
from chalicelib.companies.addresses.schemas import AddressForm
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.companies.addresses.steps import ADDRESS
from tests.companies.steps import appoint_manager, owned_company
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    context = Context(table=local_table, now=NOON)
    appoint_manager(context)
    return context


@measures(addresses_keys.addresses)
def test_ten_addresses_are_one_strong_read_of_one_unit_and_a_change_is_one_transaction(context: Context) -> None:
    company_id, olga = owned_company(context)
    form = AddressForm(**ADDRESS)
    for _ in range(9):
        service.add_address(context, company_id, olga, form)
    with spent(context.table.client) as cost:
        added = service.add_address(context, company_id, olga, form)
    assert cost.calls == ["GetItem", "TransactWriteItems"]
    with spent(context.table.client) as cost:
        assert service.read_address(context, company_id, added.address_id) is not None
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
