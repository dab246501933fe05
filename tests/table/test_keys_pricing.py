"""What the prices' rows of the map cost, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.platform.work import Work
from chalicelib.pricing import keys as pricing_keys
from chalicelib.pricing import keys_of, promotion_keys, store
from chalicelib.pricing.schemas import AgreedPrice, ContractForm, PromotionForm, TermsForm
from chalicelib.pricing.store import Stored
from chalicelib.table import Table, Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    return Work(table=local_table, now=NOON)


def large_contract(work: Work) -> ContractForm:
    prices = [AgreedPrice(sku=f"LMP-{number:05d}", price=Decimal("1234.56")) for number in range(500)]
    return ContractForm.model_validate(
        {"number": "K-7", "from": work.today.isoformat(), "prices": [each.model_dump(mode="json") for each in prices]}
    )


def agree(work: Work, form: TermsForm) -> None:
    tx = Transaction()
    store.replace_terms(tx, work, "cmp_1", form, currency="RUB", author="mbr_1", version=0)
    work.table.commit(tx)


def promote(work: Work, number: int) -> Stored:
    last = work.today + timedelta(days=number)
    form = PromotionForm.model_validate(
        {
            "name": f"Promotion {number}",
            "name_ru": f"Акция {number}",
            "from": work.today.isoformat(),
            "to": last.isoformat(),
            "brackets": [{"from_quantity": 6, "percent": "10"}, {"from_quantity": 16, "percent": "20"}],
        }
    )
    made = Stored(f"prm_{number:032x}", form, "draft", work.at, None, None, 1)
    tx = Transaction()
    store.put_promotion(tx, made, author="mbr_1", at=work.at)
    work.table.commit(tx)
    return made


@measures(pricing_keys.terms)
def test_the_terms_of_a_company_are_one_call_of_a_unit_for_eight_kilobytes(work: Work) -> None:
    agree(work, TermsForm(contracts=[large_contract(work)]))
    with spent(work.table.client) as cost:
        found = work.table.get_many([pricing_keys.terms("cmp_1")])
    (contract,) = store.contracts(found[pricing_keys.terms("cmp_1")])
    assert len(contract.prices) == 500
    assert cost.calls == ["BatchGetItem"]
    assert cost.read_units <= 3  # 20 KB, read eventually


@measures(promotion_keys.promotion)
def test_a_promotion_is_one_call(work: Work) -> None:
    made = promote(work, 1)
    with spent(work.table.client) as cost:
        assert store.promotion(work.table, made.promotion_id) == made
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(promotion_keys.promotion_list)
def test_promotions_by_their_last_day_are_one_call_a_page_and_those_since_a_day_no_more_than_there_are(
    work: Work,
) -> None:
    for number in range(40):
        promote(work, number)
    with spent(work.table.client) as cost:
        page = store.promotion_page(work.table, 10, None)
    assert [store.stored(item).form.name for item in page.items] == [
        f"Promotion {number}" for number in range(39, 29, -1)
    ]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
    with spent(work.table.client) as since:
        found = list(store.ended_since(work.table, work.today + timedelta(days=35)))
    assert [each.form.name for each in found] == [f"Promotion {number}" for number in range(35, 40)]
    assert (since.calls, since.read_units) == (["Query"], 0.5)


@measures(promotion_keys.running_promotions)
def test_all_that_a_price_rests_on_is_one_call(work: Work) -> None:
    texts = {
        made.promotion_id: made.form.model_dump_json(exclude_defaults=True)
        for made in (promote(work, number) for number in range(20))
    }
    tx = Transaction()
    store.replace_running(tx, None, texts, (), work.at)
    work.table.commit(tx)
    with spent(work.table.client) as cost:
        found = work.table.get_many(keys_of("cmp_1"))
    assert len(store.running(found[promotion_keys.running_promotions()])) == 20
    assert cost.calls == ["BatchGetItem"]
    assert cost.read_units <= 3  # 5 KB of promotions, and half a unit for each of the four that are not there
