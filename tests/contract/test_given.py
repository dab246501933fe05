"""Every act that may give money away stands on the page of limits, with its bound or with the reason why it has none."""

import re

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.access.scopes import MACHINE_SCOPES, STAFF_ROLES
from chalicelib.platform.http.routes import ROUTES
from infra.build import ROOT

# Prices, tiers, bonuses, goods, and the books from which they follow.
GIVING = {
    "fulfilment.write",
    "machine.accruals",
    "machine.catalog",
    "machine.payments",
    "staff.bonuses.approve",
    "staff.bonuses.write",
    "staff.calls",
    "staff.catalog.write",
    "staff.imports.write",
    "staff.orders.write",
    "staff.promotions.write",
    "staff.terms.approve",
    "staff.terms.write",
    "staff.tiers.grant",
    "staff.tiers.write",
}
# Letters, people, calls, reports, settings.
GIVING_NOTHING = {
    "staff.analytics.write",
    "staff.campaigns.read",
    "staff.campaigns.write",
    "staff.companies.read",
    "staff.companies.write",
    "staff.contacts.write",
    "staff.demands.write",
    "staff.distributors.write",
    "staff.letters.write",
    "staff.orders.read",
    "staff.people.write",
    "staff.queries.write",
    "staff.reports.write",
    "staff.retention.write",
}
# Of those scopes, and no money: files and pictures, tracking numbers, the settings of a source, the list of a day's calls.
OTHERS = {
    "confirm_distributor_file",
    "confirm_image",
    "delete_import_profile",
    "list_calls",
    "remove_distributor_file",
    "remove_image",
    "replace_import_profile",
    "start_distributor_file",
    "start_image_upload",
    "track_shipment",
}


def test_every_act_that_may_give_money_away_stands_on_the_page() -> None:
    page = (ROOT / "infra" / "docs" / "limits.md").read_text(encoding="utf-8")
    section = page.partition("## What one person gives")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", section))
    acts = {route.name for route in ROUTES if route.writes and route.scope in GIVING} | {
        "join_companies",
        "undo_company_join",
    }
    assert not acts - OTHERS - named, "say on the page what one person gives, or why nothing"


def test_every_right_to_write_is_judged_here() -> None:
    staffs = {scope for scopes in STAFF_ROLES.values() for scope in scopes} | set(MACHINE_SCOPES)
    writing = {route.scope for route in ROUTES if route.writes and route.scope in staffs}
    assert writing <= GIVING | GIVING_NOTHING


def test_who_types_payments_or_voids_a_document_may_read_a_file_that_says_the_same() -> None:
    """Else the reason why one person does so (decision 0123) holds no more."""
    books = {"record_payments_by_hand", "void_document", "start_import", "confirm_import"}
    assert {route.scope for route in ROUTES if route.name in books} == {"staff.imports.write"}
