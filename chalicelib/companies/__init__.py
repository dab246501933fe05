"""The partner: a company, the people who speak for it, and what that opens to them.

Naming an INN proves nothing. Until a manager of the club or the company's owner confirms a person, that person sees nothing of the
company: no purchases, prices, orders or people, nor whether the club knows it at all.
"""

from chalicelib.platform.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.companies.company import company_by_inn, every_company, people_of, read_company, some_companies
    from chalicelib.companies.config import Fact
    from chalicelib.companies.events import REGISTERED
    from chalicelib.companies.keys import company as company_key
    from chalicelib.companies.matching import KnownCustomer, customers, known_customers, new_companies
    from chalicelib.companies.membership import check_active, check_staff, no_longer_speaks
    from chalicelib.companies.model import Company, CustomerRef, Person
    from chalicelib.companies.privileges import missing_facts, missing_for
    from chalicelib.companies.readers import company_name, who_buys
    from chalicelib.companies.rules import inn_is_valid
    from chalicelib.companies.schemas import Inn, Kpp

__all__ = [
    "REGISTERED",
    "Company",
    "CustomerRef",
    "Fact",
    "Inn",
    "KnownCustomer",
    "Kpp",
    "Person",
    "check_active",
    "check_staff",
    "company_by_inn",
    "company_key",
    "company_name",
    "customers",
    "every_company",
    "inn_is_valid",
    "known_customers",
    "missing_facts",
    "missing_for",
    "new_companies",
    "no_longer_speaks",
    "people_of",
    "read_company",
    "some_companies",
    "who_buys",
]
