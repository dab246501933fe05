"""A disputed line: said once, told once, shown beside the line, and of nobody else's documents."""

from datetime import date
from typing import Any

import pytest

from chalicelib import members, sales
from chalicelib.analytics.settlements.service import settle
from chalicelib.analytics.statements import disputes, keys
from chalicelib.analytics.statements.letters import who_reconciles
from chalicelib.analytics.statements.schemas import DisputeForm
from chalicelib.mail import Recipient
from chalicelib.platform.context import Context
from chalicelib.sales import Payment
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.mail.steps import member
from tests.sales.steps import invoice, items
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.letters import plain
from tests.support.spent import measures, spent

LINE, PAYMENT = "sale#1c-main#/A-1", "payment#1c-main#/A-1"


@pytest.fixture
def owner(context: Context) -> Caller:
    caller = partners.partner(context, "cmp_1", "mbr_1")
    sales.record(context, [invoice("A-1", "100.00", day=date(2026, 11, 2))])
    return caller


def say(api: Api, caller: Caller, line: str = LINE, claimed: str = "90.00", **more: str) -> Answer:
    return api.call("POST", "/v1/company/statement/disputes", caller, {"line_id": line, "claimed": claimed, **more})


def told(context: Context) -> list[Any]:
    return [item for item in items(context) if item.get("event") == "statement.disputed"]


def test_another_sum_is_shown_beside_the_line_and_told_once(api: Api, context: Context, owner: Caller) -> None:
    (line,) = api.call("GET", "/v1/company/statement", owner).json["lines"]
    assert (line["line_id"], line["dispute"]) == (LINE, None)
    for _ in range(2):
        assert say(api, owner, note="We got nine").status == 200
    (event,) = told(context)
    assert (event["amount"], event["claimed"], event["document"], event["by"]) == (100, 90, "A-1", "mbr_1")
    statement = api.call("GET", "/v1/company/statement", owner).json
    assert statement["lines"][0]["dispute"]["claimed"] == {"amount": "90.00", "currency": "RUB"}
    assert statement["closing"]["debit"]["amount"] == "100.00"
    assert say(api, owner, claimed="95.00").json["claimed"]["amount"] == "95.00"
    assert len(told(context)) == 2


def test_a_line_that_the_statement_does_not_have_is_not_disputed(api: Api, context: Context, owner: Caller) -> None:
    euros = invoice("A-2", "100.00", day=date(2026, 11, 2))._replace(currency="EUR", other_currency=True)
    sales.record(context, [euros])
    for line in ("return#1c-main#/A-1", "sale#1c-main#/A-2"):
        assert (say(api, owner, line).status, told(context)) == (404, [])


def test_a_payment_is_disputed_like_a_document(api: Api, context: Context, owner: Caller) -> None:
    assert say(api, owner, PAYMENT).status == 404
    sales.record_payments(context, [Payment(("1c-main", "/A-1"), date(2026, 11, 3))], by="mbr_1")
    settle(context, ("1c-main", "/A-1"))
    assert say(api, owner, PAYMENT, "0").status == 200


def test_a_line_of_another_company_is_not_found(api: Api, context: Context, owner: Caller) -> None:
    other = partners.partner(context, "cmp_2", "mbr_2", inn="7736207543")
    assert say(api, other).status == 404
    assert say(api, owner, "sale#1c-main#/A-9").status == 404
    assert say(api, owner, "gift#1c-main#/A-1").status == 422
    assert say(api, owner, claimed="-1").status == 422


def test_the_manager_hears_of_it(club: Any, context: Context) -> None:
    member(context, "mbr_m")
    tx = Transaction()
    members.appoint(tx, "mbr_m", kind="staff", owner=members.STAFF_OWNER, role="manager", status="active")
    context.table.commit(tx)
    assert who_reconciles(context, {"company_id": "cmp_1"}) == [Recipient("member", "mbr_m")]
    facts = {"document": "A-1", "kind": "sale", "amount": 100, "claimed": 90, "currency": "RUB", "note": "We got nine"}
    letter = plain(club.told("statement_disputed", Recipient("member", "mbr_m"), **facts))
    assert "не согласна с накладной" in letter
    assert "90,00 ₽" in letter


def test_a_company_writes_so_many_letters_to_its_manager_a_day(api: Api, context: Context, owner: Caller) -> None:
    answers = [say(api, owner, claimed=f"{number}.00") for number in range(disputes.MOST_A_DAY + 1)]
    assert [each.status for each in answers] == [200] * disputes.MOST_A_DAY + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert len(told(context)) == disputes.MOST_A_DAY
    assert say(api, owner, claimed=f"{disputes.MOST_A_DAY - 1}.00").status == 200, "the same again asks for no letter"


@measures(keys.dispute)
def test_a_dispute_is_three_reads_and_a_transaction_and_all_of_them_one_query(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    partners.company(context)
    sales.record(context, [invoice("A-1", "100.00")])
    with spent(context.table.client) as cost:
        disputes.dispute(context, "cmp_1", "mbr_1", DisputeForm(line_id=LINE, claimed="90.00"))  # type: ignore[arg-type]
    assert sorted(cost.calls) == ["BatchGetItem", "GetItem", "GetItem", "TransactWriteItems"]
    with spent(context.table.client) as cost:
        assert list(disputes.disputes_of(context.table, "cmp_1")) == [LINE]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
