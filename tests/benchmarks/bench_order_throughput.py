"""Orders a second on the packaged stack, beside a function that writes one item, under the same number of callers in the same run.

Both functions are invoked with what the gateway would send, on the local cloud with its gate (so many processes of a function as it has
by itself). Behind each order its events are worked off on the same processors: letters written and sent, what follows in the facts. So
the ratio says more than the figures, which are this machine's. Weakest point: the local DynamoDB does one request at a time.
"""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count, cycle
from statistics import quantiles
from typing import Any

import boto3
import pytest
from botocore.config import Config

from app import app
from chalicelib.platform import clock, ids
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from infra.build import local_package
from infra.local.cloud import REGION, Cloud
from tests.benchmarks.report import report
from tests.catalog.steps import row, stock
from tests.orders.steps import Market
from tests.support.api import Api, Caller, gateway_event
from tests.support.partners import partner

CALLERS = [1, 8, 32]
REQUESTS = 160  # for each number of callers; a quarter of it for one alone
COMPANIES = 8
LINES = [{"sku": f"S-{number:02}", "quantity": 5} for number in range(20)]
BARE = """
import os, uuid, boto3
client = boto3.client("dynamodb")

def handler(event, context):
    number = uuid.uuid4().hex
    client.put_item(TableName=os.environ["TABLE_NAME"], Item={"pk": {"S": "BARE#" + number}, "sk": {"S": "BARE"}})
    return {"statusCode": 201, "body": number}
"""


@dataclass(frozen=True)
class Pace:
    a_second: float
    p50: float  # milliseconds
    p99: float

    def __str__(self) -> str:
        return f"{self.a_second:.1f} a second, p50 {self.p50:.0f} ms, p99 {self.p99:.0f} ms"


class Functions:
    """The deployed API's function and a bare one of the same size, with the same rights."""

    def __init__(self, cloud: Cloud) -> None:
        self._client = boto3.client(
            "lambda",
            endpoint_url=cloud.endpoint,
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(max_pool_connections=max(CALLERS), read_timeout=120, retries={"total_max_attempts": 1}),
        )
        names = [each["FunctionName"] for each in self._client.list_functions(MaxItems=50)["Functions"]]
        (self.api,) = [name for name in names if "APIHandler" in name]
        api = self._client.get_function_configuration(FunctionName=self.api)
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w") as folder:
            folder.writestr("bare.py", BARE)
        self.bare = self._client.create_function(
            FunctionName="bare",
            Runtime=api["Runtime"],
            Role=api["Role"],
            Handler="bare.handler",
            MemorySize=api["MemorySize"],
            Timeout=28,
            Environment={"Variables": {"TABLE_NAME": cloud.outputs["TableName"]}},
            Code={"ZipFile": zipped.getvalue()},
        )["FunctionName"]

    def call(self, name: str, event: dict[str, Any]) -> None:
        answer = self._client.invoke(FunctionName=name, Payload=json.dumps(event))
        found = json.load(answer["Payload"])
        assert found.get("statusCode") == 201, found

    def pace(self, name: str, events: Callable[[], dict[str, Any]], callers: int, requests: int) -> Pace:
        def timed(event: dict[str, Any]) -> float:
            start = time.perf_counter()
            self.call(name, event)
            return (time.perf_counter() - start) * 1000

        with ThreadPoolExecutor(callers) as crowd:
            list(crowd.map(timed, [events() for _ in range(callers)]))  # nobody waits for a process to start
            asked = [events() for _ in range(requests)]
            start = time.perf_counter()
            took = list(crowd.map(timed, asked))
            passed = time.perf_counter() - start
        hundredths = quantiles(took, n=100)
        return Pace(requests / passed, hundredths[49], hundredths[98])


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud.start() as running:
        running.deploy(local_package())
        running.wake()
        yield running


@pytest.fixture
def buyers(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> list[Caller]:
    """Owners of companies that may order twenty products."""
    context = Context(
        table=Table(cloud.client("dynamodb"), cloud.outputs["TableName"]), now=clock.now(), new_id=ids.random_id
    )
    monkeypatch.setattr(respond, "context_now", lambda: context)
    Market(Api(app), context)
    stock(context, *(row(line["sku"]) for line in LINES))
    return [partner(context, f"cmp_b{number}", f"mbr_b{number}", region="RU-MOW") for number in range(COMPANIES)]


def test_orders_a_second(cloud: Cloud, buyers: list[Caller]) -> None:
    functions, numbers, turns = Functions(cloud), count(1), cycle(buyers)
    cart = json.dumps({"lines": LINES}).encode()

    def order() -> dict[str, Any]:
        return gateway_event("POST", "/v1/orders", next(turns), cart, {"idempotency-key": f"pace-{next(numbers)}"})

    for callers in CALLERS:
        requests = REQUESTS if callers > 1 else REQUESTS // 4
        bare = functions.pace(functions.bare, dict, callers, requests)
        ours = functions.pace(functions.api, order, callers, requests)
        report(f"orders of 20 lines, {callers} callers", ours)
        report(f"a function that writes one item, {callers} callers", bare)
        report(f"orders against single writes, {callers} callers", f"{ours.a_second / bare.a_second:.2f} of the pace")
