"""The queues that some function fills, as the stack tells their addresses."""

import re
from functools import cache
from pathlib import Path

STACK = Path(__file__).parent.parent.parent / "infra" / "functions.yaml"


@cache
def queues() -> list[str]:
    """Their names."""
    return sorted(name.lower() for name in set(re.findall(r"(\w+)_QUEUE_URL", STACK.read_text(encoding="utf-8"))))


def create_queues() -> dict[str, str]:
    """Puts them into the account in memory, and returns their addresses. Asked for over the SDK they would take longer than most tests."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.sqs.models import sqs_backends

    account = sqs_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    for name in queues():
        account.create_queue(name)
    return {name: f"https://sqs.us-east-1.amazonaws.com/{DEFAULT_ACCOUNT_ID}/{name}" for name in queues()}
