"""Sessions, as Cognito keeps them. The only place that speaks to it."""

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib.auth.schemas import TokensView
from chalicelib.platform import Problem, aws
from chalicelib.platform.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class Sessions:
    """Begins, renews and ends sessions of members in one user pool."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool_id: str, client_id: str) -> None:
        self._cognito = client
        self._pool = pool_id
        self._client = client_id

    def begin(self, member_id: str, answer: str) -> TokensView:
        """Tokens for a member whose challenge `answer` is right. Raises 410 when the sign-in was spent meanwhile."""
        self._make_known(member_id)
        challenge: Any = self._cognito.admin_initiate_auth(
            UserPoolId=self._pool, ClientId=self._client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": member_id}
        )
        try:
            done: Any = self._cognito.admin_respond_to_auth_challenge(
                UserPoolId=self._pool,
                ClientId=self._client,
                ChallengeName="CUSTOM_CHALLENGE",
                Session=challenge["Session"],
                ChallengeResponses={"USERNAME": member_id, "ANSWER": answer},
            )
        except self._cognito.exceptions.NotAuthorizedException:
            raise Problem("code_expired") from None
        return _tokens(done["AuthenticationResult"])

    def renew(self, refresh_token: str) -> TokensView:
        """A new access token, with the role that the member has now. Raises 401 when the session has ended."""
        try:
            renewed: Any = self._cognito.admin_initiate_auth(
                UserPoolId=self._pool,
                ClientId=self._client,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            )
        except (self._cognito.exceptions.NotAuthorizedException, self._cognito.exceptions.InvalidParameterException):
            raise Problem("session_expired") from None
        return _tokens(renewed["AuthenticationResult"])

    def end(self, refresh_token: str) -> None:
        """No new access token from here on. Ending an ended session changes nothing."""
        try:
            self._cognito.revoke_token(Token=refresh_token, ClientId=self._client)
        except (
            self._cognito.exceptions.InvalidParameterException,
            self._cognito.exceptions.UnauthorizedException,
            self._cognito.exceptions.UnsupportedTokenTypeException,
        ):
            return

    def forget(self, member_id: str) -> None:
        """Ends all sessions: the pool forgets the user. Safe to repeat. An access token stays valid for at most 15 minutes."""
        with suppress(self._cognito.exceptions.UserNotFoundException):
            self._cognito.admin_delete_user(UserPoolId=self._pool, Username=member_id)

    def _make_known(self, member_id: str) -> None:
        """Creates the pool's user at the first sign-in, before Cognito is asked to sign anybody in.

        Asked later, it would not say that the user is missing: the client prevents user existence errors. A new user's password is
        temporary and ends after seven days; the lasting one in its place is known to nobody, and no flow of the client takes it.
        """
        try:
            status = self._cognito.admin_get_user(UserPoolId=self._pool, Username=member_id)["UserStatus"]
        except self._cognito.exceptions.UserNotFoundException:
            status = "FORCE_CHANGE_PASSWORD"
            with suppress(self._cognito.exceptions.UsernameExistsException):
                self._cognito.admin_create_user(UserPoolId=self._pool, Username=member_id, MessageAction="SUPPRESS")
        if status == "FORCE_CHANGE_PASSWORD":
            password = f"aA1!{secrets.token_urlsafe(48)}"  # of every kind that a pool asks for
            self._cognito.admin_set_user_password(
                UserPoolId=self._pool, Username=member_id, Password=password, Permanent=True
            )


def of_the_stack() -> Sessions:
    return Sessions(aws.cognito(), settings().user_pool_id, settings().user_pool_client_id)


def end_all(member_id: str) -> None:
    """Ends all sessions of the member, who has left."""
    of_the_stack().forget(member_id)


def _tokens(result: Any) -> TokensView:
    return TokensView(
        access_token=result["AccessToken"], refresh_token=result.get("RefreshToken"), expires_in=result["ExpiresIn"]
    )
