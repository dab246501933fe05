"""Rules of a search among orders."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from chalicelib.orders.order.rules import Order, OrderState, numbers_of

_CLUB_NUMBER = re.compile(r"(\d{6})-[0-9A-ZА-Я]{5}")


@dataclass(frozen=True, slots=True)
class OrderSearch:
    """The orders that are looked for; None and empty: any. `number` as `code_key` spells it; both days and both sums belong to it."""

    number: str = ""
    first: date | None = None
    last: date | None = None
    state: OrderState | None = None
    company_id: str = ""
    distributor_id: str = ""
    least: Decimal | None = None
    most: Decimal | None = None

    def holds(self, order: Order) -> bool:
        """The days are not looked at: they choose what is read."""
        return (
            self.state in (None, order.state)
            and (not self.number or self.number in numbers_of(order))
            and self.company_id in ("", order.company_id)
            and self.distributor_id in ("", order.distributor_id)
            and (self.least is None or order.total >= self.least)
            and (self.most is None or order.total <= self.most)
        )


def days_of(search: OrderSearch) -> tuple[date | None, date | None]:
    """The days on which such orders were placed. A number of the club begins with its day, in whichever zone that began."""
    day = day_of_number(search.number)
    if day is None:
        return search.first, search.last
    return _latest([search.first, day - timedelta(days=1)]), _earliest([search.last, day + timedelta(days=1)])


def day_of_number(number: str) -> date | None:
    """The day of a number of the club; None for any other number."""
    found = _CLUB_NUMBER.fullmatch(number)
    try:
        return datetime.strptime(found[1], "%y%m%d").date() if found else None
    except ValueError:
        return None


def _latest(days: Collection[date | None]) -> date:
    return max(day for day in days if day)


def _earliest(days: Collection[date | None]) -> date:
    return min(day for day in days if day)
