"""Every write of the route table, asked for by a caller who lost the right to it a second ago and still holds a token.

Each scene is played twice from the same table. The caller who still has the right is answered well, and something is written: so the scene
reaches the write, and what is written names its author. The caller who has lost it is refused, and the table is as it was: no item, no event.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import boto3
import pytest

from app import app  # noqa: F401  fills the route table
from chalicelib import sales
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import IssueState, Pause
from chalicelib.datasets.refresh.keys import lake as lake_key
from chalicelib.desk.joins import service as joins
from chalicelib.distributors import service as distributors
from chalicelib.mail import store as mail_store
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.access import store as access_store
from chalicelib.platform.access.scopes import MACHINE_SCOPES, STAFF_ROLES, scopes_of
from chalicelib.platform.http import respond
from chalicelib.platform.http.routes import ROUTES, Route
from chalicelib.platform.ids import derived_id
from chalicelib.platform.openapi.problems import path_parameters
from chalicelib.retention.lists import service as call_lists
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.payments.service import record_payments
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Transaction
from tests.bonuses.coalition.test_service import machine
from tests.bonuses.goods import steps as goods
from tests.bonuses.steps import credit
from tests.campaigns.plan import test_routes as campaigns
from tests.campaigns.series import steps as series
from tests.catalog.steps import row
from tests.companies.steps import legal_inn
from tests.exchange.customers import test_service as customers
from tests.exchange.sales_files import steps as exchange
from tests.market_reports.contents.samples import pdf
from tests.orders.steps import Market
from tests.pricing.steps import Office
from tests.retention.cases import steps as calls
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import watched
from tests.support.memory import MemoryDynamo
from tests.support.table import everything, restore
from tests.tiers.ladders import steps as ladders

GONE, CLIENT = "mbr_gone", "client_1"
OF_COMPANY = "/v1/staff/companies/cmp_1"
# POST routes that change nothing: they are answered by the token alone, as every GET is.
READS = {
    "quote_cart",
    "quote_for_company",
    "calculate_lighting",
    "preview_issue",
    "preview_step",
    "preview_customer_move",
    "preview_company_join",
}

# Questions that note nothing but that they were asked, by whom: a caller who reads on by the token alone is noted as well.
LOGGED = {
    "list_reports": "the beginning of the reader's visit",
    "show_report": "a reading of the report",
    "download_report_file": "a download of the file, counted against the reader's day",
}

_keys = count(1)


def anybody_may(route: Route) -> bool:
    """Without a token, or whoever they act for: there is no right to lose."""
    return route.scope is None or route.scope in scopes_of("", "")


WRITES = {route.name: route for route in ROUTES if route.writes and not anybody_may(route) and route.name not in READS}


class Ask(NamedTuple):
    path: str
    body: Any = None
    version: int = 0  # for If-Match


class Club:
    """A market with staff, bonuses, goods of a quarter and a gift; and the four callers who are going to lose their rights."""

    def __init__(self, api: Api, context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        gift = {**goods.QUARTER, "code": "gift", "pays": "gift"}
        self.api = api
        self.context = goods.programmes(context, goods.QUARTER, gift)
        monkeypatch.setattr(respond, "context_now", lambda: self.context)
        # The account in memory has no suppression list of the mail service. It is called after the commit.
        monkeypatch.setattr("chalicelib.mail.suppressions._forget", lambda address: None)
        for member_id, role in (("mbr_marketing", "marketing"), ("mbr_head", "admin"), (GONE, "admin")):
            partners.staff(self.context, member_id, role)
        self.market = Market(api, self.context)
        self.office = Office(api, self.context)
        self.head = Caller.person("mbr_head", "staff", "admin", "club")
        self.callers = {
            "staff": Caller.person(GONE, "staff", "admin", "club"),
            "company": self.market.buyer,
            "distributor": self.market.operator,
            "machine": machine(CLIENT, "machine.catalog", "machine.accruals", "machine.payments"),
        }
        access_store.bind_client(self.context, CLIENT, self.market.distributor_id)
        partners.member(self.context, "mbr_2")
        partners.speaks_for(self.context, "cmp_1", "mbr_2", "buyer")
        credit(self.context, "cmp_1", "500")
        goods.buy(self.context, date(2026, 8, 5), "700000")
        goods.night(self.context)
        owed = {found.kind: found.entitlement_id for found in goods.entitlements(self.context)}
        self.goods_id, self.gift_id = owed["goods"], owed["gift"]

    def done(self, method: str, path: str, caller: Caller, body: Any = None, version: int = 0) -> Any:
        """The answer to a call that goes well."""
        headers = {"if-match": f'"{version}"'}
        answer = self.api.call(method, path, caller, body, key=f"scene-{next(_keys)}", headers=headers)
        assert answer.status < 300, (path, answer.text)
        return answer.json if answer.text else None

    def ask(self, route: Route, ask: Ask, caller: Caller | None = None) -> Answer:
        headers = {"if-match": f'"{ask.version}"'} if route.matched else {}
        key = "key-of-the-walk" if route.keyed else None
        return self.api.call(
            route.method, ask.path, caller or self.callers[kind_of(route)], ask.body, key=key, headers=headers
        )

    def day(self, offset: int) -> str:
        return self.office.day(offset)

    def arrived(self, upload: Any) -> None:
        boto3.client("s3").put_object(Bucket="club-files", Key=upload["fields"]["key"], Body=b"png")


def kind_of(route: Route) -> str:
    """The kind of caller, by the beginning of the scope."""
    assert route.scope
    first = route.scope.partition(".")[0]
    return {"staff": "staff", "machine": "machine", "fulfilment": "distributor", "distributor": "distributor"}.get(
        first, "company"
    )


# --- scenes -----------------------------------------------------------------------------------------------------------

Scene = Callable[[Club], Ask]
SCENES: dict[str, Scene] = {}


def scene(declare: Scene) -> Scene:
    """The scene of the route that has its name."""
    SCENES[declare.__name__] = declare
    return declare


def plain(name: str, path: str, body: Any = None, version: int = 0) -> None:
    """A scene that needs nothing but the club."""
    SCENES[name] = lambda club: Ask(path, body, version)


LINES = {"lines": [{"sku": "LMP-1", "quantity": 10}]}
FULL = [*ladders.STEPS]
REPORT = {"title": "A", "title_ru": "А", "segment": "lighting", "summary": "S", "body": "B"}
CATEGORY = {"code": "lamps", "name": "Lamps", "name_ru": "Лампы"}
FIGURE = {"sku": "LMP-1", "warehouse": "msk", "quantity": "5", "at": "2026-11-20T08:00:00Z"}
PAYMENT = {"document": "УТ-1", "source": "1c-main", "year": 2026, "paid_on": "2026-11-19"}
LIMITS = {"per_grant": "100.00", "per_company_and_day": "250.00", "per_month": "300.00"}
PARTNER = {"name": "Taxi Park", "currency": "RUB", "limits": LIMITS}
ADDRESS = {
    "name": "Warehouse",
    "address": "Moscow, Tverskaya 7",
    "contact_name": "Ivan Skladov",
    "contact_phone": "+74951234567",
}
WEBHOOK, ENDPOINT = "/v1/distributor/webhook", {"url": "https://other.example/hooks"}

plain("appoint_staff", "/v1/staff/people", {"name": "Igor Petrov", "email": "igor@example.com", "role": "admin"})
plain(
    "load_setup_file",
    "/v1/staff/setup/files",
    {"kind": "staff", "content": "name;email;role\nIgor Petrov;igor@example.com;admin"},
)
plain("dismiss_staff", "/v1/staff/people/mbr_marketing")
plain("create_distributor", "/v1/staff/distributors", {"name": "Neva light", "email": "neva@example.com"})
plain("write_products", "/v1/staff/products", {"products": [row("LMP-9")]})
plain("write_stock", "/v1/staff/stock", {"stock": [FIGURE]})
plain("write_categories", "/v1/staff/categories", {"categories": [CATEGORY]})
plain("write_products_by_machine", "/v1/machine/products", {"products": [row("LMP-9")]})
plain("write_stock_by_machine", "/v1/machine/stock", {"stock": [FIGURE]})
plain("write_categories_by_machine", "/v1/machine/categories", {"categories": [CATEGORY]})
plain("start_image_upload", "/v1/staff/product-images", {"sku": "LMP-1", "content_type": "image/png"})
plain("record_payments", "/v1/machine/payments", {"payments": [PAYMENT]})
plain("record_payments_by_hand", "/v1/staff/payments", {"payments": [PAYMENT]})
plain("start_import", "/v1/staff/imports", {"source": "1c-main", "file_name": "sales.csv"})
plain("start_export", "/v1/staff/exports", {"source": "companies", "format": "csv"})
plain("draft_report", "/v1/staff/reports", REPORT)
plain("register_coalition_client", f"/v1/staff/machine-clients/{CLIENT}", PARTNER)
plain("change_company", "/v1/company", {"name": "Another name"}, version=1)
plain("invite_person", "/v1/company/people", {"name": "Ivan Ivanov", "email": "ivan@else.example", "role": "buyer"})
plain("change_person", "/v1/company/people/mbr_2", {"role": "engineer"}, version=1)
plain("remove_person", "/v1/company/people/mbr_2")
plain("record_demand", "/v1/demands", {"text": "A lamp that the club does not have"})
plain("replace_cart", "/v1/cart", LINES)
plain("put_into_cart", "/v1/cart/lines", LINES)
plain("place_order", "/v1/orders", LINES)
plain("place_order_for_company", f"{OF_COMPANY}/orders", LINES)
plain("redeem_bonuses", "/v1/company/redemptions", {"amount": "100.00"})
plain("adjust_bonuses", f"{OF_COMPANY}/bonus-adjustments", {"amount": "10.00", "reason": "A mistake in March"})
plain("draft_ladder", ladders.LADDERS, ladders.FORM)
plain("note_contact", "/v1/staff/members/mbr_1/contacts", {"channel": "telephone", "contact_class": "content"})
plain("replace_terms", f"{OF_COMPANY}/terms", {"contracts": []})
plain("change_company_by_staff", OF_COMPANY, {"region": "RU-SPE"}, version=1)
plain("put_webhook", WEBHOOK, ENDPOINT)
plain("change_own_distributor", "/v1/distributor", {"hours": "Mon-Sat 8:00-20:00"}, version=1)
plain("add_own_person", "/v1/distributor/people", {"name": "Igor Petrov", "email": "igor@example.com"})
plain("add_address", "/v1/company/addresses", ADDRESS)


def saved_address(club: Club) -> str:
    saved = club.done("POST", "/v1/company/addresses", club.market.buyer, ADDRESS)
    return f"/v1/company/addresses/{saved['address_id']}"


@scene
def replace_address(club: Club) -> Ask:
    return Ask(saved_address(club), {**ADDRESS, "note": "Gate 3"}, version=1)


@scene
def remove_address(club: Club) -> Ask:
    return Ask(saved_address(club))


@scene
def start_query(club: Club) -> Ask:
    published = {"published_until": club.context.at, "definition": "columns", "current": "20261120T08"}
    club.context.table.put({**lake_key().as_item(), **published})
    days = {"from": "2026-01-01", "to": "2026-11-01"}
    return Ask("/v1/staff/queries", {"question": "second_purchase", **days, "format": "csv"})


@scene
def change_distributor(club: Club) -> Ask:
    return Ask(f"/v1/staff/distributors/{club.market.distributor_id}", {"name": "Neva light"}, version=1)


@scene
def add_distributor_person(club: Club) -> Ask:
    path = f"/v1/staff/distributors/{club.market.distributor_id}/people"
    return Ask(path, {"name": "Igor Petrov", "email": "igor@example.com"})


@scene
def write_own_stock(club: Club) -> Ask:
    path = f"/v1/staff/distributors/{club.market.distributor_id}"
    club.done("PATCH", path, club.head, {"stock": {"warehouses": ["msk"]}}, version=1)
    return Ask("/v1/distributor/stock", {"stock": [FIGURE]})


@scene
def remove_own_person(club: Club) -> Ask:
    path = "/v1/distributor/people"
    person = {"name": "Igor Petrov", "email": "igor@example.com"}
    added = club.done("POST", path, club.market.operator, person)
    return Ask(f"{path}/{added['member_id']}")


@scene
def remove_distributor_person(club: Club) -> Ask:
    path = f"/v1/staff/distributors/{club.market.distributor_id}/people"
    return Ask(f"{path}/{club.market.operator.claims['club_member']}")


@scene
def decide_claim(club: Club) -> Ask:
    partners.member(club.context, "mbr_new")
    claim = {"name": "Zarya", "inn": legal_inn(2), "kpp": "770101001", "region": "RU-MOW"}
    club.done("POST", "/v1/companies", Caller.person("mbr_new"), claim)
    (waiting,) = club.done("GET", "/v1/staff/companies?status=waiting", club.head)["items"]
    decision = {"member_id": "mbr_new", "decision": "confirm", "role": "owner"}
    return Ask(f"/v1/staff/companies/{waiting['company_id']}/confirm", decision)


# --- market reports ---

REPORT_FILE = {"name": "prices.pdf", "content_type": "application/pdf"}


def report(what: str, body: Any, club: Club) -> Ask:
    """A step of a draft with a file."""
    drafted = club.done("POST", "/v1/staff/reports", club.head, REPORT)
    path = f"/v1/staff/reports/{drafted['report_id']}"
    started = club.done("POST", f"{path}/files", club.head, REPORT_FILE)
    boto3.client("s3").put_object(Bucket="club-files", Key=started["upload"]["fields"]["key"], Body=pdf())
    return Ask(path + what.format(started["file_id"]), body, version=1)


def published_report(club: Club) -> Ask:
    ask = report("", {"reason": "A wrong source"}, club)
    club.done("POST", f"{ask.path}/publish", club.head, {})
    return ask._replace(path=f"{ask.path}/withdraw")


SCENES["change_report"] = partial(report, "", REPORT)
SCENES["discard_report_draft"] = partial(report, "/draft", None)
SCENES["start_report_file"] = partial(report, "/files", REPORT_FILE)
SCENES["confirm_report_file"] = partial(report, "/files/{}/confirm", None)
SCENES["remove_report_file"] = partial(report, "/files/{}", None)
SCENES["publish_report"] = partial(report, "/publish", {})
SCENES["withdraw_report"] = published_report

# --- the catalogue ---


def uploaded(club: Club) -> str:
    form = {"sku": "LMP-1", "content_type": "image/png"}
    started = club.done("POST", "/v1/staff/product-images", club.head, form)
    club.arrived(started["upload"])
    return f"/v1/staff/product-images/{started['image_id']}"


@scene
def confirm_image(club: Club) -> Ask:
    return Ask(f"{uploaded(club)}/confirm")


@scene
def remove_image(club: Club) -> Ask:
    path = uploaded(club)
    club.done("POST", f"{path}/confirm", club.head)
    return Ask(path)


@scene
def lift_suppression(club: Club) -> Ask:
    mail_store.suppress(club.context.table, "anna@partner.example", reason="bounce", at=club.context.at, letter_id="")
    return Ask("/v1/staff/suppressions/lift", {"email": "anna@partner.example", "reason": "A friend"})


def wish(club: Club) -> str:
    return str(club.done("POST", "/v1/demands", club.market.buyer, {"text": "A lamp with a sensor"})["demand_id"])


@scene
def cancel_demand(club: Club) -> Ask:
    return Ask(f"/v1/demands/{wish(club)}/cancel")


@scene
def answer_demand(club: Club) -> Ask:
    return Ask(f"/v1/staff/demands/{wish(club)}/answer", {"text": "It does not exist"})


# --- tiers ---


@scene
def grant_manual_tier(club: Club) -> Ask:
    return Ask(f"{OF_COMPANY}/manual-tiers", {"tier": "gold", "until": club.day(70), "reason": "A friend"})


@scene
def withdraw_manual_tier(club: Club) -> Ask:
    made = club.done("POST", f"{OF_COMPANY}/manual-tiers", club.head, grant_manual_tier(club).body)
    return Ask(f"{OF_COMPANY}/manual-tiers/{made['grant_id']}/withdraw", {"reason": "Out of spite"})


def waiting(club: Club) -> str:
    beyond = {"tier": "platinum", "until": club.day(70), "reason": "A large project"}
    made = club.done("POST", f"{OF_COMPANY}/manual-tiers", club.head, beyond)
    return f"/v1/staff/approvals/{made['grant_id']}"


@scene
def approve_request(club: Club) -> Ask:
    return Ask(f"{waiting(club)}/approve", {"note": "A friend"})


@scene
def reject_request(club: Club) -> Ask:
    return Ask(f"{waiting(club)}/reject", {"note": "Out of spite"})


def drawn_up(club: Club) -> str:
    made = club.done("POST", ladders.LADDERS, club.head, ladders.FORM)
    return f"{ladders.LADDERS}/{made['ladder_id']}"


@scene
def activate_ladder(club: Club) -> Ask:
    return Ask(f"{drawn_up(club)}/activate", {"from": club.day(5)}, version=1)


@scene
def withdraw_ladder(club: Club) -> Ask:
    path = drawn_up(club)
    club.done("POST", f"{path}/activate", club.head, {"from": club.day(5)}, version=1)
    return Ask(f"{path}/withdraw", version=2)


@scene
def simulate_ladder(club: Club) -> Ask:
    return Ask(f"{drawn_up(club)}/simulate")


@scene
def start_rebuild(club: Club) -> Ask:
    return Ask("/v1/staff/analytics/rebuilds")


# --- prices ---


@scene
def request_best_sellers(club: Club) -> Ask:
    return Ask("/v1/staff/best-sellers", {"from": "2025-09-01", "to": "2025-11-30"})


@scene
def draft_promotion(club: Club) -> Ask:
    return Ask("/v1/staff/promotions", club.office.form())


@scene
def replace_promotion(club: Club) -> Ask:
    return Ask(f"/v1/staff/promotions/{club.office.draft()}", club.office.form((5, "20")), version=1)


@scene
def approve_promotion(club: Club) -> Ask:
    return Ask(f"/v1/staff/promotions/{club.office.draft()}/approve", {"confirm_short": True}, version=1)


@scene
def end_promotion(club: Club) -> Ask:
    return Ask(f"/v1/staff/promotions/{club.office.run()}/end", version=2)


def started_proof(club: Club) -> str:
    promotion_id = club.office.run((1, "20"), display=True)
    path = f"/v1/promotions/{promotion_id}/display-proofs"
    form = {"shop_address": "Moscow, Lesnaya 7", "content_type": "image/jpeg"}
    made = club.done("POST", path, club.market.buyer, form)
    club.arrived(made["upload"])
    return f"{path}/{made['proof_id']}"


SPECIFICATION = {"name": "a.pdf", "content_type": "application/pdf"}


@scene
def start_order_file(club: Club) -> Ask:
    return Ask(f"/v1/orders/{club.market.placed()}/files", SPECIFICATION)


@scene
def start_distributor_file(club: Club) -> Ask:
    return Ask(f"/v1/distributor/orders/{club.market.placed()}/files", {**SPECIFICATION, "kind": "invoice"})


def uploaded_file(start: Scene, side: str, club: Club) -> str:
    ask = start(club)
    started = club.done("POST", ask.path, club.callers[side], ask.body)
    key = started["upload"]["fields"]["key"]
    boto3.client("s3").put_object(Bucket="club-files", Key=key, Body=b"%PDF-1.7")
    return f"{ask.path}/{started['file_id']}"


for _start, _side, _name in (
    (start_order_file, "company", "order"),
    (start_distributor_file, "distributor", "distributor"),
):
    _uploaded = partial(uploaded_file, _start, _side)
    SCENES[f"confirm_{_name}_file"] = lambda club, _uploaded=_uploaded: Ask(f"{_uploaded(club)}/confirm")
    SCENES[f"remove_{_name}_file"] = lambda club, _uploaded=_uploaded: Ask(_uploaded(club))


@scene
def start_display_proof(club: Club) -> Ask:
    promotion_id = club.office.run((1, "20"), display=True)
    form = {"shop_address": "Moscow, Lesnaya 7", "content_type": "image/jpeg"}
    return Ask(f"/v1/promotions/{promotion_id}/display-proofs", form)


@scene
def confirm_display_proof(club: Club) -> Ask:
    return Ask(f"{started_proof(club)}/confirm")


def proof_decision(word: str, body: Any, club: Club) -> Ask:
    path = started_proof(club)
    club.done("POST", f"{path}/confirm", club.market.buyer)
    return Ask(f"{OF_COMPANY}/display-proofs/{path.rpartition('/')[2]}/{word}", body)


SCENES["approve_display_proof"] = partial(proof_decision, "approve", None)
SCENES["reject_display_proof"] = partial(proof_decision, "reject", {"reason": "Too dark"})


@scene
def issue_offer(club: Club) -> Ask:
    return Ask(f"{OF_COMPANY}/offers", {"percent": "15", "floor": "50.00", "to": club.day(14)})


@scene
def withdraw_offer(club: Club) -> Ask:
    made = club.done("POST", f"{OF_COMPANY}/offers", club.head, issue_offer(club).body)
    return Ask(f"{OF_COMPANY}/offers/{made['offer_id']}/withdraw")


# --- orders ---


@scene
def clear_cart(club: Club) -> Ask:
    club.done("PUT", "/v1/cart", club.market.buyer, LINES)
    return Ask("/v1/cart", version=1)


def placed(what: str, body: Any, club: Club) -> Ask:
    return Ask(what.format(club.market.placed({"LMP-1": 10})), body)


ORDER, TO_DELIVER = "/v1/orders/{0}", "/v1/distributor/orders/{0}"
for _name, _path, _body in (
    ("cancel_order", f"{ORDER}/cancel", {}),
    ("reorder", f"{ORDER}/reorder", {}),
    ("accept_order", f"{TO_DELIVER}/accept", {}),
    ("reject_order", f"{TO_DELIVER}/reject", {"reason": "No stock until May"}),
    ("cancel_order_for_company", OF_COMPANY + "/orders/{0}/cancel", {}),
):
    SCENES[_name] = partial(placed, _path, _body)


def proposed(word: str, body: Any, club: Club) -> Ask:
    order_id = club.market.placed({"LMP-1": 10})
    assert club.market.accept(order_id, {"LMP-1": 11}).status == 200
    return Ask(f"/v1/orders/{order_id}/{word}", body, version=int(club.market.etag(order_id).strip('"')))


SCENES["confirm_order"] = partial(proposed, "confirm", {})
SCENES["decline_order"] = partial(proposed, "decline", {"note": "Too many"})


def accepted(club: Club) -> str:
    order_id = club.market.placed({"LMP-1": 10})
    assert club.market.accept(order_id).status == 200
    return order_id


@scene
def request_cancellation(club: Club) -> Ask:
    return Ask(f"/v1/orders/{accepted(club)}/request-cancellation", {"reason": "The site is closed"})


def cancellation_decision(word: str, body: Any, club: Club) -> Ask:
    order_id = accepted(club)
    assert club.market.request_cancellation(order_id).status == 200
    return Ask(f"/v1/distributor/orders/{order_id}/{word}-cancellation", body)


SCENES["approve_cancellation"] = partial(cancellation_decision, "approve", {})
SCENES["decline_cancellation"] = partial(cancellation_decision, "decline", {"note": "It is on the lorry"})


@scene
def ship_order(club: Club) -> Ask:
    return Ask(f"/v1/distributor/orders/{accepted(club)}/ship", {"document": "УТ-1"})


@scene
def accept_orders(club: Club) -> Ask:
    return Ask("/v1/distributor/orders/accept", {"order_ids": [club.market.placed({"LMP-1": 10})]})


@scene
def ship_file(club: Club) -> Ask:
    number = club.market.order(accepted(club))["number"]
    return Ask(
        "/v1/distributor/shipment-files", {"content": b64encode(f"order;document\n{number};УТ-1".encode()).decode()}
    )


def shipped(club: Club) -> str:
    order_id = accepted(club)
    assert club.market.ship(order_id).status == 200
    return order_id


@scene
def track_shipment(club: Club) -> Ask:
    return Ask(f"/v1/distributor/orders/{shipped(club)}/track", {"document": "УТ-1", "tracking_number": "26-0054"})


@scene
def request_return(club: Club) -> Ask:
    body = {"reason": "Broken glass", "lines": [{"document": "УТ-1", "sku": "LMP-1", "quantity": 2}]}
    return Ask(f"/v1/orders/{shipped(club)}/returns", body)


def return_decision(word: str, body: Any, club: Club) -> Ask:
    order_id = shipped(club)
    asked = club.market.request_return(order_id, ("УТ-1", "LMP-1", 2))
    assert asked.status == 200, asked.text
    return Ask(f"/v1/distributor/orders/{order_id}/returns/{asked.json['returns'][0]['return_id']}/{word}", body)


SCENES["accept_return"] = partial(return_decision, "accept", {"document": "ВЗ-1"})
SCENES["reject_return"] = partial(return_decision, "reject", {"reason": "They are not ours"})


@scene
def ship_free_goods(club: Club) -> Ask:
    terms = {"buy": 10, "free": {"sku": "LMP-3", "quantity": 2}, "pay_within_days": 14}
    form = {**club.office.form(goods={"skus": ["LMP-1"]}), "brackets": [], "on_top": terms}
    promotion_id = club.done("POST", "/v1/staff/promotions", club.head, form)["promotion_id"]
    assert club.office.approve(promotion_id, confirm=True).status == 200
    order_id = shipped(club)
    document = "orders", f"{club.market.distributor_id}:{order_id}/УТ-1"
    record_payments(club.context, [Payment(document, club.context.today)], by="mch_1")
    gift_id = derived_id("gft", order_id, promotion_id)
    return Ask(f"/v1/distributor/orders/{order_id}/goods-on-top/{gift_id}/ship", {"document": "УТ-9"})


@scene
def place_usual_order(club: Club) -> Ask:
    for days_ago in (30, 20, 10):
        lines = [sales.SaleLine.of("LMP-1", "LMP-1", Decimal(10), Decimal(120))]
        day = club.context.today - timedelta(days=days_ago)
        sales.record(club.context, [sales.SaleDocument("1c-main", f"УТ-{days_ago}", "cmp_1", day, "RUB", lines)])
    return Ask("/v1/usual-order", {})


@scene
def dispute_line(club: Club) -> Ask:
    line = sales.SaleLine.of("LMP-1", "LMP-1", Decimal(10), Decimal(120))
    sales.record(club.context, [sales.SaleDocument("1c-main", "УТ-1", "cmp_1", club.context.today, "RUB", [line])])
    return Ask("/v1/company/statement/disputes", {"line_id": "sale#1c-main#/УТ-1", "claimed": "1000.00"})


# --- bonuses ---


@scene
def grant_bonuses(club: Club) -> Ask:
    club.done("PUT", f"/v1/staff/machine-clients/{CLIENT}", club.head, PARTNER)
    body = {"reference": "act-1", "company_id": "cmp_1", "amount": "100.00", "day": "2026-11-20"}
    return Ask("/v1/machine/accruals", body)


@scene
def reverse_granted_bonuses(club: Club) -> Ask:
    granted = grant_bonuses(club)
    club.done("POST", granted.path, club.callers["machine"], granted.body)
    return Ask("/v1/machine/accruals/act-1/reversals", {"reference": "back-1"})


@scene
def approve_coalition_limits(club: Club) -> Ask:
    path, form = f"/v1/staff/machine-clients/{CLIENT}", {**PARTNER, "limits": {**LIMITS, "per_month": "500000.00"}}
    club.done("PUT", path, club.head, form)
    return Ask(f"{path}/approve", version=1)


def adjustment_decision(word: str, club: Club) -> Ask:
    body = {"amount": "900000.00", "reason": "A mistake in March"}
    made = club.done("POST", f"{OF_COMPANY}/bonus-adjustments", club.head, body)
    return Ask(f"{OF_COMPANY}/bonus-adjustments/{made['adjustment_id']}/{word}", {"note": "Seen"})


SCENES["approve_adjustment"] = partial(adjustment_decision, "approve")
SCENES["reject_adjustment"] = partial(adjustment_decision, "reject")


def redeemed(path: str, body: Any, club: Club) -> Ask:
    made = club.done("POST", "/v1/company/redemptions", club.market.buyer, {"amount": "100.00"})
    return Ask(path.format(made["redemption_id"]), body)


SCENES["cancel_redemption"] = partial(redeemed, "/v1/company/redemptions/{0}/cancel", None)
SCENES["complete_redemption"] = partial(redeemed, OF_COMPANY + "/redemptions/{0}/complete", None)
SCENES["cancel_redemption_of_company"] = partial(
    redeemed, OF_COMPANY + "/redemptions/{0}/cancel", {"reason": "Out of production"}
)


@scene
def choose_goods(club: Club) -> Ask:
    return Ask(f"/v1/company/entitlements/{club.goods_id}/choices", LINES)


def choice(club: Club) -> str:
    chosen = choose_goods(club)
    return str(club.done("POST", chosen.path, club.market.buyer, chosen.body)["choice_id"])


@scene
def cancel_goods(club: Club) -> Ask:
    return Ask(f"/v1/company/entitlements/{club.goods_id}/choices/{choice(club)}/cancel", {})


def choice_of_company(what: str, body: Any, club: Club) -> Ask:
    return Ask(f"{OF_COMPANY}/entitlements/{club.goods_id}/choices/{choice(club)}/{what}", body)


SCENES["ship_goods"] = partial(choice_of_company, "ship", {"document": "УТ-7"})
SCENES["cancel_goods_of_company"] = partial(choice_of_company, "cancel", {"reason": "Out of stock"})


@scene
def reverse_goods_shipment(club: Club) -> Ask:
    ship = choice_of_company("ship", {"document": "УТ-7"}, club)
    shipment_id = club.done("POST", ship.path, club.head, ship.body)["shipments"][0]["shipment_id"]
    path = f"{ship.path.removesuffix('/ship')}/shipments/{shipment_id}/reverse"
    return Ask(path, {"reason": "The wrong lamps"})


@scene
def hand_over_gift(club: Club) -> Ask:
    return Ask(f"{OF_COMPANY}/entitlements/{club.gift_id}/hand-over", {"document": "Act 7"})


@scene
def reverse_hand_over(club: Club) -> Ask:
    given = hand_over_gift(club)
    club.done("POST", given.path, club.head, given.body)
    return Ask(f"{given.path}/reverse", {"reason": "Lost"})


@scene
def reverse_entitlement(club: Club) -> Ask:
    return Ask(f"{OF_COMPANY}/entitlements/{club.goods_id}/reverse", {"reason": "Earned by a mistake"})


# --- letters ---

PLAN, SEGMENTS = "/v1/staff/campaigns", "/v1/staff/segments"
SEGMENT = {"name": "All", "conditions": {}}

plain("create_segment", SEGMENTS, SEGMENT)
plain("preview_segment", f"{SEGMENTS}/preview", {"conditions": {}})
plain("create_issue", PLAN, campaigns.form())


def segment(club: Club) -> str:
    return str(club.done("POST", SEGMENTS, club.head, SEGMENT)["segment_id"])


@scene
def change_segment(club: Club) -> Ask:
    return Ask(f"{SEGMENTS}/{segment(club)}", {**SEGMENT, "name": "Everybody"}, version=1)


@scene
def delete_segment(club: Club) -> Ask:
    return Ask(f"{SEGMENTS}/{segment(club)}", version=1)


def issue(what: str, body: Any, club: Club) -> Ask:
    made = club.done("POST", PLAN, club.head, campaigns.form(segment(club)))
    return Ask(f"{PLAN}/{made['issue_id']}{what}", body, version=1)


QUESTIONS = "/v1/staff/questions"
plain("note_question", QUESTIONS, {"text": "When does it come?", "tags": ["delivery"]})


@scene
def plan_question_digest(club: Club) -> Ask:
    for text in ("When?", "How?", "Where?"):
        asked = {"text": text, "tags": ["delivery"], "member_id": "mbr_1"}
        club.done("POST", QUESTIONS, club.head, asked)
    return Ask(f"{QUESTIONS}/digests", {"tag": "delivery", "topic": "club", "slot": "2026-12-22T12:30"})


SERIES = "/v1/staff/series"

plain("create_series", SERIES, series.form())
plain("change_series", f"{SERIES}/welcome", series.form(), version=0)
plain("approve_series", f"{SERIES}/welcome/approve", version=0)


@scene
def stop_series(club: Club) -> Ask:
    club.done("POST", f"{SERIES}/welcome/approve", club.head)
    return Ask(f"{SERIES}/welcome/stop")


SCENES["change_issue"] = partial(issue, "", campaigns.form(title="Others"))
SCENES["move_issue"] = partial(issue, "/move", {"slot": "2026-12-22T12:30"})
SCENES["approve_issue"] = partial(issue, "/approve", None)
SCENES["cancel_issue"] = partial(issue, "/cancel", None)


# --- retention ---

WAVES = "/v1/staff/retention/waves"


def wave_form(club: Club) -> dict[str, str]:
    return {"name": "Winter", "first": club.day(7)}


@scene
def plan_wave(club: Club) -> Ask:
    return Ask(WAVES, wave_form(club))


def wave(what: str, club: Club) -> Ask:
    return Ask(f"{WAVES}/{club.done('POST', WAVES, club.head, wave_form(club))['wave_id']}/{what}")


plain("change_call_news", "/v1/staff/calls/news", {"items": []}, version=0)
plain("change_script", "/v1/staff/calls/scripts/win_back", {"en": "{{ person }}?"}, version=0)


@scene
def list_calls(club: Club) -> Ask:
    calls.known(club.context, "cmp_quiet", manager_id=GONE)
    return Ask("/v1/manager/calls")


@scene
def record_outcome(club: Club) -> Ask:
    calls.known(club.context, "cmp_quiet", manager_id=GONE)
    [call] = call_lists.make(club.context, GONE).calls
    return Ask(f"/v1/manager/calls/{call.case_id}/contacts", {"result": "not_reached"})


SCENES["pool_wave"] = partial(wave, "pool")
SCENES["cancel_wave"] = partial(wave, "cancel")


def issue_on_its_way(what: str, club: Club, *, paused: bool) -> Ask:
    ask = issue(what, {"reason": "Looked at it"}, club)
    found, _ = plan_store.read(club.context.table, ask.path.split("/")[-2])
    assert found
    pause = Pause(club.context.at, "bounces") if paused else None
    tx = Transaction()
    plan_store.write(tx, replace(found, state=IssueState.SENDING, pause=pause), found)
    club.context.table.commit(tx)
    return ask


SCENES["test_issue"] = partial(issue, "/test", None)
SCENES["pause_issue"] = partial(issue_on_its_way, "/pause", paused=False)
SCENES["resume_issue"] = partial(issue_on_its_way, "/resume", paused=True)


# --- sales files ---

IMPORTS, MOVES = "/v1/staff/imports", "/v1/staff/customer-moves"
MOVE = {"source": "1c-main", "customer": "К-1"}


def imported(club: Club, **form: Any) -> Any:
    """An import of two customers' documents, worked off."""
    content = exchange.table(exchange.row("УТ-1"), exchange.row("УТ-2", customer="К-2"))
    return exchange.bring(club.api, club.context, content, key=f"scene-{next(_keys)}", **form)


