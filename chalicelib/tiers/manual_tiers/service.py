"""Manual tiers: each grant and withdrawal changes the standing in the same transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from chalicelib import companies
from chalicelib.platform import Approval, Context, EventType, Problem, or_not_found, record_event
from chalicelib.platform.approvals import store as approvals
from chalicelib.table import Position, Transaction, from_item
from chalicelib.tiers import keys
from chalicelib.tiers.config import ManualTiers
from chalicelib.tiers.events import GRANTED, WITHDRAWN
from chalicelib.tiers.ladders.rules import ladder_on
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.manual_tiers import store
from chalicelib.tiers.manual_tiers.schemas import ManualTierForm, ManualTierView, ManualTierWithdrawalForm
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.rules import ManualTier
from chalicelib.tiers.standing.service import follow

YEAR = timedelta(days=365)  # in which the days that one person grants a company are added up
MOST_AHEAD = 20  # manual tiers of a company that have not ended: its standing holds them all


class _NotAlone(Exception):
    """The author has granted the company as much as one person grants."""


def grant(context: Context, company_id: str, author: str, form: ManualTierForm) -> ManualTierView:
    """Grant a manual tier. Above the club's bounds, of one tier and of all that its author granted the company in a year, it waits for somebody else, and nothing is granted yet.

    Raises `not_found` for an unknown company, `invalid` for impossible days or a tier not on the ladder, `conflict` for too many.
    """
    first = form.first or context.today
    if first < context.today:
        raise Problem.invalid("past", "/from", "A manual tier cannot begin before today.")
    if form.last < first:
        raise Problem.invalid("range", "/until", "The last day is before the first.")
    form = form.model_copy(update={"first": first})
    made = _made(context, context.new_id("grt"), author, form)
    view = ManualTierView.of(made, company_id, context.today)
    if _bounded(context, company_id, made):
        try:
            _grant(context, company_id, made, author, lambda tx: context.reply(tx, view))
        except _NotAlone:
            pass
        else:
            return view
    view = view.model_copy(update={"state": "waiting"})
    asked = Approval(made.grant_id, "manual_tier", company_id, form.model_dump_json(), author, context.at)
    return _ask(context, asked, view)


def grant_approved(context: Context, approval: Approval, also: Callable[[Transaction], None]) -> None:
    """Grant an approved manual tier, with `also` in its transaction; from today on if its first day has passed.

    Raises `conflict` for too many, `wrong_state` when its last day has passed, or its tier is on the ladder no more.
    """
    form = ManualTierForm.model_validate_json(approval.form)
    made = _made(context, approval.approval_id, approval.author, form)._replace(approved_by=approval.decided_by)
    made = made._replace(first=max(made.first, context.today))
    if made.last < made.first:
        raise Problem("wrong_state", "The last day has passed: reject it.")
    try:
        _bounded(context, approval.company_id, made)
    except Problem:
        raise Problem("wrong_state", "The ladder does not have this tier any more: reject it.") from None
    _grant(context, approval.company_id, made, approval.decided_by, also)


def _made(context: Context, grant_id: str, author: str, form: ManualTierForm) -> ManualTier:
    return ManualTier(
        grant_id=grant_id,
        tier=form.tier,
        first=form.first or context.today,
        last=form.last,
        reason=form.reason,
        author=author,
        recorded_at=context.at,
    )


def _bounded(context: Context, company_id: str, made: ManualTier) -> bool:
    """Whether one person may grant it. Raises `not_found` for an unknown company, `invalid` for a tier not on its ladder."""
    company = or_not_found(companies.read_company(context, company_id))
    ladder = ladder_on(ladders_of(context, company.currency), made.first)
    step = ladder.step(made.tier, made.first)
    if step is None:
        raise Problem.unknown("tier", "/tier", [each.tier for each in ladder.steps_on(made.first)])
    bounds = context.config[ManualTiers]
    latest = context.today + timedelta(days=bounds.alone_days)
    return step.discount_percent <= bounds.alone_discount_percent and made.last <= latest


def _grant(context: Context, company_id: str, made: ManualTier, by: str, write: Callable[[Transaction], None]) -> None:
    def also(tx: Transaction, grants: tuple[ManualTier, ...]) -> tuple[ManualTier, ...]:
        if not made.approved_by and _alone_days(context, [*grants, made]) > context.config[ManualTiers].alone_days:
            raise _NotAlone
        if sum(each.ends_on >= context.today for each in grants) >= MOST_AHEAD:
            raise Problem("conflict", "The company has too many manual tiers that have not ended: withdraw some.")
        store.create_grant(tx, company_id, made)
        _record(tx, context, ManualTierView.of(made, company_id, context.today), GRANTED, by)
        write(tx)
        return *grants, made

    follow(context, company_id, also)


def _alone_days(context: Context, grants: Sequence[ManualTier]) -> int:
    """The days that the author of the last of these tiers has granted alone in the last year, today not counted."""
    begin = context.today - YEAR
    mine = (each for each in grants if each.author == grants[-1].author and not each.approved_by)
    return sum((each.ends_on - max(each.first, begin)).days + 1 for each in mine if each.ends_on >= begin) - 1


def _ask(context: Context, asked: Approval, view: ManualTierView) -> ManualTierView:
    tx = Transaction()
    approvals.create(tx, asked)
    return context.commit(tx, view)


def withdraw(
    context: Context, company_id: str, grant_id: str, member_id: str, form: ManualTierWithdrawalForm
) -> ManualTierView:
    """End a manual tier as of today.

    Raises `not_found`, and `wrong_state` for one that has ended or was withdrawn.
    """
    views: list[ManualTierView] = []  # one for each try

    def also(tx: Transaction, grants: tuple[ManualTier, ...]) -> tuple[ManualTier, ...]:
        found = _named(grants, grant_id)
        if found.withdrawn_on is not None or found.last < context.today:
            raise Problem("wrong_state", "The manual tier has ended or was withdrawn.")
        ended = found._replace(
            withdrawn_on=context.today, withdrawn_at=context.at, withdrawn_by=member_id, withdrawn_because=form.reason
        )
        store.put_withdrawal(tx, company_id, ended)
        view = ManualTierView.of(ended, company_id, context.today)
        views.append(view)
        _record(tx, context, view, WITHDRAWN, member_id)
        context.reply(tx, view)
        return tuple(ended if each is found else each for each in grants)

    follow(context, company_id, also)
    return views[-1]


def page(
    context: Context, company_id: str, limit: int, after: dict[str, str] | None
) -> tuple[list[ManualTierView], dict[str, str] | None]:
    """A page of the company's manual tiers, latest first."""
    found = store.grants_page(context, company_id, limit, after)
    return [
        ManualTierView.of(from_item(ManualTier, item), company_id, context.today) for item in found.items
    ], found.last


