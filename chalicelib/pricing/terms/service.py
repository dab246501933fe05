"""Changes of personal terms."""

from chalicelib import companies
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing.terms import store
from chalicelib.pricing.terms.schemas import TermsForm, TermsView
from chalicelib.table.transactions import Refused, Transaction

MOST_BYTES = 256_000  # of all contracts of a company, which every price reads; an item holds 400 KB


def terms_of(context: Context, company_id: str, currency: str) -> TermsView:
    """The personal terms of a company; no contracts where none were agreed. One call."""
    return TermsView(currency=currency, contracts=store.contract_forms(store.terms(context.table, company_id)))


def replace_terms(context: Context, company_id: str, form: TermsForm, *, author: str, version: int) -> int:
    """Replace the terms; returns the new version. Raises `not_found`, 412 after a concurrent change, and `limit_exceeded` for more than `MOST_BYTES`."""
    company = companies.read_company(context, company_id)
    if company is None:
        raise Problem("not_found")
    weight = store.weight(form.contracts)
    if weight > MOST_BYTES:
        raise Problem(
            "limit_exceeded", f"The contracts of a company weigh {MOST_BYTES} bytes at most; these, {weight}."
        )
    tx = Transaction()
    store.replace_terms(
        tx, context, company_id, form.contracts, currency=company.currency, author=author, version=version
    )
    try:
        context.table.commit(tx)
    except Refused:
        raise Problem("precondition_failed") from None
    return version + 1
