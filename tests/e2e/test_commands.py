"""The commands that people are told to type: the tour of the README, and the tasks of the documentation, in a shell of their own."""

import json
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.platform import openapi
from chalicelib.webhooks.rules import headers, new_secret
from infra import admin
from infra.build import ROOT
from infra.demo import seed
from infra.demo.portal import Portal
from tests.companies.steps import legal_inn
from tests.e2e.test_webhooks import Receiver, receiver
from tests.support.cloud import DeployedClub

__all__ = ["receiver"]  # a fixture
OLGA = "olga@example.com"
INN = legal_inn(6_042)  # of the tour's company, which the requests of the documentation claim, too
# A refusal ends the script: whoever types would see it. Whoever waits for a letter looks until there is one that was not read before,
# and whoever waits for a result asks again while there is none.
STRICT = """set -euo pipefail
curl() { command curl --fail-with-body "$@"; }
letters() { command curl -s http://127.0.0.1:4600/_local/mail; }
READ=$(mktemp); letters > $READ.before; trap 'rm $READ*' EXIT
a_code() {
    echo "$1" >> $READ
    until letters | python3 -c '
import json, re, sys
def codes(text): return sum(sys.argv[1] in each["to"] and bool(re.search("code|Код", each["subject"])) for each in json.loads(text))
read, before = open(sys.argv[2]).read().split(), open(sys.argv[2] + ".before").read()
sys.exit(codes(sys.stdin.read()) < codes(before) + read.count(sys.argv[1]))' $1 $READ; do command sleep 0.3; done
}
patient() {
    local told tries
    for tries in {1..60}; do told=$("$@") && echo "$told" && return; command sleep 1; done
    echo "$told"; return 1
}
"""


@pytest.fixture(scope="module")
def filled(guest: Portal, today: date) -> Portal:
    seed.fill(guest, today, companies=3, say=lambda text: None)
    return guest


def run(script: str, cloud: DeployedClub) -> str:
    port = urlsplit(cloud.api_url).port
    make = f'make() {{ {sys.executable} -m "infra.demo.$1" --port {port}; }}\n'
    script = (STRICT + make + script).replace("127.0.0.1:4600", f"127.0.0.1:{port}")
    assert "sleep 5" not in script, "nobody waits by the clock"
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == 0, f"{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


