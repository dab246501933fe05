"""Bonuses: as the company sees and spends them, as the staff correct them."""

from typing import TypeVar

from chalicelib import companies
from chalicelib.bonuses import adjustments, case_store, redemptions, statements
from chalicelib.bonuses.cases import Adjustment, Redemption
from chalicelib.bonuses.schemas import (
    AdjustmentAnswer,
    AdjustmentForm,
    AdjustmentPage,
    BonusesAnswer,
    CancellationForm,
    DecisionForm,
    PostingAnswer,
    PostingPage,
    RedemptionAnswer,
    RedemptionForm,
    RedemptionPage,
    Standings,
    StatementAnswer,
    StatementLine,
    StatementQuery,
    WaitingRedemptionPage,
)
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.routes import Answer, Call, Routes

routes = Routes(__name__, tag="bonuses")

Case = TypeVar("Case")

STEP = ("not_found", "wrong_state")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.get("/v1/company/bonuses", scope="bonuses.read", answer=BonusesAnswer)
def show_bonuses(call: Call) -> BonusesAnswer:
    """Tell what bonuses the company has: balances, lots with their expiry, debt."""
    return statements.bonuses(call.work, call.principal.for_company())


@routes.get("/v1/company/bonuses/entries", scope="bonuses.read", query=PageQuery, answer=PostingPage)
def list_postings(call: Call) -> PostingPage:
    """List the postings of the company's ledger, newest first.

    Nothing of it is ever changed or deleted; the balances are the sum of all entries.
    """
    return _postings(call, call.principal.for_company())


@routes.get("/v1/company/bonuses/statement", scope="bonuses.read", query=StatementQuery, answer=StatementAnswer)
def bonus_statement(call: Call) -> StatementAnswer:
    """Give account of a month: opening balances, every posting with its document, closing balances."""
    return _statement(call, call.principal.for_company())


@routes.post(
    "/v1/company/redemptions",
    scope="bonuses.write",
    body=RedemptionForm,
    answer=RedemptionAnswer,
    status=201,
    keyed=True,
    problems=("not_enough_bonus", "not_found", "wrong_state", "already_exists"),
)
def redeem_bonuses(call: Call) -> Redemption:
    """Reserve bonuses, oldest expiry first.

    With `order_id` they follow the order: redeemed when it is completed, given back when it is rejected or cancelled; where the
    distributor accepts less than the redemption, the rest is given back. Without, the staff complete the redemption.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return redemptions.redeem(call.answering(_made), company_id, member_id, call.body)


@routes.get("/v1/company/redemptions", scope="bonuses.read", query=PageQuery, answer=RedemptionPage)
def list_redemptions(call: Call) -> RedemptionPage:
    """List the company's redemptions, newest first."""
    return _redemptions(call, call.principal.for_company())


@routes.get(
    "/v1/company/redemptions/{redemption_id}",
    scope="bonuses.read",
    answer=RedemptionAnswer,
    problems=("not_found",),
)
def show_redemption(call: Call, redemption_id: str) -> RedemptionAnswer:
    """Read a redemption: its state, and the lots it was taken from."""
    found = redemptions.redemption_or_404(call.work, call.principal.for_company(), redemption_id)
    return RedemptionAnswer.of(found)


@routes.post(
    "/v1/company/redemptions/{redemption_id}/cancel",
    scope="bonuses.write",
    answer=RedemptionAnswer,
    keyed=True,
    problems=STEP,
)
def cancel_redemption(call: Call, redemption_id: str) -> Redemption:
    """Give the bonuses back to the lots they were taken from.

    They keep their expiry: what has expired meanwhile expires at once. One for an order can be cancelled until the distributor
    accepts the order.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return redemptions.cancel(call.answering(RedemptionAnswer.of), company_id, member_id, redemption_id)


# --- the staff --------------------------------------------------------------------------------------------------------


@routes.get(
    "/v1/staff/companies/{company_id}/bonuses",
    scope="staff.bonuses.read",
    answer=BonusesAnswer,
    problems=("not_found",),
)
def show_bonuses_of_company(call: Call, company_id: str) -> BonusesAnswer:
    """Tell what bonuses a company has, as the company sees it."""
    return statements.bonuses(call.work, company_id)


@routes.get(
    "/v1/staff/companies/{company_id}/bonuses/entries",
    scope="staff.bonuses.read",
    query=PageQuery,
    answer=PostingPage,
    problems=("not_found",),
)
def list_postings_of_company(call: Call, company_id: str) -> PostingPage:
    """List the postings of a company's ledger, newest first."""
    _check_company(call, company_id)
    return _postings(call, company_id)


