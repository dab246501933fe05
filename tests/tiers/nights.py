"""A membership of any size, and what a night costs in it: for a test and for the benchmark.

The membership is simulated where the night looks: at the table and its due index. Whoever is not due is a standing that is due on
another day, without purchases of its own, since a night that looked at anybody's purchases but of those who are due would show
in the calls.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import companies, sales, tiers
from chalicelib.companies import CustomerRef
from chalicelib.platform import aws
from chalicelib.platform.work import Work
from chalicelib.table import keys
from chalicelib.table.transactions import to_wire
from chalicelib.tiers.ladder_service import record_founding
from chalicelib.tiers.ladder_store import ladders_of
from chalicelib.tiers.ladders import Ladder, PersonalStep
from tests.support.spent import Spent, spent


def seasonal_ladders(work: Work) -> tuple[Ladder, ...]:
    """Two versions of the club's ladder, the second one about to begin, both with seasons and a personal first step."""
    (founding,) = ladders_of(work, "RUB")
    off_season = tuple(step._replace(from_sum=step.from_sum / 2) for step in founding.steps)
    personal = PersonalStep(Decimal(30_000), tuple(Decimal("0.85") + Decimal(n) / 20 for n in range(12)))
    this_year = replace(
        founding, season=((4, 1), (9, 30)), off_season_steps=off_season, personal=personal, activated_at=work.at
    )
    next_year = replace(this_year, version="2027-1", valid_from=work.today + timedelta(days=40))
    return this_year, next_year


@dataclass
class Queue:
    """Stands for SQS: takes everything and counts the calls."""

    bodies: list[str] = field(default_factory=list)
    calls: int = 0

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        self.bodies += [entry["MessageBody"] for entry in request["Entries"]]
        return {"Successful": request["Entries"], "Failed": []}


def buyers(work: Work, count: int) -> list[str]:
    """Companies with three purchases in the window, of which the first leaves tonight and takes the tier with it."""
    refs = [CustomerRef(f"C-{number}", f"Luch {number}", None, None, "RUB") for number in range(count)]
    ids = list(companies.customers(work, "1c", refs).values())
    bought = ((-89, 100_000), (-40, 45_000), (-5, 60_000))
    for start in range(0, count, 25):
        sales.record(
            work,
            [
                sales.SaleDocument(
                    source="1c",
                    number=f"{company_id}{offset}",
                    company_id=company_id,
                    business_date=work.today + timedelta(days=offset),
                    currency="RUB",
                    lines=[sales.SaleLine.of("SKU-1", "Lamp", Decimal(1), amount=Decimal(amount))],
                )
                for company_id in ids[start : start + 25]
                for offset, amount in bought
            ],
        )
    for company_id in ids:
        tiers.decide(work, {"body": json.dumps({"companies": [company_id]})})
    return ids


def crowd(work: Work, like: str, count: int) -> None:
    """Members whose decisions are due on other days, over the coming quarter."""
    pattern = work.table.get(keys.standing(like))
    assert pattern is not None
    for start in range(0, count, 25):
        batch = []
        for number in range(start, start + 25):
            company_id = f"cmp_{number:032x}"
            day = work.today + timedelta(days=2 + number % 88)
            own = {**keys.standing(company_id).as_item(), **keys.due("tiers", day, company_id).as_gsi2()}
            batch.append({"PutRequest": {"Item": to_wire({**pattern, **own, "company_id": company_id})}})
        work.table.client.batch_write_item(RequestItems={work.table.name: batch})


@dataclass
class Night:
    run: Spent
    decisions: Spent
    queue: Queue

    @property
    def calls(self) -> int:
        return len(self.run.calls) + self.queue.calls + len(self.decisions.calls)

    @property
    def read_units(self) -> float:
        return self.run.read_units + self.decisions.read_units

    @property
    def write_units(self) -> float:
        return self.run.write_units + self.decisions.write_units


def night(work: Work, monkeypatch: pytest.MonkeyPatch) -> Night:
    queue = Queue()
    monkeypatch.setattr(aws, "sqs", lambda: queue)
    with spent(work.table.client) as run:
        tiers.nightly(work, {})
    with spent(work.table.client) as decisions:
        for body in queue.bodies:
            tiers.decide(work, {"body": body})
    return Night(run, decisions, queue)


def fallen(work: Work, ids: Iterable[str]) -> int:
    found = work.table.get_many(keys.standing(company_id) for company_id in ids)
    return sum(item["tier"] == "bronze" for item in found.values())


def two_nights(work: Work, monkeypatch: pytest.MonkeyPatch, *, due: int, members: int) -> tuple[Night, Night]:
    """The same companies due, first as the whole membership and then among many: each falls, and only they."""
    record_founding(work)  # as an earlier night did
    ids = buyers(work, due)
    morning = replace(work, now=work.now + timedelta(days=1))
    evening = [work.table.get(keys.standing(company_id)) for company_id in ids]
    alone = night(morning, monkeypatch)
    assert fallen(work, ids) == due
    for item in evening:
        assert item is not None
        work.table.put(item)
    crowd(work, ids[0], members - due)
    among_many = night(morning, monkeypatch)
    assert fallen(work, ids) == due
    return alone, among_many
