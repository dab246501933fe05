"""The cost of a cold start: CPU seconds of a fresh process that runs the packaged, compiled code, beside one that has only what it stands on.

A room is imported when it is first needed, so the import of app.py alone does not say how long the first caller waits: the first
request of some routes is measured beside it, against a process that imports the floor and makes that request's calls.
"""

import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app import app
from chalicelib.platform import clock, ids
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from infra.build import MOST_BYTES, local_package
from infra.local.cloud import Cloud
from tests.benchmarks.bare import METHODS, STEP, Bare
from tests.benchmarks.report import report
from tests.catalog.steps import row, stock
from tests.orders.steps import Market
from tests.support.api import Api, gateway_event
from tests.support.partners import reach

ROUNDS = 7
# So many frames deep, as the program is in the bootstrap of Lambda too: `cpu_ratio` says what may lie there.
DEEP = """
import sys
def run(frames, program):
    return run(frames - 1, program) if frames else exec(program, {})
run(int(sys.argv[1]), sys.argv[2])
"""
CLIENT = "import boto3; boto3.client('dynamodb')"
HOUSE = f"import chalice.app, pydantic\nclass Any(pydantic.BaseModel): one: int\n{CLIENT}"
APP = "import app; from chalicelib.platform import aws; aws.dynamodb()"
FIRST_REQUEST = "import app, sys; assert app.app(eval(sys.stdin.read()), None)['statusCode'] < 300"
FIRST_CALLS = f"""{HOUSE}
import sys
client = boto3.client('dynamodb')
for method, params in eval(sys.stdin.read()):
    getattr(client, method)(**params)
"""
TRIGGER_FLOOR = f"{CLIENT}; boto3.client('secretsmanager')"
TRIGGERS = "import chalicelib.auth.triggers; from chalicelib.platform import aws; aws.dynamodb(); import boto3; boto3.client('secretsmanager')"


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, unpacked as Lambda does."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(local_package().zip) as zipped:
        zipped.extractall(folder)
    return folder


def cpu_seconds(frames: int, program: str, task: Path, given: object = None, **more: str) -> float:
    """Of a process of its own, which evaluates `given` from its standard input: calls may hold bytes."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(task),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "TABLE_NAME": "club",
        **more,
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", DEEP, str(frames), program],
        env=environment,
        cwd=task,
        check=True,
        input=repr(given).encode(),
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def fastest(ours: Callable[[int], float], floor: Callable[[int], float]) -> tuple[float, float]:
    """Of each, the fastest of some rounds, each deeper in the stack, taken in turns so that the machine's moods meet both."""
    taken = [(ours(turn * STEP), floor(turn * STEP)) for turn in range(ROUNDS)]
    return min(one for one, _ in taken), min(other for _, other in taken)


def test_waking_the_house(task: Path) -> None:
    ours, floor = fastest(lambda deep: cpu_seconds(deep, APP, task), lambda deep: cpu_seconds(deep, HOUSE, task))
    report(
        "cold import of app.py against Chalice, pydantic and a DynamoDB client", f"{ours / floor:.2f}x", "at most 1.3x"
    )
    report("the same in CPU milliseconds", f"{ours * 1000:.0f} against {floor * 1000:.0f}")
    assert ours / floor <= 1.3


def test_waking_a_sign_in_trigger(task: Path) -> None:
    ours, floor = fastest(
        lambda deep: cpu_seconds(deep, TRIGGERS, task), lambda deep: cpu_seconds(deep, TRIGGER_FLOOR, task)
    )
    report(
        "cold import of the sign-in triggers against boto3 and their clients", f"{ours / floor:.2f}x", "at most 1.2x"
    )
    assert ours / floor <= 1.2


@pytest.fixture
def market(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Market:
    """A partner with a tier, and twenty products."""
    context = Context(table=local_table, now=clock.now(), new_id=ids.random_id)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    market = Market(Api(app), context)
    stock(context, *(row(f"S-{number:02}") for number in range(20)))
    reach(context, market.company_id, "150000")
    return market


def test_the_first_request(market: Market, bare_cloud: Cloud, task: Path) -> None:
    table, numbers = market.context.table, count(1)
    place = {"AWS_ENDPOINT_URL": bare_cloud.endpoint, "TABLE_NAME": table.name}
    cart = json.dumps({"lines": [{"sku": f"S-{number:02}", "quantity": 5} for number in range(20)]}).encode()

    def order() -> dict[str, Any]:
        return gateway_event("POST", "/v1/orders", market.buyer, cart, {"idempotency-key": f"cold-{next(numbers)}"})

    asked: dict[str, Callable[[], dict[str, Any]]] = {
        "health": lambda: gateway_event("GET", "/v1/health"),
        "own tier": lambda: gateway_event("GET", "/v1/company/tier", market.buyer),
        "quote of 20 lines": lambda: gateway_event("POST", "/v1/quotes", market.buyer, cart),
        "order of 20 lines": order,
    }
    missed = []
    for what, event in asked.items():
        bare = Bare.of(table, app, event())
        ours, floor = fastest(
            lambda deep, event=event: cpu_seconds(deep, FIRST_REQUEST, task, event(), **place),
            lambda deep, bare=bare: cpu_seconds(
                deep, FIRST_CALLS, task, [(METHODS[name], params) for name, params in bare.again()], **place
            ),
        )
        report(
            f"cold start and first request, {what}, against the same calls alone",
            f"{ours / floor:.2f}x ({ours * 1000:.0f} against {floor * 1000:.0f} CPU ms)",
            "at most 1.45x",
        )
        if ours / floor > 1.45:
            missed.append(what)
    assert missed == []


def test_the_package() -> None:
    size = local_package().zip.stat().st_size
    report("deployment package, zipped", f"{size / 1024 / 1024:.1f} MB", f"at most {MOST_BYTES // 1024 // 1024} MB")
