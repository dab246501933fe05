"""Cognito, answering as its own documentation says, without its triggers (the deployed stack has those)."""

import re
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
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


class Pool:
    """A user pool whose client prevents user existence errors, as this stack's does.

    Signing in names nobody as unknown then: a stranger gets a challenge like anybody else, and its answer is refused. Whether a user
    who never got a lasting password may sign in by a challenge is not documented, so here he may not. `fails` raises once, after the
    call of this name had its effect: its reply is lost.
    """

    exceptions = boto3.client("cognito-idp", region_name="us-east-1").exceptions

    def __init__(self, fails: str = "") -> None:
        self.users: dict[str, str] = {}
        self.passwords: list[str] = []
        self.fails = fails

    def _end(self, call: str) -> None:
        if self.fails == call:
            self.fails = ""
            raise ReadTimeoutError(endpoint_url="x")

    def admin_get_user(self, **asked: Any) -> dict[str, Any]:
        if asked["Username"] not in self.users:
            raise self.exceptions.UserNotFoundException({"Error": {}}, "AdminGetUser")
        self._end("get")
        return {"Username": asked["Username"], "UserStatus": self.users[asked["Username"]]}

    def admin_create_user(self, **asked: Any) -> None:
        assert asked["MessageAction"] == "SUPPRESS"
        if asked["Username"] in self.users:
            raise self.exceptions.UsernameExistsException({"Error": {}}, "AdminCreateUser")
        self.users[asked["Username"]] = "FORCE_CHANGE_PASSWORD"
        self._end("create")

    def admin_set_user_password(self, **asked: Any) -> None:
        self.users[asked["Username"]] = "CONFIRMED" if asked["Permanent"] else "FORCE_CHANGE_PASSWORD"
        self.passwords.append(asked["Password"])
        self._end("password")

    def admin_initiate_auth(self, **asked: Any) -> dict[str, Any]:
        return {"ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["AuthParameters"]["USERNAME"]}

    def admin_respond_to_auth_challenge(self, **asked: Any) -> dict[str, Any]:
        if self.users.get(asked["Session"]) != "CONFIRMED":
            raise self.exceptions.NotAuthorizedException({"Error": {}}, "AdminRespondToAuthChallenge")
        return {"AuthenticationResult": TOKENS}


def sessions_in(pool: Any) -> Sessions:
    return Sessions(pool, "us-east-1_pool", "client")


def test_a_first_sign_in_succeeds_though_the_pool_names_nobody_as_unknown() -> None:
    pool = Pool()
    made = sessions_in(pool).begin("mbr_1", "sin_1:proof")
    assert (made.access_token, made.refresh_token, made.expires_in) == ("a", "r", 900)
    assert pool.users == {"mbr_1": "CONFIRMED"}
    sessions_in(pool).begin("mbr_1", "sin_2:proof")
    assert len(pool.passwords) == 1, "once"


@pytest.mark.parametrize("lost", ["get", "create", "password"])
def test_a_sign_in_that_broke_off_anywhere_can_be_repeated(lost: str) -> None:
    pool = Pool(fails=lost)
    if lost == "get":
        pool.users["mbr_1"] = "FORCE_CHANGE_PASSWORD"
    with pytest.raises(ReadTimeoutError):
        sessions_in(pool).begin("mbr_1", "sin_1:proof")
    assert sessions_in(pool).begin("mbr_1", "sin_1:proof").access_token == "a"


def test_two_first_sign_ins_at_once_make_one_user() -> None:
    class Twin(Pool):
        def admin_get_user(self, **asked: Any) -> dict[str, Any]:
            try:
                return super().admin_get_user(**asked)
            finally:
                self.users.setdefault("mbr_1", "FORCE_CHANGE_PASSWORD")  # the twin is faster by a moment

    pool = Twin()
    assert sessions_in(pool).begin("mbr_1", "sin_1:proof").access_token == "a"
    assert pool.users == {"mbr_1": "CONFIRMED"}


def test_nobody_can_guess_a_password_that_the_default_policy_takes() -> None:
    pool = Pool()
    for number in range(3):
        sessions_in(pool).begin(f"mbr_{number}", "sin_1:proof")
    assert len(set(pool.passwords)) == 3
    for password in pool.passwords:
        assert 32 <= len(password) <= 256
        for kind in ("[a-z]", "[A-Z]", "[0-9]", r"[^\w\s]"):
            assert re.search(kind, password), kind


def test_a_refused_proof_asks_for_a_new_code(cognito: Any) -> None:
    sessions, stub = cognito
    stub.add_response("admin_get_user", {"Username": "mbr_1", "UserStatus": "CONFIRMED"})
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
