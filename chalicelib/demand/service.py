"""Wishes for what cannot be ordered: said by partners, counted for merchandising, answered by the staff (or see `demand_answers`).

Each step is one transaction: the demand, the count of its article, and its event. So the count is right at any moment, whoever wishes,
cancels and answers at once.
"""

from collections.abc import Callable
from dataclasses import asdict

from chalicelib import catalog, companies
from chalicelib.catalog import Product, total
from chalicelib.demand import keys, rules, store
from chalicelib.demand.events import ANSWERED, CANCELLED, CHANGED, OPENED
from chalicelib.demand.rules import Demand, DemandAnswer, DemandClosed, DemandCount, DemandState
from chalicelib.demand.schemas import DemandAnswerForm, DemandForm
from chalicelib.platform import events
from chalicelib.platform.access.scopes import COMPANY_ROLES, STAFF_ROLES
from chalicelib.platform.context import Context
from chalicelib.platform.events import EventType
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.ids import derived_id
from chalicelib.table.retries import Overtaken, retry
from chalicelib.table.transactions import Refused, Transaction

Position = dict[str, str] | None

MOST_A_DAY = 200  # wishes that one member opens, so that nobody fills merchandising's list

_WISHING = sorted(role for role, scopes in COMPANY_ROLES.items() if "catalog.read" in scopes)
_ANSWERING = sorted(role for role, scopes in STAFF_ROLES.items() if "staff.demands.write" in scopes)

# --- partners ---------------------------------------------------------------------------------------------------------


def wish(context: Context, company_id: str, member_id: str, form: DemandForm) -> Demand:
    """The member's open wish for this; the same wish again is the same. Raises 422 for an article that there is not, or that is in stock."""
    wanted = form.sku or rules.normalised(form.text or "")
    demand_id = derived_id("dem", company_id, member_id, "sku" if form.sku else "text", wanted)
    wished = Demand(
        demand_id=demand_id,
        company_id=company_id,
        member_id=member_id,
        sku=form.sku or "",
        text=form.text or "",
        quantity=form.quantity or 0,
        note=form.note,
        opened_at=context.at,
    )
    if form.sku:
        _require_missing(context, form.sku)

    def decide(known: Demand | None) -> Demand:
        return rules.wished(known, wished)

    def check(tx: Transaction, before: Demand | None, after: Demand) -> None:
        companies.check_active(tx, company_id, member_id, _WISHING)
        opens = before is None or before.state is not DemandState.OPEN
        if opens:
            store.count_wish(tx, context, member_id, MOST_A_DAY)
        record(tx, context, after, OPENED if opens else CHANGED)

    return _change(context, demand_id, decide, check)


def page(
    context: Context, company_id: str, member_id: str, limit: int, after: Position
) -> tuple[list[Demand], Position]:
    """The member's own, newest first."""
    found = store.own_demands(context.table, company_id, member_id, limit, after)
    return [store.demand_of(item) for item in found.items], found.last


def cancel(context: Context, company_id: str, member_id: str, demand_id: str) -> Demand:
    """A second time changes nothing. Raises 404 for anybody else's, 409 for one that is answered."""
    if store.read_own(context.table, company_id, member_id, demand_id) is None:
        raise Problem("not_found")

    def decide(known: Demand | None) -> Demand:
        if known is None:
            raise Problem("not_found")
        return known if known.state is DemandState.CANCELLED else rules.cancelled(known, context.at)

    def check(tx: Transaction, before: Demand | None, after: Demand) -> None:
        companies.check_active(tx, company_id, member_id, _WISHING)
        record(tx, context, after, CANCELLED)

    return _change(context, demand_id, decide, check)


def _require_missing(context: Context, sku: str) -> None:
    item = catalog.read_items(context.table, [sku]).get(sku)
    if item is None:
        raise Problem.invalid("unknown_sku", "/sku", "There is no such product. Describe it in `text` instead.")
    left = total(catalog.stock_of(item))
    if left > 0:
        raise Problem.invalid("in_stock", "/sku", f"{left.normalize():f} are in stock and can be ordered.")


# --- staff ------------------------------------------------------------------------------------------------------------


def most_wanted(
    context: Context, limit: int, after: Position
) -> tuple[list[tuple[DemandCount, Product | None]], Position]:
    """Articles that somebody waits for, with their products. Two calls."""
    found = store.most_wanted(context.table, limit, after)
    counts = [store.count_of(item) for item in found.items]
    products = catalog.read_products(context.table, [count.sku for count in counts])
    return [(count, products.get(count.sku)) for count in counts], found.last


def waiting(context: Context, sku: str, limit: int, after: Position) -> tuple[list[Demand], Position]:
    """Who waits for the article, or without one wishes in words; oldest first."""
    found = store.waiting(context.table, sku, limit, after)
    return [store.demand_of(item) for item in found.items], found.last


def answer(context: Context, staff_id: str, demand_id: str, form: DemandAnswerForm) -> Demand:
    """The same answer again changes nothing. Raises 404, 409 for a wish that is over, 422 for an article that there is not."""
    if form.sku and not catalog.read_products(context.table, [form.sku]):
        raise Problem.invalid("unknown_sku", "/sku", "There is no such product.")
    given = DemandAnswer("staff", context.at, form.sku or "", form.text, staff_id)

    def decide(known: Demand | None) -> Demand:
        if known is None:
            raise Problem("not_found")
        before = known.answered
        if known.state is DemandState.ANSWERED and before and (before.text, before.sku) == (given.text, given.sku):
            return known
        return rules.answered(known, given)

    def check(tx: Transaction, before: Demand | None, after: Demand) -> None:
        companies.check_staff(tx, staff_id, _ANSWERING)
        record(tx, context, after, ANSWERED)

    return _change(context, demand_id, decide, check)


# --- what all steps share ---------------------------------------------------------------------------------------------


def record(tx: Transaction, context: Context, demand: Demand, name: EventType) -> None:
    """With all that a letter says of it."""
    answered = asdict(demand.answered) if demand.answered else None
    events.record(
        tx,
        context,
        keys.demand(demand.demand_id),
        name,
        demand_id=demand.demand_id,
        company_id=demand.company_id,
        member_id=demand.member_id,
        opened_at=demand.opened_at,
        sku=demand.sku,
        text=demand.text,
        quantity=demand.quantity,
        **({"answered": answered} if answered else {}),
    )


@retry()
def _change(
    context: Context,
    demand_id: str,
    decide: Callable[[Demand | None], Demand],
    check: Callable[[Transaction, Demand | None, Demand], None],
) -> Demand:
    """One step of one demand, decided again whenever somebody else changed it meanwhile."""
    before = store.read(context.table, demand_id)
    try:
        after = decide(before)
    except DemandClosed as over:
        raise Problem("wrong_state", f"It is {over.state}.", extra={"state": over.state}) from None
    if after == before:
        return after
    tx = Transaction()
    store.write(tx, context, before, after)
    store.count(tx, after.sku, [(before, after)])
    check(tx, before, after)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "throttle" in refused:
            raise Problem("too_many_requests", f"A member opens at most {MOST_A_DAY} requests a day.") from None
        raise Overtaken from None
    return after
