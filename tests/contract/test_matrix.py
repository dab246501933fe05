"""Refusals: every route with a token, asked for a partner's things by five callers who have no right to them.

A refusal is the one the table says, and leaves the whole table as it was. Where a caller may call, on what is their own, nothing
of the partner is in the answer, and nothing of the partner is changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pytest

from app import app  # noqa: F401  fills the route table
from chalicelib.auth.sessions import Sessions
from chalicelib.platform.access.store import bind_client
from chalicelib.platform.context import Context
from chalicelib.platform.http.routes import ROUTES, Route
from chalicelib.platform.openapi.problems import path_parameters
from tests.bonuses.coalition.test_service import machine
from tests.bonuses.goods import steps as goods
from tests.bonuses.steps import credit
from tests.catalog.steps import row, stock
from tests.companies import steps as companies
from tests.exchange.sales_files import steps as exchange
from tests.support import partners
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.spent import READS, calls_counted
from tests.support.table import everything, restore

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")
WEBHOOK = "/v1/distributor/webhook"
SCOPE, ABSENT, TAKEN = (403, "scope_missing"), (404, "not_found"), (409, "already_exists")
NO_COMPANY, WAITS = (403, "company_missing"), (403, "not_confirmed")
EXPIRED = (410, "code_expired")
NOT_YOURS = (422, "invalid")  # somebody else's address
NOTHING_USUAL = (422, "invalid")  # there is nothing yet that the company buys regularly
SPECIFICATION = {"name": "secret.pdf", "content_type": "application/pdf"}
OWN_WORDS = {"download_own_data", "download_own_data_page"}  # a claimant reads the INN that they typed
OWN = "own"  # their own thing, or everybody's: the route's promised status


class Row(NamedTuple):
    """The answer to each caller. Without a token it is 401, always."""

    alone: Any  # a member who named no company
    claimant: Any  # one who named the partner's INN and waits
    other_company: Any  # the owner of another company, unlocked
    other_distributor: Any  # who works for a distributor that has nothing to do with the partner


EVERYBODY = Row(OWN, OWN, OWN, OWN)
STAFF_ONLY = Row(SCOPE, SCOPE, SCOPE, SCOPE)
MACHINES_ONLY = STAFF_ONLY
COMPANIES = Row(NO_COMPANY, WAITS, OWN, SCOPE)
THIS_COMPANY = Row(NO_COMPANY, WAITS, ABSENT, SCOPE)
DISTRIBUTORS = Row(SCOPE, SCOPE, SCOPE, OWN)
THIS_DISTRIBUTOR = Row(SCOPE, SCOPE, SCOPE, ABSENT)

MATRIX: dict[str, Row] = {
    # members
    "show_profile": EVERYBODY,
    "change_profile": EVERYBODY,
    "show_privileges": EVERYBODY,
    "list_approvals": STAFF_ONLY,
    "show_approval": STAFF_ONLY,
    "approve_request": STAFF_ONLY,
    "reject_request": STAFF_ONLY,
    "list_journal": STAFF_ONLY,
    "list_suppressions": STAFF_ONLY,
    "start_query": STAFF_ONLY,
    "list_queries": STAFF_ONLY,
    "show_query": STAFF_ONLY,
    "lift_suppression": STAFF_ONLY,
    "list_invitations": EVERYBODY,
    "accept_invitation": Row(ABSENT, ABSENT, ABSENT, ABSENT),
    "decline_invitation": Row(ABSENT, ABSENT, ABSENT, ABSENT),
    "answer_consent": EVERYBODY,
    "end_session": EVERYBODY,
    "make_list_file": EVERYBODY,
    "list_notifications": EVERYBODY,
    "list_own_letters": EVERYBODY,
    "mark_notifications_read": EVERYBODY,
    "start_email_change": EVERYBODY,
    "confirm_email_change": Row(EXPIRED, EXPIRED, EXPIRED, EXPIRED),
    "download_own_data": EVERYBODY,
    "download_own_data_page": EVERYBODY,
    "erase_own_data": Row(NOT_YOURS, NOT_YOURS, NOT_YOURS, NOT_YOURS),
    # the company
    "claim_company": Row(OWN, OWN, TAKEN, SCOPE),
    "show_company": COMPANIES,
    "show_contacts": COMPANIES,
    "list_open_distributors": COMPANIES,
    "change_company": COMPANIES,
    "list_people": COMPANIES,
    "invite_person": COMPANIES,
    "change_person": THIS_COMPANY,
    "remove_person": THIS_COMPANY,
    "list_addresses": COMPANIES,
    "add_address": COMPANIES,
    "show_address": THIS_COMPANY,
    "replace_address": THIS_COMPANY,
    "remove_address": THIS_COMPANY,
    "show_tier": COMPANIES,
    "explain_tier": COMPANIES,
    "list_purchases": COMPANIES,
    "show_analytics": COMPANIES,
    "list_analytics_documents": COMPANIES,
    "show_statement": COMPANIES,
    "make_statement_file": COMPANIES,
    "make_price_list_file": COMPANIES,
    "dispute_line": THIS_COMPANY,
    # ordering
    "list_products": COMPANIES,
    "show_product": COMPANIES,
    "show_product_facets": COMPANIES,
    "download_price_list": COMPANIES,
    "show_terms": COMPANIES,
    "list_running_promotions": COMPANIES,
    "list_open_offers": COMPANIES,
    "list_display_proofs": COMPANIES,
    "start_display_proof": THIS_COMPANY,
    "confirm_display_proof": THIS_COMPANY,
    "list_categories": COMPANIES,
    "calculate_lighting": COMPANIES,
    "record_demand": COMPANIES,
    "list_demands": COMPANIES,
    "cancel_demand": THIS_COMPANY,
    "quote_cart": COMPANIES,
    "show_cart": COMPANIES,
    "replace_cart": COMPANIES,
    "clear_cart": COMPANIES,
    "put_into_cart": COMPANIES,
    "reorder": THIS_COMPANY,
    "show_usual_order": COMPANIES,
    "place_usual_order": Row(NO_COMPANY, WAITS, NOTHING_USUAL, SCOPE),
    "show_new_for_you": COMPANIES,
    "show_credit": COMPANIES,
    "place_order": COMPANIES,
    "start_order_file": THIS_COMPANY,
    "confirm_order_file": THIS_COMPANY,
    "list_order_files": THIS_COMPANY,
    "show_order_file": THIS_COMPANY,
    "remove_order_file": THIS_COMPANY,
    "start_distributor_file": THIS_DISTRIBUTOR,
    "confirm_distributor_file": THIS_DISTRIBUTOR,
    "list_distributor_files": THIS_DISTRIBUTOR,
    "show_distributor_file": THIS_DISTRIBUTOR,
    "remove_distributor_file": THIS_DISTRIBUTOR,
    "list_files_of_order": STAFF_ONLY,
    "show_file_of_order": STAFF_ONLY,
    "list_orders": COMPANIES,
    "show_order": THIS_COMPANY,
    "cancel_order": THIS_COMPANY,
    "confirm_order": THIS_COMPANY,
    "decline_order": THIS_COMPANY,
    "request_cancellation": THIS_COMPANY,
    "request_return": THIS_COMPANY,
    "show_own_distributor": DISTRIBUTORS,
    "change_own_distributor": DISTRIBUTORS,
    "list_own_people": DISTRIBUTORS,
    "add_own_person": DISTRIBUTORS,
    "remove_own_person": THIS_DISTRIBUTOR,
    "list_own_stock": DISTRIBUTORS,
    "write_own_stock": DISTRIBUTORS,
    "list_distributor_orders": DISTRIBUTORS,
    "show_distributor_order": THIS_DISTRIBUTOR,
    "accept_order": THIS_DISTRIBUTOR,
    "accept_orders": DISTRIBUTORS,
    "ship_file": DISTRIBUTORS,
    "reject_order": THIS_DISTRIBUTOR,
    "ship_order": THIS_DISTRIBUTOR,
    "track_shipment": THIS_DISTRIBUTOR,
    "put_webhook": DISTRIBUTORS,
    "show_webhook": DISTRIBUTORS,
    "delete_webhook": DISTRIBUTORS,
    "rotate_webhook_secret": DISTRIBUTORS,
    "test_webhook": DISTRIBUTORS,
    "list_webhook_deliveries": DISTRIBUTORS,
    "show_webhook_delivery": THIS_DISTRIBUTOR,
    "replay_webhook_delivery": THIS_DISTRIBUTOR,
    "replay_webhook_messages": DISTRIBUTORS,
    "approve_cancellation": THIS_DISTRIBUTOR,
    "decline_cancellation": THIS_DISTRIBUTOR,
    "accept_return": THIS_DISTRIBUTOR,
    "reject_return": THIS_DISTRIBUTOR,
    "list_free_goods": COMPANIES,
    "ship_free_goods": THIS_DISTRIBUTOR,
    # bonuses
    "show_bonuses": COMPANIES,
    "list_postings": COMPANIES,
    "show_bonus_statement": COMPANIES,
    "list_accruals": COMPANIES,
    "redeem_bonuses": COMPANIES,
    "list_redemptions": COMPANIES,
    "show_redemption": THIS_COMPANY,
    "cancel_redemption": THIS_COMPANY,
    # periods and goods
    "list_periods": COMPANIES,
    "list_entitlements": COMPANIES,
    "show_entitlement": THIS_COMPANY,
    "list_frozen_prices": THIS_COMPANY,
    "choose_goods": THIS_COMPANY,
    "show_choice": THIS_COMPANY,
    "cancel_goods": THIS_COMPANY,
    # reports
    "list_reports": Row(ABSENT, ABSENT, OWN, SCOPE),
    "show_report": Row(ABSENT, ABSENT, OWN, SCOPE),
    "download_report_file": Row(ABSENT, ABSENT, ABSENT, SCOPE),
    **{route.name: STAFF_ONLY for route in ROUTES if route.path.startswith(("/v1/staff/", "/v1/manager/"))},
    **{route.name: MACHINES_ONLY for route in ROUTES if route.path.startswith("/v1/machine/")},
}

ADDRESS = {
    "name": "Warehouse",
    "address": "Tverskaya 7",
    "contact_name": "Ivan Skladov",
    "contact_phone": "+74951234567",
}
SCOPED = [route for route in ROUTES if route.scope]


@dataclass(frozen=True)
class World:
    """A partner with purchases, orders and people, and those who should see nothing of it."""

    api: Api
    context: Context
    places: Mapping[str, str]
    callers: Mapping[str, Caller]
    words: tuple[str, ...]

    def bodies(self) -> dict[str, Any]:
        line = {"sku": "LMP-1", "quantity": 10}
        claim = {"name": "Somebody", "inn": companies.legal_inn(2), "kpp": companies.KPP, "region": "RU-MOW"}
        return {
            "change_profile": {"interests": ["lighting"]},
            "answer_consent": {"agreed": False, "version": "2026-1"},
            "mark_notifications_read": {},
            "make_list_file": {"list": "/v1/me/notifications"},
            "start_email_change": {"email": "somewhere@else.example"},
            "confirm_email_change": {"change_id": "emc_nobody", "code": "123456"},
            "erase_own_data": {"email": "mbr_zarya@partner.example"},
            "end_session": {"refresh_token": "no-session-of-anybody"},
            "claim_company": claim,
            "change_company": {"name": "Another name"},
            "invite_person": {"name": "Ivan Ivanov", "email": "ivan@elsewhere.example", "role": "buyer"},
            "change_person": {"role": "engineer"},
            "add_address": ADDRESS,
            "replace_address": ADDRESS,
            "calculate_lighting": {
                "rooms": [{"length_m": 9, "width_m": 6, "height_m": 3, "kind": "office"}],
                "skus": ["LMP-1"],
            },
            "dispute_line": {"line_id": "sale#1c-main#/УТ-1", "claimed": "1.00"},
            "record_demand": {"text": "A lamp that the club does not have"},
            "quote_cart": {"lines": [line]},
            "replace_cart": {"lines": [line]},
            "put_into_cart": {"lines": [line]},
            "start_display_proof": {"shop_address": "Tverskaya 1", "content_type": "image/png"},
            "place_order": {"lines": [line]},
            "start_order_file": SPECIFICATION,
            "start_distributor_file": {**SPECIFICATION, "kind": "invoice"},
            "reorder": {},
            "place_usual_order": {},
            "change_own_distributor": {"hours": "Mon-Sat 8:00-20:00"},
            "add_own_person": {"name": "Igor Petrov", "email": "igor@else.example"},
            "write_own_stock": {"stock": [{"sku": "LMP-1"}]},
            "cancel_order": {},
            "accept_order": {},
            "accept_orders": {"order_ids": ["ord_none"]},
            "ship_file": {"content": "b3JkZXI7ZG9jdW1lbnQKWC0xO1gtMg=="},
            "redeem_bonuses": {"amount": "100.00"},
            "reject_order": {"reason": "No reason"},
            "ship_order": {"document": "X-1"},
            "track_shipment": {"document": "X-1", "tracking_number": "26-0054"},
            "put_webhook": {"url": "https://other.example/hooks"},
            "replay_webhook_messages": {"since": "2026-11-20T08:00:00Z"},
            "request_cancellation": {"reason": "No reason"},
            "request_return": {"lines": [{"document": "X-1", **line}], "reason": "No reason"},
            "accept_return": {"document": "X-3"},
            "reject_return": {"reason": "No reason"},
            "ship_free_goods": {"document": "X-2"},
            "choose_goods": {"lines": [line]},
        }

    def words_in(self, answer: Answer) -> list[str]:
        """The partner's facts in an answer."""
        text = answer.text.casefold()
        return [word for word in self.words if word.casefold() in text]

    def ask(self, route: Route, caller: str) -> Answer:
        path = route.path.format(**{name: self.places[name] for name in path_parameters(route.path)})
        return self.api.call(
            route.method,
            path,
            self.callers[caller],
            self.bodies().get(route.name) if route.body else None,
            key="key-of-the-matrix" if route.keyed else None,
            headers={"if-match": '"1"'} if route.matched else None,
        )

    def watched(self, route: Route, caller: str) -> tuple[Answer, bool]:
        """The answer, and whether anything was called that may write: only then need the whole table be looked at."""
        with calls_counted(self.context.table.client) as made:
            answer = self.ask(route, caller)
        return answer, not READS.issuperset(made)


