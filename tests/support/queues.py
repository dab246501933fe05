"""The queues that some function fills, as the stack tells their addresses."""

import re
from functools import cache
from pathlib import Path

STACK = Path(__file__).parent.parent.parent / "infra" / "functions.yaml"


@cache
def queues() -> list[str]:
    """Their names."""
    return sorted(name.lower() for name in set(re.findall(r"(\w+)_QUEUE_URL", STACK.read_text(encoding="utf-8"))))
