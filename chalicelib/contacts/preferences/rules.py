"""The token of a letter's link, and the choices that a page's form makes.

A token names its member and carries a keyed hash. It never ends, since an old letter must still let its reader leave; and it opens nothing
but the pages of letters, which show no name, address or company.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256

_HASH_LENGTH = 24  # hex digits: 96 bits, and the whole fits where the API takes an id


def token_of(secret: str, member_id: str) -> str:
    digest = hmac.new(secret.encode(), f"pages of letters\x1f{member_id}".encode(), sha256).hexdigest()
    return f"{member_id}-{digest[:_HASH_LENGTH]}"


def member_of(secret: str, token: str) -> str | None:
    """The member that the token names; None for a token that is not ours."""
    member_id = token.rpartition("-")[0]
    return member_id if hmac.compare_digest(token_of(secret, member_id), token) else None


def unchosen(every: Iterable[str], chosen: Iterable[str]) -> list[str]:
    """The topics that are off. They are kept rather than those that are on, so that a topic that comes later is on."""
    return sorted(set(every) - set(chosen))
