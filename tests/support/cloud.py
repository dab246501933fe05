"""The club on the local cloud, and the local cloud's DynamoDB alone, for tests.

`cloud` (tests/e2e/conftest.py) is the packaged club behind real HTTP. `local_table` is one empty table, as the template defines it,
on a DynamoDB of its own process that counts capacity as AWS does; every test may ask for it.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
import requests

from chalicelib.table.client import Table
from infra.demo.portal import PATIENCE
from infra.local.cloud import Cloud
from tests.support.account import table_properties

Found = TypeVar("Found")


class DeployedClub:
    """The deployed stack for end-to-end tests: API, mailbox, functions, and the services below for a look."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.api_url = cloud.api_url
        self.outputs = cloud.outputs
        self.client: Callable[[str], Any] = cloud.client

    def mail(self, to: str, *, subject: str = "", count: int = 1, wait: float = PATIENCE) -> list[dict[str, Any]]:
        """The letters to this address so far, oldest first, as soon as there are `count` of them (with this in the subject)."""

        def enough() -> list[dict[str, Any]] | None:
            letters = [each for each in self._cloud.letters() if to in each["to"] and subject in each["subject"]]
            return letters if len(letters) >= count else None

        return self.until(enough, f"{count} letter(s) to {to}", wait=wait)

    def invoke(self, function: str, event: Any = None) -> Any:
        """Runs a function by its name in app.py, as a schedule would, and returns its answer."""
        name = self.outputs["".join(word.capitalize() for word in function.split("_")) + "Name"]
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}))
        payload = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise AssertionError(f"{function} failed: {payload}")
        return payload

    def until(self, look: Callable[[], Found | None], what: str, *, wait: float = PATIENCE) -> Found:
        """Looks again and again until there is something, as stream and queues take their time."""
        end = time.monotonic() + wait
        while (found := look()) is None:
            if time.monotonic() > end:
                raise AssertionError(f"not within {wait} seconds: {what}")
            time.sleep(0.05)
        return found


def machine(cloud: Cloud | DeployedClub, printed: str) -> tuple[str, str]:
    """The id and a token of the client that the owner's command printed."""
    told = dict(line.split(None, 1) for line in printed.splitlines()[:3])
    answer = requests.post(
        cloud.outputs["TokenUrl"],
        data={"grant_type": "client_credentials", "scope": told["scopes"]},
        auth=(told["client_id"], told["client_secret"]),
        timeout=60,
    )
    answer.raise_for_status()
    return told["client_id"], answer.json()["access_token"]


def create_table(client: Any, name: str) -> None:
    """The template's table under another name."""
    shape = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client.create_table(TableName=name, **{each: table_properties()[each] for each in shape})


@pytest.fixture(scope="session")
def bare_cloud() -> Iterator[Cloud]:
    """A local cloud with nothing deployed."""
    with Cloud.start() as cloud:
        yield cloud


@pytest.fixture
def local_table(bare_cloud: Cloud) -> Table:
    """An empty table of its own."""
    client, name = bare_cloud.client("dynamodb"), f"club-{uuid.uuid4().hex}"
    create_table(client, name)
    return Table(client, name)
