"""Managers' work, and what is at risk, equal an independent account in DuckDB of companies, calls and days that chance made."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import duckdb
import pytest

from chalicelib.platform.context import Context
from chalicelib.retention.cases import store as cases
from chalicelib.retention.cases.model import CallKind
from chalicelib.retention.lists import store as lists
from chalicelib.retention.lists.model import CallList, ListedCall, ListedState
from chalicelib.retention.overview import service
from chalicelib.retention.states.rules import RhythmState
from chalicelib.table.transactions import Transaction
from tests.analytics.steps import in_memory
from tests.retention.cases.steps import IVAN, OLGA, case_of, known
from tests.support import partners

STATES: list[ListedState] = ["open", "later", "skipped", "done", "done"]


@pytest.fixture
def raw() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.sql("CREATE TABLE calls (manager VARCHAR, day DATE, state VARCHAR)")
    connection.sql(
        "CREATE TABLE companies (manager VARCHAR, state VARCHAR, currency VARCHAR, usual DECIMAL(18, 2), due DATE)"
    )
    return connection


def test_managers_work_is_what_the_raw_calls_say(raw: duckdb.DuckDBPyConnection) -> None:
    context, chance = in_memory(), Random(14)
    for manager in (IVAN, OLGA):
        partners.staff(context, manager, "manager")
        for back in range(60):
            if chance.random() < 0.5:
                _listed(context, raw, chance, manager, back)
    for number in range(60):
        manager_id, state = chance.choice([IVAN, OLGA, None]), chance.choice(list(RhythmState))
        currency, usual = chance.choice(["RUB", "RUB", "KZT"]), chance.randrange(1, 10**6)
        known(context, f"cmp_{number:02}", state, manager_id=manager_id, usual=usual, currency=currency, person=False)
        due = context.today - timedelta(days=chance.randrange(60))
        if state in (RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.LOST):
            before = case_of(context, f"cmp_{number:02}")
            cases.save(context, replace(before, due=due, version=before.version + 1), before)
            raw.execute("INSERT INTO companies VALUES (?, ?, ?, ?, ?)", [manager_id, state.value, currency, usual, due])
    service.fold(context)
    found = {
        (
            *(each.manager_id, each.listed, each.done, each.late, each.at_risk, each.dormant, each.lost),
            *(each.usual_sum.amount, sum((of.amount for of in each.other_sums), Decimal(0))),
        )
        for each in service.show(context).managers
    }
    said = raw.execute(
        """
        SELECT manager, coalesce(any_value(listed), 0), coalesce(any_value(done), 0), count(*) FILTER (due <= $today - 30),
            count(*) FILTER (state = 'at_risk'), count(*) FILTER (state = 'dormant'), count(*) FILTER (state = 'lost'),
            sum(usual) FILTER (currency = 'RUB'), sum(usual) FILTER (currency != 'RUB')
        FROM companies LEFT JOIN (
            SELECT manager, count(*) AS listed, count(*) FILTER (state = 'done') AS done FROM calls WHERE day >= $today - 30 GROUP BY 1
        ) USING (manager) GROUP BY 1
        """,
        {"today": context.today},
    ).fetchall()
    assert found == set(said)
    assert len(found) == 3


def _listed(context: Context, raw: duckdb.DuckDBPyConnection, chance: Random, manager: str, back: int) -> None:
    day = context.today - timedelta(days=back)
    states = [chance.choice(STATES) for _ in range(chance.randint(1, 7))]
    calls = tuple(
        ListedCall(
            case_id=f"cas_{place}",
            company_id=f"cmp_{place}",
            kind=CallKind.WIN_BACK,
            place=place,
            rank=Decimal(1),
            due=day,
            state=state,
            words={},
            currency="RUB",
        )
        for place, state in enumerate(states, 1)
    )
    tx = Transaction()
    lists.create(tx, context, CallList(manager_id=manager, day=day, size=7, calls=calls, made_at=context.at))
    context.table.commit(tx)
    for state in states:
        raw.execute("INSERT INTO calls VALUES (?, ?, ?)", [manager, day, state])
