"""The packaged club on a local cloud of its own, once for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from infra.build import local_package
from infra.local.cloud import Cloud
from tests.support.cloud import DeployedClub


@pytest.fixture(scope="session")
def cloud() -> Iterator[DeployedClub]:
    with Cloud.start() as running:
        running.deploy(local_package())
        yield DeployedClub(running)