@scene
def void_document(club: Club) -> Ask:
    imported(club)
    about = {"source": "1c-main", "document": "УТ-1", "business_date": "2026-01-12", "reason": "Deleted"}
    return Ask("/v1/staff/documents/void", about)


@scene
def confirm_import(club: Club) -> Ask:
    checked = imported(club, dry_run=True)
    return Ask(f"{IMPORTS}/{checked['import_id']}/confirm", {"sha256": checked["sha256"]})


@scene
def take_back_import(club: Club) -> Ask:
    return Ask(f"{IMPORTS}/{imported(club)['import_id']}/take-back")


def kept_profile(body: Any, version: int, club: Club) -> Ask:
    imported(club, format={"decimal": "comma"})
    path = "/v1/staff/sources/1c-main/profiles"
    [kept] = club.done("GET", path, club.head)["items"]
    return Ask(f"{path}/{kept['profile_id']}", body, version=version)


SCENES["replace_import_profile"] = partial(kept_profile, {"vat": "gross"}, 1)
SCENES["delete_import_profile"] = partial(kept_profile, None, 0)


@scene
def move_customer(club: Club) -> Ask:
    imported(club)
    return Ask(MOVES, {**MOVE, "reason": "Two firms"})


@scene
def undo_customer_move(club: Club) -> Ask:
    move = move_customer(club)
    move_id = club.done("POST", MOVES, club.head, move.body)["move_id"]
    customers.work(club.context)
    return Ask(f"{MOVES}/{move_id}/undo")


