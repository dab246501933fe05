"""Results of a series, counted again from its members, their letters and their companies' purchases.

A company's days begin with the first start of one of its people. Only those whose days are over are compared, so that both arms had the same
time. A member whom a wave held out later, by its own draw, belongs to neither arm, nor does a member without a company.

Weakest point: who starts a series again is counted by the last time only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib import mail
from chalicelib.campaigns.results import rules, store
from chalicelib.campaigns.results.model import SeriesResults, StepFigures
from chalicelib.campaigns.results.purchases import purchases_of
from chalicelib.campaigns.results.schemas import SeriesResultsView
from chalicelib.campaigns.series import service as series_service
from chalicelib.campaigns.series import store as series_store
from chalicelib.campaigns.series.model import Enrolment
from chalicelib.platform import Context, Problem

COUNTED_DAYS = 400  # since a member's series ended, as long as their letters are kept


def due(context: Context) -> Iterator[str]:
    """Each series that the staff wrote or approved."""
    yield from (each.series_id for each in series_store.every(context.table))


def count(context: Context, series_id: str) -> None:
    """Counts the results again. Two calls for 100 members, and one for each company. Safe to repeat."""
    waiting: Counter[str] = Counter()
    letters: defaultdict[str, Counter[str]] = defaultdict(Counter)
    skipped: defaultdict[str, Counter[str]] = defaultdict(Counter)
    ends: Counter[str] = Counter()
    invited: dict[str, date] = {}
    held: dict[str, date] = {}
    people = 0
    since = (context.today - timedelta(days=COUNTED_DAYS)).isoformat()
    for page in series_store.members_since(context.table, series_id, since):
        people += len(page)
        waiting.update(each.step_id for each in page if not each.ended_at)
        ends.update(each.end for each in page if each.ended_at)
        _count_letters(context, page, letters, skipped)
        _divide(context, page, invited, held)
    steps = {*waiting, *letters, *skipped}
    results = SeriesResults(
        series_id=series_id,
        as_of=context.at,
        people=people,
        steps=tuple(
            StepFigures(each, waiting[each], dict(letters[each]), dict(skipped[each])) for each in sorted(steps)
        ),
        ends=dict(ends),
        purchases=purchases_of(
            context,
            {company: day for company, day in invited.items() if company not in held},
            {company: day for company, day in held.items() if company not in invited},
            rules.PURCHASE_DAYS,
            series_id,
        ),
    )
    store.write_series(context.table, results)


def show(context: Context, series_id: str) -> SeriesResultsView:
    """Raises 404 for an unknown series, 409 for one whose results were not counted yet."""
    series, _ = series_service.show(context, series_id)
    found = store.read_series(context.table, series_id)
    if found is None:
        raise Problem(
            "wrong_state",
            "Its results are not counted yet: they are counted in the night after its letters left.",
            extra={"state": series.state},
        )
    return SeriesResultsView.of_series(found, [step.step_id for step in series.steps])


def _count_letters(
    context: Context,
    page: list[Enrolment],
    letters: defaultdict[str, Counter[str]],
    skipped: defaultdict[str, Counter[str]],
) -> None:
    passages = [passage for each in page for passage in each.passed]
    found = mail.letters(context.table, [passage.letter_id for passage in passages if passage.letter_id])
    for passage in passages:
        letter = found.get(passage.letter_id)
        if letter:
            letters[passage.step_id][letter.state] += 1
        elif passage.reason:
            skipped[passage.step_id][passage.reason] += 1


def _divide(context: Context, page: list[Enrolment], invited: dict[str, date], held: dict[str, date]) -> None:
    """Notes the first day of each company whose days are over, by its arm."""
    for each in page:
        if not each.company_id or (context.today - each.started_on).days < rules.PURCHASE_DAYS:
            continue
        if each.end == "hold_out" and each.ended_at != each.started_at:
            continue
        arm = held if each.end == "hold_out" else invited
        arm[each.company_id] = min(each.started_on, arm.get(each.company_id, each.started_on))
