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

from chalicelib.bonuses.rules import ZERO
from chalicelib.platform.money import round_half_up

By = Literal["tier", "brand", "category", "sku", "all"]
AvailableOn = Literal["shipped", "shipped_and_paid"]

Ref = tuple[str, str]  # of a document: source, and series/number


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


class Goods(NamedTuple):
    """What the catalogue knows of an article."""

    brand: str = ""
    category: str = ""


class Reason(NamedTuple):
    """The rate that a group earns by. Without a rate: no percent, and nothing it goes by."""

    percent: Decimal
    by: By | Literal[""] = ""
    value: str = ""
    promotion: str = ""


NO_RATE = Reason(ZERO)


class Base(NamedTuple):
    """What a document's lines with one rate of their goods come to. `reason` is `NO_RATE` where their goods have none."""

    reason: Reason
    amount: Decimal


class Group(NamedTuple):
    """What a document's lines with one rate come to, and earn."""

    reason: Reason
    amount: Decimal
    bonus: Decimal


# --- rates ------------------------------------------------------------------------------------------------------------


def any_rate(rates: Iterable[Rate], day: date) -> bool:
    """Whether anything can be earned on this day."""
    return any(rate.holds_on(day) for rate in rates)


def rate_of_goods(rates: Iterable[Rate], sku: str, goods: Goods, day: date) -> Reason:
    """The highest rate of these goods on this day; of equals the one that is told first."""
    told = {"brand": goods.brand, "category": goods.category, "sku": sku, "all": ""}
    return _highest(rate for rate in rates if rate.by != "tier" and rate.holds_on(day) and told[rate.by] == rate.value)


def rate_of_tier(rates: Iterable[Rate], tier: str, day: date) -> Reason:
    """The rate of this tier on this day; without a tier there is none."""
    return _highest(rate for rate in rates if rate.by == "tier" and rate.holds_on(day) and tier and rate.value == tier)


def _highest(rates: Iterable[Rate]) -> Reason:
    found = max(rates, key=lambda rate: rate.percent, default=None)
    return Reason(found.percent, found.by, found.value, found.promotion) if found else NO_RATE


def basis(
    lines: Iterable[tuple[str, Decimal]], goods: Mapping[str, Goods], rates: Sequence[Rate], day: date
) -> tuple[Base, ...]:
    """Lines, each an article and its net amount, by the rate of their goods."""
    reasons: dict[str, Reason] = {}
    sums: dict[Reason, Decimal] = {}
    for sku, amount in lines:
        if sku not in reasons:
            reasons[sku] = rate_of_goods(rates, sku, goods.get(sku, Goods()), day)
        sums[reasons[sku]] = sums.get(reasons[sku], ZERO) + amount
    return tuple(Base(reason, sums[reason]) for reason in sorted(sums))


def earned(bases: Iterable[Base], tier: Reason) -> tuple[Group, ...]:
    """What the lines earn under this rate of a tier; of equal rates the tier's is the reason."""
    sums: dict[Reason, Decimal] = {}
    for own, amount in bases:
        reason = own if own.percent > tier.percent else tier
        sums[reason] = sums.get(reason, ZERO) + amount
    return tuple(
        Group(reason, amount, round_half_up(amount * reason.percent / 100)) for reason, amount in sorted(sums.items())
    )


# --- a case -----------------------------------------------------------------------------------------------------------


class Fact(NamedTuple):
    """A document as it is now, with what it is rated by."""

    kind: str
    day: date  # its business date
    counts_on: date
    revision: int
    total: Decimal
    bases: tuple[Base, ...]
    tier: str
    rate: Reason  # of the tier on the day that it counts on


class Place(NamedTuple):
    """Where a bonus lies: pending, or in the lots of an expiry day. `since`: the day from which it counts there."""

    expires_on: date | None = None
    since: date = date.min


PENDING = Place()


