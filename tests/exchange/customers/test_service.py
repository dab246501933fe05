"""A customer of a source goes to another company, with its documents, and back."""

import os
from decimal import Decimal
from typing import Any

import boto3
import pytest

from chalicelib import companies, exchange
from chalicelib.exchange.customers import consumers
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from tests.exchange.sales_files.steps import OPERATOR, bring, row, table
from tests.sales.steps import current, days, items
from tests.support import partners
from tests.support.api import Answer, Api
from tests.support.crashes import crashes, empty_account, uncounted

PATH = "/v1/staff/customer-moves"


@pytest.fixture(autouse=True)
def operator(context: Context) -> None:
    partners.staff(context, "mbr_staff", "operations")


def company_of(context: Context, customer: str) -> str:
    return companies.known_customers(context, "1c-main", [customer])[customer].company_id


def ask(api: Api, path: str = PATH, key: str | None = "k", **form: Any) -> Answer:
    return api.call("POST", path, OPERATOR, {"source": "1c-main", **form} if form else None, key=key)


def work(context: Context) -> None:
    """Delivers the events of moves, and works off their messages until nothing is left."""
    with uncounted():
        began = [item for item in items(context, "EVENT#") if item["event"] == "customer.move_began"]
    for item in began:
        consumers.on_move_began(context, Event("customer.move_began", item["sk"], item))
    sqs, queue = boto3.client("sqs"), os.environ["CUSTOMERS_QUEUE_URL"]
    while True:
        with uncounted():
            found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
            for message in found:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        if not found:
            return
        for message in found:
            exchange.move_page(context, {"body": message["Body"]})


def sums(context: Context) -> dict[str, Decimal]:
    """Purchases by company."""
    found: dict[str, Decimal] = {}
    for (company_id, _), (amount, _) in days(context).items():
        found[company_id] = found.get(company_id, Decimal(0)) + amount
    return found


@pytest.fixture
def made(api: Api, context: Context) -> tuple[str, str]:
    """Two companies of two customers, with two documents each."""
    several = [row(f"УТ-{n}", customer=f"К-{n % 2 + 1}", amount="60000,00", day="12.11.2026") for n in range(4)]
    bring(api, context, table(*several))
    return company_of(context, "К-1"), company_of(context, "К-2")


def test_two_companies_that_are_one_firm_become_one_and_two_again(
    api: Api, context: Context, made: tuple[str, str]
) -> None:
    first, second = made
    moved = ask(api, customer="К-1", company_id=second, reason="One firm")
    assert (moved.status, moved.json["state"]) == (200, "moving"), moved.text
    work(context)
    shown = api.call("GET", f"{PATH}/{moved.json['move_id']}", OPERATOR).json
    assert (shown["state"], shown["documents"], shown["by"]) == ("done", 2, "mbr_staff")
    assert sums(context) == {second: Decimal(240000)}
    bring(api, context, table(row("УТ-9", customer="К-1")), key="later")
    assert sums(context) == {second: Decimal(240100)}
    undone = ask(api, f"{PATH}/{moved.json['move_id']}/undo", key="undo")
    assert undone.status == 200, undone.text
    work(context)
    assert sums(context) == {first: Decimal(120100), second: Decimal(120000)}
    assert (undone.json["undoes"], undone.json["reason"]) == (moved.json["move_id"], "One firm")
    again = ask(api, f"{PATH}/{moved.json['move_id']}/undo", key="again")
    assert again.json["code"] == "wrong_state"
    listed = api.call("GET", f"{PATH}?q=К-1&from_company_id={first}&count=true&sort=-at", OPERATOR).json
    assert [each["move_id"] for each in listed["items"]] == [moved.json["move_id"]]
    assert listed["items"][0]["undone_by"] == "mbr_staff"


def test_a_customer_is_split_off_into_a_company_of_its_own(api: Api, context: Context, made: tuple[str, str]) -> None:
    first, _ = made
    ask(api, customer="К-2", company_id=first, reason="One firm")
    work(context)
    split = ask(api, key="split", customer="К-2", reason="Two firms after all")
    work(context)
    assert sums(context) == {first: Decimal(120000), split.json["to_company_id"]: Decimal(120000)}
    assert company_of(context, "К-2") == split.json["to_company_id"]


