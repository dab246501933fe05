"""Customers of a source and their companies, made as an import makes them."""

from collections.abc import Iterable

from chalicelib import companies
from chalicelib.companies import CustomerRef
from chalicelib.platform.context import Context


def customer_companies(
    context: Context, source: str, refs: Iterable[CustomerRef], *, maker: str | None = None
) -> dict[CustomerRef, str]:
    """The id of each customer's company; without those whose INN several companies have."""
    wanted = list(dict.fromkeys(refs))
    found = companies.match_customers(context, source, wanted, maker=maker)
    return {ref: found[ref.customer].company_id for ref in wanted if ref.customer in found}
