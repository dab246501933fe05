"""Routes of registration, sign-in and sessions."""

from chalicelib.auth import email_change, service, sessions
from chalicelib.auth.schemas import (
    CodeForm,
    EmailChangeForm,
    EmailChangeView,
    EmailCodeForm,
    RefreshForm,
    RegistrationForm,
    SignInForm,
    SignInView,
    TokensView,
)
from chalicelib.platform import Answer, Call, Routes, aws

routes = Routes(__name__, tag="sign-in")


@routes.post("/v1/registrations", scope=None, status=202, problems=("too_many_requests",))
def register_member(call: Call, form: RegistrationForm) -> SignInView:
    """Register with a name and an email.

    Sends a letter with a code, also to members: the response does not reveal membership. The code goes to `POST /v1/sign-in/confirm`.
    """
    return service.register(call.context, form, language=call.language, address=call.caller_address)


@routes.post("/v1/sign-in", scope=None, status=202, problems=("too_many_requests",))
def start_sign_in(call: Call, form: SignInForm) -> SignInView:
    """Send a sign-in code by email."""
    return service.sign_in(call.context, form.email, language=call.language, address=call.caller_address)


@routes.post(
    "/v1/sign-in/confirm", scope=None, problems=("wrong_code", "code_expired", "too_many_tries", "too_many_requests")
)
def confirm_sign_in(call: Call, form: CodeForm) -> TokensView:
    """Begin a session with the code of the letter."""
    return service.confirm(
        call.context, sessions.of_the_stack(), aws.secret(), form.sign_in_id, form.code, address=call.caller_address
    )


@routes.post("/v1/sign-in/refresh", scope=None, problems=("session_expired",))
def refresh_session(call: Call, form: RefreshForm) -> TokensView:
    """Get a new access token, with the member's present role."""
    return sessions.of_the_stack().renew(form.refresh_token)


@routes.post("/v1/sign-out", scope="me", status=204)
def end_session(call: Call, form: RefreshForm) -> Answer[None]:
    """End the session. The last access token stays valid for at most 15 minutes."""
    sessions.of_the_stack().end(form.refresh_token)
    return Answer(None)


@routes.post("/v1/me/email", scope="me", status=202, problems=("not_found", "too_many_requests"))
def start_email_change(call: Call, form: EmailChangeForm) -> EmailChangeView:
    """Send a code to your new email.

    The address stays as it is until the code comes back to `POST /v1/me/email/confirm`. The response does not reveal whether somebody
    else has the address: then no letter comes.
    """
    return email_change.start(call.context, call.principal.for_member(), form.email, address=call.caller_address)


@routes.post(
    "/v1/me/email/confirm",
    scope="me",
    status=204,
    problems=("not_found", "already_exists", "wrong_code", "code_expired", "too_many_tries", "too_many_requests"),
)
def confirm_email_change(call: Call, form: EmailCodeForm) -> Answer[None]:
    """Change your email with the code of the letter.

    You sign in with the new address from now on; letters go there. The former address gets a letter about it.
    """
    email_change.confirm(
        call.context, aws.secret(), call.principal.for_member(), form.change_id, form.code, address=call.caller_address
    )
    return Answer(None)
