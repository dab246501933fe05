"""`make slot`, beside a running `make demo`: the slots of all approved issues come now, and their results are counted.

The tick finds its work by the moment it is due. Nobody waits for a Tuesday here: that moment becomes the present one, and the tick runs as the
schedule would run it. Everything else is as in any slot. Start it again later, and the clicks since then are counted, too.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.campaigns.plan import keys
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.platform import clock
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Refused
from infra.demo.portal import PATIENCE, Unexpected, await_
from infra.local.cloud import LOCAL_CREDENTIALS, REGION, STACK

_COMING = (IssueState.APPROVED, IssueState.QUEUED, IssueState.SENDING)
_FIRST, _LAST = timedelta(days=-30), timedelta(days=400)  # of the slots that are looked through, from today


class Club(Protocol):
    """A deployed club: the outputs of its stack, and clients of the services below."""

    @property
    def outputs(self) -> dict[str, str]: ...
    @property
    def client(self) -> Callable[[str], Any]: ...


@dataclass
class LocalClub:
    """The club of a running `make demo`."""

    port: int

    def client(self, service: str) -> Any:
        session: Any = boto3.session.Session(
            aws_access_key_id=LOCAL_CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=LOCAL_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        return session.client(service, endpoint_url=f"http://127.0.0.1:{self.port}")

    @property
    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def come(club: Club, issue_ids: Iterable[str]) -> None:
    """Plays the slots of these issues in all time zones. A paused issue stays paused. Raises `Unexpected` where letters do not leave."""
    table = Table(club.client("dynamodb"), club.outputs["TableName"])
    functions, tick = club.client("lambda"), club.outputs["StartCampaignsName"]
    wanted = set(issue_ids)

    def all_left() -> bool:
        now = clock.stamp(clock.now())
        coming = [each for each in plan_store.read_many(table, wanted) if _is_coming(each)]
        # Slots come together, as they would: the order of the issues is that of the plan.
        is_planned = all(each.has_runs for each in coming)
        waiting = table.query_all(keys.campaign_work("", "", "").pk, index="gsi2", between=(now, "9"))
        for each in list(waiting):
            if each["issue_id"] in wanted and (is_planned or "zone" not in each):
                _is_due(table, each, now)
        functions.invoke(FunctionName=tick, Payload=json.dumps({}))
        return not any(map(_is_coming, plan_store.read_many(table, wanted)))

    await_("the end of the slots", all_left, patience=3 * PATIENCE)


def count(club: Club, issue_ids: Iterable[str]) -> None:
    """Asks for the results of these issues, as every night does from the day of the slot on."""
    queue, queue_url = club.client("sqs"), club.outputs["LetterResultsQueueUrl"]
    for each in issue_ids:
        queue.send_message(QueueUrl=queue_url, MessageBody=json.dumps({"issue_id": each}))


def _is_due(table: Table, item: dict[str, Any], now: str) -> None:
    """An issue whose audience is to be made, or the letters of an issue in one time zone."""
    zone = item.get("zone", "")
    listed = keys.campaign_work(now, "RUN" if zone else "AUDIENCE", item["issue_id"], zone).as_gsi2()
    try:
        table.update(
            Key(item["pk"], item["sk"]),
            put={**listed, **({"due_at": now} if zone else {})},
            when=Attr("gsi2sk").eq(item["gsi2sk"]),
        )
    except Refused:
        return  # it is done meanwhile


def _is_coming(issue: Issue) -> bool:
    return issue.state in _COMING and issue.pause is None


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="make slot", description="Sends the letters of all approved issues of a demo."
    )
    parser.add_argument("--port", type=int, default=4600, help="that of make demo")
    club = LocalClub(parser.parse_args(arguments).port)
    try:
        table = Table(club.client("dynamodb"), club.outputs["TableName"])
        today = clock.now().date()
        issues = plan_store.between(table, today + _FIRST, today + _LAST)
        coming = [each for each in issues if _is_coming(each)]
        for each in coming:
            print(f"{each.slot}  {each.title}")
        come(club, [each.issue_id for each in coming])
        count(club, [each.issue_id for each in issues if each.audience_id or each in coming])
    except (Unexpected, BotoCoreError, ClientError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print("these issues have left; their results are being counted" if coming else "no approved issue waits")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
