"""The committed document is the one that this code makes, and says everything that a client needs."""

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta
from pydantic import TypeAdapter

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.access.scopes import SCOPES
from chalicelib.platform.http.forms import PeriodQuery
from chalicelib.platform.http.lists import ListPage, ListQuery
from chalicelib.platform.http.routes import ROUTES, Route
from chalicelib.platform.openapi.document import TAGS
from chalicelib.platform.openapi.glossary import TOLD_ONCE
from chalicelib.platform.openapi.reference import ROLES
from chalicelib.platform.openapi.selection import document_of
from infra import openapi
from infra.demo.requests import examples, story

DOCUMENT = openapi.committed()
OPERATIONS = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]


def by_name(route: Route) -> str:
    return route.name


def values(found: Any, place: str = "#") -> Iterator[tuple[str, Any]]:
    """Everything in the document, with its place."""
    yield place, found
    children = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for name, child in children:
        yield from values(child, f"{place}/{name}")


def test_the_committed_document_is_fresh() -> None:
    fresh = openapi.FILE.read_text(encoding="utf-8") == openapi.text()
    assert fresh, "routes or models have changed: run python -m infra.openapi and commit what it writes"


def test_every_reference_arrives() -> None:
    for place, found in values(DOCUMENT):
        if place.endswith("/$ref"):
            target: Any = DOCUMENT
            for step in found.removeprefix("#/").split("/"):
                assert step in target, f"{place} leads nowhere: {found}"
                target = target[step]


def test_every_schema_is_one() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name


def test_every_model_has_a_name_of_its_own() -> None:
    assert not [name for name in DOCUMENT["components"]["schemas"] if "__" in name], "two models share a name"


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_every_tag_is_explained() -> None:
    assert {tag for operation in OPERATIONS for tag in operation["tags"]} <= set(TAGS)


@pytest.mark.parametrize("route", ROUTES, ids=by_name)
def test_every_operation_is_summed_up_in_one_sentence(route: Route) -> None:
    assert route.summary.endswith(".")
    assert len(route.summary) <= 120
    assert route.summary[0].isupper()


@pytest.mark.parametrize("route", ROUTES, ids=by_name)
def test_every_operation_is_open_or_names_a_scope_that_somebody_may_hold(route: Route) -> None:
    assert route.scope is None or route.scope in SCOPES


def query_parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    shared = DOCUMENT["components"]["parameters"]
    told = [
        shared[each["$ref"].rsplit("/", 1)[-1]] if "$ref" in each else each for each in operation.get("parameters", [])
    ]
    return [each for each in told if each["in"] == "query"]


def test_query_parameters_are_explained() -> None:
    """The text at the top of the document tells of those that are filters by the field of their name."""
    filters = {
        (route.name, path.rpartition(".")[2])
        for route in ROUTES
        if route.query and issubclass(route.query, ListQuery)
        for path in route.query.narrowing.same
    }
    unexplained = {
        (operation["operationId"], parameter["name"])
        for operation in OPERATIONS
        for parameter in query_parameters(operation)
        if not parameter.get("description")
    }
    assert unexplained <= filters and "is a filter by the field of this name" in DOCUMENT["info"]["description"]


# The text at the top of the document tells of them.
OF_LISTS = {"items", "next_cursor", "count"}
TOLD_BY_RULE = re.compile("(^|_)(ids?|at|on|by)$|^(first|last)$|_(name|ru|percent)$")
ABOUT_MONEY = re.compile(
    "Order|Quote|Price|Tier|Ladder|Bonus|Accrual|Redemption|Posting|Cart|Offer|Promotion|Bracket|Contract|Entitle|Debt"
)
OF_MONEY = re.compile("price|tier|bonus|order|discount")


def undescribed() -> tuple[list[tuple[str, str]], int]:
    """Schema and field without a description, of the field or of its schema; and the number of all fields."""
    schemas = DOCUMENT["components"]["schemas"]
    fields = [
        (name, field, told)
        for name, schema in schemas.items()
        for field, told in schema.get("properties", {}).items()
        if field not in OF_LISTS and not TOLD_BY_RULE.search(field)
    ]
    bare = [
        (name, field)
        for name, field, told in fields
        if field not in TOLD_ONCE
        and not told.get("description")
        and not schemas.get(told.get("$ref", "").rsplit("/", 1)[-1], {}).get("description")
    ]
    return bare, len(fields)


def test_fields_are_described_where_their_name_does_not_tell_it() -> None:
    bare, fields = undescribed()
    assert fields > 2000 and len(bare) <= 500
    assert all(
        f"`{rule}`" in DOCUMENT["info"]["description"]
        for rule in ("…_id", "…_at", "…_on", "…_by", "…_name", "…_ru", "…_percent", "first", *TOLD_ONCE)
    )
    assert [each for each in bare if ABOUT_MONEY.search(each[0]) or OF_MONEY.search(each[1])] == []


def test_each_list_that_can_be_counted_shows_the_count_and_each_count_can_be_asked_for() -> None:
    asked = {route.name for route in ROUTES if route.query and issubclass(route.query, ListQuery)}
    shown = {route.name for route in ROUTES if route.answer and issubclass(route.answer, ListPage)}
    assert len(asked) > 30 and asked == shown


