from typing import get_args

import pytest

from chalicelib.platform.access.scopes import COMPANY_ROLES, SCOPES, STAFF_ROLES, StaffRole, scopes_of


def test_every_granted_scope_is_described() -> None:
    granted = set().union(
        *COMPANY_ROLES.values(), *STAFF_ROLES.values(), scopes_of("", ""), scopes_of("distributor", "")
    )
    assert granted <= set(SCOPES)


def test_a_member_without_a_company_sees_nothing_of_companies() -> None:
    assert not {
        scope for scope in scopes_of("", "") if scope.startswith(("company.read", "people", "orders", "catalog"))
    }


@pytest.mark.parametrize("kind", ["company", "distributor", ""])
def test_nobody_but_staff_has_staff_scopes(kind: str) -> None:
    roles = [*COMPANY_ROLES, *STAFF_ROLES, "unheard of"]
    assert not any(scope.startswith("staff.") for role in roles for scope in scopes_of(kind, role))


def test_an_unknown_role_has_no_scopes_of_its_own() -> None:
    assert scopes_of("staff", "unheard of") == {"me", "reports.read"}


def test_every_staff_role_can_be_given_to_a_person() -> None:
    assert get_args(StaffRole) == tuple(STAFF_ROLES)