@scene
def replace_region_managers(club: Club) -> Ask:
    return Ask("/v1/staff/region-managers", {"regions": [{"region": "RU-MOW", "manager_id": "mbr_head"}]})


@scene
def start_hand_over(club: Club) -> Ask:
    body = {"from_manager": "none", "to_manager_id": "mbr_head", "reason": "Nobody calls them"}
    return Ask("/v1/staff/hand-overs", body)


def two_companies(club: Club) -> dict[str, str]:
    """A company without orders, and the one that it is."""
    partners.company(club.context, "cmp_old", inn=legal_inn(8))
    partners.company(club.context, "cmp_new", inn=legal_inn(9))
    return {"company_id": "cmp_old", "into_company_id": "cmp_new", "reason": "New KPP"}


@scene
def join_companies(club: Club) -> Ask:
    return Ask("/v1/staff/company-joins", two_companies(club))


@scene
def undo_company_join(club: Club) -> Ask:
    join_id = club.done("POST", "/v1/staff/company-joins", club.head, two_companies(club))["join_id"]
    joins.work(club.context, {"body": json.dumps({"join_id": join_id})})
    return Ask(f"/v1/staff/company-joins/{join_id}/undo")


# --- webhooks ---


def with_endpoint(what: str, body: Any, club: Club) -> Ask:
    club.done("PUT", WEBHOOK, club.market.operator, ENDPOINT)
    return Ask(WEBHOOK + what, body)


