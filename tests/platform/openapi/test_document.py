"""The document's description of any route."""

from typing import Any

import pytest
from pydantic import BaseModel, Field

from chalicelib.platform.http.forms import Form, PageQuery, Text, View
from chalicelib.platform.http.problems import KINDS
from chalicelib.platform.http.routes import Route
from chalicelib.platform.money import Money
from chalicelib.platform.openapi.document import document
from chalicelib.platform.openapi.examples import example
from chalicelib.platform.openapi.problems import problem_codes
from chalicelib.platform.openapi.reference import holders, scope_of
from tests.support.documented import codes_of


class LineForm(Form):
    sku: str = Field(max_length=40)
    quantity: int = Field(ge=1, le=10_000)


class OrderForm(Form):
    lines: list[LineForm]
    note: str | None = Field(default=None, max_length=200, description="For the distributor.")


class Order(BaseModel):
    """An order."""

    order_id: str
    total: Money
    note: str | None = None


class OrderQuery(PageQuery):
    state: str | None = Field(default=None, max_length=20, description="Only these.")
    shop: str | None = Field(default=None, max_length=20)


def route(method: str, path: str, name: str, **promises: Any) -> Route:
    given: dict[str, Any] = {
        "room": __name__,
        "handler": route,
        "scope": "orders.read",
        "body": None,
        "query": None,
        "answer": Order,
        "status": 200,
        "keyed": False,
        "matched": False,
        "problems": (),
        "tag": "orders",
        "summary": "Do it.",
        "description": "",
        "content_type": "application/json",
    }
    return Route(method=method, path=path, name=name, **(given | promises))


PLACE = route(
    "POST",
    "/v1/orders",
    "place_order",
    scope="orders.write",
    body=OrderForm,
    status=201,
    located=True,
    keyed=True,
    problems=("wrong_state",),
)
LIST = route("GET", "/v1/orders", "list_orders", query=OrderQuery)
READ = route("GET", "/v1/orders/{order_id}", "show_order")
CHANGE = route("PATCH", "/v1/orders/{order_id}", "change_order", body=OrderForm, matched=True)
OPEN = route("GET", "/page", "page", scope=None, answer=Text, content_type="text/html", tag="service")


def operation(which: Route, *others: Route) -> dict[str, Any]:
    found: dict[str, Any] = document([which, *others])["paths"][which.path][which.method.lower()]
    return found


def parameters(which: Route) -> list[str]:
    return [each.get("name") or each["$ref"].rsplit("/", 1)[-1] for each in operation(which).get("parameters", [])]


def test_the_order_in_which_rooms_were_loaded_does_not_show() -> None:
    routes = [PLACE, LIST, READ, CHANGE, OPEN]
    assert list(document(routes)["paths"]) == list(document(reversed(routes))["paths"])
    assert document(routes) == document(reversed(routes))


def test_an_operation_is_named_after_its_function_and_names_its_scope_and_who_holds_it() -> None:
    place = operation(PLACE)
    assert place["operationId"] == "place_order"
    assert place["security"] == [{"token": ["orders.write"]}]
    assert scope_of(place) == "orders.write"
    told = document([PLACE])["components"]["securitySchemes"]["token"]["description"]
    assert "- `orders.write`: place and cancel orders; company: owner, buyer" in told


def test_an_open_operation_asks_for_no_token() -> None:
    page = operation(OPEN)
    assert page["security"] == []
    assert scope_of(page) is None


def test_a_page_is_described_as_text() -> None:
    assert operation(OPEN)["responses"]["200"]["content"] == {"text/html": {"schema": {"type": "string"}}}


def test_path_query_and_header_parameters_are_named() -> None:
    assert parameters(READ) == ["order_id"]
    assert parameters(LIST) == ["limit", "cursor", "state", "shop"]
    assert parameters(PLACE) == ["IdempotencyKey"]
    assert parameters(CHANGE) == ["order_id", "IfMatch"]


def test_a_query_parameter_cannot_be_null_and_keeps_its_bounds() -> None:
    limit, _, state, shop = operation(LIST)["parameters"]
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}
    assert limit["description"] == "The largest number of items on the page."
    assert state["schema"] == {"type": "string", "maxLength": 20}
    assert "required" not in state
    assert shop == {"name": "shop", "in": "query", "schema": state["schema"]}, "a filter, by the rule at the top"


def test_a_query_parameter_of_many_operations_is_told_once() -> None:
    lists = [LIST._replace(path=f"/v1/{name}", name=f"list_{name}") for name in ("orders", "carts", "returns")]
    made = document(lists)
    reference = {"$ref": "#/components/parameters/limit"}
    assert [made["paths"][each.path]["get"]["parameters"][0] for each in lists] == [reference] * 3
    assert made["components"]["parameters"]["limit"]["description"] == "The largest number of items on the page."


def test_query_models_are_parameters_and_no_schemas() -> None:
    assert "OrderQuery" not in document([LIST])["components"]["schemas"]


