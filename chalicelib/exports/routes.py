from chalicelib.exports import service
from chalicelib.exports.schemas import ExportForm, ExportView
from chalicelib.exports.sources import DESCRIPTIONS
from chalicelib.platform import Answer, Call, Context, CursorPage, PageQuery, Principal, Routes
from chalicelib.platform.access.rights import check_reader, readable
from chalicelib.table import Position

routes = Routes(__name__, tag="exports")
_ANY = "staff.companies.read"  # of everybody on the staff; each source asks for its own


@routes.post("/v1/staff/exports", scope=_ANY, status=202, located=True, keyed=True)
def start_export(call: Call, form: ExportForm) -> ExportView:
    """Export a whole table as CSV or XLSX, in the language of the request.

    Read the export at its own address until it is done; you get a letter, too. The file has all rows, their number and a control total, which
    are the same in both formats. A table needs the right to read it: orders, bonus entries, letters and cases are not everybody's.
    """
    call.require(DESCRIPTIONS[form.source].scope)
    return service.start(call.answering(_started), form, call.language, call.principal.for_member())


@routes.get("/v1/staff/exports", scope=_ANY, query=PageQuery)
def list_exports(call: Call) -> CursorPage[ExportView]:
    """List your own exports of the last week, newest first, of the tables that you may read now."""
    return call.page(CursorPage[ExportView], _of_readable_tables, call.context, call.principal)


@routes.get("/v1/staff/exports/{export_id}", scope=_ANY)
def show_export(call: Call, export_id: str) -> ExportView:
    """Show how far an export of yours is and, once it is done, an address of its file that is good for a quarter of an hour."""
    view = service.show(call.context, export_id, call.principal.for_member())
    scope = DESCRIPTIONS[view.source].scope
    call.require(scope)
    check_reader(call.context, call.principal, scope)
    return view


def _of_readable_tables(
    context: Context, caller: Principal, *, limit: int, after: Position
) -> tuple[list[ExportView], Position]:
    views, last = service.page(context, caller.for_member(), limit=limit, after=after)
    scopes = readable(context, caller, {DESCRIPTIONS[each.source].scope for each in views})
    return [each for each in views if DESCRIPTIONS[each.source].scope in scopes], last


def _started(started: ExportView) -> Answer[ExportView]:
    return Answer(started, headers={"Location": f"/v1/staff/exports/{started.export_id}"})
