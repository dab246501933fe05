"""The calls and the capacity of the keys of companies and of the people who speak for them, counted as AWS counts."""

import threading

import pytest

from chalicelib import companies
from chalicelib.companies import company as companies_company
from chalicelib.companies import keys as companies_keys
from chalicelib.companies import staff
from chalicelib.companies.model import CustomerRef
from chalicelib.companies.people import claims, invitations
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.companies.steps import (
    HOME,
    KPP,
    MANAGER,
    appoint_manager,
    bring_in,
    claim,
    claim_form,
    confirm,
    invite,
    join,
    legal_inn,
    owned_company,
)
from tests.conftest import NOON
from tests.support.customers import customer_companies
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    context = Context(table=local_table, now=NOON)
    appoint_manager(context)
    return context


def of_a_file(count: int) -> list[CustomerRef]:
    return [CustomerRef(f"{number:04d}", f"Customer {number:04d}", None, None, "RUB") for number in range(count)]


@measures(companies_keys.company)
def test_a_company_is_one_call_of_half_a_unit_and_its_profile_for_a_member_of_one(context: Context) -> None:
    company_id, olga = owned_company(context)
    with spent(context.table.client) as cost:
        assert companies.read_company(context, company_id) is not None
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)
    with spent(context.table.client) as cost:
        companies_company.show(context, company_id, olga)
    assert cost.calls == ["BatchGetItem"]
    assert cost.read_units <= 1


@measures(companies_keys.firm)
def test_a_company_is_found_by_its_inn_with_who_waits_in_three_calls(context: Context) -> None:
    owned_company(context)
    with spent(context.table.client) as cost:
        assert len(staff.find_by_inn(context, legal_inn(1), KPP)) == 1
    assert cost.calls == ["BatchGetItem", "BatchGetItem", "Query"]
    assert cost.read_units == 2


@measures(companies_keys.firm)
def test_a_claim_costs_the_same_reads_whether_the_company_is_known_or_not(context: Context) -> None:
    owned_company(context, number=1)
    anna, boris = join(context, "Anna"), join(context, "Boris")
    with spent(context.table.client) as known:
        claims.claim(context, anna, claim_form(1), address=HOME)
    with spent(context.table.client) as unknown:
        claims.claim(context, boris, claim_form(2), address=HOME)
    assert known.calls == unknown.calls == ["BatchGetItem", "UpdateItem", "UpdateItem", "TransactWriteItems"]
    assert known.read_units == unknown.read_units == 3
    # Person, membership and event, twice for a transaction, the person also in its index; a new company is two items more.
    assert known.write_units <= unknown.write_units <= 20


@measures(companies_keys.customer_owner)
def test_customers_are_found_a_hundred_a_call_and_made_forty_nine_a_transaction(context: Context) -> None:
    refs = of_a_file(98)
    with spent(context.table.client) as cost:
        made = customer_companies(context, "1c", refs)
    assert cost.calls == ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"]
    # Of each company: itself, its place in the list, and the marker; double in a transaction.
    assert cost.write_units <= 98 * 3 * 2
    with spent(context.table.client) as again:
        assert customer_companies(context, "1c", refs) == made
    assert again.calls == ["BatchGetItem"]
    assert (again.read_units, again.write_units) == (98, 0)


@measures(companies_keys.customer_owner)
def test_two_workers_with_the_same_customers_at_once_make_each_company_once(context: Context) -> None:
    refs = of_a_file(400)
    answers: list[dict[CustomerRef, str]] = []
    workers = [
        threading.Thread(target=lambda order=order: answers.append(customer_companies(context, "1c", order)))
        for order in (refs, refs[200:] + refs[:200])
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers[0] == answers[1]
    assert sorted(answers[0].values()) == sorted(companies.every_company(context))


@measures(companies_keys.customer_question_list)
def test_a_page_of_questions_about_customers_is_two_calls(context: Context) -> None:
    claim(context, join(context, "Anna"))
    named = CustomerRef("К-1", "Luch", None, None, "RUB")
    customer_companies(context, "1c", [named])
    companies.name_customers(context, "1c", [named._replace(inn=legal_inn(1), kpp=KPP)])
    with spent(context.table.client) as cost:
        [question], last = staff.list_customer_questions(context, 25, None)
    assert (question.source, question.customer, question.inn, last) == ("1c", "К-1", legal_inn(1), None)
    assert question.other is not None
    assert (question.company.name, question.other.name) == ("Luch", "ООО «Луч»")
    assert cost.calls == ["Query", "BatchGetItem"]


@measures(companies_keys.person)
def test_the_people_of_a_company_are_one_query_of_half_a_unit(context: Context) -> None:
    company_id, olga = owned_company(context)
    for name in ("Anna", "Boris"):
        bring_in(context, company_id, olga, name)
    claim(context, join(context, "Clara"))
    with spent(context.table.client) as cost:
        found = companies.people_of(context, company_id)
    assert [person.status for person in found].count("active") == 3 and len(found) == 4
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(companies_keys.invitation_list)
def test_the_invitations_of_a_member_are_one_query_and_one_read_of_their_companies(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = invite(context, company_id, olga, "Anna")
    with spent(context.table.client) as cost:
        found, _ = invitations.list_invitations(context, anna, 25, None)
    assert [each.company_id for each in found] == [company_id]
    assert (cost.calls, cost.read_units) == (["Query", "BatchGetItem"], 1)


@measures(companies_keys.company_list)
def test_a_page_of_companies_costs_what_the_page_weighs_however_many_there_are(context: Context) -> None:
    customer_companies(context, "1c", of_a_file(300))
    with spent(context.table.client) as cost:
        page, last = staff.list_companies(context, "", staff.Portfolio(), 25, None)
    assert [company.name for company in page] == [f"Customer {number:04d}" for number in range(25)]
    assert last is not None
    assert cost.calls == ["Query", "Query"]  # and those who wait
    assert cost.read_units <= 2.5
    with spent(context.table.client) as cost:
        page, _ = staff.list_companies(context, "customer 029", staff.Portfolio(), 25, None)
    assert [company.name for company in page] == [f"Customer {number:04d}" for number in range(290, 300)]
    assert (cost.calls, cost.read_units) == (["Query", "Query"], 1)


@measures(companies_keys.company_list)
def test_a_page_of_a_manager_s_companies_is_one_query_however_rare_they_are(context: Context) -> None:
    *_, last = customer_companies(context, "1c", of_a_file(300)).values()
    context.table.update(companies_keys.company(last), put={"manager_id": MANAGER})
    with spent(context.table.client) as cost:
        page, more = staff.list_companies(context, "", staff.Portfolio(manager_id=MANAGER), 25, None)
    assert ([company.company_id for company in page], more) == ([last], None)
    assert cost.calls == ["Query", "Query"]
    assert cost.read_units <= 13


@measures(companies_keys.claim_list)
def test_those_who_wait_are_three_calls_and_who_was_confirmed_waits_no_more(context: Context) -> None:
    for name in ("Anna", "Boris", "Clara"):
        company_id = claim(context, join(context, name))
    confirm(context, company_id, "mbr_anna")
    with spent(context.table.client) as cost:
        waiting, last = staff.list_waiting(context, staff.Portfolio(), 25, None)
    assert [row.waiting.member_id for row in waiting if row.waiting] == ["mbr_boris", "mbr_clara"]
    assert last is None
    assert cost.calls == ["Query", "BatchGetItem", "BatchGetItem"]
    assert cost.read_units <= 2
