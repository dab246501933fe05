from typing import Annotated

from pydantic import Field

from chalicelib.platform import CursorPage, Form, PageQuery, View
from chalicelib.platform.fields import NO_ID, shape

_EXAMPLE = "20261120T090000000Z-ltr_5e2b8f0c0d534a5c9c1e2f4c5c1f7f10"
NotificationId = Annotated[str, Field(pattern=shape(r"^[0-9TZ]{19}-ltr_[0-9a-z]{1,40}$", NO_ID), examples=[_EXAMPLE])]


class NotificationsQuery(PageQuery):
    """All notifications, or the unread ones. A page of unread ones may hold fewer than `limit`, or none, and still have a `next_cursor`."""

    unread: bool = Field(default=False, description="Only those that are not read.")


class NotificationView(View):
    """A notification: the subject and first words of a letter."""

    notification_id: str = Field(description="The id of the notification.")
    letter: str = Field(description="The name of its letter, for example order_shipped.", examples=["order_shipped"])
    title: str = Field(description="The subject of the letter, in the language of its reader.")
    text: str = Field(description="The first words of the letter.")
    about: dict[str, str] = Field(
        description="Ids of the things in it, by their names in the API.", examples=[{"order_id": "ord_0001"}]
    )
    page_url: str = Field(
        description="The page of the portal to which its letter leads.",
        examples=["https://portal.example/orders/ord_0001"],
    )
    at: str
    read: bool


class NotificationPage(CursorPage[NotificationView]):
    """Newest first. Notifications are kept for 90 days."""


class ReadForm(Form):
    """The notifications that were read."""

    notification_ids: list[NotificationId] | None = Field(
        default=None, min_length=1, max_length=50, description="All up to now, if absent.", examples=[[_EXAMPLE]]
    )
