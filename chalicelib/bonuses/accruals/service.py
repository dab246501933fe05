"""Accruals: the bonus of each purchase, kept equal to the facts.

    a sale is recorded    ──▶ on_sale_recorded     settles its case, and cases of later days whose tier it moved
    a payment is recorded ──▶ on_payment_recorded  settles the case of the document: its pending bonus becomes available
    a tier was changed    ──▶ on_tier_changed      settles the cases of the days with another tier

Settling a case computes the accruals that its documents should have from the present facts, and posts the difference from the posted
ones. So a duplicate, late or reordered delivery ends in the same balances, and the next delivery completes the work of a crashed one. The
case is read before the facts and written under the version that was read, so older facts never overwrite a newer case. After a case is
written the facts are read once more: so either the writer of the case sees a moved tier, or the mover of the tier sees the case. The case
itself is not: who changed it meanwhile has read the facts later.

Brand and category of a line, and with them its rate, are read from the catalogue when a revision of the document is rated first, and
kept: a later change of the catalogue changes nobody's bonus.

Weakest point: a late document that moves the tier of many days re-rates each of their documents, one transaction each, within one
delivery. If its time does not suffice, the next delivery goes on from there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from chalicelib import catalog, sales, tiers
from chalicelib.bonuses.accruals import store
from chalicelib.bonuses.accruals.rules import (
    AccrualCase,
    AccrualPolicy,
    AccrualStep,
    By,
    Rate,
    RatedDocument,
    after_step,
    basis,
    next_step,
    rate_of_tier,
    some_listed_anew,
    target_accruals,
)
from chalicelib.bonuses.accruals.schemas import DocumentAccrual
from chalicelib.bonuses.config import Bonuses, BonusRate
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Book, Cause
from chalicelib.platform import Context
from chalicelib.sales import DocumentRef, Head
from chalicelib.table import CONTESTED, Overtaken, Transaction, retry

LOOK_BACK_DAYS = 7  # a new ladder may reach a company some nights after its first day


def rates_of(figures: Bonuses) -> tuple[Rate, ...]:
    """The club's rates, in the order of the settings."""
    return tuple(_rate(row) for row in figures.rates)


def _rate(row: BonusRate) -> Rate:
    chosen: tuple[tuple[By, str | None], ...] = (
        ("tier", row.tier),
        ("brand", row.brand),
        ("category", row.category),
        ("sku", row.sku),
    )
    by, value = next(((by, value) for by, value in chosen if value is not None), ("all", ""))
    return Rate(row.percent, by, value, row.first, row.last, row.promotion or "")


def rerate(context: Context, company_id: str, first: date, settled: DocumentRef | None = None) -> None:
    """Settles every case of this day or later that was rated by another tier than that of its day.

    `settled`: a case that was settled just now; it needs no look, and alone no read of the tiers.
    """
    rows = store.accrued_since(context.table, company_id, first)
    rated = [(row.case, *row.rated) for row in rows if row.case != settled and row.rated and row.rated[0] >= first]
    if not rated:
        return
    days = [day for _, day, _ in rated]
    path = tiers.tier_path(context, company_id, min(days), max(days))
    for case, day, tier in rated:
        if path[day].tier != tier:
            settle_case(context, company_id, case)


def list_accruals(
    context: Context, company_id: str, limit: int, after: dict[str, str] | None
) -> tuple[list[DocumentAccrual], dict[str, str] | None]:
    """Every document with an accrual, latest first, and where to go on. Two calls."""
    page = store.page(context.table, company_id, limit, after)
    rows = [store.row_of(item) for item in page.items]
    cases = store.load_many(context.table, company_id, {row.case for row in rows})
    found = []
    for row in rows:
        # A case that was settled between the two calls may no longer have the document.
        case = cases.get(row.case)
        if case and row.ref in case.accrued:
            sale = None if row.case == row.ref else row.case
            found.append(DocumentAccrual(row.ref, sale, case.accrued[row.ref], case.paid_on))
    return found, page.last


# --- settling ---------------------------------------------------------------------------------------------------------


def settle(context: Context, case: AccrualCase, original: DocumentRef | None) -> None:
    """Settles the cases of the document: its own (`case`), that of its original, and the one it was in before."""
    company_id, ref = case.company_id, case.ref
    homes = {sales.named_beside(case.within, ref[0])} if case.within else set()
    for home in sorted((homes | ({original} if original else set())) - {ref}):
        settle_case(context, company_id, home, ref)
    settle_case(context, company_id, ref, known=None if homes or original else case)


def settle_case(
    context: Context, company_id: str, ref: DocumentRef, *also: DocumentRef, known: AccrualCase | None = None
) -> None:
    """Posts until the case equals the facts, which are read once more after the last posting.

    The last read is needed: a fact may have changed in between, and the consumer of its event may have found nothing to do.
    `also`: documents that may belong to the case by now. `known`: the case, if it was read just now.
    """

    @retry(store.CASE, most=CONTESTED)
    def step(context: Context) -> AccrualCase | None:
        nonlocal known
        case, known = known or store.load(context.table, company_id, ref), None  # once more after a refusal
        return _settle_step(context, case, also)

    while known := step(context):
        pass


