"""Cognito, answering as its own documentation says, without its triggers (the deployed stack has those)."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.auth.sessions import Sessions
from chalicelib.platform.http.problems import Problem

TOKENS = {"AccessToken": "a", "RefreshToken": "r", "ExpiresIn": 900, "TokenType": "Bearer", "IdToken": "i"}


@pytest.fixture
def cognito() -> Any:
    client = boto3.client("cognito-idp", region_name="us-east-1")
    with Stubber(client) as stub:
        yield Sessions(client, "us-east-1_pool", "client"), stub
        stub.assert_no_pending_responses()


def test_a_member_whom_cognito_does_not_know_yet_is_made_known(cognito: Any) -> None:
    sessions, stub = cognito
    stub.add_client_error("admin_initiate_auth", "UserNotFoundException")
    stub.add_response(
        "admin_create_user", {}, {"UserPoolId": "us-east-1_pool", "Username": "mbr_1", "MessageAction": "SUPPRESS"}
    )
    stub.add_response("admin_initiate_auth", {"Session": "s" * 20, "ChallengeName": "CUSTOM_CHALLENGE"})
    stub.add_response("admin_respond_to_auth_challenge", {"AuthenticationResult": TOKENS})
    made = sessions.begin("mbr_1", "sin_1:proof")
    assert (made.access_token, made.refresh_token, made.expires_in) == ("a", "r", 900)


def test_two_first_sign_ins_at_once_make_one_user(cognito: Any) -> None:
    sessions, stub = cognito
    stub.add_client_error("admin_initiate_auth", "UserNotFoundException")
    stub.add_client_error("admin_create_user", "UsernameExistsException")
    stub.add_response("admin_initiate_auth", {"Session": "s" * 20, "ChallengeName": "CUSTOM_CHALLENGE"})
    stub.add_response("admin_respond_to_auth_challenge", {"AuthenticationResult": TOKENS})
    assert sessions.begin("mbr_1", "sin_1:proof").access_token == "a"


def test_a_refused_proof_asks_for_a_new_code(cognito: Any) -> None:
    sessions, stub = cognito
    stub.add_response("admin_initiate_auth", {"Session": "s" * 20, "ChallengeName": "CUSTOM_CHALLENGE"})
    stub.add_client_error("admin_respond_to_auth_challenge", "NotAuthorizedException")
    with pytest.raises(Problem, match="code_expired"):
        sessions.begin("mbr_1", "sin_1:proof")


def test_an_ended_session_gives_no_new_token(cognito: Any) -> None:
    sessions, stub = cognito
    stub.add_client_error("admin_initiate_auth", "NotAuthorizedException")
    with pytest.raises(Problem, match="session_expired"):
        sessions.renew("r")


def test_ending_a_session_twice_is_no_error(cognito: Any) -> None:
    sessions, stub = cognito
    stub.add_response("revoke_token", {})
    stub.add_client_error("revoke_token", "UnauthorizedException")
    sessions.end("r")
    sessions.end("r")
