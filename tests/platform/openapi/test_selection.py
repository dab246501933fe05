"""A document of one role holds what the role may call, and nothing else."""

from typing import Any

import pytest

from chalicelib.platform.access.scopes import COMPANY_ROLES, STAFF_ROLES
from chalicelib.platform.openapi.document import document
from chalicelib.platform.openapi.reference import ROLES, roles_of
from chalicelib.platform.openapi.selection import document_of
from tests.platform.openapi.test_document import CHANGE, LIST, OPEN, PLACE, READ


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return document([PLACE, LIST, READ, CHANGE, OPEN])


def operations(written: dict[str, Any]) -> list[str]:
    return [each["operationId"] for methods in written["paths"].values() for each in methods.values()]


def test_a_role_has_its_operations_and_those_that_are_open_to_everybody(written: dict[str, Any]) -> None:
    assert operations(document_of(written, "buyer")) == operations(written)
    assert operations(document_of(written, "accountant")) == ["list_orders", "show_order", "change_order", "page"]
    assert operations(document_of(written, "guest")) == ["page"]


def test_what_no_operation_refers_to_is_left_out(written: dict[str, Any]) -> None:
    open_only = document_of(written, "guest")
    assert [tag["name"] for tag in open_only["tags"]] == ["service"]
    assert list(open_only["components"]["schemas"]) == ["Money", "ProblemBody", "UnitPrice", "ValueFault"]
    assert open_only["components"]["parameters"] == {}
    assert "orders.read" not in open_only["components"]["securitySchemes"]["token"]["description"]
    accountants = document_of(written, "accountant")["components"]["securitySchemes"]["token"]["description"]
    assert "- `orders.read`" in accountants and "- `orders.write`" not in accountants
    assert "LineForm" in document_of(written, "buyer")["components"]["schemas"], "of a form inside a form"


def test_only_a_machines_document_tells_how_a_machine_gets_its_token(written: dict[str, Any]) -> None:
    assert "machine" in document_of(written, "machine")["components"]["securitySchemes"]
    buyers = document_of(written, "buyer")
    assert "machine" not in buyers["components"]["securitySchemes"]
    for methods in buyers["paths"].values():
        assert all(set(each) == {"token"} for operation in methods.values() for each in operation["security"])


def test_the_title_names_the_role_so_that_two_generated_clients_have_two_names(written: dict[str, Any]) -> None:
    assert document_of(written, "buyer")["info"]["title"] == "Partner club: buyer"


def test_every_role_has_a_document_and_is_one_that_scopes_are_given_to() -> None:
    assert set(ROLES) == {"guest", *COMPANY_ROLES, "distributor", *STAFF_ROLES, "machine"}
    assert roles_of("fulfilment.write") == ["distributor", "machine"]
    assert roles_of("machine.payments") == ["machine"]
