"""Sentences of values that do not fit."""

from typing import Annotated, Any

import pytest
from pydantic import Base64Bytes, BaseModel, Field, ValidationError, create_model

from chalicelib.platform.fields import SHAPES, Name
from chalicelib.platform.http import validation
from chalicelib.platform.http.forms import Form, PageQuery
from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.money import Money


@pytest.mark.parametrize("pattern", sorted(SHAPES))
def test_a_text_of_another_shape_is_told_how_it_is_written(pattern: str) -> None:
    made = create_model("Asked", field=(Annotated[str, Field(pattern=pattern)], ...))
    with pytest.raises(ValidationError) as refused:
        made.model_validate({"field": "\t"})
    assert [fault.detail for fault in validation.faults(refused.value)] == [SHAPES[pattern]]


def test_what_is_empty_is_told_so_without_a_number() -> None:
    made = create_model(
        "Asked",
        name=(Annotated[str, Field(min_length=1)], ...),
        file=(Base64Bytes, Field(min_length=1)),
        rows=(Annotated[list[str], Field(min_length=1)], ...),
    )
    with pytest.raises(ValidationError) as refused:
        made.model_validate({"name": "", "file": "", "rows": []})
    assert [fault.detail for fault in validation.faults(refused.value)] == [
        "This field cannot be empty.",
        "This field cannot be empty.",
        "Give at least one.",
    ]


def test_a_field_too_many_is_told_which_there_are() -> None:
    with pytest.raises(ValidationError) as refused:
        PageQuery.model_validate({"page": "2"})
    [fault] = validation.faults(refused.value)
    assert (fault.code, fault.detail) == ("unknown_field", "There is no such field. There are: limit, cursor.")
    assert in_russian(fault.detail) == "Такого поля нет. Есть: limit, cursor."


class Packed(Form):
    boxes: int = 1


class Packing(Form):
    lines: list[Packed] = Field(default=[])
    inner: Packed | None = None
    by_name: dict[str, Packed] = Field(default={})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"lines": [{}, {"bags": 1}]}, "There is no such field. There are: boxes."),
        ({"inner": {"bags": 1}}, "There is no such field. There are: boxes."),
        ({"by_name": {"a": {"bags": 1}}}, "There is no such field."),
    ],
)
def test_a_field_too_many_is_told_which_there_are_where_it_stands(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Packing.model_validate(given)
    assert [fault.detail for fault in validation.faults(refused.value)] == [told]


class Priced(BaseModel):
    amount: str
    unit: str = Field(alias="per")


class Named(BaseModel):
    code: str = Field(default="a", pattern=r"^[a-z0-9_-]{1,32}$")
    name: Annotated[Name, Field(min_length=2)] = "Svet"
    price: Money | None = None
    cost: Priced | None = None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"code": "Ф 1"}, "From 1 to 32 of the characters a-z0-9_-."),
        ({"name": "x"}, "Give at least 2 characters."),
        ({"cost": "1 000,50"}, "This is an object with the fields amount, per."),
        ({"price": "1 000,50"}, 'A sum is written as {"amount": "1234.50", "currency": "RUB"}.'),
    ],
)
def test_a_value_of_the_wrong_shape_is_told_the_right_one(given: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Named.model_validate(given)
    [fault] = validation.faults(caught.value)
    assert fault.detail == told
    assert in_russian(told) != told
