"""The outcomes of calls, and the case of a company."""

from chalicelib.platform import Answer, Call, PageQuery, Routes
from chalicelib.retention.outcomes import service
from chalicelib.retention.outcomes.schemas import CaseView, OutcomeForm, OutcomePage, OutcomeView

routes = Routes(__name__, tag="retention")

CONTACTS = "/v1/manager/calls/{case_id}/contacts"


@routes.post(CONTACTS, scope="staff.calls", status=201, keyed=True, problems=("wrong_state", "conflict"))
def record_outcome(call: Call, form: OutcomeForm, case_id: str) -> OutcomeView:
    """Record the outcome of a call on your list.

    A call that reached somebody sets the next day, or ends the case. The reason leads to the club's answers: a request for goods, which
    reports back to the case; an offer, up to a discount that the company's turnover allows, or of free delivery; a display deal; a person
    to find; a letter on the benefits. A company that closed down gets no further call and no advertising. A call that reached nobody comes
    back at another hour, the next working day, three working days later, and is then followed by a letter. A skipped one stays on the list.
    A mistake is corrected by another entry that names it in `corrects`, by the company's present manager too. A head of sales corrects the
    entry of any manager, with a note: a company closed by mistake is called again, and gets letters again.
    """
    context = call.answering(lambda entry: Answer(entry, headers={"Location": CONTACTS.format(case_id=entry.case_id)}))
    leads = "staff.retention.write" in call.principal.scopes
    return service.record_outcome(context, case_id, form, by=call.principal.for_member(), leads=leads)


@routes.get(CONTACTS, scope="staff.calls", query=PageQuery)
def list_outcomes(call: Call, case_id: str) -> OutcomePage:
    """List the outcomes of a case's calls, newest first."""
    return call.page(OutcomePage, service.history, call.context, case_id)


@routes.get("/v1/staff/companies/{company_id}/case", scope="staff.companies.read")
def show_case(call: Call, company_id: str) -> CaseView:
    """Show the next contact due to a company, and the manager whose list had it last."""
    return service.show_case(call.context, company_id)
