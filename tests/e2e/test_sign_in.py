"""Signing in through the gateway, Cognito, its triggers, the stream, the queue and the mail."""

import re
import uuid
from typing import Any

import pytest
import requests

from infra.demo.portal import Portal
from tests.support.cloud import DeployedClub


@pytest.fixture(scope="module")
def member(guest: Portal) -> Portal:
    """Somebody who has joined, signed in by that."""
    email = f"anna.{uuid.uuid4().hex}@example.com"
    consents = [{"purpose": "personal_data", "version": "2026-1", "agreed": True}]
    form = {"name": "Anna Orlova", "email": email, "consents": consents}
    return guest.sign_in(email, guest.post("/v1/registrations", form, expect=202))


@pytest.fixture(scope="module")
def anna(member: Portal) -> str:
    """Their address."""
    return str(member.get("/v1/me")["email"])


def refused(guest: Portal, sign_in_id: str, code: str) -> tuple[int, str]:
    body = {"sign_in_id": sign_in_id, "code": code}
    answer = requests.post(f"{guest.url}/v1/sign-in/confirm", json=body, timeout=90)
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def asked(cloud: DeployedClub, guest: Portal, email: str) -> tuple[str, str]:
    """A sign-in, and the code of its letter: no test leaves a code of another sign-in under way, but a letter of welcome may still come."""
    before = len(codes(guest, email))
    started = guest.post("/v1/sign-in", {"email": email}, expect=202)
    found = cloud.until(lambda: codes(guest, email)[before:] or None, f"a code for {email}")
    return started["sign_in_id"], found[0]


def codes(guest: Portal, email: str) -> list[str]:
    """The codes of the letters to this address, oldest first."""
    found = (re.search(r"(?<!\d)\d{6}(?!\d)", letter["text"]) for letter in guest.letters(email))
    return [each.group() for each in found if each]


def test_three_wrong_codes_spend_the_right_one(cloud: DeployedClub, guest: Portal, anna: str) -> None:
    sign_in_id, code = asked(cloud, guest, anna)
    # One comes twice, as when its answer was lost.
    wrong = [f"{(int(code) + away) % 10**6:06d}" for away in (1, 1, 2, 3)]
    assert [refused(guest, sign_in_id, each) for each in wrong] == [
        (422, "wrong_code"),
        (422, "wrong_code"),
        (422, "wrong_code"),
        (429, "too_many_tries"),
    ]
    assert refused(guest, sign_in_id, code) == (429, "too_many_tries")


def test_a_code_may_come_again_a_moment_later_and_not_for_ever(cloud: DeployedClub, guest: Portal, anna: str) -> None:
    sign_in_id, code = asked(cloud, guest, anna)
    sent = {"sign_in_id": sign_in_id, "code": code}
    tokens = [guest.post("/v1/sign-in/confirm", sent)["refresh_token"] for _ in range(4)]
    assert len(set(tokens)) == 4
    assert refused(guest, sign_in_id, code) == (410, "code_expired")


def test_a_session_is_renewed_until_it_is_ended(guest: Portal, anna: str) -> None:
    session = guest.sign_in(anna)
    session.refresh()
    assert session.get("/v1/me")["email"] == anna
    for _ in range(2):
        session.post("/v1/sign-out", {"refresh_token": session.refresh_token}, expect=204)
    answer = requests.post(f"{guest.url}/v1/sign-in/refresh", json={"refresh_token": session.refresh_token}, timeout=90)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_expired")


def test_an_unknown_address_gets_the_same_answer_and_no_letter(cloud: DeployedClub, guest: Portal, anna: str) -> None:
    stranger = f"nobody.{uuid.uuid4().hex}@example.com"
    unknown = guest.post("/v1/sign-in", {"email": stranger}, expect=202)
    # Later in the same stream, each: had a letter to the stranger been written, it would be on its way.
    asked(cloud, guest, anna)
    before = len(guest.letters(anna))
    known = guest.post("/v1/sign-in", {"email": anna}, expect=202)
    cloud.mail(anna, count=before + 1)
    assert known.keys() == unknown.keys()
    assert known["expires_in"] == unknown["expires_in"]
    assert guest.letters(stranger) == []


def test_nobody_signs_in_past_the_api(cloud: DeployedClub, guest: Portal, anna: str, member: Portal) -> None:
    """Cognito's own door is open to everybody; without the API's proof it leads nowhere."""
    member_id = member.get("/v1/me")["member_id"]
    cognito = cloud.client("cognito-idp")
    client_id = cloud.outputs["UserPoolClientId"]
    begun = cognito.initiate_auth(ClientId=client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": member_id})
    sign_in_id, code = asked(cloud, guest, anna)
    for answer in (code, f"{sign_in_id}:{code}"):
        with pytest.raises(cognito.exceptions.NotAuthorizedException):
            cognito.respond_to_auth_challenge(
                ClientId=client_id,
                ChallengeName="CUSTOM_CHALLENGE",
                Session=begun["Session"],
                ChallengeResponses={"USERNAME": member_id, "ANSWER": answer},
            )
        begun = cognito.initiate_auth(
            ClientId=client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": member_id}
        )


def another_pools_token(cloud: DeployedClub) -> str:
    cognito = cloud.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="anna", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="anna", Password="Pa55-word-of-anna", Permanent=True)
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": "Pa55-word-of-anna"},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])


@pytest.mark.parametrize("how", ["tampered", "of another pool", "garbage"])
def test_a_token_that_is_not_ours_opens_nothing(cloud: DeployedClub, member: Portal, how: str) -> None:
    token: Any = member.token
    if how == "tampered":
        head, body, signature = token.split(".")
        token = ".".join([head, body[:-4] + ("AAAA" if body[-4:] != "AAAA" else "BBBB"), signature])
    elif how == "of another pool":
        token = another_pools_token(cloud)
    else:
        token = token[::-1]
    answer = requests.get(f"{member.url}/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=90)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_whoever_leaves_is_erased_by_the_deployed_functions(cloud: DeployedClub, guest: Portal) -> None:
    email = f"vera.{uuid.uuid4().hex}@example.com"
    consents = [{"purpose": "personal_data", "version": "2026-1", "agreed": True}]
    form = {"name": "Vera Belova", "email": email, "consents": consents}
    vera = guest.sign_in(email, guest.post("/v1/registrations", form, expect=202))
    member = f"MEMBER#{vera.get('/v1/me')['member_id']}"
    vera.post("/v1/me/erasure", {"email": email}, expect=202)
    items = cloud.client("dynamodb").get_paginator("query")

    def kept() -> list[dict[str, Any]]:
        pages = items.paginate(
            TableName=cloud.outputs["TableName"],
            KeyConditionExpression="pk = :member",
            ExpressionAttributeValues={":member": {"S": member}},
        )
        return [item for page in pages for item in page["Items"]]

    cloud.until(lambda: email not in str(kept()) or None, "the end of the erasure")
    assert "Vera" not in str(kept())
