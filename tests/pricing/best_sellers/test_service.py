"""Best sellers of a period: counted once from the club's own documents, however often and wherever the work dies."""

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import sales
from chalicelib.companies.model import CustomerRef
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.settings import queue_url
from chalicelib.pricing.best_sellers import consumers as best_sellers_consumers
from chalicelib.pricing.best_sellers import jobs
from chalicelib.pricing.best_sellers import service as best_sellers
from chalicelib.pricing.best_sellers.model import BestSellersForm
from chalicelib.pricing.best_sellers.store import Sales
from chalicelib.table.client import Table
from tests.catalog.steps import row, stock
from tests.pricing.steps import MARKETING, Office, errors
from tests.support.api import Answer
from tests.support.crashes import crashes, watched
from tests.support.customers import customer_companies
from tests.support.memory import MemoryDynamo
from tests.support.partners import OPERATIONS, partner
from tests.support.table import everything

PATH = "/v1/staff/best-sellers"
SEASON = {"from": "2025-09-01", "to": "2025-11-30"}
IN_SEASON = date(2025, 10, 15)


def buys(
    context: Context,
    number: str,
    lines: dict[str, tuple[int, str]],
    *,
    by: str = "Luch",
    day: date = IN_SEASON,
    **more: Any,
) -> None:
    """A document of these articles, with their units and what was paid for them."""
    ref = CustomerRef(customer=by, name=by, inn=None, kpp=None, currency=more.pop("currency", "RUB"))
    document = sales.SaleDocument(
        source="1c",
        number=number,
        company_id=customer_companies(context, "1c", [ref])[ref],
        business_date=day,
        currency=ref.currency,
        lines=[
            sales.SaleLine.of(sku, sku, Decimal(units), amount=Decimal(amount))
            for sku, (units, amount) in lines.items()
        ],
        **more,
    )
    sales.record(context, [document])


def ask(office: Office, *, key: str = "key-1", **more: Any) -> Answer:
    return office.api.call("POST", PATH, MARKETING, SEASON | more, key=key)


def message(list_id: str, part: int) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps({"work_id": list_id, "part": part})}


def messages() -> Iterator[dict[str, Any]]:
    """The messages of the queue, each taken from it before the next is looked at."""
    sqs, queue = boto3.client("sqs"), queue_url("bestsellers")
    while found := sqs.receive_message(QueueUrl=queue).get("Messages"):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=found[0]["ReceiptHandle"])
        yield {"messageId": "1", "body": found[0]["Body"]}


def run(context: Context) -> None:
    """All that a request brings about."""
    for item in everything(context).values():
        if item.get("event") == "best_sellers.requested":
            best_sellers_consumers.on_requested(context, Event(item["event"], "evt_1", item))
    for each in messages():
        jobs.count_best_sellers(context, each)


def listed(office: Office, **more: Any) -> list[tuple[str, str, str]]:
    """Article, amount and units of a new list, worked off."""
    answer = ask(office, **more)
    assert answer.status == 202, answer.text
    run(office.context)
    found = office.api.call("GET", answer.headers["location"], MARKETING).json
    assert found["state"] == "done"
    return [(each["sku"], each["amount"]["amount"], each["units"]) for each in found["items"]]


@pytest.fixture
def season(office: Office, context: Context) -> Office:
    """Last year's season, of two companies."""
    buys(context, "1", {"LMP-1": (10, "900.00"), "SWT-1": (100, "850.00")})
    buys(context, "2", {"LMP-1": (5, "450.00"), "LMP-2": (2, "380.00")}, by="Svet")
    return office


# --- what is counted --------------------------------------------------------------------------------------------------


