"""Clients that three generators make of the committed contract compile strictly, and play join, order, accept, ship, return."""

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import openapi
from infra.build import ROOT
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from tests.companies.steps import legal_inn
from tests.support.cloud import DeployedClub

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not shutil.which("npm"), reason="Node is not installed"),
]
HERE = ROOT / "tests" / "clients"
TOOLS = ROOT / ".local" / "clients"  # what the generators need, kept from run to run
SKU = "CLIENT-1"

Play = Callable[[list[str]], dict[str, Any]]


def run(command: list[str], folder: Path, **environment: str) -> str:
    """The output of the command. Fails with all its words."""
    made = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, f"{' '.join(command)}\n{made.stdout}\n{made.stderr}"
    return made.stdout


@pytest.fixture(scope="module")
def tools() -> Path:
    """Both package managers leave what is there already as it is."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", TOOLS)
    run(["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"], TOOLS)
    run(["sh", str(ROOT / "infra" / "venv.sh"), str(TOOLS / "python"), str(HERE / "requirements.txt")], TOOLS)
    return TOOLS


@pytest.fixture
def folder(tools: Path, tmp_path: Path) -> Path:
    """A copy of the journeys beside the tools."""
    shutil.copytree(HERE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "node_modules").symlink_to(tools / "node_modules")
    return tmp_path


@pytest.fixture
def play(cloud: DeployedClub, guest: Portal) -> Play:
    """Runs a journey with a manager, a distributor and goods that are there, and a newcomer who is not."""
    mark = uuid.uuid4().hex[:12]
    region = f"XZ-{mark[:3].upper()}"  # of no country, so that nobody else serves it
    operations = guest.sign_in(STAFF["operations"][1])
    price = {"amount": "120", "currency": "RUB"}
    lamp = {"sku": SKU, "name": "Lamp", "name_ru": "Лампа", "vat_percent": "20", "base_price": price}
    operations.call("PUT", "/v1/staff/products", {"products": [lamp]})
    email = f"dina.{mark}@distributor.example"
    served = {"name": "Client light", "email": email, "regions": [{"region": region}]}
    distributor = operations.post("/v1/staff/distributors", served, expect=201)
    person = {"name": "Dina Dispatcherova", "email": email}
    operations.post(f"/v1/staff/distributors/{distributor['distributor_id']}/people", person)
    environment = {
        "API": guest.url,
        "MAILBOX": guest.mailbox_url,
        "MANAGER": guest.sign_in(STAFF["manager"][1]).token or "",
        "DISTRIBUTOR": guest.sign_in(email).token or "",
        "SKU": SKU,
        "REGION": region,
        "EMAIL": f"anna.{mark}@partner.example",
        "INN": legal_inn(int(mark[:5], 16)),
        "MARK": mark,
    }

    def played(command: list[str]) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(run(command, ROOT, **environment))
        return told

    return played


ARRIVED = {"state": "completed", "returned": 1, "fault": "/lines/0/sku"}


@pytest.mark.parametrize("journey", ["journey-fetch", "journey-hey"])
def test_a_front_end_in_typescript_is_typed_and_comes_through(folder: Path, play: Play, journey: str) -> None:
    run(["npx", "openapi-typescript", str(openapi.FILE), "-o", "openapi.d.ts"], folder)
    run(["npx", "openapi-ts", "-i", str(openapi.FILE), "-o", "hey"], folder)
    run(["npx", "tsc", "-p", "."], folder)
    assert play(["node", str(folder / "out" / f"{journey}.js")]) == ARRIVED


def test_a_system_in_python_is_typed_and_comes_through(folder: Path, tools: Path, play: Play) -> None:
    python = tools / "python" / "bin"
    told = run(
        [
            str(python / "openapi-python-client"),
            "generate",
            "--path",
            str(openapi.FILE),
            "--output-path",
            "club",
            "--meta",
            "none",
        ],
        folder,
    )
    assert "error" not in told.lower() and "Unable" not in told, told
    operations = sum(len(methods) for methods in json.loads(openapi.FILE.read_text(encoding="utf-8"))["paths"].values())
    modules = [each for each in (folder / "club" / "api").rglob("*.py") if each.name != "__init__.py"]
    assert len(modules) == operations, "the generator left operations out"
    run(
        [
            str(ROOT / ".venv" / "bin" / "mypy"),
            "--strict",
            "--config-file=",
            "--python-executable",
            str(python / "python"),
            "journey.py",
        ],
        folder,
    )
    assert play([str(python / "python"), str(folder / "journey.py")]) == ARRIVED
