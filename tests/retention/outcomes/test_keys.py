"""The calls and the capacity of an outcome, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.retention.cases import keys
from chalicelib.retention.lists import service as lists
from chalicelib.retention.outcomes import service
from chalicelib.retention.outcomes.schemas import OutcomeForm
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.retention.cases.steps import IVAN, known
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@measures(keys.entry)
def test_an_outcome_is_five_reads_and_one_transaction(context: Context) -> None:
    known(context, "cmp_1", person=False)
    [call] = lists.make(context, IVAN).calls
    context.memo.clear()
    with spent(context.table.client) as cost:
        service.record_outcome(context, call.case_id, OutcomeForm(result="reached"), by=IVAN)
    assert cost.calls == ["GetItem", "GetItem", "GetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert cost.write_units <= 14
    with spent(context.table.client) as cost:
        entries, _ = service.history(context, call.case_id, 10, None)
        assert len(entries) == 1
    assert cost.calls == ["GetItem", "Query", "BatchGetItem"]
