"""The letter worker in the middle of a sign-in, for tests that are not about letters."""

from typing import Any

from chalicelib.auth import keys as auth_keys
from chalicelib.auth import store as auth_store
from chalicelib.auth.codes import code_hash
from chalicelib.auth.schemas import TokensView
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem

SECRET = "a secret for tests only"
CODE = "123456"


def begun(context: Context, *, email: str = "anna@example.com", **more: Any) -> str:
    """A sign-in whose letter with `CODE` is on its way."""
    sign_in_id = context.new_id("sin")
    item = {
        **auth_keys.sign_in(sign_in_id).as_item(),
        "sign_in_id": sign_in_id,
        "email": email,
        "language": "ru",
        "code_expires_at": context.expiry(minutes=10),
        **more,
    }
    context.table.put(item)
    mailed(context, sign_in_id)
    return sign_in_id


def mailed(context: Context, sign_in_id: str, code: str = CODE) -> None:
    context.table.update(auth_keys.sign_in(sign_in_id), put={"code_hash": code_hash(SECRET, sign_in_id, code)})


class FakeSessions:
    """Stands for Cognito: gives tokens to whoever comes with an answer, and remembers whom. With a table it asks the trigger's question."""

    def __init__(self, context: Context | None = None) -> None:
        self.begun: list[tuple[str, str]] = []
        self.context = context

    def begin(self, member_id: str, answer: str) -> TokensView:
        if self.context:
            sign_in_id, _, attempt = answer.split(":")
            if not auth_store.use(self.context.table, sign_in_id, member_id, self.context.now, attempt):
                raise Problem("code_expired")
        self.begun.append((member_id, answer))
        return TokensView(access_token=f"access of {member_id}", refresh_token="refresh", expires_in=900)
