"""Cursors that cannot be forged, and work only for the caller, the company and the list they were made for."""

from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer

from chalicelib.platform.http.problems import Problem


class Cursors:
    """Makes and opens cursors. `secret` is the deployment's; `bound_to` names the caller, whom they act for, list and filter."""

    def __init__(self, secret: str, *bound_to: str) -> None:
        binding = sha256("\x1f".join(bound_to).encode()).hexdigest()
        self._serialiser = URLSafeSerializer(
            secret, salt=f"cursor:{binding}", signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"}
        )

    def close(self, position: dict[str, str] | None) -> str | None:
        return None if position is None else str(self._serialiser.dumps(position))

    def open(self, cursor: str | None) -> dict[str, str] | None:
        """Raises a 422 problem for a cursor that is not ours or not for this list."""
        if cursor is None:
            return None
        try:
            position: dict[str, str] = self._serialiser.loads(cursor)
        except BadSignature:
            raise Problem.invalid("cursor_invalid", "/query/cursor", "This cursor belongs to another list.") from None
        return position
