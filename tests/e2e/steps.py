"""Deploys the packaged club on a local cloud, for all end-to-end tests together or for a file that needs a club to itself."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from infra.build import Package, local_package
from infra.demo import story
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from infra.local.cloud import Cloud
from tests.support.cloud import DeployedClub

# What these tests change in the club's figures: webhooks may go to this machine, and are tried again soon; the same few people sign in
# for one test after the other. There are no days off either, as in the demonstration.
FIGURES = {
    "codes_per_address_per_hour = 10\n": "codes_per_address_per_hour = 10000\n",
    "codes_per_caller_per_hour = 100 ": "codes_per_caller_per_hour = 10000 ",
    "codes_to_strangers_per_hour = 500\n": "codes_to_strangers_per_hour = 50000\n",
    "private_networks = false": "private_networks = true",
    "pauses_seconds = [5, 300,": "pauses_seconds = [1, 2,",
}


@contextmanager
def deployed(folder: Path) -> Iterator[DeployedClub]:
    with Cloud.start() as running:
        running.deploy(with_figures(local_package(), folder))
        running.wake()
        yield DeployedClub(running)


@pytest.fixture(name="cloud", scope="module")
def own_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedClub]:
    """In a file that imports it, `cloud` is a club of its own: for tests that fill it with what others would stumble over."""
    with deployed(tmp_path_factory.mktemp("package")) as club:
        yield club


@pytest.fixture(name="guest", scope="module")
def own_guest(cloud: DeployedClub) -> Portal:
    return guest_of(cloud)


def guest_of(cloud: DeployedClub) -> Portal:
    """The API as nobody sees it; the staff of the demonstration may sign in."""
    context = Context(table=Table(cloud.client("dynamodb"), cloud.outputs["TableName"]), now=clock.now())
    for role, (name, email) in STAFF.items():
        appoint_staff(context, StaffForm.model_validate({"name": name, "email": email, "role": role}), by=None)
    return Portal(cloud.api_url, cloud.api_url.removesuffix("/api") + "/_local/mail")


def with_figures(package: Package, folder: Path) -> Package:
    """The same package but for the figures: made in a moment, where another build takes many."""
    changed = folder / package.zip.name
    with (
        zipfile.ZipFile(package.zip) as made,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as to,
    ):
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == "chalicelib/club.toml":
                for old, new in FIGURES.items():
                    assert content.count(old.encode()) == 1, old
                    content = content.replace(old.encode(), new.encode())
                content = story.without_days_off(content.decode()).encode()
            to.writestr(entry, content)
    return Package(package.template, changed)
