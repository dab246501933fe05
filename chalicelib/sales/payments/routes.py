from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Fault, Problem
from chalicelib.platform.http.routes import Call, Routes
from chalicelib.sales.payments import service
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.payments.schemas import EARLIEST, PaymentForm, PaymentResult, PaymentResults, PaymentRows
from chalicelib.sales.rules import Ref

routes = Routes(__name__, tag="machines")

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
    as_of = call.context.at
    if rows.as_of is not None:
        if rows.as_of > call.context.now:
            raise Problem.invalid("in_the_future", "/as_of", "This moment is still to come.")
        as_of = clock.stamp(rows.as_of)
    return PaymentResults(items=_record(call.context, rows.payments, by, as_of))


def _record(context: Context, rows: Sequence[Any], by: str, as_of: str) -> list[PaymentResult]:
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
        if faults := list(_faults(context, number, payment, told)):
            results[number] = PaymentResult(row=number, document=shown, result="failed", errors=faults)
            continue
        told[payment.ref] = (number, payment)
    outcomes = service.record_payments(context, [payment for _, payment in told.values()], by=by, as_of=as_of)
    for (number, _), outcome in zip(told.values(), outcomes, strict=True):
        results[number] = PaymentResult(row=number, document=rows[number]["document"], result=outcome)
    return [results[number] for number in sorted(results)]


def _faults(context: Context, row: int, payment: Payment, told: Mapping[Ref, tuple[int, Payment]]) -> Iterator[Fault]:
    if payment.ref in told:
        detail = f"Row {told[payment.ref][0]} names this document too and was taken."
        yield Fault(pointer=f"/payments/{row}/document", code="repeated", detail=detail)
    if payment.paid_on is not None and not EARLIEST <= payment.paid_on <= context.today:
        detail = "This day is too early, or still to come."
        yield Fault(pointer=f"/payments/{row}/paid_on", code="date_out_of_range", detail=detail)
