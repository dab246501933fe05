"""Decisions on a member: whether a segment has them, their company's stage, and the hold-out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from typing import Protocol

from chalicelib.campaigns.segments.model import ActivityCondition, Candidate, Conditions, PurchaseCondition, Stage

_BASIS_POINTS = 10_000


class StageDays(Protocol):
    @property
    def new_days(self) -> int: ...
    @property
    def learning_purchases(self) -> int: ...
    @property
    def at_risk_days(self) -> int: ...
    @property
    def dormant_days(self) -> int: ...


NO_TIER = "none"  # for companies without one


def matches(conditions: Conditions, candidate: Candidate, today: date) -> bool:
    return (
        _among(candidate.member_id, conditions.members)
        and _among(candidate.audience, conditions.audiences)
        and (not conditions.interests or not _folded(conditions.interests).isdisjoint(_folded(candidate.interests)))
        and _among(candidate.language, conditions.languages)
        and _among(candidate.tier, conditions.tiers)
        and _among(candidate.stage, conditions.stages)
        and _among(candidate.region, conditions.regions)
        and all(_bought(each, candidate, today) for each in conditions.purchases)
        and all(_active(each, candidate, today) for each in conditions.activity)
    )


def _folded(words: Iterable[str]) -> set[str]:
    return {each.casefold() for each in words}


def are_apart(one: Conditions, other: Conditions) -> bool:
    """Whether nobody can meet the conditions of both, as long as people keep their audience, language and region."""
    lists = (
        (one.audiences, other.audiences),
        (one.languages, other.languages),
        (one.regions, other.regions),
        (one.members, other.members),
    )
    return any(some and others and set(some).isdisjoint(others) for some, others in lists)


def stage_of(joined: date, purchase_days: Sequence[date], today: date, limits: StageDays) -> Stage:
    """The stage of a company in its life with the club.

    new        joined within `new_days`, and bought nothing yet
    learning   fewer than `learning_purchases` days with purchases, none of them long ago; or joined within `dormant_days`
    active     bought within `at_risk_days`
    at_risk    bought within `dormant_days`
    dormant    bought nothing for `dormant_days`
    won_back   bought within `at_risk_days`, after a silence of `dormant_days`

    `purchase_days` are in order, and reach back twice `dormant_days` at least.
    """
    if not purchase_days:
        age = (today - joined).days
        if age < limits.new_days:
            return "new"
        return "learning" if age < limits.dormant_days else "dormant"
    silence = (today - purchase_days[-1]).days
    if silence >= limits.dormant_days:
        return "dormant"
    if silence >= limits.at_risk_days:
        return "at_risk"
    recent = today - timedelta(days=limits.dormant_days)
    if any(
        (later - earlier).days >= limits.dormant_days and later > recent for earlier, later in pairwise(purchase_days)
    ):
        return "won_back"
    return "learning" if len(purchase_days) < limits.learning_purchases else "active"


def is_held_out(salt: str, unit: str, percent: Decimal) -> bool:
    """Whether a unit belongs to the hold-out: a lasting draw by a hash.

    A unit is the INN with which a company came, since branches of one firm talk to each other; a company that came without one, for ever; or a
    member without a company.
    """
    drawn = int.from_bytes(sha256(f"{salt}\x1f{unit}".encode()).digest()[:8], "big") % _BASIS_POINTS
    return drawn < percent * 100


def _among(value: str | None, wanted: Sequence[str]) -> bool:
    return not wanted or value in wanted


def _bought(condition: PurchaseCondition, candidate: Candidate, today: date) -> bool:
    since = today - timedelta(days=condition.days)
    found = any(
        line.day > since and condition.brand in (None, line.brand) and condition.category in (None, line.category)
        for line in candidate.bought
    )
    return found is condition.bought


def _active(condition: ActivityCondition, candidate: Candidate, today: date) -> bool:
    since = today - timedelta(days=condition.days)
    days = candidate.visited if condition.by == "visits" else candidate.clicked
    return any(day > since for day in days) is condition.active
