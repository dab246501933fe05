from chalicelib import auth, members
from chalicelib.own_data import service
from chalicelib.own_data.schemas import ErasureForm, OwnDataQuery, OwnDataView
from chalicelib.platform import Answer, Call, Routes, Text

routes = Routes(__name__, tag="members")

_PAGE_ONLY = {
    "Content-Disposition": 'attachment; filename="own-data.html"',
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


@routes.get("/v1/me/data", scope="me", query=OwnDataQuery, problems=("not_found",))
def download_own_data(call: Call) -> OwnDataView:
    """Download all data that the club holds about you."""
    return service.own_data(call.context, call.principal.for_member(), call.query.section, call.language)


@routes.get(
    "/v1/me/data/page", scope="me", query=OwnDataQuery, content_type="text/html; charset=utf-8", problems=("not_found",)
)
def download_own_data_page(call: Call) -> Answer[Text]:
    """Download all data that the club holds about you, as a page to read and print."""
    # Jinja2 is imported with the first of these pages, not with every function.
    from chalicelib.own_data.page import page

    data = service.own_data(call.context, call.principal.for_member(), call.query.section, call.language)
    return Answer(Text(content=page(call.context, data, call.language)), headers=_PAGE_ONLY)


@routes.post("/v1/me/erasure", scope="me", status=202, problems=("wrong_state",))
def erase_own_data(call: Call, form: ErasureForm) -> Answer[None]:
    """Leave the club, and have your data erased.

    It cannot be undone. You are signed out at once, and act for your company no longer. Within minutes the club forgets your name, address and
    telephone, your preferences and consents' origin, and the notes about you. Orders and other documents of the company stay, with an id that
    names nobody. Staff are removed by an admin first.
    """
    member_id = call.principal.for_member()
    members.leave(call.context, member_id, form.email)
    auth.end_all_sessions(member_id)
    return Answer(None)