def _settle_step(context: Context, case: AccrualCase, also: Iterable[DocumentRef]) -> AccrualCase | None:
    """One posting towards the facts. The case after it; None if it equals them."""
    policy = AccrualPolicy(context.config[Bonuses].available_on, partial(ledger.expires_on, context))
    known, paid_on = sales.heads_and_payment(context, case.ref, {*case.accrued, *also})
    facts = _facts(context, case, known)
    paid_on = paid_on if facts else None
    target = replace(case, accrued=target_accruals(case, facts, paid_on, policy), paid_on=paid_on)
    if target == case:
        return None
    if next_one := next_step(case, target.accrued):
        return _post(context, case, target, next_one)
    tx = Transaction()
    # No bonus moves, only the kept documents change.
    saved = replace(target, accrued=some_listed_anew(case, target.accrued), version=case.version + 1)
    store.save(tx, case, saved)
    context.table.commit(tx)
    return saved


def _facts(context: Context, case: AccrualCase, known: Mapping[DocumentRef, Head]) -> dict[DocumentRef, RatedDocument]:
    """Those of the known documents that belong to the case."""
    heads = {
        ref: head
        for ref, head in known.items()
        if head.company_id == case.company_id
        and not head.other_currency
        and (head.counting.original or ref) == case.ref
    }
    days = {head.counting.day for head in heads.values()}
    by_day = {day: tiers.tier_path(context, case.company_id, day, day)[day].tier for day in days}
    return {ref: _fact(context, case, ref, head, by_day[head.counting.day]) for ref, head in heads.items()}


def _fact(context: Context, case: AccrualCase, ref: DocumentRef, head: Head, tier: str) -> RatedDocument:
    day, rates = head.counting.day, rates_of(context.config[Bonuses])
    rate = rate_of_tier(rates, tier, day)
    known = case.accrued.get(ref)
    if known and known.fact.revision == head.revision:
        return known.fact._replace(tier=tier, rate=rate)
    document = sales.newest(context, ref, head)
    lines = [(line.sku, line.amount) for line in document.lines]
    return RatedDocument(
        kind=document.kind,
        day=head.business_date,
        counts_on=day,
        revision=head.revision,
        currency=head.currency,
        total=head.total,
        bases=basis(lines, _goods(context, rates, {sku for sku, _ in lines if sku}), rates, day),
        tier=tier,
        rate=rate,
    )


def _goods(context: Context, rates: Iterable[Rate], skus: Iterable[str]) -> Mapping[str, catalog.Traits]:
    """Brand and category from the catalogue, if any rate matches by them."""
    if not any(rate.by in ("brand", "category") for rate in rates):
        return {}
    return catalog.read_traits(context.table, skus)


def _post(context: Context, case: AccrualCase, target: AccrualCase, step: AccrualStep) -> AccrualCase:
    """Posts one step and saves the case after it."""
    source, document = step.ref
    series, _, number = document.partition("/")
    known = (case.accrued.get(step.ref) or target.accrued[step.ref]).fact
    cause = Cause(
        kind=step.why,
        key=(source, case.ref[1], str(case.version + 1)),
        document={"source": source, "series": series, "number": number, "day": known.day.isoformat()},
        reverses=step.reverses.posting_id if step.reverses else "",
    )
    after = after_step(case, step, ledger.posting_id(case.company_id, cause))
    after = replace(after, accrued=some_listed_anew(case, after.accrued), paid_on=target.paid_on)
    saved = replace(after, version=case.version + 1)

    def also(tx: Transaction, was: Book, now: Book) -> None:
        store.save(tx, case, saved)

    if ledger.change(context, case.company_id, known.currency, cause, partial(_apply, step), also).again:
        raise Overtaken
    return saved


def _apply(step: AccrualStep, book: Book) -> Book:
    for place, amount in step.movements:
        if place.expires_on is None:
            book = ledger_rules.pend(book, amount)
        else:
            book = ledger_rules.credit(book, place.expires_on, amount, place.since)
    return book


def accrued_for(context: Context, company_id: str, refs: Iterable[DocumentRef]) -> Decimal:
    """The bonuses posted for these documents of the company, without returns that are kept with other sales; eventually consistent."""
    cases = store.load_many(context.table, company_id, refs)
    return sum((each.amount for case in cases.values() for each in case.accrued.values()), Decimal(0))


def has_followed(context: Context, company_id: str) -> bool:
    """Whether the company holds no bonus any more of documents that went to another company."""
    earning = [
        ref for case in store.cases_of(context.table, company_id) for ref, each in case.accrued.items() if each.amount
    ]
    return all(head.company_id == company_id for head in sales.heads(context, earning).values())
