"""Results of an issue, counted again from its audience, its letters, their readings and the companies' purchases.

    nightly_letter_results   names the issues of the last weeks
    count             looks at the audience page by page: four calls for 100 people, and one for each company

Weakest point: one worker counts an issue in one minute, in which it asks for the purchases of some ten thousand companies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from chalicelib import mail, members
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.campaigns.results import rules, store
from chalicelib.campaigns.results.model import GroupFigures, Grouping, Results
from chalicelib.campaigns.results.purchases import purchases_of
from chalicelib.campaigns.results.schemas import FiguresView, ResultsView
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.model import Invited
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.campaigns.tracking import store as tracking
from chalicelib.contacts import CONSENT, Slot
from chalicelib.mail import LetterState
from chalicelib.members import Member
from chalicelib.platform import Context, Problem
from chalicelib.table import shards

COUNTED_DAYS = 45  # after its slot: purchases of 30 days, and documents that come late

NO_AUDIENCE = "none"  # of members who told none, or are gone

_COUNTED = (IssueState.SENDING, IssueState.SENT, IssueState.CANCELLED)


def due(context: Context) -> Iterator[str]:
    """The issues whose results may have changed."""
    for issue in plan_store.between(context.table, context.today - timedelta(days=COUNTED_DAYS), context.today):
        if issue.audience_id and issue.state in _COUNTED:
            yield issue.issue_id


def count(context: Context, issue_id: str) -> None:
    """Counts the results again. Safe to repeat."""
    issue, _ = plan_store.read(context.table, issue_id)
    if issue is None or not issue.audience_id:
        return
    left_out: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    states: Counter[str] = Counter()
    audiences: defaultdict[str, Counter[str]] = defaultdict(Counter)
    invited: set[str] = set()
    held: set[str] = set()
    people = 0
    for page in _pages(context, issue.audience_id):
        people += len(page)
        left_out.update(each.reason for each in page if each.reason)
        held |= {each.company_id for each in page if each.reason == "hold_out"}
        wanted = [each for each in page if not each.reason]
        invited |= {each.company_id for each in wanted}
        _count_letters(context, issue, wanted, skipped, states, audiences)
    first = Slot.of(issue.slot).day
    days = max(0, min(rules.PURCHASE_DAYS, (context.today - first).days + 1))
    results = Results(
        issue_id=issue_id,
        as_of=context.at,
        days=days,
        people=people,
        left_out=dict(left_out),
        skipped=dict(skipped),
        states=dict(states),
        reached=dict(sum(audiences.values(), Counter())),
        audiences={name: dict(each) for name, each in audiences.items()},
        # A company of which one person was held out and another one was not, since it came later, belongs to neither arm.
        purchases=purchases_of(
            context,
            dict.fromkeys(invited - held - {""}, first),
            dict.fromkeys(held - invited - {""}, first),
            days,
            issue_id,
        ),
    )
    store.write(context.table, results)


def show(context: Context, issue_id: str) -> ResultsView:
    """Raises 404 for an unknown issue, 409 for one whose results were not counted yet."""
    issue, _ = plan_store.read(context.table, issue_id)
    if issue is None:
        raise Problem("not_found")
    found = store.read(context.table, [issue_id]).get(issue_id)
    if found is None:
        raise Problem(
            "wrong_state",
            "Its results are not counted yet: they are counted in the night after its letters left.",
            extra={"state": issue.state},
        )
    return ResultsView.of(issue, found)


def figures(context: Context, first: date, last: date, grouping: Grouping) -> FiguresView:
    """Figures of the issues with a slot on these days."""
    issues = {each.issue_id: each for each in plan_store.between(context.table, first, last) if each.audience_id}
    counted = store.read(context.table, list(issues))
    groups: defaultdict[str, list[Mapping[str, int]]] = defaultdict(list)
    for issue_id, results in counted.items():
        for group, reached in _groups(issues[issue_id], results, grouping):
            groups[group].append(reached)
    return FiguresView.of(first, last, grouping, [_together(group, each) for group, each in sorted(groups.items())])


def _groups(issue: Issue, results: Results, grouping: Grouping) -> Iterable[tuple[str, Mapping[str, int]]]:
    """The groups to which an issue's letters belong, with the fate of these letters. Only audiences divide an issue."""
    if grouping == "audience":
        return results.audiences.items()
    slot = Slot.of(issue.slot)
    group = {
        "topic": issue.topic,
        "slot": f"{slot.day.isoweekday()} {slot.hour:%H:%M}",
        "segment": issue.segment_id,
        "template": issue.template or "none",
        "class": issue.issue_class,
    }[grouping]
    return [(group, results.reached)]


def _together(group: str, issues: Sequence[Mapping[str, int]]) -> GroupFigures:
    total = sum(map(Counter, issues), Counter())
    return GroupFigures(
        group, len(issues), total["delivered"], total["clicked"], total["unsubscribed"], total["complained"]
    )


def _pages(context: Context, audience_id: str) -> Iterator[list[Invited]]:
    for shard in shards():
        page = 1
        while found := segments_store.next_people(context.table, audience_id, shard, page):
            yield list(found.people)
            page = found.page + 1


def _count_letters(
    context: Context,
    issue: Issue,
    people: list[Invited],
    skipped: Counter[str],
    states: Counter[str],
    audiences: defaultdict[str, Counter[str]],
) -> None:
    ids = {each.member_id: letter_id(issue.issue_id, each.member_id) for each in people}
    letters = mail.letters(context.table, list(ids.values()))
    readings = tracking.together_of(context.table, list(letters))
    known = members.members(context, list(ids))
    for member_id, wanted in ids.items():
        letter = letters.get(wanted)
        if letter is None:
            states["waiting"] += 1
        elif letter.state is LetterState.SKIPPED:
            skipped[letter.reason] += 1
        else:
            states[letter.state] += 1
            member = known.get(member_id)
            audience = (member.audience if member else None) or NO_AUDIENCE
            audiences[audience] += rules.reached(letter, readings.get(wanted), _left_at(member))


def _left_at(member: Member | None) -> str:
    consent = member.consents.get(CONSENT) if member else None
    return consent.at if consent and not consent.agreed and consent.source == "letter" else ""
