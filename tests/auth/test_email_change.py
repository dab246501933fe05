"""A member changes their address: the code shows that the new one is theirs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import members
from chalicelib.auth import email_change, keys, own_data
from chalicelib.auth import service as auth
from chalicelib.auth.codes import code_hash
from chalicelib.mail import Recipient, Unsendable
from chalicelib.mail.declarations import asked_by, declaration
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.own_data import Person
from tests.auth.steps import CODE, SECRET, FakeSessions, begun
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, uncounted
from tests.support.table import everything, restore

ANNA = Caller.person("mbr_anna")
NEW, HOME = "anna@new.example", "192.0.2.1"


@pytest.fixture(autouse=True)
def anna(context: Context) -> None:
    partners.member(context, "mbr_anna", email="anna@old.example")
    context.table.put({**members_owner("anna@old.example"), "member_id": "mbr_anna"})


def members_owner(email: str) -> dict[str, Any]:
    from chalicelib.members import keys as members_keys

    return members_keys.email_owner(email).as_item()


def started(context: Context, email: str = NEW, member_id: str = "mbr_anna") -> str:
    change_id = email_change.start(context, member_id, email, address=HOME).change_id
    hashed = code_hash(SECRET, change_id, CODE)
    context.table.update(keys.email_change(change_id), put={"code_hash": hashed})
    return change_id


def confirm(context: Context, change_id: str, code: str = CODE, member_id: str = "mbr_anna") -> None:
    email_change.confirm(context, SECRET, member_id, change_id, code, address=HOME)


def refusal(context: Context, change_id: str, **asked: Any) -> str:
    with pytest.raises(Problem) as refused:
        confirm(context, change_id, **asked)
    return refused.value.code


def test_the_code_changes_the_address(context: Context) -> None:
    confirm(context, started(context))
    member = members.member(context, "mbr_anna")
    assert member and (member.email, member.email_confirmed_at) == (NEW, context.at)
    assert members.owner_of(context, NEW) == "mbr_anna" and members.owner_of(context, "anna@old.example") is None


def test_until_the_code_comes_the_address_stays(context: Context) -> None:
    change_id = started(context)
    assert refusal(context, change_id, code="654321") == "wrong_code"
    member = members.member(context, "mbr_anna")
    assert member and member.email == "anna@old.example"


def test_a_code_works_once_and_for_its_member_only(context: Context) -> None:
    partners.member(context, "mbr_boris")
    change_id = started(context)
    assert refusal(context, change_id, member_id="mbr_boris") == "wrong_code"
    confirm(context, change_id)
    assert refusal(replace(context, now=context.now + timedelta(minutes=2)), change_id) == "code_expired"


def test_a_code_whose_answer_was_lost_may_come_again_and_changes_nothing(context: Context) -> None:
    change_id = started(context)
    confirm(context, change_id)
    confirm(context, started(context, "anna@third.example"))
    before = everything(context)
    confirm(context, change_id)
    assert everything(context) == before
    member = members.member(context, "mbr_anna")
    assert member and member.email == "anna@third.example"


@pytest.mark.parametrize("own", [True, False], ids=["the same code", "another code for the same address"])
def test_a_code_that_comes_twice_at_once_changes_the_address_once(
    context: Context, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    change_id = started(context)
    other = change_id if own else started(context)
    change, first = members.change_email, [True]

    def overtaken(*given: Any) -> None:
        if first.pop():
            monkeypatch.setattr(members, "change_email", change)
            confirm(context, other)
        change(*given)

    monkeypatch.setattr(members, "change_email", overtaken)
    confirm(context, change_id)
    member = members.member(context, "mbr_anna")
    assert member and (member.email, member.version) == (NEW, 2)


def test_an_address_of_another_member_is_answered_alike_and_gets_no_letter(context: Context) -> None:
    context.table.put({**members_owner("boris@partner.example"), "member_id": "mbr_boris"})
    change_id = started(context, "boris@partner.example")
    item = context.table.get(keys.email_change(change_id), consistent=True)
    assert item
    recipients = asked_by("member.email_change_requested")["email_change_code"]
    assert list(recipients(context, item)) == []
    assert refusal(context, change_id) == "wrong_code"


def test_an_address_that_was_taken_meanwhile_is_refused(context: Context) -> None:
    change_id = started(context)
    context.table.put({**members_owner(NEW), "member_id": "mbr_boris"})
    assert refusal(context, change_id) == "already_exists"


def test_a_sign_in_code_for_the_former_address_is_good_no_longer(context: Context) -> None:
    sign_in_id = begun(context, email="anna@old.example", member_id="mbr_anna")
    confirm(context, started(context))
    with pytest.raises(Problem) as refused:
        auth.confirm(context, FakeSessions(), SECRET, sign_in_id, CODE, address=HOME)  # type: ignore[arg-type]
    assert refused.value.code == "code_expired"


def test_the_present_address_is_no_change(api: Api) -> None:
    answer = api.call("POST", "/v1/me/email", ANNA, {"email": "anna@old.example"})
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "unchanged")


def test_a_member_changes_the_address_over_http(api: Api, context: Context) -> None:
    answer = api.call("POST", "/v1/me/email", ANNA, {"email": "Anna@New.example"})
    assert answer.status == 202 and answer.json["expires_in"] == 600
    change_id = answer.json["change_id"]
    hashed = code_hash(aws.secret(), change_id, CODE)
    context.table.update(keys.email_change(change_id), put={"code_hash": hashed})
    assert api.call("POST", "/v1/me/email/confirm", ANNA, {"change_id": change_id, "code": CODE}).status == 204
    assert api.call("GET", "/v1/me", ANNA).json["email"] == "anna@new.example"


def test_the_former_address_hears_of_the_change_and_not_of_the_new_one(context: Context) -> None:
    change_id = started(context)
    confirm(context, change_id)
    done = context.table.get(keys.email_changed(change_id), consistent=True)
    assert done
    (recipient,) = asked_by("member.email_changed")["email_changed"](context, done)
    reader, facts = declaration("email_changed").facts(context, recipient, done)
    assert (reader.address, reader.name) == ("anna@old.example", "Anna mbr_anna") and facts == {}
    with pytest.raises(Unsendable):
        declaration("email_changed").facts(
            context, Recipient("former_email", change_id), {**done, "member_id": "mbr_x"}
        )


def test_a_change_that_dies_is_whole_or_not_at_all(context: Context) -> None:
    change_id = started(context)
    before = everything(context)
    for crash in crashes():
        with uncounted():
            restore(context, before)
        with crash:
            confirm(context, change_id)
        with uncounted():
            member = members.member(context, "mbr_anna")
            assert member and members.owner_of(context, member.email) == "mbr_anna", crash
            assert (context.table.get(keys.email_changed(change_id)) is not None) == (member.email == NEW), crash
            confirm(context, change_id)
            member = members.member(context, "mbr_anna")
            assert member and member.email == NEW, crash


def test_who_changed_the_address_twice_reads_of_all_codes_and_leaves_none(context: Context) -> None:
    auth.sign_in(context, "anna@old.example", language="en", address=HOME)
    confirm(context, started(context))
    confirm(context, started(context, "anna@third.example"))
    anna = Person("mbr_anna", "Anna mbr_anna", "anna@third.example")
    shown = list(own_data.sign_ins(context, anna))
    assert {row["email"] for row in shown} == {"anna@old.example", NEW, "anna@third.example"}
    assert all(row["created_at"] for row in shown)
    own_data.forget_sign_ins(context, anna)
    assert [key for key, item in everything(context).items() if "SIGNINS#" in str(item)] == []
