"""Stock: of each warehouse the newest figure, whatever order they come in; writing a product never touches it."""

from datetime import UTC, datetime, timedelta
from itertools import chain, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog import recording
from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.rules import MOST_WAREHOUSES, StockFigure, StockVerdict, judge
from chalicelib.catalog.search import keys as search_keys
from chalicelib.distributors import service as distributors
from chalicelib.distributors.model import Distributor
from chalicelib.distributors.schemas import DeliveryStockForm, DistributorChangeForm, DistributorForm
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Busy, Refused
from tests.catalog.steps import row, stock
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.crashes import crashes, lost_replies, races
from tests.support.partners import OPERATIONS, partner
from tests.support.spent import calls_counted
from tests.support.table import everything, restore

MACHINE = Caller({"sub": "1c", "client_id": "1c", "scope": "club/api club/machine.catalog"})


def figure(sku: str = "LMP-1", warehouse: str = "MSK", quantity: str = "5", at: str = "09:00") -> dict[str, Any]:
    return {"sku": sku, "warehouse": warehouse, "quantity": quantity, "at": f"2026-11-20T{at}:00Z"}


def put(api: Api, *rows: Any, caller: Caller = OPERATIONS, path: str = "/v1/staff/stock") -> Answer:
    return api.call("PUT", path, caller, {"stock": list(rows)})


