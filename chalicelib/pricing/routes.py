"""Personal terms and promotions: what a company may see of them, and how the staff keeps them."""

from collections.abc import Sequence

from chalicelib import catalog, companies
from chalicelib.catalog import categories_key, product_key
from chalicelib.platform.context import Work
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.routes import Answer, Call, Routes, etag
from chalicelib.platform.money import Money
from chalicelib.pricing import guard, promotion_keys, service, store, uses
from chalicelib.pricing.limit_schemas import UsedAnswer
from chalicelib.pricing.promotion_model import PromotionForm, PromotionLimits
from chalicelib.pricing.schemas import (
    Approval,
    ApproveForm,
    EarlierPromotion,
    PromotionAnswer,
    PromotionPage,
    PromotionWarning,
    RunningPromotion,
    RunningPromotions,
    Terms,
    TermsForm,
)
from chalicelib.pricing.store import Stored
from chalicelib.table.transactions import Transaction

routes = Routes(__name__, tag="prices")

MOST_SHOWN = 20  # articles of a warning
CHANGE = ("not_found", "wrong_state", "precondition_failed")

# --- personal terms ---------------------------------------------------------------------------------------------------


@routes.get("/v1/company/terms", scope="company.read", answer=Terms)
def company_terms(call: Call) -> Answer:
    """Read what was agreed with the company, contract by contract.

    Prices, discounts, the smallest order, the days to pay and the credit limit.
    """
    return _terms(call.work, call.principal.for_company())


@routes.get(
    "/v1/staff/companies/{company_id}/terms", scope="staff.companies.read", answer=Terms, problems=("not_found",)
)
def terms_of_company(call: Call, company_id: str) -> Answer:
    """Read what was agreed with a company."""
    return _terms(call.work, company_id)


@routes.put(
    "/v1/staff/companies/{company_id}/terms",
    scope="staff.terms.write",
    body=TermsForm,
    answer=Terms,
    matched=True,
    problems=("not_found", "precondition_failed"),
)
def replace_terms(call: Call, company_id: str) -> Answer:
    """Replace what was agreed with a company, all contracts as a whole. They hold from the next price on.

    The ETag of a company without terms is `"0"`.
    """
    author = call.principal.for_member()
    service.replace_terms(call.work, company_id, call.body, author=author, version=call.expected_version())
    return _terms(call.work, company_id)


def _terms(work: Work, company_id: str) -> Answer:
    company = companies.read_company(work, company_id)
    if company is None:
        raise Problem("not_found")
    item = store.terms(work.table, company_id)
    answer = Terms(currency=company.currency, contracts=store.contract_forms(item))
    return Answer(answer, headers=etag(int(item["version"]) if item else 0))


# --- promotions as partners see them ----------------------------------------------------------------------------------


@routes.get("/v1/promotions", scope="catalog.read", answer=RunningPromotions)
def running_promotions(call: Call) -> RunningPromotions:
    """List the promotions that run today, and whether each is meant for the company."""
    work, company_id = call.work, call.principal.for_company()
    found = work.table.get_many(service.keys_of(company_id))
    conditions = service.conditions_of(work, company_id, found, lambda code: [code])  # which goods does not matter here
    running = [each for each in conditions.promotions if each.first <= work.today <= each.last]
    items = [RunningPromotion.of(each, each.misses(conditions.buyer, work.today), call.language) for each in running]
    return RunningPromotions(items=items)


# --- promotions as the staff keeps them -------------------------------------------------------------------------------


@routes.post(
    "/v1/staff/promotions", scope="staff.promotions.write", body=PromotionForm, answer=PromotionAnswer, status=201
)
def draft_promotion(call: Call) -> Answer:
    """Draft a promotion. It changes no price until it is approved and its first day has come."""
    work = call.work
    drafted = Stored(
        promotion_id=work.new_id("prm"),
        form=call.body,
        state="draft",
        created_at=work.at,
        approved_at=None,
        ended_on=None,
        version=1,
    )
    tx = Transaction()
    store.put_promotion(tx, drafted, author=call.principal.for_member(), at=work.at)
    work.table.commit(tx)
    answer = _shown(work, drafted)
    return Answer(answer.model, headers={**answer.headers, "Location": f"/v1/staff/promotions/{drafted.promotion_id}"})


@routes.get("/v1/staff/promotions", scope="staff.promotions.write", query=PageQuery, answer=PromotionPage)
def list_promotions(call: Call) -> PromotionPage:
    """List promotions, latest last day first."""
    cursors = call.cursors()
    page = store.promotion_page(call.work.table, call.query.limit, cursors.open(call.query.cursor))
    return PromotionPage(
        items=_answers(call.work, [store.stored(item) for item in page.items]), next_cursor=cursors.close(page.last)
    )


