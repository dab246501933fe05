"""Two companies that are one become one, and two again: nothing is counted twice, and nothing is lost."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib import companies, members, tiers
from chalicelib.bonuses.accruals import store as accruals_store
from chalicelib.bonuses.audit import service as audit
from chalicelib.companies import joins as companies_joins
from chalicelib.companies import keys as companies_keys
from chalicelib.companies import staff as companies_staff
from chalicelib.companies import store as companies_store
from chalicelib.companies.model import CustomerRef
from chalicelib.companies.schemas import CompanyAssignmentForm
from chalicelib.desk.joins import letters, service
from chalicelib.desk.joins.schemas import JoinForm
from chalicelib.mail import Recipient, Unsendable
from chalicelib.platform.http.problems import Problem
from tests.bonuses.accruals.steps import SOURCE, days_later
from tests.companies.steps import legal_inn
from tests.desk.joins.steps import BY, Firm, Queue, cloud
from tests.support.partners import member, speaks_for, staff
from tests.support.table import everything


def state(firm: Firm) -> tuple[Any, ...]:
    """All that a join moves."""
    both = (firm.old, firm.new)
    return (
        [firm.purchases(each) for each in both],
        [firm.bonuses(each) for each in both],
        [sorted(person.member_id for person in companies.people_of(firm.context, each)) for each in both],
        [companies.customers_of(firm.context, each) for each in both],
        [company.company_id for company in companies.some_companies(firm.context, 10, None)[0]],
        [member.company_id for member in companies_store.firms(firm.context.table, [legal_inn(1)])[legal_inn(1)]],
        [companies.read_companies(firm.context, both)[each].joined_from for each in both],
    )


def earned(firm: Firm, company_id: str) -> Decimal:
    """The bonuses of the company's documents."""
    cases = accruals_store.cases_of(firm.context.table, company_id)
    return sum((each.amount for case in cases for each in case.accrued.values()), Decimal(0))


def a_year(firm: Firm) -> None:
    """Documents of both, a person of the old one, bonuses given and spent."""
    for number, (company_id, days_ago, amount) in enumerate(
        [(firm.old, 80, "60000"), (firm.old, 20, "40000"), (firm.new, 10, "30000"), (firm.new, 3, "5000")]
    ):
        firm.buy(company_id, f"УТ-{number}", days_ago, amount)
    member(firm.context, "mbr_olga")
    speaks_for(firm.context, firm.old, "mbr_olga", "owner")
    firm.give(firm.old, "700")
    firm.spend(firm.old, Decimal(150))


def test_documents_people_bonuses_and_customers_go_to_the_company_that_stays() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        a_year(firm)
        bought = firm.purchases(firm.old) + firm.purchases(firm.new)
        other = firm.bonuses(firm.old) - earned(firm, firm.old) + firm.bonuses(firm.new) - earned(firm, firm.new)
        join_id = firm.join()
        assert service.show(firm.context, join_id, "en").state == "moving"
        firm.settle()
        assert service.show(firm.context, join_id, "en").state == "done"
        assert (firm.purchases(firm.old), firm.purchases(firm.new)) == (0, bought)
        assert (firm.bonuses(firm.old), firm.bonuses(firm.new)) == (0, earned(firm, firm.new) + other)
        assert companies.people_of(firm.context, firm.old) == []
        assert members.memberships(firm.context, ["mbr_olga"])["mbr_olga"].owner == firm.new
        assert companies.customers_of(firm.context, firm.new) == [(SOURCE, "К-1"), (SOURCE, "К-2")]
        known = companies.read_company(firm.context, firm.old)
        assert known is not None
        assert known.joined_into == firm.new
        assert [each.company_id for each in companies_joins.with_joined(firm.context, firm.new)] == [firm.new, firm.old]


def test_a_file_that_names_the_old_kpp_finds_the_company_that_stays() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        firm.join()
        firm.settle()
        ref = CustomerRef("К-9", "ООО Луч", legal_inn(1), "770101001", "RUB")
        assert companies.match_customers(firm.context, SOURCE, [ref])[ref.customer].company_id == firm.new
        assert [each.company_id for each in companies.some_companies(firm.context, 10, None)[0]] == [firm.new]


