"""TODO by its author."""
from typing import Any


def on_sale_recorded(work: Any, event: Any) -> None: ...
def nightly(work: Any, event: Any) -> dict[str, Any]:
    return {}
def decide(work: Any, message: Any) -> None: ...
