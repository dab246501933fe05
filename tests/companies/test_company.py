from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from chalicelib import members
from chalicelib.companies import cards, company, staff
from chalicelib.companies.company import people_of
from chalicelib.companies.config import PrivilegeRules
from chalicelib.companies.people import claims, invitations
from chalicelib.companies.people import service as people
from chalicelib.companies.people.membership import check_active
from chalicelib.companies.privileges import missing_for
from chalicelib.companies.schemas import (
    ClaimDecisionForm,
    CompanyAssignmentForm,
    CompanyChangeForm,
    CompanyContactView,
    InvitationForm,
    PersonChangeForm,
)
from chalicelib.distributors import keys as distributors_keys
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Transaction
from tests.companies.steps import (
    HOME,
    KPP,
    MANAGER,
    appoint_manager,
    bring_in,
    claim,
    claim_form,
    company_of,
    confirm,
    disagreements,
    events,
    join,
    legal_inn,
    membership_of,
    owned_company,
    person_item,
    refuse,
    set_role,
    waiting,
    whole_table,
)
from tests.support import partners
from tests.support.spent import calls_counted
from tests.support.table import everything


@pytest.fixture(autouse=True)
def manager(context: Context) -> None:
    appoint_manager(context)


@pytest.fixture(autouse=True)
def both_sides_agree(manager: None, context: Context) -> object:
    """After every test of this file."""
    yield
    assert disagreements(whole_table(context.table)) == []


# --- claims -----------------------------------------------------------------------------------------------------------


def test_the_first_claim_makes_the_company_and_the_next_ones_only_ask(context: Context) -> None:
    anna, boris = join(context, "Anna"), join(context, "Boris")
    company_id = claim(context, anna, name="ООО «Луч»", region="RU-MOW")
    assert claim(context, boris, name="Evil Twin", region="RU-SPE") == company_id
    assert company_of(context, company_id).name == "ООО «Луч»" and company_of(context, company_id).region == "RU-MOW"
    assert waiting(context) == [(company_id, anna), (company_id, boris)]
    assert events(context, company_id) == ["company.person_claimed"] * 2


def test_branches_share_an_inn_and_are_companies_of_their_own(context: Context) -> None:
    first = claim(context, join(context, "Anna"), kpp=KPP)
    assert claim(context, join(context, "Boris"), kpp="780201001") != first


def test_the_same_claim_again_keeps_its_place_and_tells_nobody_twice(context: Context) -> None:
    anna, boris = join(context, "Anna"), join(context, "Boris")
    company_id = claim(context, anna)
    claim(context, boris)
    later = replace(context, now=context.now + timedelta(days=1))
    claim(later, anna, name="Луч Плюс")
    assert waiting(context) == [(company_id, anna), (company_id, boris)]
    assert person_item(context, company_id, anna)["claimed"]["name"] == "Луч Плюс"
    assert events(context, company_id) == ["company.person_claimed"] * 2


def test_another_claim_takes_the_place_of_one_that_waits(context: Context) -> None:
    anna = join(context, "Anna")
    first, second = claim(context, anna, 1), claim(context, anna, 2)
    assert first != second and waiting(context) == [(second, anna)] and not person_item(context, first, anna)


def test_who_speaks_for_a_company_cannot_claim_another(context: Context) -> None:
    company_id, olga = owned_company(context)
    for number in (1, 2):
        with pytest.raises(Problem, match="already_exists"):
            claims.claim(context, olga, claim_form(number), address=HOME)
    assert [person.status for person in people_of(context, company_id)] == ["active"]


def test_a_claim_makes_the_same_calls_whether_the_club_knows_the_company_or_not(context: Context) -> None:
    owned_company(context, number=1)
    anna, boris = join(context, "Anna"), join(context, "Boris")
    sizes: list[int] = []

    def size(params: dict[str, object], **_: object) -> None:
        sizes.append(len(params["TransactItems"]))  # type: ignore[arg-type]

    context.table.client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", size)
    with calls_counted(context.table.client) as known:
        claims.claim(context, anna, claim_form(1), address=HOME)
    with calls_counted(context.table.client) as unknown:
        claims.claim(context, boris, claim_form(2), address=HOME)
    assert known == unknown == ["BatchGetItem", "UpdateItem", "UpdateItem", "TransactWriteItems"]
    assert sizes == [6, 6]


