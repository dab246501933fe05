"""Invitations: nothing of the invited is shown or changed before they accept, and few letters go out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import members
from chalicelib.companies import keys as companies_keys
from chalicelib.companies import staff
from chalicelib.companies.letters import person_invited
from chalicelib.companies.people import claims, invitations
from chalicelib.companies.people import service as people
from chalicelib.companies.schemas import ClaimDecisionForm, ClaimForm, InvitationForm, PersonChangeForm
from chalicelib.mail.declarations import asked_by
from chalicelib.mail.model import Recipient, Unsendable
from chalicelib.platform import keys as platform_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from tests.companies.steps import (
    HOME,
    MANAGER,
    appoint_manager,
    bring_in,
    claim,
    claim_form,
    disagreements,
    events,
    invite,
    join,
    legal_inn,
    membership_of,
    owned_company,
    person_item,
    token,
    waiting,
    whole_table,
)
from tests.orders.order.test_store import MOST_BYTES, weight
from tests.support.api import Api, Caller


@pytest.fixture(autouse=True)
def manager(context: Context) -> object:
    appoint_manager(context)
    yield
    assert disagreements(whole_table(context.table)) == []


def letters(context: Context, event: str) -> list[tuple[str, str]]:
    """The letters that the events of all companies asked for: about whom, and to whom."""
    return [
        (item["member_id"], recipient.id)
        for item in whole_table(context.table)
        if item.get("event") == event
        for recipients in asked_by(event).values()
        for recipient in recipients(context, item)
    ]


def later(context: Context, **passed: float) -> Context:
    return replace(context, now=context.now + timedelta(**passed))


# --- what an invitation tells and changes -----------------------------------------------------------------------------


def test_the_owner_sees_the_typed_name_and_no_difference_between_members_and_strangers(
    api: Api, context: Context
) -> None:
    company_id, olga = owned_company(context, "Olga", 1)
    owned_company(context, "Igor", 2)
    join(context, "Anna")
    claim(context, join(context, "Boris"), 3)
    shown = []
    for name in ("Igor", "Anna", "Boris", "Manager", "Nobody"):
        form = {"name": "Typed Words", "email": f"{name.lower()}@example.com", "role": "buyer"}
        answer = api.call("POST", "/v1/company/people", token(olga, company_id), form)
        seen = {**answer.json, "member_id": "", "email": answer.json["email"].replace(name.lower(), "x")}
        shown.append((answer.status, seen))
    assert all(each == shown[0] for each in shown) and shown[0][1]["name"] == "Typed Words"
    listed = api.call("GET", "/v1/company/people", token(olga, company_id)).text
    assert "Igor" not in listed and "Anna Petrova" not in listed


def test_an_invitation_changes_nothing_of_the_invited_before_they_accept(context: Context) -> None:
    company_id, olga = owned_company(context, number=1)
    boris = join(context, "Boris")
    elsewhere = claim(context, boris, 2)
    before = membership_of(context, boris)
    assert invite(context, company_id, olga, "Boris") == boris
    assert membership_of(context, boris) == before and waiting(context) == [(elsewhere, boris)]
    with pytest.raises(Problem, match="session_stale"):
        people.list_people(context, company_id, boris, 25, None)
    invitations.accept(context, company_id, boris)
    assert waiting(context) == [] and (membership_of(context, boris) or {})["owner"] == company_id
    assert events(context, company_id).count("company.person_confirmed") == 2


def test_who_asked_for_it_acts_for_the_company_as_soon_as_the_owner_invites_them(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = join(context, "Anna")
    claim(context, anna)
    assert invite(context, company_id, olga, "Anna") == anna
    assert person_item(context, company_id, anna)["status"] == "active" and waiting(context) == []


def test_only_the_owner_s_own_people_are_refused_by_name(context: Context) -> None:
    company_id, olga = owned_company(context)
    with pytest.raises(Problem, match="already_exists"):
        invite(context, company_id, olga, "Olga")


def test_one_who_acts_for_somebody_accepts_only_after_leaving_them(context: Context) -> None:
    company_id, olga = owned_company(context, "Olga", 1)
    _, igor = owned_company(context, "Igor", 2)
    invite(context, company_id, olga, "Igor")
    with pytest.raises(Problem, match="conflict"):
        invitations.accept(context, company_id, igor)
    assert (membership_of(context, igor) or {})["owner"] != company_id


def test_nobody_accepts_what_they_were_not_invited_to(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna, boris = join(context, "Anna"), join(context, "Boris")
    invite(context, company_id, olga, "Anna")
    claim(context, boris)
    for stranger in (boris, "mbr_nobody"):
        with pytest.raises(Problem, match="not_found"):
            invitations.accept(context, company_id, stranger)
        with pytest.raises(Problem, match="not_found"):
            invitations.decline(context, company_id, stranger)
    with pytest.raises(Problem, match="not_found"):
        invitations.accept(context, "com_none", anna)


def test_a_declined_removed_or_expired_invitation_is_over(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna, boris, clara = (join(context, name) for name in ("Anna", "Boris", "Clara"))
    for name in ("Anna", "Boris", "Clara"):
        invite(context, company_id, olga, name)
    invitations.decline(context, company_id, anna)
    people.remove_person(context, company_id, olga, boris)
    for member_id, moment in ((anna, context), (boris, context), (clara, later(context, days=30))):
        assert invitations.list_invitations(moment, member_id, 25, None)[0] == []
        with pytest.raises(Problem, match="not_found"):
            invitations.accept(moment, company_id, member_id)


def test_an_invitation_of_an_owner_who_was_removed_holds_no_more(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = join(context, "Anna")
    boris = bring_in(context, company_id, olga, "Boris", role="owner")
    invite(context, company_id, boris, "Anna")
    people.remove_person(context, company_id, olga, boris)
    with pytest.raises(Problem, match="conflict"):
        invitations.accept(context, company_id, anna)
    assert membership_of(context, anna) is None


def test_neither_owner_nor_manager_confirms_the_invited_in_their_place(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = invite(context, company_id, olga, "Anna")
    with pytest.raises(Problem, match="wrong_state"):
        people.change_person(context, company_id, olga, anna, 1, PersonChangeForm(status="active"))
    with pytest.raises(Problem, match="not_found"):
        claims.decide_claim(context, MANAGER, company_id, ClaimDecisionForm(member_id=anna, role="buyer"))
    claims.decide_claim(context, MANAGER, company_id, ClaimDecisionForm(member_id=anna, decision="refuse"))
    assert person_item(context, company_id, anna)["status"] == "invited"


def test_an_invited_person_who_claims_instead_waits_like_everybody(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = join(context, "Anna")
    invite(context, company_id, olga, "Anna", role="owner")
    assert claim(context, anna) == company_id
    waits = person_item(context, company_id, anna)
    assert waits["status"] == "pending" and not {"role", "invitation", "gsi1pk", "expires_at"} & set(waits)
    assert invitations.list_invitations(context, anna, 25, None)[0] == []
    assert [each.status for each in staff.show_to_staff(context, company_id)[0].people] == ["pending", "active"]


# --- letters ----------------------------------------------------------------------------------------------------------


def test_an_unconfirmed_address_gets_none_of_the_typed_words(context: Context) -> None:
    company_id, olga = owned_company(context)
    event = {"company_id": company_id}
    stranger = invite(context, company_id, olga, "Nobody")
    reader, facts = person_invited(context, Recipient("member", stranger), event)
    assert (reader.name, facts) == ("", {"company": ""})
    anna = Recipient("member", join(context, "Anna"))
    invite(context, company_id, olga, "Anna")
    reader, facts = person_invited(context, anna, event)
    assert (reader.name, facts) == ("Anna Petrova", {"company": "ООО «Луч»"})
    invitations.decline(context, company_id, anna.id)
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        person_invited(context, anna, event)


def test_however_often_an_address_is_invited_it_gets_one_letter_a_day_and_company(context: Context) -> None:
    company_id, olga = owned_company(context)
    anna = join(context, "Anna")
    for role in ("buyer", "buyer", "engineer", "buyer"):
        invite(context, company_id, olga, "Anna", role=role)
    assert letters(context, "company.person_invited") == [(anna, anna)]
    assert events(context, company_id).count("company.person_invited") == 3  # the same one again is none
    invite(later(context, days=1), company_id, olga, "Anna")
    assert len(letters(context, "company.person_invited")) == 2


def test_all_companies_together_write_three_letters_a_day_to_an_address(context: Context) -> None:
    for number, owner in enumerate(("Olga", "Igor", "Petr", "Vera", "Oleg"), start=1):
        company_id, member_id = owned_company(context, owner, number)
        invite(context, company_id, member_id, "Anna")
    assert len(letters(context, "company.person_invited")) == 3
    invited, _ = letters(context, "company.person_invited")[0]
    assert len(invitations.list_invitations(context, invited, 25, None)[0]) == 5


def test_sixty_invitations_are_thirty_and_then_refused_until_tomorrow(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context)
    answers = []
    for number in range(60):
        form = {"name": "Buy Now", "email": f"stranger{number}@example.com", "role": "buyer"}
        answers.append(api.call("POST", "/v1/company/people", token(olga, company_id), form))
    assert [answer.status for answer in answers] == [201] * 30 + [429] * 30
    assert 0 < int(answers[-1].headers["retry-after"]) <= 86400
    invite(later(context, days=1), company_id, olga, "Anna")


def test_a_removed_owner_uses_up_nothing_of_the_company(context: Context) -> None:
    company_id, olga = owned_company(context)
    boris = bring_in(context, company_id, olga, "Boris", role="owner")
    people.remove_person(context, company_id, olga, boris)
    before = whole_table(context.table)
    with pytest.raises(Problem, match="session_stale"):
        invite(context, company_id, boris, "Anna")
    assert whole_table(context.table) == before


def test_fifty_claims_by_turns_write_one_letter_a_day_and_member_to_the_owner(context: Context) -> None:
    owned_company(context, "Olga", 1)
    mallory = join(context, "Mallory")
    for number in range(10):
        claims.claim(context, mallory, claim_form(1 + number % 2), address=HOME)
    for number in range(40):
        with pytest.raises(Problem, match="too_many_requests"):
            claims.claim(context, mallory, claim_form(1 + number % 2), address=HOME)
    assert letters(context, "company.person_claimed").count((mallory, "mbr_olga")) == 1


def test_claims_write_five_letters_a_day_and_company_and_all_of_them_are_listed(context: Context) -> None:
    owned_company(context, "Olga", 1)
    # Her own claim was the first of the five.
    for number in range(8):
        claim(context, join(context, f"Mallory{number}"), 1)
    to_olga = [about for about, to in letters(context, "company.person_claimed") if to == "mbr_olga"]
    assert len({*to_olga} - {"mbr_olga"}) == 4 and len(waiting(context)) == 8


def test_thirty_branches_are_ten_companies_a_day_of_a_member(api: Api, context: Context) -> None:
    mallory = Caller.person(join(context, "Mallory"))
    answers: list[Any] = []
    for number in range(30):
        form = {"name": "ООО «Луч»", "inn": legal_inn(1), "kpp": f"7701{number:05d}"}
        answers.append(api.call("POST", "/v1/companies", mallory, form))
    assert [answer.status for answer in answers] == [202] * 10 + [429] * 20
    assert len([item for item in whole_table(context.table) if item.get("event") == "company.registered"]) == 10


def test_members_name_so_many_branches_of_one_inn(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "MOST_BRANCHES", 2)
    form = {"name": "ООО «Луч»", "inn": legal_inn(1)}
    for number in range(2):
        claims.claim(context, "mbr_1", ClaimForm(**form, kpp=f"7701{number:05d}"), address=HOME)
    with pytest.raises(Problem) as refused:
        claims.claim(context, "mbr_1", ClaimForm(**form, kpp="770100002"), address=HOME)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/kpp", "limit_exceeded")]
    claims.claim(context, "mbr_2", ClaimForm(**form, kpp="770100001"), address=HOME)  # one that is known


def test_the_branches_of_an_inn_and_five_times_as_many_fit_into_its_item() -> None:
    branches = {
        f"kpp:7701{each:05d}": {"company_id": "com_" + "0" * 32, "currency": "RUB"}
        for each in range(5 * claims.MOST_BRANCHES)
    }
    assert weight({"pk": f"INN#{legal_inn(1)}", "sk": "FIRM", **branches}) < MOST_BYTES


def test_a_caller_with_many_members_makes_a_hundred_claims_a_day(context: Context) -> None:
    for number in range(100):
        claims.claim(context, f"mbr_{number}", claim_form(number), address=f"2001:db8::{number + 1:x}")
    with pytest.raises(Problem, match="too_many_requests"):
        claims.claim(context, "mbr_101", claim_form(1), address="2001:db8::")
    claims.claim(context, "mbr_101", claim_form(1), address="192.0.2.2")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_stranger_reads_the_language_of_whoever_invites_them(context: Context, language: str) -> None:
    company_id, olga = owned_company(context)
    context.table.update(members.member_key(olga), put={"language": language})
    invited = members.member(context, invite(context, company_id, olga, "Boris"))
    assert invited and invited.language == language


def test_an_invited_stranger_becomes_a_member_with_an_unconfirmed_address(context: Context) -> None:
    company_id, olga = owned_company(context)
    form = InvitationForm(name="Boris Petrov", email="boris@example.com", role="engineer", language="en")
    invited = members.member(context, invitations.invite(context, company_id, olga, form).member_id)
    assert invited and (invited.email, invited.language) == ("boris@example.com", "en")
    assert invited.email_confirmed_at is None
    history = platform_keys.event(companies_keys.company(company_id), "", "")
    [event] = context.table.query(history.pk, starts="EVENT#", newest_first=True, limit=1).items
    assert (event["event"], event["role"], event["by"]) == ("company.person_invited", "engineer", olga)
