"""The calls and the capacity of the keys of adjustments, counted as AWS counts."""

from chalicelib.bonuses.adjustments import keys as adjustments_keys
from chalicelib.bonuses.adjustments import store as adjustments_store
from chalicelib.platform.approvals import keys as approvals_keys
from tests.bonuses.steps import Office
from tests.support.spent import measures, spent


@measures(approvals_keys.alone)
def test_the_limits_of_an_author_cost_no_read(local_office: Office) -> None:
    with spent(local_office.context.table.client) as cost:
        assert local_office.adjust("10").json["state"] == "posted"
    assert cost.calls.count("TransactWriteItems") == 1
    found = local_office.context.table.query("ALONE#mbr_clerk").items
    assert [(item["sk"], item["sum:RUB"]) for item in found] == [("2026-11#", 10), ("2026-11#cmp_1", 10)]


@measures(adjustments_keys.adjustment, adjustments_keys.adjustments_waiting)
def test_an_adjustment_is_one_read_and_those_that_wait_are_one_query(local_office: Office) -> None:
    context = local_office.context
    adjustment_id = local_office.adjust("20000").json["adjustment_id"]
    with spent(context.table.client) as cost:
        adjustments_store.read_adjustment(context.table, "cmp_1", adjustment_id)
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(context.table.client) as cost:
        page = adjustments_store.adjustments_waiting(context.table, 25, None)
    assert len(page.items) == 1
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