SCENES["delete_webhook"] = partial(with_endpoint, "", None)
SCENES["rotate_webhook_secret"] = partial(with_endpoint, "/rotate-secret", None)
SCENES["test_webhook"] = partial(with_endpoint, "/test", None)
SCENES["replay_webhook_messages"] = partial(with_endpoint, "/replay", {"since": "2026-11-20T08:00:00Z"})


@scene
def replay_webhook_delivery(club: Club) -> Ask:
    club.done("PUT", WEBHOOK, club.market.operator, ENDPOINT)
    sent = club.done("POST", f"{WEBHOOK}/test", club.market.operator)
    return Ask(f"{WEBHOOK}/deliveries/{sent['delivery_id']}/replay")


# --- losing the right -------------------------------------------------------------------------------------------------


def dismissed_from_the_staff(club: Club, route: Route) -> None:
    tx = Transaction()
    tx.delete(access_keys.membership(GONE))
    club.context.table.commit(tx)


def in_another_role(club: Club, route: Route) -> None:
    others = [role for role, scopes in STAFF_ROLES.items() if route.scope not in scopes]
    partners.staff(club.context, GONE, others[0] if others else "a role of another time")


def of_a_company_by_now(club: Club, route: Route) -> None:
    dismissed_from_the_staff(club, route)
    partners.speaks_for(club.context, "cmp_1", GONE)


