"""What machine clients tell: bonuses that partners of the coalition grant, and which documents are paid. Who they are, for the staff."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib import companies
from chalicelib.bonuses import coalition, payments
from chalicelib.bonuses.coalition import Asked, Client
from chalicelib.bonuses.machine_schemas import (
    EARLIEST,
    AccrualAnswer,
    AccrualForm,
    MachineClientAnswer,
    MachineClientForm,
    MachineClients,
    PaymentForm,
    PaymentResult,
    PaymentResults,
    PaymentRows,
    ReversalForm,
    limits_of,
)
from chalicelib.bonuses.payments import Payment
from chalicelib.bonuses.rates import Ref
from chalicelib.platform import clock
from chalicelib.platform.context import Work
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.problems import Fault, Problem
from chalicelib.platform.http.routes import Answer, Call, Routes, etag

routes = Routes(__name__, tag="machines")

AGAIN = {"Idempotency-Replayed": "true"}

# --- the coalition ----------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/machine/accruals",
    scope="machine.accruals",
    body=AccrualForm,
    answer=AccrualAnswer,
    status=201,
    problems=("client_not_registered", "not_found", "already_exists", "limit_exceeded"),
)
def grant_bonuses(call: Call) -> Answer:
    """Grant a company bonuses that it earned with a partner of the coalition.

    The client's `reference` names the accrual for ever: the same again is answered as the first time and grants nothing, other content
    under it is refused. Limits of the client are exact, however many requests come at once.
    """
    form: AccrualForm = call.body
    company_id = form.company_id or _by_inn(call.work, form)
    asked = Asked(form.reference, company_id, form.amount, form.day, form.note)
    made, again = coalition.grant(call.work, call.principal.for_machine(), asked)
    location = {"Location": f"/v1/machine/accruals/{made.reference}"}
    return Answer(AccrualAnswer.of(made), headers=location | (AGAIN if again else {}))


@routes.get("/v1/machine/accruals/{reference}", scope="machine.accruals", answer=AccrualAnswer, problems=("not_found",))
def show_granted_bonuses(call: Call, reference: str) -> AccrualAnswer:
    """Show an accrual of this client, and what was taken back of it."""
    return AccrualAnswer.of(coalition.granted(call.work, call.principal.for_machine(), reference))


@routes.post(
    "/v1/machine/accruals/{reference}/reversals",
    scope="machine.accruals",
    body=ReversalForm,
    answer=AccrualAnswer,
    problems=("not_found", "already_exists", "wrong_state"),
)
def reverse_granted_bonuses(call: Call, reference: str) -> Answer:
    """Take back an accrual of this client, whole or in part.

    The reversal's own `reference` names it for ever. All of them together never exceed the accrual.
    """
    form: ReversalForm = call.body
    client_id = call.principal.for_machine()
    made, again = coalition.reverse(call.work, client_id, reference, form.reference, form.amount)
    return Answer(AccrualAnswer.of(made), headers=AGAIN if again else {})


def _by_inn(work: Work, form: AccrualForm) -> str:
    if form.inn is None:
        raise RuntimeError("the form names a company")
    company = companies.company_by_inn(work, form.inn, form.kpp)
    if company is None:
        raise Problem("not_found", "No such company.")
    return company.company_id


# --- payments ---------------------------------------------------------------------------------------------------------


@routes.post("/v1/machine/payments", scope="machine.payments", body=PaymentRows, answer=PaymentResults)
def tell_payments(call: Call) -> PaymentResults:
    """Tell which documents are paid in full: what was pending for them can be spent.

    Each row has its own result; a bad row never stops the others. A payment may come before its document; the same again changes
    nothing; of several states of one document the newest holds.
    """
    return _tell(call, call.principal.for_machine())


@routes.post("/v1/staff/payments", scope="staff.imports.write", body=PaymentRows, answer=PaymentResults)
def enter_payments(call: Call) -> PaymentResults:
    """Tell which documents are paid in full, by hand.

    The same as a machine client's.
    """
    return _tell(call, call.principal.for_member())


def _tell(call: Call, by: str) -> PaymentResults:
    rows: PaymentRows = call.body
    as_of = call.work.at
    if rows.as_of is not None:
        if rows.as_of > call.work.now:
            raise Problem.invalid("in_the_future", "/as_of", "This moment is still to come.")
        as_of = clock.stamp(rows.as_of)
    return PaymentResults(items=_record(call.work, rows.payments, by, as_of))


def _record(work: Work, rows: Sequence[Any], by: str, as_of: str) -> list[PaymentResult]:
    results: dict[int, PaymentResult] = {}
    told: dict[Ref, tuple[int, Payment]] = {}
    for number, row in enumerate(rows):
        shown = row.get("document") if isinstance(row, dict) else None
        shown = shown if isinstance(shown, str) else None
        try:
            payment = PaymentForm.model_validate(row).payment()
        except ValidationError as error:
            faults = Problem.from_validation(error, place=f"/payments/{number}").errors
            results[number] = PaymentResult(row=number, document=shown, result="failed", errors=faults)
            continue
        if faults := list(_faults(work, number, payment, told)):
            results[number] = PaymentResult(row=number, document=shown, result="failed", errors=faults)
            continue
        told[payment.ref] = (number, payment)
    outcomes = payments.record(work, [payment for _, payment in told.values()], by=by, as_of=as_of)
    for (number, _), outcome in zip(told.values(), outcomes, strict=True):
        results[number] = PaymentResult(row=number, document=rows[number]["document"], result=outcome)
    return [results[number] for number in sorted(results)]


def _faults(work: Work, row: int, payment: Payment, told: Mapping[Ref, tuple[int, Payment]]) -> Iterator[Fault]:
    if payment.ref in told:
        detail = f"Row {told[payment.ref][0]} names this document too and was taken."
        yield Fault(pointer=f"/payments/{row}/document", code="repeated", detail=detail)
    if payment.paid_on is not None and not EARLIEST <= payment.paid_on <= work.today:
        detail = "This day is too early, or still to come."
        yield Fault(pointer=f"/payments/{row}/paid_on", code="date_out_of_range", detail=detail)


# --- machine clients --------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/machine-clients", scope="staff.bonuses.read", query=PageQuery, answer=MachineClients)
def list_machine_clients(call: Call) -> MachineClients:
    """List the partners of the coalition, by name."""
    cursors = call.cursors()
    page = coalition.clients(call.work, call.query.limit, cursors.open(call.query.cursor))
    shown = [MachineClientAnswer.of(coalition.client_of(item)) for item in page.items]
    return MachineClients(items=shown, next_cursor=cursors.close(page.last))


@routes.get(
    "/v1/staff/machine-clients/{client_id}",
    scope="staff.bonuses.read",
    answer=MachineClientAnswer,
    problems=("not_found",),
)
def show_machine_client(call: Call, client_id: str) -> Answer:
    """Show a partner of the coalition and its limits."""
    found = coalition.client(call.work, client_id)
    return Answer(MachineClientAnswer.of(found), headers=etag(found.version))


@routes.put(
    "/v1/staff/machine-clients/{client_id}",
    scope="staff.bonuses.write",
    body=MachineClientForm,
    answer=MachineClientAnswer,
    matched=True,
)
def register_machine_client(call: Call, client_id: str) -> Answer:
    """Register a partner of the coalition, or change its name, limits, and whether it may grant.

    `client_id` is the id under which Cognito knows the client. If-Match: "0" for one that is not registered yet.
    """
    form: MachineClientForm = call.body
    wanted = Client(
        client_id=client_id,
        name=form.name,
        currency=form.currency,
        active=form.active,
        limits=limits_of(form.limits),
        version=call.expected_version(),
    )
    made = coalition.register(call.work, wanted)
    return Answer(MachineClientAnswer.of(made), headers=etag(made.version))
