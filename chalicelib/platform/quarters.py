"""Quarters of the calendar. Pure."""

from datetime import date


def quarter_of(day: date) -> str:
    """The quarter of a day: `2026-Q4`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def months_in(quarter: str) -> tuple[date, date]:
    """The first and the last month of a quarter such as `2026-Q4`, each as its first day."""
    year, _, number = quarter.partition("-Q")
    return date(int(year), 3 * int(number) - 2, 1), date(int(year), 3 * int(number), 1)