def results(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [each["result"] for each in answer.json["items"]]


def held(context: Context, sku: str = "LMP-1") -> dict[str, str]:
    item = context.table.get(catalog_keys.product(sku), consistent=True)
    assert item
    return {name: f"{each.quantity} at {each.at:%H:%M}" for name, each in sorted(catalog_store.stock_of(item).items())}


def arrivals(context: Context) -> list[list[str]]:
    found = context.table.query(search_keys.catalogue_index().pk, starts="EVENT#").items
    return [item["skus"] for item in found if item["event"] == "stock.arrived"]


def test_a_partner_sees_what_lies_where_and_when_it_was_counted(api: Api, context: Context):
    stock(context, row())
    put(api, figure(), figure(warehouse="SPB", quantity="2.5", at="08:00"))
    (product,) = api.call("GET", "/v1/products", partner(context)).json["items"]
    assert product["stock"] == [
        {"warehouse": "MSK", "quantity": "5", "at": "2026-11-20T09:00:00.000Z"},
        {"warehouse": "SPB", "quantity": "2.5", "at": "2026-11-20T08:00:00.000Z"},
    ]


def test_the_same_rows_again_change_nothing_and_write_nothing(api: Api, context: Context):
    stock(context, row())
    assert results(put(api, figure(), figure(warehouse="SPB"))) == ["recorded", "recorded"]
    with calls_counted(context.table.client) as made:
        assert results(put(api, figure(quantity="5.0"), figure(warehouse="SPB"))) == ["unchanged", "unchanged"]
    assert made == ["BatchGetItem"]


def test_an_older_figure_never_replaces_a_newer_one(api: Api, context: Context):
    stock(context, row())
    put(api, figure(quantity="5", at="09:00"))
    assert results(put(api, figure(quantity="9", at="08:59"))) == ["older"]
    assert held(context) == {"MSK": "5 at 09:00"}


def test_figures_may_come_in_any_order_in_one_request_or_in_many(api: Api, context: Context):
    stock(context, *(row(f"LMP-{number}") for number in range(12)))
    three = [("5", "07:00"), ("6", "08:00"), ("7", "09:00")]
    for number, order in enumerate(permutations(three)):
        put(api, *(figure(f"LMP-{number}", quantity=quantity, at=at) for quantity, at in order))
        for quantity, at in order:
            put(api, figure(f"LMP-{number + 6}", quantity=quantity, at=at))
        assert held(context, f"LMP-{number}") == held(context, f"LMP-{number + 6}") == {"MSK": "7 at 09:00"}


def test_times_are_compared_as_moments_not_as_texts(api: Api, context: Context):
    stock(context, row())
    put(api, {**figure(), "at": "2026-11-20T11:00:00+03:00"})
    assert results(put(api, {**figure(quantity="6"), "at": "2026-11-20T08:30:00Z"})) == ["recorded"]
    assert held(context) == {"MSK": "6 at 08:30"}


def test_bad_rows_never_stop_the_others_and_say_what_is_wrong(api: Api, context: Context):
    stock(context, row("LMP-1"))
    put(api, figure(warehouse="SPB"))
    answer = put(
        api,
        figure(),
        figure("LMP-9"),
        "not a row",
        figure(quantity="-1"),
        figure(warehouse="а б"),
        {**figure(), "at": "2026-11-20T09:00:00"},
        figure(at="09:06"),
        figure(warehouse="SPB", quantity="6"),
        {**figure(), "colour": "red"},
    )
    assert results(answer) == ["recorded", *["failed"] * 8]
    assert [each["errors"][0]["pointer"] for each in answer.json["items"][1:]] == [
        "/stock/1/sku",
        "/stock/2",
        "/stock/3/quantity",
        "/stock/4/warehouse",
        "/stock/5/at",
        "/stock/6/at",
        "/stock/7/at",
        "/stock/8/colour",
    ]
    assert held(context) == {"MSK": "5 at 09:00", "SPB": "5 at 09:00"}
    assert context.table.get(catalog_keys.product("LMP-9")) is None


def named_by(context: Context, *warehouses: str, binding: bool = False) -> Distributor:
    """A distributor that delivers from these warehouses."""
    delivery = DeliveryStockForm(warehouses=list(warehouses), binding=binding)
    return distributors.create(context, DistributorForm(name="Svet Opt", email="orders@svet.example", stock=delivery))


def told(answer: Answer) -> list[list[tuple[str, str, str]]]:
    rows = answer.json["items"]
    return [[(each["pointer"], each["code"], each["detail"]) for each in row["warnings"]] for row in rows]


NOBODY = "No distributor names this warehouse. Named are: "


@pytest.mark.parametrize(("caller", "path"), [(OPERATIONS, "/v1/staff/stock"), (MACHINE, "/v1/machine/stock")])
def test_a_warehouse_that_no_distributor_names_is_told(api: Api, context: Context, caller: Caller, path: str):
    stock(context, row())
    answer = put(api, figure(), figure(warehouse="SPB-1"), caller=caller, path=path)
    assert results(answer) == ["recorded", "recorded"]
    nobody = "No distributor names a warehouse yet: `PATCH /v1/staff/distributors/{distributor_id}` does."
    assert told(answer) == [[(f"/stock/{place}/warehouse", "unknown_warehouse", nobody)] for place in (0, 1)]
    first = named_by(context, "MSK", "SPB-1", "SPB-2")
    named_by(context, "SPB-1", "KZN", binding=True)
    answer = put(api, figure(at="09:01"), figure(warehouse="spb1"), figure(warehouse="XX"), caller=caller, path=path)
    assert results(answer) == ["recorded"] * 3
    assert told(answer) == [
        [],
        [("/stock/1/warehouse", "unknown_warehouse", f"{NOBODY}SPB-1, SPB-2.")],
        [("/stock/2/warehouse", "unknown_warehouse", f"{NOBODY}KZN, MSK, SPB-1, SPB-2.")],
    ]
    # Told again, as long as nobody names it; and what nobody names any more is unknown again.
    assert told(put(api, figure(warehouse="XX"), caller=caller, path=path)) == [
        [("/stock/0/warehouse", "unknown_warehouse", f"{NOBODY}KZN, MSK, SPB-1, SPB-2.")]
    ]
    distributors.change(
        context, first.distributor_id, first.version, DistributorChangeForm(stock=DeliveryStockForm(warehouses=["XX"]))
    )
    answer = put(api, figure(warehouse="XX"), figure(warehouse="SPB-1", at="09:02"), figure(at="09:03"))
    assert [bool(row["warnings"]) for row in answer.json["items"]] == [False, False, True]


def test_writing_a_product_keeps_its_stock(api: Api, context: Context):
    stock(context, row())
    put(api, figure())
    api.call("PUT", "/v1/staff/products", OPERATIONS, {"products": [row(price="1.00")]})
    assert held(context) == {"MSK": "5 at 09:00"}
    assert context.table.get(catalog_keys.product("LMP-1"))["base_price"] == 1


def test_goods_that_arrive_where_there_were_none_are_told_once(api: Api, context: Context):
    stock(context, row("LMP-1"), row("LMP-2"), row("LMP-3"))
    put(api, figure("LMP-1", quantity="0", at="06:00"), figure("LMP-2", quantity="3", at="06:00"))
    put(api, figure("LMP-1", quantity="0", at="06:30"), figure("LMP-2", quantity="4", at="06:30"))
    put(api, figure("LMP-1", quantity="7", at="07:00"), figure("LMP-1", "SPB", quantity="7", at="07:00"))
    put(api, figure("LMP-1", quantity="8", at="08:00"))
    assert arrivals(context) == [["LMP-2"], ["LMP-1"]]


def test_a_hundred_rows_are_two_reads_and_two_writes(api: Api, context: Context):
    stock(context, *(row(f"LMP-{number}") for number in range(100)))
    with calls_counted(context.table.client) as made:
        assert set(results(put(api, *(figure(f"LMP-{number}") for number in range(100))))) == {"recorded"}
    assert made == ["BatchGetItem", "BatchGetItem", "TransactWriteItems", "TransactWriteItems"]


def test_machines_write_stock_and_products_and_read_nothing(api: Api, context: Context):
    answer = api.call("PUT", "/v1/machine/products", MACHINE, {"products": [row()]})
    assert answer.json["items"][0]["result"] == "created"
    assert results(put(api, figure(), caller=MACHINE, path="/v1/machine/stock")) == ["recorded"]
    assert api.call("GET", "/v1/products", MACHINE).status == 403
    assert api.call("GET", "/v1/staff/products", MACHINE).status == 403


@pytest.mark.parametrize("path", ["/v1/staff/stock", "/v1/machine/stock"])
@pytest.mark.parametrize("caller", [STRANGER, Caller.person("mbr_1", "company", "owner", "cmp_1")])
def test_others_write_no_stock(api: Api, context: Context, path: str, caller: Caller):
    stock(context, row())
    assert put(api, figure(), caller=caller, path=path).status in (401, 403)
    assert held(context) == {}


def test_whoever_writes_between_two_calls_the_newest_figure_stays(context: Context):
    late, early = figure(quantity="9", at="09:00"), figure(quantity="5", at="08:00")
    for mine, other in ((late, early), (early, late)):
        for race in races(lambda other=other: recording.write_stock(context, [other])):
            context.table.client.delete_item(TableName="club", Key={"pk": {"S": "PRODUCTS"}, "sk": {"S": "LMP-1"}})
            stock(context, row())
            with race:
                recording.write_stock(context, [mine])
            if race.happened:
                assert held(context) == {"MSK": "9 at 09:00"}, race


def test_interrupted_rows_are_finished_by_their_repeat_and_their_goods_arrive_once(context: Context):
    stock(context, row("LMP-1"), row("LMP-2"))
    beginning = everything(context)
    rows = [figure("LMP-1"), figure("LMP-2"), figure("LMP-2", "SPB")]
    for interruption in chain(crashes(), lost_replies()):
        restore(context, beginning)
        with interruption:
            recording.write_stock(context, rows)
        assert {each.result for each in recording.write_stock(context, rows).items} <= {"recorded", "unchanged"}
        assert (held(context), held(context, "LMP-2")) == (
            {"MSK": "5 at 09:00"},
            {"MSK": "5 at 09:00", "SPB": "5 at 09:00"},
        ), interruption
        assert arrivals(context) == [["LMP-1", "LMP-2"]], interruption


def test_stock_that_stays_under_change_is_told_as_busy(context: Context, monkeypatch: pytest.MonkeyPatch):
    stock(context, row())

    def lose(*_: Any) -> None:
        raise Refused({"stock": None})

    monkeypatch.setattr(Table, "commit", lose)
    with pytest.raises(Busy):
        recording.write_stock(context, [figure()])


# --- the rule ---------------------------------------------------------------------------------------------------------

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
figures = st.builds(
    StockFigure, st.just("MSK"), st.integers(0, 3), st.integers(0, 3).map(lambda hour: MORNING + timedelta(hours=hour))
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(figures, min_size=1, unique_by=lambda each: each.at), st.data())
def test_whatever_order_figures_come_in_the_newest_stays(offered: list[StockFigure], data: st.DataObject):
    held: dict[str, StockFigure] = {}
    for each in data.draw(st.permutations(offered * 2)):
        if judge(held, each) is StockVerdict.RECORDED:
            held["MSK"] = each
    assert held["MSK"] == max(offered, key=lambda each: each.at)


def test_two_figures_of_one_moment_contradict_each_other_and_the_first_stays():
    first = StockFigure("MSK", 5, MORNING)
    assert judge({"MSK": first}, first._replace(quantity=6)) is StockVerdict.CONTRADICTS


def test_a_product_lies_in_so_many_warehouses_at_most():
    full = {f"W{number}": StockFigure(f"W{number}", 1, MORNING) for number in range(MOST_WAREHOUSES)}
    assert judge(full, StockFigure("MORE", 1, MORNING)) is StockVerdict.TOO_MANY
    del full["W1"]
    assert judge(full, StockFigure("MORE", 1, MORNING)) is StockVerdict.RECORDED
    assert judge(full, StockFigure("W0", 2, MORNING + timedelta(hours=1))) is StockVerdict.RECORDED
