"""Questions as the staff note them, and the letter that answers those that are alike.

The letter is an issue of the content plan, for those who asked; somebody else approves it, as every issue. In its transaction the tag's
questions count as answered, so that they are proposed once. The id of its segment follows from tag and questions: a repeat after a
crash finds it.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from chalicelib import companies, members
from chalicelib.campaigns.config import Digests
from chalicelib.campaigns.plan import service as plan
from chalicelib.campaigns.plan.schemas import IssueForm, IssueView
from chalicelib.campaigns.questions import rules, store
from chalicelib.campaigns.questions.model import Digest, Question
from chalicelib.campaigns.questions.schemas import DigestForm, ProposalsView, ProposalView, QuestionForm, QuestionView
from chalicelib.campaigns.segments import service as segments
from chalicelib.campaigns.segments.model import MOST_MEMBERS, Conditions
from chalicelib.campaigns.segments.schemas import SegmentForm
from chalicelib.platform import Context, Problem, clock, derived_id
from chalicelib.table import Position, Refused, Transaction, from_item


def note(context: Context, form: QuestionForm, *, by: str) -> QuestionView:
    """The same question of the same day again changes nothing. Raises 422 for a member or a company that there is not.

    Without a company it is of the one that the member acts for.
    """
    member, acts = members.with_membership(context, form.member_id) if form.member_id else (None, None)
    if form.member_id and member is None:
        raise Problem.invalid("unknown_member", "/member_id", "There is no such member.")
    if form.company_id and companies.read_company(context, form.company_id) is None:
        raise Problem.invalid("unknown_company", "/company_id", "The club does not know this company.")
    tags = tuple(dict.fromkeys(form.tags))
    asker, company = form.member_id or "", form.company_id or ""
    acts_for = acts.owner if acts and acts.is_of_company else ""
    question = Question(
        question_id=derived_id("qst", context.today.isoformat(), by, asker, company, form.text, *tags),
        tags=tags,
        text=form.text,
        member_id=asker,
        company_id=company or acts_for,
        at=context.at,
        by=by,
    )
    tx = Transaction()
    store.write(tx, context, question)
    try:
        context.table.commit(tx)
    except Refused as refused:
        question = from_item(Question, refused.items["question"] or {})
    return QuestionView.from_record(question)


def page(context: Context, limit: int, after: Position) -> tuple[list[QuestionView], Position]:
    found = store.page(context.table, limit, after)
    return [QuestionView.from_record(from_item(Question, item)) for item in found.items], found.last


def proposals(context: Context) -> ProposalsView:
    """Three calls for some hundred questions."""
    first, questions, complete = _recent(context)
    found, _ = _proposals(context, questions)
    return ProposalsView(
        since=first, questions=len(questions), complete=complete, items=[ProposalView.of(each) for each in found]
    )


def draft(context: Context, answering: Context, form: DigestForm, *, by: str) -> IssueView:
    """Plans the letter for those who asked. `answering`: the context that keeps the answer.

    Raises 422 without such questions or members, 409 where another letter was planned for them meanwhile, and as `plan.create`.
    """
    _, questions, _ = _recent(context)
    found, digests = _proposals(context, questions)
    proposal = next((each for each in found if each.tag == form.tag), None)
    if proposal is None:
        raise Problem.invalid("no_proposal", "/tag", "Too few questions with this tag wait for an answer.")
    if not proposal.people:
        raise Problem.invalid("nobody", "/tag", "No member asked: there is nobody to write to.")
    asked = IssueForm(
        title=f"{form.tag}: {len(proposal.questions)}",
        topic=form.topic,
        issue_class="content",
        slot=form.slot,
        texts=form.texts,
        accept_skips=form.accept_skips,
    )
    plan.check(context, asked)
    segment_id = _segment(context, proposal, by)
    before, since = digests.get(form.tag, (None, ""))
    version = before.version + 1 if before else 1

    def answered(tx: Transaction, issue_id: str) -> None:
        made = Digest(tag=form.tag, until=proposal.until, since=since, issue_id=issue_id, version=version)
        store.write_digest(tx, made, before)

    try:
        return plan.create(answering, asked.model_copy(update={"segment_id": segment_id}), by=by, also=answered)
    except Refused as refused:
        if "digest" not in refused:
            raise
        raise Problem("conflict", "Another letter answers these questions already.") from None


def _recent(context: Context) -> tuple[str, list[Question], bool]:
    first = clock.stamp(context.now - timedelta(days=context.config[Digests].days))
    return first, *store.since(context.table, first)


def _proposals(
    context: Context, questions: list[Question]
) -> tuple[list[rules.Proposal], dict[str, tuple[Digest, str]]]:
    """The proposals; and by tag its last digest, with until when its questions are answered."""
    asked = {tag for each in questions for tag in each.tags}
    digests = {tag: digest for tag, digest in store.digests(context.table).items() if tag in asked}
    cancelled = plan.cancelled(context, {each.issue_id for each in digests.values()})
    least = context.config[Digests].least_questions
    return rules.proposals(questions, digests, cancelled, least, MOST_MEMBERS), {
        tag: (digest, rules.answered_until(digest, cancelled)) for tag, digest in digests.items()
    }


def _segment(context: Context, proposal: rules.Proposal, by: str) -> str:
    """The id of the segment of those who asked, which is made where it is not there yet."""
    segment_id = derived_id("seg", "questions", proposal.tag, proposal.until)
    if not segments.has_segment(context, segment_id):
        form = SegmentForm(name=f"? {proposal.tag}", conditions=Conditions(members=proposal.people))
        with suppress(Refused):  # somebody who was faster made the same one
            segments.create(replace(context, new_id=lambda prefix: segment_id), form, by=by)
    return segment_id
