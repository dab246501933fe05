"""A simulation from its request to the list: exact however often its parts are told and wherever they die, and without a trace."""

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest
import requests

from chalicelib import companies, sales
from chalicelib.companies.model import CustomerRef
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.platform.parts import WorkInParts
from chalicelib.platform.settings import queue_url
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item
from chalicelib.tiers.simulations import consumers as simulations_consumers
from chalicelib.tiers.simulations import jobs
from chalicelib.tiers.simulations import service as simulations
from tests.platform.files.test_tables import in_csv
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, watched
from tests.support.customers import customer_companies
from tests.support.memory import MemoryDynamo
from tests.support.rights import running
from tests.support.table import everything
from tests.tiers.ladders.steps import ADMIN, LADDERS, draw_up
from tests.tiers.steps import buy, company

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
SIMULATIONS = "/v1/staff/tier-simulations"


def simulate(api: Api, ladder_id: str, key: str = "k") -> Answer:
    return api.call("POST", f"{LADDERS}/{ladder_id}/simulate", ADMIN, key=key)


def shown(api: Api, simulation_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.call("GET", f"{SIMULATIONS}/{simulation_id}", MANAGER).json
    return found


def requested(context: Context) -> list[Event]:
    """The requests of simulations, as the stream tells them."""
    return [
        Event(item["event"], "evt_1", item)
        for item in everything(context).values()
        if item.get("event") == "tier_simulation.requested"
    ]


def messages() -> Iterator[dict[str, Any]]:
    """The messages of the simulations queue, each taken from it before the next is looked at."""
    sqs, queue = boto3.client("sqs"), queue_url("simulations")
    while found := sqs.receive_message(QueueUrl=queue).get("Messages"):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=found[0]["ReceiptHandle"])
        yield {"messageId": "1", "body": found[0]["Body"]}


def message(simulation_id: str, part: int) -> dict[str, Any]:
    return {"messageId": "1", "body": json.dumps({"work_id": simulation_id, "part": part})}


def run(context: Context) -> None:
    """All that a request brings about."""
    for event in requested(context):
        simulations_consumers.on_requested(context, event)
    for each in messages():
        jobs.simulate_tiers(context, each)


