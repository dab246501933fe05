"""The life of a promotion.

    draft ──approve──▶ approved ─(its first day)─▶ running ─(its last day)─▶ ended
                          └────────────── end, at any time ──────────────────▲

The approval puts a promotion into RUNNING in the same transaction, and the end takes it out: prices read one item.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from chalicelib.catalog import read_products, with_articles_meant
from chalicelib.platform import Context, Problem, or_not_found
from chalicelib.pricing.best_sellers import store as best_sellers_store
from chalicelib.pricing.config import Pricing
from chalicelib.pricing.free_goods.rules import percent_of_all
from chalicelib.pricing.model import MOST_NAMED
from chalicelib.pricing.promotions import overlap, store
from chalicelib.pricing.promotions.model import PromotionForm
from chalicelib.pricing.promotions.schemas import PromotionState
from chalicelib.pricing.promotions.store import StoredPromotion
from chalicelib.pricing.rules import HUNDRED, Goods, Subcategories
from chalicelib.table import Item, Transaction, retry

MOST_RUNNING_BYTES = 200_000  # of the item that is read with every price
MOST_LIMITED = 20  # promotions with limits at once, so that an order that uses them all fits into a transaction


class Named(Protocol):
    """The names of a product, for promises of free goods."""

    @property
    def name(self) -> str: ...

    @property
    def name_ru(self) -> str: ...

    @property
    def unit(self) -> str: ...


def state_of(found: StoredPromotion, day: date) -> PromotionState:
    if found.state != "approved":
        return found.state
    if day > found.form.last:
        return "ended"
    return "running" if day >= found.form.first else "approved"


def redraft(context: Context, promotion_id: str, form: PromotionForm, *, expected: int, author: str) -> StoredPromotion:
    """Replace the form of a draft. Raises `not_found`, `precondition_failed`, `wrong_state`, 422 for unknown articles."""
    found = or_not_found(store.promotion(context.table, promotion_id))
    if found.version != expected:
        raise Problem("precondition_failed")
    _require_draft(context, found)
    redrafted = found._replace(form=with_articles_meant(context, form), version=found.version + 1)
    tx = Transaction()
    store.put_promotion(tx, redrafted, author=author, at=context.at)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return redrafted


def _require_draft(context: Context, found: StoredPromotion) -> None:
    if found.state != "draft":
        raise Problem("wrong_state", f"The promotion is {state_of(found, context.today)}.")


def approve(
    context: Context,
    promotion_id: str,
    *,
    expected: int,
    confirm_short: bool,
    author: str,
    goods: Iterable[Goods],
    below: Subcategories,
    named: Callable[[str], Named | None],
) -> tuple[StoredPromotion, overlap.Overlap | None]:
    """Approve a draft. Returns the promotion, and its overlap with earlier ones if that covers most of the year before.

    `named` finds a product by its article number. Raises `wrong_state` for other states, `four_eyes` for the author of a draft that takes more
    off than one person may, 422 for a promotion that has passed, is short and
    not confirmed, promises unknown goods, or names a list of best sellers that is unknown, unfinished or empty.
    """

    def decide(found: StoredPromotion) -> StoredPromotion:
        _require_draft(context, found)
        if found.form.last < context.today:
            raise Problem.invalid("over", "/to", "The last day has passed.")
        if overlap.is_short(found.form.first, found.form.last) and not confirm_short:
            detail = f"The promotion is shorter than {overlap.LEAST_MONTHS} months: confirm it."
            raise Problem.invalid("short_promotion", "/confirm_short", detail)
        form = _with_free_goods_named(_with_best_sellers(context, found.form), named)
        if found.author == author and _percent(context, form) > context.config[Pricing].alone_percent:
            raise Problem("four_eyes", "The author cannot approve so large a discount.")
        return found._replace(form=form, state="approved", approved_at=context.at, version=found.version + 1)

    approved = _change(context, promotion_id, expected, decide, author)
    earlier = [
        each.promotion.with_subcategories(below)
        for each in store.ended_since(context.table, approved.form.first - timedelta(days=overlap.YEAR))
        if each.approved_at is not None and each.promotion_id != promotion_id
    ]
    return approved, overlap.find_overlap(
        approved.promotion.with_subcategories(below), goods, earlier
    ) if earlier else None


def _percent(context: Context, form: PromotionForm) -> Decimal:
    """The largest discount; that of free goods by base prices, and 100 where the promotion reaches beyond articles with prices to compare."""
    if form.on_top is None:
        return max(each.percent for each in form.brackets)
    free = form.on_top.free.sku
    products = read_products(context.table, {free, *form.goods.skus})
    currency = products[free].currency if free in products else ""
    base_prices = form.goods.base_prices(products, currency)
    if not base_prices:
        return HUNDRED
    return percent_of_all(form.on_top.terms(), products[free].base_price, min(base_prices))


def _with_best_sellers(context: Context, form: PromotionForm) -> PromotionForm:
    """The form with the articles of its list of best sellers. Raises 422 for an unfit list."""
    if form.best_sellers is None:
        return form
    best_sellers = best_sellers_store.WORK.load(context, form.best_sellers)
    if best_sellers is None:
        raise Problem.invalid("unknown_list", "/best_sellers", "There is no such list of best sellers.")
    if not best_sellers.done:
        raise Problem.invalid("not_done", "/best_sellers", "The list of best sellers is not finished yet.")
    listed = best_sellers_store.listed(best_sellers)
    skus = list(dict.fromkeys((*form.goods.skus, *(each.sku for each in listed))))
    if not listed or len(skus) > MOST_NAMED:
        detail = f"The list is empty, or has more than {MOST_NAMED} articles together with the promotion's own."
        raise Problem.invalid("list_unfit", "/best_sellers", detail)
    return form.model_copy(update={"goods": form.goods.model_copy(update={"skus": skus})})


def _with_free_goods_named(form: PromotionForm, named: Callable[[str], Named | None]) -> PromotionForm:
    """The form with the names of its free goods, for orders and letters. Raises 422 for an unknown article."""
    if form.on_top is None:
        return form
    product = named(form.on_top.free.sku)
    if product is None:
        raise Problem.invalid("unknown_sku", "/on_top/free/sku", "There is no such product.")
    names = {"name": product.name, "name_ru": product.name_ru, "unit": product.unit}
    free = form.on_top.free.model_copy(update=names)
    return form.model_copy(update={"on_top": form.on_top.model_copy(update={"free": free})})


def end(context: Context, promotion_id: str, *, expected: int, author: str) -> StoredPromotion:
    """End a promotion now: today's prices are made without it. Raises `wrong_state` if it has ended."""

    def decide(found: StoredPromotion) -> StoredPromotion:
        if state_of(found, context.today) not in ("approved", "running"):
            raise Problem("wrong_state", f"The promotion is {state_of(found, context.today)}.")
        return found._replace(state="ended", ended_on=context.today, version=found.version + 1)

    return _change(context, promotion_id, expected, decide, author)


