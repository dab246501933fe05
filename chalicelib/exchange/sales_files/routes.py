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

    Post a form with the fields of `upload` and then the file. The upload starts the import; `GET` on the import shows its progress. A
    document is recorded whole or not at all: when one of its rows is wrong, all of its rows are left out and listed. The same file again
    changes nothing; a document with other content becomes its next revision.

    1C restarts document numbers every year and numbers returns apart from sales. So the same number in another year, or of a return, is
    another document.
    """
    return service.start(call.answering(_started), call.body, call.principal.subject, call.language)


@routes.get("/v1/staff/imports", scope="staff.imports.read", query=PageQuery, answer=ImportPage)
def list_imports(call: Call) -> ImportPage:
    """List imports, newest first."""
    return call.page(ImportPage, service.list_imports, call.context, call.language)


@routes.get("/v1/staff/imports/{import_id}", scope="staff.imports.read", answer=ImportView, problems=("not_found",))
def show_import(call: Call, import_id: str) -> ImportView:
    """Show the progress and the counts of an import, with a link to the list of rows that were left out."""
    return service.show(call.context, import_id, call.language)


def _started(started: StartedImportView) -> Answer:
    return Answer(started, headers={"Location": f"/v1/staff/imports/{started.import_id}"})