def test_a_join_is_undone_as_if_it_had_never_been() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        a_year(firm)
        before = state(firm)
        join_id = firm.join()
        firm.settle()
        assert state(firm) != before
        service.undo(firm.context, join_id, BY, "en")
        firm.settle()
        assert (service.show(firm.context, join_id, "en").state, state(firm)) == ("undone", before)
        with pytest.raises(Problem, match="wrong_state"):
            service.undo(firm.context, join_id, BY, "en")
        assert firm.join() != join_id


def told(firm: Firm, name: str) -> dict[str, tuple[str, str, str]]:
    """Subject's facts and the address of the letters of this event, by their readers."""
    found = {}
    for event in everything(firm.context).values():
        if event.get("event") == name:
            for recipient in letters._who_acts(firm.context, event):
                reader, facts = letters.of_the_join(firm.context, recipient, event)
                assert recipient.id not in found
                found[recipient.id] = (reader.name, facts["company"], facts["other"])
    return found


def test_the_people_of_both_companies_are_told_of_a_join_and_of_its_undoing() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        for member_id, company_id in (("mbr_olga", firm.old), ("mbr_ivan", firm.new)):
            member(firm.context, member_id)
            speaks_for(firm.context, company_id, member_id, "accountant")
        join_id = firm.join()
        assert told(firm, "company_join.done") == {}
        firm.settle()
        old, new = "ООО Луч К-1", "ООО Луч К-2"
        assert told(firm, "company_join.done") == {
            each: (f"Anna {each}", new, old) for each in ("mbr_olga", "mbr_ivan")
        }
        service.undo(firm.context, join_id, BY, "en")
        firm.settle()
        assert told(firm, "company_join.undone") == {
            "mbr_olga": ("Anna mbr_olga", old, new),
            "mbr_ivan": ("Anna mbr_ivan", new, old),
        }
        [joined] = [each for each in everything(firm.context).values() if each.get("event") == "company_join.done"]
        with pytest.raises(Unsendable, match="no_longer_speaks"):
            letters.of_the_join(firm.context, Recipient("member", "mbr_olga"), joined)


def invited(firm: Firm, company_id: str, member_id: str) -> None:
    facts = {"role": "buyer", "status": "invited", "at": firm.context.at, "version": 1}
    person = {"company_id": company_id, "member_id": member_id, **facts}
    firm.context.table.put({**companies_keys.person(company_id, member_id).as_item(), **person})


def olga_of_both(queue: Queue, acts_for: str, invited_by: str) -> Firm:
    """A firm of whose two companies Olga acts for one and is invited by the other; each `old` or `new`."""
    firm = Firm(queue)
    member(firm.context, "mbr_olga")
    speaks_for(firm.context, getattr(firm, acts_for), "mbr_olga", "owner")
    invited(firm, getattr(firm, invited_by), "mbr_olga")
    return firm


def act_for(firm: Firm, member_id: str) -> str:
    return members.memberships(firm.context, [member_id])[member_id].owner


def statuses(firm: Firm, company_id: str) -> list[tuple[str, str]]:
    return sorted((each.member_id, each.status) for each in companies.people_of(firm.context, company_id))


def test_a_person_of_the_company_that_stays_stays_there_whatever_the_other_one_invited_them_to() -> None:
    with cloud() as queue:
        firm = olga_of_both(queue, acts_for="new", invited_by="old")
        join_id = firm.join()
        firm.settle()
        assert statuses(firm, firm.new) == [("mbr_olga", "active")]
        service.undo(firm.context, join_id, BY, "en")
        firm.settle()
        assert (act_for(firm, "mbr_olga"), statuses(firm, firm.new)) == (firm.new, [("mbr_olga", "active")])
        assert statuses(firm, firm.old) == [("mbr_olga", "invited")]


def test_a_person_whom_the_company_that_stays_has_invited_acts_for_it_after_the_join() -> None:
    with cloud() as queue:
        firm = olga_of_both(queue, acts_for="old", invited_by="new")
        join_id = firm.join()
        firm.settle()
        assert (act_for(firm, "mbr_olga"), statuses(firm, firm.new)) == (firm.new, [("mbr_olga", "active")])
        service.undo(firm.context, join_id, BY, "en")
        firm.settle()
        assert (act_for(firm, "mbr_olga"), statuses(firm, firm.old)) == (firm.old, [("mbr_olga", "active")])


