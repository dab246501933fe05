"""TODO by its author."""
from typing import Any


def on_order_shipped(work: Any, event: Any) -> None: ...
