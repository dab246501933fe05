"""Machine clients: the distributor that one works for, and those that may not call any more."""

from boto3.dynamodb.conditions import Attr

from chalicelib.platform.access import keys
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.scopes import roles_with
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Refused, Transaction


def bind_client(context: Context, client_id: str, distributor_id: str) -> None:
    """The client works for the distributor from now on. Safe to repeat. Raises 409 for a client of another distributor."""
    item = {**keys.bound_client(client_id).as_item(), "distributor_id": distributor_id, "at": context.at}
    try:
        context.table.put(item, when=Attr("pk").not_exists() | Attr("distributor_id").eq(distributor_id))
    except Refused:
        raise Problem("already_exists", "This client works for another distributor.") from None


def acting_for(context: Context, caller: Principal, scope: str) -> Principal:
    """The caller, as the distributor's whose machine client it is. One read, for a machine with a scope of distributors only.

    Raises 403 for a client that was disabled.
    """
    if caller.member_id is not None or not roles_with("distributor", scope):
        return caller
    if bound := context.table.get(keys.bound_client(caller.subject)):
        return caller._replace(distributor_id=bound["distributor_id"])
    check_client(context, caller.subject)
    return caller


def check_client(context: Context, client_id: str) -> None:
    """Raises 403 for a client that was disabled. One read, consistent."""
    if context.table.get(keys.disabled_client(client_id), consistent=True):
        raise Problem.client_disabled()


def disable_client(context: Context, client_id: str) -> None:
    """The client's requests are refused from now on, even with a valid token. Safe to repeat."""
    tx = Transaction()
    tx.put({**keys.disabled_client(client_id).as_item(), "at": context.at})
    tx.delete(keys.bound_client(client_id))
    context.table.commit(tx)
