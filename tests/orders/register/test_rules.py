from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from chalicelib.orders.order.rules import order_number
from chalicelib.orders.register.rules import OrderSearch, day_of_number, days_of
from chalicelib.platform.spelling.words import code_key

DAYS = some.dates(date(2000, 1, 3), date(2068, 12, 29))


@given(DAYS, some.text(max_size=20), some.integers(-1, 1))
def test_the_days_of_a_number_hold_the_order_in_every_time_zone(day: date, order_id: str, zone: int) -> None:
    first, last = days_of(OrderSearch(number=code_key(order_number(day, order_id))))
    assert first is not None
    assert last is not None
    assert first <= day + timedelta(days=zone) <= last


@given(DAYS, DAYS, DAYS)
def test_a_number_never_widens_the_period(day: date, first: date, last: date) -> None:
    begin, end = days_of(OrderSearch(number=f"{day:%y%m%d}-AAAAA", first=first, last=last))
    assert begin is not None
    assert end is not None
    assert begin >= first
    assert end <= last


def test_a_number_of_the_companys_own_says_nothing_of_days() -> None:
    assert [day_of_number(each) for each in ("ЗАЯВКА 7", "261332-AAAAA", "26112-AAAAA", "")] == [None] * 4
    assert days_of(OrderSearch(number="7")) == (None, None)