def test_what_sold_best_comes_first_by_amount_or_by_units(season: Office):
    assert listed(season) == [("LMP-1", "1350.00", "15"), ("SWT-1", "850.00", "100"), ("LMP-2", "380.00", "2")]
    assert [sku for sku, _, _ in listed(season, key="units", by="units")] == ["SWT-1", "LMP-1", "LMP-2"]
    assert [sku for sku, _, _ in listed(season, key="top", top=1)] == ["LMP-1"]


def test_only_documents_of_the_period_and_the_currency_count(season: Office, context: Context):
    buys(context, "3", {"SWT-1": (1, "99999.00")}, day=date(2025, 12, 1))
    buys(context, "4", {"SWT-1": (1, "99999.00")}, day=date(2025, 8, 31))
    buys(context, "5", {"SWT-1": (1, "99999.00")}, by="Abroad", currency="EUR")
    assert listed(season)[0] == ("LMP-1", "1350.00", "15")
    assert listed(season, key="eur", currency="EUR") == [("SWT-1", "99999.00", "1")]


def test_what_came_back_did_not_sell_and_a_correction_counts_once(season: Office, context: Context):
    buys(context, "6", {"LMP-1": (-15, "-1350.00")}, kind="return", day=date(2025, 11, 30))
    buys(context, "2", {"LMP-2": (3, "570.00")}, by="Svet")
    assert listed(season) == [("SWT-1", "850.00", "100"), ("LMP-2", "570.00", "3")]


def test_a_list_can_be_of_a_category_with_those_below_it_or_of_a_brand(season: Office):
    tree = [
        {"code": "light", "name": "Light", "name_ru": "Свет"},
        {"code": "lamps", "name": "Lamps", "name_ru": "Лампы", "parent": "light"},
    ]
    season.api.call("PUT", "/v1/staff/categories", OPERATIONS, {"categories": tree})
    assert [sku for sku, _, _ in listed(season, category="light")] == ["LMP-1", "LMP-2"]
    assert [sku for sku, _, _ in listed(season, key="brand", brand="Volten")] == ["SWT-1"]


def test_articles_that_the_catalogue_does_not_have_are_left_out(season: Office, context: Context):
    buys(context, "7", {"OLD-1": (1, "100000.00")})
    assert "OLD-1" not in [sku for sku, _, _ in listed(season)]


def test_a_document_that_does_not_fit_into_one_item_counts_whole(season: Office, context: Context):
    many = {f"X-{number:04d}": (1, "0.01") for number in range(4000)}
    buys(context, "8", {**many, "SWT-1": (1, "5000.00")})
    assert listed(season)[0] == ("SWT-1", "5850.00", "101")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"to": "2025-08-31"}, ""), ({"to": "2026-11-30"}, ""), ({"top": 201}, "/top"), ({"by": "stars"}, "/by")],
)
def test_a_wrong_question_is_refused_where_it_is_wrong(office: Office, change: dict[str, Any], pointer: str):
    assert [found for found, _ in errors(ask(office, **change))] == [pointer]


