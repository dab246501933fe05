"""Cognito's triggers: the custom challenge whose answer is our sign-in code, and the claims of the token."""

from typing import Any

from chalice.app import Blueprint

triggers = Blueprint(__name__)


@triggers.lambda_function(name="define_auth")
def define_auth(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return event


@triggers.lambda_function(name="create_auth")
def create_auth(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return event


@triggers.lambda_function(name="verify_auth")
def verify_auth(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return event


@triggers.lambda_function(name="pre_token")
def pre_token(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return event
