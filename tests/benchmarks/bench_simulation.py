"""A simulation of 10,000 companies over 12 months: seconds and memory, against only reading the same items.

The table lies in memory (tests/support/memory.py), so what is measured is the code of a worker, one after the other what in Lambda up to
ten do side by side; the time that DynamoDB, SQS and S3 take is not in it. The floor reads and unpacks the same items and does nothing: what is
above it is nearly all rules, two timelines of a year for each company.
"""

import gc
import io
import time
import tracemalloc
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

import pytest

from chalicelib.companies import keys as companies_keys
from chalicelib.platform import aws
from chalicelib.platform.clock import stamp
from chalicelib.platform.context import Context
from chalicelib.sales import keys as sales_keys
from chalicelib.sales.rules import DayTotals
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction, to_wire
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders import store as ladders_store
from chalicelib.tiers.ladders.rules import Ladder
from chalicelib.tiers.simulations import rules as simulations_rules
from chalicelib.tiers.simulations import service as simulations
from tests.benchmarks.report import report
from tests.conftest import NOON
from tests.support.memory import MemoryDynamo

COMPANIES = 10_000
EVERY_DAYS = 14  # a company buys every other week, over the 12 months and what bears on their beginning
ROUNDS = 2


class Queue:
    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message(self, *, MessageBody: str, **_: Any) -> None:  # noqa: N803
        self.bodies.append(MessageBody)


class Bucket:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        self.objects[Key] = Body

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.objects[Key])}

    def generate_presigned_url(self, *_: Any, **__: Any) -> str:
        return "https://files.example/list"


def history(random: Random, today: date) -> dict[date, Decimal]:
    """Most of it near the first steps of the club's ladder, where companies rise and fall."""
    usual = random.lognormvariate(9.6, 1.0)
    start = random.randrange(EVERY_DAYS)
    days = range(start, 365 + 90 + 30, EVERY_DAYS)
    return {today - timedelta(days=back): Decimal(round(usual * random.uniform(0.3, 1.7) * 100)) / 100 for back in days}


def other(context: Context) -> Ladder:
    """Every step at four fifths of its sum, with a point more."""
    founding = ladders_store.founding_ladder(context.config[Tiers], "RUB")
    steps = tuple(
        step._replace(from_sum=step.from_sum * Decimal("0.8"), discount_percent=step.discount_percent + 1)
        for step in founding.steps
    )
    return founding._replace(ladder_id="ldr_other", steps=steps)


@pytest.fixture(scope="module")
def club() -> Context:
    """10,000 companies and what they bought."""
    memory = MemoryDynamo()
    context = Context(table=Table(memory, "club"), now=NOON)  # type: ignore[arg-type]
    random = Random(20)
    for number in range(COMPANIES):
        company_id, name = f"com_{number:032x}", f"Luch {number:05d}"
        company = {"company_id": company_id, "name": name, "currency": "RUB", "origin": "import", "version": 1}
        listed = companies_keys.company_list(name, company_id).as_gsi1()
        put(memory, {**companies_keys.company(company_id).as_item(), **listed, **company, "created_at": stamp(NOON)})
        for day, amount in history(random, context.today).items():
            total = {"currency": "RUB", "amount": amount, "documents": 1}
            put(memory, {**sales_keys.day_total(company_id, day).as_item(), **total})
    return context


def put(memory: MemoryDynamo, item: dict[str, Any]) -> None:
    memory.put_item(Item=to_wire(item))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    made, bucket = Queue(), Bucket()
    monkeypatch.setattr(aws, "sqs", lambda: made)
    monkeypatch.setattr(aws, "s3", lambda: bucket)
    return made


def start(context: Context) -> str:
    tx = Transaction()
    real = ladders_store.ladders_of(context, "RUB")
    made = simulations.store.create(tx, context, context.new_id("sim"), other(context), real, "mbr_1")
    context.table.commit(tx)
    simulations.store.WORK.announce(made.work_id, 1)
    return made.work_id


