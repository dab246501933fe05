"""Sign-in codes: six digits, mailed once, kept only as a keyed hash."""

import hmac
from collections.abc import Callable
from hashlib import sha256

DIGITS = 6


def new_code(below: Callable[[int], int]) -> str:
    """Six random digits. `below(n)` draws from 0 to n-1 (secrets.randbelow)."""
    return f"{below(10**DIGITS):0{DIGITS}d}"


def code_hash(secret: str, sign_in_id: str, code: str) -> str:
    """HMAC-SHA256, hex. Keyed, since a million codes are quickly tried against a bare hash."""
    return _keyed(secret, f"{sign_in_id}:{code}")


def proof(secret: str, sign_in_id: str) -> str:
    """The answer to Cognito's challenge. Only the API can make it, once it has checked the code."""
    return _keyed(secret, f"proof:{sign_in_id}")


def same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one, other)


def _keyed(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), sha256).hexdigest()
