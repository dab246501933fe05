from chalicelib.exchange.imports.model import ImportForm
from chalicelib.exchange.sales_files import service, views
from chalicelib.exchange.sales_files.schemas import (
    EffectPage,
    EffectsQuery,
    ImportConfirmForm,
    ImportDetailView,
    ImportsQuery,
    ImportView,
    StartedImportView,
    VoidedDocumentView,
    VoidForm,
)
from chalicelib.platform import Answer, Call, ListPage, Routes

routes = Routes(__name__, tag="exchange")


@routes.post("/v1/staff/imports", scope="staff.imports.write", status=201, keyed=True)
def start_import(call: Call, form: ImportForm) -> StartedImportView:
    """Announce a sales file, and get an address to upload it to.

    Post a form with the fields of `upload` and then the file, and with `second_file_name` the other file to `second_upload`. The upload
    starts the import; `GET` on the import shows its progress. A document with a wrong row is left out whole, and its rows are listed. The
    same file again changes nothing; a document with other content becomes its next revision. The same number in another year, or of a
    return, is another document: 1C counts them apart.
    """
    return service.start(call.answering(_started), form, call.principal.subject, call.language)


@routes.get("/v1/staff/imports", scope="staff.imports.read", query=ImportsQuery)
def list_imports(call: Call) -> ListPage[ImportView]:
    """List imports, newest first."""
    return call.page(ListPage[ImportView], service.list_imports, call.context, call.language)


@routes.get("/v1/staff/imports/{import_id}", scope="staff.imports.read")
def show_import(call: Call, import_id: str) -> ImportDetailView:
    """Show the progress of an import, what was understood of its file, and what it changes.

    The totals, the first documents, new customers with companies that they may be, and known documents with their sums before and after.
    """
    return views.show(call.context, import_id, call.language)


@routes.post(
    "/v1/staff/imports/{import_id}/confirm",
    scope="staff.imports.write",
    keyed=True,
    problems=("wrong_state", "conflict"),
)
def confirm_import(call: Call, form: ImportConfirmForm, import_id: str) -> ImportView:
    """Record the file of a dry run, the very same bytes.

    With `replace_period` the documents that the file does not name are voided. More than 5 % of the period's documents or of their sum need
    `void_documents`.
    """
    return service.confirm(call.answering(), import_id, form, call.principal.subject, call.language)


@routes.post(
    "/v1/staff/imports/{import_id}/take-back",
    scope="staff.imports.write",
    keyed=True,
    problems=("wrong_state", "conflict"),
)
def take_back_import(call: Call, import_id: str) -> ImportView:
    """Take an import back as a whole: every document of it gets the state that it had before.

    Nothing is taken back if one of its documents has changed since; `documents_in_the_way` counts them then. Companies that the import made
    stay, without purchases. Possible for 30 days.
    """
    return service.take_back(call.answering(), import_id, call.principal.subject, call.language)


@routes.get("/v1/staff/imports/{import_id}/effects", scope="staff.imports.read", query=EffectsQuery)
def list_import_effects(call: Call, import_id: str) -> EffectPage:
    """List the companies whose purchases an import changed, with tier and bonuses before and after it, largest change first.

    At most 10,000 companies.
    """
    return call.page(EffectPage, views.list_effects, call.context, import_id)


@routes.post("/v1/staff/documents/void", scope="staff.imports.write", keyed=True, problems=("not_found",))
def void_document(call: Call, form: VoidForm) -> VoidedDocumentView:
    """Void a document that is gone from its source.

    It counts for nothing from then on. The next file that names it brings it back.
    """
    return service.void_document(call.answering(), form, call.principal.subject)


def _started(started: StartedImportView) -> Answer[StartedImportView]:
    return Answer(started, headers={"Location": f"/v1/staff/imports/{started.import_id}"})
