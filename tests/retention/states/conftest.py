import pytest

from chalicelib.platform.context import Context
from chalicelib.retention.states import jobs
from tests.tiers.steps import in_memory


@pytest.fixture
def quick(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A table that answers at once, with one shard, for what is tried at every call."""
    monkeypatch.setattr("chalicelib.table.key.SHARDS", 1)
    monkeypatch.setattr(jobs, "LOOK_BACK_DAYS", 1)
    return in_memory(context)
