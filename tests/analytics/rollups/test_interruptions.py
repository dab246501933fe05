"""Rollups under others who write at the same time, and workers that die at any call."""

from datetime import date

from chalicelib import sales
from chalicelib.analytics.rollups import consumers, jobs, service
from chalicelib.platform.context import Context
from tests.analytics import steps
from tests.sales.steps import events, invoice
from tests.support.crashes import crashes, races
from tests.support.nights import Queue

MAY, JUNE = date(2026, 5, 4), date(2026, 6, 4)


def a_company(queue: Queue) -> Context:
    """It has bought in May, and its months are built."""
    context = steps.in_memory()
    queue.bodies.clear()
    sales.record(context, [invoice("A-1", "100.00", day=MAY)])
    steps.deliver_all(context)
    steps.work_off(context, queue)
    return context


def test_a_consumer_that_dies_at_any_call_is_made_up_for_by_its_event(queue: Queue) -> None:
    for crash in crashes():
        context = a_company(queue)
        sales.record(context, [invoice("A-1", "70.00", day=JUNE)])
        event = next(each for each in events(context) if each.item["revision"] == 2)
        with crash:
            consumers.on_sale_recorded(context, event)
        event.batch.clear()
        consumers.on_sale_recorded(context, event)
        steps.work_off(context, queue)
        assert steps.sums(context) == steps.fresh_sums(context), crash


def test_a_worker_that_dies_at_any_call_is_made_up_for_by_its_message(queue: Queue) -> None:
    for crash in crashes():
        context = a_company(queue)
        sales.record(context, [invoice("A-2", "5.00", day=MAY), invoice("A-3", "7.00", day=JUNE)])
        steps.deliver_all(context)
        messages = list(queue.bodies)
        with crash:
            steps.work_off(context, queue)
        queue.bodies[:] = messages
        steps.work_off(context, queue)
        assert steps.sums(context) == steps.fresh_sums(context), crash
        steps.check_rows(context)
        assert not list(service.store.stale_months(context.table)), crash


def test_a_build_that_dies_at_any_call_is_made_up_for_by_the_next(queue: Queue) -> None:
    for crash in crashes():
        context = a_company(queue)
        sales.record(context, [invoice("A-3", "7.00", day=JUNE)])
        with crash:
            service.build(context, steps.COMPANY)
        service.build(context, steps.COMPANY)
        assert steps.sums(context) == steps.fresh_sums(context), crash
        steps.check_rows(context)


def test_a_sale_between_any_two_calls_of_a_fold_is_in_the_month_in_the_end(queue: Queue) -> None:
    def another_sale() -> None:
        sales.record(context, [invoice("B-1", "11.00", day=MAY)])
        consumers.on_sale_recorded(context, next(each for each in events(context) if each.item["document"] == "B-1"))

    for race in races(another_sale):
        context = a_company(queue)
        sales.record(context, [invoice("A-2", "5.00", day=MAY)])
        steps.deliver_all(context)
        body = queue.bodies.pop()
        with race:
            jobs.fold_months(context, {"body": body})
        if race.happened:
            queue.bodies.clear()  # the sale's own message is lost: the night asks again
            jobs.nightly_rollups(context, {})
        steps.work_off(context, queue)
        assert steps.sums(context) == steps.fresh_sums(context), race
        steps.check_rows(context)


def test_a_second_worker_between_any_two_calls_leaves_the_newer_facts(queue: Queue) -> None:
    def another_worker() -> None:
        sales.record(context, [invoice("B-1", "11.00", day=MAY)])
        consumers.on_sale_recorded(context, next(each for each in events(context) if each.item["document"] == "B-1"))
        steps.work_off(context, queue)

    for race in races(another_worker):
        context = a_company(queue)
        sales.record(context, [invoice("A-2", "5.00", day=MAY)])
        steps.deliver_all(context)
        body = queue.bodies.pop()
        with race:
            jobs.fold_months(context, {"body": body})
        assert steps.sums(context) == steps.fresh_sums(context), race
        steps.check_rows(context)
