"""Bonuses of a document by rate, and the postings that lead there. Pure: no clock, no table, no configuration.

A line earns by the highest rate that matches it: the rate of the company's tier on the day on which the document counts, or one of its
goods (brand, category, article, promotion, or all goods). Lines with the same rate form a group, and a group is rounded once:

    bonus of a document = Σ over its groups of round_half_up(net amount · percent / 100)

The goods' rate of each line is determined once, when the document is rated first. The kept sums by rate (`bases`) are enough to rate the
document again under another tier, without its lines.

A sale and its returns are one case:

    a return earns by the rates of its sale's day, and so takes back the bonus of the sale: the bonus of what was left before it less that
    of what is left after it, each rounded once. So a sale that comes back in parts leaves nothing;
    all returns of a sale together take back no more than its bonus, the earliest first.

So the bonus of a case is a function of its documents and their payment, in any order of arrival.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.bonuses.ledger.rules import ZERO
from chalicelib.catalog import Traits
from chalicelib.platform import round_half_up
from chalicelib.sales import DocumentRef

By = Literal["tier", "brand", "category", "sku", "all"]
AvailableOn = Literal["shipped", "shipped_and_paid"]


class Rate(NamedTuple):
    """A percentage for matching lines, from `first` to `last` inclusive. `promotion`: code of the promotion that grants it."""

    percent: Decimal
    by: By = "all"
    value: str = ""
    first: date = date.min
    last: date = date.max
    promotion: str = ""

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


class AppliedRate(NamedTuple):
    """The rate of a group; `NO_RATE` without one."""

    percent: Decimal
    by: By | Literal[""] = ""
    value: str = ""
    promotion: str = ""


NO_RATE = AppliedRate(ZERO)


class RateBase(NamedTuple):
    """Net amount of a document's lines with one rate of goods."""

    reason: AppliedRate
    amount: Decimal


class RateGroup(NamedTuple):
    """Net amount and bonus of a document's lines with one rate."""

    reason: AppliedRate
    amount: Decimal
    bonus: Decimal


# --- rates ------------------------------------------------------------------------------------------------------------


def any_rate(rates: Iterable[Rate], day: date) -> bool:
    """True if any rate holds on this day."""
    return any(rate.holds_on(day) for rate in rates)


def any_rate_since(rates: Iterable[Rate], day: date) -> bool:
    """True if any rate holds on this day or later."""
    return any(rate.last >= day for rate in rates)


def rate_of_goods(rates: Iterable[Rate], sku: str, goods: Traits, day: date) -> AppliedRate:
    """The highest rate of these goods on this day; of equal rates the first one in the settings."""
    values = {"brand": goods.brand, "category": goods.category, "sku": sku, "all": ""}
    return _highest(
        rate for rate in rates if rate.by != "tier" and rate.holds_on(day) and values[rate.by] == rate.value
    )


def rate_of_tier(rates: Iterable[Rate], tier: str, day: date) -> AppliedRate:
    """The rate of this tier on this day; without a tier there is none."""
    return _highest(rate for rate in rates if rate.by == "tier" and rate.holds_on(day) and tier and rate.value == tier)


def _highest(rates: Iterable[Rate]) -> AppliedRate:
    found = max(rates, key=lambda rate: rate.percent, default=None)
    return AppliedRate(found.percent, found.by, found.value, found.promotion) if found else NO_RATE


def basis(
    lines: Iterable[tuple[str, Decimal]], goods: Mapping[str, Traits], rates: Sequence[Rate], day: date
) -> tuple[RateBase, ...]:
    """Lines, each an article and its net amount, by the rate of their goods."""
    reasons: dict[str, AppliedRate] = {}
    sums: dict[AppliedRate, Decimal] = {}
    for sku, amount in lines:
        if sku not in reasons:
            reasons[sku] = rate_of_goods(rates, sku, goods.get(sku, Traits()), day)
        sums[reasons[sku]] = sums.get(reasons[sku], ZERO) + amount
    return tuple(RateBase(reason, sums[reason]) for reason in sorted(sums))


def earned(bases: Iterable[RateBase], tier: AppliedRate) -> tuple[RateGroup, ...]:
    """The groups under this rate of a tier; of equal rates the tier's applies."""
    sums: dict[AppliedRate, Decimal] = {}
    for own, amount in bases:
        reason = own if own.percent > tier.percent else tier
        sums[reason] = sums.get(reason, ZERO) + amount
    return tuple(
        RateGroup(reason, amount, round_half_up(amount * reason.percent / 100))
        for reason, amount in sorted(sums.items())
    )


# --- a case -----------------------------------------------------------------------------------------------------------


class RatedDocument(NamedTuple):
    """The newest revision of a document, with the rates of its goods and of its tier."""

    kind: str
    day: date  # its business date
    counts_on: date
    revision: int
    currency: str
    total: Decimal
    bases: tuple[RateBase, ...]
    tier: str
    rate: AppliedRate  # of the tier on the day that it counts on


