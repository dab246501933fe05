"""Bonuses that partners of the coalition grant, and the register of these partners."""

from chalicelib import companies
from chalicelib.bonuses.coalition import service
from chalicelib.bonuses.coalition.model import CoalitionClient
from chalicelib.bonuses.coalition.schemas import (
    CoalitionAccrualForm,
    CoalitionAccrualView,
    CoalitionClientForm,
    CoalitionClientsQuery,
    CoalitionClientView,
    CoalitionReversalForm,
    limits_of,
)
from chalicelib.bonuses.coalition.service import RequestedGrant
from chalicelib.platform import Answer, Call, Context, ListPage, Routes, or_not_found

routes = Routes(__name__, tag="machines")

REPLAYED = {"Idempotency-Replayed": "true"}

# --- the coalition ----------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/machine/accruals",
    scope="machine.accruals",
    status=201,
    problems=("client_not_registered", "not_found", "already_exists", "limit_exceeded"),
)
def grant_bonuses(call: Call, form: CoalitionAccrualForm) -> Answer[CoalitionAccrualView]:
    """Grant a company bonuses that it earned with a partner of the coalition.

    The client's `reference` names the accrual for ever: a repeat gets the first answer and grants nothing; other content under the same
    reference is refused. The client's limits hold exactly, also under concurrent requests.
    """
    company_id = form.company_id or _by_inn(call.context, form)
    requested = RequestedGrant(form.reference, company_id, form.amount, form.day, form.note)
    made, again = service.grant(call.context, call.principal.for_machine(), requested)
    location = {"Location": f"/v1/machine/accruals/{made.reference}"}
    return Answer(CoalitionAccrualView.of(made), headers=location | (REPLAYED if again else {}))


@routes.get("/v1/machine/accruals/{reference}", scope="machine.accruals")
def show_granted_bonuses(call: Call, reference: str) -> CoalitionAccrualView:
    """Show an accrual of this client with its reversals."""
    return CoalitionAccrualView.of(service.read_grant(call.context, call.principal.for_machine(), reference))


@routes.post(
    "/v1/machine/accruals/{reference}/reversals", scope="machine.accruals", problems=("already_exists", "wrong_state")
)
def reverse_granted_bonuses(call: Call, form: CoalitionReversalForm, reference: str) -> Answer[CoalitionAccrualView]:
    """Reverse an accrual of this client, whole or in part.

    The reversal's own `reference` names it for ever. All reversals together never exceed the accrual.
    """
    client_id = call.principal.for_machine()
    made, again = service.reverse(call.context, client_id, reference, form.reference, form.amount)
    return Answer(CoalitionAccrualView.of(made), headers=REPLAYED if again else {})


def _by_inn(context: Context, form: CoalitionAccrualForm) -> str:
    if form.inn is None:
        raise RuntimeError("the form names a company")
    company = or_not_found(companies.company_by_inn(context, form.inn, form.kpp), "No such company.")
    return company.company_id


# --- machine clients --------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/machine-clients", scope="staff.bonuses.read", query=CoalitionClientsQuery)
def list_coalition_clients(call: Call) -> ListPage[CoalitionClientView]:
    """List the partners of the coalition, by name."""
    return call.page(
        ListPage[CoalitionClientView],
        service.list_clients,
        call.context,
        of=CoalitionClient,
        show=CoalitionClientView.from_record,
    )


@routes.get("/v1/staff/machine-clients/{client_id}", scope="staff.bonuses.read")
def show_coalition_client(call: Call, client_id: str) -> Answer[CoalitionClientView]:
    """Show a partner of the coalition and its limits."""
    found = service.read_client(call.context, client_id)
    return Answer.at(CoalitionClientView.from_record(found), found.version)


@routes.put("/v1/staff/machine-clients/{client_id}", scope="staff.bonuses.write", matched=True)
def register_coalition_client(call: Call, form: CoalitionClientForm, client_id: str) -> Answer[CoalitionClientView]:
    """Register a partner of the coalition, or change its name, its limits, its right to grant.

    `client_id` is the client's id in Cognito. If-Match: "0" registers a new one. A month's limit that rises by more than one person gives
    alone waits, with the others, for the approval of somebody else; until then the present ones hold.
    """
    wanted = CoalitionClient(
        client_id=client_id,
        name=form.name,
        currency=form.currency,
        active=form.active,
        limits=limits_of(form.limits),
        version=call.expected_version(),
        author=call.principal.for_member(),
    )
    made = service.register(call.context, wanted)
    return Answer.at(CoalitionClientView.from_record(made), made.version)


@routes.post(
    "/v1/staff/machine-clients/{client_id}/approve",
    scope="staff.bonuses.approve",
    matched=True,
    problems=("wrong_state", "four_eyes"),
)
def approve_coalition_limits(call: Call, client_id: str) -> Answer[CoalitionClientView]:
    """Approve the limits that somebody else requested for a partner: they hold from now on.

    To reject them, register the partner with other limits.
    """
    version, by = call.expected_version(), call.principal.for_member()
    made = service.approve_limits(call.context, client_id, by, version)
    return Answer.at(CoalitionClientView.from_record(made), made.version)
