"""Display deals: a photo of the goods in one shop earns the prices for the whole chain."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest

from chalicelib import companies
from chalicelib.companies import keys as companies_keys
from chalicelib.companies import store as companies_store
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.pricing.displays import consumers as displays_consumers
from chalicelib.pricing.displays import service as displays
from chalicelib.pricing.offers import keys as offers_keys
from chalicelib.table.transactions import Transaction
from tests.companies.steps import legal_inn
from tests.pricing.promotions.test_routes import at
from tests.pricing.steps import MANAGER, Office, errors
from tests.support.api import Answer, Caller
from tests.support.crashes import crashes, lost_replies
from tests.support.partners import partner
from tests.support.table import everything, restore

CHAIN = legal_inn(1)
FORM = {"shop_address": "Moscow, Lesnaya 7", "content_type": "image/jpeg"}


class Shop:
    """A company of the chain, and what its owner does."""

    def __init__(self, office: Office, company_id: str = "cmp_1", inn: str = CHAIN) -> None:
        self.office = office
        self.company_id = company_id
        self.caller: Caller = partner(office.context, company_id, f"mbr_{company_id}", inn=inn)
        displays.join(office.context, company_id, inn)

    def start(self, promotion_id: str, **changes: Any) -> Answer:
        path = f"/v1/promotions/{promotion_id}/display-proofs"
        return self.office.api.call("POST", path, self.caller, FORM | changes)

    def uploaded(self, promotion_id: str) -> str:
        """The photo has arrived."""
        answer = self.start(promotion_id)
        assert answer.status == 200, answer.text
        form = answer.json["upload"]["fields"]
        boto3.client("s3").put_object(Bucket="club-files", Key=form["key"], Body=b"jpeg")
        return str(answer.json["proof_id"])

    def confirm(self, promotion_id: str, proof_id: str) -> Answer:
        path = f"/v1/promotions/{promotion_id}/display-proofs/{proof_id}/confirm"
        return self.office.api.call("POST", path, self.caller)

    def sent(self, promotion_id: str) -> str:
        """A proof that waits for a manager's word."""
        proof_id = self.uploaded(promotion_id)
        assert self.confirm(promotion_id, proof_id).status == 200
        return proof_id

    def decide(self, proof_id: str, word: str = "approve") -> Answer:
        path = f"/v1/staff/companies/{self.company_id}/display-proofs/{proof_id}/{word}"
        return self.office.api.call("POST", path, MANAGER, {"reason": "Too dark"} if word == "reject" else None)

    @property
    def price(self) -> tuple[str, str]:
        return self.office.prices(self.caller)["LMP-1"]

    @property
    def states(self) -> list[tuple[str, str | None]]:
        answer = self.office.api.call("GET", "/v1/display-proofs", self.caller)
        return [(each["state"], each["reason"]) for each in answer.json["items"]]


def told(context: Context, company_id: str, name: str) -> list[Event]:
    """The events of the company, as the stream delivers them."""
    items = context.table.query_all(companies_keys.company(company_id).pk, starts="EVENT#")
    return [Event(name, item["sk"], item) for item in items if item["event"] == name]


def waiting(office: Office) -> list[str]:
    answer = office.api.call("GET", "/v1/staff/display-proofs", MANAGER)
    return [each["proof_id"] for each in answer.json["items"]]


@pytest.fixture
def deal(office: Office) -> str:
    return office.run((1, "20"), display=True)


@pytest.fixture
def shop(office: Office, deal: str) -> Shop:
    return Shop(office)


# --- one company ------------------------------------------------------------------------------------------------------


def test_an_approved_photo_opens_the_prices(office: Office, shop: Shop, deal: str):
    assert shop.price == ("100.00", "base_price")
    proof_id = shop.sent(deal)
    assert (shop.price, waiting(office)) == (("100.00", "base_price"), [proof_id])
    assert shop.decide(proof_id).json["state"] == "approved"
    assert (shop.price, waiting(office)) == (("80.00", "promotion"), [])
    assert shop.states == [("approved", None)]


def test_the_company_learns_what_it_has_to_do(office: Office, shop: Shop, deal: str):
    (item,) = office.api.call("GET", "/v1/promotions", shop.caller).json["items"]
    assert (item["display"], item["for_you"]) == (True, False)
    assert item["why_not"].endswith("is for companies that display the goods in a shop: send a photo.")
    shop.decide(shop.sent(deal))
    (item,) = office.api.call("GET", "/v1/promotions", shop.caller).json["items"]
    assert (item["for_you"], item["why_not"]) == (True, None)


