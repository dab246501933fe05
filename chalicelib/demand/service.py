"""Steps of a demand by partners and by staff; `answers` answers on arrived stock.

Each step is one transaction with the demand, the count of its article, and its event. So the count is right at any moment.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from chalicelib import catalog, companies, members
from chalicelib.catalog import Product, total
from chalicelib.companies import Company
from chalicelib.demand import keys, rules, store
from chalicelib.demand.events import ANSWERED, CANCELLED, CHANGED, OPENED
from chalicelib.demand.rules import Demand, DemandAnswer, DemandClosed, DemandCount, DemandState
from chalicelib.demand.schemas import DemandAnswerForm, DemandForm
from chalicelib.members import Member
from chalicelib.platform import DAY, Context, EventType, Problem, derived_id, events, hold_throttle
from chalicelib.table import Overtaken, Position, Transaction, from_item, retry

Named = tuple[Demand, Company | None, Member | None]

MOST_A_DAY = 200  # demands that one member opens


# --- partners ---------------------------------------------------------------------------------------------------------


def record_demand(context: Context, company_id: str, member_id: str, form: DemandForm, place: str = "") -> Demand:
    """The open demand of the member for this, new or changed. `place`: the pointer of the form. Raises 422 for an unknown article, or one in stock."""
    sku = _missing_article(context, form.sku, f"{place}/sku") if form.sku else ""
    wanted = sku or rules.normalised(form.text or "")
    demand_id = derived_id("dem", company_id, member_id, "sku" if sku else "text", wanted)
    new = Demand(
        demand_id=demand_id,
        company_id=company_id,
        member_id=member_id,
        sku=sku,
        text=form.text or "",
        quantity=form.quantity or 0,
        note=form.note,
        opened_at=context.at,
    )

    def decide(present: Demand | None) -> Demand:
        return rules.ask(present, new)

    def check(tx: Transaction, before: Demand | None, after: Demand) -> None:
        opens = before is None or before.state is not DemandState.OPEN
        if opens:
            detail = f"A member opens at most {MOST_A_DAY} requests a day."
            hold_throttle(tx, context, "demand", member_id, MOST_A_DAY, DAY, detail)
        record(tx, context, after, OPENED if opens else CHANGED)

    return _change(context, demand_id, decide, check)


def cancel(context: Context, company_id: str, member_id: str, demand_id: str) -> Demand:
    """Safe to repeat. Raises 404 for the demand of another member, 409 for an answered one."""
    if store.read_own(context.table, company_id, member_id, demand_id) is None:
        raise Problem("not_found")

    def decide(present: Demand | None) -> Demand:
        if present is None:
            raise Problem("not_found")
        return present if present.state is DemandState.CANCELLED else rules.cancel(present, context.at)

    def check(tx: Transaction, before: Demand | None, after: Demand) -> None:
        record(tx, context, after, CANCELLED)

    return _change(context, demand_id, decide, check)


def move_demands(context: Context, company_id: str, to: str, member_id: str) -> None:
    """The member's demands are those of the other company. Safe to repeat."""

    def decide(present: Demand | None) -> Demand:
        if present is None:
            raise Problem("not_found")
        return replace(present, company_id=to, version=present.version + 1)

    def check(tx: Transaction, before: Demand | None, after: Demand) -> None:
        record(tx, context, after, CHANGED)

    for item in list(context.table.query_all(keys.demand_list(company_id, member_id, "", "").pk, index="gsi1")):
        _change(context, item["demand_id"], decide, check)


def _missing_article(context: Context, typed: str, pointer: str) -> str:
    """The article that is meant. Raises 422 unless there is one, and it is out of stock."""
    sku, item = typed, catalog.read_items(context.table, [typed]).get(typed)
    if item is None:
        meant = catalog.articles_meant(context, [typed])[typed]
        items = catalog.read_items(context.table, meant) if len(meant) == 1 else {}
        if not items:
            detail = "There is no such product. Describe it in `text` instead."
            raise Problem("invalid", errors=[catalog.article_fault(pointer, meant, detail)])
        [(sku, item)] = items.items()
    left = total(catalog.stock_of(item))
    if left > 0:
        raise Problem.invalid("in_stock", pointer, f"{left.normalize():f} are in stock and can be ordered.")
    return sku


# --- staff ------------------------------------------------------------------------------------------------------------


def most_wanted(
    context: Context, limit: int, after: Position
) -> tuple[list[tuple[DemandCount, Product | None]], Position]:
    """The counts of wanted articles, with their products. Two calls."""
    found = store.most_wanted(context.table, limit, after)
    counts = [from_item(DemandCount, item) for item in found.items]
    products = catalog.read_products(context.table, [count.sku for count in counts])
    return [(count, products.get(count.sku)) for count in counts], found.last


def waiting(context: Context, sku: str, limit: int, after: Position) -> tuple[list[Named], Position]:
    """Open demands for the article, or without one those in words, oldest first. Three calls."""
    found = store.waiting(context.table, sku, limit, after)
    return with_names(context, [from_item(Demand, item) for item in found.items]), found.last


def with_names(context: Context, demands: Sequence[Demand]) -> list[Named]:
    """The demands, each with its company and its member; None for those that are gone. Two calls."""
    known = companies.read_companies(context, {each.company_id for each in demands})
    people = members.members(context, [each.member_id for each in demands])
    return [(each, known.get(each.company_id), people.get(each.member_id)) for each in demands]


def answer(context: Context, staff_id: str, demand_id: str, form: DemandAnswerForm) -> Demand:
    """Safe to repeat. Raises 404 for an unknown demand, 409 for a closed one, 422 for an unknown article."""
    form = catalog.with_articles_meant(context, form)
    given = DemandAnswer("staff", context.at, form.sku or "", form.text, staff_id)

    def decide(present: Demand | None) -> Demand:
        if present is None:
            raise Problem("not_found")
        before = present.answered
        if present.state is DemandState.ANSWERED and before and (before.text, before.sku) == (given.text, given.sku):
            return present
        return rules.answer(present, given)

    def check(tx: Transaction, before: Demand | None, after: Demand) -> None:
        record(tx, context, after, ANSWERED)

    return _change(context, demand_id, decide, check)


# --- steps ------------------------------------------------------------------------------------------------------------


def record(tx: Transaction, context: Context, demand: Demand, name: EventType) -> None:
    """Records an event with all facts that its letter needs."""
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
    """One step of a demand, decided again when another writer was faster."""
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
    context.table.commit(tx, refusal=Overtaken())
    return after