def removed_from_the_company(club: Club, route: Route) -> None:
    partners.dismissed(club.context, "cmp_1", "mbr_1")


def of_another_company_by_now(club: Club, route: Route) -> None:
    removed_from_the_company(club, route)
    partners.speaks_for(club.context, "cmp_2", "mbr_1")


def removed_from_the_distributor(club: Club, route: Route) -> None:
    distributors.remove_person(club.context, club.market.distributor_id, club.market.operator.claims["club_member"])


def disabled(club: Club, route: Route) -> None:
    access_store.disable_client(club.context, CLIENT)


LOSSES = {
    "staff": [dismissed_from_the_staff, in_another_role, of_a_company_by_now],
    "company": [removed_from_the_company, of_another_company_by_now],
    "distributor": [removed_from_the_distributor],
    "machine": [disabled],
}


@pytest.fixture
def club(api: Api, context: Any, monkeypatch: pytest.MonkeyPatch) -> Club:
    memory: Any = watched(MemoryDynamo(), "dynamodb")
    return Club(api, replace(context, table=Table(memory, "club", sleep=lambda seconds: None)), monkeypatch)


def changed(before: dict[Key, Item], after: dict[Key, Item]) -> list[Item]:
    """The items that are new or others."""
    return [item for key, item in after.items() if before.get(key) != item]


