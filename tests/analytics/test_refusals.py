"""Whoever no longer acts for a company gets 404 for its figures, for its statement and for the file of it, with a token that still says they may."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app import app  # noqa: F401  fills the route table
from chalicelib import members
from chalicelib.analytics.rollups.service import build
from chalicelib.platform.context import Context
from chalicelib.platform.http.routes import ROUTES
from chalicelib.sales.service import record
from chalicelib.table.transactions import Transaction
from tests.sales.steps import invoice
from tests.support import partners
from tests.support.api import Api, Caller

OWN = [
    "analytics",
    "analytics?by=product",
    "statement",
    "statement/file?format=csv",
    "statement/file?format=xlsx",
    "statement/file?format=pdf",
]
CLUB = [
    "dashboard",
    "analytics/turnover",
    "analytics/bridge",
    "analytics/bridge/moved?month=2026-10&move=lost",
    "analytics/companies?from=2026-10&to=2026-10",
    "analytics/customers",
    "analytics/cohorts",
    "analytics/concentration",
    "analytics/split?by=region",
    "analytics/distributors",
    "analytics/people",
    "analytics/promotions",
]
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


@pytest.fixture
def owner(context: Context) -> Caller:
    caller = partners.partner(context, "cmp_1", "mbr_1")
    record(context, [invoice("A-1", "100.00", day=date(2026, 11, 2))])
    build(context, "cmp_1")
    return caller


def leaves(context: Context) -> None:
    partners.dismissed(context, "cmp_1")


def is_locked_again(context: Context) -> None:
    """The company asks for a new confirmation of who speaks for it."""
    _appoint(context, owner="cmp_1", role="owner", status="pending")


def goes_to_another_company(context: Context) -> None:
    _appoint(context, owner="cmp_2", role="owner", status="active")


def loses_the_role(context: Context) -> None:
    _appoint(context, owner="cmp_1", role="nobody", status="active")


def after(happens: Callable[[Context], None]) -> tuple[int, str]:
    """Who has another role at the company refreshes the session; to all others the company is not there."""
    return (403, "session_stale") if happens is loses_the_role else (404, "not_found")


def _appoint(context: Context, **facts: Any) -> None:
    partners.dismissed(context, "cmp_1")
    tx = Transaction()
    members.appoint(tx, "mbr_1", kind="company", **facts)
    context.table.commit(tx)


@pytest.mark.parametrize("asked", OWN)
@pytest.mark.parametrize("happens", [leaves, is_locked_again, goes_to_another_company, loses_the_role])
def test_nobody_sees_a_companys_figures_after_losing_it(
    api: Api, context: Context, owner: Caller, asked: str, happens: Callable[[Context], None]
) -> None:
    assert api.call("GET", f"/v1/company/{asked}", owner).status == 200
    happens(context)
    answer = api.call("GET", f"/v1/company/{asked}", owner)
    assert (answer.status, answer.json["code"]) == after(happens)


@pytest.mark.parametrize("happens", [leaves, is_locked_again, goes_to_another_company, loses_the_role])
def test_nobody_gets_a_file_of_a_companys_list_after_losing_it(
    api: Api, context: Context, owner: Caller, happens: Callable[[Context], None]
) -> None:
    form = {"list": "/v1/company/analytics/documents?by=product&name=L-0&from=2026-11&to=2026-11", "format": "csv"}
    made = api.call("POST", "/v1/list-files", owner, form)
    assert (made.status, made.json["row_count"]) == (200, 1)
    other = partners.partner(context, "cmp_2", "mbr_2")
    assert api.call("POST", "/v1/list-files", other, form).json["row_count"] == 0
    happens(context)
    answer = api.call("POST", "/v1/list-files", owner, form)
    assert (answer.status, answer.json["code"]) == after(happens)


@pytest.mark.parametrize("asked", OWN)
def test_a_dismissed_manager_sees_no_companys_figures(api: Api, context: Context, owner: Caller, asked: str) -> None:
    path = f"/v1/staff/companies/cmp_1/{asked}"
    assert api.call("GET", path, MANAGER).status == 200
    tx = Transaction()
    members.dismiss(tx, "mbr_manager", "club")
    context.table.commit(tx)
    assert api.call("GET", path, MANAGER).status == 404


@pytest.mark.parametrize("asked", OWN)
def test_another_company_sees_its_own_figures_only(api: Api, context: Context, owner: Caller, asked: str) -> None:
    other = partners.partner(context, "cmp_2", "mbr_2")
    answer = api.call("GET", f"/v1/company/{asked}", other)
    assert answer.status == 200
    assert "100.00" not in answer.text
    assert api.call("GET", f"/v1/staff/companies/cmp_1/{asked}", other).status == 403


def test_a_link_to_a_statement_is_of_one_file_and_five_minutes(api: Api, context: Context, owner: Caller) -> None:
    told = api.call("GET", "/v1/company/statement/file?format=csv", owner).json
    link = parse_qs(urlsplit(told["url"]).query)
    assert (
        int(link["Expires"][0]) - context.now.timestamp() > 0 if "Expires" in link else link["X-Amz-Expires"] == ["300"]
    )
    assert told["expires_at"] == (context.now + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("asked", CLUB)
def test_nobody_of_the_staff_sees_the_clubs_figures_after_leaving(
    api: Api, context: Context, owner: Caller, asked: str
) -> None:
    head = partners.staff(context, "mbr_head", "admin")
    path = f"/v1/staff/{asked}"
    assert api.call("GET", path, head).status == 200
    tx = Transaction()
    members.dismiss(tx, "mbr_head", "club")
    context.table.commit(tx)
    answer = api.call("GET", path, head)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_every_route_of_figures_exports_and_queries_reads_the_right_of_its_caller() -> None:
    rooms = ("chalicelib.analytics.", "chalicelib.exports.", "chalicelib.datasets.")
    found = {each.name: each.current for each in ROUTES if each.room.startswith(rooms) and each.method == "GET"}
    assert {"list_club_companies", "show_company_analytics", "list_exports"} <= set(found)
    assert {name for name, current in found.items() if not current} == {"show_analytics"}, (
        "it reads the right with its rows"
    )
