"""The manager of each region, who gets the companies that files bring."""

from collections.abc import Iterable, Mapping

from chalicelib import members
from chalicelib.companies.regions import store
from chalicelib.companies.regions.model import RegionManagers
from chalicelib.companies.regions.schemas import RegionManagersForm, RegionManagersView, RegionManagerView
from chalicelib.platform import STAFF_OWNER, Context, Fault, Problem
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.table import Transaction

_MEMO = "region_managers"


def managers_of_regions(context: Context) -> Mapping[str, str]:
    """The manager of each region, by region; those who are still on the staff. Read once for the whole of the work, in two calls."""
    if _MEMO not in context.memo:
        listed = store.read(context.table).managers
        staff = _staff_among(context, listed.values())
        context.memo[_MEMO] = {region: each for region, each in listed.items() if each in staff}
    found: Mapping[str, str] = context.memo[_MEMO]
    return found


def show(context: Context) -> RegionManagersView:
    """Three calls."""
    return _shown(context, store.read(context.table, consistent=True))


def replace(context: Context, version: int, form: RegionManagersForm, *, by: str) -> RegionManagersView:
    """Raises 412 for an old version, 422 for somebody who is not one of the staff who call companies."""
    before = store.read(context.table, consistent=True)
    if before.version != version:
        raise Problem("precondition_failed")
    staff = _staff_among(context, (each.manager_id for each in form.regions))
    faults = [
        Fault(
            pointer=f"/regions/{place}/manager_id",
            code="not_staff",
            detail="This person is not one of the staff who call companies.",
        )
        for place, each in enumerate(form.regions)
        if each.manager_id not in staff
    ]
    if faults:
        raise Problem("invalid", errors=faults)
    after = RegionManagers({each.region: each.manager_id for each in form.regions}, by, version + 1)
    tx = Transaction()
    for manager_id in sorted(set(after.managers.values()) - {by}):
        members.check_membership(tx, manager_id, "staff", STAFF_OWNER, staff_roles("staff.calls"), Problem("conflict"))
    store.replace(tx, before, after)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return _shown(context, after)


def _staff_among(context: Context, member_ids: Iterable[str]) -> set[str]:
    """Those of them who are on the staff and call companies. One call."""
    found = members.memberships(context, sorted(set(member_ids)))
    return {
        each
        for each, membership in found.items()
        if (membership.kind, membership.status) == ("staff", "active") and membership.role in staff_roles("staff.calls")
    }


def _shown(context: Context, listed: RegionManagers) -> RegionManagersView:
    staff = _staff_among(context, listed.managers.values())
    named = members.members(context, sorted(staff))
    return RegionManagersView(
        regions=[
            RegionManagerView(region=region, manager_id=each, name=named[each].name if each in named else None)
            for region, each in sorted(listed.managers.items())
        ],
        version=listed.version,
    )
