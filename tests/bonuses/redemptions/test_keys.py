"""The calls and the capacity of the keys of redemptions, counted as AWS counts."""

from chalicelib.bonuses.redemptions import keys as redemptions_keys
from chalicelib.bonuses.redemptions import store as redemptions_store
from tests.bonuses.steps import Office, credit
from tests.support.spent import measures, spent


@measures(redemptions_keys.redemption, redemptions_keys.redemption_for_order, redemptions_keys.redemption_list)
def test_a_redemption_is_one_read_and_a_page_of_them_one_query(local_office: Office) -> None:
    context = local_office.context
    credit(context, "cmp_1", "1000")
    redemption_id = local_office.redeemed("100")
    local_office.redeemed("200")
    client = context.table.client
    with spent(client) as cost:
        redemptions_store.read_redemption(context.table, "cmp_1", redemption_id)
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(client) as cost:
        assert redemptions_store.redemption_for(context.table, "cmp_1", "ord_none") is None
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(client) as cost:
        page = redemptions_store.redemptions(context.table, "cmp_1", 25, None)
    assert len(page.items) == 2
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(redemptions_keys.redemptions_waiting)
def test_the_redemptions_that_wait_for_the_staff_are_one_query(local_office: Office) -> None:
    context = local_office.context
    credit(context, "cmp_1", "1000")
    for _ in range(3):
        redemption_id = local_office.redeemed("100")
    local_office.complete(redemption_id)
    with spent(context.table.client) as cost:
        page = redemptions_store.redemptions_waiting(context.table, 25, None)
    assert len(page.items) == 2
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