def test_a_preview_tells_documents_purchases_and_tiers_and_changes_nothing(
    api: Api, context: Context, made: tuple[str, str]
) -> None:
    first, second = made
    before = sums(context)
    told = ask(api, f"{PATH}/preview", key=None, customer="К-1", company_id=second).json
    assert (told["documents"], told["complete"], told["purchases"]["amount"]) == (2, True, "120000.00")
    assert (told["company"]["company_id"], told["other"]["company_id"]) == (first, second)
    assert (told["company"]["tier"] is not None, told["company"]["tier_after"]) == (True, None)
    assert told["other"]["tier_after"] is not None
    alone = ask(api, f"{PATH}/preview", key=None, customer="К-1").json
    assert alone["other"]["company_id"] is None
    assert sums(context) == before


def test_a_void_document_follows_its_customer_and_counts_in_no_preview(
    api: Api, context: Context, made: tuple[str, str]
) -> None:
    _, second = made
    form = {"source": "1c-main", "document": "УТ-0", "business_date": "2026-11-12", "reason": "Deleted in the books"}
    assert api.call("POST", "/v1/staff/documents/void", OPERATOR, form, key="void").status == 200
    told = ask(api, f"{PATH}/preview", key=None, customer="К-1", company_id=second).json
    assert (told["documents"], told["purchases"]["amount"]) == (1, "60000.00")
    moved = ask(api, customer="К-1", company_id=second, reason="One firm").json
    work(context)
    assert api.call("GET", f"{PATH}/{moved['move_id']}", OPERATOR).json["documents"] == 1
    [void] = [sale for sale in current(context) if sale.get("voided")]
    assert void["company_id"] == second


def test_the_same_file_again_finds_moved_documents_unchanged(api: Api, context: Context, made: tuple[str, str]) -> None:
    _, second = made
    ask(api, customer="К-1", company_id=second, reason="One firm")
    work(context)
    several = [row(f"УТ-{n}", customer=f"К-{n % 2 + 1}", amount="60000,00", day="12.11.2026") for n in range(4)]
    done = bring(api, context, table(*several), key="again")
    assert done["documents"]["unchanged"] == 4


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"customer": "К-7", "company_id": "com_nobody", "reason": "None"}, 404),
        ({"customer": "К-1", "company_id": "com_nobody", "reason": "None"}, 422),
        ({"customer": "К-1", "company_id": "com_nobody"}, 422),
        ({"customer": "К-1", "company_id": "com_nobody", "reason": "None", "force": True}, 422),
    ],
)
def test_a_move_names_a_known_customer_and_company(
    api: Api, made: tuple[str, str], form: dict[str, Any], status: int
) -> None:
    assert ask(api, **form).status == status


def test_a_customer_is_not_moved_to_its_own_company_nor_by_who_left(
    api: Api, context: Context, made: tuple[str, str]
) -> None:
    first, second = made
    own = ask(api, customer="К-1", company_id=first, reason="None at all")
    assert own.json["errors"][0]["code"] == "same_company"
    partners.staff(context, "mbr_staff", "marketing")
    gone = ask(api, key="gone", customer="К-1", company_id=second, reason="None at all")
    assert (gone.status, gone.json["code"]) == (403, "session_stale")
    assert company_of(context, "К-1") == first


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_crash_at_any_call_moves_every_document_once(api: Api, context: Context) -> None:
    def beginning() -> None:
        empty_account()
        partners.staff(context, "mbr_staff", "operations")
        bring(api, context, table(row("УТ-1"), row("УТ-2"), row("УТ-3", customer="К-2")))
        moved = ask(api, customer="К-1", company_id=company_of(context, "К-2"), reason="One firm")
        assert moved.status == 200

    for crash in crashes():
        beginning()
        with crash:
            work(context)
        work(context)
        assert list(sums(context).values()) == [Decimal(300)], crash
        assert sorted(int(sale["revision"]) for sale in current(context)) == [1, 2, 2], crash
