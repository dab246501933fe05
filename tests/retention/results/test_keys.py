"""The calls of a result, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.retention.results import keys, service
from chalicelib.retention.waves import service as waves
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.retention.waves.steps import dormant, planned
from tests.support.spent import measures, spent
from tests.tiers.steps import days_later


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@measures(keys.company_result, keys.result_list)
def test_a_company_is_measured_by_four_queries_and_a_write_and_a_result_is_four_queries(context: Context) -> None:
    company_id = dormant(context, "Luch")
    wave = planned(context, intake_days=28)
    waves.assign(days_later(context, 1), [company_id])
    later = days_later(context, 95)
    with spent(context.table.client) as cost:
        service.measure(later, wave.wave_id, [company_id])
    # The wave, its companies, their earlier results and arms; of each company its days, its case, its orders and its people, and, once, the
    # rhythm of the club. Where it has people there is one read more, of their visits.
    once, days, rhythm = ["Query", *["BatchGetItem"] * 3], ["Query"], ["GetItem"]
    assert cost.calls == [*once, *days, *rhythm, "Query", "Query", "Query", "PutItem"]
    with spent(context.table.client) as cost:
        assert service.show(later, wave.wave_id, "en").compared == 1
    assert cost.calls == ["Query", "Query", "Query", "Query"]
