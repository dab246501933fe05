"""A club that is kept on this machine: it is there again at the next start, and takes a new version without losing its data."""

import json
from pathlib import Path

import requests

from infra.build import Package, local_package
from infra.local.cloud import Cloud, free_port
from tests.support.cloud import DeployedClub


def test_a_kept_club_is_there_again_and_takes_a_new_version(tmp_path: Path) -> None:
    port, package = free_port(), local_package()
    with Cloud.start(port, keep=tmp_path / "kept") as cloud:
        first = cloud.deploy(package)
        row = {"pk": {"S": "KEPT"}, "sk": {"S": "KEPT"}}
        cloud.client("dynamodb").put_item(TableName=first["TableName"], Item=row)

    with Cloud.start(port, keep=tmp_path / "kept") as cloud:
        assert cloud.deploy(package) == first
        events = cloud.client("cloudformation").describe_stack_events(StackName="partner-club")["StackEvents"]
        assert not [event for event in events if event["ResourceStatus"].startswith("UPDATE")], "nothing to deploy"
        assert requests.get(f"{cloud.api_url}/v1/health", timeout=60).json() == {"status": "ok"}

        second = cloud.deploy(with_another_api(package, tmp_path))
        assert second["RestAPIId"] != first["RestAPIId"], "ministack replaces an API that changed"
        assert second["TableName"] == first["TableName"]
        assert requests.get(f"{cloud.api_url}/v1/health", timeout=60).json() == {"status": "ok"}
        assert cloud.client("dynamodb").get_item(TableName=second["TableName"], Key=row)["Item"] == row


def test_the_stack_has_room_for_another_function(cloud: DeployedClub) -> None:
    """CloudFormation takes 500 resources. A function with its queue, role, logs and alarms is nine of them."""
    pages = cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="partner-club")
    count = sum(len(page["StackResourceSummaries"]) for page in pages)
    assert 400 < count <= 490


def with_another_api(package: Package, folder: Path) -> Package:
    template = json.loads(package.template.read_text(encoding="utf-8"))
    template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["version"] = "another"
    changed = folder / "template.json"
    changed.write_text(json.dumps(template), encoding="utf-8")
    return Package(changed, package.zip)