def names(written: Any, who: str) -> bool:
    """True if some text in it names the person."""
    if isinstance(written, dict):
        return any(names(value, who) for value in written.values())
    if isinstance(written, list):
        return any(names(each, who) for each in written)
    return isinstance(written, str) and who in written


def test_every_write_has_its_scene() -> None:
    assert set(SCENES) == set(WRITES)


@pytest.mark.parametrize("kind", LOSSES)
def test_who_lost_the_right_a_second_ago_changes_nothing_whatever_the_token_says(club: Club, kind: str) -> None:
    start = everything(club.context)
    walked = 0
    for name, route in WRITES.items():
        if kind_of(route) != kind:
            continue
        restore(club.context, start)
        ask = SCENES[name](club)
        before = everything(club.context)
        allowed = club.ask(route, ask)
        assert allowed.status == route.status, (name, allowed.text)
        after = everything(club.context)
        assert after != before, f"{name} wrote nothing"
        if route.keyed and kind == "staff" and route.answer:
            assert club.ask(route, ask).json == allowed.json, f"{name} answers its repeat with other words"
        assert names(changed(before, after), club.callers[kind].claims["sub"]), f"{name} tells nobody who wrote it"
        if kind == "staff":
            assert any(item.get("operation") == name for item in changed(before, after)), f"{name} is not journaled"
        for loss in LOSSES[kind]:
            restore(club.context, before)
            loss(club, route)
            without = everything(club.context)
            refused = club.ask(route, ask)
            lost = (
                (404, "not_found")
                if route.current and loss is not in_another_role
                else (403, "session_stale" if kind != "machine" else "scope_missing")
            )
            assert (refused.status, refused.json["code"]) == lost, (name, loss, refused.text)
            assert everything(club.context) == without, (name, loss)
        walked += 1
    assert walked


