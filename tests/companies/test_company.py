from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import members
from chalicelib.companies import claims, company, people, privileges, staff
from chalicelib.companies.company import people_of
from chalicelib.companies.config import PrivilegeRules
from chalicelib.companies.membership import check_active
from chalicelib.companies.privileges import missing_for
from chalicelib.companies.schemas import ClaimDecisionForm, CompanyChange, InvitationForm, PersonChange
from chalicelib.distributors import keys as distributors_keys
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.context import Work
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Refused, Transaction
from tests.companies.steps import (
    KPP,
    MANAGER,
    appoint_manager,
    claim,
    claim_form,
    company_of,
    confirm,
    disagreements,
    events,
    invite,
    join,
    legal_inn,
    membership_of,
    owned_company,
    person_item,
    set_role,
    waiting,
    whole_table,
)
from tests.support.spent import calls_counted


@pytest.fixture(autouse=True)
def manager(work: Work) -> None:
    appoint_manager(work)


@pytest.fixture(autouse=True)
def both_sides_agree(manager: None, work: Work) -> object:
    """After every test of this file."""
    yield
    assert disagreements(whole_table(work.table)) == []


# --- claims -----------------------------------------------------------------------------------------------------------


def test_the_first_claim_makes_the_company_and_the_next_ones_only_ask(work: Work) -> None:
    anna, boris = join(work, "Anna"), join(work, "Boris")
    company_id = claim(work, anna, name="ООО «Луч»", region="RU-MOW")
    assert claim(work, boris, name="Evil Twin", region="RU-SPE") == company_id
    assert company_of(work, company_id).name == "ООО «Луч»" and company_of(work, company_id).region == "RU-MOW"
    assert waiting(work) == [(company_id, anna), (company_id, boris)]
    assert events(work, company_id) == ["company.person_claimed"] * 2


def test_branches_share_an_inn_and_are_companies_of_their_own(work: Work) -> None:
    first = claim(work, join(work, "Anna"), kpp=KPP)
    assert claim(work, join(work, "Boris"), kpp="780201001") != first


def test_the_same_claim_again_keeps_its_place_and_tells_nobody_twice(work: Work) -> None:
    anna, boris = join(work, "Anna"), join(work, "Boris")
    company_id = claim(work, anna)
    claim(work, boris)
    later = replace(work, now=work.now + timedelta(days=1))
    claim(later, anna, name="Луч Плюс")
    assert waiting(work) == [(company_id, anna), (company_id, boris)]
    assert person_item(work, company_id, anna)["claimed"]["name"] == "Луч Плюс"
    assert events(work, company_id) == ["company.person_claimed"] * 2


def test_another_claim_takes_the_place_of_one_that_waits(work: Work) -> None:
    anna = join(work, "Anna")
    first, second = claim(work, anna, 1), claim(work, anna, 2)
    assert first != second and waiting(work) == [(second, anna)] and not person_item(work, first, anna)


def test_who_speaks_for_a_company_cannot_claim_another(work: Work) -> None:
    company_id, olga = owned_company(work)
    for number in (1, 2):
        with pytest.raises(Problem, match="already_exists"):
            claims.claim(work, olga, claim_form(number))
    assert [person.status for person in people_of(work, company_id)] == ["active"]


def test_a_claim_makes_the_same_calls_whether_the_club_knows_the_company_or_not(work: Work) -> None:
    owned_company(work, number=1)
    anna, boris = join(work, "Anna"), join(work, "Boris")
    sizes: list[int] = []

    def size(params: dict[str, object], **_: object) -> None:
        sizes.append(len(params["TransactItems"]))  # type: ignore[arg-type]

    work.table.client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", size)
    with calls_counted(work.table.client) as known:
        claims.claim(work, anna, claim_form(1))
    with calls_counted(work.table.client) as unknown:
        claims.claim(work, boris, claim_form(2))
    assert known == unknown == ["BatchGetItem", "TransactWriteItems"]
    assert sizes == [5, 5]


# --- a manager decides ------------------------------------------------------------------------------------------------