def handle_one(context: Context, queue: Queue) -> None:
    simulations.simulate(replace(context), {"messageId": "1", "body": queue.bodies.pop(0)})


def floor(context: Context) -> int:
    """Reads and unpacks what a simulation reads of each company."""
    first = simulations_rules.reads_from(ladders_store.ladders_of(context, "RUB"), other(context), context.today)
    read = 0
    for number in range(COMPANIES):
        company_id = f"com_{number:032x}"
        begin, end = sales_keys.day_total(company_id, first), sales_keys.day_total(company_id, context.today)
        read += len([*context.table.query_all(begin.pk, between=(begin.sk, end.sk), consistent=True)])
        standing = tiers_keys.standing(company_id)
        read += len([*context.table.query_all(standing.pk, starts=standing.sk, consistent=True)])
    return read


def timed(context: Any) -> float:
    """CPU seconds: one worker uses one processor, and waits for nothing here."""
    gc.collect()
    begin = time.process_time()
    context()
    return time.process_time() - begin


@pytest.mark.timeout(1200)
def test_ten_thousand_companies_in_seconds(club: Context, queue: Queue) -> None:
    def whole() -> None:
        started.append(start(club))
        while queue.bodies:
            handle_one(club, queue)

    started: list[str] = []
    floor(club)  # the table in memory packs an item when it is read first
    floors, wholes = [], []
    for _ in range(ROUNDS):
        floors.append(timed(lambda: floor(club)))
        wholes.append(timed(whole))
    shown = simulations.show(club, started[-1])
    assert shown.result is not None
    assert (shown.state, shown.result.companies) == ("done", COMPANIES)
    assert shown.result.up > shown.result.down == 0
    ratio = median(one / other for one, other in zip(wholes, floors, strict=True))
    report(
        f"simulation of {COMPANIES:,} companies × 12 months ({floor(club):,} items)",
        f"{median(wholes):.1f} s of CPU",
        "",
    )
    report("floor: only reading these items", f"{median(floors):.1f} s of CPU", "")
    report("ratio to the floor", f"{ratio:.2f}", "at most 12")
    report("companies up, unchanged, down", f"{shown.result.up}, {shown.result.unchanged}, {shown.result.down}", "")
    assert ratio <= 12
    assert median(wholes) <= 60


def test_the_rules_alone_take_microseconds_a_company(club: Context) -> None:
    random = Random(20)
    totals = [DayTotals(history(random, club.today), {}) for _ in range(COMPANIES)]
    real, ladder = ladders_store.ladders_of(club, "RUB"), other(club)

    def everybody() -> None:
        for each in totals:
            simulations_rules.simulate(each, real, ladder, (), None, club.today)

    spent = median(timed(everybody) for _ in range(ROUNDS))
    report("rules of a simulation, a company", f"{spent / COMPANIES * 1e6:.0f} µs of CPU", "")


@pytest.mark.timeout(1200)
def test_memory_is_that_of_a_part_and_of_the_list(club: Context, queue: Queue) -> None:
    def peak() -> int:
        tracemalloc.start()
        try:
            handle_one(club, queue)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    simulation_id = start(club)
    of_a_part = max(peak() for _ in range(3))
    for _ in range(COMPANIES // simulations.COMPANIES - 4):
        handle_one(club, queue)
    while queue.bodies:  # the last part; one more, empty, where the companies fill the parts
        last = peak()
    assert simulations.show(club, simulation_id).state == "done"
    report(
        f"peak memory of a part of {simulations.COMPANIES} companies",
        f"{of_a_part / 1e6:.1f} MB",
        "at most 16 MB",
    )
    report(f"peak memory of the last part, with the list of {COMPANIES:,}", f"{last / 1e6:.1f} MB", "at most 64 MB")
    assert of_a_part <= 16e6
    assert last <= 64e6
