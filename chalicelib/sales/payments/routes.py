from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from chalicelib.platform import Call, Context, Fault, Problem, Routes, clock
from chalicelib.platform.http import validation
from chalicelib.sales.payments import service
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.payments.schemas import EARLIEST, PaymentForm, PaymentResultsView, PaymentResultView, PaymentsForm
from chalicelib.sales.rules import DocumentRef
from chalicelib.sales.store import read_known

routes = Routes(__name__, tag="machines")

_UNKNOWN = "The club has no such document yet: the payment waits for it."


@routes.post("/v1/machine/payments", scope="machine.payments")
def record_payments(call: Call, form: PaymentsForm) -> PaymentResultsView:
    """Record which documents are paid in full: their pending bonuses become available.

    Each row has its own result; a bad row never stops the others. A payment may come before its document; its row warns of
    that. A repeat changes nothing; of several states of one document the newest holds.
    """
    return _record_rows(call.context, form, call.principal.for_machine())


@routes.post("/v1/staff/payments", scope="staff.imports.write")
def record_payments_by_hand(call: Call, form: PaymentsForm) -> PaymentResultsView:
    """Record by hand which documents are paid in full.

    As a machine client does.
    """
    return _record_rows(call.context, form, call.principal.subject)


def _record_rows(context: Context, form: PaymentsForm, by: str) -> PaymentResultsView:
    as_of = context.at
    if form.as_of is not None:
        if form.as_of > context.now:
            raise Problem.invalid("in_the_future", "/as_of", "This moment is in the future.")
        as_of = clock.stamp(form.as_of)
    return PaymentResultsView(items=_record(context, form.payments, by, as_of))


def _record(context: Context, rows: Sequence[Any], by: str, as_of: str) -> list[PaymentResultView]:
    results: dict[int, PaymentResultView] = {}
    accepted: dict[DocumentRef, tuple[int, Payment]] = {}
    for number, row in enumerate(rows):
        document = row.get("document") if isinstance(row, dict) else None
        document = document if isinstance(document, str) else None
        try:
            payment = PaymentForm.model_validate(row).payment()
        except ValidationError as error:
            faults = validation.faults(error, place=f"/payments/{number}")
            results[number] = PaymentResultView(row=number, document=document, result="failed", errors=faults)
            continue
        if faults := list(_faults(context, number, payment, accepted)):
            results[number] = PaymentResultView(row=number, document=document, result="failed", errors=faults)
            continue
        accepted[payment.ref] = (number, payment)
    outcomes = service.record_payments(context, [payment for _, payment in accepted.values()], by=by, as_of=as_of)
    known = {ref for ref, each in read_known(context.table, accepted).items() if each.head or each.same_as}
    for (number, payment), outcome in zip(accepted.values(), outcomes, strict=True):
        fault = Fault(pointer=f"/payments/{number}/document", code="unknown_document", detail=_UNKNOWN)
        warnings = [] if payment.ref in known else [fault]
        document = rows[number]["document"]
        results[number] = PaymentResultView(row=number, document=document, result=outcome, warnings=warnings)
    return [results[number] for number in sorted(results)]


def _faults(
    context: Context, row: int, payment: Payment, accepted: Mapping[DocumentRef, tuple[int, Payment]]
) -> Iterator[Fault]:
    if payment.ref in accepted:
        detail = f"Row {accepted[payment.ref][0]} names the same document and was accepted."
        yield Fault(pointer=f"/payments/{row}/document", code="repeated", detail=detail)
    if payment.paid_on is not None and not EARLIEST <= payment.paid_on <= context.latest_day:
        detail = "This day is before 1990 or in the future."
        yield Fault(pointer=f"/payments/{row}/paid_on", code="date_out_of_range", detail=detail)
