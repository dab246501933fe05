"""Joins of two companies that are one, and their undoing for a day.

    preview   tells what a join would change, and what stands in its way
    start     gives INN and place in the lists to the company that stays; from here on files find that one
    work      moves customers with their documents, then people, then orders; when no document is left that earns the company a bonus, its
              other bonuses go over, each lot with its expiry, and the join is done
    undo      the same back

Each step is safe to repeat, and looks at what is there: so a join goes on after a crash, wherever that was. Documents are recorded for the
other company as their next revision, so tiers, bonuses and reports of both follow by themselves and nothing counts twice. Orders go one by one,
each whole (`order_moves`), after the people of the company, who then order for the other one.

Weakest point: an import that runs meanwhile may write documents to the company that it looked up before. The next file mends that.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib import bonuses, companies, demand, exchange, orders, pricing, sales, tiers
from chalicelib.bonuses import Bonuses
from chalicelib.companies import MOST_CUSTOMERS, MOST_JOINED, Company
from chalicelib.desk.joins import order_moves, store
from chalicelib.desk.joins.events import DONE, UNDONE
from chalicelib.desk.joins.model import CompanyJoin, JoinState
from chalicelib.desk.joins.schemas import (
    FileCustomerView,
    JoinedCompanyView,
    JoinForm,
    JoinPreviewView,
    JoinReasonForm,
    JoinView,
    ObstacleView,
)
from chalicelib.platform import (
    Context,
    EventType,
    Language,
    Money,
    Problem,
    aws,
    derived_id,
    moment,
    or_not_found,
    queue_url,
)
from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.parts import STALLED
from chalicelib.table import Position, Transaction, from_item, retry

DOCUMENTS = 100  # looked at together
PREVIEW_PAGES = 20
PREVIEW_ORDERS = 2000
MOST_PEOPLE = 100
MOST_DEBTS = 2000  # of both: they lie in one item
UNDO = timedelta(days=1)
LOOK_AGAIN_SECONDS = 15

# --- before ---------------------------------------------------------------------------------------------------------------


def preview(context: Context, form: JoinForm, language: Language) -> JoinPreviewView:
    """The changes that a join would make. Nothing is written. Raises 422 for companies that are no two of one currency."""
    company, into = _companies(context, form)
    customers = companies.customers_of(context, company.company_id)[:MOST_CUSTOMERS]
    refs, changed, complete = _documents(context, company.company_id, customers)
    ordered = orders.order_ids(context.table, company.company_id, PREVIEW_ORDERS)
    loses = {day: -amount for day, amount in changed.items()}
    book = bonuses.book_of(context, company.company_id)
    accrued = bonuses.accrued_for(context, company.company_id, refs)
    other = sum(bonuses.transferable(book, context.today).values(), Decimal(0)) + book.pending - accrued
    currency = company.currency
    return JoinPreviewView(
        obstacles=[_told(each, language) for each in _obstacles(context, company, into)],
        same_inn=bool(company.inn) and company.inn == into.inn,
        customers=[FileCustomerView(source=source, customer=customer) for source, customer in customers],
        documents=len(refs),
        orders=len(ordered),
        complete=complete and len(ordered) < PREVIEW_ORDERS,
        purchases=Money(amount=sum(changed.values(), Decimal(0)), currency=currency),
        bonuses_of_documents=Money(amount=accrued, currency=currency),
        other_bonuses=Money(amount=other, currency=currency),
        stays=list(_staying(context, company)),
        company=_joined(context, company, loses),
        into=_joined(context, into, changed),
    )


def _companies(context: Context, form: JoinForm) -> tuple[Company, Company]:
    company = companies.read_company(context, form.company_id)
    if company is None:
        raise Problem.invalid("unknown_company", "/company_id", "The club does not know this company.")
    into = companies.read_company(context, form.into_company_id)
    if into is None:
        raise Problem.invalid("unknown_company", "/into_company_id", "The club does not know this company.")
    if company.company_id == into.company_id:
        raise Problem.invalid("same_company", "/into_company_id", "Name two companies.")
    if company.currency != into.currency:
        raise Problem.invalid("currency", "/into_company_id", "The two companies buy in different currencies.")
    return company, into


def _documents(
    context: Context, company_id: str, customers: list[tuple[str, str]]
) -> tuple[list[sales.DocumentRef], Mapping[date, Decimal], bool]:
    """The company's documents, their amounts by day, and whether these are all."""
    refs, changed, pages = [], dict[date, Decimal](), 0
    for source, customer in (*customers, (sales.ORDERS, None)):
        after: Position = None
        while pages < PREVIEW_PAGES:
            pages += 1
            found, after = sales.of_customer(context, company_id, source, customer, DOCUMENTS, after)
            for document, head in found:
                if head.voided:
                    continue
                refs.append(document.ref)
                if head.other_currency:
                    continue
                changed[head.counting.day] = changed.get(head.counting.day, Decimal(0)) + head.total
            if after is None:
                break
        if after is not None:
            return refs, changed, False
    return refs, changed, True


_UNDER_WAY = "Another join or undoing of one of the two is under way: wait until all has followed."


