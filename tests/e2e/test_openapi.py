"""The deployed API against its own document: made-up requests, good and bad, find no failure and no undocumented answer."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from chalicelib.platform.access.scopes import scopes_of
from chalicelib.platform.openapi.reference import scope_of
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from tests.companies.steps import legal_inn
from tests.e2e.steps import own_cloud as own_cloud
from tests.e2e.steps import own_guest as own_guest
from tests.support.cloud import DeployedClub
from tests.support.documented import codes_of

CHECKED = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]


@dataclass(frozen=True)
class Club:
    """Somebody of each kind, signed in, and the names of what is there."""

    document: dict[str, Any]
    tokens: dict[tuple[str, str], str]
    places: dict[str, str]

    def token_for(self, scope: str | None) -> str | None:
        return next((token for role, token in self.tokens.items() if scope in scopes_of(*role)), None)


@pytest.fixture(scope="module")
def club(cloud: DeployedClub, guest: Portal, today: date) -> Club:
    mark = uuid.uuid4().hex
    admin = guest.sign_in(STAFF["admin"][1])
    manager = guest.sign_in(STAFF["manager"][1])
    marketing = guest.sign_in(STAFF["marketing"][1])
    operations = guest.sign_in(STAFF["operations"][1])

    lamp = {"sku": "FUZZ-1", "name": "Lamp", "name_ru": "Лампа", "vat_percent": "20"}
    operations.call(
        "PUT", "/v1/staff/products", {"products": [lamp | {"base_price": {"amount": "120", "currency": "RUB"}}]}
    )
    address = f"orders.{mark}@distributor.example"
    distributor = operations.post(
        "/v1/staff/distributors",
        {"name": "Fuzz light", "email": address, "regions": [{"region": "XZ-FUZ"}]},
        expect=201,
    )
    person = {"name": "Dina Dispatcherova", "email": f"dina.{mark}@distributor.example"}
    operations.post(f"/v1/staff/distributors/{distributor['distributor_id']}/people", person)
    dispatcher = guest.sign_in(person["email"])
    webhook = {"url": "https://fuzz.invalid/hooks", "active": False}
    dispatcher.call("PUT", "/v1/distributor/webhook", webhook, If_Match='"0"')
    delivery = dispatcher.post("/v1/distributor/webhook/test", expect=202)

    email = f"anna.{mark}@partner.example"
    consents = [
        {"purpose": each["purpose"], "version": each["version"], "agreed": True}
        for each in guest.get("/v1/club")["consents"]
    ]
    form = {"name": "Anna Svetlova", "email": email, "consents": consents}
    owner = guest.sign_in(email, guest.post("/v1/registrations", form, expect=202))
    member = owner.get("/v1/me")
    owner.call("PATCH", "/v1/me", {"phone": "+74951234567"}, If_Match=owner.etag)
    inn = legal_inn(int(mark[:5], 16))
    owner.post("/v1/companies", {"name": "Fuzz", "inn": inn, "kpp": "770101001", "region": "XZ-FUZ"}, expect=202)
    [company] = manager.get(f"/v1/staff/companies?inn={inn}&kpp=770101001")["items"]
    claim = {"member_id": member["member_id"], "role": "owner"}
    manager.post(f"/v1/staff/companies/{company['company_id']}/confirm", claim)
    owner.refresh()
    order = owner.order_post("/v1/orders", {"lines": [{"sku": "FUZZ-1", "quantity": 3}]}, expect=201)
    report = marketing.order_post(
        "/v1/staff/reports",
        {"title": "A", "title_ru": "А", "segment": "lighting", "summary": "S", "body": "B"},
        expect=201,
    )
    marketing.post(f"/v1/staff/reports/{report['report_id']}/publish", {})
    started = operations.order_post("/v1/staff/imports", {"source": "fuzz", "file_name": "sales.csv"}, expect=201)
    about = f"/v1/staff/companies/{company['company_id']}"
    later = {"from": "2199-01-01", "to": "2199-06-30"}
    steps = operations.get("/v1/staff/tier-ladders")["items"][0]["steps"]
    ladder = operations.order_post("/v1/staff/tier-ladders", {"version": "fuzz", "steps": steps}, expect=201)
    simulation = operations.order_post(f"/v1/staff/tier-ladders/{ladder['ladder_id']}/simulate", expect=202)
    granted = {
        "tier": steps[0]["tier"],
        "until": str(today + timedelta(days=30)),
        "reason": "To be found by fuzzing",
    }
    grant = admin.order_post(f"{about}/manual-tiers", granted, expect=201)
    beyond = admin.order_post(f"{about}/manual-tiers", {**granted, "until": "2199-12-31"}, expect=201)
    promotion = marketing.post(
        "/v1/staff/promotions", {"name": "A", "name_ru": "А", "brackets": [{"percent": "5"}], **later}, expect=201
    )
    offered = {"percent": "5", "floor": "1.00", "to": "2199-06-30"}
    offer = admin.order_post(f"{about}/offers", offered, expect=201)
    image = operations.post("/v1/staff/product-images", {"sku": "FUZZ-1", "content_type": "image/png"})
    given = {"amount": "5000.00", "reason": "To be found by fuzzing"}
    adjustment = operations.order_post(f"{about}/bonus-adjustments", given, expect=201)
    demand = owner.post("/v1/demands", {"text": "To be found by fuzzing"})
    redemption = owner.order_post("/v1/company/redemptions", {"amount": "500.00"}, expect=201)
    season = {"from": "2026-01-01", "to": "2026-01-31"}
    sellers = marketing.order_post("/v1/staff/best-sellers", season, expect=202)
    address = {
        "name": "Fuzz",
        "address": "Moscow, Tverskaya 7",
        "contact_name": "Shift",
        "contact_phone": "+74951234567",
    }
    address = owner.order_post("/v1/company/addresses", address, expect=201)
    segment = marketing.order_post("/v1/staff/segments", {"name": "Fuzz", "conditions": {}}, expect=201)
    tuesday = today + timedelta(days=14 - (today.weekday() - 1) % 7)
    slot = {"issue_class": "advertising", "slot": f"{tuesday}T12:30", "accept_skips": True}
    issue = marketing.order_post("/v1/staff/campaigns", {"title": "Fuzz", "topic": "products", **slot}, expect=201)
    return Club(
        document=requests.get(f"{cloud.api_url}/openapi.json", timeout=60).json(),
        tokens={
            ("company", "owner"): owner.token or "",
            ("distributor", "operator"): dispatcher.token or "",
            ("staff", "admin"): admin.token or "",
        },
        places={
            "member_id": member["member_id"],
            "company_id": company["company_id"],
            "order_id": order["order_id"],
            "report_id": report["report_id"],
            "import_id": started["import_id"],
            "distributor_id": distributor["distributor_id"],
            "delivery_id": delivery["delivery_id"],
            "purpose": "advertising",
            "ladder_id": ladder["ladder_id"],
            "simulation_id": simulation["simulation_id"],
            "grant_id": grant["grant_id"],
            "approval_id": beyond["grant_id"],
            "promotion_id": promotion["promotion_id"],
            "offer_id": offer["offer_id"],
            "image_id": image["image_id"],
            "adjustment_id": adjustment["adjustment_id"],
            "redemption_id": redemption["redemption_id"],
            "demand_id": demand["demand_id"],
            "list_id": sellers["list_id"],
            "address_id": address["address_id"],
            "segment_id": segment["segment_id"],
            "issue_id": issue["issue_id"],
            "series_id": "welcome",
            "step_id": "company",
            "page": "place-an-order",
            "sku": "FUZZ-1",
            "source": "fuzz",
            "kind": "win_back",
            "number": "1",
            # Goods are owed after the close of a period only, and machines post with tokens of their own.
            **dict.fromkeys(
                (
                    "entitlement_id",
                    "choice_id",
                    "shipment_id",
                    "gift_id",
                    "return_id",
                    "proof_id",
                    "client_id",
                    "reference",
                    "audience_id",
                    "move_id",
                    "join_id",
                    "hand_over_id",
                    "export_id",
                    "query_id",
                    "rebuild_id",
                    "case_id",
                    "wave_id",
                    "file_id",
                    "profile_id",
                    "token",
                ),
                "none",
            ),
        },
    )


@pytest.mark.parametrize(
    "accept", ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "*/*", "image/avif,image/webp,*/*"]
)
def test_the_reference_is_a_page_whatever_a_browser_prefers(cloud: DeployedClub, accept: str) -> None:
    answer = requests.get(f"{cloud.api_url}/docs", headers={"Accept": accept}, timeout=90)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.text.startswith("<!doctype html>")
    assert "/v1/distributor/orders/{order_id}/ship" in answer.text


@dataclass
class Fuzz:
    """Calls operations with made-up requests; half of those with a path go to what is really there."""

    club: Club
    url: str
    examples: int  # of each operation, good and bad each
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def operations(self) -> Iterator[Any]:
        schema = schemathesis.openapi.from_dict(self.club.document)
        schema.config.update(base_url=self.url)
        for found in schema.get_all_operations():
            yield found.ok()

    def call(self, operation: Any, mode: schemathesis.GenerationMode) -> None:
        """Raises what the document does not allow."""
        token = self.club.token_for(scope_of(operation.definition.raw))
        codes = codes_of(self.club.document, operation.definition.raw)
        headers = {"Authorization": f"Bearer {token}"} if token else {}

        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), st.booleans())
        def send(case: schemathesis.Case, there: bool) -> None:
            if there and case.path_parameters:
                case.path_parameters |= {name: self.club.places[name] for name in case.path_parameters}
            answer = case.call(headers=headers)
            self.answers[operation.label, answer.status_code] += 1
            try:
                case.validate_response(answer, checks=CHECKED)
                assert answer.status_code < 400 or answer.json()["code"] in codes, "a code that is not promised"
            except Exception as error:
                error.add_note(f"asked: {case.as_curl_command()}\nanswered: {answer.status_code} {answer.text[:500]}")
                raise

        send()


def told(error: BaseException) -> str:
    """A failure, and the failures inside it."""
    notes = getattr(error, "__notes__", ())
    return "\n".join([str(error) or repr(error), *notes, *(told(each) for each in getattr(error, "exceptions", ()))])


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("examples", "least"),
    [(2, 0.4), pytest.param(8, 0.5, marks=pytest.mark.slow, id="many")],  # eight take two minutes
)
def test_nothing_is_answered_that_the_document_does_not_promise(
    cloud: DeployedClub, club: Club, examples: int, least: float
) -> None:
    """`least`: the share of operations that must get past the door with so few examples."""
    fuzz = Fuzz(club, cloud.api_url, examples)
    problems = []
    for operation in fuzz.operations():
        for mode in schemathesis.GenerationMode:
            try:
                fuzz.call(operation, mode)
            except Unsatisfiable:
                continue  # an operation that asks for nothing cannot be asked wrongly
            except Exception as error:
                problems.append(f"{operation.label}, {mode.value}: {told(error)}")
    assert not problems, "\n\n".join(problems)
    answered = {label for label, _ in fuzz.answers}
    succeeded = {label for label, status in fuzz.answers if status < 400}
    assert len(succeeded) > len(answered) * least, "most of what was made up did not get past the door"
