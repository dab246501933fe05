"""Faults of values that do not fit a form, in sentences of the club's own.

Codes are the club's own, several of pydantic's names in one; a further member (`min`, `max`, `allowed`) says what would fit.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType

from chalicelib.platform.fields import SHAPES
from chalicelib.platform.http.problems import Fault, Problem, ValueFault, escape
from chalicelib.platform.money import Money
from chalicelib.platform.registry.names import models_in

_TEXT = ("text", "This is not a text.")
_NUMBER = ("number", "This is not a number. Write it as 1234.50.")
_WHOLE = ("whole_number", "This is not a whole number.")
_DATE = ("date", "A date is written as YYYY-MM-DD.")
_TIME = ("datetime", "A time is written as in RFC 3339, with its zone.")
_TRUTH = ("boolean", "This is true or false, without quotes.")
_SHORT = ("too_short", "Give at least {min} characters.")
_LONG = ("too_long", "Give at most {max} characters.")
_CHOICE = ("choice", "One of: {allowed}.")
_OBJECT = ("object", "This is not an object.")

# Code and sentence of a fault, by pydantic's name of it.
_FAULTS: dict[str, tuple[str, str]] = {
    "missing": ("missing", "This field is required."),
    "extra_forbidden": ("unknown_field", "There is no such field."),
    "extra_field": ("unknown_field", "There is no such field. There are: {fields}."),
    "base64_decode": ("base64", "The file is not written in Base64."),
    "string_pattern_mismatch": ("pattern", "This does not have the form that is asked for."),
    "too_short": ("too_short", "Give at least {min} of them."),
    "too_long": ("too_long", "Give at most {max} of them."),
    "greater_than": ("greater_than", "More than {min}."),
    "greater_than_equal": ("greater_than_equal", "At least {min}."),
    "less_than": ("less_than", "Less than {max}."),
    "less_than_equal": ("less_than_equal", "At most {max}."),
    "decimal_max_digits": ("digits", "At most {max} digits in all."),
    "decimal_max_places": ("digits", "At most {max} digits after the point."),
    "decimal_whole_digits": ("digits", "At most {max} digits before the point."),
    "list_type": ("list", "This is not a list."),
    "model_type": ("object", "This is an object with the fields {fields}."),
    "money": ("money", 'A sum is written as {{"amount": "1234.50", "currency": "RUB"}}.'),
    **dict.fromkeys(("string_type", "bytes_type"), _TEXT),
    **dict.fromkeys(("string_too_short", "bytes_too_short"), _SHORT),
    **dict.fromkeys(("string_too_long", "bytes_too_long"), _LONG),
    **dict.fromkeys(("enum", "literal_error"), _CHOICE),
    **dict.fromkeys(("model_attributes_type", "dict_type"), _OBJECT),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(("decimal_type", "decimal_parsing", "float_type", "float_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DATE),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"), _TIME),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
}
_OTHER = ("value", "This value is not allowed here.")
_EMPTY = {
    **dict.fromkeys(("string_too_short", "bytes_too_short"), "This field cannot be empty."),
    "too_short": "Give at least one.",
}
_OF_THE_LIBRARY = frozenset(get_args(ErrorType))
_LEAST = ("ge", "gt", "min_length")
_MOST = ("le", "lt", "max_length", "max_digits", "decimal_places", "whole_digits")
_CHARACTERS = re.compile(r"\^\[([^\\\[\]]+)\]\{(\d+),(\d+)\}\$")
_OWN = "Value error, "  # pydantic's words before the text of a ValueError
_EMAIL = "value is not a valid email address"


def faults(error: ValidationError, *, place: str = "") -> list[Fault]:
    """The faults that pydantic found. `place` stands before each pointer: empty for the body, `/query` for the query string."""
    return [_fault(found, place, error.title) for found in error.errors(include_url=False, include_input=False)]


def problem(error: ValidationError, *, place: str = "") -> Problem:
    """`invalid` with the faults, or `body_not_json`."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        where = re.search(r"at line (\d+) column (\d+)", first["msg"])
        detail = f"Character {where[2]} of line {where[1]} is not as JSON has it." if where else None
        return Problem("body_not_json", detail)
    return Problem("invalid", errors=faults(error, place=place))


def _fault(found: Any, place: str, form: str) -> Fault:
    context = found.get("ctx", {})
    members = _members(context)
    name = found["type"]
    if context.get("field_type") == "Value":  # a text whose length is counted after a validator of ours
        name = f"string_{name}"
    elif name == "model_type" and context.get("class_name") == Money.__name__:
        name = "money"
    fields = _fields_of(_model_named(context.get("class_name")))
    if name == "extra_forbidden" and (fields := _fields_of(_model_at(_model_named(form), found["loc"][:-1]))):
        name = "extra_field"
    code, sentence = _told(name, found["msg"])
    if pattern := context.get("pattern"):
        sentence = SHAPES.get(pattern) or _of_characters(pattern) or sentence
    elif members.get("min") == "1" and name in _EMPTY:
        sentence = _EMPTY[name]
    elif name in _FAULTS:
        sentence = sentence.format(**{**members, "allowed": ", ".join(members.get("allowed", [])), "fields": fields})
    return ValueFault(
        pointer=place + "".join(f"/{escape(str(part))}" for part in found["loc"]),
        code=code,
        detail=sentence,
        **members,
    )


def _told(name: str, message: str) -> tuple[str, str]:
    """Code of a fault and the words for it, by the library's name and message. A name of ours is the code, with the words of its validator."""
    if name in _FAULTS:
        return _FAULTS[name]
    if name == "value_error":
        return _of_value(message.removeprefix(_OWN))
    return _OTHER if name in _OF_THE_LIBRARY else (name, message)


def _members(context: Mapping[str, Any]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, terms in (("min", _LEAST), ("max", _MOST)):
        bound = next((context[term] for term in terms if term in context), None)
        if isinstance(bound, int | float | Decimal | str):
            members[name] = str(bound)
    if "expected" in context:
        members["allowed"] = re.findall(r"'([^']*)'", str(context["expected"]))
    return members


def _fields_of(model: type[BaseModel] | None) -> str:
    return ", ".join(each.alias or name for name, each in model.model_fields.items()) if model else ""


def _model_named(class_name: str | None) -> type[BaseModel] | None:
    """The model by the name of its class, of which there is one in the house."""
    waiting = [BaseModel] if class_name else []
    while waiting:
        model = waiting.pop()
        if model.__name__ == class_name:
            return model
        waiting += model.__subclasses__()
    return None


def _model_at(model: type[BaseModel] | None, path: Iterable[str | int]) -> type[BaseModel] | None:
    """The model of the value at a path below a model; None where there may be several, or a mapping is on the way."""
    for part in path:
        if model and isinstance(part, str):
            within = [each.annotation for name, each in model.model_fields.items() if part in (name, each.alias)]
            inner = models_in(within[0]) if within else []
            model = inner[0] if len(inner) == 1 else None
    return model


def _of_characters(pattern: str) -> str | None:
    """The sentence of a pattern that is so many of some characters."""
    found = _CHARACTERS.fullmatch(pattern)
    return f"From {found[2]} to {found[3]} of the characters {found[1]}." if found else None


def _of_value(message: str) -> tuple[str, str]:
    """Code of a ValueError, and its text as a sentence."""
    if message.startswith(_EMAIL):
        return "email", "This is not an email address."
    return "value", f"{message[0].upper()}{message[1:]}."
