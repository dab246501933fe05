"""The second person's decision on a tier, an offer or terms above the club's bounds.

The room of an approved thing makes it in the transaction of the decision: once, and by the rules of that moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.platform import Context, Problem, or_not_found
from chalicelib.platform.approvals import store
from chalicelib.platform.approvals.model import Approval, ApprovalKind, ApprovalState
from chalicelib.pricing.approvals.schemas import ApprovalView
from chalicelib.pricing.offers.service import issue_approved
from chalicelib.pricing.terms.service import replace_approved
from chalicelib.table import Refused, Transaction
from chalicelib.tiers import grant_approved

_MADE_BY: Mapping[ApprovalKind, Callable[[Context, Approval, Callable[[Transaction], None]], None]] = {
    "manual_tier": grant_approved,
    "offer": issue_approved,
    "terms": replace_approved,
}


def approve(context: Context, approval_id: str, by: str, note: str) -> ApprovalView:
    """Makes what was asked for. Raises `not_found`, `wrong_state`, `four_eyes` for the author, and what the room raises."""
    decided = _decision(context, approval_id, ApprovalState.APPROVED, by, note)
    view = ApprovalView.of(decided)

    def also(tx: Transaction) -> None:
        store.decide(tx, decided)
        context.reply(tx, view)

    try:
        _MADE_BY[decided.kind](context, decided, also)
    except Refused as refused:
        raise _late(refused) or refused from None
    return view


def reject(context: Context, approval_id: str, by: str, note: str) -> ApprovalView:
    """Makes nothing. Its author may reject it too. Raises `not_found`, `wrong_state`."""
    decided = _decision(context, approval_id, ApprovalState.REJECTED, by, note)
    view = ApprovalView.of(decided)
    tx = Transaction()
    store.decide(tx, decided)
    context.reply(tx, view)
    try:
        context.table.commit(tx)
    except Refused as refused:
        raise _late(refused) or refused from None
    return view


def read(context: Context, approval_id: str) -> Approval:
    """Raises `not_found`."""
    return or_not_found(store.read(context.table, approval_id))


def _decision(context: Context, approval_id: str, state: ApprovalState, by: str, note: str) -> Approval:
    waiting = read(context, approval_id)
    if waiting.state is not ApprovalState.WAITING:
        raise _decided(waiting.state)
    if waiting.author == by and state is ApprovalState.APPROVED:
        raise Problem("four_eyes")
    return replace(waiting, state=state, decided_by=by, decided_at=context.at, note=note)


def _late(refused: Refused) -> Problem | None:
    """The problem of a decision that came second; None for another refusal."""
    item = refused.items.get(store.APPROVAL)
    return _decided(ApprovalState(item["state"])) if item else None


def _decided(state: ApprovalState) -> Problem:
    return Problem("wrong_state", f"The request is {state}.", extra={"state": state})
