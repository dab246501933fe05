"""Names for things: a prefix that tells the kind, and 128 bits."""

import secrets
from collections.abc import Callable
from hashlib import sha256

NewId = Callable[[str], str]


def random_id(prefix: str) -> str:
    """`ord_` and 32 hex digits: cannot be guessed, never meets another."""
    return f"{prefix}_{secrets.token_hex(16)}"


def derived_id(prefix: str, *cause: str) -> str:
    """The same id for the same cause, for effects that may be asked for twice."""
    digest = sha256("\x1f".join(cause).encode()).hexdigest()
    return f"{prefix}_{digest[:32]}"
