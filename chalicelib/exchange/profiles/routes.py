from chalicelib.exchange.imports import store
from chalicelib.exchange.profiles import service
from chalicelib.exchange.profiles.schemas import ImportProfileView
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.platform import Answer, Call, CursorPage, PageQuery, Routes

routes = Routes(__name__, tag="exchange")


@routes.get("/v1/staff/sources/{source}/profiles", scope="staff.imports.read", query=PageQuery)
def list_import_profiles(call: Call, source: str) -> CursorPage[ImportProfileView]:
    """List the profiles that files of a source are read with.

    An import that names its settings keeps them, and the next file of the source with the same headings needs none.
    """
    return call.page(
        CursorPage[ImportProfileView], store.list_profiles, call.context, source, show=ImportProfileView.from_record
    )


@routes.get("/v1/staff/sources/{source}/profiles/{profile_id}", scope="staff.imports.read")
def show_import_profile(call: Call, source: str, profile_id: str) -> Answer[ImportProfileView]:
    """Show a profile."""
    kept = service.show_profile(call.context, source, profile_id)
    return Answer.at(ImportProfileView.from_record(kept), kept.version)


@routes.put(
    "/v1/staff/sources/{source}/profiles/{profile_id}",
    scope="staff.imports.write",
    matched=True,
    problems=("precondition_failed",),
)
def replace_import_profile(
    call: Call, form: SalesProfileForm, source: str, profile_id: str
) -> Answer[ImportProfileView]:
    """Replace the settings of a profile. Files that come later are read with them; earlier imports stay as they are."""
    author, version = call.principal.subject, call.expected_version()
    kept = service.replace_profile(call.context, source, profile_id, form, author, version)
    return Answer.at(ImportProfileView.from_record(kept), kept.version)


@routes.delete("/v1/staff/sources/{source}/profiles/{profile_id}", scope="staff.imports.write", status=204)
def delete_import_profile(call: Call, source: str, profile_id: str) -> None:
    """Delete a profile. Files with its headings are read by their usual headings again."""
    service.delete_profile(call.context, source, profile_id)
