"""The commands that people are told to type: the tour of the README, and the tasks of the documentation, in a shell of their own."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.platform import openapi
from infra.build import ROOT
from infra.demo import filling
from infra.demo.portal import Portal
from tests.e2e.test_webhooks import Receiver, receiver
from tests.support.cloud import DeployedClub

__all__ = ["receiver"]  # a fixture
OLGA = "olga@example.com"
# A refusal ends the script: whoever types would see it.
STRICT = """set -euo pipefail
curl() { command curl --fail-with-body "$@"; }
letters() { command curl -s http://127.0.0.1:4600/_local/mail | { grep -o '"subject"' || true; } | wc -l; }
# A reader waits for the letter, which may take longer or shorter than five seconds: until none has come for four.
sleep() { local seen=-1; while [ "$(letters)" != "$seen" ]; do seen=$(letters); command sleep 4; done; }
"""


@pytest.fixture(scope="module")
def filled(guest: Portal, today: date) -> Portal:
    filling.fill(guest, today, companies=3, say=lambda text: None)
    return guest


def run(script: str, cloud: DeployedClub) -> str:
    port = urlsplit(cloud.api_url).port
    make = f'make() {{ {sys.executable} -m "infra.demo.$1" --port {port}; }}\n'
    script = (STRICT + make + script).replace("127.0.0.1:4600", f"127.0.0.1:{port}")
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, f"{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


def commands(path: Path) -> str:
    [block] = re.findall(r"```bash\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


def test_the_tour_of_the_readme_goes_through_line_by_line(cloud: DeployedClub, filled: Portal) -> None:
    told = run(commands(ROOT / "README.md").replace("ADDRESS", OLGA), cloud)
    assert '"state":"accepted"' in told and '"state":"completed"' in told
    assert '"planned":' in told  # of the results: Olga may be held out


def test_the_russian_tour_has_the_same_commands() -> None:
    def bare(name: str) -> str:
        lines = [line for line in commands(ROOT / name).splitlines() if not line.startswith("#")]
        return re.sub(r'"name":"[^"]*"|"language":"\w+"|q=[^&]*&', "", "\n".join(lines))

    assert bare("README.ru.md").count("\n") == bare("README.md").count("\n")


@pytest.mark.parametrize("task", ["let-a-member-in", "place-an-order", "read-every-page", "handle-a-problem"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_task_of_the_documentation_works_as_typed(
    cloud: DeployedClub, filled: Portal, task: str, language: str
) -> None:
    email = f"{task}.{language}@example.com" if task == "let-a-member-in" else OLGA
    script = commands(Path(openapi.__file__).parent / "tasks" / f"{task}.{language}.md")
    script = script.replace("https://club.example ", cloud.api_url + " ").replace(
        "https://club.example\n", cloud.api_url + "\n"
    )
    script = script.replace("EMAIL=olga@example.com", f"EMAIL={email}")
    script = re.sub(r'read -r -p "[^"]*" CODE', lambda _: f"CODE=$({_typed(cloud, email)})", script)
    if "TOKEN=eyJ" in script:
        script = re.sub(r"TOKEN=eyJraWQiOiJr\.\.\.", f"TOKEN={filled.sign_in(email).token}", script)
    if task == "handle-a-problem":
        script = script.replace("curl -s", "command curl -s")  # its answer is the problem
    told = run(script, cloud)
    assert task != "handle-a-problem" or '"code": "greater_than_equal"' in told


def _typed(cloud: DeployedClub, email: str) -> str:
    """A command that reads the code in the mailbox, as the person would."""
    mailbox = cloud.api_url.removesuffix("/api") + "/_local/mail"
    find = (
        "import json, re, sys; print([re.search(r'\\b\\d{6}\\b', each['text'])[0] for each in json.load(sys.stdin) "
        f"if '{email}' in each['to']][-1])"
    )
    return f'sleep 5; curl -s {mailbox} | python3 -c "{find}"'


@pytest.mark.parametrize("language", ["en", "ru"])
def test_orders_are_received_by_webhook_as_typed(
    cloud: DeployedClub, filled: Portal, receiver: Receiver, language: str
) -> None:
    script = commands(Path(openapi.__file__).parent / "tasks" / f"receive-orders-by-webhook.{language}.md")
    script = script.replace("https://club.example", cloud.api_url).replace("https://dealer.example/hooks", receiver.url)
    dispatcher = filled.sign_in(filling.DISTRIBUTOR_PERSON[1])
    script = script.replace("TOKEN=eyJraWQiOiJr...", f"TOKEN={dispatcher.token}")
    receiver.down = True  # the shell keeps the secret: this end counts, and cannot verify
    try:
        run(script, cloud)
        cloud.until(lambda: receiver.refused or None, "the test message")
    finally:
        dispatcher.call("DELETE", "/v1/distributor/webhook", expect=204)
