"""The club's card, one's own profile and consents, the staff."""

from chalicelib.members import service
from chalicelib.members.model import Consent
from chalicelib.members.schemas import ClubCard, ConsentAnswer, Me, MeChange, StaffForm, StaffList, StaffMember
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Answer, Call, Routes, etag

routes = Routes(__name__, tag="members")


@routes.get("/v1/club", scope=None, answer=ClubCard)
def show_club(call: Call) -> ClubCard:
    """Read what the club is, what it gives, and what your data is for."""
    return service.club_card(call.context.config, call.language)


@routes.get("/v1/me", scope="me", answer=Me, problems=("not_found",))
def show_me(call: Call) -> Answer:
    """Read your own profile."""
    me, version = service.me(call.context, call.principal.for_member())
    return Answer(me, headers=etag(version))


@routes.patch(
    "/v1/me", scope="me", body=MeChange, answer=Me, matched=True, problems=("not_found", "precondition_failed")
)
def change_me(call: Call) -> Answer:
    """Change your own profile."""
    me, version = service.change_me(call.context, call.principal.for_member(), call.expected_version(), call.body)
    return Answer(me, headers=etag(version))


@routes.put(
    "/v1/me/consents/{purpose}",
    scope="me",
    body=ConsentAnswer,
    answer=Consent,
    problems=("not_found",),
)
def answer_consent(call: Call, purpose: str) -> Consent:
    """Agree to a purpose, or withdraw.

    Each answer is kept with its wording, time and source.
    """
    return service.answer_consent(
        call.context, call.principal.for_member(), purpose, call.body, address=call.caller_address
    )


@routes.post("/v1/staff/people", scope="staff.people.write", body=StaffForm, answer=StaffMember, problems=("conflict",))
def appoint_staff(call: Call) -> StaffMember:
    """Make a person one of the staff, or change their role. They sign in with their email."""
    return service.appoint_staff(call.context, call.body)


@routes.get("/v1/staff/people", scope="staff.people.write", query=PageQuery, answer=StaffList)
def list_staff(call: Call) -> StaffList:
    """See who is on the staff, by name."""
    cursors = call.cursors()
    people, last = service.staff(call.context, call.query.limit, cursors.open(call.query.cursor))
    return StaffList(items=people, next_cursor=cursors.close(last))


@routes.delete("/v1/staff/people/{member_id}", scope="staff.people.write", status=204, problems=("not_found",))
def dismiss_staff(call: Call, member_id: str) -> Answer:
    """Take a person from the staff. Their session loses its rights when its token ends, within 15 minutes."""
    service.dismiss_staff(call.context, member_id)
    return Answer(None)
