"""The lists of a manager as they are kept."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.platform.context import Context
from chalicelib.retention.lists import store
from chalicelib.table.transactions import Transaction
from tests.retention.cases.steps import IVAN, known
from tests.retention.lists.steps import listed


def test_all_lists_of_a_period_are_read_when_they_come_to_more_than_an_answer_of_the_table(context: Context) -> None:
    known(context, "cmp_1")
    made = listed(context, IVAN)
    [call] = made.calls
    for days in range(1, 5):
        large = replace(made, day=made.day - timedelta(days=days), calls=(replace(call, words={"en": "x" * 300_000}),))
        tx = Transaction()
        store.create(tx, context, large)
        context.table.commit(tx)
    assert len(store.since(context, IVAN, made.day - timedelta(days=4))) == 5