def test_confirmation_makes_a_voice_and_the_first_one_a_personal_manager(work: Work) -> None:
    company_id, olga = owned_company(work)
    membership = membership_of(work, olga) or {}
    assert (membership["status"], membership["role"], membership["owner"]) == ("active", "owner", company_id)
    assert company_of(work, company_id).manager_id == MANAGER and waiting(work) == []
    appoint_manager(work, "Second")
    boris = join(work, "Boris")
    claim(work, boris)
    claims.decide_claim(work, "mbr_second", company_id, ClaimDecisionForm(member_id=boris, role="buyer"))
    assert company_of(work, company_id).manager_id == MANAGER
    assert events(work, company_id).count("company.person_confirmed") == 2


def test_the_confirming_manager_may_name_another_one(work: Work) -> None:
    appoint_manager(work, "Second")
    anna = join(work, "Anna")
    company_id = claim(work, anna)
    confirm(work, company_id, anna, manager_id="mbr_second")
    assert company_of(work, company_id).manager_id == "mbr_second"
    assert events(work, company_id).count("company.manager_changed") == 1


@pytest.mark.parametrize("manager_id", ["mbr_nobody", "mbr_anna", "mbr_boris"])
def test_only_the_staff_can_be_a_personal_manager(work: Work, manager_id: str) -> None:
    anna, _ = join(work, "Anna"), join(work, "Boris")
    company_id = claim(work, anna)
    with pytest.raises(Problem) as refused:
        confirm(work, company_id, anna, manager_id=manager_id)
    assert refused.value.errors[0].pointer == "/manager_id"
    assert person_item(work, company_id, anna)["status"] == "pending"


def test_the_same_confirmation_twice_is_one(work: Work) -> None:
    company_id, olga = owned_company(work)
    before = whole_table(work.table)
    confirm(work, company_id, olga)
    assert whole_table(work.table) == before
    with pytest.raises(Problem, match="wrong_state"):
        confirm(work, company_id, olga, role="buyer")


def test_a_refused_claim_is_gone_and_refusing_again_changes_nothing(work: Work) -> None:
    anna = join(work, "Anna")
    company_id = claim(work, anna)
    for _ in range(2):
        confirm(work, company_id, anna, decision="refuse")
        assert waiting(work) == [] and membership_of(work, anna) is None
    assert events(work, company_id) == ["company.person_claimed", "company.claim_refused"]


def test_a_manager_decides_on_claims_only(work: Work) -> None:
    company_id, olga = owned_company(work)
    join(work, "Anna")
    with pytest.raises(Problem, match="not_found"):
        confirm(work, company_id, "mbr_anna")
    with pytest.raises(Problem, match="not_found"):
        confirm(work, "com_none", olga)
    with pytest.raises(Problem, match="not_found"):
        confirm(work, company_id, "mbr_nobody", decision="refuse")
    with pytest.raises(Problem, match="wrong_state"):
        confirm(work, company_id, olga, decision="refuse")


def test_the_first_person_of_a_company_is_its_owner(work: Work) -> None:
    anna = join(work, "Anna")
    company_id = claim(work, anna)
    with pytest.raises(Problem) as refused:
        confirm(work, company_id, anna, role="buyer")
    assert refused.value.errors[0].pointer == "/role" and waiting(work) == [(company_id, anna)]


@pytest.mark.parametrize("role", ["marketing", "operations", None])
def test_whoever_confirms_must_be_a_manager_now_whatever_the_token_says(work: Work, role: str | None) -> None:
    if role:
        appoint_manager(work, "Former", role)
    else:
        join(work, "Former")
    anna = join(work, "Anna")
    company_id = claim(work, anna)
    with pytest.raises(Problem, match="scope_missing"):
        claims.decide_claim(work, "mbr_former", company_id, ClaimDecisionForm(member_id=anna))


def test_a_former_manager_cannot_confirm_their_own_claim(work: Work) -> None:
    former = join(work, "Former")
    company_id = claim(work, former)
    with pytest.raises(Problem, match="scope_missing"):
        claims.decide_claim(work, former, company_id, ClaimDecisionForm(member_id=former))


