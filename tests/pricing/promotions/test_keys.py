"""The calls and the capacity of the keys of promotions and of what is used of their limits, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.platform.context import Context
from chalicelib.pricing.promotions import keys as promotions_keys
from chalicelib.pricing.promotions import store as promotions_store
from chalicelib.pricing.promotions.model import PromotionForm
from chalicelib.pricing.promotions.store import StoredPromotion
from chalicelib.pricing.promotions.usage import PromotionUsage, company_uses, usage_of
from chalicelib.pricing.promotions.usage import use_promotions as use_promotions
from chalicelib.pricing.rules import Limits
from chalicelib.pricing.service import keys_of
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent

LIMITS = Limits(uses=100, units=1000, budget=Decimal(100000), currency="RUB", uses_per_company=3)


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def use(context: Context) -> Transaction:
    tx = Transaction()
    use_promotions(tx, "cmp_1", {"prm_1": PromotionUsage(1, 12, Decimal("144.00"))}, {"prm_1": LIMITS})
    return tx


def promote(context: Context, number: int) -> StoredPromotion:
    last = context.today + timedelta(days=number)
    form = PromotionForm.model_validate(
        {
            "name": f"Promotion {number}",
            "name_ru": f"Акция {number}",
            "from": context.today.isoformat(),
            "to": last.isoformat(),
            "brackets": [{"from_quantity": 6, "percent": "10"}, {"from_quantity": 16, "percent": "20"}],
        }
    )
    made = StoredPromotion(f"prm_{number:032x}", form, "draft", context.at, None, None, 1, "mbr_1")
    tx = Transaction()
    promotions_store.put_promotion(tx, made, author="mbr_1", at=context.at)
    context.table.commit(tx)
    return made


@measures(promotions_keys.promotion_used)
@measures(promotions_keys.promotions_used)
def test_using_a_promotion_with_limits_is_four_write_units_and_told_in_one_each(context: Context) -> None:
    with spent(context.table.client) as cost:
        context.table.commit(use(context))
    assert (cost.calls, cost.write_units) == (["TransactWriteItems"], 4)  # two small items, twice for the transaction
    with spent(context.table.client) as read:
        used = usage_of(context.table.get(promotions_keys.promotion_used("prm_1"), consistent=True))
        own = company_uses(context.table.get(promotions_keys.promotions_used("cmp_1")))
    assert (used, own) == (PromotionUsage(1, 12, Decimal("144.00")), {"prm_1": 1})
    assert (read.calls, read.read_units) == (["GetItem", "GetItem"], 1.5)


@measures(promotions_keys.promotion)
def test_a_promotion_is_one_call(context: Context) -> None:
    made = promote(context, 1)
    with spent(context.table.client) as cost:
        assert promotions_store.promotion(context.table, made.promotion_id) == made
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(promotions_keys.promotion_list)
def test_promotions_by_their_last_day_are_one_call_a_page_and_those_since_a_day_no_more_than_there_are(
    context: Context,
) -> None:
    for number in range(40):
        promote(context, number)
    with spent(context.table.client) as cost:
        page = promotions_store.promotion_page(context.table, 10, None)
    assert [promotions_store.stored(item).form.name for item in page.items] == [
        f"Promotion {number}" for number in range(39, 29, -1)
    ]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
    with spent(context.table.client) as since:
        found = list(promotions_store.ended_since(context.table, context.today + timedelta(days=35)))
    assert [each.form.name for each in found] == [f"Promotion {number}" for number in range(35, 40)]
    assert (since.calls, since.read_units) == (["Query"], 0.5)


@measures(promotions_keys.running_promotions)
def test_all_that_a_price_rests_on_is_one_call(context: Context) -> None:
    texts = {
        made.promotion_id: made.form.model_dump_json(exclude_defaults=True)
        for made in (promote(context, number) for number in range(20))
    }
    tx = Transaction()
    promotions_store.replace_running(tx, None, texts, (), context.at)
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        found = context.table.get_many(keys_of("cmp_1"))
    assert len(promotions_store.running(found[promotions_keys.running_promotions()])) == 20
    assert cost.calls == ["BatchGetItem"]
    assert cost.read_units <= 3  # 5 KB of promotions, and half a unit for each of the four that are not there
