from chalicelib.exchange.sales_files import service
from chalicelib.exchange.sales_files.model import ImportForm
from chalicelib.exchange.sales_files.schemas import ImportPage, ImportView, StartedImportView
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Answer, Call, Routes

routes = Routes(__name__, tag="exchange")


@routes.post(
    "/v1/staff/imports",
    scope="staff.imports.write",
    body=ImportForm,
    answer=StartedImportView,
    status=201,
    keyed=True,
)
def start_import(call: Call) -> StartedImportView:
    """Announce a sales file, and get an address to upload it to.

    The answer's `upload` says how: a form post of its fields and then the file. The upload starts the work; follow it at the import's
    own address. A document is written whole or not at all: where one of its rows is wrong, all of its rows are left out and listed.
    The same file twice changes nothing; a document with other content becomes its next revision.

    1C numbers documents anew every year, and returns apart from sales: the same number in another year, or of a return, is another
    document.
    """
    return service.start(call.answering(_started), call.body, call.principal.subject, call.language)


@routes.get("/v1/staff/imports", scope="staff.imports.read", query=PageQuery, answer=ImportPage)
def list_imports(call: Call) -> ImportPage:
    """List imports, newest first."""
    cursors = call.cursors()
    after = cursors.open(call.query.cursor)
    items, last = service.list_imports(call.context, call.language, call.query.limit, after)
    return ImportPage(items=items, next_cursor=cursors.close(last))


@routes.get("/v1/staff/imports/{import_id}", scope="staff.imports.read", answer=ImportView, problems=("not_found",))
def show_import(call: Call, import_id: str) -> ImportView:
    """Show how far an import came, its counts, and where to download the list of rows that were left out."""
    return service.show(call.context, import_id, call.language)


def _started(started: StartedImportView) -> Answer:
    return Answer(started, headers={"Location": f"/v1/staff/imports/{started.import_id}"})