def test_a_claim_whose_member_joined_the_staff_meanwhile_can_only_be_refused(work: Work) -> None:
    anna = join(work, "Anna")
    company_id = claim(work, anna)
    tx = Transaction()
    members.appoint(tx, anna, kind="staff", owner=members.STAFF_OWNER, role="manager", status="active")
    work.table.commit(tx)
    with pytest.raises(Problem, match="conflict"):
        confirm(work, company_id, anna)
    confirm(work, company_id, anna, decision="refuse")
    assert waiting(work) == [] and (membership_of(work, anna) or {})["kind"] == "staff"


# --- the owner decides ------------------------------------------------------------------------------------------------


def test_the_owner_confirms_a_person_who_waits(work: Work) -> None:
    company_id, olga = owned_company(work)
    anna = join(work, "Anna")
    claim(work, anna)
    set_role(work, company_id, olga, anna, "buyer", status="active", influence=2)
    found = {person.member_id: person for person in people_of(work, company_id)}
    assert (found[anna].status, found[anna].role, found[anna].influence) == ("active", "buyer", 2)
    assert waiting(work) == [] and events(work, company_id)[-1] == "company.person_confirmed"


def test_one_who_waits_has_no_role_before_the_confirmation(work: Work) -> None:
    company_id, olga = owned_company(work)
    anna = join(work, "Anna")
    claim(work, anna)
    with pytest.raises(Problem, match="wrong_state"):
        people.change_person(work, company_id, olga, anna, 1, PersonChange(role="buyer"))
    with pytest.raises(Problem) as refused:
        people.change_person(work, company_id, olga, anna, 1, PersonChange(status="active"))
    assert refused.value.errors[0].pointer == "/role"


def test_of_two_changes_at_once_the_second_is_told(work: Work) -> None:
    company_id, olga = owned_company(work)
    anna = invite(work, company_id, olga, "Anna")
    commit = work.table.commit

    def overtaken(tx: Transaction) -> None:
        work.table.commit = commit  # type: ignore[method-assign]
        people.change_person(work, company_id, olga, anna, 1, PersonChange(influence=1))
        commit(tx)

    work.table.commit = overtaken  # type: ignore[method-assign]
    with pytest.raises(Problem, match="precondition_failed"):
        people.change_person(work, company_id, olga, anna, 1, PersonChange(influence=3))
    assert person_item(work, company_id, anna)["influence"] == 1


def test_an_invited_person_speaks_at_once_member_or_not(work: Work) -> None:
    company_id, olga = owned_company(work)
    known = join(work, "Anna")
    assert invite(work, company_id, olga, "Anna") == known
    unknown = invite(work, company_id, olga, "Boris", role="engineer")
    invited = members.member(work, unknown)
    assert invited and invited.email == "boris@example.com" and invited.email_confirmed_at is None
    roles = {person.member_id: person.role for person in people_of(work, company_id)}
    assert roles == {olga: "owner", known: "buyer", unknown: "engineer"}
    assert events(work, company_id).count("company.person_confirmed") == 3


def test_an_invitation_takes_the_place_of_a_claim_here_or_elsewhere(work: Work) -> None:
    company_id, olga = owned_company(work, number=1)
    claim(work, join(work, "Anna"), 1)
    claim(work, join(work, "Boris"), 2)
    invite(work, company_id, olga, "Anna")
    invite(work, company_id, olga, "Boris")
    assert waiting(work) == [] and len(people_of(work, company_id)) == 3


def test_who_speaks_for_somebody_cannot_be_invited_and_nobody_learns_for_whom(work: Work) -> None:
    company_id, olga = owned_company(work, "Olga", 1)
    other, _ = owned_company(work, "Igor", 2)
    details = []
    for name in ("Igor", "Manager"):
        with pytest.raises(Problem, match="conflict") as refused:
            invite(work, company_id, olga, name)
        details.append(refused.value.detail)
    assert details[0] == details[1] and other not in str(details)
    with pytest.raises(Problem, match="already_exists"):
        invite(work, company_id, olga, "Olga")


