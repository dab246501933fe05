"""What a document earns, and why. Pure: no clock, no table, no configuration.

A line earns the highest of the rates that match it: the one of the company's tier on the day that the document counts on, and those of
its goods (brand, category, article, promotion, or all goods). Lines that earn by the same rate are one group, and a group is rounded once:

    bonus of a document = Σ over its groups of round_half_up(net amount · percent / 100)

Which goods' rate a line has is found out once, when the document is rated first; what is kept of it, the basis, is enough to rate the
document again under another tier, without its lines.

A sale and the returns that take it back are one case:

    a return earns by the rates of the day that it counts on, that of its sale, and so takes back what the sale gave;
    all returns of a sale together take no more than it gave: the earliest take first, then the rest of what is left.

So what a case comes to is a function of its documents and their payment, in whatever order they were told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from chalicelib.bonuses.ledger.rules import ZERO
from chalicelib.platform.money import round_half_up
from chalicelib.sales import DocumentRef

By = Literal["tier", "brand", "category", "sku", "all"]
AvailableOn = Literal["shipped", "shipped_and_paid"]


class Rate(NamedTuple):
    """So many percent of what it matches, from `first` to `last`, both included. `promotion`: the code of the one that grants it."""

    percent: Decimal
    by: By = "all"
    value: str = ""
    first: date = date.min
    last: date = date.max
    promotion: str = ""

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


class ProductTraits(NamedTuple):
    """What the catalogue knows of an article."""

    brand: str = ""
    category: str = ""


class AppliedRate(NamedTuple):
    """The rate that a group earns by. Without a rate: no percent, and nothing it goes by."""

    percent: Decimal
    by: By | Literal[""] = ""
    value: str = ""
    promotion: str = ""


NO_RATE = AppliedRate(ZERO)


class RateBase(NamedTuple):
    """What a document's lines with one rate of their goods come to. `reason` is `NO_RATE` where their goods have none."""

    reason: AppliedRate
    amount: Decimal


class RateGroup(NamedTuple):
    """What a document's lines with one rate come to, and earn."""

    reason: AppliedRate
    amount: Decimal
    bonus: Decimal


# --- rates ------------------------------------------------------------------------------------------------------------


def any_rate(rates: Iterable[Rate], day: date) -> bool:
    """Whether anything can be earned on this day."""
    return any(rate.holds_on(day) for rate in rates)


def any_rate_since(rates: Iterable[Rate], day: date) -> bool:
    """Whether anything can be earned on this day or later."""
    return any(rate.last >= day for rate in rates)


def rate_of_goods(rates: Iterable[Rate], sku: str, goods: ProductTraits, day: date) -> AppliedRate:
    """The highest rate of these goods on this day; of equals the one that is told first."""
    told = {"brand": goods.brand, "category": goods.category, "sku": sku, "all": ""}
    return _highest(rate for rate in rates if rate.by != "tier" and rate.holds_on(day) and told[rate.by] == rate.value)


def rate_of_tier(rates: Iterable[Rate], tier: str, day: date) -> AppliedRate:
    """The rate of this tier on this day; without a tier there is none."""
    return _highest(rate for rate in rates if rate.by == "tier" and rate.holds_on(day) and tier and rate.value == tier)


def _highest(rates: Iterable[Rate]) -> AppliedRate:
    found = max(rates, key=lambda rate: rate.percent, default=None)
    return AppliedRate(found.percent, found.by, found.value, found.promotion) if found else NO_RATE


def basis(
    lines: Iterable[tuple[str, Decimal]], goods: Mapping[str, ProductTraits], rates: Sequence[Rate], day: date
) -> tuple[RateBase, ...]:
    """Lines, each an article and its net amount, by the rate of their goods."""
    reasons: dict[str, AppliedRate] = {}
    sums: dict[AppliedRate, Decimal] = {}
    for sku, amount in lines:
        if sku not in reasons:
            reasons[sku] = rate_of_goods(rates, sku, goods.get(sku, ProductTraits()), day)
        sums[reasons[sku]] = sums.get(reasons[sku], ZERO) + amount
    return tuple(RateBase(reason, sums[reason]) for reason in sorted(sums))


def earned(bases: Iterable[RateBase], tier: AppliedRate) -> tuple[RateGroup, ...]:
    """What the lines earn under this rate of a tier; of equal rates the tier's is the reason."""
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
    """A document as it is now, with what it is rated by."""

    kind: str
    day: date  # its business date
    counts_on: date
    revision: int
    total: Decimal
    bases: tuple[RateBase, ...]
    tier: str
    rate: AppliedRate  # of the tier on the day that it counts on


class AccrualPlace(NamedTuple):
    """Where a bonus lies: pending, or in the lots of an expiry day.

    `since`: the day from which it counts there; `by`: the policy under which it was granted, none where it was taken by itself.
    """

    expires_on: date | None = None
    since: date = date.min
    by: AvailableOn | Literal[""] = ""


PENDING = AccrualPlace()


