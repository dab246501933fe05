"""Ids: a prefix for the kind, and 128 bits."""

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256

NewId = Callable[[str], str]


def random_id(prefix: str) -> str:
    """`ord_` and 32 hex digits: cannot be guessed, never meets another."""
    return f"{prefix}_{secrets.token_hex(16)}"


def derived_id(prefix: str, *cause: str) -> str:
    """An id that follows from its cause: 32 hex digits of SHA-256. For effects that may be repeated."""
    digest = sha256("\x1f".join(cause).encode()).hexdigest()
    return f"{prefix}_{digest[:32]}"


def secret_id(prefix: str, secret: str, *cause: str) -> str:
    """As `derived_id`, but nobody without the secret can tell whether it is the id of a guessed cause. For addresses of people."""
    digest = hmac.new(secret.encode(), "\x1f".join(cause).encode(), sha256).hexdigest()
    return f"{prefix}_{digest[:32]}"
