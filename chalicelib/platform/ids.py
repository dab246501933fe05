"""Ids: a prefix for the kind, and 128 bits."""

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
