"""Joining and signing in, with Cognito replaced by a list of those whom it let in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import members
from chalicelib.auth import email_change
from chalicelib.auth import service as auth
from chalicelib.auth.config import SignIn
from chalicelib.auth.schemas import RegistrationForm
from chalicelib.members import keys as members_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from infra.build import ROOT
from tests.auth.steps import CODE, SECRET, FakeSessions, begun, mailed
from tests.support.crashes import crashes, uncounted
from tests.support.figures import with_sections
from tests.support.table import everything as table_items
from tests.support.table import restore

AGREED = [{"purpose": "personal_data", "version": "2026-1", "agreed": True}]


def form(**changes: Any) -> RegistrationForm:
    return RegistrationForm.model_validate(
        {"name": "Anna Orlova", "email": "Anna@Example.com", "consents": AGREED, **changes}
    )


def registered(context: Context, **changes: Any) -> str:
    return auth.register(context, form(**changes), language="ru", address="192.0.2.1").sign_in_id


def confirm(
    context: Context, sign_in_id: str, code: str = CODE, sessions: Any = None, address: str = "192.0.2.1"
) -> Any:
    return auth.confirm(context, sessions or FakeSessions(), SECRET, sign_in_id, code, address=address)


def joined(context: Context, **changes: Any) -> str:
    sign_in_id = registered(context, **changes)
    mailed(context, sign_in_id)
    confirm(context, sign_in_id)
    owner = members.owner_of(context, "anna@example.com")
    assert owner
    return owner


def everything(context: Context) -> list[dict[str, Any]]:
    return list(context.table.client.scan(TableName=context.table.name)["Items"])


def events(context: Context, owner: str, name: str) -> list[dict[str, Any]]:
    return [
        item
        for item in context.table.query(members_keys.member(owner).pk, starts="EVENT#").items
        if item["event"] == name
    ]


def test_registering_stores_nothing_of_the_person_but_the_sign_in(context: Context) -> None:
    registered(context)
    kinds = {item["pk"]["S"].split("#")[0] for item in everything(context)}
    assert kinds == {"SIGNIN", "THROTTLE"}
    assert not any("anna" in item["pk"]["S"] for item in everything(context))


def test_the_code_of_the_letter_makes_the_member_with_consents_wording_time_and_source(context: Context) -> None:
    member_id = joined(context)
    anna = members.member(context, member_id)
    assert anna is not None
    assert (anna.name, anna.email, anna.language) == ("Anna Orlova", "anna@example.com", "ru")
    assert anna.email_confirmed_at == context.at
    said = anna.consents["personal_data"]
    assert (said.agreed, said.version, said.source, said.at) == (True, "2026-1", "registration", context.at)
    log = context.table.query(members_keys.member(member_id).pk, starts="CONSENTLOG#").items
    assert [(entry["purpose"], entry["address"]) for entry in log] == [("personal_data", "192.0.2.1")]
    assert len(events(context, member_id, "member.email_confirmed")) == 1


def test_without_the_required_consent_nobody_joins(context: Context) -> None:
    with pytest.raises(Problem) as refused:
        registered(context, consents=[{"purpose": "advertising", "version": "2026-1", "agreed": True}])
    assert [fault.code for fault in refused.value.errors] == ["consent_required"]
    assert everything(context) == []


@pytest.mark.parametrize(
    ("consents", "pointer", "code"),
    [
        ([{**AGREED[0], "version": "1999-1"}], "/consents/0/version", "not_in_force"),
        ([*AGREED, {**AGREED[0], "purpose": "horoscopes"}], "/consents/1/purpose", "unknown_purpose"),
        ([*AGREED, *AGREED], "/consents/1/purpose", "repeated"),
    ],
)
def test_a_consent_to_a_wording_that_is_not_in_force_is_refused(
    context: Context, consents: list[Any], pointer: str, code: str
) -> None:
    with pytest.raises(Problem) as refused:
        registered(context, consents=consents)
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in refused.value.errors]


def test_registering_again_with_the_same_address_is_a_sign_in_and_changes_nobody(context: Context) -> None:
    member_id = joined(context)
    again = registered(context, name="Somebody Else")
    mailed(context, again)
    sessions = FakeSessions()
    confirm(context, again, sessions=sessions)
    anna = members.member(context, member_id)
    assert anna is not None and anna.name == "Anna Orlova"
    assert [member for member, _ in sessions.begun] == [member_id]
    assert len(events(context, member_id, "member.email_confirmed")) == 1


def test_two_registrations_of_one_address_make_one_member(context: Context) -> None:
    one, other = registered(context), registered(context, name="Anna Petrovna Orlova")
    sessions = FakeSessions()
    for sign_in_id in (one, other):
        mailed(context, sign_in_id)
        confirm(context, sign_in_id, sessions=sessions)
    assert len({member for member, _ in sessions.begun}) == 1


def test_known_and_unknown_addresses_make_the_same_answers_and_the_same_calls(context: Context) -> None:
    joined(context)
    calls: list[str] = []
    context.table.client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    seen = []
    for email in ("anna@example.com", "nobody@example.com"):
        calls.clear()
        started = auth.sign_in(context, email, language="en", address="192.0.2.7")
        with pytest.raises(Problem) as refused:
            confirm(context, started.sign_in_id, "000000")
        seen.append((started.expires_in, refused.value.code, refused.value.extra, list(calls)))
    assert seen[0] == seen[1]


def test_a_wrong_code_may_be_tried_three_times_in_all(context: Context) -> None:
    sign_in_id = begun(context, member_id="mbr_1")
    codes = []
    for guess in range(4):
        with pytest.raises(Problem) as refused:
            confirm(context, sign_in_id, f"99999{guess}")
        codes.append(refused.value.code)
    assert codes == ["wrong_code", "wrong_code", "too_many_tries", "too_many_tries"]
    with pytest.raises(Problem, match="too_many_tries"):
        confirm(context, sign_in_id, CODE)


def test_a_code_is_good_for_ten_minutes_and_no_longer(context: Context) -> None:
    sign_in_id = registered(context)
    mailed(context, sign_in_id)
    with pytest.raises(Problem, match="code_expired"):
        confirm(replace(context, now=context.now + timedelta(minutes=10)), sign_in_id)
    confirm(replace(context, now=context.now + timedelta(minutes=9, seconds=59)), sign_in_id)


def at(context: Context, **passed: int) -> Context:
    return replace(context, now=context.now + timedelta(**passed))


def refused_code(context: Context, sign_in_id: str, code: str = CODE) -> str:
    with pytest.raises(Problem) as refused:
        confirm(context, sign_in_id, code, FakeSessions(context))
    return refused.value.code


def test_a_right_code_whose_answer_was_lost_is_good_again_for_two_minutes(context: Context) -> None:
    sign_in_id = begun(context, member_id=joined(context))
    last = at(context, minutes=9, seconds=59)
    for moment in (last, at(last, seconds=1), at(last, seconds=119)):
        assert confirm(moment, sign_in_id, sessions=FakeSessions(moment)).access_token
    assert refused_code(at(last, minutes=2), sign_in_id) == "code_expired"


def test_a_code_gives_four_sessions_at_most(context: Context) -> None:
    sign_in_id = begun(context, member_id=joined(context))
    for _ in range(4):
        confirm(context, sign_in_id, sessions=FakeSessions(context))
    assert refused_code(context, sign_in_id) == "code_expired"


def test_a_right_code_comes_again_after_two_wrong_ones(context: Context) -> None:
    sign_in_id = begun(context, member_id=joined(context))
    assert [refused_code(context, sign_in_id, wrong) for wrong in ("000001", "000002")] == ["wrong_code"] * 2
    for _ in range(3):
        confirm(context, sign_in_id, sessions=FakeSessions(context))


def test_a_code_that_was_used_is_not_guessed_by_who_began_the_sign_in(context: Context) -> None:
    sign_in_id = begun(context, member_id=joined(context))
    confirm(context, sign_in_id, sessions=FakeSessions(context))
    guesses = [refused_code(context, sign_in_id, f"{guess:06d}") for guess in range(4)]
    assert guesses == ["wrong_code", "too_many_tries", "code_expired", "code_expired"]


def test_a_wrong_code_that_comes_again_is_one_try(context: Context) -> None:
    sign_in_id = begun(context, member_id=joined(context))
    assert [refused_code(context, sign_in_id, "000001") for _ in range(5)] == ["wrong_code"] * 5
    confirm(context, sign_in_id)


def test_a_repeat_does_not_bring_back_a_member_who_left_in_between(context: Context) -> None:
    sign_in_id = registered(context)
    mailed(context, sign_in_id)
    confirm(context, sign_in_id, sessions=FakeSessions(context))
    owner = members.owner_of(context, "anna@example.com")
    assert owner
    members.leave(context, owner, "anna@example.com")
    assert refused_code(context, sign_in_id) == "code_expired"
    assert members.owner_of(context, "anna@example.com") is None


def test_a_sign_in_that_dies_at_any_call_is_finished_by_the_same_code(context: Context) -> None:
    sign_in_id = registered(context)
    mailed(context, sign_in_id)
    for wrong in ("000001", "000002"):
        refused_code(context, sign_in_id, wrong)
    before = table_items(context)
    for crash in crashes():
        with uncounted():
            restore(context, before)
        with crash:
            confirm(context, sign_in_id, sessions=FakeSessions(context))
        with uncounted():
            assert confirm(context, sign_in_id, sessions=FakeSessions(context)).access_token, crash


def test_a_sign_in_that_never_was_looks_expired(context: Context) -> None:
    with pytest.raises(Problem, match="code_expired"):
        confirm(context, "sin_0000")


def test_the_answer_to_cognito_is_the_proof_and_not_the_code(context: Context) -> None:
    sign_in_id = registered(context)
    mailed(context, sign_in_id)
    sessions = FakeSessions()
    confirm(context, sign_in_id, sessions=sessions)
    ((_, answer),) = sessions.begun
    assert answer.startswith(f"{sign_in_id}:") and CODE not in answer


def test_each_attempt_to_get_tokens_has_a_name_of_its_own(context: Context) -> None:
    sign_in_id = registered(context)
    mailed(context, sign_in_id)
    sessions = FakeSessions()
    for _ in range(2):
        confirm(context, sign_in_id, sessions=sessions)
    ((_, one), (_, other)) = sessions.begun
    assert one.split(":")[:2] == other.split(":")[:2]
    assert one.split(":")[2] != other.split(":")[2]


def test_codes_are_limited_by_address_and_the_limit_ends_with_the_hour(context: Context) -> None:
    for _ in range(context.config[SignIn].codes_per_address_per_hour):
        auth.sign_in(context, "anna@example.com", language="en", address="192.0.2.1")
    with pytest.raises(Problem) as refused:
        auth.sign_in(context, "anna@example.com", language="en", address="192.0.2.2")
    assert refused.value.code == "too_many_requests" and refused.value.headers == {"Retry-After": "3600"}
    auth.sign_in(
        replace(context, now=context.now + timedelta(hours=1)), "anna@example.com", language="en", address="192.0.2.1"
    )


def test_codes_are_limited_by_caller_whatever_the_address(context: Context) -> None:
    for number in range(context.config[SignIn].codes_per_caller_per_hour):
        auth.sign_in(context, f"a{number}@example.com", language="en", address="192.0.2.1")
    with pytest.raises(Problem, match="too_many_requests"):
        auth.sign_in(context, "fresh@example.com", language="en", address="192.0.2.1")


def test_a_caller_who_may_ask_for_no_more_uses_up_nobodys_codes(context: Context) -> None:
    limits = context.config[SignIn]
    for number in range(limits.codes_per_caller_per_hour):
        auth.sign_in(context, f"a{number}@example.com", language="en", address="192.0.2.1")
    for _ in range(limits.codes_per_address_per_hour):
        with pytest.raises(Problem, match="too_many_requests"):
            auth.sign_in(context, "anna@example.com", language="en", address="192.0.2.1")
    auth.sign_in(context, "anna@example.com", language="en", address="192.0.2.2")


def test_a_caller_has_one_limit_for_the_64_bits_of_addresses_that_its_connection_has(context: Context) -> None:
    for number in range(context.config[SignIn].codes_per_caller_per_hour):
        auth.sign_in(context, f"a{number}@example.com", language="en", address=f"2001:db8:0:1:{number:x}::1")
    with pytest.raises(Problem, match="too_many_requests"):
        auth.sign_in(context, "fresh@example.com", language="en", address="2001:db8:0:1::ffff")
    auth.sign_in(context, "fresh@example.com", language="en", address="2001:db8:0:2::ffff")
    assert wrong_codes(context, 31, "2001:db8:0:1::1")[-1] == "too_many_requests"
    assert wrong_codes(context, 1, "2001:db8:0:1::2") == ["too_many_requests"]


def test_all_callers_together_have_codes_sent_to_so_many_strangers_and_an_alarm_rings(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    figures = with_sections(
        context.config, context.config[SignIn].model_copy(update={"codes_to_strangers_per_hour": 6})
    )
    context = replace(context, config=figures)
    anna = joined(context)
    for number in range(3):
        auth.register(context, form(email=f"a{number}@example.com"), language="en", address=f"192.0.2.{number}")
    for number in range(2):
        email_change.start(context, anna, f"b{number}@example.com", address=f"192.0.3.{number}")
    assert alarms(caplog) == []
    refusals = []
    for email in ("stranger@example.com", "anna@example.com"):  # nor does the refusal tell who is a member
        with pytest.raises(Problem) as refused:
            auth.register(context, form(email=email), language="en", address="192.0.4.1")
        refusals.append((refused.value.code, refused.value.headers))
    with pytest.raises(Problem, match="too_many_requests"):
        email_change.start(context, anna, "c@example.com", address="192.0.4.2")
    assert refusals == [("too_many_requests", {"Retry-After": "3600"})] * 2
    template = (ROOT / "infra" / "resources.yaml").read_text(encoding="utf-8")
    told = "too many codes to strangers"
    assert alarms(caplog) == [told] * 3 and f'$.message = "{told}"' in template
    for email in ("anna@example.com", "stranger@example.com"):  # members come in, and strangers get no letter of it
        auth.sign_in(context, email, language="en", address="192.0.4.3")
    auth.register(replace(context, now=context.now + timedelta(hours=1)), form(), language="en", address="192.0.4.1")


def wrong_codes(context: Context, count: int, address: str) -> list[str]:
    """The answers to wrong codes, each of a sign-in of its own."""
    codes = []
    for _ in range(count):
        with pytest.raises(Problem) as refused:
            confirm(context, begun(context, member_id="mbr_1"), "999999", address=address)
        codes.append(refused.value.code)
    return codes


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in caplog.records if each.levelname == "ERROR"]


def test_a_caller_has_thirty_wrong_codes_an_hour_whatever_the_addresses(context: Context) -> None:
    assert wrong_codes(context, 32, "192.0.2.1") == ["wrong_code"] * 30 + ["too_many_requests"] * 2
    sign_in_id = begun(context, member_id=joined(replace(context, now=context.now + timedelta(hours=1))))
    with pytest.raises(Problem) as refused:
        confirm(context, sign_in_id)
    assert refused.value.headers == {"Retry-After": "3600"}
    confirm(context, sign_in_id, address="192.0.2.2")


def test_all_callers_together_have_a_ceiling_of_wrong_codes_and_an_alarm_rings(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    figures = with_sections(context.config, context.config[SignIn].model_copy(update={"failed_codes_in_all": 12}))
    context = replace(context, config=figures)
    sign_in_id = begun(context, member_id=joined(context))
    for caller in range(6):
        assert wrong_codes(context, 2, f"192.0.2.{caller}") == ["wrong_code"] * 2
    assert alarms(caplog) == []
    # A right code is not looked at, nor is a try of it spent.
    with pytest.raises(Problem) as refused:
        confirm(context, sign_in_id, address="192.0.2.99")
    assert refused.value.code == "too_many_requests" and refused.value.headers == {"Retry-After": "600"}
    template = (ROOT / "infra" / "resources.yaml").read_text(encoding="utf-8")
    assert alarms(caplog) == ["too many wrong codes"] and '$.message = "too many wrong codes"' in template
    later = replace(context, now=context.now + timedelta(minutes=10))
    assert wrong_codes(later, 1, "192.0.2.99") == ["wrong_code"]


def test_right_codes_count_for_nothing(context: Context) -> None:
    member_id = joined(context)
    for _ in range(40):
        confirm(context, begun(context, member_id=member_id))


def test_an_invited_person_who_registers_brings_name_and_consents(context: Context) -> None:
    from chalicelib.table.transactions import Transaction

    tx = Transaction()
    invited = members.join_or_find(context, tx, name="A. Orlova", email="anna@example.com", language="ru")
    context.table.commit(tx)
    assert joined(context) == invited.member_id
    anna = members.member(context, invited.member_id)
    assert anna is not None and anna.name == "Anna Orlova" and anna.consents["personal_data"].agreed
