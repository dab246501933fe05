"""`make demo`: packages the club, runs it on this machine, fills it, plays a partner's year, and stays up.

make demo                      until Ctrl-C; the club is kept in .local/club and is there again at the next start
make demo ARGS=--check         plays the story and exits
make demo ARGS="--port 8080"   on another port, with a club of its own: a kept club knows its addresses
"""

import argparse
import json
import signal
import sys
import time
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import requests

from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform import clock
from chalicelib.platform.access.store import bind_client
from chalicelib.platform.config import config
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from infra import admin
from infra.build import ROOT, BuildError, local_package
from infra.demo import past_wave, seed, slot, story
from infra.demo.portal import Portal, Unexpected
from infra.local.cloud import Cloud, CloudError

PORT = 4600
COMPANIES = 100


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make demo", description="Runs the club on this machine.")
    parser.add_argument("--check", action="store_true", help="play the story and exit")
    parser.add_argument("--port", type=int, default=PORT)
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        run(chosen.port, stay=not chosen.check)
    except (BuildError, CloudError, Unexpected, requests.RequestException) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def run(port: int, *, stay: bool) -> None:
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    kept = ROOT / ".local" / f"club-{port}"
    filled = kept / "filled"
    say("packaging")
    package = local_package(works_every_day(kept.parent))
    with Cloud.start(port, keep=kept) as cloud:
        cloud.deploy(package)
        cloud.wake()
        say(f"the stack runs on {cloud.endpoint}")
        guest = Portal(cloud.api_url, f"{cloud.endpoint}/_local/mail")
        today = clock.local_day(clock.now(), config()[Club].zone)
        if filled.exists():
            say("the club of the last start is there again")
        else:
            appoint(cloud)
            say(f"staff: {', '.join(seed.STAFF)}")
            seed.fill(guest, today, COMPANIES, say)
            past_wave.fill(context_of(cloud), guest.sign_in(seed.STAFF["operations"][1]), today, say)
            cloud.save()
            filled.touch()  # only now: what was not written down would not be there again
        say("— the story —")
        partner = story.play(guest, today, nights(cloud, today), say)
        say("the story holds")
        if stay:
            print(directions(cloud, partner, machines(cloud, guest)), flush=True)
            signal.pause()


def works_every_day(folder: Path) -> Path:
    """The figures of the club, without days off."""
    text = story.without_days_off((ROOT / "chalicelib" / "club.toml").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "club.toml"
    file.write_text(text, encoding="utf-8")
    return file


def appoint(cloud: Cloud) -> None:
    """Adds a person of each staff role, as `python -m infra.admin add-staff` does."""
    context = context_of(cloud)
    for role, (name, email) in seed.STAFF.items():
        appoint_staff(context, StaffForm.model_validate({"name": name, "email": email, "role": role}), by=None)


def context_of(cloud: Cloud) -> Context:
    return Context(table=Table(cloud.client("dynamodb"), cloud.outputs["TableName"]), now=clock.now())


def nights(cloud: Cloud, today: date) -> story.Nights:
    """Invokes the functions that the schedules invoke."""

    def invoke(function: str, event: dict[str, Any]) -> dict[str, Any]:
        answer = cloud.client("lambda").invoke(FunctionName=cloud.outputs[function], Payload=json.dumps(event).encode())
        result: dict[str, Any] = json.load(answer["Payload"])
        return result

    def figures() -> None:
        for function in ("NightlyRollupsName", "NightlyClubName", "NightlyPeopleName", "NightlyOverviewName"):
            invoke(function, {})

    return story.Nights(
        tiers=lambda: invoke("NightlyTiersName", {"day": today.isoformat()}),
        bonuses=lambda: invoke("NightlyBonusesName", {"day": today.isoformat()}),
        recommendations=lambda: invoke("NightlyRecommendationsName", {}),
        audit=lambda: invoke("AuditBonusesName", {}),
        figures=figures,
        slot=lambda issue_id: slot.come(cloud, [issue_id]),
        letter_results=lambda issue_id: slot.count(cloud, [issue_id]),
    )


def machines(cloud: Cloud, guest: Portal) -> str:
    """Clients for the back office and for the distributor's own system, as `python -m infra.admin add-machine` makes them."""
    told = []
    for name, scopes in seed.MACHINES.items():
        client = admin.client_of(cloud.client("cognito-idp"), cloud.outputs["UserPoolId"], name, scopes)
        if client is None:
            raise Unexpected(f"{name} is there with other scopes")
        if "fulfilment.write" in scopes:
            distributor = guest.sign_in(seed.DISTRIBUTOR_PERSON[1]).get("/v1/distributor")
            bind_client(context_of(cloud), client["ClientId"], distributor["distributor_id"])
        told.append(f"{name}\n{admin.told(client, cloud.outputs['TokenUrl'])}")
    return "\n\n".join(told)


def directions(cloud: Cloud, partner: str, clients: str) -> str:
    roles = [(role, email) for role, (_, email) in seed.STAFF.items()]
    roles += [("manager, too", seed.SECOND_MANAGER[1])]
    roles += [("distributor", seed.DISTRIBUTOR_PERSON[1]), ("partner", partner)]
    people = "\n".join(f"  {role:<14} {email}" for role, email in roles)
    return f"""
API       {cloud.api_url}/v1/club
Docs      {cloud.api_url}/docs
Mailbox   {cloud.mailbox_url}

To sign in, ask for a code and read it in the mailbox:
  curl -s {cloud.api_url}/v1/sign-in -H 'Content-Type: application/json' -d '{{"email": "{partner}"}}'
  curl -s {cloud.api_url}/v1/sign-in/confirm -H 'Content-Type: application/json' \\
       -d '{{"sign_in_id": "sin_…", "code": "……"}}'
  curl -s {cloud.api_url}/v1/company/tier -H "Authorization: Bearer $ACCESS_TOKEN"

{people}

Machines get tokens by themselves, and need no letter:

{clients}

The letters of approved issues leave at once, and their results are counted:
  make slot ARGS='--port {cloud.port}'

The whole way of a member, from joining to an order, in one command:
  make smoke ARGS='--local {cloud.port}'

Ctrl-C stops everything; the club is kept for the next start.
"""


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
