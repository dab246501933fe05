"""Faults of values that do not fit a form, in sentences of the club's own.

Codes are pydantic's names of the faults; a further member (`min`, `max`, `allowed`) says what would fit.
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

_NUMBER = "This is not a number. Write it as 1234.50."
_WHOLE = "This is not a whole number."
_DATE = "A date is written as YYYY-MM-DD."
_TIME = "A time is written as in RFC 3339, with its zone."
_TRUTH = "This is true or false, without quotes."

_SENTENCES: dict[str, str] = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field.",
    "extra_field": "There is no such field. There are: {fields}.",
    "string_type": "This is not a text.",
    "bytes_type": "This is not a text.",
    "bytes_too_short": "Give at least {min} characters.",
    "bytes_too_long": "Give at most {max} characters.",
    "base64_decode": "The file is not written in Base64.",
    "string_too_short": "Give at least {min} characters.",
    "string_too_long": "Give at most {max} characters.",
    "string_pattern_mismatch": "This does not have the form that is asked for.",
    "too_short": "Give at least {min} of them.",
    "too_long": "Give at most {max} of them.",
    "greater_than": "More than {min}.",
    "greater_than_equal": "At least {min}.",
    "less_than": "Less than {max}.",
    "less_than_equal": "At most {max}.",
    "decimal_max_digits": "At most {max} digits in all.",
    "decimal_max_places": "At most {max} digits after the point.",
    "decimal_whole_digits": "At most {max} digits before the point.",
    "enum": "One of: {allowed}.",
    "literal_error": "One of: {allowed}.",
    "list_type": "This is not a list.",
    "model_type": "This is an object with the fields {fields}.",
    "money": 'A sum is written as {{"amount": "1234.50", "currency": "RUB"}}.',
    "model_attributes_type": "This is not an object.",
    "dict_type": "This is not an object.",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(("decimal_type", "decimal_parsing", "float_type", "float_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DATE),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"), _TIME),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
}
_EMPTY = {"string_too_short": "This field cannot be empty.", "too_short": "Give at least one."}
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
    code = found["type"]
    if context.get("field_type") == "Value":  # a text whose length is counted after a validator of ours
        code = f"string_{code}"
    elif code == "model_type" and context.get("class_name") == Money.__name__:
        code = "money"
    fields = _fields_of(_model_named(context.get("class_name")))
    if code == "extra_forbidden" and (fields := _fields_of(_model_at(_model_named(form), found["loc"][:-1]))):
        code = "extra_field"
    return ValueFault(
        pointer=place + "".join(f"/{escape(str(part))}" for part in found["loc"]),
        code=found["type"],
        detail=_sentence(code, found["msg"], members, context.get("pattern"), fields),
        **members,
    )


def _members(context: Mapping[str, Any]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, terms in (("min", _LEAST), ("max", _MOST)):
        bound = next((context[term] for term in terms if term in context), None)
        if isinstance(bound, int | float | Decimal | str):
            members[name] = str(bound)
    if "expected" in context:
        members["allowed"] = re.findall(r"'([^']*)'", str(context["expected"]))
    return members


def _sentence(code: str, message: str, members: Mapping[str, Any], pattern: str | None, fields: str) -> str:
    if pattern and (known := SHAPES.get(pattern) or _of_characters(pattern)):
        return known
    if members.get("min") == "1" and code in _EMPTY:
        return _EMPTY[code]
    if code in _SENTENCES:
        allowed = ", ".join(members.get("allowed", []))
        return _SENTENCES[code].format(**{**members, "allowed": allowed, "fields": fields})
    if code == "value_error":
        return _of_value(message.removeprefix(_OWN))
    return "This value is not allowed here." if code in _OF_THE_LIBRARY else message


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


def _of_value(message: str) -> str:
    """The text of a ValueError as a sentence."""
    if message.startswith(_EMAIL):
        return "This is not an email address."
    return f"{message[0].upper()}{message[1:]}."