def commands(path: Path) -> str:
    [block] = re.findall(r"```bash\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


def test_the_tour_of_the_readme_goes_through_line_by_line(cloud: DeployedClub, filled: Portal) -> None:
    pool, scopes = cloud.outputs["UserPoolId"], seed.MACHINES["back-office"]
    client = admin.client_of(cloud.client("cognito-idp"), pool, "back-office", scopes)
    assert client
    script = commands(ROOT / "README.md").replace("ADDRESS", OLGA).replace("9800000422", INN)
    script = script.replace("code() { sleep 5;", "code() { a_code $1;").replace("sleep 5; curl", "patient curl")
    told = run(script.replace("CLIENT_ID:CLIENT_SECRET", f"{client['ClientId']}:{client['ClientSecret']}"), cloud)
    assert '"state":"accepted"' in told and '"state":"completed"' in told
    assert '"planned":' in told  # of the results: Olga may be held out


def test_the_russian_tour_has_the_same_commands() -> None:
    def bare(name: str) -> str:
        lines = [line for line in commands(ROOT / name).splitlines() if not line.startswith("#")]
        return re.sub(r'"name":"[^"]*"|"language":"\w+"|q=[^&]*&', "", "\n".join(lines))

    assert bare("README.ru.md").count("\n") == bare("README.md").count("\n")


TASKS = Path(openapi.__file__).parent / "tasks"
ASKED = [
    "let-a-member-in",
    "place-an-order",
    "attach-a-file",
    "show-notifications",
    "read-every-page",
    "handle-a-problem",
    "give-a-member-their-data",
]


_signed_in: dict[str, Portal] = {}  # an address gets only so many codes an hour


def address(task: str, mark: str) -> str:
    """The address of the task's reader: Olga of the tour, but for those who come or leave."""
    return f"{task}.{mark}@example.com" if task in ("let-a-member-in", "give-a-member-their-data") else OLGA


def mine(text: str, cloud: DeployedClub, guest: Portal, task: str, email: str) -> str:
    """The text with the reader's own address of the API, email and token."""
    text = re.sub(r"https://club\.example\b", lambda _: cloud.api_url, text)
    text = text.replace("olga@example.com", email)
    if "eyJraWQiOiJr..." not in text:
        return text
    started = None
    if task == "give-a-member-their-data":
        consents = [{"purpose": "personal_data", "version": "2026-1", "agreed": True}]
        form = {"name": "Lev Leaver", "email": email, "language": "en", "consents": consents}
        started = guest.post("/v1/registrations", form, expect=202)
    if email in _signed_in:
        _signed_in[email].refresh()
    else:
        _signed_in[email] = guest.sign_in(email, started)
    return text.replace("eyJraWQiOiJr...", _signed_in[email].token or "")


@pytest.mark.parametrize("task", ASKED)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_task_of_the_documentation_works_as_typed(
    cloud: DeployedClub, filled: Portal, task: str, language: str, tmp_path: Path
) -> None:
    email = address(task, language)
    script = mine(commands(TASKS / f"{task}.{language}.md"), cloud, filled, task, email)
    script = re.sub(r'read -r -p "[^"]*" CODE', lambda _: f"CODE=$({_typed(cloud, email)})", script)
    (tmp_path / "specification.pdf").write_bytes(b"%PDF-1.7\n")
    if task == "handle-a-problem":
        script = script.replace("curl -s", "command curl -s")  # its answer is the problem
    told = run(f"cd {tmp_path}\n{script}", cloud)
    assert task != "handle-a-problem" or '"code": "greater_than_equal"' in told


@pytest.mark.parametrize("task", ASKED)
@pytest.mark.parametrize("language", ["typescript", "python"])
def test_a_task_of_the_documentation_works_in_other_languages(
    cloud: DeployedClub, filled: Portal, task: str, language: str, tmp_path: Path
) -> None:
    email = address(task, language)
    text = mine(code(task, language), cloud, filled, task, email)
    told = executed(text, language, tmp_path, cloud, email)
    assert task != "handle-a-problem" or "/lines/0/quantity greater_than_equal" in told


def code(task: str, language: str) -> str:
    [block] = re.findall(
        rf"```{language}\n(.*?)```", (TASKS / f"{task}.code.md").read_text(encoding="utf-8"), re.DOTALL
    )
    return str(block)


def executed(text: str, language: str, folder: Path, cloud: DeployedClub, email: str = "") -> str:
    """The output. Whoever is asked for the code of a letter reads it in the mailbox."""
    node = shutil.which("node")
    if language == "typescript" and not node:
        pytest.skip("Node is not installed")
    name, command = ("task.mjs", str(node)) if language == "typescript" else ("task.py", sys.executable)
    (folder / name).write_text(text, encoding="utf-8")
    line = f"{command} {folder / name}"
    return run(f"{{ {_typed(cloud, email)}; }} | {line}" if "The code of the letter" in text else line, cloud)


def _typed(cloud: DeployedClub, email: str) -> str:
    """A command that reads the code in the mailbox, as the person would."""
    mailbox = cloud.api_url.removesuffix("/api") + "/_local/mail"
    find = (
        "import json, re, sys; print([re.search(r'\\b\\d{6}\\b', each['text'])[0] for each in json.load(sys.stdin) "
        f"if '{email}' in each['to']][-1])"
    )
    return f'a_code {email}; curl -s {mailbox} | python3 -c "{find}"'


@pytest.mark.parametrize("language", ["en", "ru"])
def test_orders_are_received_by_webhook_as_typed(
    cloud: DeployedClub, filled: Portal, receiver: Receiver, language: str
) -> None:
    script = commands(Path(openapi.__file__).parent / "tasks" / f"receive-orders-by-webhook.{language}.md")
    script = script.replace("https://club.example", cloud.api_url).replace("https://dealer.example/hooks", receiver.url)
    dispatcher = filled.sign_in(seed.DISTRIBUTOR_PERSON[1])
    script = script.replace("TOKEN=eyJraWQiOiJr...", f"TOKEN={dispatcher.token}")
    receiver.down = True  # the shell keeps the secret: this end counts, and cannot verify
    try:
        run(script, cloud)
        cloud.until(lambda: receiver.refused or None, "the test message")
    finally:
        dispatcher.call("DELETE", "/v1/distributor/webhook", expect=204)


@pytest.mark.parametrize("language", ["typescript", "python"])
def test_orders_are_received_by_webhook_in_other_languages(
    cloud: DeployedClub, filled: Portal, receiver: Receiver, language: str, tmp_path: Path
) -> None:
    text = code("receive-orders-by-webhook", language).replace("https://dealer.example/hooks", receiver.url)
    dispatcher = filled.sign_in(seed.DISTRIBUTOR_PERSON[1])
    text = text.replace("https://club.example", cloud.api_url).replace("eyJraWQiOiJr...", dispatcher.token or "")
    receiver.down = True
    try:
        assert "whsec_" in executed(text, language, tmp_path, cloud)
        cloud.until(lambda: receiver.refused or None, "the test message")
    finally:
        dispatcher.call("DELETE", "/v1/distributor/webhook", expect=204)


VERIFIED = {
    "typescript": """
import {{ readFileSync }} from "node:fs";
const {{ secret, headers, body }} = JSON.parse(readFileSync("{file}"));
verify(secret, headers, body);
let refused = 0;
try {{ verify(secret, headers, body + " "); }} catch {{ refused = 1; }}
if (!refused) throw new Error("a forged body was taken");
""",
    "python": """
import json
given = json.load(open("{file}"))
verify(given["secret"], given["headers"], given["body"].encode())
try:
    verify(given["secret"], given["headers"], given["body"].encode() + b" ")
except ValueError:
    raise SystemExit
raise SystemExit("a forged body was taken")
""",
}


@pytest.mark.parametrize("language", ["typescript", "python"])
def test_the_lines_that_verify_a_webhook_take_the_clubs_messages_and_no_others(
    cloud: DeployedClub, language: str, tmp_path: Path
) -> None:
    secret, body = new_secret(b"k" * 32), b'{"type":"test"}'
    sent = headers([secret], "msg_1", int(time.time()), body)
    file = tmp_path / "message.json"
    file.write_text(json.dumps({"secret": secret.text, "headers": sent, "body": body.decode()}), encoding="utf-8")
    shown = (
        code("verify-a-webhook", language)
        if language == "typescript"
        else re.findall(
            r"```python\n(.*?)```", (TASKS / "verify-a-webhook.en.md").read_text(encoding="utf-8"), re.DOTALL
        )[0]
    )
    executed(shown + VERIFIED[language].format(file=file), language, tmp_path, cloud)
