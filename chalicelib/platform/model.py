"""Base models of records and of input. They do not depend on HTTP or on the table."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of records: takes its own fields from an item and ignores the others."""

    # Built at first use: a cold start waits only for the models that its request needs.
    model_config = ConfigDict(frozen=True, defer_build=True)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        return cls.model_validate(item)


class Written(BaseModel):
    """Base of input, kept or not: refuses unknown fields. Built at first use."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True)
