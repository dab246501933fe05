"""The calls of results, counted as AWS counts."""

from chalicelib.campaigns.results import keys, store
from chalicelib.campaigns.results.model import Purchases, Results, SeriesResults, StepFigures
from chalicelib.table.client import Table
from tests.support.spent import measures, spent


@measures(keys.results)
def test_the_results_of_many_issues_are_one_call(local_table: Table) -> None:
    for number in range(30):
        store.write(
            local_table,
            Results(
                issue_id=f"iss_{number}",
                as_of="2026-11-24T09:30:00.000Z",
                days=30,
                people=100,
                left_out={"hold_out": 7},
                skipped={"contact_budget": 3},
                states={"sent": 90},
                reached={"delivered": 90, "clicked": 9},
                audiences={"designer": {"delivered": 90, "clicked": 9}},
                purchases=Purchases(90, 30, 7, 2, "RUB"),
            ),
        )
    with spent(local_table.client) as cost:
        found = store.read(local_table, [f"iss_{number}" for number in range(30)])
    assert (cost.calls, len(found), cost.read_units <= 15) == (["BatchGetItem"], 30, True)


@measures(keys.series_results)
def test_the_results_of_a_series_are_one_call(local_table: Table) -> None:
    results = SeriesResults(
        series_id="ser_1",
        as_of="2026-11-24T09:30:00.000Z",
        people=100,
        steps=(StepFigures("first", 10, {"sent": 90}, {"conditions": 3}),),
        ends={"hold_out": 7},
        purchases=Purchases(90, 30, 7, 2, "RUB"),
    )
    store.write_series(local_table, results)
    with spent(local_table.client) as cost:
        found = store.read_series(local_table, "ser_1")
    assert (cost.calls, found, cost.read_units <= 0.5) == (["GetItem"], results, True)
