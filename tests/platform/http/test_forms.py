"""Views of records."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from chalicelib.platform.http.forms import View
from chalicelib.platform.money import Money


class PartView(View):
    """A part."""

    name: str
    amount: Money


class WholeView(View):
    """A whole with its parts."""

    name: str
    note: str | None
    total: Money
    rest: Money | None
    first: PartView | None
    parts: list[PartView]
    count: int


class Part(NamedTuple):
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Whole:
    name: str
    currency: str
    parts: tuple[Part, ...]
    note: str = ""
    rest: Decimal | None = None
    first: Part | None = None

    @property
    def total(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))


WHOLE = Whole("w", "RUB", (Part("a", Decimal(1)), Part("b", Decimal("2.5"))))


def rub(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "RUB"}


def shown(whole: Whole, *currency: str, **more: Any) -> dict[str, Any]:
    return WholeView.from_record(whole, *currency, **more).model_dump(mode="json")


def test_a_view_shows_the_attributes_of_its_record_in_the_records_currency() -> None:
    assert shown(WHOLE, count=2) == {
        "name": "w",
        "note": None,
        "total": rub("3.50"),
        "rest": None,
        "first": None,
        "parts": [{"name": "a", "amount": rub("1.00")}, {"name": "b", "amount": rub("2.50")}],
        "count": 2,
    }


def test_a_view_shows_what_the_record_has_where_it_may_show_null() -> None:
    whole = Whole("w", "RUB", (), "n", Decimal(7), Part("a", Decimal(1)))
    found = shown(whole, count=0)
    assert (found["note"], found["rest"], found["first"]) == ("n", rub("7.00"), {"name": "a", "amount": rub("1.00")})


def test_a_given_currency_and_given_values_come_before_the_records_own() -> None:
    found = shown(WHOLE, "EUR", count=1, name="other")
    assert (found["name"], found["total"]["currency"], found["parts"][0]["amount"]["currency"]) == (
        "other",
        "EUR",
        "EUR",
    )


def test_a_field_that_the_record_does_not_have_must_be_given() -> None:
    with pytest.raises(AttributeError, match="count"):
        shown(WHOLE)