def test_a_role_that_the_token_still_has_is_of_no_use_once_it_is_lost(work: Work) -> None:
    company_id, olga = owned_company(work)
    anna = invite(work, company_id, olga, "Anna", role="owner")
    people.remove_person(work, company_id, olga, anna)
    form = InvitationForm(name="Eva Petrova", email="eva@example.com", role="owner")
    for act in (
        lambda: company.show(work, company_id, anna),
        lambda: company.change(work, company_id, anna, 1, CompanyChange(name="Тьма")),
        lambda: people.list_people(work, company_id, anna, 25, None),
        lambda: people.invite(work, company_id, anna, form),
        lambda: people.change_person(work, company_id, anna, olga, 1, PersonChange(role="buyer")),
        lambda: people.remove_person(work, company_id, anna, olga),
    ):
        with pytest.raises(Problem, match="scope_missing"):
            act()
    tx = Transaction()
    check_active(tx, company_id, anna, ["owner", "buyer"])
    with pytest.raises(Refused) as refused:
        work.table.commit(tx)
    assert "membership" in refused.value


def test_the_last_owner_neither_leaves_nor_gives_up_the_role(work: Work) -> None:
    company_id, olga = owned_company(work)
    anna = invite(work, company_id, olga, "Anna", role="buyer")
    claim(work, join(work, "Boris"))
    with pytest.raises(Problem, match="conflict"):
        people.remove_person(work, company_id, olga, olga)
    with pytest.raises(Problem, match="conflict"):
        set_role(work, company_id, olga, olga, "buyer")
    set_role(work, company_id, olga, anna, "owner")
    people.remove_person(work, company_id, olga, olga)
    assert [person.role for person in people_of(work, company_id) if person.status == "active"] == ["owner"]


def test_two_owners_who_leave_at_once_cannot_both_go(work: Work) -> None:
    company_id, olga = owned_company(work)
    anna = invite(work, company_id, olga, "Anna", role="owner")
    commit = work.table.commit
    left: list[str] = []

    def overtaken(tx: Transaction) -> None:
        if not left:
            left.append(anna)
            people.remove_person(work, company_id, anna, anna)
        commit(tx)

    work.table.commit = overtaken  # type: ignore[method-assign]
    with pytest.raises(Problem, match="conflict"):
        people.remove_person(work, company_id, olga, olga)
    assert [person.member_id for person in people_of(work, company_id)] == [olga]


def test_anybody_may_leave_and_claim_again(work: Work) -> None:
    company_id, olga = owned_company(work)
    anna = invite(work, company_id, olga, "Anna", role="engineer")
    people.remove_person(work, company_id, anna, anna)
    assert membership_of(work, anna) is None and events(work, company_id)[-1] == "company.person_removed"
    assert claim(work, anna) == company_id


# --- the company ------------------------------------------------------------------------------------------------------


def test_a_new_name_moves_the_company_in_the_list(work: Work) -> None:
    company_id, olga = owned_company(work)
    _, version = company.show(work, company_id, olga)
    company.change(work, company_id, olga, version, CompanyChange(name="ООО «Альфа»"))
    assert [each.company_id for each in staff.list_companies(work, "альф", 10, None)[0]] == [company_id]
    assert staff.list_companies(work, "луч", 10, None)[0] == []


def test_a_change_that_changes_nothing_keeps_the_version(work: Work) -> None:
    company_id, olga = owned_company(work)
    shown, version = company.show(work, company_id, olga)
    assert company.change(work, company_id, olga, version, CompanyChange(name=shown.name)) == (shown, version)
    assert company.change(work, company_id, olga, version, CompanyChange()) == (shown, version)


def test_only_a_distributor_that_exists_can_be_chosen(work: Work) -> None:
    company_id, olga = owned_company(work)
    _, version = company.show(work, company_id, olga)
    with pytest.raises(Problem) as refused:
        company.change(work, company_id, olga, version, CompanyChange(distributor_id="dst_1"))
    assert refused.value.errors[0].pointer == "/distributor_id"
    work.table.put({**distributors_keys.distributor("dst_1").as_item(), "distributor_id": "dst_1"})
    shown, version = company.change(work, company_id, olga, version, CompanyChange(distributor_id="dst_1"))
    assert shown.distributor_id == "dst_1"
    shown, _ = company.change(work, company_id, olga, version, CompanyChange(distributor_id=None))
    assert shown.distributor_id is None and company_of(work, company_id).distributor_id is None


def test_the_profile_is_read_in_one_call_and_the_people_in_three(work: Work) -> None:
    company_id, olga = owned_company(work)
    with calls_counted(work.table.client) as calls:
        company.show(work, company_id, olga)
    assert calls == ["BatchGetItem"]
    with calls_counted(work.table.client) as calls:
        people.list_people(work, company_id, olga, 25, None)
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"]


