"""Steps of entitlements and choices: one transaction under the versions of both, with its posting.

`take` is a step of a choice, `change` a step of a whole entitlement. After a concurrent write each decides again on what `decide` or
`load` reads again. A reserved amount is still owed: a step that only reserves or gives back posts nothing and leaves the mark of its cause.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from chalicelib.bonuses.goods import store
from chalicelib.bonuses.goods.events import AVAILABLE
from chalicelib.bonuses.goods.rules import Choice, ChoiceStep, Entitlement, StepRefused
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Book, Cause
from chalicelib.bonuses.volume import store as volume_store
from chalicelib.companies import company_key
from chalicelib.platform import Context, EventType, Fault, Problem, events
from chalicelib.table import CONTESTED, Transaction, retry


def record_available(tx: Transaction, context: Context, entitlement: Entitlement) -> None:
    """Records that goods, or a gift, became available."""
    expires = {"expires_on": entitlement.expires_on.isoformat()} if entitlement.expires_on else {}
    events.record(
        tx,
        context,
        company_key(entitlement.company_id),
        AVAILABLE,
        company_id=entitlement.company_id,
        entitlement_id=entitlement.entitlement_id,
        programme=entitlement.programme,
        gift=entitlement.kind == "gift",
        amount=entitlement.left,
        currency=entitlement.currency,
        first_day=entitlement.first.isoformat(),
        last_day=entitlement.last.isoformat(),
        part=entitlement.part,
        parts=entitlement.parts,
        available_from=entitlement.available_from.isoformat(),
        **expires,
    )


Result = TypeVar("Result")

ZERO = Decimal(0)


class ChangedChoice(NamedTuple):
    """A choice and its entitlement after a step."""

    entitlement: Entitlement
    choice: Choice


def take(
    context: Context, cause: Cause, decide: Callable[[], ChoiceStep], write: Callable[[Transaction, ChoiceStep], None]
) -> ChangedChoice:
    """Takes a step of a choice; decides again after a concurrent change of the choice or its entitlement."""

    def attempt() -> ChangedChoice:
        step = decide()
        chosen = ChangedChoice(step.entitlement, step.choice)

        def also(tx: Transaction, before: Book, after: Book) -> None:
            store.replace_entitlement(tx, step.entitlement, context.today)
            store.write_choice(tx, step.choice)
            _settle(tx, step.entitlement, step.shipped + step.expired)
            write(tx, step)
            context.reply(tx, chosen)

        _post(context, step.entitlement, cause, step.shipped, step.expired, also)
        return chosen

    return _decide_anew(context, attempt)


def change(
    context: Context,
    cause: Cause,
    load: Callable[[], Entitlement],
    decide: Callable[[Entitlement], Entitlement],
    event: EventType,
    facts: dict[str, Any],
) -> Entitlement:
    """Takes a step of a whole entitlement; returns it unchanged if there is nothing to do."""

    def attempt() -> Entitlement:
        before = load()
        after = decide(before)
        if after == before:
            return after
        shipped, expired = after.shipped - before.shipped, after.expired - before.expired
        amount = before.owed - after.owed

        def also(tx: Transaction, _: Book, __: Book) -> None:
            store.replace_entitlement(tx, after, context.today)
            _settle(tx, after, amount)
            record_step(tx, context, after, event, amount=amount, left=after.left, **facts)
            context.reply(tx, after)

        _post(context, after, cause, shipped, expired, also, reversed_=after.reversed - before.reversed)
        return after

    return _decide_anew(context, attempt)


def _post(
    context: Context,
    found: Entitlement,
    cause: Cause,
    shipped: Decimal,
    expired: Decimal,
    also: ledger.Also,
    *,
    reversed_: Decimal = ZERO,
) -> None:
    def alter(book: Book) -> Book:
        return ledger_rules.lapse(ledger_rules.deliver(ledger_rules.owe(book, -reversed_), shipped), expired)

    ledger.change(context, found.company_id, found.currency, cause, alter, also)


@retry(store.ENTITLEMENT, store.CHOICE, most=CONTESTED)
def _decide_anew(context: Context, attempt: Callable[[], Result]) -> Result:
    try:
        return attempt()
    except StepRefused as step:
        errors = [Fault(pointer=each.pointer, code=each.code, detail=each.detail) for each in step.faults]
        raise Problem(step.code, step.detail, errors=errors, extra=step.extra) from None


def _settle(tx: Transaction, found: Entitlement, less: Decimal) -> None:
    if less:
        volume_store.settle(tx, found.company_id, found.last, found.programme, less)


def record_choice(tx: Transaction, context: Context, step: ChoiceStep, name: EventType, **facts: Any) -> None:
    record_step(tx, context, step.entitlement, name, choice_id=step.choice.choice_id, **facts)


def record_step(tx: Transaction, context: Context, found: Entitlement, name: EventType, **facts: Any) -> None:
    events.record(
        tx,
        context,
        company_key(found.company_id),
        name,
        company_id=found.company_id,
        entitlement_id=found.entitlement_id,
        currency=found.currency,
        **facts,
    )
