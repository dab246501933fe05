"""Series as the staff write, approve and stop them, each step in one transaction.

The answer to a change names its effects on the members inside; a change that gives them other steps is refused, unless the caller accepts that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan.model import IssueTexts
from chalicelib.campaigns.plan.schemas import PreviewForm, PreviewView
from chalicelib.campaigns.segments.service import check as check_conditions
from chalicelib.campaigns.segments.service import check_regional, check_topic
from chalicelib.campaigns.segments.store import kept
from chalicelib.campaigns.series import keys, rules, store
from chalicelib.campaigns.series.events import APPROVED
from chalicelib.campaigns.series.model import Effect, Enrolment, Series, SeriesState, SeriesStep, StoredStep
from chalicelib.campaigns.series.schemas import EnrolmentView, InsideView, SeriesForm, SeriesView
from chalicelib.campaigns.series.shipped import shipped
from chalicelib.mail import PortalPages
from chalicelib.platform import Context, Fault, Problem, or_not_found, record_event
from chalicelib.table import Position, Transaction, from_item, retry

MOST_SERIES = 20

Texts = Mapping[str, IssueTexts]


def every(context: Context) -> list[SeriesView]:
    """All series, those that are shipped first. One call."""
    written = {each.series_id: each for each in store.every(context.table)}
    found = {
        series_id: _of_form(series_id, form) for series_id, form in shipped(context.config[PortalPages]).items()
    } | written
    return [_view(each, {}, []) for each in found.values()]


def create(context: Context, form: SeriesForm, *, by: str) -> SeriesView:
    """Raises 422 for what cannot be, 409 where the club has MOST_SERIES."""
    texts = _checked(context, form)
    if len(store.every(context.table)) >= MOST_SERIES:
        raise Problem("conflict", f"A club has {MOST_SERIES} series at most.")
    before = _of_form(context.new_id("ser"), form)
    made = replace(before, author=by, writers=(by,), changed_at=context.at, changed_by=by, version=1)
    tx = Transaction()
    store.write(tx, made, before)
    store.write_texts(tx, made.series_id, texts)
    return context.commit(tx, _view(made, texts, []))


def show(context: Context, series_id: str) -> tuple[SeriesView, int]:
    """The series with those inside, and its version. Raises 404."""
    series, texts = _read(context, series_id)
    inside = rules.effects(series.steps, series.steps, store.count_inside(context.table, series_id))
    return _view(series, texts, inside), series.version


def change(context: Context, series_id: str, version: int, form: SeriesForm, *, by: str) -> tuple[SeriesView, int]:
    """Raises 404, 412 when the version is no longer that one, 409 with the effects unless the form accepts them, and as `create`."""
    before, _ = _read(context, series_id)
    if before.version != version:
        raise Problem("precondition_failed")
    texts = _checked(context, form)
    writers = tuple(dict.fromkeys((*before.writers, by))) if not before.approved_by else (by,)
    after = replace(
        _of_form(series_id, form), author=by, writers=writers, changed_at=context.at, changed_by=by, version=version + 1
    )
    effects = rules.effects(before.steps, after.steps, store.count_inside(context.table, series_id))
    if rules.is_felt(effects, before.steps) and not form.accept_effects:
        told = [InsideView.from_record(each).model_dump(mode="json") for each in effects]
        fault = Fault(
            pointer="/steps", code="effects", detail="Members inside would get other steps, or at other times."
        )
        raise Problem("conflict", "Accept the effects, or keep the steps.", errors=[fault], extra={"inside": told})
    tx = Transaction()
    store.write(tx, after, before)
    store.write_texts(tx, series_id, texts)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return _view(after, texts, effects), after.version


def approve(context: Context, series_id: str, version: int, *, by: str) -> tuple[SeriesView, int]:
    """The series and its new version. Events start it from now on. Safe to repeat. Raises 404, 403 for one of its authors, 409 while a step
    lacks a text, 412 for another version.
    """

    def decide(before: Series) -> Series:
        if before.state is SeriesState.ON:
            return before
        if before.version != version:
            raise Problem("precondition_failed")
        if by in (before.author, *before.writers):
            raise Problem("four_eyes", "The author of a series cannot approve it.")
        if not all(step.whole for step in before.steps):
            raise Problem("wrong_state", "A step lacks a text.", extra={"state": before.state})
        return replace(before, state=SeriesState.ON, approved_by=by)

    return _step(context, series_id, decide, by=by)


def stop(context: Context, series_id: str, *, by: str) -> SeriesView:
    """Nobody starts it, and those inside wait. Letters that a worker holds still leave. Safe to repeat. Raises 404."""
    return _step(context, series_id, lambda before: replace(before, state=SeriesState.DRAFT, approved_by=""), by=by)[0]


def preview(context: Context, series_id: str, step_id: str, form: PreviewForm) -> PreviewView:
    """The letter of a step. Raises 404 for an unknown series, step or member, 409 where there is no text yet."""
    series, texts = _read(context, series_id)
    step = or_not_found(next((step for step in series.steps if step.step_id == step_id), None))
    return issue_texts.preview(context, texts[step.texts_id], form.member_id, form.language)


def members_page(context: Context, series_id: str, limit: int, after: Position) -> tuple[list[EnrolmentView], Position]:
    """Those inside first. Two calls. Raises 404."""
    _read(context, series_id)
    page = store.page(context.table, series_id, limit, after)
    return [EnrolmentView.of(from_item(Enrolment, item)) for item in page.items], page.last


@retry("version")
def _step(context: Context, series_id: str, decide: Callable[[Series], Series], *, by: str) -> tuple[SeriesView, int]:
    before, texts = _read(context, series_id)
    after = decide(before)
    if after != before:
        after = replace(after, changed_at=context.at, changed_by=by, version=before.version + 1)
        tx = Transaction()
        store.write(tx, after, before)
        if not before.version:
            store.write_texts(tx, series_id, texts)
        if after.state is SeriesState.ON:
            record_event(tx, context, keys.series(series_id), APPROVED, series_id=series_id)
        context.table.commit(tx)
    inside = rules.effects(after.steps, after.steps, store.count_inside(context.table, series_id))
    return _view(after, texts, inside), after.version


def _read(context: Context, series_id: str) -> tuple[Series, Texts]:
    """The series, written or as it is shipped. Raises 404."""
    if found := store.read(context.table, [series_id]).get(series_id):
        return found, store.read_texts(context.table, [found])
    form = or_not_found(shipped(context.config[PortalPages]).get(series_id))
    return _of_form(series_id, form), _texts(form)


def _checked(context: Context, form: SeriesForm) -> Texts:
    """The texts of the form by id. Raises 422 where it names what there is not."""
    check_topic(context, form.topic, "/topic")
    for number, step in enumerate(form.steps):
        check_conditions(context, step.conditions, f"/steps/{number}/conditions")
        check_regional(step.conditions, form.topic, f"/steps/{number}/conditions/regions")
        issue_texts.check(context, step.texts, f"/steps/{number}/texts")
        rule = "A series names no discount: its letters outlast promotions."
        issue_texts.check_discount(step.texts, f"/steps/{number}/texts", "discount", rule)
    return _texts(form)


def _texts(form: SeriesForm) -> Texts:
    return {store.texts_id(step.texts): step.texts for step in form.steps}


def _of_form(series_id: str, form: SeriesForm) -> Series:
    return Series(
        series_id=series_id,
        name=form.name,
        starts=tuple(dict.fromkeys(form.starts)),
        exits=tuple(dict.fromkeys(form.exits)),
        topic=form.topic,
        issue_class=form.issue_class,
        again_days=form.again_days,
        holdout_percent=form.holdout_percent,
        steps=tuple(
            StoredStep(
                step.step_id,
                step.wait_days,
                kept(step.conditions),
                store.texts_id(step.texts),
                step.texts.en is not None and step.texts.ru is not None,
            )
            for step in form.steps
        ),
        state=SeriesState.DRAFT,
    )


def _view(series: Series, texts: Texts, inside: Sequence[Effect]) -> SeriesView:
    steps = [
        SeriesStep(
            step_id=step.step_id,
            wait_days=step.wait_days,
            conditions=rules.conditions_of(step),
            texts=texts.get(step.texts_id, IssueTexts()),
        )
        for step in series.steps
    ]
    return SeriesView.from_record(series, steps=steps, inside=[InsideView.from_record(each) for each in inside])
