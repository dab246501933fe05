"""The sale that a return takes back."""

from datetime import date

import pytest

from chalicelib.exchange.reading.rules import original_of_return
from chalicelib.sales.rules import Original

JANUARY = date(2026, 1, 12)


@pytest.mark.parametrize(
    ("number", "sale_day", "named"),
    [
        ("УТ-1", date(2025, 12, 30), Original("УТ-1", ("2025",), date(2025, 12, 30))),
        ("УТ-1", None, Original("УТ-1", ("2026", "2025"), None)),
        ("", JANUARY, Original("", (), JANUARY)),
    ],
    ids=["in the year of its day", "without a day in this year or the one before", "by its day alone"],
)
def test_a_number_is_looked_for(number: str, sale_day: date | None, named: Original) -> None:
    assert original_of_return(number, sale_day, date(2026, 2, 1)) == named
