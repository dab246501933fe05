"""The smoke test of a deployed stack, as its owner types it."""

import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from infra.build import ROOT
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from tests.support.cloud import DeployedClub

Smoke = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def smoke(cloud: DeployedClub, guest: Portal) -> Smoke:
    port = str(urlsplit(cloud.api_url).port)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "infra.smoke", "--local", port, *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)

    return run


def test_a_sound_club_passes_and_says_what_stays(smoke: Smoke) -> None:
    ended = smoke()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "came back: bounce: Permanent" in ended.stdout
    assert "taken back: the order, the sale's sum, the distributor's region, the article\n" in ended.stdout
    assert ended.stdout.endswith("the club works\n")


def test_who_is_not_on_the_staff_and_a_stack_that_is_not_there_are_told_in_one_line(smoke: Smoke) -> None:
    nobody, nowhere = smoke("--email", STAFF["manager"][1]), smoke("--stack", "another")
    assert (nobody.returncode, nowhere.returncode) == (1, 1)
    assert "403" in nobody.stderr and "another" in nowhere.stderr
    assert "Traceback" not in nobody.stderr + nowhere.stderr
