"""The cost of a night is counted on a DynamoDB that counts as AWS does; a crash at every call is tried on one in memory."""

import pytest

from chalicelib.platform.context import Context
from chalicelib.tiers.recalculation import service as recalculation
from tests.tiers.steps import in_memory


@pytest.fixture
def one_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer calls for each night."""
    monkeypatch.setattr("chalicelib.table.key.SHARDS", 1)
    monkeypatch.setattr(recalculation, "LOOK_BACK_DAYS", 1)


@pytest.fixture
def quick(context: Context, one_shard: None) -> Context:
    """A table that answers at once, for what is tried at every call."""
    return in_memory(context)
