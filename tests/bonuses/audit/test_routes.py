"""GET /v1/staff/bonus-proof: whether the books balance, as the staff see it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses.audit import keys as audit_keys
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.bonuses.jobs import company, run_audit
from tests.bonuses.steps import Office, credit
from tests.support.api import Caller
from tests.support.crashes import watched
from tests.support.memory import MemoryDynamo

URL = "/v1/staff/bonus-proof"


@pytest.fixture
def context(context: Context) -> Context:
    """On a table in a dictionary: an audit reads a lot of it."""
    return replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))


def shown_audit(office: Office, query: str = "") -> Any:
    return office.get(URL + query, office.clerk)


def test_before_the_first_audit_there_is_nothing_to_tell(office: Office) -> None:
    assert shown_audit(office) == {"last_run": None, "totals": [], "mismatches": [], "next_cursor": None}


def test_the_staff_see_the_last_run_and_the_clubs_totals(office: Office) -> None:
    credit(office.context, "cmp_1", "100.50")
    credit(office.context, company(office.context), "20")
    run_audit(office.context)
    found = shown_audit(office)
    assert found["last_run"] == {"at": office.context.at, "day": "2026-11-20", "full": False, "companies": 2}
    (total,) = found["totals"]
    assert (total["currency"], total["companies"]) == ("RUB", 2)
    assert total["available"] == {"amount": "120.50", "currency": "RUB"}
    assert total["issued"]["amount"] == "-120.50"
    assert total["sum"]["amount"] == "0.00"
    assert found["mismatches"] == []


def test_what_does_not_balance_is_named_with_company_and_account(office: Office) -> None:
    credit(office.context, "cmp_1", "100.50")
    run_audit(office.context)
    office.context.table.update(ledger_keys.bonuses("cmp_1"), add={"pending": Decimal("0.01")})
    run_audit(office.context)
    found = shown_audit(office, "?limit=1")
    (mismatch,) = found["mismatches"]
    assert (mismatch["company_id"], mismatch["shard"], mismatch["account"]) == ("cmp_1", None, "issued")
    assert mismatch["faults"] == [
        {"fault": "book_differs", "where": "", "expected": "-100.50", "found": "-100.51"},
    ]
    (other,) = shown_audit(office, f"?limit=1&cursor={found['next_cursor']}")["mismatches"]
    assert (other["account"], other["since"]) == ("pending", office.context.at)


def test_a_club_total_that_does_not_balance_is_named_by_currency_and_shard(office: Office) -> None:
    credit(office.context, "cmp_1", "100.50")
    run_audit(office.context)
    office.context.table.update(audit_keys.club_total("RUB", "cmp_1"), add={"available": Decimal(1)})
    run_audit(office.context)
    found = shown_audit(office)
    (mismatch,) = found["mismatches"]
    shard = int(audit_keys.club_total("RUB", "cmp_1").sk.rpartition("#")[2])
    assert (mismatch["company_id"], mismatch["currency"], mismatch["shard"]) == (None, "RUB", shard)
    assert found["totals"][0]["sum"]["amount"] == "1.00"


@pytest.mark.parametrize("role", ["marketing"])
def test_it_is_not_for_everybody(office: Office, role: str) -> None:
    assert office.api.call("GET", URL, Caller.person("mbr_x", "staff", role, "club")).status == 403
    assert office.api.call("GET", URL, office.owner).status == 403