class AccrualPlace(NamedTuple):
    """The place of a bonus: pending, or the lot of an expiry day.

    `since`: the day from which it counts there; `by`: the policy at its granting, empty for a return without its sale.
    """

    expires_on: date | None = None
    since: date = date.min
    by: AvailableOn | Literal[""] = ""


PENDING = AccrualPlace()


@dataclass(frozen=True, slots=True)
class Accrued:
    """The posted bonus of a document with its rates. `posting_id`: the first posting that granted it."""

    fact: RatedDocument
    groups: tuple[RateGroup, ...]
    amount: Decimal
    place: AccrualPlace
    posting_id: str = ""


class AccrualGrant(NamedTuple):
    """A posting that granted a document a bonus. `left`: the amount that no other posting has reversed yet."""

    ref: DocumentRef
    posting_id: str
    left: Decimal


@dataclass(frozen=True, slots=True)
class AccrualCase:
    """A sale with its returns, or a return whose sale is not known, as posted.

    `within`: for a return, the sale whose case keeps its accrual, by its name beside documents of the return's source. `grants`: those with an amount left, oldest first.
    """

    company_id: str
    ref: DocumentRef
    accrued: Mapping[DocumentRef, Accrued] = field(default_factory=dict)
    paid_on: date | None = None
    within: str = ""
    grants: tuple[AccrualGrant, ...] = ()
    version: int = 0


class AccrualPolicy(NamedTuple):
    """Availability of a bonus, and its expiry by the day from which it counts."""

    available_on: AvailableOn
    expires_on: Callable[[date], date]


def target_accruals(
    case: AccrualCase, facts: Mapping[DocumentRef, RatedDocument], paid_on: date | None, policy: AccrualPolicy
) -> dict[DocumentRef, Accrued]:
    """The accrual that each document of the case should have, by the facts alone. Known posting ids are kept.

    A granted bonus keeps the policy of its granting, and its expiry while its first day stays the same.
    """
    in_order = sorted(facts, key=lambda ref: (ref != case.ref, facts[ref].day, ref))
    sums = _bonuses({ref: facts[ref] for ref in in_order})
    sale = facts.get(case.ref)
    left = max(sums[case.ref], ZERO) if sale else None
    granted = sale is not None and sums[case.ref] >= 0
    found: dict[DocumentRef, Accrued] = {}
    for ref in in_order:
        amount = sums[ref]
        if ref != case.ref and left is not None:
            amount = -min(max(-amount, ZERO), left)
            left += amount
        about = case.ref if granted else ref
        before = case.accrued[about].place if about in case.accrued else PENDING
        place = _place(facts[about], granted, paid_on, policy, before)
        known = case.accrued.get(ref)
        groups = earned(facts[ref].bases, facts[ref].rate)
        found[ref] = Accrued(facts[ref], groups, amount, place, known.posting_id if known else "")
    return found


def _bonuses(facts: Mapping[DocumentRef, RatedDocument]) -> dict[DocumentRef, Decimal]:
    """The amount by which each document changes the bonus of all before it, a group of all documents rounded once."""
    found: dict[DocumentRef, Decimal] = {}
    bases: dict[AppliedRate, Decimal] = {}
    before = ZERO
    for ref, fact in facts.items():
        for group in earned(fact.bases, fact.rate):
            bases[group.reason] = bases.get(group.reason, ZERO) + group.amount
        after = sum((round_half_up(amount * reason.percent / 100) for reason, amount in bases.items()), ZERO)
        found[ref], before = after - before, after
    return found


def _place(
    fact: RatedDocument, granted: bool, paid_on: date | None, policy: AccrualPolicy, before: AccrualPlace
) -> AccrualPlace:
    """A granted bonus waits for the payment if the policy says so. A return without its sale waits for nothing."""
    since = fact.counts_on
    by: AvailableOn | Literal[""] = (before.by or policy.available_on) if granted else ""
    if by == "shipped_and_paid":
        if paid_on is None:
            return PENDING
        since = max(since, paid_on)
    if before.expires_on and before.since == since:
        return before._replace(by=by)
    return AccrualPlace(policy.expires_on(since), since, by)


MOST_LISTED = 40  # documents that one transaction lists again: two operations each, beside those of the book

# --- postings ---------------------------------------------------------------------------------------------------------

PostingKind = Literal["purchase", "return", "correction", "rerating", "payment", "removal"]


class Movement(NamedTuple):
    """An amount added to one place, or taken from it."""

    place: AccrualPlace
    amount: Decimal


class AccrualStep(NamedTuple):
    """One posting of a case, and the accruals after it. `ref`: its document.

    `reverses`: the grant that it reverses, whole or in part; `whole`: true if the document then has its target accrual.
    """

    ref: DocumentRef
    why: PostingKind
    movements: tuple[Movement, ...]
    accrued: dict[DocumentRef, Accrued]
    reverses: AccrualGrant | None = None
    whole: bool = True


