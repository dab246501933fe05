"""The letters of a member, put together from what the rooms keep anyway: no list of letters is written for it.

    service letters   are told by the member's notifications
    issues            by the plan: a letter's id follows from issue and member
    series            by the member's enrolments

An issue to come is told where its segment has the member and nothing stands against it today. Calls: eleven, and up to nine for each of
MOST_PLANNED issues; two for each issue that is on its way.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from chalicelib import mail, members
from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import Issue, IssueState, IssueTexts
from chalicelib.campaigns.reader.schemas import ComingLetterView, LetterKind, LettersView, LetterView
from chalicelib.campaigns.segments import facts
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.audience import left_out
from chalicelib.campaigns.sending import store as sending_store
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.campaigns.series import store as series_store
from chalicelib.campaigns.series.model import TEMPLATE as SERIES
from chalicelib.campaigns.series.model import Series, SeriesState
from chalicelib.contacts import Slot, moment_of
from chalicelib.mail import LetterState
from chalicelib.members import Member
from chalicelib.platform import Club, Context, or_not_found

BACK, AHEAD = timedelta(days=90), timedelta(days=31)
MOST_CAME = 50
MOST_PLANNED = 8

_TO_COME = (IssueState.APPROVED, IssueState.QUEUED, IssueState.SENDING)


def letters(context: Context, member_id: str) -> LettersView:
    """Raises 404 for a member who is gone."""
    member = or_not_found(members.member(context, member_id), "This member has left the club.")
    reader = _Reader(context, member)
    issues = plan_store.between(context.table, context.today - BACK, context.today + AHEAD)
    came = [*_service_letters(context, member_id), *reader.came(issues)]
    coming = [*reader.planned(issues), *reader.steps()]
    return LettersView(
        came=sorted(came, key=lambda each: each.at, reverse=True)[:MOST_CAME],
        coming=sorted(coming, key=lambda each: each.slot),
    )


def _service_letters(context: Context, member_id: str) -> Iterator[LetterView]:
    for notice in mail.newest_notices(context, member_id, MOST_CAME):
        yield LetterView(kind="service", subject=notice.title, topic=None, at=notice.at)


class _Reader:
    """A member with what every subject says of them, and their series."""

    def __init__(self, context: Context, member: Member) -> None:
        self._context, self._table, self._member = context, context.table, member
        about = issue_texts.abouts(context, [member])[member.member_id]
        self._facts = issue_texts.facts_of(context, member, about, member.language)
        self._enrolments = series_store.enrolments_of(context.table, member.member_id)
        going_on = [each.series_id for each in self._enrolments if not each.ended_at]
        self._series = series_store.read(context.table, going_on)

    def came(self, issues: Sequence[Issue]) -> Iterator[LetterView]:
        """Letters of issues and series that were sent."""
        ids = [letter_id(each.issue_id, self._member.member_id) for each in issues if each.audience_id]
        ids += [passage.letter_id for each in self._enrolments for passage in each.passed if passage.letter_id]
        found = [each for each in mail.letters(self._table, ids).values() if each.state is LetterState.SENT]
        newest = sorted(found, key=lambda each: each.sent_at)[-MOST_CAME:]
        texts = plan_store.texts_of(self._table, [each.cause for each in newest])
        for letter in newest:
            kind: LetterKind = "series" if letter.template == SERIES else "issue"
            subject = self._subject(texts[letter.cause])
            yield LetterView(kind=kind, subject=subject, topic=letter.topic, at=letter.sent_at)

    def planned(self, issues: Sequence[Issue]) -> Iterator[ComingLetterView]:
        ahead = [(slot, each) for each in issues if each.state in _TO_COME and (slot := self._slot(each))]
        for slot, issue in ahead[:MOST_PLANNED]:
            if self._is_invited(issue):
                texts = plan_store.read_texts(self._table, issue.issue_id)
                yield ComingLetterView(kind="issue", subject=self._subject(texts), topic=issue.topic, slot=slot)

    def _slot(self, issue: Issue) -> str:
        """The slot in which the letter comes, which is a later one where the first was missed; empty for one that came, or was skipped."""
        zone = self._member.time_zone or self._context.config[Club].time_zone
        sending = sending_store.read(self._table, issue.issue_id) if issue.audience_id else None
        run = sending.runs.get(zone) if sending else None
        if run is None:
            is_ahead = moment_of(Slot.of(issue.slot), ZoneInfo(zone)) > self._context.now
            return issue.slot if is_ahead else ""
        letter = mail.letters(self._table, [letter_id(issue.issue_id, self._member.member_id)])
        is_over = run.done_at or any(each.state is not LetterState.PENDING for each in letter.values())
        return "" if is_over else run.slot

    def steps(self) -> Iterator[ComingLetterView]:
        """The next step of each series that goes on."""
        texts = series_store.read_texts(self._table, self._series.values())
        for each in self._enrolments:
            series = None if each.ended_at else self._series.get(each.series_id)
            step = _step_of(series, each.step_id) if series and series.state is SeriesState.ON else ""
            if series and step:
                yield ComingLetterView(
                    kind="series", subject=self._subject(texts[step]), topic=series.topic, slot=each.slot
                )

    def _is_invited(self, issue: Issue) -> bool:
        segment = segments_store.read(self._table, issue.segment_id)
        if segment is None:
            return False
        known = facts.candidates(self._context, [self._member], segment.rules)
        candidate = known[self._member.member_id]
        draws = {issue.issue_id: Decimal(issue.holdout_percent)}
        return segment_rules.matches(segment.rules, candidate, self._context.today) and not left_out(
            self._context, [self._member], known, issue.topic, draws, issue.issue_class
        )

    def _subject(self, texts: IssueTexts) -> str:
        text = texts.in_language(self._member.language)
        return mail.fill(text.subject, self._member.language, self._facts) if text else ""


def _step_of(series: Series, step_id: str) -> str:
    """The id of the texts of this step; empty where the series has it no more."""
    return next((step.texts_id for step in series.steps if step.step_id == step_id), "")
