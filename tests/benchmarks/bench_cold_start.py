"""What waking costs: CPU seconds of a fresh process that imports the packaged, compiled code, beside one that imports only what it stands on."""

import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.build import MOST_BYTES, local_package
from tests.benchmarks.report import report

ROUNDS = 7
CLIENT = "import boto3; boto3.client('dynamodb')"
HOUSE = f"import chalice.app, pydantic\nclass Any(pydantic.BaseModel): one: int\n{CLIENT}"
APP = "import app; from chalicelib.platform import aws; aws.dynamodb()"
TRIGGER_FLOOR = f"{CLIENT}; boto3.client('secretsmanager')"
TRIGGERS = "import chalicelib.auth.triggers; from chalicelib.platform import aws; aws.dynamodb(); import boto3; boto3.client('secretsmanager')"


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, unpacked as Lambda does."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(local_package().zip) as zipped:
        zipped.extractall(folder)
    return folder


def cpu_seconds(program: str, task: Path) -> float:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(task),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TABLE_NAME": "club",
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], env=environment, cwd=task, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def fastest(programs: tuple[str, str], task: Path) -> tuple[float, float]:
    """Of each, the fastest of some rounds, taken in turns so that the machine's moods meet both."""
    taken = [tuple(cpu_seconds(program, task) for program in programs) for _ in range(ROUNDS)]
    return min(one for one, _ in taken), min(other for _, other in taken)


def test_waking_the_house(task: Path) -> None:
    ours, floor = fastest((APP, HOUSE), task)
    report(
        "cold import of app.py against Chalice, pydantic and a DynamoDB client", f"{ours / floor:.2f}x", "at most 1.5x"
    )
    report("the same in CPU milliseconds", f"{ours * 1000:.0f} against {floor * 1000:.0f}")


def test_waking_a_sign_in_trigger(task: Path) -> None:
    ours, floor = fastest((TRIGGERS, TRIGGER_FLOOR), task)
    report(
        "cold import of the sign-in triggers against boto3 and their clients", f"{ours / floor:.2f}x", "at most 1.2x"
    )


def test_the_package() -> None:
    size = local_package().zip.stat().st_size
    report("deployment package, zipped", f"{size / 1024 / 1024:.1f} MB", f"at most {MOST_BYTES // 1024 // 1024} MB")
