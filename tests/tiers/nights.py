"""A membership of any size, and what a night costs in it: for a test and for the benchmark.

The membership is simulated where the night looks: at the table and its due index. Whoever is due has day totals and a standing of their
own. Whoever is not is a standing that is due on another day, without purchases, since a night that looked at anybody's purchases but of
those who are due would show in the calls.

On a real table (`local_table`) all of them are items. A million of them are not: `Membership` is a table in memory that counts
capacity by the rules (tests/support/metered.py), holds the standings of the crowd as numbers only, by partition of the index, and makes
an item of each when the index is asked for its partition; so whoever asks for many pays for many.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.platform import aws, keys
from chalicelib.platform.context import Context
from chalicelib.sales import keys as sales_keys
from chalicelib.sales.rules import DayTotals
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, to_wire
from chalicelib.tiers import jobs
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.ladders.rules import Ladder, PersonalStep
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.standing import model as standing_model
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.rules import Facts
from tests.support.memory import MemoryDynamo
from tests.support.metered import MeteredDynamo, metered
from tests.support.nights import Night, Queue


def seasonal_ladders(context: Context) -> tuple[Ladder, ...]:
    """Two versions of the club's ladder, the second one about to begin, both with seasons and a personal first step."""
    (founding,) = ladders_of(context, "RUB")
    off_season = tuple(step._replace(from_sum=step.from_sum / 2) for step in founding.steps)
    personal = PersonalStep(Decimal(30_000), tuple(Decimal("0.85") + Decimal(n) / 20 for n in range(12)))
    this_year = founding._replace(
        season=((4, 1), (9, 30)), off_season_steps=off_season, personal=personal, activated_at=context.at
    )
    next_year = this_year._replace(version="2027-1", valid_from=context.today + timedelta(days=40))
    return this_year, next_year


# Silver was reached up to day -30, and has been held since: tomorrow it falls to bronze.
BOUGHT = ((-119, 100_000), (-70, 45_000), (-60, 60_000))


def buyers(context: Context, count: int) -> list[str]:
    """Companies whose tier falls tonight, who have been told all that is to be told before."""
    days = {context.today + timedelta(days=offset): Decimal(amount) for offset, amount in BOUGHT}
    facts = Facts(DayTotals(days, {}), ladders_of(context, "RUB"), (), None)
    ids = [f"cmp_due_{number:028x}" for number in range(count)]
    for company_id in ids:
        for day, amount in days.items():
            total = {"currency": "RUB", "amount": amount, "documents": 1}
            context.table.put({**sales_keys.day_total(company_id, day).as_item(), **total})
        standing = standing_model.standing_on_day(company_id, "RUB", context.today, facts)
        standing = replace(
            standing, announced=standing_model.announcement_after(standing, standing_model.warning(standing))
        )
        standing_store.save(context, standing, standing_model.next_due(standing))
    return ids


def member(number: int, today: date) -> tuple[str, Key]:
    """One of the crowd, and how it is due over the coming quarter."""
    company_id = f"cmp_{number:032x}"
    return company_id, keys.due("tiers", today + timedelta(days=2 + number % 88), company_id)


def of_the_crowd(pattern: Item, number: int, today: date) -> Item:
    company_id, due = member(number, today)
    return {**pattern, **tiers_keys.standing(company_id).as_item(), **due.as_gsi2(), "company_id": company_id}


class Membership(MeteredDynamo):
    def __init__(self) -> None:
        super().__init__()
        self._crowd: dict[str, list[int]] = defaultdict(list)

    def join(self, pattern: Item, today: date, count: int) -> None:
        self._pattern, self._today = pattern, today
        for number in range(count):
            self._crowd[member(number, today)[1].pk].append(number)

    def query(self, **request: Any) -> Any:
        asked = request["ExpressionAttributeValues"][":pk"]["S"] if request.get("IndexName") == "gsi2" else ""
        for number in self._crowd.pop(asked, ()):
            # It was there all along: that costs nothing.
            MemoryDynamo.put_item(self, Item=to_wire(of_the_crowd(self._pattern, number, self._today)))
        return super().query(**request)


def crowd(context: Context, like: str, count: int) -> None:
    """Members of whom something is due on other days."""
    pattern = context.table.get(tiers_keys.standing(like))
    assert pattern is not None
    if isinstance(context.table.client, Membership):
        context.table.client.join(pattern, context.today, count)
        return
    for start in range(0, count, 25):
        numbers = range(start, min(start + 25, count))
        batch = [{"PutRequest": {"Item": to_wire(of_the_crowd(pattern, number, context.today))}} for number in numbers]
        context.table.client.batch_write_item(RequestItems={context.table.name: batch})


def night(context: Context, monkeypatch: pytest.MonkeyPatch) -> Night:
    queue = Queue()
    monkeypatch.setattr(aws, "sqs", lambda: queue)
    with metered(context.table.client) as run:
        jobs.nightly_tiers(context, {})
    with metered(context.table.client) as decisions:
        for body in queue.bodies:
            jobs.decide_tiers(replace(context), {"body": body})  # each message is work of its own
    return Night(run, decisions, queue)


def fallen(context: Context, ids: Iterable[str]) -> int:
    found = context.table.get_many(tiers_keys.standing(company_id) for company_id in ids)
    return sum(item["told"][0] == "bronze" for item in found.values())


def two_nights(context: Context, monkeypatch: pytest.MonkeyPatch, *, due: int, members: int) -> tuple[Night, Night]:
    """The same companies due, first as the whole membership and then among many: each falls, and only they."""
    night(context, monkeypatch)  # the first night of all makes facts of the founding ladders
    ids = buyers(context, due)
    morning = replace(context, now=context.now + timedelta(days=1))
    evening = [context.table.get(tiers_keys.standing(company_id)) for company_id in ids]
    alone = night(morning, monkeypatch)
    assert fallen(context, ids) == due
    for item in evening:
        assert item is not None
        context.table.put(item)
    crowd(context, ids[0], members - due)
    among_many = night(morning, monkeypatch)
    assert fallen(context, ids) == due
    return alone, among_many
