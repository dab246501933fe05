"""The explanation of a company's tier on a day, by the facts known when the day ended and by those known now. Pure.

A fact has a day to which it belongs and a moment at which it was recorded. The tier of a day is a function of facts; the moment selects
the facts: those recorded by the end of the day and not replaced by then, or those that are valid now. So `then` is the tier as it was in
force, whatever was corrected later, and the facts in which the two differ are the corrections.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from chalicelib.sales import DocumentRef, RecordedRevision, totals
from chalicelib.tiers.ladders.rules import Ladder, LadderStep, ladder_on
from chalicelib.tiers.standing.rules import DAY, ZERO, Decision, Facts, ManualTier, WindowResult, effect_of, year_before

TierCause = Literal["window", "hold", "manual", "none"]
DocumentReason = Literal[
    "counted", "ahead", "left_window", "last_year", "return_of_earlier", "not_recorded_yet", "gone"
]
DocumentChange = Literal["recorded_later", "corrected", "moved_away"]

Days = tuple[date, date]  # first and last, both included


class KnownDocument(NamedTuple):
    """A document as known at one moment, and why the window of the day counts it or not. `recorded` is None if it was unknown."""

    recorded: RecordedRevision | None
    reason: DocumentReason

    @property
    def counted(self) -> Decimal:
        """The amount that it adds to the window sum."""
        return self.recorded.total if self.recorded and self.reason == "counted" else ZERO


class ExplainedDocument(NamedTuple):
    """A document as known then and now."""

    ref: DocumentRef
    then: KnownDocument
    now: KnownDocument

    @property
    def recorded(self) -> RecordedRevision:
        """The document as known now, or else as known then."""
        found = self.now.recorded or self.then.recorded
        if found is None:
            raise ValueError("an unknown document")
        return found

    @property
    def change(self) -> DocumentChange | None:
        """The change recorded after the day; None if nothing changed that concerns the tier."""
        then, now = self.then.recorded, self.now.recorded
        if then is None:
            return "recorded_later"
        if now is None:
            return "moved_away"
        same = (self.then.reason, then.total, then.counts_on) == (self.now.reason, now.total, now.counts_on)
        return None if same else "corrected"

    @property
    def order(self) -> str:
        """The sort key; in descending order the latest document comes first."""
        return f"{self.recorded.business_date.isoformat()} {self.ref[0]} {self.ref[1]}"


@dataclass(frozen=True)
class KnownDay:
    """The day by the facts known at one moment."""

    day: date
    facts: Facts
    documents: Mapping[DocumentRef, RecordedRevision]

    @cached_property
    def decision(self) -> Decision:
        return self.facts.decision(self.day)

    @cached_property
    def by_purchases(self) -> LadderStep:
        """The tier without manual tiers."""
        facts = self.facts
        return Facts(facts.totals, facts.ladders, (), facts.first_purchase).decision(self.day).tier

    @property
    def cause(self) -> TierCause:
        decision = self.decision
        if decision.grant:
            return "manual"
        if not decision.tier.tier:
            return "none"
        return "window" if decision.reached_on == self.day else "hold"

    @property
    def window(self) -> Days:
        return _window(self.decision.ladder, self.day)

    @property
    def last_year(self) -> Days | None:
        """Last year's window of the personal first step; None without one."""
        if self.decision.last_year is None:
            return None
        return _window(self.decision.ladder, year_before(self.day))

    @property
    def held_result(self) -> WindowResult | None:
        """The window result of the earlier day whose step is held; None without a hold."""
        reached_on = self.decision.reached_on
        return self.facts.window_result(reached_on) if reached_on and self.cause == "hold" else None

    @property
    def reached_window(self) -> Days | None:
        reached_on = self.decision.reached_on
        return _window(ladder_on(self.facts.ladders, reached_on), reached_on) if reached_on else None

    @property
    def bears_from(self) -> date:
        """The first day whose purchases are in the window of the day or of the held step."""
        reached = self.reached_window
        return min(self.window[0], reached[0]) if reached else self.window[0]

    def known_document(self, ref: DocumentRef, reason_if_unknown: DocumentReason) -> KnownDocument:
        found = self.documents.get(ref)
        return KnownDocument(found, reason_if_unknown if found is None else self._reason(found))

    def _reason(self, found: RecordedRevision) -> DocumentReason:
        if effect_of(found.counts_on, found.business_date) > self.day:
            return "ahead"
        if found.counts_on >= self.window[0]:
            return "counted"
        if self.last_year and self.last_year[0] <= found.counts_on <= self.last_year[1]:
            return "last_year"
        return "return_of_earlier" if found.business_date >= self.window[0] else "left_window"


@dataclass(frozen=True)
class Explanation:
    """A day as known then and now. `known_until` is the moment at which the day ended."""

    company_id: str
    currency: str
    known_until: str
    then: KnownDay
    now: KnownDay

    @property
    def day(self) -> date:
        return self.now.day

    @cached_property
    def rows(self) -> list[ExplainedDocument]:
        """The documents that matter for the day, counted or not, latest first."""
        bears_from = min(self.then.bears_from, self.now.bears_from)
        found = (row for row in self._all() if _bears(row.then, bears_from) or _bears(row.now, bears_from))
        return sorted((row for row in found if not _came_after(row)), key=lambda row: row.order, reverse=True)

    @property
    def corrections(self) -> list[ExplainedDocument]:
        return [row for row in self.rows if row.change]

    def _all(self) -> Iterator[ExplainedDocument]:
        for ref in self.then.documents.keys() | self.now.documents.keys():
            yield ExplainedDocument(
                ref, self.then.known_document(ref, "not_recorded_yet"), self.now.known_document(ref, "gone")
            )


def known_day(
    day: date,
    revisions: Iterable[RecordedRevision],
    ladders: Sequence[Ladder],
    grants: Iterable[ManualTier],
    first_purchase: date | None,
    moment: str | None,
) -> KnownDay:
    """The day by the facts known just before `moment`, or by those known now if it is None.

    `revisions` must reach back to `first_relevant_day(ladders, day)`. Documents dated after the day do not matter.
    """
    documents = {each.ref: each for each in revisions if each.known_at(moment)}
    facts = Facts(totals(documents.values()), _ladders(ladders, moment), _grants(grants, moment), first_purchase)
    return KnownDay(day, facts, documents)


def _ladders(ladders: Sequence[Ladder], moment: str | None) -> list[Ladder]:
    return [
        ladder for ladder in ladders if moment is None or ladder.activated_at is None or ladder.activated_at < moment
    ]


def _grants(grants: Iterable[ManualTier], moment: str | None) -> list[ManualTier]:
    if moment is None:
        return list(grants)
    known = (grant for grant in grants if grant.recorded_at < moment)
    return [
        grant._replace(withdrawn_on=None, withdrawn_at=None, withdrawn_by=None, withdrawn_because=None)
        if grant.withdrawn_at and grant.withdrawn_at >= moment
        else grant
        for grant in known
    ]


def _window(ladder: Ladder, day: date) -> Days:
    return day - (ladder.window_days - 1) * DAY, day


def _bears(known_document: KnownDocument, bears_from: date) -> bool:
    return known_document.recorded is not None and (
        known_document.reason != "left_window" or known_document.recorded.counts_on >= bears_from
    )


def _came_after(row: ExplainedDocument) -> bool:
    """Whether the document was both dated and recorded after the day."""
    return row.then.recorded is None and row.now.reason == "ahead"