def next_step(case: AccrualCase, target: Mapping[DocumentRef, Accrued]) -> AccrualStep | None:
    """The next posting towards the target; None if nothing moves.

    First all changes of place, in one posting. Then the gains, then the losses of each document: so at no moment have the returns taken
    more than the bonus of their sale. A loss reverses one grant after the other, each in a posting of its own that takes no more than is
    left of its grant. Only if no grant is left (a return without its sale) does a posting reverse none.
    """
    now = dict(case.accrued)
    movements: list[Movement] = []
    moving: list[DocumentRef] = []
    for ref in sorted(now.keys() & target.keys()):
        amount, old, new = now[ref].amount, now[ref].place, target[ref].place
        if old.expires_on != new.expires_on:
            moving.append(ref)
            if amount:
                movements += [Movement(old, -amount), Movement(new, amount)]
        now[ref] = replace(now[ref], place=new)
    if movements:
        return AccrualStep(case.ref if case.ref in moving else moving[0], "payment", tuple(movements), now)
    gains = {ref: _amount(target, ref) - _amount(now, ref) for ref in {*now, *target}}
    gains = {ref: gain for ref, gain in gains.items() if gain}
    if not gains:
        return None
    ref = min(gains, key=lambda ref: (gains[ref] < 0, ref != case.ref, ref))
    gain, why = gains[ref], _why(now.get(ref), target.get(ref))
    reverses = _to_reverse(case, ref) if gain < 0 else None
    if reverses:
        gain = max(gain, -reverses.left)
    whole = gain == gains[ref]
    place = (target[ref] if ref in target else now[ref]).place
    if whole and len(gains) == 1:
        # The last posting completes the target, also where nothing moved.
        now = dict(target)
    elif not whole:
        now[ref] = replace(now.get(ref) or target[ref], amount=_amount(now, ref) + gain)
    elif ref in target:
        now[ref] = target[ref]
    else:
        del now[ref]
    return AccrualStep(ref, why, (Movement(place, gain),), now, reverses, whole)


def after_step(case: AccrualCase, step: AccrualStep, posting_id: str) -> AccrualCase:
    """The case after the step was posted under this id."""
    accrued = dict(step.accrued)
    kept = accrued.get(step.ref)
    if kept and not kept.posting_id and step.whole:
        accrued[step.ref] = replace(kept, posting_id=posting_id)
    moved = sum((movement.amount for movement in step.movements), ZERO)
    grants = case.grants
    if moved > 0:
        grants = (*grants, AccrualGrant(step.ref, posting_id, moved))
    elif step.reverses:
        lessened = step.reverses._replace(left=step.reverses.left + moved)
        grants = tuple(lessened if grant == step.reverses else grant for grant in grants)
    return replace(case, accrued=accrued, grants=tuple(grant for grant in grants if grant.left))


def some_listed_anew(case: AccrualCase, after: Mapping[DocumentRef, Accrued]) -> dict[DocumentRef, Accrued]:
    """`after` with the changed lists of at most `MOST_LISTED` documents, so that it fits into a transaction.

    The others stay as they are listed now, with the bonus that they have afterwards, until the next step.
    """
    changed = [ref for ref in {*case.accrued, *after} if _listed(case, case.accrued, ref) != _listed(case, after, ref)]
    # New documents first: there is nothing to keep of them.
    waiting = sorted(changed, key=lambda ref: (ref in case.accrued, ref != case.ref, ref))[MOST_LISTED:]
    kept = {ref: case.accrued[ref] for ref in waiting}
    return dict(after) | {
        ref: replace(after[ref], fact=known.fact) if ref in after else replace(known, amount=ZERO)
        for ref, known in kept.items()
    }


def _listed(case: AccrualCase, accrued: Mapping[DocumentRef, Accrued], ref: DocumentRef) -> tuple[object, ...]:
    """The facts of the document that lists show: its day, and of the sale the day and the tier that it is rated by."""
    if ref not in accrued:
        return ()
    fact = accrued[ref].fact
    return (fact.day, fact.counts_on, fact.tier) if ref == case.ref else (fact.day,)


def _to_reverse(case: AccrualCase, ref: DocumentRef) -> AccrualGrant | None:
    """The newest of the document's own grants; else of its sale's; else of any other's of the case."""
    # Of equals `max` takes the first.
    return max(reversed(case.grants), key=lambda grant: (grant.ref == ref, grant.ref == case.ref), default=None)


def _amount(accrued: Mapping[DocumentRef, Accrued], ref: DocumentRef) -> Decimal:
    return accrued[ref].amount if ref in accrued else ZERO


def _why(before: Accrued | None, after: Accrued | None) -> PostingKind:
    if after is None:
        return "removal"
    if before is None or not before.posting_id:
        return "return" if after.fact.kind == "return" else "purchase"
    if before.fact.revision != after.fact.revision:
        return "correction"
    return "rerating" if before.fact.rate != after.fact.rate else "correction"
