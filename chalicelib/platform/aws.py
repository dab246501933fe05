"""The AWS clients: one per service, made on first use, kept while the process lives.

Endpoints and credentials come from the SDK's own environment variables, so another service that speaks the same protocol is a
matter of configuration.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from chalicelib.platform.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

# The SDK makes its own name again for each call, which is a fifth of the CPU of a small one.
_NAMED = Config(user_agent="partner-club", connect_timeout=2)
# Shorter than a request may take, so that a lost connection is tried again instead of waited for.
_PATIENT = _NAMED.merge(Config(read_timeout=8, retries={"mode": "standard", "total_max_attempts": 4}))
# Cognito waits for its triggers, and an answer to a challenge that is sent again has been used up.
_SLOW = _NAMED.merge(Config(read_timeout=22, retries={"mode": "standard", "total_max_attempts": 2}))
# SES knows no idempotency token: a retry of a lost reply would be a second letter.
_ONCE = _NAMED.merge(Config(read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1}))


@lru_cache(maxsize=1)
def dynamodb() -> "DynamoDBClient":
    # The SDK's own look at every value of every item is a third of the CPU of a large write; DynamoDB looks at them anyway.
    client = boto3.client("dynamodb", config=_PATIENT.merge(Config(parameter_validation=False)))
    # It would walk every value of every operation, too, though all but bytes are sent as they are, and look for a table with an endpoint of its own.
    for operation in _WRITTEN_HERE:
        client.meta.events.register(f"provide-client-params.dynamodb.{operation}", _put_aside)
        client.meta.events.register(f"before-call.dynamodb.{operation}", _put_back)
    return client


_WRITTEN_HERE = {"TransactWriteItems": "TransactItems", "BatchGetItem": "RequestItems"}  # the member of each operation


def _put_aside(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> Any:
    member = _WRITTEN_HERE[model.name]
    context["written_here"] = params[member]
    return {**params, member: type(params[member])()}


def _put_back(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    params["body"] = _written({**json.loads(params["body"]), _WRITTEN_HERE[model.name]: context["written_here"]})


def _written(body: Mapping[str, Any]) -> bytes:
    """As JSON. pydantic writes it in a quarter of the time, but no half of a pair of surrogates, and bytes in another alphabet."""
    from pydantic_core import to_json  # a sign-in starts without pydantic

    with suppress(ValueError):
        text = to_json(body)
        if b'{"B":' not in text and b'{"BS":' not in text:
            return text
    return json.dumps(body, default=lambda content: b64encode(content).decode()).encode()


@lru_cache(maxsize=1)
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=_PATIENT)


@lru_cache(maxsize=1)
def s3() -> "S3Client":
    # Presigned uploads must carry their conditions in every region, and name the region's own host: by default they name the global
    # one, which redirects away from the signature.
    regional = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    return boto3.client("s3", config=_PATIENT.merge(regional))


@lru_cache(maxsize=1)
def ses() -> "SESV2Client":
    return boto3.client("sesv2", config=_ONCE)


@lru_cache(maxsize=1)
def cognito() -> "CognitoIdentityProviderClient":
    return boto3.client("cognito-idp", config=_SLOW)


@lru_cache(maxsize=1)
def athena() -> Any:
    return boto3.client("athena", config=_PATIENT)


@lru_cache(maxsize=1)
def glue() -> Any:
    return boto3.client("glue", config=_PATIENT)


@lru_cache(maxsize=1)
def secret() -> str:
    """The deployment's secret: signs cursors, keys the hash of sign-in codes. Read once per process."""
    client: SecretsManagerClient = boto3.client("secretsmanager", config=_PATIENT)
    return client.get_secret_value(SecretId=settings().secret_arn)["SecretString"]


_CACHED: tuple[Any, ...] = (dynamodb, sqs, s3, ses, cognito, athena, glue, secret)


def forget_clients() -> None:
    """Drop what is cached, for a process whose surroundings changed (tests, a command that deploys)."""
    for cached in _CACHED:
        cached.cache_clear()
