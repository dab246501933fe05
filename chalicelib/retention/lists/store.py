"""The items of call lists.

DAY     a `CallList`, made once a day for a manager, in one transaction with its cases
script  the texts of a kind of calls, by language
"""

from datetime import date

from boto3.dynamodb.conditions import Attr

from chalicelib.platform import Context
from chalicelib.retention.lists import keys
from chalicelib.retention.lists.model import CallList
from chalicelib.table import Item, Transaction, from_item, to_item

KEEP_DAYS = 400


def load(context: Context, manager_id: str, day: date, *, consistent: bool = False) -> CallList | None:
    return context.table.read(CallList, keys.call_list(manager_id, day.isoformat()), consistent=consistent)


def latest(context: Context, manager_id: str) -> CallList | None:
    """The manager's newest list, read consistently."""
    found = context.table.query(
        keys.call_list(manager_id, "").pk, starts="DAY#", newest_first=True, limit=1, consistent=True
    ).items
    return from_item(CallList, found[0]) if found else None


def since(context: Context, manager_id: str, first: date) -> list[CallList]:
    """The manager's lists from this day on, newest first: at most one a day. One call for each MB."""
    key = keys.call_list(manager_id, "")
    days = (f"DAY#{first.isoformat()}", "DAY#~")
    found = context.table.query_all(key.pk, between=days, newest_first=True)
    return [from_item(CallList, item) for item in found]


def create(tx: Transaction, context: Context, made: CallList) -> None:
    """Refused with label `list` if the day has one."""
    tx.create(_item(context, made), label="list")


def put(tx: Transaction, context: Context, changed: CallList, before: CallList) -> None:
    """Refused with label `list` if somebody changed it meanwhile."""
    tx.put(_item(context, changed), when=Attr("version").eq(before.version), label="list")


def _item(context: Context, made: CallList) -> Item:
    key = keys.call_list(made.manager_id, made.day.isoformat())
    return {**key.as_item(), **to_item(made), "expires_at": context.expiry(days=KEEP_DAYS)}
