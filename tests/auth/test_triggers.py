"""Cognito's four triggers, called as Cognito calls them."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from chalicelib.auth import keys as auth_keys
from chalicelib.auth import own_data, triggers
from chalicelib.auth import store as auth_store
from chalicelib.auth.codes import proof
from chalicelib.platform import clock
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.context import Context
from chalicelib.platform.own_data import Person
from chalicelib.table.transactions import Busy
from tests.auth.steps import SECRET, begun
from tests.conftest import NOON

CONTEXT = SimpleNamespace(aws_request_id="attempt-1")


def asked(**request: Any) -> dict[str, Any]:
    return {"userName": "mbr_1", "request": request, "response": {}}


def test_the_first_thing_asked_is_the_challenge() -> None:
    answer = triggers.define_auth(asked(session=[]), CONTEXT)["response"]
    assert answer == {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False, "failAuthentication": False}


@pytest.mark.parametrize(
    ("right", "unknown", "tokens"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_tokens_follow_a_right_answer_of_a_known_user_only(right: bool, unknown: bool, tokens: bool) -> None:
    session = [{"challengeName": "CUSTOM_CHALLENGE", "challengeResult": right}]
    answer = triggers.define_auth(asked(session=session, userNotFound=unknown), CONTEXT)["response"]
    assert (answer["issueTokens"], answer["failAuthentication"]) == (tokens, not tokens)


def test_a_right_answer_to_another_kind_of_challenge_gives_nothing() -> None:
    session = [{"challengeName": "SRP_A", "challengeResult": True}]
    assert triggers.define_auth(asked(session=session), CONTEXT)["response"]["issueTokens"] is False


def verified(answer: str, member: str = "mbr_1") -> bool:
    """Each call of Cognito's is a run of its own."""
    event = {**asked(challengeAnswer=answer), "userName": member}
    run = SimpleNamespace(aws_request_id=uuid4().hex)
    return bool(triggers.verify_auth(event, run)["response"]["answerCorrect"])


def test_the_proof_opens_one_session_for_the_member_it_was_made_for(context: Context) -> None:
    sign_in_id = begun(context, member_id="mbr_1")
    answer = f"{sign_in_id}:{proof(SECRET, sign_in_id)}:try_1"
    assert not verified(answer), "before the code was right"
    auth_store.open_session(context.table, sign_in_id, "mbr_1")
    assert not verified(answer, member="mbr_2")
    assert not verified(f"{sign_in_id}:{'0' * 64}:try_1")
    assert not verified(answer.removesuffix(":try_1")), "an answer names its attempt"
    assert verified(answer)
    assert verified(answer.replace("try_1", "try_2")), "the answer to the first one may have been lost"
    used = clock.stamp(clock.now() - auth_store.REPEAT)
    context.table.update(auth_keys.sign_in(sign_in_id), put={"used_at": used})
    assert not verified(answer.replace("try_1", "try_3")), "spent"


def test_a_trigger_that_was_slow_and_is_called_up_to_three_times_says_the_same_each_time(context: Context) -> None:
    sign_in_id = begun(context, member_id="mbr_1", session_for="mbr_1")
    answer = f"{sign_in_id}:{proof(SECRET, sign_in_id)}:try_1"
    assert [verified(answer) for _ in range(3)] == [True, True, True]


def test_an_answer_that_is_no_proof_changes_nothing(context: Context) -> None:
    for answer in ("", ":", "123456", "sin_none:" + proof(SECRET, "sin_none")):
        assert not verified(answer)


def claims_of(member_id: str) -> dict[str, Any]:
    event = {**asked(), "userName": member_id}
    details = triggers.pre_token(event, CONTEXT)["response"]["claimsAndScopeOverrideDetails"]
    return dict(details["accessTokenGeneration"])


def test_the_token_says_whom_the_member_speaks_for(context: Context) -> None:
    membership = {"kind": "company", "owner": "cmp_1", "role": "buyer", "status": "active"}
    context.table.put({**access_keys.membership("mbr_1").as_item(), **membership})
    made = claims_of("mbr_1")
    assert made["claimsToAddOrOverride"] == {
        "club_member": "mbr_1",
        "club_kind": "company",
        "club_role": "buyer",
        "club_owner": "cmp_1",
    }
    assert "club/api" in made["scopesToAdd"] and "club/orders.write" in made["scopesToAdd"]
    assert made["scopesToSuppress"] == ["aws.cognito.signin.user.admin"], "nobody changes the pool's user by a token"


def test_a_token_notes_the_visit_of_the_day_once(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[datetime] = []
    note_visit = auth_store.note_visit
    monkeypatch.setattr(auth_store, "note_visit", lambda *told: (written.append(told[2]), note_visit(*told)))
    moments = [datetime(2026, 9, 30, 23, 59, tzinfo=UTC), NOON, NOON + timedelta(days=1)]
    for moment in moments:
        monkeypatch.setattr(triggers.clock, "now", lambda moment=moment: moment)
        claims_of("mbr_1")
        claims_of("mbr_1")
    assert written == moments, "one write a day"
    assert dict(auth_store.visits(context.table, "2026-Q4")) == {"mbr_1": {"2026-11-20", "2026-11-21"}}
    person = Person("mbr_1", "Anna", "anna@partner.example")
    at_noon = replace(context, now=NOON)
    told = [row["day"] for row in own_data.visits(at_noon, person)]
    assert told == ["2026-09-30", "2026-11-20", "2026-11-21"]
    for _ in range(2):
        own_data.forget_visits(at_noon, person)
    assert not list(own_data.visits(at_noon, person))


def test_nobody_is_kept_out_because_a_visit_cannot_be_noted(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*asked: Any) -> None:
        raise Busy

    monkeypatch.setattr(auth_store, "note_visit", fails)
    assert claims_of("mbr_1")["claimsToAddOrOverride"]["club_member"] == "mbr_1"


def test_a_pending_membership_gives_no_right_at_all(context: Context) -> None:
    membership = {"kind": "company", "owner": "cmp_1", "role": "owner", "status": "pending"}
    context.table.put({**access_keys.membership("mbr_1").as_item(), **membership})
    assert claims_of("mbr_1") == claims_of("mbr_without_any") | {
        "claimsToAddOrOverride": {"club_member": "mbr_1", "club_kind": "", "club_role": "", "club_owner": ""}
    }


def test_the_triggers_wake_neither_pydantic_nor_the_house() -> None:
    program = (
        "import sys, chalicelib.auth.triggers; print([m for m in ('pydantic', 'app', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