def test_bodies_refuse_unknown_fields_and_answers_have_all_their_fields() -> None:
    schemas = document([PLACE])["components"]["schemas"]
    assert schemas["OrderForm"]["additionalProperties"] is False
    assert schemas["OrderForm"]["required"] == ["lines"]
    assert schemas["Order"]["required"] == ["order_id", "total", "note"]
    assert schemas["Money"]["properties"]["amount"]["pattern"] == r"^-?\d+\.\d{2}$"


def test_a_new_thing_says_where_it_is_read() -> None:
    assert set(operation(PLACE)["responses"]["201"]["headers"]) == {"Location"}


def test_what_is_changed_by_its_version_is_also_read_with_it() -> None:
    assert set(operation(READ, CHANGE)["responses"]["200"]["headers"]) == {"ETag"}
    assert set(operation(CHANGE)["responses"]["200"]["headers"]) == {"ETag"}
    assert "headers" not in operation(READ)["responses"]["200"]


FORBIDDEN = {"scope_missing", "session_stale", "company_missing", "not_confirmed"}


@pytest.mark.parametrize(
    ("which", "codes"),
    [
        (OPEN, set()),
        (LIST, {"unauthorized", *FORBIDDEN}),
        (READ, {"unauthorized", *FORBIDDEN, "not_found"}),
        (
            PLACE,
            {
                "unauthorized",
                *FORBIDDEN,
                "body_not_json",
                "idempotency_key_missing",
                "idempotency_key_invalid",
                "idempotency_key_reused",
                "in_flight",
                "wrong_state",
            },
        ),
        (
            CHANGE,
            {
                "unauthorized",
                *FORBIDDEN,
                "not_found",
                "body_not_json",
                "precondition_required",
                "precondition_failed",
            },
        ),
    ],
    ids=lambda each: each.name if isinstance(each, Route) else "",
)
def test_the_problems_of_a_route_follow_from_what_it_asks(which: Route, codes: set[str]) -> None:
    anywhere = {"invalid", "body_too_large", "media_type_unsupported", "too_many_requests", "internal", "busy"}
    assert problem_codes(which) == codes | anywhere


def test_a_code_is_told_by_what_brings_it() -> None:
    made = document([PLACE, CHANGE])
    place, change = made["paths"]["/v1/orders"]["post"], made["paths"]["/v1/orders/{order_id}"]["patch"]
    assert place["x-codes"] == ["company_missing", "not_confirmed", "wrong_state"]
    assert change["x-codes"] == ["company_missing", "not_confirmed"]
    assert set(place["responses"]) == {"201", "default"}
    for route, told in ((PLACE, place), (CHANGE, change)):
        assert codes_of(made, told) == problem_codes(route)


def test_every_code_and_each_further_member_is_typed_in_one_schema() -> None:
    made = document([PLACE])
    response = made["components"]["responses"]["Problem"]
    assert response["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/ProblemBody"}
    assert "- `wrong_state` (409): The current state does not allow this" in response["description"]
    members = made["components"]["schemas"]["ProblemBody"]["properties"]
    assert members["state"]["type"] == "string"
    assert members["code"]["enum"] == list(KINDS)


def test_a_default_is_told_in_words_so_that_no_client_must_send_it() -> None:
    class DefaultForm(Form):
        top: int = Field(default=50, le=200, description="So many.")
        note: str = ""

    fields = document([PLACE._replace(body=DefaultForm)])["components"]["schemas"]["DefaultForm"]["properties"]
    assert fields["top"] == {"type": "integer", "maximum": 200, "description": "So many. By default `50`."}
    assert "default" not in fields["note"]


def test_a_form_that_is_shown_as_it_was_written_is_a_view_of_its_own() -> None:
    class PartForm(Form):
        count: int = 1

    class WholeForm(Form):
        part: PartForm = PartForm()

    class WholeView(View):
        part: PartForm

    route = PLACE._replace(body=WholeForm, answer=WholeView)
    schemas = document([route])["components"]["schemas"]
    assert {"PartForm", "PartView"} <= set(schemas) and "title" not in schemas["PartView"]
    assert "required" not in schemas["PartForm"] and schemas["PartView"]["required"] == ["count"]


def test_scopes_are_explained_by_the_roles_that_carry_them() -> None:
    assert holders("me") == "every member; distributors; staff: manager, head_of_sales, marketing, operations, admin"
    assert holders("fulfilment.write") == "distributors; machine clients"
    assert holders("staff.reports.write") == "staff: marketing, admin"


def test_an_example_takes_the_authors_word_before_its_own() -> None:
    components = {"Named": {"type": "object", "properties": {"inn": {"type": "string"}, "at": {"$ref": "#/x/At"}}}}
    components["At"] = {"type": "string", "format": "date-time"}
    assert example({"type": "string", "examples": ["Anna"]}, {}) == "Anna"
    assert example({"$ref": "#/x/Named"}, components) == {"inn": "9800000422", "at": "2026-11-20T09:00:00.000Z"}
    assert example({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}], "default": None}, {}) == 3
    assert example({"type": "array", "items": {"enum": ["a", "b"]}}, {}) == ["a"]


def test_a_docstring_breaks_lines_for_the_editor_only() -> None:
    described = route("GET", "/v1/x", "x", description="One\n    sentence.\n\n    Another.")
    assert operation(described)["description"] == "One sentence.\n\nAnother."
