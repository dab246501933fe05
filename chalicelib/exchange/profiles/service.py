"""Changes of saved profiles. Earlier imports keep the settings that they were read with."""

from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.store import KeptProfile
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.platform import Context, Problem, or_not_found
from chalicelib.table import Refused, Transaction


def show_profile(context: Context, source: str, profile_id: str) -> KeptProfile:
    """Raises 404 for an unknown one."""
    return or_not_found(store.load_profile(context, source, profile_id))


def replace_profile(
    context: Context, source: str, profile_id: str, form: SalesProfileForm, by: str, version: int
) -> KeptProfile:
    """Raises 404 for an unknown one, 412 for another version."""
    before = show_profile(context, source, profile_id)
    if before.version != version:
        raise Problem("precondition_failed")
    tx = Transaction()
    after = store.change_profile(tx, context, before, form, by)
    try:
        context.table.commit(tx)
    except Refused as refused:
        raise Problem("precondition_failed" if refused.items["profile"] else "not_found") from None
    return after


def delete_profile(context: Context, source: str, profile_id: str) -> None:
    """Raises 404 for an unknown one."""
    show_profile(context, source, profile_id)
    tx = Transaction()
    store.delete_profile(tx, source, profile_id)
    context.table.commit(tx)