def test_how_far_it_has_come_is_shown(season: Office, context: Context, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(best_sellers, "COMPANIES", 1)
    list_id = ask(season).json["list_id"]
    jobs.count_best_sellers(context, message(list_id, 1))
    found = season.api.call("GET", f"{PATH}/{list_id}", MARKETING).json
    assert (found["state"], found["items"]) == ("running", None)
    assert found["progress"] == {"companies_done": 1, "companies_found": 1, "parts_done": 1, "parts_total": None}
    late = replace(context, now=context.now + timedelta(hours=2))
    assert best_sellers.show(late, list_id, "en").stalled
    assert season.api.call("GET", f"{PATH}/bst_none", MARKETING).status == 404


# --- promotions that name a list --------------------------------------------------------------------------------------


def test_a_promotion_is_for_the_best_sellers_as_they_were_when_it_was_approved(season: Office, context: Context):
    caller = partner(context)
    list_id = ask(season, top=1).json["list_id"]
    promotion_id = season.draft((1, "10"), best_sellers=list_id, goods={"skus": ["LMP-2"]})
    assert errors(season.approve(promotion_id)) == [("/best_sellers", "not_done")]
    run(context)
    assert season.approve(promotion_id).status == 200
    assert season.shown(promotion_id)["goods"]["skus"] == ["LMP-2", "LMP-1"]
    cheaper = {sku for sku, (_, rule) in season.prices(caller).items() if rule == "promotion"}
    assert cheaper == {"LMP-1", "LMP-2"}


def test_a_promotion_of_an_unknown_or_empty_list_is_not_approved(office: Office, context: Context):
    assert errors(office.approve(office.draft(best_sellers="bst_none"))) == [("/best_sellers", "unknown_list")]
    list_id = ask(office).json["list_id"]
    run(context)
    assert errors(office.approve(office.draft(best_sellers=list_id))) == [("/best_sellers", "list_unfit")]


# --- parts ------------------------------------------------------------------------------------------------------------


sums = st.dictionaries(
    st.sampled_from(["A", "B", "C"]),
    st.builds(Sales, st.decimals(-100, 100, places=2), st.decimals(-9, 9, places=0)),
    max_size=3,
)


@given(st.lists(sums, max_size=4), st.randoms())
def test_parts_add_up_in_any_order(parts: list[dict[str, Sales]], chance: Any):
    rows = [each for part in parts for each in part.items()]
    shuffled = chance.sample(rows, len(rows))
    assert best_sellers.added(shuffled) == best_sellers.added(rows)
    half = len(parts) // 2
    halves = [
        best_sellers.added(each for part in some for each in part.items()) for some in (parts[:half], parts[half:])
    ]
    assert best_sellers.added(each for part in halves for each in part.items()) == best_sellers.added(rows)


class Messages:
    """A queue in a list."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message(self, *, MessageBody: str, **_: Any) -> None:  # noqa: N803
        self.bodies.append(MessageBody)


class Objects:
    """A bucket in a dictionary."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        self.found[Key] = Body

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.found[Key])}


def test_wherever_it_dies_and_however_often_it_is_told_the_same_comes_out(
    context: Context, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(best_sellers, "COMPANIES", 2)
    memory, queue, bucket = MemoryDynamo(), Messages(), Objects()
    context = replace(context, table=Table(watched(memory, "dynamodb"), "club"))
    monkeypatch.setattr(aws, "sqs", lambda: watched(queue, "sqs"))
    monkeypatch.setattr(aws, "s3", lambda: watched(bucket, "s3"))
    stock(context, row("LMP-1", "100.00"), row("LMP-2", "200.00"))
    for number in range(5):
        buys(context, f"N-{number}", {"LMP-1": (1, "100.00"), "LMP-2": (number, "90.00")}, by=f"Luch {number}")
    form = BestSellersForm.model_validate(SEASON)
    list_id = best_sellers.start(context, form, "mbr_1", "en").list_id

    def afresh() -> Context:
        bucket.found.clear()
        queue.bodies[:] = [message(list_id, 1)["body"]]
        return replace(context, table=Table(watched(deepcopy(memory), "dynamodb"), "club"))

    def go(context: Context) -> None:
        """Each message twice; it leaves the queue when it is handled."""
        while queue.bodies:
            for _ in range(2):
                jobs.count_best_sellers(context, {"body": queue.bodies[0]})
            queue.bodies.pop(0)

    def outcome(context: Context) -> Any:
        shown = best_sellers.show(context, list_id, "en")
        return shown.items, shown.progress

    go(whole := afresh())
    items, progress = undisturbed = outcome(whole)
    assert [(each.sku, each.units) for each in items] == [("LMP-1", 5), ("LMP-2", 10)]
    assert (progress.companies_done, progress.parts_done) == (5, 3)
    for crash in crashes():
        broken = afresh()
        with crash:
            go(broken)
        go(broken)
        assert outcome(broken) == undisturbed, crash
