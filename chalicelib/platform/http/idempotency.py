"""Idempotency keys: a repeated request gets the response of the first, which is kept in the transaction of its effect.

Weakest point: a refused request leaves no trace, so its repeat is judged again. This is intended: nothing moved.
"""

import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.platform import keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Transaction

KEEP_DAYS = 7
LABEL = "once"


class Remembered(NamedTuple):
    status: int
    body: str
    headers: dict[str, str]


@dataclass(slots=True)
class Once:
    """A request with an Idempotency-Key. `remember` keeps its response beside its effect.

    `caller` names the company or distributor too (`Principal.acting`): another one never gets this one's answer.
    """

    caller: str
    key: str
    fingerprint: str

    def remember(self, tx: Transaction, context: Context, status: int, body: str, headers: dict[str, str]) -> None:
        """Adds the answer to the transaction; the transaction is refused with label `once` if there is one already."""
        tx.put(
            {
                **keys.once(self.caller, self.key).as_item(),
                "fingerprint": self.fingerprint,
                "status": status,
                "body": zlib.compress(body.encode()),
                "headers": headers,
                "at": context.at,
                "expires_at": context.expiry(days=KEEP_DAYS),
            },
            # The table deletes what has expired when it finds the time; until then it must not stand in the way.
            when=Attr("pk").not_exists() | Attr("expires_at").lte(context.expiry()),
            label=LABEL,
        )

    def recall(self, context: Context, *, consistent: bool) -> Remembered | None:
        """The first answer, if this was done before. Raises 422 if the key served another request.

        An answer that a read at half the price does not find yet refuses the transaction of the repeat.
        """
        item = context.table.get(keys.once(self.caller, self.key), consistent=consistent)
        if item is None or int(item["expires_at"]) <= context.expiry():
            return None
        if item["fingerprint"] != self.fingerprint:
            raise Problem("idempotency_key_reused")
        return Remembered(
            status=int(item["status"]),
            body=zlib.decompress(bytes(item["body"])).decode(),
            headers=dict(item["headers"]),
        )


def parse_key(header: str | None) -> str:
    """The key, given bare or as a quoted string: 1 to 128 visible ASCII characters."""
    if header is None:
        raise Problem("idempotency_key_missing")
    key = header[1:-1] if len(header) >= 2 and header[0] == header[-1] == '"' else header
    if not (1 <= len(key) <= 128 and key.isascii() and key.isprintable() and " " not in key):
        raise Problem("idempotency_key_invalid", "A key has 1 to 128 visible ASCII characters.")
    return key


def fingerprint(method: str, path: str, body: bytes) -> str:
    return sha256(b"\x1f".join([method.encode(), path.encode(), body])).hexdigest()