# --- a manager decides ------------------------------------------------------------------------------------------------


def test_confirmation_makes_a_voice_and_the_first_one_a_personal_manager(context: Context) -> None:
    company_id, olga = owned_company(context)
    membership = membership_of(context, olga) or {}
    assert (membership["status"], membership["role"], membership["owner"]) == ("active", "owner", company_id)
    assert company_of(context, company_id).manager_id == MANAGER and waiting(context) == []
    appoint_manager(context, "Second")
    boris = join(context, "Boris")
    claim(context, boris)
    claims.decide_claim(context, "mbr_second", company_id, ClaimDecisionForm(member_id=boris, role="buyer"))
    assert company_of(context, company_id).manager_id == MANAGER
    assert events(context, company_id).count("company.person_confirmed") == 2


def test_the_confirming_manager_may_name_another_one(context: Context) -> None:
    appoint_manager(context, "Second")
    anna = join(context, "Anna")
    company_id = claim(context, anna)
    confirm(context, company_id, anna, manager_id="mbr_second")
    assert company_of(context, company_id).manager_id == "mbr_second"
    assert events(context, company_id).count("company.manager_changed") == 1


@pytest.mark.parametrize("manager_id", ["mbr_nobody", "mbr_anna", "mbr_boris"])
def test_only_the_staff_can_be_a_personal_manager(context: Context, manager_id: str) -> None:
    anna, _ = join(context, "Anna"), join(context, "Boris")
    company_id = claim(context, anna)
    with pytest.raises(Problem) as refused:
        confirm(context, company_id, anna, manager_id=manager_id)
    assert refused.value.errors[0].pointer == "/manager_id"
    assert person_item(context, company_id, anna)["status"] == "pending"


def test_the_same_confirmation_twice_is_one(context: Context) -> None:
    company_id, olga = owned_company(context)
    before = whole_table(context.table)
    confirm(context, company_id, olga)
    assert whole_table(context.table) == before
    with pytest.raises(Problem, match="wrong_state"):
        confirm(context, company_id, olga, role="buyer")


def test_a_refused_claim_is_gone_and_refusing_again_changes_nothing(context: Context) -> None:
    anna = join(context, "Anna")
    company_id = claim(context, anna)
    for _ in range(2):
        refuse(context, company_id, anna)
        assert waiting(context) == [] and membership_of(context, anna) is None
    assert events(context, company_id) == ["company.person_claimed", "company.claim_refused"]


def test_a_manager_decides_on_claims_only(context: Context) -> None:
    company_id, olga = owned_company(context)
    join(context, "Anna")
    with pytest.raises(Problem, match="not_found"):
        confirm(context, company_id, "mbr_anna")
    with pytest.raises(Problem, match="not_found"):
        confirm(context, "com_none", olga)
    with pytest.raises(Problem, match="not_found"):
        refuse(context, company_id, "mbr_nobody")
    with pytest.raises(Problem, match="wrong_state"):
        refuse(context, company_id, olga)


def test_the_first_person_of_a_company_is_its_owner(context: Context) -> None:
    anna = join(context, "Anna")
    company_id = claim(context, anna)
    with pytest.raises(Problem) as refused:
        confirm(context, company_id, anna, role="buyer")
    assert refused.value.errors[0].pointer == "/role" and waiting(context) == [(company_id, anna)]


@pytest.mark.parametrize("role", ["marketing", "operations", None])
def test_whoever_confirms_must_be_a_manager_now_whatever_the_token_says(context: Context, role: str | None) -> None:
    if role:
        appoint_manager(context, "Former", role)
    else:
        join(context, "Former")
    anna = join(context, "Anna")
    company_id = claim(context, anna)
    with pytest.raises(Problem, match="session_stale"):
        claims.decide_claim(context, "mbr_former", company_id, ClaimDecisionForm(member_id=anna))


def test_a_former_manager_cannot_confirm_their_own_claim(context: Context) -> None:
    former = join(context, "Former")
    company_id = claim(context, former)
    with pytest.raises(Problem, match="session_stale"):
        claims.decide_claim(context, former, company_id, ClaimDecisionForm(member_id=former))


