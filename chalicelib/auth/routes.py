"""Joining, signing in and out."""

from chalicelib.auth import service
from chalicelib.auth.schemas import CodeForm, RefreshForm, Registration, SignInForm, SignInStarted, Tokens
from chalicelib.auth.sessions import Sessions
from chalicelib.platform import aws
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.platform.settings import settings

routes = Routes(__name__, tag="sign-in")


@routes.post(
    "/v1/registrations",
    scope=None,
    body=Registration,
    answer=SignInStarted,
    status=202,
    problems=("too_many_requests",),
)
def register(call: Call) -> SignInStarted:
    """Join the club with a name and an email.

    Sends a letter with a code, also to those who are members already: the answer never tells which. The code goes to
    `POST /v1/sign-in/confirm`.
    """
    return service.register(call.context, call.body, language=call.language, address=call.caller_address)


@routes.post(
    "/v1/sign-in", scope=None, body=SignInForm, answer=SignInStarted, status=202, problems=("too_many_requests",)
)
def sign_in(call: Call) -> SignInStarted:
    """Ask for a sign-in code by email."""
    return service.sign_in(call.context, call.body.email, language=call.language, address=call.caller_address)


@routes.post(
    "/v1/sign-in/confirm",
    scope=None,
    body=CodeForm,
    answer=Tokens,
    problems=("wrong_code", "code_expired", "too_many_tries"),
)
def confirm_sign_in(call: Call) -> Tokens:
    """Turn the code of the letter into a session."""
    return service.confirm(call.context, _sessions(), aws.secret(), call.body.sign_in_id, call.body.code)


@routes.post("/v1/sign-in/refresh", scope=None, body=RefreshForm, answer=Tokens, problems=("session_expired",))
def refresh_session(call: Call) -> Tokens:
    """Get the next access token. It carries the role that the member has now."""
    return _sessions().renew(call.body.refresh_token)


@routes.post("/v1/sign-out", scope="me", body=RefreshForm, status=204)
def sign_out(call: Call) -> Answer:
    """End the session: no further access token is given. The present one ends by itself within 15 minutes."""
    _sessions().end(call.body.refresh_token)
    return Answer(None)


def _sessions() -> Sessions:
    return Sessions(aws.cognito(), settings().user_pool_id, settings().user_pool_client_id)
