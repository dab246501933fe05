"""The notifications of members in the table. They expire by themselves, so a member never has more than those of `KEEP_DAYS`."""

from collections.abc import Iterator
from contextlib import suppress

from boto3.dynamodb.conditions import Attr

from chalicelib.mail.notices import keys
from chalicelib.mail.notices.model import Notice
from chalicelib.platform import Context
from chalicelib.table import Item, Key, Page, Refused, from_item, to_item

KEEP_DAYS = 90
AMONG = 200  # notifications that a page of unread ones looks at


def write(context: Context, member_id: str, notice: Notice) -> None:
    """One that is there already stays, with its read mark."""
    key = keys.notice(member_id, notice.notification_id)
    item = {**key.as_item(), **to_item(notice), "expires_at": context.expiry(days=KEEP_DAYS)}
    with suppress(Refused):
        context.table.put(item, when=Attr("pk").not_exists())


def page(
    context: Context, member_id: str, *, mark: str, unread: bool, limit: int, after: dict[str, str] | None
) -> Page:
    """Newest first. A page of unread ones may hold fewer than `limit`, or none, and still go on."""
    first = keys.notice(member_id, "")
    if not unread:
        return context.table.query(first, newest_first=True, limit=limit, after=after)
    where = Attr("read_at").not_exists() & Attr("notification_id").gt(mark)
    question = {"starts": first.sk, "newest_first": True, "after": after}
    return context.table.query_some(first.pk, where=where, limit=limit, among=AMONG, **question)


def newest(context: Context, member_id: str, limit: int) -> list[Notice]:
    """One call."""
    found = context.table.query(keys.notice(member_id, ""), newest_first=True, limit=limit)
    return [from_item(Notice, item) for item in found.items]


def mark_of(context: Context, member_id: str) -> str:
    """Empty while nothing is marked. One call."""
    item = context.table.get(keys.read_mark(member_id))
    return str(item["up_to"]) if item else ""


def mark_all(context: Context, member_id: str, up_to: str) -> None:
    item = {**keys.read_mark(member_id).as_item(), "up_to": up_to, "expires_at": context.expiry(days=KEEP_DAYS)}
    context.table.put(item)


def mark_one(context: Context, member_id: str, notification_id: str) -> None:
    """One that has expired is as good as read."""
    with suppress(Refused):
        context.table.update(
            keys.notice(member_id, notification_id), default={"read_at": context.at}, when=Attr("pk").exists()
        )


def every(context: Context, member_id: str) -> Iterator[Notice]:
    for item in context.table.query_all(keys.notice(member_id, "")):
        yield from_item(Notice, item)


def forget(context: Context, member_id: str) -> None:
    """All notifications of the member, and the mark."""
    found: Iterator[Item] = context.table.query_all(keys.read_mark(member_id).pk)
    context.table.delete_many(Key(item["pk"], item["sk"]) for item in found)
