"""Sessions, as Cognito keeps them. The only place that speaks to it."""

from typing import TYPE_CHECKING, Any

from chalicelib.auth.schemas import Tokens
from chalicelib.platform.http.problems import Problem

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class Sessions:
    """Begins, renews and ends sessions of members in one user pool."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool_id: str, client_id: str) -> None:
        self._cognito = client
        self._pool = pool_id
        self._client = client_id

    def begin(self, member_id: str, answer: str) -> Tokens:
        """Tokens for a member whose challenge `answer` is right. Raises 410 when the sign-in was spent meanwhile."""
        try:
            challenge: Any = self._challenge(member_id)
        except self._cognito.exceptions.UserNotFoundException:
            self._create(member_id)
            challenge = self._challenge(member_id)
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

    def renew(self, refresh_token: str) -> Tokens:
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

    def _challenge(self, member_id: str) -> Any:
        return self._cognito.admin_initiate_auth(
            UserPoolId=self._pool,
            ClientId=self._client,
            AuthFlow="CUSTOM_AUTH",
            AuthParameters={"USERNAME": member_id},
        )

    def _create(self, member_id: str) -> None:
        try:
            self._cognito.admin_create_user(UserPoolId=self._pool, Username=member_id, MessageAction="SUPPRESS")
        except self._cognito.exceptions.UsernameExistsException:
            return


def _tokens(result: Any) -> Tokens:
    return Tokens(
        access_token=result["AccessToken"],
        refresh_token=result.get("RefreshToken"),
        expires_in=result["ExpiresIn"],
    )