# --- what opens the cabinet -------------------------------------------------------------------------------------------


def principal(member_id: str, kind: str = "", role: str = "", owner: str | None = None) -> Principal:
    distributor_id = owner if kind == "distributor" else None
    company_id = owner if kind == "company" else None
    return Principal(member_id, frozenset(), member_id, kind, role, company_id, distributor_id)


def test_each_step_of_the_profile_shortens_what_is_missing(work: Work) -> None:
    anna = join(work, "Anna", phone="+74951234567", phone_confirmed_on="2026-11-20")
    assert missing_for(work, anna, "ordering") == ["company_named", "company_confirmed"]
    company_id = claim(work, anna)
    assert missing_for(work, anna, "ordering") == ["company_confirmed"]
    confirm(work, company_id, anna)
    with calls_counted(work.table.client) as calls:
        assert missing_for(work, anna, "ordering") == []
    assert calls == ["Query"]
    assert missing_for(work, "mbr_nobody", "ordering") == work.config[PrivilegeRules].unlocks["ordering"]


def test_a_phone_that_was_confirmed_long_ago_locks_again(work: Work) -> None:
    anna = join(work, "Anna", phone="+74951234567", phone_confirmed_on="2026-11-20")
    fresh = replace(work, now=work.now + timedelta(days=work.config[PrivilegeRules].fresh_days))
    old = replace(work, now=fresh.now + timedelta(days=1))
    assert "phone" not in missing_for(fresh, anna, "ordering")
    assert "phone" in missing_for(old, anna, "ordering")
    assert privileges.privileges(old, principal(anna)).stale == ["phone"]


def test_the_answer_says_the_rule_and_every_privilege(work: Work) -> None:
    anna = join(work, "Anna")
    shown = privileges.privileges(work, principal(anna))
    assert shown.version == work.config[PrivilegeRules].version
    assert [privilege.name for privilege in shown.privileges] == list(work.config[PrivilegeRules].unlocks)
    assert not any(privilege.unlocked for privilege in shown.privileges) and shown.stale == []


def test_a_token_from_before_the_last_change_of_role_is_not_current(work: Work) -> None:
    def current(who: Principal) -> bool:
        return privileges.privileges(work, who).session_is_current

    company_id, olga = owned_company(work)
    anna = join(work, "Anna")
    assert current(principal(anna)) and not current(principal(anna, "company", "owner", company_id))
    claim(work, anna)
    assert current(principal(anna))
    assert current(principal(olga, "company", "owner", company_id)) and not current(principal(olga))
    assert not current(principal(olga, "company", "buyer", company_id))
    assert not current(principal(olga, "company", "owner", "com_other"))
    assert current(principal(MANAGER, "staff", "manager", "club"))


# --- what the staff see -----------------------------------------------------------------------------------------------


def test_those_who_wait_come_with_what_they_claimed_beside_what_the_company_is(work: Work) -> None:
    company_id, _ = owned_company(work)
    claim(work, join(work, "Stranger", phone="+74951234567"), name="ООО «Луч» точно")
    (row,), last = staff.list_waiting(work, 10, None)
    assert row.waiting is not None and row.waiting.claimed is not None
    assert (row.company_id, row.name, row.manager_id) == (company_id, "ООО «Луч»", MANAGER)
    assert row.waiting.claimed.name == "ООО «Луч» точно" and row.waiting.phone == "+74951234567"
    assert last is None


def test_a_company_is_found_by_its_inn_and_kpp(work: Work) -> None:
    company_id, _ = owned_company(work)
    assert [each.company_id for each in staff.find_by_inn(work, legal_inn(1), KPP)] == [company_id]
    assert staff.find_by_inn(work, legal_inn(2), KPP) == []


def test_the_staff_read_a_company_with_its_people(work: Work) -> None:
    company_id, olga = owned_company(work)
    claim(work, join(work, "Anna"))
    shown = staff.show_to_staff(work, company_id)
    assert {person.member_id: person.status for person in shown.people} == {olga: "active", "mbr_anna": "pending"}
