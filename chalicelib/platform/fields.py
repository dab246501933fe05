"""Kinds of fields that forms, answers and figures of several rooms share."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field


def day_of_year(text: str) -> str:
    """Raises ValueError for a text that is no MM-DD."""
    date.fromisoformat(f"2000-{text}")  # a leap year: 29 February is a day
    return text


def falling(days: list[int]) -> list[int]:
    """Days of warning. Raises ValueError unless the earliest stands first, each once."""
    if days != sorted(set(days), reverse=True):
        raise ValueError("the earliest warning stands first")
    return days


WarningDays = Annotated[list[Annotated[int, Field(ge=1, le=60)]], Field(max_length=5), AfterValidator(falling)]
DayOfYear = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(day_of_year)]
