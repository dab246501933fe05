"""No form of any route takes a truth for a number, another word for a truth, or a link for a name."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.http import validation
from chalicelib.platform.http.routes import ROUTES
from chalicelib.platform.model import Written

BODIES = {route.body for route in ROUTES if route.body}
QUERIES = {route.query for route in ROUTES if route.query}
NUMBERS = (int, float, Decimal)
NO_TRUTHS = ("yes", "on", "1", "t", 1, 0, 1.0)
Place = tuple[type[Written], str, Any]  # a form, a field as it is sent, and the field's type


def parts_of(kind: Any) -> list[Any]:
    return [each for each in get_args(kind) if each is not NoneType]


def holding(kind: Any, scalar: Any, value: Any) -> Iterator[Any]:
    """Values of a type, with `value` where the type has one of these scalars."""
    origin = get_origin(kind)
    if kind in scalar:
        yield value
    elif origin in (Union, UnionType):
        for each in parts_of(kind):
            yield from holding(each, scalar, value)
    elif origin is Annotated:
        yield from holding(parts_of(kind)[0], scalar, value)
    elif origin in (list, tuple, set, frozenset):
        yield from ([each] for each in holding(parts_of(kind)[0], scalar, value))
    elif origin is dict:
        yield from ({"2026-11": each} for each in holding(parts_of(kind)[1], scalar, value))
    elif origin is Literal and any(type(each) in scalar for each in get_args(kind)):
        yield value
    elif isinstance(kind, type) and issubclass(kind, NUMBERS) and kind is not bool and int in scalar:
        yield value  # an enumeration of numbers


def models_of(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for each in parts_of(kind):
        yield from models_of(each)


def places(roots: set[type[BaseModel]]) -> list[Place]:
    waiting, seen = list(roots), set[type[BaseModel]]()
    found: list[Place] = []
    while waiting:
        form = waiting.pop()
        if form in seen:
            continue
        seen.add(form)
        for name, field in form.model_fields.items():
            found.append((form, field.alias or name, field.annotation))
            waiting += models_of(field.annotation)
    return sorted(found, key=lambda each: (each[0].__module__, each[0].__qualname__, each[1]))


IN_BODIES = places(BODIES)


def codes_at(read: Callable[[Any], Any], given: Any, name: str) -> set[str]:
    try:
        read(given)
    except ValidationError as refused:
        return {each.code for each in validation.faults(refused) if each.pointer.split("/")[1:2] == [name]}
    return set()


def taken(scalar: tuple[Any, ...], values: tuple[Any, ...], codes: set[str]) -> tuple[int, list[str]]:
    """How many fields have such a scalar; and the fields that take one of the values, as JSON or as a row of a form."""
    tried, found = set[tuple[str, str]](), []
    for form, name, kind in IN_BODIES:
        for value in values:
            for given in holding(kind, scalar, value):
                tried.add((form.__qualname__, name))
                body = {name: given}
                said = [
                    codes_at(form.model_validate_json, json.dumps(body), name),
                    codes_at(form.model_validate, body, name),
                ]
                if not all(each & codes for each in said):
                    found.append(f"{form.__qualname__}.{name}: {value!r} {said}")
    return len(tried), found


def test_a_truth_is_no_number_in_any_body() -> None:
    tried, found = taken(NUMBERS, (True, False), {"whole_number", "number", "choice"})
    assert (tried > 60, found) == (True, [])


def test_only_a_truth_is_a_truth_in_any_body() -> None:
    tried, found = taken((bool,), (*NO_TRUTHS, "true", "false"), {"boolean"})
    assert (tried > 8, found) == (True, [])


@pytest.mark.parametrize("word", [*(word for word in NO_TRUTHS if isinstance(word, str)), "True", "0"])
def test_a_truth_in_a_query_is_the_word_true_or_false(word: str) -> None:
    truths = [(form, name) for form, name, kind in places(QUERIES) if bool in (kind, *get_args(kind))]
    assert len(truths) > 5
    for form, name in truths:
        assert codes_at(form.from_texts, {name: word}, name) == {"boolean"}, (form, name)
        assert getattr(form.from_texts({name: "true"}), name) is True
        assert getattr(form.from_texts({name: "false"}), name) is False


LINKS = [
    "https://spam.example buy",
    "Anna spam.example/buy",
    "Anna www.spam.example",
    "Anna ＷＷＷ．spam",
    "Buy ht\u200btps://spam",
    "Anna buy@spam.example",
    "Anna t.me/spam",
]
# Forms of a person with an address, and what people say of themselves and of their company.
SAID_BY_PEOPLE = ("me", "company.claim", "company.write", "people.write", "staff.companies.write")
NAMED = {form for form, name, _ in IN_BODIES if name == "name" and "email" in form.model_fields} | {
    route.body for route in ROUTES if route.body and route.scope in SAID_BY_PEOPLE and "name" in route.body.model_fields
}


@pytest.mark.parametrize("text", LINKS)
def test_a_name_in_letters_to_an_address_of_a_strangers_choice_has_no_link(text: str) -> None:
    assert len(NAMED) > 5
    passed = [
        form.__qualname__
        for form in NAMED
        if "name_with_link" not in codes_at(form.model_validate, {"name": text}, "name")
    ]
    assert passed == []
