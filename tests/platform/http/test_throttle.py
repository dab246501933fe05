"""Refusals of who asks too often."""

from pathlib import Path

import chalicelib
from chalicelib.platform.context import Context
from chalicelib.platform.http import throttle


def test_every_refusal_says_when_to_come_again(context: Context) -> None:
    """They are made in one place, which knows the end of the window."""
    rooms = Path(chalicelib.__path__[0])
    makers = [file for file in sorted(rooms.rglob("*.py")) if 'Problem("too_many_requests"' in file.read_text("utf-8")]
    assert [str(file.relative_to(rooms)) for file in makers] == ["platform/http/throttle.py"]
    refusal = throttle.too_many(context, throttle.HOUR)
    assert (refusal.status, refusal.headers) == (429, {"Retry-After": "3600"})