def test_a_manager_sees_the_photo_the_shop_and_the_chain(office: Office, shop: Shop, deal: str):
    proof_id = shop.sent(deal)
    (item,) = office.api.call("GET", "/v1/staff/display-proofs", MANAGER).json["items"]
    assert (item["proof_id"], item["company_id"], item["inn"]) == (proof_id, "cmp_1", CHAIN)
    assert (item["shop_address"], item["promotion"]["promotion_id"]) == ("Moscow, Lesnaya 7", deal)
    assert f"/displays/{proof_id}/sent/" in item["photo"]["url"]
    (again,) = office.api.call("GET", "/v1/staff/companies/cmp_1/display-proofs", MANAGER).json["items"]
    assert again["proof_id"] == proof_id


def test_a_photo_that_is_replaced_after_its_confirmation_is_not_the_one_that_managers_see(
    office: Office, shop: Shop, deal: str
):
    form = shop.start(deal).json
    s3, name = boto3.client("s3"), form["upload"]["fields"]["key"]
    s3.put_object(Bucket="club-files", Key=name, Body=b"a shelf of ours")
    assert shop.confirm(deal, form["proof_id"]).status == 200
    # The signed form still takes a file, and a second confirmation changes nothing.
    s3.put_object(Bucket="club-files", Key=name, Body=b"something else")
    assert shop.confirm(deal, form["proof_id"]).status == 200
    for state in ("waiting", "approved"):
        (item,) = office.api.call("GET", "/v1/staff/companies/cmp_1/display-proofs", MANAGER).json["items"]
        seen = urlsplit(item["photo"]["url"]).path.partition("/displays/")[2]
        body = s3.get_object(Bucket="club-files", Key=f"displays/{unquote(seen)}")["Body"].read()
        assert (item["state"], body) == (state, b"a shelf of ours")
        shop.decide(form["proof_id"])


def test_a_refused_photo_says_why_and_another_may_follow(shop: Shop, deal: str):
    assert shop.decide(shop.sent(deal), "reject").json["state"] == "rejected"
    assert (shop.price, shop.states) == (("100.00", "base_price"), [("rejected", "Too dark")])
    shop.decide(shop.sent(deal))
    assert shop.price == ("80.00", "promotion")


def test_a_photo_that_has_not_arrived_does_not_wait(office: Office, shop: Shop, deal: str):
    proof_id = shop.start(deal).json["proof_id"]
    assert shop.confirm(deal, proof_id).json["code"] == "conflict"
    assert (waiting(office), shop.states) == ([], [("uploading", None)])
    assert shop.decide(proof_id).json["code"] == "wrong_state"


def test_each_word_is_said_once_and_the_first_one_counts(shop: Shop, deal: str):
    proof_id = shop.sent(deal)
    assert shop.confirm(deal, proof_id).json["state"] == "waiting"
    assert [shop.decide(proof_id).status for _ in range(2)] == [200, 200]
    assert shop.decide(proof_id, "reject").json["code"] == "wrong_state"
    assert len(told(shop.office.context, "cmp_1", "display.approved")) == 1


def test_a_company_starts_only_so_many_photos_a_day(
    office: Office, shop: Shop, deal: str, monkeypatch: pytest.MonkeyPatch
):
    """A photo that is uploaded and never confirmed lies in the bucket all the same."""
    for _ in range(displays.MOST_A_DAY):
        assert shop.start(deal).status == 200
    refused = shop.start(deal)
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert refused.json["detail"] == f"At most {displays.MOST_A_DAY} photos a day."
    assert 0 < int(refused.headers["retry-after"]) <= 86400
    assert Shop(office, "cmp_2").start(deal).status == 200
    tomorrow = replace(office.context, now=office.context.now + timedelta(days=1))
    monkeypatch.setattr(respond, "context_now", lambda: tomorrow)
    assert shop.start(deal).status == 200


def test_one_photo_waits_at_a_time_and_none_where_the_deal_is_there(shop: Shop, deal: str):
    first, second = shop.uploaded(deal), shop.uploaded(deal)
    assert shop.confirm(deal, first).status == 200
    assert shop.confirm(deal, second).json["code"] == "already_exists"
    shop.decide(first)
    assert shop.confirm(deal, second).json["code"] == "already_exists"
    assert shop.start(deal).json["code"] == "already_exists"


def test_photos_are_for_display_deals_that_are_approved_and_not_over(
    office: Office, shop: Shop, context: Context, monkeypatch: pytest.MonkeyPatch
):
    assert shop.start(office.run((1, "5"))).status == 404
    assert shop.start(office.draft((1, "5"), display=True)).status == 404
    soon = office.run((1, "5"), display=True, **{"from": office.day(5), "to": office.day(9)})
    assert shop.start(soon).status == 200
    at(context, 10, monkeypatch)
    assert shop.start(soon).status == 404


def test_the_proof_of_another_promotion_or_company_is_not_found(office: Office, shop: Shop, deal: str):
    proof_id = shop.uploaded(deal)
    other = Shop(office, "cmp_2", legal_inn(2))
    assert other.confirm(deal, proof_id).status == 404
    assert shop.confirm(office.run((1, "5"), display=True), proof_id).status == 404
    assert other.decide(proof_id).status == 404