def _obstacles(context: Context, company: Company, into: Company) -> Iterator[ObstacleView]:
    if company.joined_into or into.joined_into:
        yield ObstacleView(
            code="joined", detail="One of the two is joined with another company already: join with that one."
        )
    elif store.is_under_way(context.table, company.company_id, into.company_id):
        yield ObstacleView(code="joined", detail=_UNDER_WAY)
    if sum(len(orders.credit_of(context, each.company_id).debts) for each in (company, into)) > MOST_DEBTS:
        yield ObstacleView(
            code="too_many_debts", detail=f"The two owe more than {MOST_DEBTS} shipments: record their payments first."
        )
    book = bonuses.book_of(context, company.company_id)
    if book.reserved or book.goods_owed:
        yield ObstacleView(
            code="bonuses_in_progress",
            detail="Bonuses of the company are reserved, or owed in goods: finish or cancel these first.",
        )
    if not context.config[Bonuses].negative_balance and book.redeemed:
        yield ObstacleView(
            code="bonuses_spent",
            detail="The company has spent bonuses, and the club bears those that returns take back: keep this company instead.",
        )
    if len(companies.customers_of(context, company.company_id)) > MOST_CUSTOMERS:
        yield ObstacleView(
            code="too_many_customers",
            detail=f"More than {MOST_CUSTOMERS} customers of files are this company: move them one by one.",
        )
    if len(into.joined_from or ()) >= MOST_JOINED:
        yield ObstacleView(
            code="too_many_joins",
            detail=f"{MOST_JOINED} companies were joined into this one already: keep the other company instead.",
        )
    if len(companies.people_of(context, company.company_id)) > MOST_PEOPLE:
        yield ObstacleView(
            code="too_many_people",
            detail=f"More than {MOST_PEOPLE} people act for the company: keep this company instead.",
        )


def _told(obstacle: ObstacleView, language: Language) -> ObstacleView:
    """The obstacle in the reader's language."""
    return obstacle.model_copy(update={"detail": _in(language, obstacle.detail)})


def _in(language: Language, sentence: str) -> str:
    return (in_russian(sentence) if language == "ru" else None) or sentence


def _staying(context: Context, company: Company) -> Iterator[Any]:
    if pricing.terms_of(context, company.company_id, company.currency).contracts:
        yield "terms"
    if pricing.open_offers_of(context, company.company_id):
        yield "offers"
    if tiers.manual_tiers_of(context, company.company_id):
        yield "manual_tiers"


def _joined(context: Context, company: Company, changed: Mapping[date, Decimal]) -> JoinedCompanyView:
    now, then = tiers.tier_with(context, company.company_id, changed)
    return JoinedCompanyView(
        company_id=company.company_id,
        name=company.name,
        inn=company.inn,
        kpp=company.kpp,
        people=len(companies.people_of(context, company.company_id)),
        tier=now.tier or None,
        tier_after=then.tier or None,
    )


# --- the join ---------------------------------------------------------------------------------------------------------------


def start(context: Context, form: JoinReasonForm, by: str, language: Language) -> JoinView:
    """Raises 409 with the first obstacle, or after a change of either company."""
    company, into = _companies(context, form)
    if obstacle := next(_obstacles(context, company, into), None):
        raise Problem("wrong_state", obstacle.detail)
    made = CompanyJoin(
        join_id=context.new_id("jon"),
        company_id=company.company_id,
        into=into.company_id,
        currency=company.currency,
        reason=form.reason,
        by=by,
        at=context.at,
        progress_at=context.at,
        customers=tuple(companies.customers_of(context, company.company_id)),
        kpps=tuple(companies.kpps_of(context, company)),
        people=_people(context, company, into),
        took_inn=bool(company.inn) and not into.inn,
    )
    tx = Transaction()
    companies.join_companies(tx, context, company, into, made.join_id, by)
    store.create(tx, context, made)
    return _committed(context, tx, made, language)


def _people(context: Context, company: Company, into: Company) -> tuple[str, ...]:
    """Those who come over. People of the company that stays do not, even if this one has invited them: an undo leaves them there."""
    there = {each.member_id for each in companies.people_of(context, into.company_id) if each.status == "active"}
    return tuple(
        each.member_id for each in companies.people_of(context, company.company_id) if each.member_id not in there
    )


def undo(context: Context, join_id: str, by: str, language: Language) -> JoinView:
    """Raises 409 unless the join is done, and for a day."""
    found = _known(context, join_id)
    if found.state is not JoinState.DONE or context.now - moment(found.at) > UNDO:
        raise Problem("wrong_state", "A join can be undone once, when all has followed, and for a day.")
    company, into = (companies.read_company(context, each) for each in (found.company_id, found.into))
    if company is None or into is None:
        raise Problem("not_found")
    if into.joined_into:
        raise Problem("wrong_state", "The company that stayed was joined with another one since: undo that first.")
    if store.is_under_way(context.table, found.company_id, found.into):
        raise Problem("wrong_state", _UNDER_WAY)
    tx = Transaction()
    companies.part_companies(tx, context, company, into, found.kpps, join_id, by, took_inn=found.took_inn)
    undoing = replace(found, state=JoinState.UNDOING, undone_by=by, undone_at=context.at)
    return _committed(context, tx, store.begin_again(tx, context, undoing), language)