def test_a_claim_whose_member_joined_the_staff_meanwhile_can_only_be_refused(context: Context) -> None:
    anna = join(context, "Anna")
    company_id = claim(context, anna)
    tx = Transaction()
    members.appoint(tx, anna, kind="staff", owner=STAFF_OWNER, role="manager", status="active")
    context.table.commit(tx)
    with pytest.raises(Problem, match="conflict"):
        confirm(context, company_id, anna)
    refuse(context, company_id, anna)
    assert waiting(context) == [] and (membership_of(context, anna) or {})["kind"] == "staff"


# --- the owner decides ------------------------------------------------------------------------------------------------


def test_the_owner_confirms_a_person_who_waits(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = join(context, "Anna")
    claim(context, anna)
    set_role(context, company_id, olga, anna, "buyer", status="active", influence=2)
    found = {person.member_id: person for person in people_of(context, company_id)}
    assert (found[anna].status, found[anna].role, found[anna].influence) == ("active", "buyer", 2)
    assert waiting(context) == [] and events(context, company_id)[-1] == "company.person_confirmed"


def test_one_who_waits_has_no_role_before_the_confirmation(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = join(context, "Anna")
    claim(context, anna)
    with pytest.raises(Problem, match="wrong_state"):
        people.change_person(context, company_id, olga, anna, 1, PersonChangeForm(role="buyer"))
    with pytest.raises(Problem) as refused:
        people.change_person(context, company_id, olga, anna, 1, PersonChangeForm(status="active"))
    assert refused.value.errors[0].pointer == "/role"


def test_of_two_changes_at_once_the_second_is_told(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = bring_in(context, company_id, olga, "Anna")
    commit = context.table.commit

    def overtaken(tx: Transaction) -> None:
        context.table.commit = commit  # type: ignore[method-assign]
        people.change_person(context, company_id, olga, anna, 2, PersonChangeForm(influence=1))
        commit(tx)

    context.table.commit = overtaken  # type: ignore[method-assign]
    with pytest.raises(Problem, match="precondition_failed"):
        people.change_person(context, company_id, olga, anna, 2, PersonChangeForm(influence=3))
    assert person_item(context, company_id, anna)["influence"] == 1


def test_a_role_that_the_token_still_has_is_of_no_use_once_it_is_lost(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = bring_in(context, company_id, olga, "Anna", role="owner")
    people.remove_person(context, company_id, olga, anna)
    form = InvitationForm(name="Eva Petrova", email="eva@example.com", role="owner")
    for act in (
        lambda: company.show(context, company_id, anna),
        lambda: company.change(context, company_id, anna, 1, CompanyChangeForm(name="Тьма")),
        lambda: people.list_people(context, company_id, anna, 25, None),
        lambda: invitations.invite(context, company_id, anna, form),
        lambda: people.change_person(context, company_id, anna, olga, 1, PersonChangeForm(role="buyer")),
        lambda: people.remove_person(context, company_id, anna, olga),
    ):
        with pytest.raises(Problem, match="session_stale"):
            act()
    tx = Transaction()
    check_active(tx, company_id, anna, ["owner", "buyer"])
    with pytest.raises(Problem, match="session_stale"):
        context.table.commit(tx)


def test_the_last_owner_neither_leaves_nor_gives_up_the_role(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = bring_in(context, company_id, olga, "Anna", role="buyer")
    claim(context, join(context, "Boris"))
    with pytest.raises(Problem, match="conflict"):
        people.remove_person(context, company_id, olga, olga)
    with pytest.raises(Problem, match="conflict"):
        set_role(context, company_id, olga, olga, "buyer")
    set_role(context, company_id, olga, anna, "owner")
    people.remove_person(context, company_id, olga, olga)
    assert [person.role for person in people_of(context, company_id) if person.status == "active"] == ["owner"]


def test_two_owners_who_leave_at_once_cannot_both_go(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = bring_in(context, company_id, olga, "Anna", role="owner")
    commit = context.table.commit
    left: list[str] = []

    def overtaken(tx: Transaction) -> None:
        if not left:
            left.append(anna)
            people.remove_person(context, company_id, anna, anna)
        commit(tx)

    context.table.commit = overtaken  # type: ignore[method-assign]
    with pytest.raises(Problem, match="conflict"):
        people.remove_person(context, company_id, olga, olga)
    assert [person.member_id for person in people_of(context, company_id)] == [olga]


def test_anybody_may_leave_and_claim_again(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = bring_in(context, company_id, olga, "Anna", role="engineer")
    people.remove_person(context, company_id, anna, anna)
    assert membership_of(context, anna) is None and events(context, company_id)[-1] == "company.person_removed"
    assert claim(context, anna) == company_id


# --- the company ------------------------------------------------------------------------------------------------------


def test_a_new_name_moves_the_company_in_the_list(context: Context) -> None:
    company_id, olga = owned_company(context)
    _, version = company.show(context, company_id, olga)
    company.change(context, company_id, olga, version, CompanyChangeForm(name="ООО «Альфа»"))
    assert [each.company_id for each in staff.list_companies(context, "альф", staff.Portfolio(), 10, None)[0]] == [
        company_id
    ]
    assert staff.list_companies(context, "луч", staff.Portfolio(), 10, None)[0] == []


def test_a_company_tells_what_it_buys_in_a_year_and_takes_it_back(context: Context) -> None:
    company_id, olga = owned_company(context)
    shown, version = company.show(context, company_id, olga)
    assert shown.yearly_total is None
    for total in (12_000_000, None):
        company.change(context, company_id, olga, version, CompanyChangeForm(yearly_total=total))
        shown, version = company.show(context, company_id, olga)
        assert shown.yearly_total == total


def test_contacts_are_kept_shown_and_bounded(context: Context) -> None:
    company_id, _ = owned_company(context)
    partners.staff(context, "mbr_head", "head_of_sales")
    boris = {
        "name": "Boris Novikov",
        "position": "Chief buyer",
        "phone": "+79161112233",
        "email": "boris@partner.example",
    }

    def change(contacts: list[dict[str, str]] | None) -> list[CompanyContactView]:
        _, version = staff.show_to_staff(context, company_id)
        form = CompanyAssignmentForm.model_validate({"contacts": contacts})
        staff.change_by_staff(context, company_id, "mbr_head", version, form)
        return staff.show_to_staff(context, company_id)[0].contacts

    assert [each.model_dump() for each in change([boris])] == [boris]
    told = [item for item in everything(context).values() if item.get("event") == "company.changed"]
    assert told and "Boris" not in str(told), "an event outlives the person"
    _, version = staff.show_to_staff(context, company_id)
    assert change([boris]) and staff.show_to_staff(context, company_id)[1] == version, "nothing has changed"
    assert change(None) == []
    with pytest.raises(ValidationError, match="at most 10"):
        CompanyAssignmentForm.model_validate({"contacts": [boris] * 11})


def test_a_change_that_changes_nothing_keeps_the_version(context: Context) -> None:
    company_id, olga = owned_company(context)
    shown, version = company.show(context, company_id, olga)
    assert company.change(context, company_id, olga, version, CompanyChangeForm(name=shown.name)) == (shown, version)
    assert company.change(context, company_id, olga, version, CompanyChangeForm()) == (shown, version)


def test_only_a_distributor_that_exists_can_be_chosen(context: Context) -> None:
    company_id, olga = owned_company(context)
    _, version = company.show(context, company_id, olga)
    with pytest.raises(Problem) as refused:
        company.change(context, company_id, olga, version, CompanyChangeForm(distributor_id="dst_1"))
    assert refused.value.errors[0].pointer == "/distributor_id"
    context.table.put({**distributors_keys.distributor("dst_1").as_item(), "distributor_id": "dst_1"})
    shown, version = company.change(context, company_id, olga, version, CompanyChangeForm(distributor_id="dst_1"))
    assert shown.distributor_id == "dst_1"
    shown, _ = company.change(context, company_id, olga, version, CompanyChangeForm(distributor_id=None))
    assert shown.distributor_id is None and company_of(context, company_id).distributor_id is None


def test_the_profile_is_read_in_one_call_and_the_people_in_three(context: Context) -> None:
    company_id, olga = owned_company(context)
    with calls_counted(context.table.client) as calls:
        company.show(context, company_id, olga)
    assert calls == ["BatchGetItem"]
    with calls_counted(context.table.client) as calls:
        people.list_people(context, company_id, olga, 25, None)
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"]


# --- what opens the cabinet -------------------------------------------------------------------------------------------


def principal(member_id: str, kind: str = "", role: str = "", owner: str | None = None) -> Principal:
    distributor_id = owner if kind == "distributor" else None
    company_id = owner if kind == "company" else None
    return Principal(member_id, frozenset(), member_id, kind, role, company_id, distributor_id)


def test_each_step_of_the_profile_shortens_what_is_missing(context: Context) -> None:
    anna = join(context, "Anna", phone="+74951234567", phone_confirmed_on="2026-11-20")
    assert missing_for(context, anna, "ordering") == ["company_named", "company_confirmed"]
    company_id = claim(context, anna)
    assert missing_for(context, anna, "ordering") == ["company_confirmed"]
    confirm(context, company_id, anna)
    with calls_counted(context.table.client) as calls:
        assert missing_for(context, anna, "ordering") == []
    assert calls == ["Query"]
    assert missing_for(context, "mbr_nobody", "ordering") == context.config[PrivilegeRules].unlocks["ordering"]


def test_a_phone_that_was_confirmed_long_ago_locks_again(context: Context) -> None:
    anna = join(context, "Anna", phone="+74951234567", phone_confirmed_on="2026-11-20")
    fresh = replace(context, now=context.now + timedelta(days=context.config[PrivilegeRules].fresh_days))
    old = replace(context, now=fresh.now + timedelta(days=1))
    assert "phone" not in missing_for(fresh, anna, "ordering")
    assert "phone" in missing_for(old, anna, "ordering")
    assert cards.show_privileges(old, principal(anna)).stale == ["phone"]


def test_the_answer_says_the_rule_and_every_privilege(context: Context) -> None:
    anna = join(context, "Anna")
    shown = cards.show_privileges(context, principal(anna))
    assert shown.version == context.config[PrivilegeRules].version
    assert [privilege.name for privilege in shown.privileges] == list(context.config[PrivilegeRules].unlocks)
    assert not any(privilege.unlocked for privilege in shown.privileges) and shown.stale == []


def test_a_token_from_before_the_last_change_of_role_is_not_current(context: Context) -> None:
    def current(who: Principal) -> bool:
        return cards.show_privileges(context, who).session_is_current

    company_id, olga = owned_company(context)
    anna = join(context, "Anna")
    assert current(principal(anna)) and not current(principal(anna, "company", "owner", company_id))
    claim(context, anna)
    assert current(principal(anna))
    assert current(principal(olga, "company", "owner", company_id)) and not current(principal(olga))
    assert not current(principal(olga, "company", "buyer", company_id))
    assert not current(principal(olga, "company", "owner", "com_other"))
    assert current(principal(MANAGER, "staff", "manager", "club"))


# --- what the staff see -----------------------------------------------------------------------------------------------


def test_those_who_wait_come_with_what_they_claimed_beside_what_the_company_is(context: Context) -> None:
    company_id, _ = owned_company(context)
    claim(context, join(context, "Stranger", phone="+74951234567"), name="ООО «Луч» точно")
    (row,), last = staff.list_waiting(context, staff.Portfolio(), 10, None)
    assert row.waiting is not None and row.waiting.claimed is not None
    assert (row.company_id, row.name, row.manager_id) == (company_id, "ООО «Луч»", MANAGER)
    assert row.waiting.claimed.name == "ООО «Луч» точно" and row.waiting.phone == "+74951234567"
    assert last is None


def test_a_company_is_found_by_its_inn_and_kpp(context: Context) -> None:
    company_id, _ = owned_company(context)
    assert [each.company_id for each in staff.find_by_inn(context, legal_inn(1), KPP)] == [company_id]
    assert staff.find_by_inn(context, legal_inn(2), KPP) == []


def test_the_staff_read_a_company_with_its_people(context: Context) -> None:
    company_id, olga = owned_company(context)
    claim(context, join(context, "Anna"))
    shown, _ = staff.show_to_staff(context, company_id)
    assert {person.member_id: person.status for person in shown.people} == {olga: "active", "mbr_anna": "pending"}
