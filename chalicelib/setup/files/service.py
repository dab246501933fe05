"""Loads a file of the set-up row by row, each with the checks and the transaction of the operation for one of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from chalicelib import companies, distributors, members
from chalicelib.companies import RegionManagerForm, RegionManagersForm
from chalicelib.distributors import Distributor, DistributorChangeForm, DistributorForm
from chalicelib.members import StaffForm
from chalicelib.platform import Context
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.platform.config.region_config import region_names
from chalicelib.platform.http import validation
from chalicelib.platform.http.problems import Fault, Problem, faults_of
from chalicelib.setup.files import rules
from chalicelib.setup.files.rules import Kind, Row
from chalicelib.setup.files.schemas import SetupFileForm, SetupFileView, SetupRowView

_PAGE = 100
_PRIORITY = 100


def load(context: Context, form: SetupFileForm, by: str) -> SetupFileView:
    """Raises 422 for a file without the columns of its kind."""
    try:
        file = rules.file_of(form.content, form.kind)
    except rules.Unreadable as why:
        raise Problem.invalid("unreadable", "/content", str(why)) from None
    loader: Mapping[Kind, Callable[[Context, list[Row], str], Iterator[SetupRowView]]] = {
        "staff": _staff,
        "distributors": _distributors,
        "region_managers": _region_managers,
    }
    return SetupFileView(items=list(loader[form.kind](context, file.rows, by)), ignored=file.ignored)


def _staff(context: Context, rows: list[Row], by: str) -> Iterator[SetupRowView]:
    for row in rows:
        yield _tried(row, _appoint, context, by)


def _appoint(row: Row, context: Context, by: str) -> None:
    members.appoint_staff(context, StaffForm.model_validate(row.cells), by=by)


def _distributors(context: Context, rows: list[Row], by: str) -> Iterator[SetupRowView]:
    known = {each.name.casefold(): each for each in distributors.every_distributor(context)}
    names = _codes(context)
    for row in rows:
        yield _tried(row, _write_distributor, context, known, names)


def _write_distributor(row: Row, context: Context, known: dict[str, Distributor], names: Mapping[str, str]) -> None:
    """Creates the distributor of the row, or changes the one of this name where the row differs from it."""
    before = known.get(row.cells.get("name", "").casefold())
    kept = {each.region: each.priority for each in before.regions} if before else {}
    regions = [
        {"region": code, "priority": kept.get(code, _PRIORITY)}
        for code in rules.region_codes(row.cells.get("regions", ""), names)
    ]
    cells: dict[str, Any] = {name: cell for name, cell in row.cells.items() if name != "warehouses"} | {
        "regions": regions
    }
    if warehouses := rules.several(row.cells.get("warehouses", "")):
        cells["stock"] = {"warehouses": warehouses, "binding": bool(before and before.stock.binding)}
    if before is None:
        made = distributors.create_distributor(context, DistributorForm.model_validate(cells))
        known[made.name.casefold()] = made
        return
    form = DistributorChangeForm.model_validate(cells)
    told = form.model_dump(exclude_none=True)
    if told != {name: value for name, value in before.model_dump().items() if name in told}:
        changed = distributors.change_distributor(context, before.distributor_id, before.version, form)
        known[changed.name.casefold()] = changed


def _region_managers(context: Context, rows: list[Row], by: str) -> Iterator[SetupRowView]:
    """All rows that are right become one list, together with the regions that the file does not name."""
    staff = {
        each.email.casefold(): each.member_id
        for each in _known_staff(context)
        if each.role in staff_roles("staff.calls")
    }
    names = _codes(context)
    listed = companies.show_region_managers(context)
    managers = {each.region: each.manager_id for each in listed.regions}
    results = [_tried(row, _name_manager, managers, staff, names) for row in rows]
    if managers != {each.region: each.manager_id for each in listed.regions}:
        form = RegionManagersForm(
            regions=[RegionManagerForm(region=region, manager_id=each) for region, each in managers.items()]
        )
        companies.replace_region_managers(context, listed.version, form, by=by)
    yield from results


def _name_manager(row: Row, managers: dict[str, str], staff: Mapping[str, str], names: Mapping[str, str]) -> None:
    manager_id = staff.get(row.cells.get("manager", "").casefold())
    if manager_id is None:
        raise Problem.invalid("not_staff", "/manager", "Nobody of the staff who call companies has this email.")
    codes = rules.region_codes(row.cells.get("regions", ""), names)
    if not codes:
        raise Problem.invalid("missing", "/regions", "This field is required.")
    forms = [RegionManagerForm(region=code, manager_id=manager_id) for code in codes]
    managers.update({form.region: manager_id for form in forms})


def _tried(row: Row, do: Callable[..., None], *given: Any) -> SetupRowView:
    errors: list[Fault] = []
    try:
        do(row, *given)
    except ValidationError as error:
        errors = validation.faults(error)
    except Problem as problem:
        if problem.status == 403:  # the caller may not do it at all
            raise
        errors = faults_of(problem)
    return SetupRowView(line=row.line, result="failed" if errors else "done", errors=errors)


def _codes(context: Context) -> dict[str, str]:
    """The code of each region by its name in either language."""
    names = (region_names(context.config, tongue) for tongue in ("en", "ru"))
    return {name.casefold(): code for each in names for code, name in each.items()}


def _known_staff(context: Context) -> Iterator[members.StaffMemberView]:
    after = None
    while True:
        found, after = members.some_staff(context, _PAGE, after)
        yield from found
        if after is None:
            return