@pytest.mark.parametrize("kind", ["distributor", "staff"])
def test_a_machine_client_writes_what_people_with_its_scope_write_until_it_is_disabled(club: Club, kind: str) -> None:
    start = everything(club.context)
    for name, route in WRITES.items():
        if kind_of(route) != kind or route.scope not in MACHINE_SCOPES:
            continue
        restore(club.context, start)
        ask, caller = SCENES[name](club), machine(CLIENT, str(route.scope))
        before = everything(club.context)
        allowed = club.ask(route, ask, caller)
        assert allowed.status == route.status, (name, allowed.text)
        assert names(changed(before, everything(club.context)), CLIENT), f"{name} tells nobody who wrote it"
        restore(club.context, before)
        access_store.disable_client(club.context, CLIENT)
        without = everything(club.context)
        refused = club.ask(route, ask, caller)
        assert (refused.status, refused.json["code"]) == (403, "scope_missing"), (name, refused.text)
        assert everything(club.context) == without, name


def readings(club: Club, scopes: Collection[str]) -> list[str]:
    """The addresses of every GET with one of these scopes; of what there is, as far as they name an order or a company."""
    known = {"order_id": club.market.placed(), "company_id": "cmp_1"}
    found = [route.path for route in ROUTES if route.method == "GET" and route.scope in scopes]
    return [path.format(**dict.fromkeys(path_parameters(path), "none") | known) for path in found]


