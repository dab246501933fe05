"""Views of an explanation: figures, and a sentence for each decision and each document in the reader's language."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from chalicelib.platform import Money, NameOf, View, text
from chalicelib.platform.words.texts import Texts
from chalicelib.tiers.explanation.rules import (
    Days,
    DocumentChange,
    DocumentReason,
    ExplainedDocument,
    Explanation,
    KnownDay,
    KnownDocument,
    TierCause,
)
from chalicelib.tiers.ladders.rules import LadderStep
from chalicelib.tiers.standing.schemas import LadderStepView, LadderView, StandingQuery, TierView, TierWindowView

MOST_DOCUMENTS = 1000  # of one page


class ExplainQuery(StandingQuery):
    limit: int = Field(default=MOST_DOCUMENTS, ge=1, le=MOST_DOCUMENTS, description="The largest number of documents.")
    cursor: str | None = Field(
        default=None, max_length=2048, description="`next_cursor` of the page before, to go on with the documents."
    )


class ExplainedPersonalStepView(View):
    """The company's own first step: last year's purchases times the month's coefficient, within its bounds."""

    last_year: TierWindowView = Field(description="The same window one year earlier.")
    coefficient: str
    floor: Money
    from_sum: Money


class HoldView(View):
    """A step that an earlier window reached and that is still held."""

    reached_on: date = Field(description="The last day whose window reached it.")
    window: TierWindowView = Field(description="The window of that day.")
    from_sum: Money = Field(description="The sum from which the step began on that day.")
    held_until: date


class ExplainedManualTierView(View):
    """A manual tier, given by a manager."""

    model_config = ConfigDict(serialize_by_alias=True)

    grant_id: str = Field(description="Id of the manual tier.")
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="until")
    by_purchases: TierView = Field(description="The tier that purchases alone give.")
    reason: str | None = Field(description="For the club's staff; null for the company.")
    author: str | None = Field(description="For the club's staff; null for the company.")
    author_name: Annotated[str | None, NameOf("author")] = None


class DecisionView(View):
    """The tier of the day by the facts known at one of the two moments."""

    tier: TierView = Field(description="In force on this day.")
    cause: TierCause = Field(
        description="`window`: this day's purchases reach it; `hold`: an earlier day's did; `manual`: a manager gave it; `none`: no tier."
    )
    decision: str = Field(description="The decision in a sentence, in the reader's language.")
    ladder: LadderView
    window: TierWindowView
    step: TierView = Field(description="The tier that the window of this day gives by itself.")
    hold: HoldView | None
    manual: ExplainedManualTierView | None
    personal_first_step: ExplainedPersonalStepView | None
    documents_counted: int


class KnownDocumentView(View):
    """A document as known at one of the two moments."""

    counted: bool
    reason: DocumentReason
    why: str = Field(description="The reason in the reader's language.")
    amount: Money | None = Field(description="The document's total; null where it is not known.")
    business_date: date | None
    counts_on: date | None
    revision: int | None
    recorded_at: str | None


class ExplainedDocumentView(View):
    """A document that bears on the day."""

    source: str
    document: str
    kind: Literal["sale", "return"]
    known_then: KnownDocumentView
    known_now: KnownDocumentView


class CorrectionView(View):
    """A change of a document that was recorded after the day."""

    source: str
    document: str
    kind: DocumentChange
    recorded_at: str
    what: str = Field(description="The change in a sentence, in the reader's language.")
    amount_then: Money | None
    amount_now: Money | None
    window_change: Money = Field(description="The amount that the change adds to the window sum of the day.")


