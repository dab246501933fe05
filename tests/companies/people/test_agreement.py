"""Whatever people do to each other, in whatever order: both sides agree who speaks for whom, and no company loses its last owner."""

from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.companies import store
from chalicelib.companies.people import claims, invitations
from chalicelib.companies.people import service as people
from chalicelib.companies.schemas import ClaimDecisionForm, InvitationForm, PersonChangeForm
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from tests.companies.steps import (
    HOME,
    MANAGER,
    appoint_manager,
    claim_form,
    disagreements,
    join,
    person_item,
    restore,
    whole_table,
)

NAMES = st.sampled_from(["Anna", "Boris", "Clara", "Denis"])
MEMBERS = NAMES.map(lambda name: f"mbr_{name.lower()}")
NUMBERS = st.sampled_from([1, 2])
ROLES = st.sampled_from(["owner", "buyer", "engineer"])


def people_machine(context: Context) -> type[RuleBasedStateMachine]:
    class People(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            restore(context.table, [])
            appoint_manager(context)
            for name in ("Anna", "Boris", "Clara", "Denis"):
                join(context, name)
            self.claim("mbr_anna", 1)
            self.confirm("mbr_anna", 1, "owner")

        def company(self, number: int) -> str:
            form = claim_form(number)
            firm = store.firms(context.table, [form.inn]).get(form.inn)
            return firm[0].company_id if firm else "com_none"

        @rule(member=MEMBERS, number=NUMBERS)
        def claim(self, member: str, number: int) -> None:
            with suppress(Problem):
                claims.claim(context, member, claim_form(number), address=HOME)

        @rule(member=MEMBERS, number=NUMBERS, role=ROLES)
        def confirm(self, member: str, number: int, role: str) -> None:
            with suppress(Problem):
                form = ClaimDecisionForm(member_id=member, role=role)
                claims.decide_claim(context, MANAGER, self.company(number), form)

        @rule(member=MEMBERS, number=NUMBERS)
        def refuse(self, member: str, number: int) -> None:
            with suppress(Problem):
                form = ClaimDecisionForm(member_id=member, decision="refuse")
                claims.decide_claim(context, MANAGER, self.company(number), form)

        @rule(caller=MEMBERS, name=NAMES, number=NUMBERS, role=ROLES)
        def invite(self, caller: str, name: str, number: int, role: str) -> None:
            with suppress(Problem):
                form = InvitationForm(name=f"{name} Petrova", email=f"{name.lower()}@example.com", role=role)
                invitations.invite(context, self.company(number), caller, form)

        @rule(member=MEMBERS, number=NUMBERS)
        def accept(self, member: str, number: int) -> None:
            with suppress(Problem):
                invitations.accept(context, self.company(number), member)

        @rule(member=MEMBERS, number=NUMBERS)
        def decline(self, member: str, number: int) -> None:
            with suppress(Problem):
                invitations.decline(context, self.company(number), member)

        @rule(caller=MEMBERS, member=MEMBERS, number=NUMBERS, role=ROLES, confirm=st.booleans())
        def change(self, caller: str, member: str, number: int, role: str, confirm: bool) -> None:
            company_id = self.company(number)
            version = int(person_item(context, company_id, member).get("version", 1))
            form = PersonChangeForm(role=role, status="active") if confirm else PersonChangeForm(role=role)
            with suppress(Problem):
                people.change_person(context, company_id, caller, member, version, form)

        @rule(caller=MEMBERS, member=MEMBERS, number=NUMBERS)
        def remove(self, caller: str, member: str, number: int) -> None:
            with suppress(Problem):
                people.remove_person(context, self.company(number), caller, member)

        @invariant()
        def both_sides_agree_and_a_company_that_had_an_owner_has_one(self) -> None:
            items = whole_table(context.table)
            assert disagreements(items) == []
            confirmed = {item["company_id"] for item in items if item.get("event") == "company.person_confirmed"}
            persons = [item for item in items if item["sk"].startswith("PERSON#") and item["status"] == "active"]
            owned = {item["company_id"] for item in persons if item["role"] == "owner"}
            assert confirmed == owned

    return People


# Each refusal is an answer too: what must not happen is that it leaves something half done.
def test_whatever_people_do_to_each_other_the_companies_stay_whole(context: Context) -> None:
    run_state_machine_as_test(
        people_machine(context),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
