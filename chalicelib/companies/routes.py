"""Routes of the caller's company and its people; for the staff, of all companies and claims."""

from chalicelib.companies import cards, company, staff
from chalicelib.companies.people import claims, invitations
from chalicelib.companies.people import service as people
from chalicelib.companies.schemas import (
    ClaimDecisionForm,
    ClaimDecisionView,
    ClaimForm,
    ClaimView,
    CompanyAssignmentForm,
    CompanyChangeForm,
    CompanyContactsView,
    CompanyView,
    CustomerQuestionsPage,
    CustomerQuestionsQuery,
    DistributorsQuery,
    InvitationForm,
    InvitationPage,
    InvitationView,
    PeoplePage,
    PersonChangeForm,
    PersonView,
    PrivilegesView,
    StaffCompanyDetailView,
)
from chalicelib.distributors import DistributorCardPage
from chalicelib.platform import Answer, Call, PageQuery, Routes, etag

routes = Routes(__name__, tag="companies")


@routes.post("/v1/companies", scope="company.claim", status=202, problems=("already_exists", "too_many_requests"))
def claim_company(call: Call, form: ClaimForm) -> ClaimView:
    """Claim to act for a company.

    A manager of the club or the company's owner decides. Until then the club shows nothing of the company, not even whether it knows it.
    A new claim replaces a pending one.
    """
    return claims.claim(call.context, call.principal.for_member(), form, address=call.caller_address)


@routes.get("/v1/company", scope="company.read", by_token=True)
def show_company(call: Call) -> Answer[CompanyView]:
    """Read your company's profile."""
    shown, version = company.show(call.context, call.principal.for_company(), call.principal.for_member())
    return Answer.at(shown, version)


@routes.patch("/v1/company", scope="company.write", matched=True)
def change_company(call: Call, form: CompanyChangeForm) -> Answer[CompanyView]:
    """Change your company's profile."""
    shown, version = company.change(
        call.context, call.principal.for_company(), call.principal.for_member(), call.expected_version(), form
    )
    return Answer.at(shown, version)


@routes.get("/v1/company/contacts", scope="company.read")
def show_contacts(call: Call) -> CompanyContactsView:
    """Read the cards of your manager and your distributor: name, phone, email, hours."""
    return cards.show_contacts(call.context, call.principal.for_company(), call.language)


@routes.get("/v1/distributors", scope="company.read", query=DistributorsQuery)
def list_open_distributors(call: Call) -> DistributorCardPage:
    """List the distributors of a region, those that a company of the region chooses from.

    The first one delivers to a company that has not chosen. Choose one by `distributor_id` of `PATCH /v1/company`.
    """
    return call.page(
        DistributorCardPage,
        cards.list_distributors,
        call.context,
        call.principal.for_company(),
        region=call.query.region,
    )


@routes.get("/v1/company/people", scope="people.read", query=PageQuery)
def list_people(call: Call) -> PeoplePage:
    """List the people of your company, and those with pending claims."""
    return call.page(
        PeoplePage, people.list_people, call.context, call.principal.for_company(), call.principal.for_member()
    )


@routes.post("/v1/company/people", scope="people.write", status=201, problems=("already_exists", "too_many_requests"))
def invite_person(call: Call, form: InvitationForm) -> Answer[PersonView]:
    """Invite a person to your company.

    They get a letter, sign in with this email and accept; until then they see nothing of the company. A person with a pending claim to
    it acts for it at once. To invite somebody again replaces the invitation; they get one letter a day.
    """
    shown = invitations.invite(call.context, call.principal.for_company(), call.principal.for_member(), form)
    location = f"/v1/company/people/{shown.member_id}"
    return Answer(shown, headers={**etag(shown.version), "Location": location})


@routes.patch(
    "/v1/company/people/{member_id}", scope="people.write", matched=True, problems=("wrong_state", "conflict")
)
def change_person(call: Call, form: PersonChangeForm, member_id: str) -> Answer[PersonView]:
    """Confirm a pending person, or change a person's role or influence."""
    shown = people.change_person(
        call.context,
        call.principal.for_company(),
        call.principal.for_member(),
        member_id,
        call.expected_version(),
        form,
    )
    return Answer.at(shown, shown.version)


@routes.delete("/v1/company/people/{member_id}", scope="company.read", status=204, problems=("conflict",))
def remove_person(call: Call, member_id: str) -> None:
    """Remove a person from your company, or leave it.

    Removing another person, or refusing a pending one, needs the scope people.write. Everybody may leave.
    """
    caller = call.principal.for_member()
    if member_id != caller:
        call.require("people.write")
    people.remove_person(call.context, call.principal.for_company(), caller, member_id)


@routes.get("/v1/me/invitations", scope="me", query=PageQuery)
def list_invitations(call: Call) -> InvitationPage:
    """List the companies that invite you to act for them."""
    return call.page(InvitationPage, invitations.list_invitations, call.context, call.principal.for_member())


@routes.post("/v1/me/invitations/{company_id}/accept", scope="me", problems=("conflict",))
def accept_invitation(call: Call, company_id: str) -> InvitationView:
    """Accept an invitation: you act for the company from now on.

    A pending claim of yours to another company ends. Refresh the session to get the new role.
    """
    return invitations.accept(call.context, company_id, call.principal.for_member())


@routes.delete("/v1/me/invitations/{company_id}", scope="me", status=204)
def decline_invitation(call: Call, company_id: str) -> None:
    """Decline an invitation."""
    invitations.decline(call.context, company_id, call.principal.for_member())


@routes.get("/v1/me/privileges", scope="me")
def show_privileges(call: Call) -> PrivilegesView:
    """Show the sections open to you, and the facts that the others still need."""
    return cards.show_privileges(call.context, call.principal)


@routes.get("/v1/staff/customer-questions", scope="staff.companies.read", query=CustomerQuestionsQuery)
def list_customer_questions(call: Call) -> CustomerQuestionsPage:
    """List customers of sales files whose INN differs from the INN of their company, the oldest first."""
    return call.page(CustomerQuestionsPage, staff.list_customer_questions, call.context)


@routes.get("/v1/staff/companies/{company_id}", scope="staff.companies.read")
def show_company_to_staff(call: Call, company_id: str) -> Answer[StaffCompanyDetailView]:
    """Read a company with its people, its manager and its distributor."""
    shown, version = staff.show_to_staff(call.context, company_id)
    return Answer.at(shown, version)


@routes.patch(
    "/v1/staff/companies/{company_id}",
    scope="staff.companies.write",
    matched=True,
    problems=("already_exists", "wrong_state"),
)
def change_company_by_staff(call: Call, form: CompanyAssignmentForm, company_id: str) -> Answer[StaffCompanyDetailView]:
    """Change a company, or hand it over to another manager.

    The new manager and those who buy for the company get a letter, its owners one of another INN or KPP. Terms have a route of their own (`PUT …/terms`). Its members keep their own
    telephone and email; `contacts` are people who are no members.
    """
    shown, version = staff.change_by_staff(
        call.context, company_id, call.principal.for_member(), call.expected_version(), form
    )
    return Answer.at(shown, version)


@routes.post(
    "/v1/staff/companies/{company_id}/confirm", scope="staff.companies.write", problems=("wrong_state", "conflict")
)
def decide_claim(call: Call, form: ClaimDecisionForm, company_id: str) -> ClaimDecisionView:
    """Confirm or refuse a claim.

    The first confirmation makes the confirming manager the company's personal manager, unless the form names another one.
    """
    return claims.decide_claim(call.context, call.principal.for_member(), company_id, form)