@routes.get(
    "/v1/staff/companies/{company_id}/bonuses/statement",
    scope="staff.bonuses.read",
    query=StatementQuery,
    answer=StatementAnswer,
    problems=("not_found",),
)
def bonus_statement_of_company(call: Call, company_id: str) -> StatementAnswer:
    """Give account of a company's month."""
    return _statement(call, company_id)


@routes.get("/v1/staff/redemptions", scope="staff.bonuses.read", query=PageQuery, answer=WaitingRedemptionPage)
def list_waiting_redemptions(call: Call) -> WaitingRedemptionPage:
    """List the redemptions that wait for the staff to complete them, oldest first: all reserved ones without an order."""
    cursors = call.cursors()
    page = case_store.redemptions_waiting(call.work.table, call.query.limit, cursors.open(call.query.cursor))
    items = [RedemptionAnswer.of(case_store.redemption_of(item)) for item in page.items]
    return WaitingRedemptionPage(items=items, next_cursor=cursors.close(page.last))


@routes.get(
    "/v1/staff/companies/{company_id}/redemptions",
    scope="staff.bonuses.read",
    query=PageQuery,
    answer=RedemptionPage,
    problems=("not_found",),
)
def list_redemptions_of_company(call: Call, company_id: str) -> RedemptionPage:
    """List a company's redemptions, newest first."""
    _check_company(call, company_id)
    return _redemptions(call, company_id)


@routes.post(
    "/v1/staff/companies/{company_id}/redemptions/{redemption_id}/complete",
    scope="staff.bonuses.write",
    answer=RedemptionAnswer,
    keyed=True,
    problems=STEP,
)
def complete_redemption(call: Call, company_id: str, redemption_id: str) -> Redemption:
    """Say that the company got what it redeemed bonuses for."""
    staff_id = call.principal.for_member()
    return redemptions.complete(call.answering(RedemptionAnswer.of), staff_id, company_id, redemption_id)


@routes.post(
    "/v1/staff/companies/{company_id}/redemptions/{redemption_id}/cancel",
    scope="staff.bonuses.write",
    body=CancellationForm,
    answer=RedemptionAnswer,
    keyed=True,
    problems=STEP,
)
def cancel_redemption_of_company(call: Call, company_id: str, redemption_id: str) -> Redemption:
    """Give the bonuses back to the lots they were taken from, whatever became of the order they are for.

    They keep their expiry, as when the company cancels. For an order of which a part never ships, and for what the club cannot give.
    """
    staff_id, reason = call.principal.for_member(), call.body.reason
    return redemptions.cancel_for(call.answering(RedemptionAnswer.of), staff_id, company_id, redemption_id, reason)


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments",
    scope="staff.bonuses.write",
    body=AdjustmentForm,
    answer=AdjustmentAnswer,
    status=201,
    keyed=True,
    problems=("not_found", "not_enough_bonus"),
)
def adjust_bonuses(call: Call, company_id: str) -> Adjustment:
    """Add bonuses, or take some away, for a reason.

    Above the club's limit the adjustment waits, and nothing moves until somebody else approves it.
    """
    staff_id = call.principal.for_member()
    return adjustments.adjust(call.answering(_asked), staff_id, company_id, call.body)