def _committed(context: Context, tx: Transaction, join: CompanyJoin, language: Language) -> JoinView:
    changed = Problem("conflict", "Somebody else has changed one of the companies meanwhile.")
    return context.commit(tx, view(context, join, language), refusal=changed)


def show(context: Context, join_id: str, language: Language) -> JoinView:
    return view(context, _known(context, join_id), language)


def page(context: Context, language: Language, limit: int, after: Position) -> tuple[list[JoinView], Position]:
    """Newest first. One call."""
    found = store.page(context.table, limit, after)
    return [view(context, from_item(CompanyJoin, item), language) for item in found.items], found.last


def _known(context: Context, join_id: str) -> CompanyJoin:
    return or_not_found(store.load(context, join_id))


def view(context: Context, join: CompanyJoin, language: Language) -> JoinView:
    return JoinView.from_record(
        join,
        into_company_id=join.into,
        people=len(join.people),
        waits_for=_in(language, join.waits_for) or None,
        stalled=_is_moving(join) and moment(join.progress_at) + STALLED < context.now,
    )


def _is_moving(join: CompanyJoin) -> bool:
    return join.state in (JoinState.MOVING, JoinState.UNDOING)


# --- its work ---------------------------------------------------------------------------------------------------------------


def enqueue(join_id: str, *, later: bool = False) -> None:
    aws.sqs().send_message(
        QueueUrl=queue_url("joins"),
        MessageBody=json.dumps({"join_id": join_id}),
        DelaySeconds=LOOK_AGAIN_SECONDS if later else 0,
    )


@retry("join")
def work(context: Context, message: dict[str, Any]) -> None:
    """Brings the join as far as it goes, and looks again later where documents are still on their way."""
    join_id = json.loads(message["body"])["join_id"]
    found = store.load(context, join_id)
    if found is None or not _is_moving(found):
        return
    waits_for = _move(context, found) if found.state is JoinState.MOVING else _move_back(context, found)
    if not waits_for:
        return
    if waits_for != found.waits_for:
        _saved(context, replace(found, waits_for=waits_for))
    enqueue(join_id, later=True)


def _move(context: Context, join: CompanyJoin) -> str:
    """The cause of waiting, in words; empty once the join is done."""
    companies.join_addresses(context, join.company_id, join.into)
    followed = _follow(context, join, join.company_id, join.into, "there")
    into = companies.read_company(context, join.into)
    if into is None:
        raise LookupError(f"no company {join.into}")
    if waits_for := order_moves.move(context, join, into) or followed:
        return waits_for
    if join.bonuses is None:
        if not bonuses.has_followed(context, join.company_id):
            return "The company has yet to lose bonuses of documents that moved."
        book = bonuses.book_of(context, join.company_id)
        join = _saved(context, replace(join, bonuses=bonuses.transferable(book, context.today)))
    _transfer(context, join, join.company_id, join.into, "there")
    _ended(context, replace(join, state=JoinState.DONE), DONE, {join.into: join.company_id})
    return ""


def _move_back(context: Context, join: CompanyJoin) -> str:
    _transfer(context, join, join.into, join.company_id, "back")
    companies.part_addresses(context, join.company_id, join.into)
    followed = _follow(context, join, join.into, join.company_id, "back")
    if waits_for := order_moves.move_back(context, join) or followed:
        return waits_for
    both = {join.into: join.company_id, join.company_id: join.into}
    _ended(context, replace(join, state=JoinState.UNDONE), UNDONE, both)
    return ""


def _follow(context: Context, join: CompanyJoin, company_id: str, to: str, way: str) -> str:
    """Moves customers, and people with their carts and demands. The customer whose documents have yet to follow, in words; empty once all have."""
    waiting = [
        (source, key)
        for source, key in join.customers
        if not exchange.follow_move(
            context,
            derived_id("mov", join.join_id, way, source, key),
            (source, key),
            company_id,
            to,
            join.reason,
            join.by,
        )
    ]
    for member_id in join.people:
        companies.move_person(context, company_id, to, member_id, join.by)
        orders.move_cart(context, company_id, to, member_id)
        demand.move_demands(context, company_id, to, member_id)
    for source, customer in waiting[:1]:
        return f"Documents of customer {customer} of source {source} have yet to follow."
    return ""


def _transfer(context: Context, join: CompanyJoin, company_id: str, to: str, way: str) -> None:
    if join.bonuses:
        key = (join.join_id, way)
        bonuses.transfer(context, company_id, to, join.currency, join.bonuses, key, join.reason, join.by)


def _ended(context: Context, join: CompanyJoin, event: EventType, told: Mapping[str, str]) -> None:
    tx = Transaction()
    store.end(tx, context, replace(join, waits_for=""), event, told)
    context.table.commit(tx)


def _saved(context: Context, join: CompanyJoin) -> CompanyJoin:
    tx = Transaction()
    after = store.save(tx, context, join)
    context.table.commit(tx)
    return after
