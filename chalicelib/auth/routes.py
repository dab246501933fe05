"""Routes of registration, sign-in and sessions."""

from chalicelib.auth import service
from chalicelib.auth.schemas import CodeForm, RefreshForm, RegistrationForm, SignInForm, SignInView, TokensView
from chalicelib.auth.sessions import Sessions
from chalicelib.platform import aws
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.platform.settings import settings

routes = Routes(__name__, tag="sign-in")


@routes.post(
    "/v1/registrations",
    scope=None,
    body=RegistrationForm,
    answer=SignInView,
    status=202,
    problems=("too_many_requests",),
)
def register_member(call: Call) -> SignInView:
    """Register with a name and an email.

    Sends a letter with a code, also to members: the response does not tell who is one. The code goes to `POST /v1/sign-in/confirm`.
    """
    return service.register(call.context, call.body, language=call.language, address=call.caller_address)


@routes.post("/v1/sign-in", scope=None, body=SignInForm, answer=SignInView, status=202, problems=("too_many_requests",))
def start_sign_in(call: Call) -> SignInView:
    """Send a sign-in code by email."""
    return service.sign_in(call.context, call.body.email, language=call.language, address=call.caller_address)


@routes.post(
    "/v1/sign-in/confirm",
    scope=None,
    body=CodeForm,
    answer=TokensView,
    problems=("wrong_code", "code_expired", "too_many_tries", "too_many_requests"),
)
def confirm_sign_in(call: Call) -> TokensView:
    """Begin a session with the code of the letter."""
    form = call.body
    return service.confirm(
        call.context, _sessions(), aws.secret(), form.sign_in_id, form.code, address=call.caller_address
    )


@routes.post("/v1/sign-in/refresh", scope=None, body=RefreshForm, answer=TokensView, problems=("session_expired",))
def refresh_session(call: Call) -> TokensView:
    """Get a new access token, with the member's present role."""
    return _sessions().renew(call.body.refresh_token)


@routes.post("/v1/sign-out", scope="me", body=RefreshForm, status=204)
def end_session(call: Call) -> Answer:
    """End the session. The last access token stays valid for at most 15 minutes."""
    _sessions().end(call.body.refresh_token)
    return Answer(None)


def _sessions() -> Sessions:
    return Sessions(aws.cognito(), settings().user_pool_id, settings().user_pool_client_id)
