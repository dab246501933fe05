"""What the row of the documents of returns costs, counted as AWS counts."""

import pytest

from chalicelib.orders import keys
from chalicelib.platform import http
from chalicelib.platform.work import Work
from chalicelib.table import Table
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.spent import measures, spent


@measures(keys.returned)
def test_a_document_is_held_in_the_transaction_of_its_return(
    local_table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import app

    work = Work(table=local_table, now=NOON)
    monkeypatch.setattr(http, "work_now", lambda: work)
    market = Market(Api(app), work)
    order_id = market.placed()
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")
    return_id = market.request_return(order_id, ("УТ-1", "LMP-1", 1)).json["returns"][0]["return_id"]
    with spent(work.table.client) as cost:
        assert market.accept_return(order_id, return_id, document="УТ-1").status == 200
    assert cost.calls == ["GetItem"] * 3 + ["TransactWriteItems"]
    mark = work.table.get(keys.returned(market.distributor_id, 2026, "УТ-1"))
    assert mark
    assert mark["order_id"] == order_id