class TierExplanationView(View):
    """The explanation of a company's tier on a day, by the facts known when the day ended and by those known now."""

    company_id: str
    as_of: date
    known_until: str = Field(description="The end of the day: `known_then` rests on facts recorded before this moment.")
    known_then: DecisionView
    known_now: DecisionView
    tier_changed: bool = Field(description="Whether facts recorded later give this day another tier.")
    corrections: list[CorrectionView] = Field(description=f"At most {MOST_DOCUMENTS}, latest business date first.")
    documents: list[ExplainedDocumentView] = Field(
        description="Documents of the window and others that bear on the day, latest business date first."
    )
    next_cursor: str | None

    @classmethod
    def of(
        cls, found: Explanation, rows: list[ExplainedDocument], language: str, *, for_staff: bool
    ) -> "TierExplanationView":
        """The view with the documents of one page, `rows`."""
        builder = _ViewBuilder(found, language, for_staff)
        return cls(
            company_id=found.company_id,
            as_of=found.day,
            known_until=found.known_until,
            known_then=builder.decision_view(found.then, (row.then for row in found.rows)),
            known_now=builder.decision_view(found.now, (row.now for row in found.rows)),
            tier_changed=_tier_of(found.then) != _tier_of(found.now),
            corrections=[builder.correction_view(row) for row in found.corrections[:MOST_DOCUMENTS]],
            documents=[builder.document_view(row) for row in rows],
            next_cursor=None,
        )


def _tier_of(known_day: KnownDay) -> tuple[str, Decimal]:
    return known_day.decision.tier.tier, known_day.decision.tier.discount_percent