@retry("running")
def _change(
    context: Context,
    promotion_id: str,
    expected: int,
    decide: Callable[[StoredPromotion], StoredPromotion],
    author: str,
) -> StoredPromotion:
    """Write a change of state together with RUNNING."""
    found = or_not_found(store.promotion(context.table, promotion_id))
    if found.version != expected:
        raise Problem("precondition_failed")
    changed = decide(found)
    tx = Transaction()
    store.put_promotion(tx, changed, author=author, at=context.at)
    present = store.running_item(context.table, consistent=True)
    running = _still_running(context, present, changed)
    store.replace_running(tx, present, running, store.exhausted(present), context.at)
    tx.instead["version"] = Problem("precondition_failed")
    context.table.commit(tx)
    return changed


def _still_running(context: Context, present: Item | None, changed: StoredPromotion) -> dict[str, str]:
    """The forms for RUNNING, without past promotions. Raises 409 if they are too many."""
    texts: dict[str, str] = dict(present["promotions"]) if present else {}
    texts.pop(changed.promotion_id, None)
    if changed.state == "approved":
        texts[changed.promotion_id] = changed.form.model_dump_json(exclude_defaults=True)
    planned = [each for each in store.running({"promotions": texts}) if each.last >= context.today]
    kept = {each.promotion_id: texts[each.promotion_id] for each in planned}
    limited = sum(each.limits is not None for each in planned)
    if changed.form.limits and changed.state == "approved" and limited > MOST_LIMITED:
        raise Problem("conflict", f"At most {MOST_LIMITED} promotions with limits run at once: end one of them.")
    if changed.state == "approved" and sum(len(text.encode()) for text in kept.values()) > MOST_RUNNING_BYTES:
        raise Problem("conflict", "Too many promotions run at once: end some, or name fewer goods in each.")
    return kept
