"""Routes of the club's card, the caller's profile and consents, and the staff."""

from chalicelib.members import journal, service, suppressions
from chalicelib.members.model import Consent
from chalicelib.members.schemas import (
    ClubView,
    ConsentChangeForm,
    JournalPage,
    JournalQuery,
    ProfileChangeForm,
    ProfileView,
    StaffForm,
    StaffMemberView,
    StaffPage,
    StaffQuery,
    SuppressionLiftForm,
    SuppressionListQuery,
    SuppressionPage,
)
from chalicelib.platform import Answer, Call, Routes

routes = Routes(__name__, tag="members")


@routes.get("/v1/club", scope=None)
def show_club(call: Call) -> ClubView:
    """Read about the club, its benefits and its use of your data."""
    return service.club_card(call.context.config, call.language)


@routes.get("/v1/me", scope="me", problems=("not_found",))
def show_profile(call: Call) -> Answer[ProfileView]:
    """Read your profile."""
    me, version = service.me(call.context, call.principal.for_member())
    return Answer.at(me, version)


@routes.patch("/v1/me", scope="me", matched=True, problems=("not_found", "precondition_failed"))
def change_profile(call: Call, form: ProfileChangeForm) -> Answer[ProfileView]:
    """Change your profile."""
    me, version = service.change_me(call.context, call.principal.for_member(), call.expected_version(), form)
    return Answer.at(me, version)


@routes.put("/v1/me/consents/{purpose}", scope="me")
def answer_consent(call: Call, form: ConsentChangeForm, purpose: str) -> Consent:
    """Give or withdraw a consent.

    The club keeps each answer with its wording, time and source.
    """
    return service.answer_consent(call.context, call.principal.for_member(), purpose, form, address=call.caller_address)


@routes.post("/v1/staff/people", scope="staff.people.write", problems=("conflict",))
def appoint_staff(call: Call, form: StaffForm) -> StaffMemberView:
    """Add a person to the staff, or change their role. They sign in with this email. The last admin stays one."""
    return service.appoint_staff(call.context, form, by=call.principal.for_member())


@routes.get("/v1/staff/people", scope="staff.people.read", query=StaffQuery)
def list_staff(call: Call) -> StaffPage:
    """List the staff by name."""
    return call.page(StaffPage, service.staff, call.context)


@routes.delete("/v1/staff/people/{member_id}", scope="staff.people.write", status=204, problems=("conflict",))
def dismiss_staff(call: Call, member_id: str) -> Answer[None]:
    """Remove a person from the staff. Their token loses its rights within 15 minutes. The last admin stays."""
    service.dismiss_staff(call.context, member_id, by=call.principal.for_member())
    return Answer(None)


@routes.get("/v1/staff/journal", scope="staff.journal.read", query=JournalQuery)
def list_journal(call: Call) -> JournalPage:
    """List all writes for the club, newest first: by staff, people of distributors, machine clients.

    A request that changed nothing left no entry. A page may hold fewer entries than asked for, and still have a next one.
    """
    query = call.query
    filters = query.model_dump(include={"by", "operation"}, exclude_none=True)
    asked = call.context, query.month, filters, query.path
    return call.page(JournalPage, journal.journal_page, *asked)


@routes.get("/v1/staff/suppressions", scope="staff.letters.read", query=SuppressionListQuery)
def list_suppressions(call: Call) -> SuppressionPage:
    """List the addresses that get no letters, after a bounce or a complaint."""
    return call.page(SuppressionPage, suppressions.list_suppressions, call.context, call.query.email)


@routes.post("/v1/staff/suppressions/lift", scope="staff.letters.write", status=204, problems=("not_found", "conflict"))
def lift_suppression(call: Call, form: SuppressionLiftForm) -> None:
    """Allow letters to an address again.

    Reason and author are kept. If it bounces again, it is suppressed again.
    """
    suppressions.lift_suppression(call.context, form.email, reason=form.reason, by=call.principal.for_member())
