"""The partner: a company, the people who act for it, and what that opens to them.

Naming an INN proves nothing. Until a manager of the club or the company's owner confirms a person, that person sees nothing of the
company: no purchases, prices, orders or people, nor whether the club knows it at all.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("regions", "people", "customers", "addresses")

with opened_when_asked(__name__):
    from chalicelib.companies.addresses.model import Address
    from chalicelib.companies.addresses.schemas import AddressView
    from chalicelib.companies.addresses.service import join_books as join_addresses
    from chalicelib.companies.addresses.service import part_books as part_addresses
    from chalicelib.companies.addresses.service import read_address
    from chalicelib.companies.addresses.service import without as address_without
    from chalicelib.companies.company import (
        companies_of_inns,
        company_by_inn,
        every_company,
        people_of,
        read_companies,
        read_company,
        similar_companies,
        some_companies,
    )
    from chalicelib.companies.config import Fact
    from chalicelib.companies.customers.matching import (
        KnownCustomer,
        known_customers,
        match_customers,
        name_customers,
        new_companies,
        relink_customer,
    )
    from chalicelib.companies.datasets import SOURCES as COMPANY_SOURCES
    from chalicelib.companies.events import CHANGED as COMPANY_CHANGED
    from chalicelib.companies.events import JOINED as COMPANY_JOINED
    from chalicelib.companies.events import MANAGER_CHANGED, PERSON_CONFIRMED, REGISTERED
    from chalicelib.companies.events import PARTED as COMPANY_PARTED
    from chalicelib.companies.joins import (
        MOST_CUSTOMERS,
        MOST_JOINED,
        check_not_joined,
        company_that_stays,
        customers_of,
        is_joined_into,
        kpps_of,
        move_person,
        with_joined,
    )
    from chalicelib.companies.joins import join as join_companies
    from chalicelib.companies.joins import part as part_companies
    from chalicelib.companies.keys import company as company_key
    from chalicelib.companies.model import Company, CustomerRef, FirmMember, Person
    from chalicelib.companies.people.membership import (
        change_manager,
        check_active,
        check_manager,
        check_staff,
        is_staff,
    )
    from chalicelib.companies.people.readers import buyer_reader, company_name, manager_of, who_buys
    from chalicelib.companies.privileges import missing_facts, missing_for
    from chalicelib.companies.regions.rules import region_of, zone_of
    from chalicelib.companies.regions.schemas import RegionManagerForm, RegionManagersForm
    from chalicelib.companies.regions.service import managers_of_regions
    from chalicelib.companies.regions.service import replace as replace_region_managers
    from chalicelib.companies.regions.service import show as show_region_managers
    from chalicelib.companies.rules import (
        customer_key,
        inn_is_valid,
        listed_as,
        manager_asked_for,
        match_firm,
        name_key,
        needs_kpp,
    )
    from chalicelib.companies.schemas import (
        CompaniesQuery,
        FoundCompaniesPage,
        Inn,
        Kpp,
        ManagerFilter,
        StaffCompanyDetailView,
        StaffCompanyView,
    )
    from chalicelib.companies.staff import (
        HandOver,
        Portfolio,
        every_listed,
        find_by_customer,
        find_by_inn,
        hand_over,
        list_companies,
        list_waiting,
        listed_for_staff,
        show_to_staff,
    )
    from chalicelib.companies.store import claims_page, customer_questions_page
