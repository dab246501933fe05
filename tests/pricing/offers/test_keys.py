"""The calls and the capacity of the keys of offers, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.pricing.offers import keys as offers_keys
from chalicelib.pricing.offers import service as offers
from chalicelib.pricing.offers import store as offers_store
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.partners import company, staff
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    made = Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032d}")
    company(made)
    staff(made, "mbr_1", "manager")
    return made


def issue(context: Context, number: int = 0) -> str:
    """The number is its minute."""
    form = OfferForm.model_validate({"percent": "5", "floor": "850.00", "to": str(context.today + timedelta(days=14))})
    later = replace(context, now=context.now + timedelta(minutes=number))
    return offers.issue(later, "cmp_1", form, author="mbr_1").offer_id


@measures(offers_keys.granted)
def test_what_a_company_was_granted_is_one_call_and_half_a_unit_for_four_kilobytes(context: Context) -> None:
    for _ in range(offers.MOST_OPEN):
        issue(context)
    with spent(context.table.client) as cost:
        found = context.table.get_many([offers_keys.granted("cmp_1")])
    assert len(offers_store.open_offers(found[offers_keys.granted("cmp_1")])) == offers.MOST_OPEN
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 0.5)


@measures(offers_keys.offer)
def test_an_offer_is_one_call_and_an_order_that_uses_it_one_transaction_of_two_items(context: Context) -> None:
    offer_id = issue(context)
    with spent(context.table.client) as cost:
        assert offers.show(context, "cmp_1", offer_id).state == "open"
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    tx = Transaction()
    offers_store.use_offers(tx, "cmp_1", "ord_1", [offer_id])
    with spent(context.table.client) as used:
        context.table.commit(tx)
    assert offers.show(context, "cmp_1", offer_id).order_id == "ord_1"
    assert (used.calls, len(tx)) == (["TransactWriteItems"], 2)


@measures(offers_keys.offer_list)
def test_a_companys_offers_are_one_call_a_page(context: Context) -> None:
    made = [issue(context, number) for number in range(12)]
    with spent(context.table.client) as cost:
        page, _ = offers.page(context, "cmp_1", 10, None)
    assert [each.offer_id for each in page] == made[:1:-1]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1


@measures(offers_keys.listed_offer)
def test_a_page_of_the_offers_to_all_companies_is_two_calls(context: Context) -> None:
    made = [issue(context, number) for number in range(12)]
    with spent(context.table.client) as cost:
        page, _ = offers.every(context, 10, None)
    assert [each.offer_id for each in page] == made[:1:-1]
    assert cost.calls == ["Query", "BatchGetItem"]
    assert cost.read_units <= 0.5 + 10 * 0.5
