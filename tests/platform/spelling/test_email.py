"""Addresses of e-mail, as forms take and keep them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.platform.spelling.email import Email

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@pytest.mark.parametrize(
    "typed", ["Anna@Папироска.РФ", "anna@xn--80aaxitdbjk.xn--p1ai", "anna@XN--80AAXITDBJK.xn--p1ai"]
)
def test_an_address_is_one_however_its_domain_is_written(typed: str) -> None:
    assert EMAIL.validate_python(typed) == "anna@папироска.рф"


@pytest.mark.parametrize(
    "typed", ["вера@example.com", "вера@папироска.рф", "annа@example.com"]
)  # the last a is Cyrillic
def test_a_name_before_the_at_that_the_mail_service_does_not_take_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        EMAIL.validate_python(typed)
    (fault,) = refused.value.errors()
    assert fault["type"] == "value_error"
    assert "before @" in fault["msg"]