def test_an_inn_that_was_corrected_meanwhile_leaves_each_company_where_files_find_it() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        join_id = firm.join()
        firm.settle()
        staff(firm.context, BY, "manager")
        version = companies.read_companies(firm.context, [firm.new])[firm.new].version
        form = CompanyAssignmentForm(inn=legal_inn(2))
        companies_staff.change_by_staff(firm.context, firm.new, BY, version, form)
        service.undo(firm.context, join_id, BY, "en")
        firm.settle()
        kpps = {firm.old: (legal_inn(1), "770101001"), firm.new: (legal_inn(2), "780101001")}
        for company_id, (inn, kpp) in kpps.items():
            ref = CustomerRef(f"К-{kpp}", "ООО Луч", inn, kpp, "RUB")
            assert companies.match_customers(firm.context, SOURCE, [ref])[ref.customer].company_id == company_id


def test_a_join_can_be_undone_for_a_day() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        join_id = firm.join()
        firm.settle()
        with pytest.raises(Problem, match="wrong_state"):
            service.undo(days_later(firm.context, 2), join_id, BY, "en")


def test_a_company_without_an_inn_gets_that_of_the_company_that_goes() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        ref = CustomerRef("К-3", "Луч без ИНН", None, None, "RUB")
        firm.new = companies.match_customers(firm.context, SOURCE, [ref])[ref.customer].company_id
        join_id = firm.join()
        firm.settle()
        stays = companies.read_company(firm.context, firm.new)
        assert stays is not None
        assert (stays.inn, stays.kpp) == (legal_inn(1), "770101001")
        service.undo(firm.context, join_id, BY, "en")
        firm.settle()
        stays = companies.read_company(firm.context, firm.new)
        assert stays is not None
        assert (stays.inn, stays.kpp) == (None, None)


def test_a_preview_tells_what_a_join_then_does_and_writes_nothing() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        a_year(firm)
        before = state(firm)
        told = service.preview(firm.context, JoinForm(company_id=firm.old, into_company_id=firm.new), "en")
        assert state(firm) == before
        assert (told.obstacles, told.same_inn, told.documents, told.complete) == ([], True, 2, True)
        assert told.purchases.amount == Decimal(100000)
        assert told.other_bonuses.amount == firm.bonuses(firm.old) - earned(firm, firm.old)
        firm.join()
        firm.settle()
        tier, _ = tiers.tier_with(firm.context, firm.new, {})
        assert (told.into.tier_after or "") == tier.tier


def test_two_joins_at_once_are_one() -> None:
    with cloud() as queue:
        firm = Firm(queue)
        firm.join()
        with pytest.raises(Problem, match="wrong_state"):
            firm.join()
        back = replace(firm, old=firm.new, new=firm.old)
        with pytest.raises(Problem, match="wrong_state"):
            back.join()


AMOUNTS = some.integers(1, 90_000).map(lambda cents: str(Decimal(cents)))


@settings(max_examples=15)
@given(
    documents=some.lists(some.tuples(some.booleans(), some.integers(0, 300), AMOUNTS), max_size=6),
    given_to_old=some.lists(some.tuples(AMOUNTS, some.integers(0, 90)), max_size=3),
    share_spent=some.integers(0, 100),
    undone=some.booleans(),
)
def test_whatever_both_bought_and_spent_nothing_is_counted_twice(
    documents: list[tuple[bool, int, str]], given_to_old: list[tuple[str, int]], share_spent: int, undone: bool
) -> None:
    with cloud() as queue:
        firm = Firm(queue)
        for number, (old, days_ago, amount) in enumerate(documents):
            firm.buy(firm.old if old else firm.new, f"УТ-{number}", days_ago, amount)
        for amount, days in given_to_old:
            firm.give(firm.old, amount, days)
        firm.spend(firm.old, (firm.available(firm.old) * share_spent / 100).quantize(Decimal("0.01")))
        before = state(firm)
        bought = firm.purchases(firm.old) + firm.purchases(firm.new)
        other = sum(firm.bonuses(each) - earned(firm, each) for each in (firm.old, firm.new))
        join_id = firm.join()
        firm.settle()
        assert (firm.purchases(firm.old), firm.purchases(firm.new)) == (0, bought)
        assert firm.bonuses(firm.old) == 0
        assert firm.bonuses(firm.new) == earned(firm, firm.new) + other
        if undone:
            service.undo(firm.context, join_id, BY, "en")
            firm.settle()
            assert state(firm) == before
        audit.audit_companies(firm.context, [firm.old, firm.new], full=True)
        assert audit.club_audit(firm.context, 10, None).mismatches.items == []
