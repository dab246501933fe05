"""Base models of records and of input. They do not depend on HTTP or on the table."""

from collections.abc import Mapping
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import (
    CoreSchema,
    no_info_before_validator_function,
    with_info_before_validator_function,
)

_OF_TEXTS: Final = {"of_texts": True}  # the context of validation of a query
_TRUTHS = {"true": True, "false": False}


class Record(BaseModel):
    """Base of records: takes its own fields from an item and ignores the others."""

    # Built at first use: a cold start waits only for the models that its request needs.
    model_config = ConfigDict(frozen=True, defer_build=True)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        return cls.model_validate(item)


class Written(BaseModel):
    """Base of input, kept or not: refuses unknown fields, truths where a number is asked, and other words for a truth. Built at first use."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True)

    @classmethod
    def from_texts(cls, given: Mapping[str, Any]) -> Self:
        """Of a query or the form of a page, where a truth is a text: `true` or `false`."""
        return cls.model_validate(given, context=_OF_TEXTS)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        guarded: CoreSchema = _guarded(handler(source))
        return guarded


def _guarded(schema: Any) -> Any:
    """The schema, in which a number is no truth and a truth nothing else. pydantic takes true for 1, and `yes`, `on` and 1 for true."""
    if isinstance(schema, list | tuple):
        return type(schema)(_guarded(each) for each in schema)
    if not isinstance(schema, dict):
        return schema
    match schema.get("type"):
        case "int":
            return no_info_before_validator_function(_whole_number, schema)
        case "decimal" | "float":
            return no_info_before_validator_function(_number, schema)
        case "bool":
            return with_info_before_validator_function(_truth, schema)
    return {name: each if name in _NO_SCHEMAS else _guarded(each) for name, each in schema.items()}


_NO_SCHEMAS = frozenset({"metadata", "serialization", "default", "expected"})


def _whole_number(given: object) -> object:
    if given is True or given is False:
        raise PydanticKnownError("int_type")
    return given


def _number(given: object) -> object:
    if given is True or given is False:
        raise PydanticKnownError("decimal_type")
    return given


def _truth(given: Any, info: ValidationInfo) -> bool:
    found = _TRUTHS.get(given) if info.context is _OF_TEXTS and isinstance(given, str) else given
    if not isinstance(found, bool):
        raise PydanticKnownError("bool_type")
    return found
