"""Payments: row by row, in any order, by machines and by hand."""

from itertools import chain
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.sales import service as sales_service
from chalicelib.sales.payments import keys as payments_keys
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from tests.bonuses.accruals.steps import memory_work
from tests.sales.steps import invoice
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, races
from tests.support.table import everything, restore

MACHINE = Caller({"sub": "c-1c", "client_id": "c-1c", "scope": "club/api club/machine.payments"})
OPERATIONS = Caller.person("mbr_staff", "staff", "operations", "club")
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
ROW = {"source": "1c-main", "document": "УТ-1", "year": 2026, "paid_on": "2026-11-19"}


def post(api: Api, *rows: Any, caller: Caller = MACHINE, **more: Any) -> Answer:
    path = "/v1/machine/payments" if caller is MACHINE else "/v1/staff/payments"
    return api.call("POST", path, caller, {"payments": list(rows), **more})


def results(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [item["result"] for item in answer.json["items"]]


def kept(context: Context, source: str = "1c-main", document: str = "2026/УТ-1") -> tuple[Any, ...]:
    item = context.table.get(payments_keys.payment(source, document)) or {}
    return item.get("paid_on"), item.get("as_of"), item.get("by")


def told(context: Context) -> int:
    return sum(item.get("event") == "payment.recorded" for item in everything(context).values())


def test_a_payment_is_kept_with_who_told_it_and_told_again_changes_nothing(api: Api, context: Context) -> None:
    assert results(post(api, ROW)) == ["recorded"]
    assert kept(context) == ("2026-11-19", context.at, "c-1c")
    before = everything(context)
    assert results(post(api, ROW)) == ["unchanged"]
    assert everything(context) == before
    assert told(context) == 1


def test_numbers_are_compared_as_those_of_sales_files(api: Api, context: Context) -> None:
    post(api, ROW | {"document": "  ут-1 "})
    assert kept(context)[0] == "2026-11-19"


def test_a_shipment_is_named_by_order_and_distributor(api: Api, context: Context) -> None:
    row = {"order_id": "ord_1", "distributor_id": "dst_1", "document": "РН-7", "paid_on": "2026-11-20"}
    assert results(post(api, row)) == ["recorded"]
    assert kept(context, "orders", "dst_1:ord_1/РН-7")[0] == "2026-11-20"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"paid_on": "2026-11-22"}, "/payments/1/paid_on"),
        ({"paid_on": "1989-12-31"}, "/payments/1/paid_on"),
        ({"paid_on": "19.11.2026"}, "/payments/1/paid_on"),
        ({"document": ""}, "/payments/1/document"),
        ({"document": "УТ-2"}, "/payments/1/document"),
        ({"year": None}, "/payments/1"),
        ({"order_id": "ord_1"}, "/payments/1"),
        ({"source": "orders"}, "/payments/1"),
        ({"more": 1}, "/payments/1/more"),
    ],
)
def test_a_bad_row_never_stops_the_others(api: Api, context: Context, wrong: dict[str, Any], pointer: str) -> None:
    first, bad = ROW | {"document": "УТ-2"}, ROW | {"document": "УТ-3"} | wrong
    answer = post(api, first, bad, ROW)
    assert results(answer) == ["recorded", "failed", "recorded"]
    assert [fault["pointer"] for fault in answer.json["items"][1]["errors"]] == [pointer]


def test_what_is_no_row_at_all_is_named(api: Api) -> None:
    answer = post(api, 7, ROW)
    assert results(answer) == ["failed", "recorded"]
    assert answer.json["items"][0]["document"] is None


def test_an_older_state_changes_nothing(api: Api, context: Context) -> None:
    post(api, ROW, as_of="2026-11-20T08:00:00Z")
    assert results(post(api, ROW | {"paid_on": None}, as_of="2026-11-20T07:00:00Z")) == ["older"]
    assert results(post(api, ROW | {"paid_on": None}, as_of="2026-11-20T10:30:00+02:00")) == ["recorded"]
    assert kept(context)[:2] == (None, "2026-11-20T08:30:00.000Z")


@pytest.mark.parametrize("as_of", ["2026-11-20T09:00:01Z", "2026-11-20", "2026-11-20T08:00:00", 5])
def test_a_state_of_a_moment_that_cannot_be_is_refused(api: Api, as_of: Any) -> None:
    answer = post(api, ROW, as_of=as_of)
    assert (answer.status, [fault["pointer"] for fault in answer.json["errors"]]) == (422, ["/as_of"])


def test_a_payment_of_a_document_that_the_club_does_not_know_yet_is_told(api: Api, context: Context) -> None:
    sales_service.record(context, [invoice("УТ-1", series="2026")])
    shipped = {"order_id": "ord_1", "distributor_id": "dst_1", "document": "РН-1", "paid_on": "2026-11-19"}
    answer = post(api, ROW, ROW | {"document": "УТ-2"}, ROW | {"source": "nobody"}, shipped)
    assert results(answer) == ["recorded"] * 4
    warned = [[(fault["pointer"], fault["code"]) for fault in each["warnings"]] for each in answer.json["items"]]
    assert warned == [[], *([(f"/payments/{row}/document", "unknown_document")] for row in (1, 2, 3))]


def test_staff_may_enter_them_by_hand_and_others_may_not(api: Api, context: Context) -> None:
    assert results(post(api, ROW, caller=OPERATIONS)) == ["recorded"]
    assert kept(context)[2] == "mbr_staff"
    assert post(api, ROW, caller=MANAGER).status == 403
    person = Caller({**MACHINE.claims, "club_member": "mbr_1"})
    assert api.call("POST", "/v1/machine/payments", person, {"payments": [ROW]}).status == 403


def test_a_hundred_rows_at_most(api: Api) -> None:
    rows = [ROW | {"document": f"УТ-{number}"} for number in range(101)]
    assert post(api, *rows).status == 422
    assert results(post(api, *rows[1:])) == ["recorded"] * 100


def test_whatever_comes_between_or_breaks_off_the_newest_state_holds() -> None:
    context = memory_work()
    early, late = [Payment(("1c-main", "2026/УТ-1"), day) for day in (None, context.today)]
    beginning = everything(context)

    def newer() -> None:
        payments.record_payments(context, [late], by="b", as_of="2026-11-20T08:00:00.000Z")

    for interruption in chain(races(newer), crashes()):
        restore(context, beginning)
        with interruption:
            payments.record_payments(context, [early], by="a", as_of="2026-11-20T07:00:00.000Z")
        payments.record_payments(context, [early], by="a", as_of="2026-11-20T07:00:00.000Z")
        newer()
        assert kept(context)[:2] == (context.today.isoformat(), "2026-11-20T08:00:00.000Z"), interruption
