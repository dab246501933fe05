"""The calls and the capacity of the keys of offers, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.platform.context import Work
from chalicelib.pricing.offers import keys as offers_keys
from chalicelib.pricing.offers import service as offers
from chalicelib.pricing.offers import store as offers_store
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.partners import company
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = count(1)
    made = Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032d}")
    company(made)
    return made


def issue(work: Work, number: int = 0) -> str:
    """The number is its minute."""
    form = OfferForm.model_validate({"percent": "15", "floor": "850.00", "to": str(work.today + timedelta(days=14))})
    later = replace(work, now=work.now + timedelta(minutes=number))
    return offers.issue(later, "cmp_1", form, author="mbr_1").offer_id


@measures(offers_keys.granted)
def test_what_a_company_was_granted_is_one_call_and_half_a_unit_for_four_kilobytes(work: Work) -> None:
    for _ in range(offers.MOST_OPEN):
        issue(work)
    with spent(work.table.client) as cost:
        found = work.table.get_many([offers_keys.granted("cmp_1")])
    assert len(offers_store.open_offers(found[offers_keys.granted("cmp_1")])) == offers.MOST_OPEN
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 0.5)


@measures(offers_keys.offer)
def test_an_offer_is_one_call_and_an_order_that_uses_it_one_transaction_of_two_items(work: Work) -> None:
    offer_id = issue(work)
    with spent(work.table.client) as cost:
        assert offers.show(work, "cmp_1", offer_id).state == "open"
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    tx = Transaction()
    offers.use(tx, "cmp_1", "ord_1", [offer_id])
    with spent(work.table.client) as used:
        work.table.commit(tx)
    assert offers.show(work, "cmp_1", offer_id).order_id == "ord_1"
    assert (used.calls, len(tx)) == (["TransactWriteItems"], 2)


@measures(offers_keys.offer_list)
def test_a_companys_offers_are_one_call_a_page(work: Work) -> None:
    made = [issue(work, number) for number in range(12)]
    with spent(work.table.client) as cost:
        page, _ = offers.page(work, "cmp_1", 10, None)
    assert [each.offer_id for each in page] == made[:1:-1]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
