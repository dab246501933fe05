"""Sentences of values that do not fit."""

from typing import Annotated

import pytest
from pydantic import Field, ValidationError, create_model

from chalicelib.platform.fields import SHAPES
from chalicelib.platform.http import validation


@pytest.mark.parametrize("pattern", sorted(SHAPES))
def test_a_text_of_another_shape_is_told_how_it_is_written(pattern: str) -> None:
    made = create_model("Asked", field=(Annotated[str, Field(pattern=pattern)], ...))
    with pytest.raises(ValidationError) as refused:
        made.model_validate({"field": "\t"})
    assert [fault.detail for fault in validation.faults(refused.value)] == [SHAPES[pattern]]


def test_what_is_empty_is_told_so_without_a_number() -> None:
    made = create_model(
        "Asked", name=(Annotated[str, Field(min_length=1)], ...), rows=(Annotated[list[str], Field(min_length=1)], ...)
    )
    with pytest.raises(ValidationError) as refused:
        made.model_validate({"name": "", "rows": []})
    assert [fault.detail for fault in validation.faults(refused.value)] == [
        "This field cannot be empty.",
        "Give at least one.",
    ]
