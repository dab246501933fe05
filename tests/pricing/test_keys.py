"""The calls and the capacity of the keys of personal terms, counted as AWS counts."""

from decimal import Decimal

import pytest

from chalicelib.platform.context import Context
from chalicelib.pricing import keys as pricing_keys
from chalicelib.pricing.terms import store as terms_store
from chalicelib.pricing.terms.model import AgreedPriceForm, ContractForm
from chalicelib.pricing.terms.schemas import TermsForm
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def large_contract(context: Context) -> ContractForm:
    prices = [AgreedPriceForm(sku=f"LMP-{number:05d}", price=Decimal("1234.56")) for number in range(500)]
    return ContractForm.model_validate(
        {
            "number": "K-7",
            "from": context.today.isoformat(),
            "prices": [each.model_dump(mode="json") for each in prices],
        }
    )


def agree(context: Context, form: TermsForm) -> None:
    tx = Transaction()
    terms_store.replace_terms(tx, context, "cmp_1", form.contracts, currency="RUB", author="mbr_1", version=0)
    context.table.commit(tx)


@measures(pricing_keys.terms)
def test_the_terms_of_a_company_are_one_call_of_a_unit_for_eight_kilobytes(context: Context) -> None:
    agree(context, TermsForm(contracts=[large_contract(context)]))
    with spent(context.table.client) as cost:
        found = context.table.get_many([pricing_keys.terms("cmp_1")])
    (contract,) = terms_store.contracts(found[pricing_keys.terms("cmp_1")])
    assert len(contract.prices) == 500
    assert cost.calls == ["BatchGetItem"]
    assert cost.read_units <= 3  # 20 KB, read eventually