def manual_tiers_of(context: Context, company_id: str) -> list[ManualTier]:
    """Those of the company that have not ended. One query, consistent."""
    _, grants = standing_store.load_with_grants(context, company_id)
    return [each for each in grants if each.ends_on >= context.today]


def every(context: Context, limit: int, after: Position) -> tuple[list[ManualTierView], Position]:
    """A page of the manual tiers of all companies, newest first. One call."""
    found = store.page(context, limit, after)
    views = [ManualTierView.of(from_item(ManualTier, item), item["company_id"], context.today) for item in found.items]
    return views, found.last


def show(context: Context, company_id: str, grant_id: str) -> ManualTierView:
    """Raises `not_found`."""
    _, grants = standing_store.load_with_grants(context, company_id)
    return ManualTierView.of(_named(grants, grant_id), company_id, context.today)


def _named(grants: Iterable[ManualTier], grant_id: str) -> ManualTier:
    return or_not_found(next((each for each in grants if each.grant_id == grant_id), None))


def _record(tx: Transaction, context: Context, view: ManualTierView, name: EventType, member_id: str) -> None:
    owner = keys.standing(view.company_id)
    record_event(
        tx, context, owner, name, company_id=view.company_id, grant_id=view.grant_id, tier=view.tier, by=member_id
    )