@pytest.fixture
def world(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> World:
    # Sessions live in Cognito, of which the account in memory has no part.
    monkeypatch.setattr(Sessions, "end", lambda sessions, token: None)
    lumens = [{"name": "luminous_flux_lm", "number": "3600"}, {"name": "power_w", "number": "30"}]
    stock(context, row("LMP-1", "120.00", attributes=lumens))
    own_distributor, own_operator = partners.distributor(context, "RU-MOW", name="Moscow light")
    other_distributor, other_operator = partners.distributor(context, "RU-SPE", name="Neva light")
    bind_client(context, "client_neva", other_distributor)
    for operator, host in ((own_operator, "zarya.example"), (other_operator, "neva.example")):
        api.call("PUT", WEBHOOK, operator, {"url": f"https://{host}"}, headers={"if-match": '"0"'})
    delivery = api.call("POST", f"{WEBHOOK}/test", own_operator)
    inn = companies.legal_inn(1)
    owner = partners.partner(context, "cmp_zarya", "mbr_zarya", name="Zarya confidential", inn=inn, region="RU-MOW")
    partners.reach(context, "cmp_zarya", "61234.56")
    cart = {"lines": [{"sku": "LMP-1", "quantity": 77}], "comment": "Keep it confidential"}
    order = api.call("POST", "/v1/orders", owner, cart, key="first")
    file_id = api.call("POST", f"/v1/orders/{order.json['order_id']}/files", owner, SPECIFICATION).json["file_id"]
    credit(context, "cmp_zarya", "98765.43")
    redemption = api.call("POST", "/v1/company/redemptions", owner, {"amount": "24680.78"}, key="second")
    goods.buy(context, date(2026, 8, 5), "700000", company_id="cmp_zarya")
    goods.night(context, "cmp_zarya")
    entitlement_id = goods.entitlements(context, "cmp_zarya")[0].entitlement_id
    chosen = {"lines": [{"sku": "LMP-1", "quantity": 3}]}
    demand = api.call("POST", "/v1/demands", owner, {"text": "A secret lamp"})
    choice = api.call("POST", f"/v1/company/entitlements/{entitlement_id}/choices", owner, chosen, key="goods")
    partners.staff(context, "mbr_marketing", "marketing")
    form = {"title": "A", "title_ru": "А", "segment": "lighting", "summary": "S", "body": "B"}
    report = api.call("POST", "/v1/staff/reports", MARKETING, form, key="first")
    api.call("POST", f"/v1/staff/reports/{report.json['report_id']}/publish", MARKETING, {})
    started = exchange.start(api)
    partners.member(context, "mbr_alone")
    partners.member(context, "mbr_claimant")
    companies.claim(context, "mbr_claimant", 1)
    other_company = partners.partner(context, "cmp_other", "mbr_other", inn=companies.legal_inn(3), region="RU-SPE")
    credit(context, "cmp_other", "500")
    for member, caller in (("zarya", owner), ("other", other_company)):
        lying = {"lines": [{"sku": "LMP-1", "quantity": 1}]}
        api.call("POST", "/v1/cart/lines", caller, lying, key=f"cart-of-{member}")
    address = api.call("POST", "/v1/company/addresses", owner, {**ADDRESS, "name": "A secret gate"}, key="address")
    return World(
        api=api,
        context=context,
        places={
            "member_id": "mbr_zarya",
            "sku": "LMP-1",
            "file_id": file_id,
            "company_id": "cmp_zarya",
            "order_id": order.json["order_id"],
            "redemption_id": redemption.json["redemption_id"],
            "adjustment_id": "adj_zarya",
            "report_id": report.json["report_id"],
            "import_id": started.json["import_id"],
            "source": "1c-main",
            "profile_id": "0" * 32,
            "move_id": "mov_nobody",
            "hand_over_id": "hov_nobody",
            "export_id": "exp_nobody",
            "query_id": "qry_nobody",
            "join_id": "jon_nobody",
            "distributor_id": own_distributor,
            "purpose": "advertising",
            "entitlement_id": entitlement_id,
            "choice_id": choice.json["choice_id"],
            "shipment_id": "shp_nobody",
            "image_id": "img_nobody",
            "ladder_id": "ldr_founding_rub",
            "client_id": "client_1",
            "reference": "act-1",
            "simulation_id": "sim_1",
            "rebuild_id": "reb_1",
            "promotion_id": "prm_nobody",
            "grant_id": "grt_nobody",
            "approval_id": "grt_nobody",
            "demand_id": demand.json["demand_id"],
            "delivery_id": delivery.json["delivery_id"],
            "address_id": address.json["address_id"],
            "gift_id": "gft_nobody",
            "return_id": "ret_nobody",
            "offer_id": "off_nobody",
            "list_id": "bst_nobody",
            "proof_id": "dsp_nobody",
            "segment_id": "seg_nobody",
            "audience_id": "aud_nobody",
            "issue_id": "iss_nobody",
            "series_id": "welcome",
            "step_id": "company",
            "wave_id": "wav_nobody",
            "case_id": "cas_nobody",
            "kind": "win_back",
        },
        callers={
            "nobody": STRANGER,
            "alone": Caller.person("mbr_alone"),
            "claimant": Caller.person("mbr_claimant"),
            "other_company": other_company,
            "other_distributor": other_operator,
            "other_machine": machine("client_neva", "fulfilment.read", "fulfilment.write"),
            "unbound_machine": machine("client_nobody", "fulfilment.read", "fulfilment.write"),
        },
        words=(
            "zarya",
            "confidential",
            inn,
            order.json["order_id"],
            own_distributor,
            "61234",
            "98765",
            "24680",
            entitlement_id,
            choice.json["choice_id"],
            delivery.json["delivery_id"],
            address.json["address_id"],
            "secret gate",
            "Moscow light",
        ),
    )


def test_a_machine_is_refused_like_the_people_of_its_distributor(world: World) -> None:
    before = everything(world.context)
    for route in SCOPED:
        if route.scope not in ("fulfilment.read", "fulfilment.write"):
            continue
        expected = MATRIX[route.name].other_distributor
        answer = world.ask(route, "other_machine")
        if expected == OWN:
            assert world.words_in(answer) == [], route.name
        else:
            assert (answer.status, answer.json["code"]) == expected, (route.name, answer.text)
        unbound = world.ask(route, "unbound_machine")
        assert (unbound.status, unbound.json["code"]) == SCOPE, (route.name, unbound.text)
    assert everything(world.context) == before


def test_every_route_with_a_token_has_its_row() -> None:
    assert set(MATRIX) == {route.name for route in SCOPED}


def test_without_a_token_nothing_is_answered_and_nothing_written(world: World) -> None:
    before = everything(world.context)
    for route in SCOPED:
        answer = world.ask(route, "nobody")
        assert (answer.status, answer.json["code"]) == (401, "unauthorized"), route.name
    assert everything(world.context) == before


@pytest.mark.parametrize("caller", Row._fields)
def test_who_has_no_right_is_refused_as_specified_and_nothing_is_written(world: World, caller: str) -> None:
    before = everything(world.context)
    for route in SCOPED:
        expected = getattr(MATRIX[route.name], caller)
        if expected == OWN:
            continue
        answer, tried = world.watched(route, caller)
        assert (answer.status, answer.json["code"]) == expected, (route.name, answer.text)
        assert not tried or everything(world.context) == before, f"{route.name} refused and wrote"
        assert world.words_in(answer) == [], route.name
    assert everything(world.context) == before


@pytest.mark.parametrize("caller", Row._fields)
def test_what_is_allowed_shows_and_changes_nothing_of_the_partner(world: World, caller: str) -> None:
    before = everything(world.context)
    for route in SCOPED:
        if getattr(MATRIX[route.name], caller) != OWN:
            continue
        answer, tried = world.watched(route, caller)
        assert answer.status == route.status, (route.name, answer.text)
        told = [
            word for word in world.words_in(answer) if not (route.name in OWN_WORDS and word == companies.legal_inn(1))
        ]
        assert told == [], (route.name, answer.text)
        if not tried:
            continue
        after = everything(world.context)
        touched = [key for key, item in before.items() if "zarya" in key.pk and after.get(key) != item]
        assert not touched, f"{route.name} changed {touched} of the partner"
        restore(world.context, before)
