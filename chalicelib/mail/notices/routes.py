from chalicelib.mail.notices import service
from chalicelib.mail.notices.schemas import NotificationPage, NotificationsQuery, ReadForm
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="members")


@routes.get("/v1/me/notifications", scope="me", query=NotificationsQuery)
def list_notifications(call: Call) -> NotificationPage:
    """List your notifications, from letters of the last 90 days, newest first."""
    return call.page(
        NotificationPage, service.list_notifications, call.context, call.principal.for_member(), call.query.unread
    )


@routes.post("/v1/me/notifications/read", scope="me", status=204)
def mark_notifications_read(call: Call, form: ReadForm) -> None:
    """Mark notifications as read: some, or all up to now. A repeat changes nothing."""
    service.mark_read(call.context, call.principal.for_member(), form.notification_ids)
