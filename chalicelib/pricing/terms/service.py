"""Changes of personal terms."""

from collections.abc import Callable, Sequence

from chalicelib import companies
from chalicelib.catalog import read_products, with_articles_meant
from chalicelib.platform import Approval, Context, Problem, derived_id, or_not_found, record_event
from chalicelib.platform.approvals import store as approvals
from chalicelib.pricing import keys
from chalicelib.pricing.config import Pricing
from chalicelib.pricing.rules import Contract
from chalicelib.pricing.terms import rules, store
from chalicelib.pricing.terms.events import CHANGED
from chalicelib.pricing.terms.schemas import TermsForm, TermsRequestForm, TermsView
from chalicelib.table import Refused, Transaction

MOST_BYTES = 256_000  # of all contracts of a company, which every price reads; an item holds 400 KB


def terms_of(context: Context, company_id: str, currency: str) -> TermsView:
    """The personal terms of a company; no contracts where none were agreed. One call."""
    return TermsView(currency=currency, contracts=store.contract_forms(store.terms(context.table, company_id)))


def replace_terms(context: Context, company_id: str, form: TermsForm, *, author: str, version: int) -> str | None:
    """Replace the terms. Terms above one person's bounds wait for somebody else. Returns the id of the approval; None if they hold at once.

    Raises `not_found`, 412 after a concurrent change, 422 for unknown articles, and `limit_exceeded` for more than `MOST_BYTES`.
    """
    company = or_not_found(companies.read_company(context, company_id))
    form = with_articles_meant(context, form)
    weight = store.weight(form.contracts)
    if weight > MOST_BYTES:
        raise Problem(
            "limit_exceeded", f"The contracts of a company take at most {MOST_BYTES} bytes; these take {weight}."
        )
    present = store.terms(context.table, company_id)
    if (int(present["version"]) if present else 0) != version:
        raise Problem("precondition_failed")
    if _needs_two(context, form, store.contracts(present), company.currency):
        return _ask(context, company_id, TermsRequestForm(contracts=form.contracts, version=version), author)
    tx = Transaction()
    store.replace_terms(
        tx, context, company_id, form.contracts, currency=company.currency, author=author, version=version
    )
    _record(tx, context, company_id, form, author)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return None


def replace_approved(context: Context, approval: Approval, also: Callable[[Transaction], None]) -> None:
    """Replace the terms by the approved ones, with `also` in the transaction. Raises `conflict` where they changed since they were asked for."""
    company = or_not_found(companies.read_company(context, approval.company_id))
    asked = TermsRequestForm.model_validate_json(approval.form)
    tx = Transaction()
    store.replace_terms(
        tx,
        context,
        approval.company_id,
        asked.contracts,
        currency=company.currency,
        author=approval.author,
        version=asked.version,
        approved_by=approval.decided_by,
    )
    _record(tx, context, approval.company_id, asked, approval.decided_by)
    also(tx)
    tx.instead[store.VERSION] = Problem("conflict", "The terms have changed since: reject it, and ask again.")
    context.table.commit(tx)


def _record(tx: Transaction, context: Context, company_id: str, form: TermsForm, by: str) -> None:
    facts = {"company_id": company_id, "contracts": len(form.contracts), "by": by}
    record_event(tx, context, keys.terms(company_id), CHANGED, **facts)


def _needs_two(context: Context, form: TermsForm, present: Sequence[Contract], currency: str) -> bool:
    figures = context.config[Pricing]
    asked = [each.contract() for each in form.contracts]
    products = read_products(context.table, rules.prices_to_judge(asked, present))
    base_prices = {sku: each.base_price for sku, each in products.items() if each.currency == currency}
    bounds = rules.Bounds(figures.alone_percent, figures.alone_credit, figures.alone_deferral_days)
    return rules.needs_two(asked, present, base_prices, bounds)


def _ask(context: Context, company_id: str, asked: TermsRequestForm, author: str) -> str:
    """The same request, made again on the same day, is one."""
    form = asked.model_dump_json(exclude_defaults=True)
    approval_id = derived_id("apr", company_id, author, context.today.isoformat(), form)
    tx = Transaction()
    store.check_version(tx, company_id, asked.version)
    approvals.create(tx, Approval(approval_id, "terms", company_id, form, author, context.at))
    try:
        context.table.commit(tx)
    except Refused as refused:
        if store.VERSION in refused:
            raise Problem("precondition_failed") from None
        if approvals.APPROVAL not in refused:
            raise
    return approval_id