# Lists of the staff that are not narrowed, counted and sorted by their rows, and what they are instead.
OTHERWISE = {
    "explain_company_tier": "the documents behind a day",
    "list_club_companies": "the companies behind a row",
    "list_company_analytics_documents": "the documents behind a row",
    "list_contacts": "the history of a person",
    "list_distributor_people": "a handful",
    "list_exports": "one's own of a week",
    "list_import_profiles": "a handful",
    "list_journal": "by month, person, operation and path, newest first, counted",
    "list_late_cases": "by manager, the longest waiting first, counted",
    "list_outcomes": "the history of a company",
    "list_own_people": "a handful",
    "list_periods_of_company": "a row for each period",
    "list_queries": "one's own of a week",
    "list_retention_managers": "a row for each manager, counted",
    "list_retention_reasons": "a row for each of seven reasons",
    "list_retention_months": "a row for each of 13 months",
    "show_bonus_audit": "the ledger's mismatches, none as a rule",
    "show_bonus_statement_of_company": "the lines of a month",
}


def test_each_list_of_the_staff_is_narrowed_counted_and_sorted() -> None:
    lists = {
        route.name: route.query
        for route in ROUTES
        if route.path.startswith(("/v1/staff/", "/v1/manager/", "/v1/distributor/"))
        and route.answer
        and "next_cursor" in route.answer.model_fields
    }
    able = {
        name
        for name, query in lists.items()
        if query and issubclass(query, ListQuery) and (query.narrowing.sorts or "sort" in query.model_fields)
    }
    assert len(able) > 35 and set(lists) - able == set(OTHERWISE)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body], ids=by_name)
def test_the_example_of_a_body_is_accepted(route: Route) -> None:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    example = operation["requestBody"]["content"][route.content_types[0]]["example"]
    assert route.body
    route.body.model_validate_json(json.dumps(example))


def test_examples_are_requests_of_the_demonstrations_story() -> None:
    """One club, its goods and its people. What is sent as a form of a page has no story."""
    told = examples()
    untold = {route.name for route in ROUTES if route.body and not route.form} - set(told)
    assert len(untold) <= 5, f"write them into infra/demo/requests.toml: {sorted(untold)}"
    assert set(told) <= {route.name for route in ROUTES if route.body}
    assert sum(bool(each.later) for each in story()) <= 15


@pytest.mark.parametrize("route", [route for route in ROUTES if route.answer], ids=by_name)
def test_the_example_of_an_answer_fits_its_schema(route: Route) -> None:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    [content] = operation["responses"][str(route.status)]["content"].values()
    if "example" in content:
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        assert [error.message for error in Draft202012Validator(schema).iter_errors(content["example"])] == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body or route.query], ids=by_name)
def test_everything_that_can_be_sent_has_a_limit(route: Route) -> None:
    """A field without a limit ends as a failure of the table or of the calendar, not as a 422."""
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    sent = [parameter["schema"] for parameter in query_parameters(operation)]
    if route.body:
        sent.append(operation["requestBody"]["content"][route.content_types[0]]["schema"])
    assert [place for schema in sent for place in unlimited(schema)] == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body or route.query], ids=by_name)
def test_every_day_and_moment_that_is_counted_from_has_bounds(route: Route) -> None:
    """JSON Schema has no word for them: they are asked of the forms themselves."""
    only_compared = {"from", "to"} if route.query and issubclass(route.query, PeriodQuery) else set()
    schemas = [TypeAdapter(model).json_schema() for model in (route.body, route.query) if model]
    assert [place for schema in schemas for place in unbounded(schema) if place not in only_compared] == []


def unbounded(schema: Any, place: str = "") -> Iterator[str]:
    """Names of fields whose day or moment may be any."""
    if isinstance(schema, list):
        yield from (found for each in schema for found in unbounded(each, place))
    if isinstance(schema, dict):
        if schema.get("format") in ("date", "date-time") and not {"ge", "le"} <= schema.keys():
            yield place
        for name, each in schema.items():
            yield from unbounded(each, place if name in ("anyOf", "items") else name)


def unlimited(schema: dict[str, Any], place: str = "") -> Iterator[str]:
    """Places of a schema where a value may be as large as it likes."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        yield from unlimited(DOCUMENT["components"]["schemas"][name], place or name)
    for each in schema.get("anyOf", []):
        yield from unlimited(each, place)
    for name, each in schema.get("properties", {}).items():
        yield from unlimited(each, f"{place}.{name}")
    match schema.get("type"):
        case "string":
            limits = {"maxLength", "pattern", "format", "enum", "const"}
        case "integer" | "number":
            limits = {"maximum", "exclusiveMaximum", "enum", "const"}
        case "array":
            limits = {"maxItems"}
            yield from unlimited(schema["items"], f"{place}[]")
        case "object":
            limits = {"properties"}
        case _:
            return
    if not limits & schema.keys():
        yield place


# Bytes: minified, and compressed as the gateway does. The whole document is for those who build everything.
MOST = {"whole": (760 * 1024, 125 * 1024), "one role": (400 * 1024, 80 * 1024)}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_the_document_of_a_role_is_small(role: str) -> None:
    text = json.dumps(document_of(DOCUMENT, role), ensure_ascii=False, separators=(",", ":")).encode()
    assert (len(text) <= MOST["one role"][0], len(gzip.compress(text)) <= MOST["one role"][1]) == (True, True)


def test_the_whole_document_stays_within_bounds() -> None:
    text = openapi.text().encode()
    assert (len(text) <= MOST["whole"][0], len(gzip.compress(text)) <= MOST["whole"][1]) == (True, True)
