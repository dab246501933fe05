"""Writes of people who were dismissed from the staff a second ago and still hold a token: refused, and without effect.

Weakest point: a staff write that is missing here is checked by its token alone.
"""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.mail import store as mail_store
from chalicelib.platform.access.scopes import STAFF_ROLES
from chalicelib.platform.context import Context
from chalicelib.platform.http.routes import ROUTES
from chalicelib.pricing.displays import store as displays_store
from chalicelib.table.transactions import Item, Transaction
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.table import everything

GONE = "mbr_gone"
COMPANY = "/v1/staff/companies/cmp_1"
TIER = {"tier": "gold", "until": "2027-01-31", "reason": "A friend"}
WRITES: dict[str, tuple[str, str, Any]] = {
    "appoint_staff": (
        "POST",
        "/v1/staff/people",
        {"name": "Igor Petrov", "email": "igor@example.com", "role": "admin"},
    ),
    "dismiss_staff": ("DELETE", "/v1/staff/people/mbr_head", None),
    "grant_manual_tier": ("POST", f"{COMPANY}/manual-tiers", TIER),
    "withdraw_manual_tier": ("POST", f"{COMPANY}/manual-tiers/{{tier}}/withdraw", {"reason": "Out of spite"}),
    "replace_terms": ("PUT", f"{COMPANY}/terms", {"contracts": []}),
    "issue_offer": ("POST", f"{COMPANY}/offers", None),
    "withdraw_offer": ("POST", f"{COMPANY}/offers/{{offer}}/withdraw", None),
}
REPORT = {"title": "A", "title_ru": "А", "segment": "lighting", "summary": "S", "body": "B"}
SUPPRESSED = "anna@partner.example"
WRITES |= {
    "lift_suppression": ("POST", "/v1/staff/suppressions/lift", {"email": SUPPRESSED, "reason": "A friend"}),
    "approve_display_proof": ("POST", f"{COMPANY}/display-proofs/prf_1/approve", None),
    "reject_display_proof": ("POST", f"{COMPANY}/display-proofs/prf_1/reject", {"reason": "Out of spite"}),
    "publish_report": ("POST", "/v1/staff/reports", REPORT),
    "note_contact": (
        "POST",
        "/v1/staff/members/mbr_1/contacts",
        {"channel": "telephone", "contact_class": "content"},
    ),
    "create_segment": ("POST", "/v1/staff/segments", {"name": "All", "conditions": {}}),
    "preview_segment": ("POST", "/v1/staff/segments/preview", {"conditions": {}}),
    "create_issue": (
        "POST",
        "/v1/staff/campaigns",
        {"title": "A", "topic": "products", "issue_class": "content", "slot": "2026-12-01T12:30"},
    ),
}


@pytest.fixture
def made(api: Api, context: Context) -> dict[str, str]:
    """The ids of a manual tier and of an offer, which an admin who stays has made."""
    partners.partner(context)
    head = partners.staff(context, "mbr_head", "admin")
    tier = api.call("POST", f"{COMPANY}/manual-tiers", head, TIER, key="t")
    offer = api.call("POST", f"{COMPANY}/offers", head, an_offer(context), key="o")
    assert (tier.status, offer.status) == (201, 201), (tier.text, offer.text)
    mail_store.suppress(context.table, SUPPRESSED, reason="bounce", at=context.at, letter_id="")
    tx = Transaction()
    displays_store.create(tx, a_proof(context))
    context.table.commit(tx)
    return {"tier": tier.json["grant_id"], "offer": offer.json["offer_id"]}


def a_proof(context: Context) -> Item:
    """A photo that waits for a manager."""
    promotion = {"promotion_id": "prm_1", "name": "A", "name_ru": "А", "last": context.today.isoformat()}
    about = {"company_id": "cmp_1", "company_name": "Luch", "inn": "7707083893", "member_id": "mbr_1"}
    return {
        "proof_id": "prf_1",
        "promotion": promotion,
        **about,
        "shop_address": "Arbat 1",
        "state": "waiting",
        "created_at": context.at,
    }


def an_offer(context: Context) -> dict[str, str]:
    return {"percent": "15", "floor": "850.00", "to": (context.today + timedelta(days=14)).isoformat()}


@pytest.mark.parametrize("now", ["dismissed", "in another role", "of a company"])
@pytest.mark.parametrize("name", WRITES)
def test_who_is_of_the_staff_no_more_changes_nothing_whatever_the_token_says(
    api: Api, context: Context, made: dict[str, str], name: str, now: str
) -> None:
    [route] = [route for route in ROUTES if route.name == name]
    if now == "in another role":
        partners.staff(context, GONE, next(role for role, scopes in STAFF_ROLES.items() if route.scope not in scopes))
    elif now == "of a company":
        partners.speaks_for(context, "cmp_1", GONE)
    before = everything(context)
    method, path, body = WRITES[name]
    body = an_offer(context) if name == "issue_offer" else body
    headers = {"if-match": '"0"'} if route.matched else {}
    token = Caller.person(GONE, "staff", "admin", "club")
    answer = api.call(method, path.format(**made), token, body, key="k" if route.keyed else None, headers=headers)
    assert (answer.status, answer.json["code"]) == (403, "scope_missing"), answer.text
    assert everything(context) == before
