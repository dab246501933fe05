"""The packaged club on a local cloud of its own, once for all end-to-end tests."""

from collections.abc import Iterator
from datetime import date

import pytest

from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform import clock
from chalicelib.platform.club import club
from chalicelib.platform.work import Work
from chalicelib.table import Table
from infra.build import local_package
from infra.demo.filling import STAFF
from infra.demo.portal import Portal
from infra.local.cloud import Cloud
from tests.support.cloud import DeployedClub


@pytest.fixture(scope="session")
def cloud() -> Iterator[DeployedClub]:
    with Cloud.start() as running:
        running.deploy(local_package())
        running.wake()
        yield DeployedClub(running)


@pytest.fixture(scope="session")
def guest(cloud: DeployedClub) -> Portal:
    """The API as nobody sees it; the staff of the demonstration may sign in."""
    work = Work(table=Table(cloud.client("dynamodb"), cloud.outputs["TableName"]), now=clock.now())
    for role, (name, email) in STAFF.items():
        appoint_staff(work, StaffForm.model_validate({"name": name, "email": email, "role": role}))
    return Portal(cloud.api_url, cloud.api_url.removesuffix("/api") + "/_local/mail")


@pytest.fixture(scope="session")
def today() -> date:
    """The club's calendar day."""
    return clock.local_day(clock.now(), club().zone)
