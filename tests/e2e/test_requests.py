"""Every request that the documentation shows works as it is pasted: the story of `infra/demo/requests.toml`, in a shell, in order."""

import json
import os
import re
import subprocess
import time
from datetime import date
from typing import Any

import pytest
import requests as http

from chalicelib.platform.openapi.reference import Reader
from chalicelib.platform.openapi.requests import moved, variable
from infra import admin, openapi
from infra.demo import requests, seed
from infra.demo.portal import PATIENCE, Portal, await_
from infra.demo.requests import Request
from tests.e2e.steps import own_cloud as own_cloud
from tests.e2e.steps import own_guest as own_guest
from tests.exchange.sales_files.steps import row, table
from tests.market_reports.contents.samples import pdf
from tests.support.cloud import DeployedClub

DOCUMENT = openapi.committed()
PATHS = {
    operation["operationId"]: path for path, methods in DOCUMENT["paths"].items() for operation in methods.values()
}


class Reading:
    """A reader of the documentation at a shell: keeps what the answers said, and pastes one request after the other."""

    def __init__(self, guest: Portal, today: date, people: dict[str, Portal]) -> None:
        self.guest, self.today, self.people = guest, today, people
        self.known: dict[str, str] = {}
        self.chosen: set[str] = set()  # names whose value the story says itself
        self.read = {letter["id"] for letter in guest.letters("")}
        self.document = Reader(DOCUMENT, today)

    def paste(self, request: Request) -> Any:
        """The answer. Fails, with the whole request, for one that is refused."""
        shown = self.document.operation(request.operation)
        assert shown
        [curl] = [text for language, text in shown["requests"] if language == "curl"]
        if request.letter:
            self.known[request.letter["name"]] = self._code(request.letter["to"])
        if request.body is not None and not request.example:
            curl = self._with_body(curl, request)
        if request.query:
            curl = curl.replace('" \\', f'?{request.query}" \\', 1)
        environment = self._environment(request, curl)
        until = time.monotonic() + PATIENCE
        while True:
            answer = self._run(curl, environment, request)
            missing = [place for place in request.keep.values() if found(answer, place) is None]
            if not missing and all(str(found(answer, place)) == wanted for place, wanted in request.until.items()):
                self._keep(request, answer)
                return answer
            writes = " -X " in curl
            assert not writes and time.monotonic() < until, (
                f"{request.operation} never says {request.until or missing}: {answer}"
            )
            time.sleep(0.3)

    def _run(self, curl: str, environment: dict[str, str], request: Request) -> Any:
        script = 'curl() { command curl -sS --fail-with-body "$@"; }\n' + curl
        ended = subprocess.run(
            ["bash", "-euc", script],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        told = {name: value for name, value in environment.items() if name != "TOKEN"}
        assert ended.returncode == 0, f"as {request.asked_by}, {told}:\n{curl}\n{ended.stdout}{ended.stderr}"
        return json.loads(ended.stdout) if ended.stdout else None

    def _with_body(self, curl: str, request: Request) -> str:
        """The request with another body than the contract's example: a step of the story that the documentation does not show."""
        body = moved(requests.filled(request.body, lambda name: self.known[name]), self.today)
        head, _, _ = curl.partition(" \\\n  -d ")
        return f"{head} \\\n  -d '{json.dumps(body, ensure_ascii=False)}'"

    def _environment(self, request: Request, curl: str) -> dict[str, str]:
        path = PATHS[request.operation]
        person = self.people.get(request.asked_by)
        known = {name: self.known[name] for name in re.findall(r"\{(\w+)\}", path) if name in self.known}
        known |= {name: requests.filled(value, self.known.get) for name, value in request.path.items()}
        found = {variable(name): value for name, value in known.items()}
        found |= {variable(field): self.known[name] for field, name in requests.places(request.body).items()}
        if person:
            found["TOKEN"] = person.token or ""
        if "$ETAG" in curl:
            found["ETAG"] = self._version(request, path.format(**self.known | known), person)
        return {"API": self.guest.url, **found}

    def _version(self, request: Request, path: str, person: Portal | None) -> str:
        """The ETag of what stands at the path, or above a step of it."""
        if request.version:
            return f'"{requests.filled(request.version, self.known.get)}"'
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        while path:
            answer = http.get(self.guest.url + path, headers=headers, timeout=90)
            if "ETag" in answer.headers:
                return answer.headers["ETag"]
            path = path.rpartition("/")[0]
        raise AssertionError(f"{request.operation}: nothing above it has a version")

    def _keep(self, request: Request, answer: Any) -> None:
        if isinstance(answer, dict):
            ids = {name: each for name, each in answer.items() if name.endswith("_id") and isinstance(each, str)}
            self.known |= {name: each for name, each in ids.items() if name not in self.chosen}
            if "refresh_token" in answer:
                self.known["refresh_token"] = answer["refresh_token"]
            if "upload" in answer:
                upload(answer["upload"])
        self.known |= {name: str(found(answer, place)) for name, place in request.keep.items()}
        self.chosen |= set(request.keep)
        if request.signs_in:
            self.people[request.signs_in] = Portal(self.guest.url, self.guest.mailbox_url, answer["access_token"])

    def _code(self, to: str) -> str:
        """The code of the first letter that has one and was not read before."""

        def look() -> str | None:
            for letter in self.guest.letters(to):
                code = re.search(r"(?<!\d)\d{6}(?!\d)", letter["text"])
                if code and letter["id"] not in self.read:
                    self.read.add(letter["id"])
                    return code.group()
            return None

        return str(await_(f"the code for {to}", look))


def found(answer: Any, place: str) -> Any:
    """The value at `items.0.company_id`, or `items.role=buyer.member_id`; None where there is none yet."""
    for step in place.split("."):
        field, _, wanted = step.partition("=")
        try:
            if wanted:
                answer = next(each for each in answer if str(each[field]) == wanted)
            else:
                answer = answer[int(step)] if step.isdecimal() else answer[step]
        except (IndexError, KeyError, StopIteration):
            return None
    return answer


SALES = table(row("УТ-000123", customer="K-100"), row("УТ-000124", customer="K-101"))
CONTENTS = {"application/pdf": pdf(), "image/png": b"png", "image/jpeg": b"jpeg"}


def upload(target: dict[str, Any]) -> None:
    """Brings the file that an answer asks for."""
    content = CONTENTS.get(target["fields"].get("Content-Type", ""), SALES.encode())
    answer = http.post(target["url"], data=target["fields"], files={"file": content}, timeout=60)
    answer.raise_for_status()


def machine(cloud: DeployedClub, guest: Portal) -> tuple[str, Portal]:
    """A client for the back office and for a partner of the coalition: its id, and the API with its token."""
    scopes = ("machine.accruals", "machine.catalog", "machine.payments")
    made = admin.client_of(cloud.client("cognito-idp"), cloud.outputs["UserPoolId"], "documentation", scopes)
    assert made
    asked = {"grant_type": "client_credentials"}
    answer = http.post(cloud.outputs["TokenUrl"], data=asked, auth=(made["ClientId"], made["ClientSecret"]), timeout=60)
    answer.raise_for_status()
    return made["ClientId"], Portal(guest.url, guest.mailbox_url, answer.json()["access_token"])


@pytest.fixture(scope="module")
def reading(cloud: DeployedClub, guest: Portal, today: date) -> Reading:
    seed.fill(guest, today, companies=3, say=lambda text: None)
    people = {role: guest.sign_in(email) for role, (_, email) in seed.STAFF.items()}
    people["distributor"] = guest.sign_in(seed.DISTRIBUTOR_PERSON[1])
    made = Reading(guest, today, people)
    made.known["client_id"], people["machine"] = machine(cloud, guest)
    return made


def test_the_requests_of_the_documentation_work_as_they_are_pasted(reading: Reading) -> None:
    for request in requests.story():
        if not request.later:
            reading.paste(request)