@routes.get(
    "/v1/staff/promotions/{promotion_id}",
    scope="staff.promotions.write",
    answer=PromotionAnswer,
    problems=("not_found",),
)
def show_promotion(call: Call, promotion_id: str) -> Answer:
    """Read a promotion."""
    found = store.promotion(call.work.table, promotion_id)
    if found is None:
        raise Problem("not_found")
    return _shown(call.work, found)


@routes.put(
    "/v1/staff/promotions/{promotion_id}",
    scope="staff.promotions.write",
    body=PromotionForm,
    answer=PromotionAnswer,
    matched=True,
    problems=CHANGE,
)
def replace_promotion(call: Call, promotion_id: str) -> Answer:
    """Replace a draft. What was approved is not changed any more: end it, and draft another."""
    author = call.principal.for_member()
    return _shown(
        call.work,
        service.redraft(call.work, promotion_id, call.body, expected=call.expected_version(), author=author),
    )


@routes.post(
    "/v1/staff/promotions/{promotion_id}/approve",
    scope="staff.promotions.write",
    body=ApproveForm,
    answer=Approval,
    matched=True,
    problems=(*CHANGE, "conflict"),
)
def approve_promotion(call: Call, promotion_id: str) -> Answer:
    """Approve a promotion: from its first day on it makes prices.

    One shorter than three months must be confirmed. A warning names the earlier promotions where goods were on promotion for more than
    half of the year before.
    """
    work = call.work
    approved, often = service.approve(
        work,
        promotion_id,
        expected=call.expected_version(),
        confirm_short=call.body.confirm_short,
        author=call.principal.for_member(),
        goods=catalog.every_product(work),
        below=catalog.below(work.table.get(categories_key())),
        named=lambda sku: catalog.product_of(item) if (item := work.table.get(product_key(sku))) else None,
    )
    warnings = [_warning(often)] if often else []
    answer = Approval(promotion=_answer(work, approved), warnings=warnings)
    return Answer(answer, headers=etag(approved.version))


@routes.post(
    "/v1/staff/promotions/{promotion_id}/end",
    scope="staff.promotions.write",
    answer=PromotionAnswer,
    matched=True,
    problems=CHANGE,
)
def end_promotion(call: Call, promotion_id: str) -> Answer:
    """End a promotion before its last day, today's prices included. Orders keep the prices they were placed with."""
    author = call.principal.for_member()
    return _shown(call.work, service.end(call.work, promotion_id, expected=call.expected_version(), author=author))


def _shown(work: Work, found: Stored) -> Answer:
    return Answer(_answer(work, found), headers=etag(found.version))


def _answer(work: Work, found: Stored) -> PromotionAnswer:
    return _answers(work, [found])[0]


def _answers(work: Work, found: Sequence[Stored]) -> list[PromotionAnswer]:
    """One read for all that have limits."""
    limited = [promotion_keys.promotion_used(each.promotion_id) for each in found if each.form.limits]
    items = work.table.get_many(limited, consistent=True)
    return [
        _told(work, each, uses.used_of(items.get(promotion_keys.promotion_used(each.promotion_id)))) for each in found
    ]


def _told(work: Work, found: Stored, used: uses.Used) -> PromotionAnswer:
    return PromotionAnswer(
        **found.form.model_dump(),
        promotion_id=found.promotion_id,
        state=service.state_of(found, work.today),
        created_at=found.created_at,
        approved_at=found.approved_at,
        ended_on=found.ended_on,
        used=_used(found.form.limits, used) if found.form.limits else None,
    )


def _used(limits: PromotionLimits, used: uses.Used) -> UsedAnswer:
    budget = limits.budget
    return UsedAnswer(
        uses=used.uses,
        units=used.units,
        cost=Money(amount=used.cost, currency=budget.currency) if budget else None,
        exhausted=uses.reached(limits.limits(), used),
    )


def _warning(often: guard.Often) -> PromotionWarning:
    return PromotionWarning(
        detail=f"{len(often.skus)} of its products were on promotion for more than half of the year before: "
        + ", ".join(f"{each.name} ({each.first} to {each.last})" for each in often.promotions),
        skus=list(often.skus[:MOST_SHOWN]),
        product_count=len(often.skus),
        promotions=[
            EarlierPromotion(promotion_id=each.promotion_id, name=each.name, first=each.first, last=each.last)
            for each in often.promotions
        ],
    )
