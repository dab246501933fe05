"""The portal's API as a client sees it: HTTP, tokens, and the letters that the local cloud caught."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

Say = Callable[[str], None]

PATIENCE = 180  # seconds that something may take which the club does in the background


TRIES = 4  # of a request that the API is too busy for: on a machine with too much to do its own calls time out


class Unexpected(Exception):
    """The API answered what the story did not foresee."""


@dataclass
class Portal:
    """Calls the API, as one person or as nobody."""

    url: str
    mailbox_url: str
    token: str | None = None
    refresh_token: str | None = None
    etag: str = ""  # of the last answer
    _session: requests.Session = field(default_factory=requests.Session, repr=False)

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200, **headers: str) -> Any:
        """The answer's JSON. Raises `Unexpected` for another status than expected."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        for tries_left in reversed(range(TRIES)):
            answer = self._session.request(method, self.url + path, json=body, headers=sent, timeout=90)
            if answer.status_code != 503 or not tries_left:
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        if answer.status_code != expect:
            raise Unexpected(f"{method} {path}: {answer.status_code} instead of {expect}: {answer.text[:500]}")
        self.etag = answer.headers.get("ETag", "")
        return answer.json() if answer.content else None

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, body, **more)

    def order_post(self, path: str, body: Any = None, **more: Any) -> Any:
        """With a fresh Idempotency-Key."""
        return self.call("POST", path, body, Idempotency_Key=uuid4().hex, **more)

    def letters(self, to: str) -> list[dict[str, Any]]:
        """Letters to this address, oldest first."""
        caught = self._session.get(self.mailbox_url, timeout=90).json()
        return [letter for letter in caught if to in " ".join(letter["to"])]

    def letter(self, to: str, having: str) -> dict[str, Any]:
        """The newest letter to this address with these words in its subject or text; waits for it."""
        return await_(
            f"a letter to {to} with «{having}»",
            lambda: next(
                (each for each in reversed(self.letters(to)) if having in each["subject"] or having in each["text"]),
                None,
            ),
        )

    def sign_in(self, email: str, started: dict[str, Any] | None = None) -> "Portal":
        """A portal in which the owner of this address is signed in, by the code of the letter."""
        seen = len(self.letters(email)) if started is None else 0
        started = started or self.post("/v1/sign-in", {"email": email}, expect=202)
        code = await_(f"the code for {email}", lambda: _code(self.letters(email)[seen:]))
        tokens = self.post("/v1/sign-in/confirm", {"sign_in_id": started["sign_in_id"], "code": code})
        return Portal(self.url, self.mailbox_url, tokens["access_token"], tokens["refresh_token"])

    def refresh(self) -> None:
        """The next token, with the rights that the member has now."""
        self.token = self.post("/v1/sign-in/refresh", {"refresh_token": self.refresh_token})["access_token"]


def _code(letters: list[dict[str, Any]]) -> str | None:
    for letter in reversed(letters):
        if found := re.search(r"(?<!\d)\d{6}(?!\d)", letter["text"]):
            return found.group()
    return None


def await_(what: str, look: Any, *, patience: float = PATIENCE) -> Any:
    """The first finding of `look`. Raises `Unexpected` when patience ends."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise Unexpected(f"{what} did not come within {patience:.0f} s")


def send(target: dict[str, Any], content: bytes) -> None:
    """Brings a file to the address that an answer named."""
    answer = requests.post(target["url"], data=target["fields"], files={"file": content}, timeout=60)
    answer.raise_for_status()
