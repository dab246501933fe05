"""Suppressions of addresses, as the staff see and lift them."""

from chalicelib import mail
from chalicelib.members.schemas import SuppressionView
from chalicelib.platform import Context
from chalicelib.table import Item, Transaction


def list_suppressions(
    context: Context, email: str | None, limit: int, after: dict[str, str] | None
) -> tuple[list[SuppressionView], dict[str, str] | None]:
    """Newest first; with an address only that one, if it is suppressed."""
    if email:
        found = mail.suppression(context, email)
        return [_view(found)] if found else [], None
    page = mail.suppressions_page(context, limit, after)
    return [_view(item) for item in page.items], page.last


def _view(item: Item) -> SuppressionView:
    return SuppressionView(email=item["email"], reason=item["reason"], bounced="bounced_at" in item, at=item["at"])


def lift_suppression(context: Context, email: str, *, reason: str, by: str) -> None:
    """Letters go to the address again. Raises 404 for an address that is not suppressed."""
    tx = Transaction()
    mail.lift(context, tx, email, reason=reason, by=by)