@routes.get("/v1/staff/bonus-adjustments", scope="staff.bonuses.read", query=PageQuery, answer=AdjustmentPage)
def list_adjustments(call: Call) -> AdjustmentPage:
    """List the adjustments that wait for approval, oldest first."""
    cursors = call.cursors()
    page = case_store.adjustments_waiting(call.work.table, call.query.limit, cursors.open(call.query.cursor))
    items = [AdjustmentAnswer.of(case_store.adjustment_of(item)) for item in page.items]
    return AdjustmentPage(items=items, next_cursor=cursors.close(page.last))


@routes.get(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}",
    scope="staff.bonuses.read",
    answer=AdjustmentAnswer,
    problems=("not_found",),
)
def show_adjustment(call: Call, company_id: str, adjustment_id: str) -> AdjustmentAnswer:
    """Read an adjustment: who asked for it and why, who decided."""
    return AdjustmentAnswer.of(adjustments.adjustment_or_404(call.work, company_id, adjustment_id))


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}/approve",
    scope="staff.bonuses.approve",
    body=DecisionForm,
    answer=AdjustmentAnswer,
    keyed=True,
    problems=(*STEP, "four_eyes", "not_enough_bonus"),
)
def approve_adjustment(call: Call, company_id: str, adjustment_id: str) -> Adjustment:
    """Post an adjustment that somebody else asked for."""
    staff_id = call.principal.for_member()
    return adjustments.approve(call.answering(AdjustmentAnswer.of), staff_id, company_id, adjustment_id, call.body.note)


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}/reject",
    scope="staff.bonuses.approve",
    body=DecisionForm,
    answer=AdjustmentAnswer,
    keyed=True,
    problems=STEP,
)
def reject_adjustment(call: Call, company_id: str, adjustment_id: str) -> Adjustment:
    """Refuse an adjustment: nothing moves."""
    staff_id = call.principal.for_member()
    return adjustments.reject(call.answering(AdjustmentAnswer.of), staff_id, company_id, adjustment_id, call.body.note)


def _check_company(call: Call, company_id: str) -> None:
    """Raises 404 for a company that is not there, where nothing else would: its lists are empty."""
    if companies.read_company(call.work, company_id) is None:
        raise Problem("not_found")


# --- what both see ----------------------------------------------------------------------------------------------------


def _postings(call: Call, company_id: str) -> PostingPage:
    cursors = call.cursors()
    found, last = statements.postings(call.work, company_id, call.query.limit, cursors.open(call.query.cursor))
    items = [PostingAnswer.of(posting, call.language) for posting in found]
    return PostingPage(items=items, next_cursor=cursors.close(last))


def _statement(call: Call, company_id: str) -> StatementAnswer:
    cursors, query = call.cursors(), call.query
    found = statements.statement(call.work, company_id, query.month, query.limit, cursors.open(query.cursor))
    return StatementAnswer(
        company_id=company_id,
        month=found.month,
        complete=found.complete,
        opening=Standings.of(found.opening, found.currency),
        closing=Standings.of(found.closing, found.currency),
        lines=[StatementLine.of(posting, call.language) for posting in found.postings],
        next_cursor=cursors.close(found.last),
    )


def _redemptions(call: Call, company_id: str) -> RedemptionPage:
    cursors = call.cursors()
    page = case_store.redemptions(call.work.table, company_id, call.query.limit, cursors.open(call.query.cursor))
    items = [RedemptionAnswer.of(case_store.redemption_of(item)) for item in page.items]
    return RedemptionPage(items=items, next_cursor=cursors.close(page.last))


def _made(redemption: Redemption) -> Answer:
    return Answer(
        RedemptionAnswer.of(redemption),
        headers={"Location": f"/v1/company/redemptions/{redemption.redemption_id}"},
    )


def _asked(adjustment: Adjustment) -> Answer:
    place = f"/v1/staff/companies/{adjustment.company_id}/bonus-adjustments/{adjustment.adjustment_id}"
    return Answer(AdjustmentAnswer.of(adjustment), headers={"Location": place})
