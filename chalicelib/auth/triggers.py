"""Cognito's triggers: a challenge that only the club's API can answer, and the claims of the token.

They run without app.py and without pydantic, so a sign-in does not wait for the whole house. Weakest point: a member's role is
read when a token is made, so a removed person keeps the old claims until the token ends (15 minutes); whatever moves money or
orders checks the membership again.
"""

from typing import Any

from botocore.exceptions import ClientError
from chalice.app import Blueprint

from chalicelib.auth import codes, store
from chalicelib.platform import aws, clock
from chalicelib.platform.access.scopes import BASE_SCOPE, RESOURCE_SERVER, scopes_of
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import SECRET, items, sign_in_trigger
from chalicelib.platform.settings import settings
from chalicelib.table import Busy, Table

triggers = Blueprint(__name__)

CHALLENGE = "CUSTOM_CHALLENGE"


@triggers.lambda_function(name="define_auth")
@sign_in_trigger(memory=512, timeout=5)
def define_auth(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """One challenge; right gives tokens, wrong ends it. A user whom Cognito does not know fails like a wrong answer."""
    session = event["request"].get("session") or []
    response = event["response"]
    right = (
        bool(session) and session[-1].get("challengeName") == CHALLENGE and session[-1].get("challengeResult") is True
    )
    unknown = event["request"].get("userNotFound") is True
    response["issueTokens"] = right and not unknown
    response["failAuthentication"] = bool(session) and not response["issueTokens"]
    if not session:
        response["challengeName"] = CHALLENGE
    return event


@triggers.lambda_function(name="create_auth")
@sign_in_trigger(memory=512, timeout=5)
def create_auth(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Nothing to hand out: the code went out by letter, and the answer is the API's proof."""
    event["response"] |= {
        "publicChallengeParameters": {},
        "privateChallengeParameters": {},
        "challengeMetadata": "proof",
    }
    return event


@triggers.lambda_function(name="verify_auth")
@sign_in_trigger(memory=1024, timeout=5, may=(items("update"), SECRET))
def verify_auth(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Accepts `<sign_in_id>:<proof>:<attempt>` for the member for whom the API opened this sign-in, as often as `store.use` does.

    Says the same to the same attempt again: Cognito calls a trigger that is slow up to three times.
    """
    sign_in_id, shown, attempt = [*str(event["request"].get("challengeAnswer", "")).split(":"), "", ""][:3]
    table = Table(aws.dynamodb(), settings().table_name)
    event["response"]["answerCorrect"] = (
        bool(attempt)
        and codes.same(shown, codes.proof(aws.secret(), sign_in_id))
        and store.use(table, sign_in_id, event["userName"], clock.now(), attempt)
    )
    return event


@triggers.lambda_function(name="pre_token")
@sign_in_trigger(memory=1024, timeout=5, may=(items("batch_get"), items("update", prefix="VISITS#")))
def pre_token(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Writes into the access token whom the member acts for, and what that role allows. Notes the first visit of the day."""
    member_id = event["userName"]
    table = Table(aws.dynamodb(), settings().table_name)
    now = clock.now()
    membership, is_noted = store.read_for_token(table, member_id, now)
    try:
        if not is_noted:
            store.note_visit(table, member_id, now)
    except (Busy, ClientError):
        log.exception("visit not noted", extra={"member_id": member_id})  # nobody is kept out for a figure
    active = membership.get("status") == "active"
    kind, role, owner = (membership[name] if active else "" for name in ("kind", "role", "owner"))
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "accessTokenGeneration": {
            "claimsToAddOrOverride": {
                "club_member": member_id,
                "club_kind": kind,
                "club_role": role,
                "club_owner": owner,
            },
            # Cognito puts it into every token of this flow; with it the holder could change or delete the pool's user.
            "scopesToSuppress": ["aws.cognito.signin.user.admin"],
            "scopesToAdd": [BASE_SCOPE, *(f"{RESOURCE_SERVER}/{scope}" for scope in sorted(scopes_of(kind, role)))],
        }
    }
    return event
