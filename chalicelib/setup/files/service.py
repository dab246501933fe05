"""Loads a file of the set-up row by row, each with the checks and the transaction of the operation for one of them.

A file of companies is compared with them, and what differs is one hand-over: it gives each company its manager, region and distributor.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from chalicelib import companies, desk, distributors, exchange, members
from chalicelib.companies import FirmMember, RegionManagerForm, RegionManagersForm
from chalicelib.desk import HandOverRow
from chalicelib.distributors import Distributor, DistributorChangeForm, DistributorForm
from chalicelib.exchange import CellError, TaxNumbers
from chalicelib.members import StaffForm
from chalicelib.platform import Context, spelled
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.platform.config.region_config import region_names
from chalicelib.platform.http import validation
from chalicelib.platform.http.problems import Fault, Problem, faults_of
from chalicelib.setup.files.names import Names
from chalicelib.setup.files.reader import Row, file_of, is_foreign, several
from chalicelib.setup.files.rules import MOST_TOLD, SCOPES
from chalicelib.setup.files.schemas import SetupFileForm, SetupFileView, SetupRowView

_PAGE = 100
_PRIORITY = 100
_NO_REGION = ("region", "There is no such region: GET /v1/regions lists them.")
_UNKNOWN = {
    "regions": _NO_REGION,
    "region": _NO_REGION,
    "manager": (
        "not_staff",
        "Nobody of the staff who call companies has this email or name: GET /v1/staff/people lists them.",
    ),
    "distributor": (
        "unknown_distributor",
        "There is no distributor of this name or id: GET /v1/staff/distributors lists them.",
    ),
}
_NO_NUMBER = {
    "inn": "An INN has 10 digits, or 12, and the last ones check the others.",
    "kpp": "A KPP has 9 digits; the fifth and sixth may be letters.",
}


class Loading(NamedTuple):
    """Who loads a file; `dry_run`: nothing is written."""

    context: Context
    by: str
    dry_run: bool


def load(context: Context, form: SetupFileForm, by: str) -> SetupFileView:
    """Raises 403 for somebody whose role is another one by now, 422 for a file without the columns of its kind."""
    if not companies.is_staff(members.memberships(context, [by]).get(by), staff_roles(SCOPES[form.kind])):
        raise Problem.role_lost()
    file = file_of(form.content, form.kind)
    loading = Loading(context, by, form.dry_run)
    if form.kind == "companies":
        items, hand_over_id = _companies(loading, file.rows)
        return SetupFileView(items=_told(items), ignored=file.ignored, hand_over_id=hand_over_id)
    loader = {"staff": _staff, "distributors": _distributors, "region_managers": _region_managers}[form.kind]
    return SetupFileView(items=list(loader(loading, file.rows)), ignored=file.ignored)


# --- staff and distributors -------------------------------------------------------------------------------------------


def _staff(loading: Loading, rows: list[Row]) -> Iterator[SetupRowView]:
    for row in rows:
        yield _tried(loading, row, _appoint, loading)


def _appoint(row: Row, loading: Loading) -> None:
    form = StaffForm.model_validate(row.cells)
    if not loading.dry_run:
        members.appoint_staff(loading.context, form, by=loading.by)


def _distributors(loading: Loading, rows: list[Row]) -> Iterator[SetupRowView]:
    known = {each.name.casefold(): each for each in distributors.every_distributor(loading.context)}
    regions = _regions(loading.context)
    for row in rows:
        yield _tried(loading, row, _write_distributor, loading, known, regions)


def _write_distributor(row: Row, loading: Loading, known: dict[str, Distributor], regions: Names) -> None:
    """Creates the distributor of the row, or changes the one of this name where the row differs from it."""
    before = known.get(row.cells.get("name", "").casefold())
    kept = {each.region: each.priority for each in before.regions} if before else {}
    codes = _codes(loading.context, row, regions)
    cells: dict[str, Any] = {name: cell for name, cell in row.cells.items() if name != "warehouses"} | {
        "regions": [{"region": code, "priority": kept.get(code, _PRIORITY)} for code in codes]
    }
    if warehouses := several(row.cells.get("warehouses", "")):
        cells["stock"] = {"warehouses": warehouses, "binding": bool(before and before.stock.binding)}
    if before is None:
        new = DistributorForm.model_validate(cells)
        if not loading.dry_run:
            made = distributors.create_distributor(loading.context, new)
            known[made.name.casefold()] = made
        return
    form = DistributorChangeForm.model_validate(cells)
    told = form.model_dump(exclude_none=True)
    differs = told != {name: value for name, value in before.model_dump().items() if name in told}
    if differs and not loading.dry_run:
        changed = distributors.change_distributor(loading.context, before.distributor_id, before.version, form)
        known[changed.name.casefold()] = changed


# --- managers of regions ----------------------------------------------------------------------------------------------


def _region_managers(loading: Loading, rows: list[Row]) -> Iterator[SetupRowView]:
    """All rows that are right become one list, together with the regions that the file does not name."""
    context = loading.context
    staff, regions = _callers(context), _regions(context)
    listed = companies.show_region_managers(context)
    managers = {each.region: each.manager_id for each in listed.regions}
    results = [_tried(loading, row, _name_manager, context, managers, staff, regions) for row in rows]
    if not loading.dry_run and managers != {each.region: each.manager_id for each in listed.regions}:
        form = RegionManagersForm(
            regions=[RegionManagerForm(region=region, manager_id=each) for region, each in managers.items()]
        )
        companies.replace_region_managers(context, listed.version, form, by=loading.by)
    yield from results


def _name_manager(row: Row, context: Context, managers: dict[str, str], staff: Names, regions: Names) -> None:
    manager_id = _found(staff, "manager", row.cells.get("manager", ""))
    codes = _codes(context, row, regions)
    if not codes:
        raise Problem.invalid("missing", "/regions", "This field is required.")
    managers.update(dict.fromkeys(codes, manager_id))


# --- companies --------------------------------------------------------------------------------------------------------


class Known(NamedTuple):
    """The names and tax numbers by which a file of companies names things."""

    firms: Mapping[str, Sequence[FirmMember]]
    managers: Names
    regions: Names
    distributors: Names


class Wish(NamedTuple):
    """What the rows on these lines give to a company."""

    lines: list[int]
    given: Mapping[str, str]


def _companies(loading: Loading, rows: list[Row]) -> tuple[list[SetupRowView], str | None]:
    """Two reads for a hundred rows. The hand-over is None where no company is to be changed."""
    context = loading.context
    known = Known(
        companies.companies_of_inns(context, _inns(rows)),
        _callers(context),
        _regions(context),
        Names(
            (each.distributor_id, (each.name, each.distributor_id)) for each in distributors.every_distributor(context)
        ),
    )
    wishes: dict[str, Wish] = {}
    items = [_tried(loading, row, _wish, context, known, wishes) for row in rows]
    found = companies.read_companies(context, wishes)
    changed = {
        company_id: change
        for company_id, wish in wishes.items()
        if company_id in found and (change := _change(found[company_id], wish.given))
    }
    hand_over_id = None
    if changed and not loading.dry_run:
        hand_over_id = desk.start_hand_over(context, list(changed.values()), loading.by)
    planned = {line for company_id in changed for line in wishes[company_id].lines}
    return [
        each.model_copy(update={"result": "planned" if each.line in planned else "done"}) if not each.errors else each
        for each in items
    ], hand_over_id


def _inns(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        try:
            yield _tax_numbers(row).inn
        except Problem:
            continue  # told with its row


def _tax_numbers(row: Row) -> TaxNumbers:
    try:
        numbers = exchange.tax_numbers(spelled(row.cells.get("inn", "")), companies.inn_is_valid)
        return numbers._replace(kpp=exchange.read_kpp(spelled(row.cells["kpp"]))) if "kpp" in row.cells else numbers
    except CellError as error:
        code = str(error)
        raise Problem.invalid(code, f"/{code}", _NO_NUMBER[code]) from None


def _wish(row: Row, context: Context, known: Known, wishes: dict[str, Wish]) -> None:
    """Raises 422 with all faults of the row."""
    faults: list[Fault] = []
    given: dict[str, str] = {}
    found: dict[str, tuple[str, Callable[[str], str]]] = {
        "manager": ("manager_id", lambda cell: _found(known.managers, "manager", cell)),
        "region": ("region", lambda cell: _code(context, known.regions, "region", cell)),
        "distributor": ("distributor_id", lambda cell: _found(known.distributors, "distributor", cell)),
    }
    for column, (name, find) in found.items():
        try:
            if cell := row.cells.get(column):
                given[name] = find(cell)
        except Problem as problem:
            faults += problem.errors
    try:
        company_id = _company(_tax_numbers(row), known.firms)
    except Problem as problem:
        faults = [*problem.errors, *faults]
    if faults:
        raise Problem("invalid", errors=faults)
    wish = wishes.setdefault(company_id, Wish([], given))
    if wish.given != given:
        raise Problem.invalid("repeated", "/inn", f"Line {wish.lines[0]} says something else of this company.")
    wish.lines.append(row.line)


def _company(numbers: TaxNumbers, firms: Mapping[str, Sequence[FirmMember]]) -> str:
    known = firms.get(numbers.inn, ())
    if not known:
        raise Problem.invalid(
            "unknown_company",
            "/inn",
            "The club has no company of this INN. A file of its sales, or its people, bring it; then bring this row again.",
        )
    matched = companies.match_firm(known, numbers.kpp)
    if len(matched) == 1:
        return matched[0].company_id
    kpps = ", ".join(sorted({each.kpp for each in known if each.kpp})[:_PAGE])
    raise Problem.invalid("kpp_unclear", "/kpp", f"The companies of this INN have the KPP {kpps}.")


def _change(company: companies.Company, given: Mapping[str, str]) -> HandOverRow | None:
    was = {name: getattr(company, name) for name, value in given.items() if getattr(company, name) != value}
    if not was:
        return None
    manager_id, region, distributor_id = (
        given[name] if name in was else "" for name in ("manager_id", "region", "distributor_id")
    )
    return HandOverRow(company.company_id, company.name, company.inn or "", region, manager_id, "", distributor_id, was)


def _told(items: Sequence[SetupRowView]) -> list[SetupRowView]:
    """So that an answer holds all rows: wrong rows after so many have one fault, without its sentence."""
    wrong = 0
    told = []
    for each in items:
        wrong += bool(each.errors)
        if each.errors and wrong > MOST_TOLD:
            detail = f"The first {MOST_TOLD} wrong rows are told in full."
            each = each.model_copy(update={"errors": [each.errors[0].model_copy(update={"detail": detail})]})
        told.append(each)
    return told


# --- what all kinds share ---------------------------------------------------------------------------------------------


def _tried(loading: Loading, row: Row, do: Callable[..., None], *given: Any) -> SetupRowView:
    errors: list[Fault] = []
    try:
        do(row, *given)
    except ValidationError as error:
        errors = validation.faults(error)
    except Problem as problem:
        if problem.status == 403:  # the caller may not do it at all
            raise
        errors = faults_of(problem)
    return SetupRowView(
        line=row.line, result="failed" if errors else "planned" if loading.dry_run else "done", errors=errors
    )


def _found(names: Names, column: str, cell: str) -> str:
    if (found := names.find(cell)) is None:
        near = names.near(cell)
        nearest = f" Among them: {', '.join(near)}." if near else ""
        code, sentence = _UNKNOWN[column]
        raise Problem.invalid(code, f"/{column}", f"{sentence}{nearest}")
    return found


def _codes(context: Context, row: Row, regions: Names) -> list[str]:
    """The regions of a row, parted by commas, each by code or name."""
    return [_code(context, regions, "regions", part) for part in several(row.cells.get("regions", ""))]


def _code(context: Context, regions: Names, column: str, cell: str) -> str:
    """Of another country every code is one. `77` is the region of this tax office."""
    code = cell.strip().upper()
    if is_foreign(code):
        return code
    office = companies.region_of(code.zfill(2), None) if code.isdecimal() and len(code) <= 2 else None
    return office or _found(regions, column, cell)


def _regions(context: Context) -> Names:
    """The regions by their codes, and by their names in both languages."""
    english, russian = (region_names(context.config, tongue) for tongue in ("en", "ru"))
    return Names((code, (code, english[code], russian[code])) for code in english)


def _callers(context: Context) -> Names:
    """The staff who call companies, by email and name."""
    return Names(
        (each.member_id, (each.email, each.name))
        for each in _known_staff(context)
        if each.role in staff_roles("staff.calls")
    )


def _known_staff(context: Context) -> Iterator[members.StaffMemberView]:
    after = None
    while True:
        found, after = members.some_staff(context, _PAGE, after)
        yield from found
        if after is None:
            return
