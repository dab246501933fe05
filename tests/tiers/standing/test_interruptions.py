"""Standings under others who write at the same time, and workers that die at any call."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import tiers
from chalicelib.platform.context import Context
from chalicelib.tiers import consumers as tiers_consumers
from chalicelib.tiers import jobs as tiers_jobs
from tests.support.crashes import crashes, races
from tests.tiers.steps import (
    bought,
    buy,
    company,
    days_later,
    deliver,
    delivered,
    everything,
    fresh,
    in_memory,
    kept,
    message_for,
    moves,
    put_back,
    queued,
    shown,
    tier_now,
    warnings,
)


def test_a_sale_between_any_two_calls_of_another_is_not_lost(quick: Context):
    def another_sale() -> None:
        buy(context, company_id, -2, 100_000, number="B-1")
        deliver(context, company_id)

    for race in races(another_sale):
        context = in_memory(quick)
        company_id = company(context)
        event = buy(context, company_id, -3, 60_000, number="A-1")
        with race:
            tiers_consumers.on_sale_recorded(context, event)
        assert shown(tiers.standing_of(context, company_id)) == shown(fresh(context, company_id)), race
        assert tier_now(context, company_id).tier == ("silver" if race.happened else "bronze"), race


def test_a_sale_and_its_return_between_any_two_calls_leave_no_trace(quick: Context):
    """The standing is as it was, and still the older totals must not be written over it."""

    def comes_and_goes() -> None:
        for amount in (500_000, 0):
            buy(context, company_id, -2, amount, number="B-1")
            deliver(context, company_id)

    for race in races(comes_and_goes):
        context = in_memory(quick)
        company_id = company(context)
        event = buy(context, company_id, -3, 60_000, number="A-1")
        with race:
            tiers_consumers.on_sale_recorded(context, event)
        assert tiers.standing_of(context, company_id).window_result.window_sum == 60_000, race


def test_a_sale_between_any_two_calls_of_the_night_is_told_of_in_the_end(quick: Context):
    def another_sale() -> None:
        buy(morning, company_id, 0, 400_000, number="B-1")
        deliver(morning, company_id)

    for race in races(another_sale):
        context = in_memory(quick)
        company_id = bought(context, {-80: 100_000, -10: 60_000})
        morning = days_later(context, 40)
        with race:
            tiers_jobs.decide_tiers(morning, message_for(company_id))
        if not race.happened:
            another_sale()
        assert tier_now(morning, company_id).tier == "gold", race
        on_the_way = [to for _, to, _ in moves(context, company_id)]
        assert on_the_way in (["silver", "bronze", "gold"], ["silver", "gold"]), race


def test_a_sale_that_dies_at_any_call_ends_as_an_undisturbed_one(quick: Context):
    context = quick

    def outcome() -> Any:
        return kept(context, company_id), moves(context, company_id), warnings(context, company_id)

    company_id = company(context)
    event = buy(context, company_id, -108, 160_000)
    beginning = everything(context)
    tiers_consumers.on_sale_recorded(context, event)
    undisturbed = outcome()
    assert [len(each) for each in undisturbed[1:]] == [1, 1]
    for crash in crashes():
        put_back(context, beginning)
        context.memo.clear()
        with crash:
            delivered(context, event)
        delivered(context, event)
        assert outcome() == undisturbed, crash


@pytest.mark.parametrize("offset", [26, 40])
def test_a_night_that_dies_at_any_call_is_made_good_by_the_next_start(quick: Context, offset: int):
    """Of warnings, and of falls. The run dies and is started again; a message is lost with its worker and comes again."""
    context = quick
    due_day = {"day": (context.today + timedelta(days=26)).isoformat()}

    def the_night() -> None:
        tiers_jobs.nightly_tiers(morning, due_day)
        for message in queued(morning):
            taken.append(message)
            tiers_jobs.decide_tiers(morning, message)

    def outcome() -> Any:
        return [(kept(context, each), moves(context, each), warnings(context, each)) for each in ids]

    ids = [bought(context, {-80: 100_000, -10: 60_000}, name=f"Luch {number}") for number in range(2)]
    beginning = everything(context)
    morning = days_later(context, offset)
    taken: list[dict[str, Any]] = []
    the_night()
    undisturbed = outcome()
    assert all(len(changes) + len(warned) == 2 for _, changes, warned in undisturbed)
    for crash in crashes():
        put_back(context, beginning)
        morning.memo.clear()
        taken.clear()
        with crash:
            the_night()
        for message in list(taken):
            tiers_jobs.decide_tiers(morning, message)
        the_night()
        assert outcome() == undisturbed, crash