@dataclass(frozen=True, slots=True)
class Accrued:
    """A document's part of a case: what it is rated by, and what was posted for it. `posting_id`: of the posting that granted it first."""

    fact: Fact
    groups: tuple[Group, ...]
    amount: Decimal
    place: Place
    posting_id: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A sale with its returns, or a return whose sale is not known, as posted.

    `within`: the sale in whose case this document's accrual is kept, if it is a return of one.
    """

    company_id: str
    ref: Ref
    accrued: Mapping[Ref, Accrued] = field(default_factory=dict)
    paid_on: date | None = None
    within: str = ""
    version: int = 0


class Policy(NamedTuple):
    """When a bonus may be spent, and the last day on which one that counts from a day can be."""

    available_on: AvailableOn
    expires_on: Callable[[date], date]


def wanted(case: Case, facts: Mapping[Ref, Fact], paid_on: date | None, policy: Policy) -> dict[Ref, Accrued]:
    """What each document of the case ought to have, by the facts alone. Posting ids are those that are known."""
    groups = {ref: earned(fact.bases, fact.rate) for ref, fact in facts.items()}
    sums = {ref: sum((group.bonus for group in of_one), ZERO) for ref, of_one in groups.items()}
    sale = facts.get(case.ref)
    left = max(sums[case.ref], ZERO) if sale else None
    found: dict[Ref, Accrued] = {}
    for ref in sorted(facts, key=lambda ref: (ref != case.ref, facts[ref].day, ref)):
        amount = sums[ref]
        if ref != case.ref and left is not None:
            amount = -min(max(-amount, ZERO), left)
            left += amount
        granted = sale is not None and sums[case.ref] >= 0
        place = _place(sale if sale and granted else facts[ref], granted, paid_on, policy)
        known = case.accrued.get(ref)
        found[ref] = Accrued(facts[ref], groups[ref], amount, place, known.posting_id if known else "")
    return found


def _place(fact: Fact, granted: bool, paid_on: date | None, policy: Policy) -> Place:
    """What was granted waits for its payment, if the policy says so. What is taken by itself waits for nothing."""
    since = fact.counts_on
    if granted and policy.available_on == "shipped_and_paid":
        if paid_on is None:
            return PENDING
        since = max(since, paid_on)
    return Place(policy.expires_on(since), since)


# --- from what was posted to what is wanted ---------------------------------------------------------------------------

Why = Literal["purchase", "return", "correction", "rerating", "payment", "removal"]


class Movement(NamedTuple):
    """So much more (or less) in one place."""

    place: Place
    amount: Decimal


class Step(NamedTuple):
    """One posting of a case, and the documents as they stand after it. `ref`: the document that it is about."""

    ref: Ref
    why: Why
    movements: tuple[Movement, ...]
    accrued: dict[Ref, Accrued]


def steps(case: Case, target: Mapping[Ref, Accrued]) -> list[Step]:
    """The postings that lead from what was posted to the target; none where nothing moves.

    First what changes its place does so, all of it in one posting. Then each document gains or loses, those that gain first: so at no
    moment have the returns taken more than their sale gave.
    """
    made: list[Step] = []
    now = dict(case.accrued)
    moving = [ref for ref in sorted(target) if ref in now and now[ref].place.expires_on != target[ref].place.expires_on]
    movements: list[Movement] = []
    for ref in moving:
        amount = now[ref].amount
        if amount:
            movements += [Movement(now[ref].place, -amount), Movement(target[ref].place, amount)]
        now[ref] = replace(now[ref], place=target[ref].place)
    if movements:
        about = case.ref if case.ref in moving else moving[0]
        made.append(Step(about, "payment", tuple(movements), dict(now)))
    gains = {ref: (target[ref].amount if ref in target else ZERO) - _amount(now, ref) for ref in {*now, *target}}
    for ref in sorted(
        (ref for ref, gain in gains.items() if gain), key=lambda ref: (gains[ref] < 0, ref != case.ref, ref)
    ):
        place = target[ref].place if ref in target else now[ref].place
        why = _why(now.get(ref), target.get(ref))
        if ref in target:
            now[ref] = target[ref]
        else:
            del now[ref]
        made.append(Step(ref, why, (Movement(place, gains[ref]),), dict(now)))
    # With the last one all is as it ought to be, also where nothing moved.
    return [*made[:-1], made[-1]._replace(accrued=dict(target))] if made else []


def _amount(accrued: Mapping[Ref, Accrued], ref: Ref) -> Decimal:
    return accrued[ref].amount if ref in accrued else ZERO


def _why(before: Accrued | None, after: Accrued | None) -> Why:
    if after is None:
        return "removal"
    if before is None or not before.posting_id:
        return "return" if after.fact.kind == "return" else "purchase"
    if before.fact.revision != after.fact.revision:
        return "correction"
    return "rerating" if before.fact.rate != after.fact.rate else "correction"
