from itertools import count

import pytest

from chalicelib.platform.context import Context
from tests.tiers.steps import in_memory


@pytest.fixture
def memory(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A table that answers at once, with one shard, and ids that count."""
    monkeypatch.setattr("chalicelib.table.key.SHARDS", 1)
    numbers = count(1)
    quick = in_memory(context)
    object.__setattr__(quick, "new_id", lambda prefix: f"{prefix}_{next(numbers):032x}")
    return quick