@pytest.mark.parametrize(
    ("change", "pointer"), [({"content_type": "text/html"}, "/content_type"), ({"shop_address": ""}, "/shop_address")]
)
def test_a_wrong_photo_is_refused_where_it_is_wrong(shop: Shop, deal: str, change: dict[str, str], pointer: str):
    assert [found for found, _ in errors(shop.start(deal, **change))] == [pointer]


# --- the chain --------------------------------------------------------------------------------------------------------


def test_one_shop_earns_the_prices_for_all_of_its_inn(office: Office, context: Context, shop: Shop, deal: str):
    sister, stranger = Shop(office, "cmp_2"), Shop(office, "cmp_3", legal_inn(2))
    shop.decide(shop.sent(deal))
    (event,) = told(context, "cmp_1", "display.approved")
    for _ in range(2):
        displays_consumers.on_display_approved(context, event)
    assert (sister.price, stranger.price) == (("80.00", "promotion"), ("100.00", "base_price"))


def test_who_joins_the_inn_later_has_what_its_chain_has(
    office: Office, context: Context, shop: Shop, deal: str, monkeypatch: pytest.MonkeyPatch
):
    over = office.run((1, "30"), display=True, to=office.day(1))
    shop.decide(shop.sent(deal))
    shop.decide(shop.sent(over))
    at(context, 2, monkeypatch)
    later = replace(context, now=context.now + timedelta(days=2))
    new = companies.Company(
        company_id="cmp_new",
        name="New",
        inn=CHAIN,
        kpp="770101001",
        currency="RUB",
        origin="member",
        created_at=context.at,
        version=1,
    )
    tx = Transaction()
    companies_store.create(tx, new)
    context.table.commit(tx)
    item = context.table.get(companies_keys.company("cmp_new"))
    assert item
    for _ in range(2):
        displays_consumers.on_company_registered(later, Event("company.registered", "evt_1", item))
    granted = context.table.get(offers_keys.granted("cmp_new")) or {}
    assert {name for name in granted if name.startswith("display:")} == {f"display:{deal}"}


def test_a_company_without_an_inn_is_a_chain_of_its_own(office: Office, context: Context, deal: str):
    alone, other = Shop(office, "cmp_8", ""), Shop(office, "cmp_9", "")
    alone.decide(alone.sent(deal))
    (event,) = told(context, "cmp_8", "display.approved")
    displays_consumers.on_display_approved(context, event)
    assert (alone.price[1], other.price[1]) == ("promotion", "base_price")


@pytest.mark.parametrize("joins", range(3))
def test_whenever_a_company_joins_while_its_chain_is_approved_it_gets_the_deal(
    office: Office, context: Context, shop: Shop, deal: str, joins: int
):
    """Either the approval finds the company, or the company finds the approval."""
    proof_id = shop.sent(deal)
    newcomer = partner(context, "cmp_new", "mbr_new", inn=CHAIN)

    def join() -> None:
        displays.join(context, "cmp_new", CHAIN)

    def consume() -> None:
        for event in told(context, "cmp_1", "display.approved"):
            displays_consumers.on_display_approved(context, event)

    steps = [lambda: shop.decide(proof_id), consume]
    steps.insert(joins, join)
    for step in steps:
        step()
    assert office.prices(newcomer)["LMP-1"] == ("80.00", "promotion")


# --- whatever dies or comes between -----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["confirm", "approve", "reject"])
def test_an_interrupted_word_is_finished_by_its_repeat_and_said_once(
    shop: Shop, deal: str, word: str, monkeypatch: pytest.MonkeyPatch
):
    context, proof_id = shop.office.context, shop.uploaded(deal)
    if word != "confirm":
        shop.confirm(deal, proof_id)
    monkeypatch.setattr(respond, "context_now", lambda: replace(context, new_id=lambda prefix: f"{prefix}_same"))

    def say() -> Answer:
        return shop.confirm(deal, proof_id) if word == "confirm" else shop.decide(proof_id, word)

    before = everything(context)
    undisturbed = say()
    wanted = everything(context)
    for interruption in chain(crashes(), lost_replies()):
        restore(context, before)
        with interruption:
            say()
        again = say()
        assert (again.status, again.json["state"]) == (200, undisturbed.json["state"])
        assert everything(context) == wanted, interruption


def test_the_copying_to_the_chain_may_die_anywhere(office: Office, context: Context, shop: Shop, deal: str):
    sisters = [Shop(office, f"cmp_{number}") for number in range(2, 5)]
    shop.decide(shop.sent(deal))
    (event,) = told(context, "cmp_1", "display.approved")
    before = everything(context)
    for interruption in chain(crashes(), lost_replies()):
        restore(context, before)
        with interruption:
            displays_consumers.on_display_approved(context, event)
        displays_consumers.on_display_approved(context, event)
        assert {sister.price for sister in sisters} == {("80.00", "promotion")}, interruption