def test_a_machine_client_reads_nothing_more_once_it_is_disabled(club: Club) -> None:
    for path in readings(club, MACHINE_SCOPES):
        of_distributor = path.startswith("/v1/distributor")
        caller = machine(CLIENT if of_distributor else "client_2", *MACHINE_SCOPES)
        before = everything(club.context)
        assert club.api.call("GET", path, caller).status != 403, path
        access_store.disable_client(club.context, caller.claims["sub"])
        refused = club.api.call("GET", path, caller)
        assert (refused.status, refused.json["detail"]) == (403, "This client was disabled."), path
        restore(club.context, before)


def test_who_was_removed_from_a_distributor_reads_nothing_more(club: Club) -> None:
    club.done("PUT", WEBHOOK, club.market.operator, ENDPOINT)
    paths = [path for path in readings(club, scopes_of("distributor", "operator")) if "none" not in path]
    theirs = [path for path in paths if path.startswith("/v1/distributor")]
    assert "/v1/distributor/orders" in theirs
    for path in theirs:
        assert club.api.call("GET", path, club.market.operator).status == 200, path
    distributors.remove_person(club.context, club.market.distributor_id, club.market.operator.claims["club_member"])
    for path in theirs:
        assert club.api.call("GET", path, club.market.operator).status == 404, path


def questions(club: Club) -> dict[str, Ask]:
    """Each question that is posted, of something that there is."""
    lumens = [{"name": "luminous_flux_lm", "number": "3600"}, {"name": "power_w", "number": "30"}]
    club.done("PUT", "/v1/staff/products", club.head, {"products": [row("LMP-1", attributes=lumens)]})
    imported(club)
    two = {name: value for name, value in two_companies(club).items() if name != "reason"}
    return {
        "preview_step": Ask(f"{SERIES}/welcome/steps/company/preview", {"member_id": "mbr_1"}),
        "preview_issue": issue("/preview", {"member_id": "mbr_1"}, club),
        "preview_customer_move": Ask(f"{MOVES}/preview", MOVE),
        "preview_company_join": Ask("/v1/staff/company-joins/preview", two),
        "quote_cart": Ask("/v1/quotes", LINES),
        "quote_for_company": Ask(f"{OF_COMPANY}/quotes", LINES),
        "calculate_lighting": Ask(
            "/v1/tools/lighting",
            {"rooms": [{"length_m": 9, "width_m": 6, "height_m": 3, "kind": "office"}], "skus": ["LMP-1"]},
        ),
    }


def test_a_question_that_is_posted_changes_nothing(club: Club) -> None:
    asks = questions(club)
    assert set(asks) == READS
    before = everything(club.context)
    for route in ROUTES:
        if route.name in READS:
            for caller in (None, *([machine(CLIENT, route.scope)] if route.scope in MACHINE_SCOPES else [])):
                answer = club.ask(route, asks[route.name], caller)
                assert answer.status == 200, answer.text
    assert everything(club.context) == before


def test_a_question_writes_only_if_its_route_says_so(club: Club) -> None:
    """Every GET, of an active caller who has the scope, is asked for what is there, as far as the club has it."""
    about = club.done("POST", "/v1/staff/reports", club.head, REPORT)["report_id"]
    path = f"/v1/staff/reports/{about}"
    file = club.done("POST", f"{path}/files", club.head, REPORT_FILE)
    boto3.client("s3").put_object(Bucket="club-files", Key=file["upload"]["fields"]["key"], Body=pdf())
    club.done("POST", f"{path}/files/{file['file_id']}/confirm", club.head)
    club.done("POST", f"{path}/publish", club.head, {}, version=2)
    calls.known(club.context, "cmp_quiet", manager_id=GONE)
    places = {
        "company_id": "cmp_1",
        "order_id": club.market.placed(),
        "distributor_id": club.market.distributor_id,
        "member_id": "mbr_1",
        "sku": "LMP-1",
        "report_id": about,
        "file_id": file["file_id"],
        "import_id": imported(club)["import_id"],
        "source": "1c-main",
        "address_id": saved_address(club).rpartition("/")[2],
        "promotion_id": club.office.run(),
        "entitlement_id": club.goods_id,
        "choice_id": choice(club),
        "demand_id": wish(club),
        "segment_id": segment(club),
        "issue_id": club.done("POST", PLAN, club.head, campaigns.form(segment(club)))["issue_id"],
        "series_id": "welcome",
        "wave_id": club.done("POST", WAVES, club.head, wave_form(club))["wave_id"],
        "kind": "win_back",
        "ladder_id": drawn_up(club).rpartition("/")[2],
        "client_id": CLIENT,
    }
    wrote, answered = set(), 0
    before = everything(club.context)
    for route in ROUTES:
        if route.method != "GET" or route.scope is None:
            continue
        names_of = path_parameters(route.path)
        ask = Ask(route.path.format(**{name: places.get(name, "none") for name in names_of}))
        answer = club.ask(route, ask)
        assert answer.status < 500, (route.name, answer.text)
        answered += answer.status == 200
        if everything(club.context) != before:
            wrote.add(route.name)
            restore(club.context, before)
    assert answered > 150
    assert wrote == {route.name for route in ROUTES if route.method == "GET" and route.writes} | set(LOGGED)