def listed(found: dict[str, Any]) -> list[list[str]]:
    answer = requests.get(found["companies"]["url"], timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.content.decode("utf-8-sig").startswith(";".join(simulations.HEADING))
    return in_csv(answer.content)


def bought(context: Context, name: str, offset: int, amount: int) -> str:
    company_id = company(context, name)
    buy(context, company_id, offset, amount)
    return company_id


def business(context: Context) -> dict[Key, Item]:
    """The table without what belongs to simulations, and what was remembered of their requests."""
    beside = ("SIMULATION#", "ONCE#", "JOURNAL#")
    return {key: item for key, item in everything(context).items() if not key.pk.startswith(beside)}


def rub(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "RUB"}


# --- from end to end ----------------------------------------------------------------------------------------------------


def test_a_simulation_says_who_would_move_and_what_it_would_cost(api: Api, context: Context) -> None:
    silver = bought(context, "Alfa", -10, 130_000)  # bronze today; the other ladder's silver begins at 120,000
    bronze = bought(context, "Beta", -10, 60_000)
    nobody = company(context, "=Gamma")
    answer = simulate(api, draw_up(api).json["ladder_id"])
    assert answer.status == 202
    assert answer.headers["location"] == f"{SIMULATIONS}/{answer.json['simulation_id']}"
    assert (answer.json["state"], answer.json["result"], answer.json["companies"]) == ("running", None, None)
    assert answer.json["progress"] == {
        "companies_done": 0,
        "companies_found": 0,
        "parts_done": 0,
        "parts_total": None,
    }
    run(context)
    found = shown(api, answer.json["simulation_id"])
    assert (found["state"], found["from"], found["to"]) == ("done", "2025-11-21", "2026-11-20")
    assert found["progress"] == {"companies_done": 3, "companies_found": 3, "parts_done": 1, "parts_total": 1}
    # gross: 130,000 and 60,000 / 0.97; before 3 %, after 6 % and 3 %
    assert found["result"] == {
        "companies": 3,
        "up": 1,
        "down": 0,
        "unchanged": 2,
        "purchases": rub("190000.00"),
        "discount_before": rub("5876.29"),
        "discount_after": rub("9896.91"),
        "steps": [
            {"tier": "", "companies": 1, "up": 0, "down": 0, "unchanged": 1},
            {"tier": "bronze", "companies": 2, "up": 1, "down": 0, "unchanged": 1},
            {"tier": "silver", "companies": 0, "up": 0, "down": 0, "unchanged": 0},
            {"tier": "gold", "companies": 0, "up": 0, "down": 0, "unchanged": 0},
            {"tier": "platinum", "companies": 0, "up": 0, "down": 0, "unchanged": 0},
        ],
        "moves": [
            {"from_tier": "", "to_tier": "", "companies": 1},
            {"from_tier": "bronze", "to_tier": "bronze", "companies": 1},
            {"from_tier": "bronze", "to_tier": "silver", "companies": 1},
        ],
    }
    assert listed(found) == [
        [nobody, "'=Gamma", "", "", "0", "", "0", "unchanged", "0.00", "0.00", "0.00", "RUB"],
        [silver, "Alfa", "", "bronze", "3", "silver", "6", "up", "130000.00", "4020.62", "8041.24", "RUB"],
        [bronze, "Beta", "", "bronze", "3", "bronze", "3", "unchanged", "60000.00", "1855.67", "1855.67", "RUB"],
    ]


def test_it_writes_no_business_state(api: Api, context: Context) -> None:
    for number in range(3):
        bought(context, f"Luch {number}", -10, 130_000)
    ladder_id = draw_up(api).json["ladder_id"]
    before = business(context)
    simulation_id = simulate(api, ladder_id).json["simulation_id"]
    run(context)
    assert shown(api, simulation_id)["state"] == "done"
    assert business(context) == before


def test_only_companies_of_the_ladders_currency_take_part(api: Api, context: Context) -> None:
    company(context, "Thames", currency="GBP")
    mine = company(context, "Luch")
    simulation_id = simulate(api, "ldr_founding_rub").json["simulation_id"]
    run(context)
    assert [row[0] for row in listed(shown(api, simulation_id))] == [mine]


def test_a_club_without_companies_is_simulated_too(api: Api, context: Context) -> None:
    simulation_id = simulate(api, "ldr_founding_rub").json["simulation_id"]
    run(context)
    found = shown(api, simulation_id)
    assert (found["state"], found["result"]["companies"], listed(found)) == ("done", 0, [])


def test_the_same_request_twice_is_one_simulation(api: Api, context: Context) -> None:
    assert simulate(api, "ldr_founding_rub").json == simulate(api, "ldr_founding_rub").json
    assert len(requested(context)) == 1


def test_there_is_no_simulation_of_nothing(api: Api) -> None:
    assert simulate(api, "ldr_nowhere").status == 404
    assert api.call("GET", f"{SIMULATIONS}/sim_nowhere", MANAGER).status == 404


def test_one_that_does_not_move_for_an_hour_is_shown_as_stalled(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulation_id = simulate(api, "ldr_founding_rub").json["simulation_id"]
    assert shown(api, simulation_id)["stalled"] is False
    later = replace(context, now=context.now + timedelta(minutes=61))
    monkeypatch.setattr(respond, "context_now", lambda: later)
    assert shown(api, simulation_id)["stalled"] is True


def test_what_is_activated_meanwhile_is_not_what_was_simulated(api: Api, context: Context) -> None:
    bought(context, "Alfa", -10, 130_000)
    ladder_id = draw_up(api).json["ladder_id"]
    simulation_id = simulate(api, ladder_id).json["simulation_id"]
    body, headers = {"from": context.today.isoformat()}, {"if-match": '"1"'}
    assert api.call("POST", f"{LADDERS}/{ladder_id}/activate", ADMIN, body, headers=headers).status == 200
    run(context)
    assert shown(api, simulation_id)["result"]["up"] == 1


# --- parts --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulations, "COMPANIES", 2)


def five(context: Context) -> None:
    """Five companies of one purchase each."""
    refs = [CustomerRef(f"C-{number}", f"Luch {number}", None, None, "RUB") for number in range(5)]
    ids = customer_companies(context, "1c", refs)
    line = sales.SaleLine.of
    sales.record(
        context,
        [
            sales.SaleDocument(
                source="1c",
                number=f"N-{number}",
                company_id=ids[ref],
                business_date=context.today - timedelta(days=10 * number),
                currency="RUB",
                lines=[line("SKU-1", "Lamp", Decimal(1), amount=Decimal(40_000 * (number + 1)))],
            )
            for number, ref in enumerate(refs)
        ],
    )


@pytest.mark.usefixtures("small_parts")
def test_companies_are_taken_in_parts(api: Api, context: Context) -> None:
    five(context)
    simulation_id = simulate(api, draw_up(api).json["ladder_id"]).json["simulation_id"]
    run(context)
    found = shown(api, simulation_id)
    assert found["progress"] == {"companies_done": 5, "companies_found": 5, "parts_done": 3, "parts_total": 3}
    assert [row[1] for row in listed(found)] == [f"Luch {number}" for number in range(5)]


@pytest.mark.usefixtures("small_parts")
def test_parts_told_twice_and_out_of_order_count_once(api: Api, context: Context) -> None:
    five(context)
    simulation_id = simulate(api, draw_up(api).json["ladder_id"]).json["simulation_id"]
    for part in (1, 2, 1, 2, 3, 3, 1):
        jobs.simulate_tiers(context, message(simulation_id, part))
    told = list(messages())
    for each in [*told, *told]:
        jobs.simulate_tiers(context, each)
    twice = shown(api, simulation_id)
    other = simulate(api, twice["ladder_id"], key="again").json["simulation_id"]
    run(context)
    assert twice["result"] == shown(api, other)["result"]
    assert twice["progress"] == shown(api, other)["progress"]


@pytest.mark.usefixtures("small_parts")
def test_a_company_that_comes_meanwhile_changes_no_part(api: Api, context: Context) -> None:
    five(context)
    simulation_id = simulate(api, draw_up(api).json["ladder_id"]).json["simulation_id"]
    jobs.simulate_tiers(context, message(simulation_id, 1))
    company(context, "Alfa")
    jobs.simulate_tiers(context, message(simulation_id, 1))
    run(context)
    assert [row[1] for row in listed(shown(api, simulation_id))] == [f"Luch {number}" for number in range(5)]


@pytest.mark.usefixtures("small_parts")
def test_two_workers_on_one_part_count_once_and_list_what_was_counted(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sale comes between the two: whoever is first is counted, and nobody else's lines are in the list."""
    five(context)
    simulation_id = simulate(api, draw_up(api).json["ladder_id"]).json["simulation_id"]
    finish = WorkInParts.complete_part

    def after_another(*arguments: Any) -> None:
        monkeypatch.setattr(WorkInParts, "complete_part", finish)
        with running():
            buy(context, work_of(context, "Luch 0"), -5, 1_000_000)
        jobs.simulate_tiers(context, message(simulation_id, 1))
        finish(*arguments)

    monkeypatch.setattr(WorkInParts, "complete_part", after_another)
    run(context)
    found = shown(api, simulation_id)
    purchases = sum(float(row[8]) for row in listed(found))
    assert found["result"]["purchases"] == rub(f"{purchases:.2f}")
    assert found["result"]["companies"] == 5


def work_of(context: Context, name: str) -> str:
    page, _ = companies.some_companies(context, 100, None)
    return next(each.company_id for each in page if each.name == name)


class Messages:
    """A queue in a list."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message(self, *, MessageBody: str, **_: Any) -> None:  # noqa: N803
        self.bodies.append(MessageBody)


class Objects:
    """A bucket in a dictionary."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        self.found[Key] = Body

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.found[Key])}


@pytest.mark.usefixtures("small_parts")
def test_wherever_it_dies_the_same_comes_out(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, queue, bucket = MemoryDynamo(), Messages(), Objects()
    context = replace(context, table=Table(watched(memory, "dynamodb"), "club"))
    monkeypatch.setattr(aws, "sqs", lambda: watched(queue, "sqs"))
    monkeypatch.setattr(aws, "s3", lambda: watched(bucket, "s3"))
    five(context)
    simulation_id = simulations.start(context, "ldr_founding_rub", "mbr_admin").simulation_id
    (event,) = [item for item in memory.items.values() if item.get("event") == "tier_simulation.requested"]

    def afresh() -> Context:
        bucket.found.clear()
        queue.bodies.clear()
        return replace(context, table=Table(watched(deepcopy(memory), "dynamodb"), "club"))

    def go(context: Context) -> None:
        """The event, and all that waits in the queue; a message leaves it when it is handled."""
        simulations_consumers.on_requested(context, Event(event["event"], "evt_1", event))
        while queue.bodies:
            jobs.simulate_tiers(context, {"messageId": "1", "body": queue.bodies[0]})
            queue.bodies.pop(0)

    def outcome(context: Context) -> tuple[Any, ...]:
        found = simulations.store.WORK.load(context, simulation_id)
        assert found is not None
        return found.item, bucket.found[f"simulations/{simulation_id}/companies.csv"]

    whole = afresh()
    go(whole)
    undisturbed = outcome(whole)
    assert undisturbed[0]["companies"] == 5
    for crash in crashes():
        broken = afresh()
        with crash:
            go(broken)
        go(broken)
        assert outcome(broken) == undisturbed, crash