@dataclass(frozen=True, slots=True)
class Accrued:
    """A document's part of a case: what it is rated by, and what was posted for it. `posting_id`: of the posting that granted it first."""

    fact: RatedDocument
    groups: tuple[RateGroup, ...]
    amount: Decimal
    place: AccrualPlace
    posting_id: str = ""


class AccrualGrant(NamedTuple):
    """A posting that granted a document something, and what no other posting has taken back of it yet."""

    ref: DocumentRef
    posting_id: str
    left: Decimal


@dataclass(frozen=True, slots=True)
class AccrualCase:
    """A sale with its returns, or a return whose sale is not known, as posted.

    `within`: the sale in whose case this document's accrual is kept, if it is a return of one. `grants`: oldest first; none of which
    nothing is left.
    """

    company_id: str
    ref: DocumentRef
    accrued: Mapping[DocumentRef, Accrued] = field(default_factory=dict)
    paid_on: date | None = None
    within: str = ""
    grants: tuple[AccrualGrant, ...] = ()
    version: int = 0


class AccrualPolicy(NamedTuple):
    """When a bonus may be spent, and the last day on which one that counts from a day can be."""

    available_on: AvailableOn
    expires_on: Callable[[date], date]


def target_accruals(
    case: AccrualCase, facts: Mapping[DocumentRef, RatedDocument], paid_on: date | None, policy: AccrualPolicy
) -> dict[DocumentRef, Accrued]:
    """What each document of the case ought to have, by the facts alone. Posting ids are those that are known.

    What was granted before keeps the policy that it was granted under, and its expiry while the day from which it counts is the same.
    """
    groups = {ref: earned(fact.bases, fact.rate) for ref, fact in facts.items()}
    sums = {ref: sum((group.bonus for group in of_one), ZERO) for ref, of_one in groups.items()}
    sale = facts.get(case.ref)
    left = max(sums[case.ref], ZERO) if sale else None
    granted = sale is not None and sums[case.ref] >= 0
    found: dict[DocumentRef, Accrued] = {}
    for ref in sorted(facts, key=lambda ref: (ref != case.ref, facts[ref].day, ref)):
        amount = sums[ref]
        if ref != case.ref and left is not None:
            amount = -min(max(-amount, ZERO), left)
            left += amount
        about = case.ref if granted else ref
        before = case.accrued[about].place if about in case.accrued else PENDING
        place = _place(facts[about], granted, paid_on, policy, before)
        known = case.accrued.get(ref)
        found[ref] = Accrued(facts[ref], groups[ref], amount, place, known.posting_id if known else "")
    return found


def _place(
    fact: RatedDocument, granted: bool, paid_on: date | None, policy: AccrualPolicy, before: AccrualPlace
) -> AccrualPlace:
    """What was granted waits for its payment, if the policy says so. What is taken by itself waits for nothing."""
    since = fact.counts_on
    by: AvailableOn | Literal[""] = (before.by or policy.available_on) if granted else ""
    if by == "shipped_and_paid":
        if paid_on is None:
            return PENDING
        since = max(since, paid_on)
    if before.expires_on and before.since == since:
        return before._replace(by=by)
    return AccrualPlace(policy.expires_on(since), since, by)


# --- from what was posted to what is wanted ---------------------------------------------------------------------------

PostingKind = Literal["purchase", "return", "correction", "rerating", "payment", "removal"]


class Movement(NamedTuple):
    """So much more (or less) in one place."""

    place: AccrualPlace
    amount: Decimal


class AccrualStep(NamedTuple):
    """One posting of a case, and the documents as they stand after it. `ref`: the document that it is about.

    `reverses`: the grant that it takes back, whole or in part; `whole`: whether the document then has all that it ought to have.
    """

    ref: DocumentRef
    why: PostingKind
    movements: tuple[Movement, ...]
    accrued: dict[DocumentRef, Accrued]
    reverses: AccrualGrant | None = None
    whole: bool = True


def next_step(case: AccrualCase, target: Mapping[DocumentRef, Accrued]) -> AccrualStep | None:
    """The next of the postings that lead from what was posted to the target; none where nothing moves.

    First what changes its place does so, all of it in one posting. Then each document gains or loses, those that gain first: so at no
    moment have the returns taken more than their sale gave. A loss takes back one grant after the other, in a posting of its own for
    each: no posting takes back more than is left of the one that it names. Only where no grant is left (a return without its sale) does
    a posting take and name none.
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
        # With the last one all is as it ought to be, also where nothing moved.
        now = dict(target)
    elif not whole:
        now[ref] = replace(now.get(ref) or target[ref], amount=_amount(now, ref) + gain)
    elif ref in target:
        now[ref] = target[ref]
    else:
        del now[ref]
    return AccrualStep(ref, why, (Movement(place, gain),), now, reverses, whole)


def after_step(case: AccrualCase, step: AccrualStep, posting_id: str) -> AccrualCase:
    """The case as it stands once the step was posted under this id."""
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
