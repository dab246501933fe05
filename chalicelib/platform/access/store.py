"""Machine clients that may not call any more."""

from chalicelib.platform.access import keys
from chalicelib.platform.context import Context


def disable_client(context: Context, client_id: str) -> None:
    """The client's writes are refused from now on, even with a valid token. Safe to repeat."""
    context.table.put({**keys.disabled_client(client_id).as_item(), "at": context.at})
