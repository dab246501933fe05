from chalicelib.contacts import notes
from chalicelib.contacts.schemas import ContactQuery, NoteForm, NoteView, VerdictView
from chalicelib.platform import Call, CursorPage, PageQuery, Routes

routes = Routes(__name__, tag="letters")


@routes.get("/v1/staff/members/{member_id}/contact", scope="staff.contacts.read", query=ContactQuery)
def check_contact(call: Call, member_id: str) -> VerdictView:
    """Check whether a member may be contacted on a day.

    The answer knows consents, suppressed addresses, and the contact budget of the member and of the address.
    """
    return VerdictView.of(notes.verdict(call.context, member_id, call.query))


@routes.post("/v1/staff/members/{member_id}/contacts", scope="staff.contacts.write")
def note_contact(call: Call, form: NoteForm, member_id: str) -> NoteView:
    """Note a contact that you made, such as a telephone call. It spends the contact budget.

    The same note again changes nothing.
    """
    return NoteView.of(notes.note(call.context, member_id, form, by=call.principal.for_member()))


@routes.get("/v1/staff/members/{member_id}/contacts", scope="staff.contacts.read", query=PageQuery)
def list_contacts(call: Call, member_id: str) -> CursorPage[NoteView]:
    """List the contacts with a member that the staff noted, the latest day first."""
    return call.page(CursorPage[NoteView], notes.page, call.context, member_id, show=NoteView.of)
