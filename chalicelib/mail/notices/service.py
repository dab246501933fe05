"""Notifications: one for each service letter to a member, written when the letter is composed.

So there is one where the letter could not be sent, too: the address bounced, or complained.
"""

from chalicelib.mail.model import Letter, Mail
from chalicelib.mail.notices import rules, store
from chalicelib.mail.notices.model import Notice
from chalicelib.mail.notices.schemas import NotificationView
from chalicelib.platform import Context
from chalicelib.table import Position, from_item


def notify(context: Context, letter: Letter, mail: Mail) -> None:
    """Safe to repeat. One call."""
    notice = Notice(
        notification_id=rules.notification_id(letter.written_at, letter.letter_id),
        letter=letter.template,
        title=mail.subject,
        text=mail.preview,
        at=letter.written_at,
        about=mail.about,
        page_url=mail.page_url,
    )
    store.write(context, mail.member_id, notice)


def list_notifications(
    context: Context, member_id: str, unread: bool, limit: int, after: Position
) -> tuple[list[NotificationView], Position]:
    """Newest first. Two calls."""
    mark = store.mark_of(context, member_id)
    page = store.page(context, member_id, mark=mark, unread=unread, limit=limit, after=after)
    notices = [from_item(Notice, item) for item in page.items]
    return [NotificationView.from_record(each, read=rules.is_read(each, mark)) for each in notices], page.last


def mark_read(context: Context, member_id: str, notification_ids: list[str] | None) -> None:
    """None: all up to now. Safe to repeat."""
    if notification_ids is None:
        store.mark_all(context, member_id, rules.mark_of(context.at))
        return
    for each in notification_ids:
        store.mark_one(context, member_id, each)
