"""Changes of personal terms."""

from chalicelib import companies
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing.terms import store
from chalicelib.pricing.terms.schemas import TermsForm
from chalicelib.table.transactions import Refused, Transaction

_WRITING = staff_roles("staff.terms.write")


def replace_terms(context: Context, company_id: str, form: TermsForm, *, author: str, version: int) -> int:
    """Replace the terms; returns the new version. Raises `not_found`, 403 for a dismissed author, and 412 after a concurrent change."""
    company = companies.read_company(context, company_id)
    if company is None:
        raise Problem("not_found")
    tx = Transaction()
    companies.check_staff(tx, author, _WRITING)
    store.replace_terms(
        tx, context, company_id, form.contracts, currency=company.currency, author=author, version=version
    )
    try:
        context.table.commit(tx)
    except Refused:
        raise Problem("precondition_failed") from None
    return version + 1
