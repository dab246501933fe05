"""Promotions for the staff."""

from collections.abc import Sequence

from chalicelib import catalog
from chalicelib.catalog import categories_key, product_key
from chalicelib.platform import Answer, Call, Context, Money, Routes, or_not_found
from chalicelib.pricing.promotions import keys, overlap, service, store, usage
from chalicelib.pricing.promotions.model import PromotionForm, PromotionLimitsForm
from chalicelib.pricing.promotions.schemas import (
    EarlierPromotionView,
    PromotionApprovalForm,
    PromotionApprovalView,
    PromotionPage,
    PromotionsQuery,
    PromotionUsageView,
    PromotionView,
    PromotionWarningView,
)
from chalicelib.pricing.promotions.store import StoredPromotion
from chalicelib.table import Position, Transaction

routes = Routes(__name__, tag="prices")

MOST_SHOWN = 20  # articles of a warning


@routes.post("/v1/staff/promotions", scope="staff.promotions.write", status=201)
def draft_promotion(call: Call, form: PromotionForm) -> Answer[PromotionView]:
    """Draft a promotion. It changes prices once it is approved and its first day has come."""
    context = call.context
    drafted = StoredPromotion(
        promotion_id=context.new_id("prm"),
        form=catalog.with_articles_meant(context, form),
        state="draft",
        created_at=context.at,
        approved_at=None,
        ended_on=None,
        version=1,
    )
    tx = Transaction()
    store.put_promotion(tx, drafted, author=call.principal.for_member(), at=context.at)
    context.table.commit(tx)
    answer = _shown(context, drafted)
    return Answer(answer.model, headers={**answer.headers, "Location": f"/v1/staff/promotions/{drafted.promotion_id}"})


@routes.get("/v1/staff/promotions", scope="staff.promotions.write", query=PromotionsQuery)
def list_promotions(call: Call) -> PromotionPage:
    """List promotions, latest last day first."""
    return call.page(PromotionPage, _page, call.context)


@routes.get("/v1/staff/promotions/{promotion_id}", scope="staff.promotions.write")
def show_promotion(call: Call, promotion_id: str) -> Answer[PromotionView]:
    """Show a promotion."""
    found = or_not_found(store.promotion(call.context.table, promotion_id))
    return _shown(call.context, found)


@routes.put(
    "/v1/staff/promotions/{promotion_id}",
    scope="staff.promotions.write",
    matched=True,
    problems=("wrong_state", "precondition_failed"),
)
def replace_promotion(call: Call, form: PromotionForm, promotion_id: str) -> Answer[PromotionView]:
    """Replace a draft. An approved promotion cannot be changed: end it and draft another."""
    author = call.principal.for_member()
    return _shown(
        call.context, service.redraft(call.context, promotion_id, form, expected=call.expected_version(), author=author)
    )


@routes.post(
    "/v1/staff/promotions/{promotion_id}/approve",
    scope="staff.promotions.write",
    matched=True,
    problems=("wrong_state", "precondition_failed", "conflict", "four_eyes"),
)
def approve_promotion(call: Call, form: PromotionApprovalForm, promotion_id: str) -> Answer[PromotionApprovalView]:
    """Approve a promotion. It makes prices from its first day on.

    Somebody else than the author of the draft approves a discount above the club's bound. A promotion shorter than three months needs a confirmation. A warning names earlier promotions if goods were on promotion for more than
    half of the year before.
    """
    context = call.context
    approved, find_overlap = service.approve(
        context,
        promotion_id,
        expected=call.expected_version(),
        confirm_short=form.confirm_short,
        author=call.principal.for_member(),
        goods=catalog.every_product(context),
        below=catalog.below(context.table.get(categories_key())),
        named=lambda sku: catalog.product_of(item) if (item := context.table.get(product_key(sku))) else None,
    )
    warnings = [_warning(find_overlap)] if find_overlap else []
    answer = PromotionApprovalView(promotion=_answer(context, approved), warnings=warnings)
    return Answer.at(answer, approved.version)


@routes.post(
    "/v1/staff/promotions/{promotion_id}/end",
    scope="staff.promotions.write",
    matched=True,
    problems=("wrong_state", "precondition_failed"),
)
def end_promotion(call: Call, promotion_id: str) -> Answer[PromotionView]:
    """End a promotion now, before its last day. Placed orders keep their prices."""
    author = call.principal.for_member()
    return _shown(
        call.context, service.end(call.context, promotion_id, expected=call.expected_version(), author=author)
    )


def _shown(context: Context, found: StoredPromotion) -> Answer[PromotionView]:
    return Answer.at(_answer(context, found), found.version)


def _answer(context: Context, found: StoredPromotion) -> PromotionView:
    return _answers(context, [found])[0]


def _page(context: Context, limit: int, after: Position) -> tuple[list[PromotionView], Position]:
    page = store.promotion_page(context.table, limit, after)
    return _answers(context, [store.stored(item) for item in page.items]), page.last


def _answers(context: Context, found: Sequence[StoredPromotion]) -> list[PromotionView]:
    """One read for all that have limits."""
    limited = [keys.promotion_used(each.promotion_id) for each in found if each.form.limits]
    items = context.table.get_many(limited, consistent=True)
    return [_told(context, each, usage.usage_of(items.get(keys.promotion_used(each.promotion_id)))) for each in found]


def _told(context: Context, found: StoredPromotion, used: usage.PromotionUsage) -> PromotionView:
    return PromotionView(
        **found.form.model_dump(),
        promotion_id=found.promotion_id,
        state=service.state_of(found, context.today),
        created_at=found.created_at,
        approved_at=found.approved_at,
        ended_on=found.ended_on,
        used=_used(found.form.limits, used) if found.form.limits else None,
    )


def _used(limits: PromotionLimitsForm, used: usage.PromotionUsage) -> PromotionUsageView:
    budget = limits.budget
    return PromotionUsageView(
        uses=used.uses,
        units=used.units,
        cost=Money(amount=used.cost, currency=budget.currency) if budget else None,
        exhausted=usage.is_exhausted(limits.limits(), used),
    )


def _warning(find_overlap: overlap.Overlap) -> PromotionWarningView:
    return PromotionWarningView(
        detail=f"{len(find_overlap.skus)} of its products were on promotion for more than half of the year before: "
        + ", ".join(f"{each.name} ({each.first} to {each.last})" for each in find_overlap.promotions),
        skus=list(find_overlap.skus[:MOST_SHOWN]),
        product_count=len(find_overlap.skus),
        promotions=[
            EarlierPromotionView(promotion_id=each.promotion_id, name=each.name, first=each.first, last=each.last)
            for each in find_overlap.promotions
        ],
    )
