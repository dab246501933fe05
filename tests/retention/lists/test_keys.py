"""The calls and the capacity of the keys of cases and lists, counted as AWS counts."""

from collections import Counter
from dataclasses import replace
from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.retention.cases import keys as cases_keys
from chalicelib.retention.cases import service as cases
from chalicelib.retention.cases import store as cases_store
from chalicelib.retention.lists import candidates, keys, news, service
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.retention.cases.steps import IVAN, case_of, known
from tests.support import partners
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@measures(keys.call_list, keys.script, cases_keys.case)
def test_the_list_of_a_manager_of_two_thousand_companies_is_two_reads(context: Context) -> None:
    partners.staff(context, IVAN, "manager")
    for number in range(8):
        known(context, f"cmp_{number}", person=False)
    template = case_of(context, "cmp_0")
    for number in range(2000):
        made = replace(template, case_id=f"cas_{number}", company_id=f"cmp_other_{number}", rank=template.rank / 2)
        cases_store.save(context, made, None)
    service.make(context, IVAN)
    with spent(context.table.client) as cost:
        found = service.today(context, IVAN, "en")
    assert len(found.calls) == 7 and found.ready == 100
    assert cost.calls == ["GetItem", "BatchGetItem"]
    assert cost.read_units <= 20
    context.memo.clear()
    with spent(context.table.client) as cost:
        cases.follow(context, "cmp_0")
    assert cost.calls == ["BatchGetItem", "Query", "BatchGetItem"]
    assert cost.read_units <= 5


@measures(cases_keys.ready_list, cases_keys.ready_since)
def test_the_ready_cases_of_a_manager_are_three_reads(context: Context) -> None:
    for number in range(8):
        known(context, f"cmp_{number}", person=False)
    with spent(context.table.client) as cost:
        by_rank, by_day = candidates.ready_cases(context, IVAN)
    assert (len(by_rank), len(by_day)) == (8, candidates.WAITED)
    assert cost.calls == ["Query", "Query", "BatchGetItem"]


def test_what_a_list_says_of_its_companies_is_read_for_all_of_them_together(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.platform.aws.secret", lambda: "secret")
    for number in range(7):
        known(context, f"cmp_{number}")
    by_rank, by_day = candidates.ready_cases(context, IVAN)
    cost = []
    for size in (6, 7):
        context.memo.clear()
        with spent(context.table.client) as one:
            assert len(candidates.choose(context, by_rank, by_day, size)) == size
        cost.append(Counter(one.calls))
    # One company more, which has bought nothing: its people and their budget, its days and orders, the usual order and what is new for it.
    assert (cost[1] - cost[0]).total() == 8, cost[1] - cost[0]


@measures(keys.news)
def test_news_is_one_read_for_all_calls(context: Context) -> None:
    with spent(context.table.client) as cost:
        for company_id in ("cmp_1", "cmp_2"):
            assert news.for_company(context, company_id) is None
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)