class _ViewBuilder:
    """Builds the views in one language."""

    def __init__(self, found: Explanation, language: str, for_staff: bool) -> None:
        self._currency = found.currency
        self._language = language
        self._for_staff = for_staff
        russian = language == "ru"
        self._sentences = _SENTENCES["ru" if russian else "en"]
        self._day: Callable[[date], str] = text.day_ru if russian else text.day_en
        self._sum = text.money_ru if russian else text.money_en
        self._percent: Callable[[Decimal], str] = text.percent_ru if russian else text.percent_en

    # --- decisions ---

    def decision_view(self, known_day: KnownDay, places: Iterable[KnownDocument]) -> DecisionView:
        decision = known_day.decision
        return DecisionView(
            tier=self._tier(decision.tier),
            cause=known_day.cause,
            decision=self._sentence(known_day),
            ladder=LadderView(
                version=decision.ladder.version,
                window_days=decision.ladder.window_days,
                hold_days=decision.ladder.hold_days,
                personal_first_step=decision.last_year is not None,
                steps=[
                    LadderStepView(tier=self._tier(step), from_sum=self._money(step.from_sum))
                    for step in decision.steps
                ],
            ),
            window=self._window(known_day.window, decision.window_sum),
            step=self._tier(decision.step),
            hold=self._hold(known_day),
            manual=self._manual(known_day),
            personal_first_step=self._personal(known_day),
            documents_counted=sum(known_document.reason == "counted" for known_document in places),
        )

    def _hold(self, known_day: KnownDay) -> HoldView | None:
        decision, reached, days = known_day.decision, known_day.held_result, known_day.reached_window
        if reached is None or days is None or decision.reached_on is None or decision.held_until is None:
            return None
        return HoldView(
            reached_on=decision.reached_on,
            window=self._window(days, reached.window_sum),
            from_sum=self._money(reached.step.from_sum),
            held_until=decision.held_until,
        )

    def _manual(self, known_day: KnownDay) -> ExplainedManualTierView | None:
        grant = known_day.decision.grant
        if grant is None:
            return None
        return ExplainedManualTierView(
            grant_id=grant.grant_id,
            first=grant.first,
            last=grant.ends_on,
            by_purchases=self._tier(known_day.by_purchases),
            reason=grant.reason if self._for_staff else None,
            author=grant.author if self._for_staff else None,
        )

    def _personal(self, known_day: KnownDay) -> ExplainedPersonalStepView | None:
        decision, days, personal = known_day.decision, known_day.last_year, known_day.decision.ladder.personal
        if days is None or decision.last_year is None or personal is None or not decision.steps:
            return None
        return ExplainedPersonalStepView(
            last_year=self._window(days, decision.last_year),
            coefficient=f"{personal.coefficients[known_day.day.month - 1]:f}",
            floor=self._money(personal.floor),
            from_sum=self._money(decision.steps[0].from_sum),
        )

    def _sentence(self, known_day: KnownDay) -> str:
        decision, (first, last) = known_day.decision, known_day.window
        facts: dict[str, Any] = {
            "tier": decision.tier.name_in(self._language),
            "percent": self._percent(decision.tier.discount_percent),
            "first": self._day(first),
            "last": self._day(last),
            "sum": self._money_text(decision.window_sum),
            "step": decision.step.name_in(self._language),
        }
        if known_day.cause == "manual" and decision.grant:
            facts |= {"from": self._day(decision.grant.first), "until": self._day(decision.grant.ends_on)}
            facts["alone"] = known_day.by_purchases.name_in(self._language)
        if known_day.cause == "window":
            facts["begins"] = self._money_text(decision.step.from_sum)
        reached, days = known_day.held_result, known_day.reached_window
        if reached and days and decision.held_until:
            facts |= {"reached_on": self._day(days[1]), "then": self._money_text(reached.window_sum)}
            facts |= {"begins": self._money_text(reached.step.from_sum), "held_until": self._day(decision.held_until)}
            facts["hold_days"] = decision.ladder.hold_days
        if known_day.cause == "none":
            if not decision.steps:
                return self._sentences["no_ladder"]
            facts |= {
                "step": decision.steps[0].name_in(self._language),
                "begins": self._money_text(decision.steps[0].from_sum),
            }
        sentence = self._sentences[known_day.cause].format(**facts)
        return f"{sentence} {self._personal_sentence(known_day)}".rstrip()

    def _personal_sentence(self, known_day: KnownDay) -> str:
        decision, days, personal = known_day.decision, known_day.last_year, known_day.decision.ladder.personal
        if days is None or decision.last_year is None or personal is None or not decision.steps:
            return ""
        return self._sentences["personal"].format(
            begins=self._money_text(decision.steps[0].from_sum),
            first=self._day(days[0]),
            last=self._day(days[1]),
            last_year=self._money_text(decision.last_year),
            coefficient=f"{personal.coefficients[known_day.day.month - 1]:f}",
            floor=self._money_text(personal.floor),
        )

    # --- documents ---

    def document_view(self, row: ExplainedDocument) -> ExplainedDocumentView:
        return ExplainedDocumentView(
            **_document_name(row),
            kind=row.recorded.kind,
            known_then=self._known(row.then),
            known_now=self._known(row.now),
        )

    def correction_view(self, row: ExplainedDocument) -> CorrectionView:
        change = row.change
        if change is None:
            raise ValueError("a document without a change")
        then, now = row.then.recorded, row.now.recorded
        recorded_at = now.recorded_at if now else then.superseded_at if then else None
        return CorrectionView(
            **_document_name(row),
            kind=change,
            recorded_at=recorded_at or "",
            what=self._change_sentence(row, change),
            amount_then=self._money(then.total) if then else None,
            amount_now=self._money(now.total) if now else None,
            window_change=self._money(row.now.counted - row.then.counted),
        )

    def _change_sentence(self, row: ExplainedDocument, change: DocumentChange) -> str:
        then, now = row.then.recorded, row.now.recorded
        moved = then is not None and now is not None and then.total == now.total
        return self._sentences["redated" if moved else change].format(
            then=self._money_text(then.total) if then else "",
            now=self._money_text(now.total) if now else "",
            day_then=self._day(then.counts_on) if then else "",
            day_now=self._day(now.counts_on) if now else "",
            change=self._money_text(row.now.counted - row.then.counted),
        )

    def _known(self, known_document: KnownDocument) -> KnownDocumentView:
        found = known_document.recorded
        return KnownDocumentView(
            counted=known_document.reason == "counted",
            reason=known_document.reason,
            why=self._sentences[f"why_{known_document.reason}"].format(day=self._day(found.counts_on) if found else ""),
            amount=self._money(found.total) if found else None,
            business_date=found.business_date if found else None,
            counts_on=found.counts_on if found else None,
            revision=found.revision if found else None,
            recorded_at=found.recorded_at if found else None,
        )

    # --- figures ---

    def _money(self, amount: Decimal) -> Money:
        return Money(amount=amount, currency=self._currency)

    def _money_text(self, amount: Decimal) -> str:
        return self._sum(amount, self._currency, whole=True)

    def _tier(self, step: LadderStep) -> TierView:
        return TierView(code=step.tier, name=step.name_in(self._language), discount_percent=step.discount_percent)

    def _window(self, days: Days, amount: Decimal) -> TierWindowView:
        return TierWindowView(first=days[0], last=days[1], sum=self._money(amount))


def _document_name(row: ExplainedDocument) -> dict[str, str]:
    source, document = row.ref
    return {"source": source, "document": document.partition("/")[2]}


_SENTENCES = Texts(__file__, "words")
