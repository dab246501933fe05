"""The items of overviews: an `OverviewDay` a night. A night of a month's end is kept for ten years, any other for two months."""

from datetime import date, timedelta

from chalicelib.platform import Context
from chalicelib.retention.overview import keys
from chalicelib.retention.overview.model import OverviewDay
from chalicelib.table import from_item, to_item

MOST_READ = 400
KEEP_DAYS, KEEP_MONTH_END_DAYS = 62, 3653


def save(context: Context, found: OverviewDay) -> None:
    ends_month = (found.day + timedelta(days=1)).day == 1
    expires = context.expiry(days=KEEP_MONTH_END_DAYS if ends_month else KEEP_DAYS)
    context.table.put({**keys.overview(found.day.isoformat()).as_item(), **to_item(found), "expires_at": expires})


def days(context: Context, since: date, most: int = MOST_READ) -> list[OverviewDay]:
    """Newest first, at most so many. One call."""
    page = context.table.query(
        keys.overview("").pk, between=(f"DAY#{since.isoformat()}", "DAY#~"), newest_first=True, limit=most
    )
    return [from_item(OverviewDay, item) for item in page.items]
