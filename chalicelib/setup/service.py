"""Finds what the club has."""

from itertools import islice

from chalicelib import catalog, companies, distributors, members, tiers
from chalicelib.catalog import ProductQuery
from chalicelib.companies import Portfolio
from chalicelib.platform import Club, Context, Language
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.setup.rules import Found

LOOKED_AT = 10_000  # companies
MOST_DISTRIBUTORS = 1_000  # looked at, too
_MANAGING = [role for role in staff_roles("staff.companies.write") if role != "admin"]


def found(context: Context, language: Language) -> Found:
    """A query for each kind of thing, one for each role of those who manage companies, one for each 500 companies, and one for each distributor until one has people."""
    served = list(islice(distributors.every_distributor(context), MOST_DISTRIBUTORS))
    listed = list(islice(companies.every_listed(context, "", Portfolio()), LOOKED_AT))
    _, products, _ = catalog.page_of_products(context, ProductQuery(limit=1), None, language)
    return Found(
        ladder=bool(tiers.ladder_today(context, context.config[Club].currency).steps),
        products=any(True for _ in products),
        distributors=bool(served),
        regions=any(each.regions for each in served),
        dispatchers=any(distributors.has_people(context, each.distributor_id) for each in served),
        managers=any(members.staff_in(context, role) for role in _MANAGING),
        companies=bool(listed),
        unmanaged=sum(1 for each in listed if not each.manager_id),
        undelivered=sum(1 for each in listed if not each.region and not each.distributor_id),
    )
